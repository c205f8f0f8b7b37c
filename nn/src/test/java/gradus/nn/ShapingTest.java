package gradus.nn;

import static gradus.nn.Nn.gradcheck;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ShapingTest {

    private final Tensor x = Tensor.of(new double[][] {{1, 2, 3}, {4, 5, 6}});
    private final Tensor row = Tensor.of(1, 2, 3, 4);

    private static void is(Tensor actual, double... expected) {
        assertArrayEquals(expected, actual.toDoubleArray());
    }

    private static String refused(Consumer<Tensor> verb, Tensor x) {
        var message = assertThrows(ShapeException.class, () -> verb.accept(x)).getMessage();
        assertTrue(message.contains("\nhelp: "), message);
        return message.lines().findFirst().orElseThrow();
    }

    @Test
    void axesOfSizeOneComeAndGo() {
        assertEquals(new Shape(1, 2, 3), x.unsqueeze(0).shape());
        assertEquals(new Shape(2, 3, 1), x.unsqueeze(-1).shape());
        assertEquals(new Shape(2, 3), Tensor.ones(1, 2, 1, 3).squeeze().shape());
        assertEquals(new Shape(1, 2, 3), Tensor.ones(1, 2, 1, 3).squeeze(2).shape());
        assertEquals("squeeze: [2, 3] has size 3 along axis 1", refused(t -> t.squeeze(1), x));
    }

    @Test
    void anAxisIsLostOnce() {
        assertEquals("sum: [2, 3] is to lose an axis twice, of [0, -2]", refused(t -> t.mean(0, -2), x));
    }

    @Test
    void axesMoveAndMerge() {
        assertEquals(new Shape(3, 4, 2), Tensor.ones(2, 3, 4).movedim(0, -1).shape());
        assertEquals(new Shape(4, 2, 3), Tensor.ones(2, 3, 4).movedim(-1, 0).shape());
        assertEquals(new Shape(2, 12), Tensor.ones(2, 3, 4).flatten(1, 2).shape());
        is(x.t().flatten(), 1, 4, 2, 5, 3, 6);
        refused(t -> t.flatten(1, 0), x);
    }

    @Test
    void ofNothingTheOpenSizeIsThatOfTheRest() {
        var none = Tensor.zeros(0, 3, 4);
        assertEquals(new Shape(0, 12), none.reshape(0, -1).shape());
        assertEquals(new Shape(0, 3, 4), none.reshape(0, 3, -1).shape());
        assertEquals(new Shape(0, 5), none.reshape(-1, 5).shape());
        assertEquals(new Shape(2, 0, 0), none.reshape(2, 0, -1).shape());
        assertEquals(new Shape(0), none.reshape(-1).shape());
    }

    @Test
    void aNewAxisMayBeCountedFromTheEnd() {
        is(Tensor.stack(-1, Tensor.of(1, 2), Tensor.of(3, 4)), 1, 3, 2, 4);
        is(Tensor.stack(-2, Tensor.of(1, 2), Tensor.of(3, 4)), 1, 2, 3, 4);
        refused(t -> Tensor.stack(3, t, t), x);
        assertEquals("concat: there is nothing to join", refused(t -> Tensor.concat(0), x));
    }

    @Test
    void axesOfSizeOneExpand() {
        assertEquals(new Shape(4, 2, 3), x.expand(4, -1, -1).shape());
        is(Tensor.of(1, 2).unsqueeze(1).expand(-1, 2), 1, 1, 2, 2);
        refused(t -> t.expand(2, 4), x);
        refused(t -> t.expand(3), x);
    }

    @Test
    void aReshapedViewCopiesNothingWhereStridesCanShowIt() {
        var wide = Tensor.arange(24).reshape(4, 6);
        var part = wide.slice(1, 1, 5);
        for (var same : List.of(part.unsqueeze(1), part.reshape(4, 2, 2), part.reshape(2, 2, 4), wide.t().reshape(2, 3, 4),
                part.slice(0, 1, 2).reshape(4), Tensor.of(3).broadcastTo(new Shape(5, 2)).flatten())) {
            assertSame(same.buffer(), same.shape().size() == 10 ? same.buffer() : wide.buffer());
        }
        is(part.reshape(2, 2, 4).at(Nn.at(1), 0), 13, 14, 15, 16);
        is(wide.t().reshape(2, 3, 4).at(Nn.at(1), 2), 5, 11, 17, 23);
        assertTrue(part.reshape(-1).buffer() != wide.buffer());
        is(part.reshape(-1).slice(0, 2, 6), 3, 4, 7, 8);
        is(Tensor.ones(3, 0).t().reshape(0, 5));
        is(wide.slice(0, 3, -1, -3).slice(1, 5, -1, -5).reshape(4), 23, 18, 5, 0);
    }

    @Test
    void slicesHaveStepsDownwardsToo() {
        is(row.slice(0, 0, 4, 2), 1, 3);
        is(row.slice(0, 3, -1, -2), 4, 2);
        is(row.slice(0, 2, 2));
        is(x.slice(1, 2, -1, -1).slice(0, 1, 2), 6, 5, 4);
        is(x.flip(1), 3, 2, 1, 6, 5, 4);
        is(x.flip(), 6, 5, 4, 3, 2, 1);
        is(x.flip(0).t().plus(1), 5, 2, 6, 3, 7, 4);
        is(x.flip(1).matmul(x.t().flip(0)), 14, 32, 32, 77);
        refused(t -> t.slice(1, 0, 4), x);
        refused(t -> t.slice(1, 0, 2, 0), x);
    }

    @Test
    void partsAreRolledSplitAndRepeated() {
        is(row.roll(0, 1), 4, 1, 2, 3);
        is(row.roll(0, -5), 2, 3, 4, 1);
        is(x.roll(1, 3), 1, 2, 3, 4, 5, 6);
        is(row.split(0, 1, 0, 3)[2], 2, 3, 4);
        assertEquals(List.of("[2]", "[2]", "[1]"), Arrays.stream(Tensor.ones(5).chunk(0, 3)).map(part -> part.shape().toString()).toList());
        assertEquals(1, Tensor.ones(0).chunk(0, 3).length);
        is(x.repeat(1, 2), 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6);
        is(Tensor.of(1, 2).tile(2, 2), 1, 2, 1, 2, 1, 2, 1, 2);
        is(x.tile(0));
        refused(t -> t.split(0, 1, 2), row);
        refused(t -> t.chunk(0, 0), row);
    }

    @Test
    void paddingContinuesInThreeWays() {
        is(row.pad(0, 1, 2), 0, 1, 2, 3, 4, 0, 0);
        is(row.pad(0, 1, 2, new Padding.Constant(9)), 9, 1, 2, 3, 4, 9, 9);
        is(row.pad(0, 3, 2, Padding.Continuing.REFLECT), 4, 3, 2, 1, 2, 3, 4, 3, 2);
        is(row.pad(0, 2, 5, Padding.Continuing.REPLICATE), 1, 1, 1, 2, 3, 4, 4, 4, 4, 4, 4);
        is(row.pad(0, 1, 4, Padding.Continuing.CIRCULAR), 4, 1, 2, 3, 4, 1, 2, 3, 4);
        is(x.pad(0, 1, 0, Padding.Continuing.REFLECT), 4, 5, 6, 1, 2, 3, 4, 5, 6);
        assertEquals("pad: [4] has too little along axis 0 to continue by 4", refused(t -> t.pad(0, 4, 0, Padding.Continuing.REFLECT), row));
        refused(t -> t.pad(0, -1, 0), row);
        for (var mode : Padding.Continuing.values()) {
            assertTrue(gradcheck(in -> in[0].pad(1, 2, 1, mode).square(), x).passed());
        }
    }

    @Test
    void trianglesAndDiagonals() {
        is(x.tril(), 1, 0, 0, 4, 5, 0);
        is(x.triu(1), 0, 2, 3, 0, 0, 6);
        is(x.tril(-1), 0, 0, 0, 4, 0, 0);
        is(Tensor.full(Double.NEGATIVE_INFINITY, 2, 2).triu(1), 0, Double.NEGATIVE_INFINITY, 0, 0);
        is(x.diagonal(), 1, 5);
        is(x.diagonal(2), 3);
        is(x.t().diagonal(-1), 2, 6);
        is(Tensor.of(1, 2).diag(), 1, 0, 0, 2);
        is(Tensor.of(7).diag(-1), 0, 0, 7, 0);
        assertTrue(gradcheck(in -> in[0].tril().plus(in[0].diagonal().diag()).square(), Tensor.ones(3, 3)).passed());
        refused(Tensor::tril, row);
    }

    @Test
    void wholeNumbersStayWhole() {
        var indices = Tensor.indices(new Shape(2, 2), 1, 2, 3, Integer.MAX_VALUE);
        for (var moved : List.of(indices.t(), indices.flip(0), indices.pad(0, 1, 1), indices.reshape(4), indices.rows(1, 0),
                indices.roll(1, 1), indices.diagonal(), indices.sort(1), indices.at(Nn.all(), 1))) {
            assertEquals(DType.INT32, moved.dtype());
            assertTrue(Arrays.stream(moved.toIntArray()).anyMatch(value -> value == Integer.MAX_VALUE) || moved.size() == 2);
        }
    }
}
