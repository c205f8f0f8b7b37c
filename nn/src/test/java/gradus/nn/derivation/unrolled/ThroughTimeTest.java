package gradus.nn.derivation.unrolled;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Nn;
import gradus.nn.Seed;
import gradus.nn.Tensor;
import gradus.nn.derivation.Check;
import gradus.nn.derivation.Layout;
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
        assertHold(derivation.steps());
        var h = layer.start().isPresent() ? "h^{(1)}_{t}" : "h_{t}";   // h_0 is what the graph calls the whole state
        assertTrue(derivation.tex().contains("\\frac{\\partial^{+} L}{\\partial " + h + "}"), derivation::toString);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void soItDoesInEveryLayout(Recurrent.Sequence layer) {
        var x = input(2, 3);
        for (var layout : Layout.values()) {
            var derivation = Nn.derive(layer.apply(x).tanh().square().mean()).layout(layout);
            assertHold(derivation.steps());
            assertTrue(derivation.tex().contains("_{t+1}"), derivation::toString);
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

    @ParameterizedTest
    @MethodSource("layers")
    void layersOneAfterAnotherHaveNumbers(Recurrent.Sequence layer) {
        var net = Nn.sequential(layer, Recurrent.Sequence.of(Cell.Lstm.of(3, 2, SEED)).twoBiases());
        var derivation = Nn.derive(net.apply(input(2, 3)).square().mean());
        assertHold(derivation.steps());
        assertTrue(derivation.tex().contains("h^{(1)}_{t}") && derivation.tex().contains("h^{(2)}_{t}"),
                derivation::toString);
    }

    @Test
    void bothDirectionsAreWrittenOut() {
        for (var layout : Layout.values()) {
            var both = new Recurrent.Bidirectional(Recurrent.Sequence.of(Cell.Lstm.of(2, 3, SEED)),
                    Recurrent.Sequence.of(Cell.Lstm.of(2, 3, SEED)).reversed());
            var next = new Recurrent.Bidirectional(Recurrent.Sequence.of(Cell.Gru.of(6, 2, SEED)),
                    Recurrent.Sequence.of(Cell.Rnn.of(6, 2, SEED)).reversed());
            var derivation = Nn.derive(next.apply(both.apply(input(2, 3))).square().mean());
            assertHold(derivation.steps());
            var ofSteps = derivation.layout(layout).steps().stream()
                    .filter(step -> (step.left() + "=" + step.right()).contains("_{t")).toList();
            assertHold(ofSteps);
            assertTrue(ofSteps.size() > 80, () -> ofSteps.size() + " lines");
        }
    }

    @Test
    void theLastStateIsReadToo() {
        var walked = Recurrent.Sequence.of(Cell.Lstm.of(2, 3, SEED)).learnedStart().twoBiases().walk(input(2, 3));
        assertHold(Nn.derive(walked.output().square().sum().plus(walked.state().tanh().sum())).steps());
    }

    /** One cell along two sequences: its gradient is the sum of both, which the lines of neither tell. */
    @Test
    void aSharedLayerIsCited() {
        var layer = Recurrent.Sequence.of(Cell.Lstm.of(2, 3, SEED));
        var rules = Nn.derive(layer.apply(input(2, 3)).square().mean().plus(layer.apply(input(1, 3)).sum())).steps()
                .stream().flatMap(step -> step.rule().stream())
                .filter(rule -> rule.name().endsWith("through time")).toList();
        assertEquals(2, rules.size());
        rules.forEach(rule -> assertHold(rule.proof()));
    }

    @Test
    void aNameOfTheGraphIsNoneOfAStep() {
        var h = Recurrent.Sequence.of(Cell.Rnn.of(2, 3, SEED)).apply(input(2, 3).named("x_1")).named("h_1");
        var derivation = Nn.derive(h.square().mean());
        assertHold(derivation.steps());
        assertTrue(derivation.tex().contains("h^{(1)}_{t}"), derivation::toString);
    }

    /** Of so many numbers not every gradient is compared with differences; those that are hold. */
    @Test
    void aLargeLayerIsComparedInPart() {
        var steps = Unrolled.of(Recurrent.Sequence.of(Cell.Lstm.of(8, 16, SEED)),
                Tensor.normal(SEED.stream("large"), 0, 1, 32, 40, 8)).steps();
        assertHold(steps);
        long compared = steps.stream().filter(step -> step.check() instanceof Check.Holds(_, double central, _)
                && !Double.isNaN(central)).count();
        assertTrue(compared > 2 && compared < 22, () -> compared + " gradients");
    }
}
