package gradus.nn.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our float32 functions are as accurate as they say, and their vector forms give the same bits, cold and hot. */
class FloatMathTest {

    private static final float[] SPECIALS = {0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, -Float.MIN_NORMAL, 1e-40f, Float.MAX_VALUE,
        -Float.MAX_VALUE, 1f, -1f, 0.5f, -0.5f, 1.5f, -1.5f, 2f, -2f, 2.5f, 3f, -3f, 8388607.5f, -8388609f, 1e5f, 100001f, 3e38f, 88.8f,
        89.3f, -103.9f, -87.5f, 0.57f, 0.625f, 0.70710677f, 0x1p-25f};

    private interface FloatFunction {
        float of(float x);
    }

    private record Case(String name, FloatFunction plain, UnaryOperator<FloatVector> vector, DoubleUnaryOperator exact,
                        double ulps) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> functions() {
        return List.of(
                new Case("exp", FloatMath::exp, VectorMath::exp, StrictMath::exp, 1),
                new Case("expm1", FloatMath::expm1, VectorMath::expm1, StrictMath::expm1, 1.5),
                new Case("log", FloatMath::log, VectorMath::log, StrictMath::log, 0.8),
                new Case("log1p", FloatMath::log1p, VectorMath::log1p, StrictMath::log1p, 1.4),
                new Case("log2", FloatMath::log2, VectorMath::log2, x -> StrictMath.log(x) / StrictMath.log(2), 1.3),
                new Case("log10", FloatMath::log10, VectorMath::log10, StrictMath::log10, 0.9),
                new Case("tanh", FloatMath::tanh, VectorMath::tanh, StrictMath::tanh, 1.4),
                new Case("sigmoid", FloatMath::sigmoid, VectorMath::sigmoid, x -> 1 / (1 + StrictMath.exp(-x)), 2.4),
                new Case("softplus", FloatMath::softplus, VectorMath::softplus,
                        x -> Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x))), 2.6),
                new Case("sinh", FloatMath::sinh, VectorMath::sinh, StrictMath::sinh, 1.6),
                new Case("cosh", FloatMath::cosh, VectorMath::cosh, StrictMath::cosh, 1.5),
                new Case("erf", FloatMath::erf, VectorMath::erf, FloatMathTest::erf, 1.1),
                new Case("sin", FloatMath::sin, VectorMath::sin, StrictMath::sin, 1.6),
                new Case("cos", FloatMath::cos, VectorMath::cos, StrictMath::cos, 1.6),
                new Case("tan", FloatMath::tan, VectorMath::tan, StrictMath::tan, 2.4),
                new Case("asin", FloatMath::asin, VectorMath::asin, StrictMath::asin, 1.4),
                new Case("acos", FloatMath::acos, VectorMath::acos, StrictMath::acos, 1.1),
                new Case("atan", FloatMath::atan, VectorMath::atan, StrictMath::atan, 1.3),
                new Case("rsqrt", FloatMath::rsqrt, VectorMath::rsqrt, x -> 1 / Math.sqrt(x), 1.5),
                new Case("rint", FloatMath::rint, VectorMath::rint, Math::rint, 0),
                new Case("floor", FloatMath::floor, VectorMath::floor, Math::floor, 0),
                new Case("ceil", FloatMath::ceil, VectorMath::ceil, Math::ceil, 0),
                new Case("trunc", FloatMath::trunc, VectorMath::trunc, x -> x < 0 ? Math.ceil(x) : Math.floor(x), 0),
                new Case("atan2(x, −0.7)", x -> FloatMath.atan2(x, -0.7f),
                        x -> VectorMath.atan2(x, x.broadcast(-0.7f)), x -> StrictMath.atan2(x, -0.7f), 1.2),
                new Case("atan2(0.7, x)", x -> FloatMath.atan2(0.7f, x),
                        x -> VectorMath.atan2(x.broadcast(0.7f), x), x -> StrictMath.atan2(0.7f, x), 2));
    }

    /** The series with positive terms only, and for large x the continued fraction of 1 − erf x. */
    private static double erf(double x) {
        double size = Math.abs(x);
        double gauss = StrictMath.exp(-size * size) / Math.sqrt(Math.PI);
        if (size < 3) {
            double sum = 0;
            double term = 2 * size;
            for (int n = 1; term > 1e-18 * sum; n++) {
                sum += term;
                term *= 2 * size * size / (2 * n + 1);
            }
            return Math.copySign(gauss * sum, x);
        }
        double fraction = 0;
        for (int k = 80; k > 0; k--) {
            fraction = k / 2.0 / (size + fraction);
        }
        return Math.copySign(size > 6 ? 1 : 1 - gauss / (size + fraction), x);
    }

    /** Numbers of all magnitudes, both signs, NaNs and infinities among them: every n-th bit pattern. */
    private static float[] everyBitPattern(int step) {
        var numbers = new float[(int) ((1L << 32) / step)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Float.intBitsToFloat(i * step);
        }
        return numbers;
    }

    @ParameterizedTest
    @MethodSource("functions")
    void asAccurateAsItSays(Case f) {
        double worst = 0;
        float at = 0;
        for (float x : everyBitPattern(9973)) {
            double exact = f.exact.applyAsDouble(x);
            float actual = f.plain.of(x);
            double ulps = Float.compare(actual, (float) exact) == 0 && !Float.isFinite(actual) ? 0
                    : Math.abs(actual - exact) / Math.ulp((float) Math.min(Math.abs(exact), Float.MAX_VALUE));
            if (!(ulps <= worst)) {
                worst = ulps;
                at = x;
            }
        }
        assertTrue(worst <= f.ulps, worst + " ulp at " + at);
    }

    @ParameterizedTest
    @MethodSource("functions")
    void zerosInfinitiesAndNanAsInJava(Case f) {
        for (float x : new float[] {0f, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN}) {
            assertEquals((float) f.exact.applyAsDouble(x), f.plain.of(x), f.name + " " + x);
        }
    }

    @ParameterizedTest
    @MethodSource("functions")
    void vectorsGiveTheSameBitsColdAndHot(Case f) {
        var dense = everyBitPattern(1 << 20);
        for (int round = 0; round < 30; round++) {
            sameBits(f, SPECIALS);
            sameBits(f, dense);
        }
    }

    private static void sameBits(Case f, float[] numbers) {
        var species = FloatVector.SPECIES_PREFERRED;
        var expected = new float[numbers.length];
        var actual = new float[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            expected[i] = f.plain.of(numbers[i]);
        }
        for (int i = 0; i < numbers.length; i += species.length()) {
            var rest = species.indexInRange(i, numbers.length);
            f.vector.apply(FloatVector.fromArray(species, numbers, i, rest)).intoArray(actual, i, rest);
        }
        assertArrayEquals(expected, actual);   // of floats: equal bits, NaN equal to NaN
    }

    @Test
    void powersAreAlmostCorrectlyRoundedAndSpecialCasesAreJavas() {
        for (float y : SPECIALS) {
            for (float x : SPECIALS) {
                assertEquals((float) StrictMath.pow(x, y), FloatMath.pow(x, y), x + " to the power of " + y);
            }
        }
        double worst = 0;
        for (float y : new float[] {-2.5f, -1f, 1 / 3f, 0.5f, 1f, 2f, 3f, 17.3f}) {
            for (float x : everyBitPattern(99991)) {
                double exact = StrictMath.pow(x, y);
                if (Math.abs(exact) <= Float.MAX_VALUE) {
                    worst = Math.max(worst, Math.abs(FloatMath.pow(x, y) - exact) / Math.ulp((float) exact));
                }
            }
        }
        assertTrue(worst <= 0.501, worst + " ulp");
    }

    @Test
    void vectorsOfPowersGiveTheSameBitsColdAndHot() {
        int n = SPECIALS.length * SPECIALS.length;
        var x = new float[n + 3];
        var y = new float[n + 5];
        var expected = new float[n];
        for (int i = 0; i < n; i++) {
            x[i + 3] = SPECIALS[i / SPECIALS.length];
            y[i + 5] = SPECIALS[i % SPECIALS.length];
            expected[i] = FloatMath.pow(x[i + 3], y[i + 5]);
        }
        for (int round = 0; round < 2000; round++) {
            var actual = new float[n];
            VectorMath.pow(x, 3, y, 5, actual, 0, n);
            assertArrayEquals(expected, actual);
        }
        VectorMath.pow(x, 3, y, 5, x, 3, n);
        assertArrayEquals(expected, java.util.Arrays.copyOfRange(x, 3, n + 3), "over its own input");
    }

    @Test
    void anglesHaveTheQuadrantsOfJava() {
        for (float y : SPECIALS) {
            for (float x : SPECIALS) {
                float expected = (float) StrictMath.atan2(y, x);
                float actual = FloatMath.atan2(y, x);
                var where = "atan2(" + y + ", " + x + ") = " + actual + ", not " + expected;
                assertEquals(Float.isNaN(expected), Float.isNaN(actual), where);
                assertTrue(!(Math.abs(actual - expected) > 2 * Math.ulp(expected)), where);
                assertTrue(Float.isNaN(expected) || Math.copySign(1f, expected) == Math.copySign(1f, actual), where);
            }
        }
    }
}
