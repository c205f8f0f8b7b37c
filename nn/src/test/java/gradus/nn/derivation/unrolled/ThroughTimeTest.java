package gradus.nn.derivation.unrolled;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Nn;
import gradus.nn.Seed;
import gradus.nn.Tensor;
import gradus.nn.derivation.Check;
import gradus.nn.derivation.Step;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.layer.Cell;
import gradus.nn.layer.Cell.Reset;
import gradus.nn.layer.Cell.Update;
import gradus.nn.layer.Recurrent;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Recurrent layers through time: every line holds at the layers' own numbers. */
class ThroughTimeTest {

    private static final Seed SEED = new Seed(7);

    static Stream<Recurrent.Sequence> layers() {
        var rnn = Recurrent.Sequence.of(Cell.Rnn.of(2, 3, SEED));
        var lstm = Recurrent.Sequence.of(Cell.Lstm.of(2, 3, SEED));
        var gru = Cell.Gru.of(2, 3, SEED);
        return Stream.of(rnn, rnn.twoBiases(), rnn.reversed(), lstm, lstm.twoBiases(), lstm.reversed(),
                lstm.learnedStart(),
                Recurrent.Sequence.of(gru), Recurrent.Sequence.of(gru).twoBiases(),
                Recurrent.Sequence.of(gru.convention(Reset.BEFORE, Update.NEW)),
                Recurrent.Sequence.of(gru.convention(Reset.BEFORE, Update.OLD)).twoBiases(),
                Recurrent.Sequence.of(gru.convention(Reset.AFTER, Update.NEW)));
    }

    private static Tensor input(int batch, int time) {
        return Tensor.normal(SEED.stream("x" + batch + time), 0, 1, batch, time, 2);
    }

    static void assertHold(Unrolled unrolled) {
        assertHold(unrolled.steps());
    }

    static void assertHold(List<Step> steps) {
        for (var step : steps) {
            assertTrue(step.check() instanceof Check.Holds, step::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void everyLineHolds(Recurrent.Sequence layer) {
        for (var x : List.of(input(1, 5), input(3, 4))) {
            var steps = Unrolled.of(layer, x, y -> y.tanh().square().sum()).steps();
            assertHold(steps);
            assertTrue(steps.stream().filter(step -> step.kind() == Kind.GRADIENT).allMatch(
                    step -> step.check() instanceof Check.Holds(double _, double central, _) && !Double.isNaN(central)));
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void shortSequencesHoldToo(Recurrent.Sequence layer) {
        for (int steps = 1; steps <= 3; steps++) {
            assertHold(Unrolled.of(layer, input(1, steps)));
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aDerivedLossEndsInTheseLines(Recurrent.Sequence layer) {
        var x = input(2, 4).named("x");
        var derivation = Nn.derive(layer.apply(x).tanh().square().mean());
        boolean fusedAndMore = layer.cell() instanceof Cell.Lstm c
                && (c.hiddenBias().isPresent() || layer.backwards()
                || layer.start().isPresent());
        if (!fusedAndMore) {
            assertHold(derivation.steps());
        }
        assertTrue(derivation.steps().stream().noneMatch(step -> step.check() instanceof Check.Fails),
                derivation::toString);
        if (!layer.backwards() || !(layer.cell() instanceof Cell.Lstm)) {
            assertTrue(derivation.tex().contains("\\frac{\\partial^{+} L}{\\partial h_{t}}"), derivation::toString);
        }
    }

    @Test
    void aNetAroundTheLayerIsDerivedWithIt() {
        var net = Nn.sequential(Recurrent.Sequence.of(Cell.Gru.of(2, 3, SEED)), new Recurrent.LastStep(),
                Nn.linear(3, 2));
        var derivation = Nn.derive(net.apply(input(2, 4)).square().mean());
        assertHold(derivation.steps());
        assertTrue(derivation.tex().contains("\\delta^{z}_{t}"), derivation::toString);
    }

    @Test
    void oneLayerAfterAnotherCiteTheirLines() {
        var net = Nn.sequential(Recurrent.Sequence.of(Cell.Lstm.of(2, 3, SEED)),
                Recurrent.Sequence.of(Cell.Lstm.of(3, 2, SEED)));
        var rules = Nn.derive(net.apply(input(2, 3)).square().mean()).steps().stream()
                .flatMap(step -> step.rule().stream())
                .filter(rule -> rule.name().endsWith("through time")).toList();
        assertEquals(2, rules.size());
        rules.forEach(rule -> assertHold(rule.proof()));
    }
}
