package gradus.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class TensorTest {

    private final Tensor x = Tensor.of(new double[][] {{1, 2, 3}, {4, 5, 6}});

    @Test
    void viewsShareMemoryAndReadRight() {
        assertEquals("float32 [3, 2]", x.t().dtype() + " " + x.t().shape());
        assertEquals(6, x.t().at(2, 1));
        assertEquals(5, x.slice(1, 1, 3).at(-1, 0));
        assertArrayEquals(new double[] {2, 3, 5, 6}, x.slice(1, 1, 3).toDoubleArray());
        assertEquals(x.buffer(), x.t().buffer());
    }

    @Test
    void aJavaNumberTakesTheTensorsType() {
        assertEquals(DType.FLOAT32, x.plus(0.1).times(3).dtype());
        assertEquals(DType.FLOAT64, x.plus(Tensor.of(new Shape(3), new double[3])).dtype());
    }

    @Test
    void reductionsDropOrKeepTheirAxes() {
        assertEquals(new Shape(2), x.sum(1).shape());
        assertEquals(new Shape(2, 1), x.sum(true, 1).shape());
        assertArrayEquals(new double[] {2.5, 3.5, 4.5}, x.mean(0).toDoubleArray());
        assertEquals(21, x.sum().item());
        assertEquals(6, x.max().item());
        assertArrayEquals(new int[] {2, 2}, x.argmax(1).toIntArray());
        assertArrayEquals(new int[] {1, 1, 1}, x.argmax(0).toIntArray());
        assertEquals(0, Tensor.zeros(0, 3).sum().item());
    }

    @Test
    void softmaxSumsToOneAlongItsAxisHoweverLargeTheScores() {
        var p = x.times(1000).softmax(0);
        assertArrayEquals(new double[] {1, 1, 1}, p.sum(0).toDoubleArray(), 1e-6);
        assertEquals(Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)), x.logSumExp(1).at(0), 1e-6);
        assertEquals(Double.NEGATIVE_INFINITY, Tensor.zeros(3, 0).logSumExp(1).at(2));
    }

    @Test
    void partsAreJoinedAndPicked() {
        assertEquals(new Shape(2, 6), Tensor.concat(1, x, x).shape());
        assertEquals(new Shape(2, 2, 3), Tensor.stack(1, x, x).shape());
        assertArrayEquals(new double[] {4, 5, 6, 1, 2, 3, 4, 5, 6}, x.rows(1, 0, 1).toDoubleArray());
        assertArrayEquals(new double[] {3, 1, 6, 4}, x.select(1, 2, 0).toDoubleArray());
    }

    @Test
    void misfitsNameShapesAndAWayOut() {
        assertEquals("plus: [2, 3] and [4] do not broadcast: sizes 3 and 4 meet at axis -1"
                + "\nhelp: make them equal or one of them 1, with reshape(...) or t()",
                assertThrows(ShapeException.class, () -> x.plus(Tensor.ones(4))).getMessage());
        assertThrows(ShapeException.class, () -> x.reshape(4, -1));
        assertThrows(ShapeException.class, () -> x.at(2, 0));
        assertThrows(ShapeException.class, () -> x.item());
        assertThrows(ShapeException.class, () -> x.sum(2));
    }

    @Test
    void aSeedFixesAllNumbers() {
        assertArrayEquals(Tensor.normal(new Seed(7).stream("w"), 0, 1, 5).toFloatArray(),
                Tensor.normal(new Seed(7).stream("w"), 0, 1, 5).toFloatArray());
        var order = new Seed(3).stream("shuffle").permutation(1000);
        assertEquals(499_500, java.util.Arrays.stream(order).sum());
    }
}
