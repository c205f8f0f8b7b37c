package gradus.nn.backend.cpu;

import static gradus.nn.backend.cpu.FloatMath.*;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * |x| to the power of y in float64, converted by plain loops: float vectors of a second length would let HotSpot box those
 * of the first.
 */
record Powers(double[] bases, double[] exponents, float[] sizes) {

    /** So many numbers at once. */
    static final int BLOCK = 256;

    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    private static final ThreadLocal<Powers> WORKING = ThreadLocal.withInitial(
            () -> new Powers(new double[BLOCK], new double[BLOCK], new float[BLOCK]));

    static Powers ofThisThread() {
        return WORKING.get();
    }

    void compute(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            bases[i] = Math.abs(x[xAt + i]);
            exponents[i] = y[yAt + i];
        }
        for (int i = 0; i < n; i += DOUBLES.length()) {   // beyond n are numbers that nobody asks for
            power(DoubleVector.fromArray(DOUBLES, bases, i), DoubleVector.fromArray(DOUBLES, exponents, i)).intoArray(bases, i);
        }
        for (int i = 0; i < n; i++) {
            sizes[i] = (float) bases[i];
        }
    }

    /** 2^(y log₂ x) for x ≥ 0. */
    private static DoubleVector power(DoubleVector x, DoubleVector y) {
        var bits = x.reinterpretAsLongs().add(ONE_BITS - SQRT_HALF_BITS_64);
        var e = bits.lanewise(VectorOperators.LSHR, 52).or(TWO_52_BITS).reinterpretAsDoubles().sub(TWO_52_AND_BIAS);
        var m = bits.and(FRACTION_BITS).add(SQRT_HALF_BITS_64).reinterpretAsDoubles();
        var s = m.sub(1).div(m.add(1));
        var log = polynomial(LOG2, s.mul(s)).fma(s, e);
        log = x.blend(log, x.lt(Double.POSITIVE_INFINITY)).blend(Double.NEGATIVE_INFINITY, x.eq(0));
        var z = log.mul(y).max(-EXP2_LIMIT).min(EXP2_LIMIT);
        var t = z.add(ROUNDER_64);
        var scale = t.reinterpretAsLongs().lanewise(VectorOperators.LSHL, 52).add(ONE_BITS).reinterpretAsDoubles();
        return polynomial(EXP2, z.sub(t.sub(ROUNDER_64))).mul(scale);
    }

    private static DoubleVector polynomial(double[] coefficients, DoubleVector x) {
        var p = all(coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            p = p.fma(x, all(coefficients[i]));
        }
        return p;
    }

    private static DoubleVector all(double number) {
        return DoubleVector.broadcast(DOUBLES, number);
    }
}
