package gradus.nn.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Seed;
import gradus.nn.backend.Buffer.Floats;
import gradus.nn.backend.Kernels.Binary;
import gradus.nn.backend.Kernels.Layout;
import gradus.nn.backend.Kernels.Reduction;
import gradus.nn.backend.Kernels.RowWise;
import gradus.nn.backend.Kernels.Unary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The vectorised kernels equal plain Java to the bit, and plain Java's functions are as accurate as they say. */
class BackendTest {

    private final Backend plain = new ScalarBackend();
    private final Backend vector = Backend.current();

    private static Floats normal(String purpose, int n) {
        var random = new Seed(1).stream(purpose);
        var values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (random.normal() * StrictMath.exp(3 * random.normal()));
        }
        return new Floats(values);
    }

    private static void sameBits(Floats expected, Floats actual) {
        assertArrayEquals(expected.array(), actual.array());   // of floats: equal bits, NaN equal to NaN
    }

    @Test
    void testsRunOnVectors() {
        assertInstanceOf(VectorBackend.class, vector);
    }

    @ParameterizedTest
    @EnumSource(Unary.class)
    void unaryKernelsAgree(Unary f) {
        var in = normal("unary", 1003);
        var specials = new float[] {0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MIN_VALUE,
            -Float.MIN_NORMAL, Float.MAX_VALUE, 88.8f, -103.9f, 1e-40f, 1f};
        System.arraycopy(specials, 0, in.array(), 0, specials.length);
        System.arraycopy(specials, 0, in.array(), 990, specials.length);
        var expected = new Floats(new float[1003]);
        var actual = new Floats(new float[1003]);
        plain.unary(f, 1.5, in, expected, 1003);
        for (int warm = 0; warm < 50; warm++) {
            vector.unary(f, 1.5, in, actual, 1003);
            sameBits(expected, actual);
        }
    }

    @ParameterizedTest
    @EnumSource(Binary.class)
    void binaryKernelsAgreeInEveryLayout(Binary f) {
        int outer = 7;
        int inner = 37;
        for (var left : Layout.values()) {
            for (var right : Layout.values()) {
                var a = normal("a", outer * inner);
                var b = normal("b", outer * inner);
                var expected = new Floats(new float[outer * inner]);
                var actual = new Floats(new float[outer * inner]);
                plain.binary(f, a, left, b, right, expected, outer, inner);
                vector.binary(f, a, left, b, right, actual, outer, inner);
                sameBits(expected, actual);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "3,5,1", "2,10007,1", "3,40,1", "4,9,33", "1,0,3", "0,5,1"})
    void reductionsAgree(int outer, int n, int inner) {
        for (var reduction : Reduction.values()) {
            var in = normal("reduce", outer * n * inner);
            var expected = new Floats(new float[outer * inner]);
            var actual = new Floats(new float[outer * inner]);
            plain.reduce(reduction, in, expected, outer, n, inner);
            vector.reduce(reduction, in, actual, outer, n, inner);
            sameBits(expected, actual);
        }
    }

    @ParameterizedTest
    @EnumSource(RowWise.class)
    void rowWiseKernelsAgree(RowWise f) {
        for (int n : new int[] {1, 10, 16, 100, 3000}) {
            var in = normal("rows", 5 * n);
            var expected = new Floats(new float[5 * n]);
            var actual = new Floats(new float[5 * n]);
            plain.rowWise(f, in, expected, 5, n);
            vector.rowWise(f, in, actual, 5, n);
            sameBits(expected, actual);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "12,32,5", "13,33,400", "97,65,800", "5,100,0", "64,10,64", "0,3,2"})
    void productsAgreeForEveryTransposition(int m, int n, int k) {
        var a = normal("left", m * k);
        var b = normal("right", k * n);
        for (boolean transposeA : new boolean[] {false, true}) {
            for (boolean transposeB : new boolean[] {false, true}) {
                var expected = new Floats(new float[m * n]);
                var actual = new Floats(new float[m * n]);
                plain.matmul(transposeA, transposeB, m, n, k, a, 0, b, 0, expected, 0);
                vector.matmul(transposeA, transposeB, m, n, k, a, 0, b, 0, actual, 0);
                sameBits(expected, actual);
            }
        }
    }

    @Test
    void theFunctionsAreAsAccurateAsTheySay() {
        double exp = 0;
        double log = 0;
        double tanh = 0;
        double sigmoid = 0;
        for (int i = -200_000; i <= 200_000; i++) {
            float x = i * 4.3e-4f;
            exp = Math.max(exp, ulps(FloatMath.exp(x), StrictMath.exp(x)));
            tanh = Math.max(tanh, ulps(FloatMath.tanh(x), StrictMath.tanh(x)));
            sigmoid = Math.max(sigmoid, ulps(FloatMath.sigmoid(x), 1 / (1 + StrictMath.exp(-(double) x))));
            float positive = (float) StrictMath.exp(x);
            log = Math.max(log, ulps(FloatMath.log(positive), StrictMath.log(positive)));
        }
        var found = String.format("exp %.2f, log %.2f, tanh %.2f, sigmoid %.2f ulp", exp, log, tanh, sigmoid);
        assertTrue(exp <= 1.1 && log <= 1.1 && tanh <= 2 && sigmoid <= 2.5, found);
    }

    private static double ulps(float actual, double exact) {
        return Math.abs(actual - exact) / Math.ulp((float) exact);
    }

    @Test
    void extremesAreExact() {
        assertEquals(0f, FloatMath.exp(-200f));
        assertEquals(Float.POSITIVE_INFINITY, FloatMath.exp(100f));
        assertEquals(Float.NEGATIVE_INFINITY, FloatMath.log(0f));
        assertTrue(Float.isNaN(FloatMath.log(-1f)) && Float.isNaN(FloatMath.exp(Float.NaN)));
        assertEquals(1f, FloatMath.tanh(50f));
        assertEquals(100f, FloatMath.softplus(100f));
    }
}
