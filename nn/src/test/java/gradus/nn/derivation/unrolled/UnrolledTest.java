package gradus.nn.derivation.unrolled;

import static gradus.nn.derivation.unrolled.ThroughTimeTest.assertHold;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Check;
import gradus.nn.layer.Attention;
import gradus.nn.layer.Convolution.Conv;
import gradus.nn.layer.Linear;
import gradus.nn.layer.Pooling.Kind;
import gradus.nn.layer.Pooling.Pool;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Windows and attention as sums: every line holds at the layers' own numbers. */
class UnrolledTest {

    private static final Seed SEED = new Seed(3);

    private static Tensor normal(int... dims) {
        return Tensor.normal(SEED.stream("x" + dims.length), 0, 1, dims);
    }

    static Stream<Conv> convolutions() {
        return Stream.of(Conv.of(2, 4, 2, SEED, 3), Conv.of(2, 4, 4, SEED, 3, 2).padding(1).stride(2, 1).groups(2),
                Conv.of(2, 4, 2, SEED, 3).padding(1), Conv.of(2, 4, 2, SEED, 2).samePadding(), Conv.of(2, 4, 2, SEED, 2)
                        .dilation(2).flip(),
                Conv.of(2, 4, 2, SEED, 1).padding(1).noBias());
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void aConvolutionIsItsSums(Conv layer) {
        assertHold(Unrolled.of(layer, normal(2, 4, 5, 5), y -> y.tanh().square().sum()));
    }

    @Test
    void soItIsAlongOneAxisAndThree() {
        assertHold(Unrolled.of(Conv.of(1, 2, 3, SEED, 3).padding(2), normal(2, 2, 6)));
        assertHold(Unrolled.of(Conv.of(3, 2, 2, SEED, 2).stride(2), normal(1, 2, 3, 4, 3)));
    }

    static Stream<Pool> pools() {
        return Stream.of(Kind.values()).flatMap(kind -> Stream.of(Pool.of(kind, 2, 2), Pool.of(kind, 2, 3).stride(2)
                .padding(1),
                Pool.of(kind, 2, 2).stride(1).dilation(2)));
    }

    @ParameterizedTest
    @MethodSource("pools")
    void aPoolRoutesItsGradient(Pool layer) {
        assertHold(Unrolled.of(layer, normal(2, 2, 5, 4)));
    }

    @Test
    void equalMaximaAreToldNotHidden() {
        var steps = Unrolled.of(Pool.of(Kind.MAX, 2, 2), Tensor.ones(1, 1, 4, 4)).steps();
        assertTrue(steps.getLast().check() instanceof Check.Open(var why) && why.contains("the first alone"),
                steps.getLast()::toString);
        assertHold(steps.subList(0, 1));
    }

    @Test
    void aHeadWithAndWithoutMask() {
        var q = normal(4, 3);
        for (var mask : List.of(Tensor.zeros(), Attention.causal(4), Tensor.of(new double[][] {{0, -1, 2, 0}}))) {
            assertHold(Unrolled.attention(q, normal(4, 3).times(2), normal(4, 2), mask, y -> y.tanh().square().sum()));
        }
        assertHold(Unrolled.attention(normal(2, 2, 3), normal(2, 4, 3), normal(2, 4, 1), Tensor.zeros(), y -> y.square()
                .sum()));
    }

    @Test
    void largeLayersAreCheckedInPart() {
        assertHold(Unrolled.of(Conv.of(2, 8, 16, SEED, 3).padding(1), normal(1, 8, 12, 12)));
    }

    @Test
    void whatHasNoFormIsToldSo() {
        var wrong = assertThrows(IllegalArgumentException.class, () -> Unrolled.of(Linear.of(2, 2), normal(1, 2)));
        assertTrue(wrong.getMessage().contains("linear(2, 2)") && wrong.getMessage().contains("\nhelp: "),
                wrong::getMessage);
        assertThrows(IllegalArgumentException.class, () -> Unrolled.of(Conv.of(1, 1, 1, SEED, 1),
                Tensor.zeros(0, 1, 3)));
    }

    @Test
    void numbersThatAreNoneLeaveTheLinesOpen() {
        var steps = Unrolled.of(Conv.of(1, 1, 1, SEED, 2), Tensor.of(new Shape(1, 1, 3),
                new double[] {1, Double.NaN, 2})).steps();
        assertTrue(steps.stream().anyMatch(step -> step.check() instanceof Check.Open));
        assertTrue(steps.stream().noneMatch(step -> step.check() instanceof Check.Fails));
    }
}
