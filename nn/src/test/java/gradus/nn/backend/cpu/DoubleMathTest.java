package gradus.nn.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

/** The float64 functions that StrictMath lacks. */
class DoubleMathTest {

    /** Pairs of x and erf x, correctly rounded from 40 digits. */
    private static final double[] ERF = {1e-300, 1.1283791670955126e-300, 1e-10, 1.1283791670955126e-10, 0.1, 0.1124629160182849,
        0.3, 0.3286267594591274, 0.5, 0.5204998778130465, 0.7, 0.6778011938374184, 0.9, 0.7969082124228322,
        0.999, 0.8422852702064969, 1.0, 0.8427007929497149, 1.001, 0.8431154854780762, 1.1, 0.8802050695740817,
        1.3, 0.9340079449406524, 1.6, 0.976348383344644, 2.0, 0.9953222650189527, 2.5, 0.999593047982555,
        3.0, 0.9999779095030014, 3.7, 0.9999998328489421, 4.4, 0.999999999510829, 5.2, 0.9999999999998075,
        5.8, 0.9999999999999998};

    @Test
    void erfIsWithinOneUlp() {
        for (int i = 0; i < ERF.length; i += 2) {
            assertEquals(ERF[i + 1], DoubleMath.erf(ERF[i]), Math.ulp(ERF[i + 1]), "erf " + ERF[i]);
            assertEquals(-ERF[i + 1], DoubleMath.erf(-ERF[i]), Math.ulp(ERF[i + 1]), "erf −" + ERF[i]);
        }
        assertEquals(1, DoubleMath.erf(6));
        assertEquals(-1, DoubleMath.erf(Double.NEGATIVE_INFINITY));
        assertEquals(-0.0, DoubleMath.erf(-0.0));
        assertTrue(Double.isNaN(DoubleMath.erf(Double.NaN)));
    }

    @Test
    void logarithmsOfPowersOfTwoAreExact() {
        for (int e = -1074; e < 1024; e++) {
            assertEquals(e, DoubleMath.log2(Math.scalb(1.0, e)));
        }
        assertEquals(Double.NEGATIVE_INFINITY, DoubleMath.log2(0));
        assertTrue(Double.isNaN(DoubleMath.log2(-1)));
        for (double x = 0.01; x < 100; x *= 1.013) {
            double expected = StrictMath.log(x) / StrictMath.log(2);
            assertEquals(expected, DoubleMath.log2(x), 1e-15 * Math.abs(expected) + 1e-16);
        }
    }

    @Test
    void remaindersHaveTheDivisorsSignAndAreExact() {
        for (float x : new float[] {5.5f, -5.5f, 0.1f, -1e-20f, 3e8f, 6f}) {
            for (float y : new float[] {2f, -2f, 0.3f, -7.25f}) {
                var divisor = new BigDecimal(y);
                var rest = new BigDecimal(x).remainder(divisor);   // with the sign of x
                var expected = rest.signum() != 0 && rest.signum() != divisor.signum() ? rest.add(divisor) : rest;
                assertEquals(expected.doubleValue(), DoubleMath.remainder(x, y), Math.ulp(expected.doubleValue()));
                assertEquals(expected.floatValue(), FloatMath.remainder(x, y));
            }
        }
    }

    @Test
    void sigmoidStaysAccurateFarLeft() {
        assertEquals(StrictMath.exp(-700), DoubleMath.sigmoid(-700), 1e-310);
        assertEquals(1, DoubleMath.sigmoid(40));
        assertEquals(0.5, DoubleMath.sigmoid(-0.0));
    }
}
