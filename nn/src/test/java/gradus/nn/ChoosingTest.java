package gradus.nn;

import static gradus.nn.Nn.all;
import static gradus.nn.Nn.at;
import static gradus.nn.Nn.from;
import static gradus.nn.Nn.gradcheck;
import static gradus.nn.Nn.mask;
import static gradus.nn.Nn.pick;
import static gradus.nn.Nn.range;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.compile.Compiled;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ChoosingTest {

    private static final double NAN = Double.NaN;
    private final Tensor x = Tensor.arange(24).reshape(2, 3, 4);

    private static void is(Tensor actual, double... expected) {
        assertArrayEquals(expected, actual.toDoubleArray());
    }

    private static Tensor ints(int... values) {
        return Tensor.indices(new Shape(values.length), values);
    }

    @Test
    void eachAxisHasItsIndex() {
        is(x.at(all(), range(0, 2), -1), 3, 7, 15, 19);
        assertEquals(new Shape(2, 2), x.at(all(), range(0, 2), -1).shape());
        is(x.at(1, range(2, 0, -1), 0), 20, 16);
        is(x.at(at(-1), 1), 16, 17, 18, 19);
        is(x.at(all(), 0, from(2)), 2, 3, 14, 15);
        is(x.at(all(), 0, range(-3, -1)), 1, 2, 13, 14);
        is(x.at(all(), 0, range(100, -100, -3)), 3, 0, 15, 12);
        is(x.at(all(), 0, range(3, 1)));
        is(x.at(all(), pick(2, 0), 0), 8, 0, 20, 12);
        assertEquals(new Shape(2, 2, 1, 4), x.at(all(), pick(Tensor.indices(new Shape(2, 1), 1, 2))).shape());
        assertSame(x.buffer(), x.at(all(), range(0, 3, 2), 1).buffer());
        assertEquals(19, x.at(1, 1, 3));
    }

    @Test
    void aMaskCoversAsManyAxesAsItHas() {
        is(x.at(all(), mask(Tensor.of(1, 0, 1)), 0), 0, 8, 12, 20);
        var corners = Tensor.of(new double[][] {{1, 0, 0}, {0, 0, 1}});
        is(x.at(mask(corners), range(0, 1)), 0, 20);
        assertEquals(new Shape(0, 4), x.at(mask(corners.times(0))).shape());
        assertTrue(assertThrows(ShapeException.class, () -> x.at(all(), mask(Tensor.ones(4)))).getMessage()
                .startsWith("mask: [2, 3, 4] and [4] do not fit from axis 1 on"));
    }

    @Test
    void aGradientGoesWhereTheNumbersCameFrom() {
        assertTrue(gradcheck(in -> in[0].at(all(), pick(1, 1, 0), range(3, 0, -2)).square(), x.div(7)).passed());
        assertTrue(gradcheck(in -> in[0].at(mask(Tensor.ones(2, 3)), 2).tanh(), x.div(7)).passed());
    }

    @Test
    void anIndexThatDoesNotFitIsRefused() {
        assertEquals("at: [2, 3, 4] has no index 3 along axis 1\nhelp: indices go from -3 to 2",
                assertThrows(ShapeException.class, () -> x.at(all(), 3)).getMessage());
        assertThrows(ShapeException.class, () -> x.at(all(), all(), all(), all()));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> x.at(all(), "1")).getMessage().contains("range(from, to)"));
        assertThrows(IllegalArgumentException.class, () -> range(0, 1, 0));
        assertThrows(ShapeException.class, () -> x.select(0, 2));
        assertThrows(ShapeException.class, () -> x.gather(0, ints(0)));
    }

    @Test
    void aTableIsLookedUpAndItsGradientAddedUp() {
        var table = Tensor.parameter(Tensor.arange(6).reshape(3, 2));
        var words = Tensor.indices(new Shape(2, 2), 2, 0, 2, 2);
        var found = table.select(0, words);
        assertEquals(new Shape(2, 2, 2), found.shape());
        is(found, 4, 5, 0, 1, 4, 5, 4, 5);
        found.sum().backward();
        is(table.grad(), 1, 1, 0, 0, 3, 3);
        is(ints(2, 0).oneHot(3), 0, 0, 1, 1, 0, 0);
        is(Tensor.of(1, 2, 4).scatterAdd(0, ints(1, 1, 0), 3), 4, 3, 0);
        is(x.at(0, all()).gather(1, Tensor.indices(new Shape(3, 1), 3, 0, 2)), 3, 4, 10);
    }

    @Test
    void aMaskIsFilled() {
        is(Tensor.of(1, NAN, 3).maskedFill(Tensor.of(0, 1, 0), 7), 1, 7, 3);
        is(Tensor.of(1, 2).maskedFill(Tensor.of(new double[][] {{0}, {1}}), Double.NEGATIVE_INFINITY), 1, 2,
                Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY);
        assertEquals(32, Tensor.of(1, 2, 3).dot(Tensor.of(4, 5, 6)).item());
        assertThrows(ShapeException.class, () -> Tensor.of(1, 2).dot(Tensor.of(1)));
    }

    @Test
    void aCompiledStepChoosesAnewEachTime() {
        Function<Tensor[], Tensor[]> step = in -> {
            var sorted = in[0].sort(1).cumsum(0).plus(in[0].cumprod(1).tril());
            var classes = in[0].argmax(1);
            var picked = sorted.select(0, classes).gather(1, in[0].argsort(1, true)).flip(0).roll(1, 1);
            return new Tensor[] {Tensor.einsum("ij,ik->jk", picked, classes.oneHot(3)), in[0].rows(2, 0).pad(1, 1, 0,
                    Padding.Continuing.REFLECT).topk(1, 2).indices().as(DType.FLOAT32)};
        };
        var compiled = new Compiled(step);
        for (int i = 0; i < 4; i++) {
            var in = Tensor.normal(new Seed(i).stream("compiled"), 0, 1, 3, 3);
            var eager = step.apply(new Tensor[] {in});
            var replayed = compiled.all(in);
            for (int k = 0; k < eager.length; k++) {
                assertArrayEquals(eager[k].toFloatArray(), replayed[k].toFloatArray());
            }
        }
        assertTrue(compiled.toString().startsWith("compiled step, 3 replays"), compiled.toString());
    }

    @Test
    void sortingIsStableWithNanLast() {
        var y = Tensor.of(3, NAN, 1, 3, -1, NAN);
        is(y.argsort(0), 4, 2, 0, 3, 1, 5);
        is(y.argsort(0, true), 0, 3, 2, 4, 1, 5);
        is(y.sort(0), -1, 1, 3, 3, NAN, NAN);
        is(Tensor.of(0, -0.0).argsort(0), 0, 1);
        var columns = Tensor.of(new double[][] {{3, 1}, {2, 9}, {1, 5}});
        is(columns.sort(0), 1, 1, 2, 5, 3, 9);
        is(columns.t().sort(1, true), 3, 2, 1, 9, 5, 1);
        assertEquals(DType.INT32, y.argsort(0).dtype());
        assertTrue(gradcheck(in -> in[0].sort(0).times(Tensor.of(1, 2, 3)), Tensor.of(3, 1, 2)).passed());
        var many = Tensor.normal(new Seed(3).stream("sort"), 0, 1, 10_007);
        var sorted = many.toFloatArray();
        java.util.Arrays.sort(sorted);
        assertArrayEquals(sorted, many.sort(0).toFloatArray());
    }

    @Test
    void theLargestAndTheirPlaces() {
        var y = Tensor.of(new double[][] {{1, 7, 7, 2}, {5, 0, -1, 3}});
        is(y.topk(1, 2).values(), 7, 7, 5, 3);
        is(y.topk(1, 2).indices(), 1, 2, 0, 3);
        is(y.argmax(1), 1, 0);
        is(y.argmin(0), 0, 1, 1, 0);
        is(Tensor.of(1, NAN, 9, NAN).argmax(0), 1);
        is(Tensor.of(1, NAN, 9, NAN).argmin(0), 1);
        assertEquals(DType.INT32, y.argmax(1).dtype());
        assertThrows(ShapeException.class, () -> Tensor.zeros(0).argmax(0));
        assertThrows(ShapeException.class, () -> y.topk(1, 5));
    }

    @Test
    void whatIsThereIsCounted() {
        var y = Tensor.of(new double[][] {{3, 1, NAN}, {1, NAN, 3}});
        is(y.unique().values(), 1, 3, NAN);
        is(y.unique().inverse(), 1, 0, 2, 0, 2, 1);
        is(y.unique().counts(), 2, 2, 2);
        is(ints(1, 3, 1).bincount(5), 0, 2, 0, 1, 0);
        is(Tensor.of(0, 0.5, 1, 2, 2.5, -1, NAN).histogram(2, 0, 2), 2, 2);
        assertEquals(0, Tensor.zeros(0).unique().values().size());
        assertThrows(IllegalArgumentException.class, () -> y.histogram(0, 0, 1));
    }

    @Test
    void resultsAreCarriedOn() {
        var y = Tensor.of(new double[][] {{1, 2, 3}, {4, 0, 6}});
        is(y.cumsum(1), 1, 3, 6, 4, 4, 10);
        is(y.cumsum(0), 1, 2, 3, 5, 2, 9);
        is(y.cumprod(1), 1, 2, 6, 4, 0, 0);
        is(y.cumprod(0), 1, 2, 3, 4, 0, 18);
        is(Tensor.of(1, 3, 2, 3, NAN, 9).cummax(0), 1, 3, 3, 3, NAN, NAN);
        is(Tensor.zeros(2, 0).cumprod(1));
        for (int axis = 0; axis < 2; axis++) {   // the gradient of a product needs no division by a factor that is 0
            int along = axis;
            assertTrue(gradcheck(in -> in[0].cumprod(along), y).passed());
        }
    }
}
