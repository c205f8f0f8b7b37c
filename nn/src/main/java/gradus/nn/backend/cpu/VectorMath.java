package gradus.nn.backend.cpu;

import static gradus.nn.backend.cpu.FloatMath.*;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link FloatMath} for many numbers at once, with the same bits: what each function does is explained there. */
final class VectorMath {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    /** As many float numbers as fit a vector of double ones. */
    private static final VectorSpecies<Float> HALF_FLOATS =
            VectorSpecies.of(float.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
    private static final int POW_BLOCK = 256;

    private VectorMath() {
    }

    private static FloatVector all(float number) {
        return FloatVector.broadcast(FLOATS, number);
    }

    private static DoubleVector all(double number) {
        return DoubleVector.broadcast(DOUBLES, number);
    }

    // ---- exponentials and logarithms ----

    static FloatVector exp(FloatVector x) {
        return scaledExp(x, 0);
    }

    private static FloatVector scaledExp(FloatVector x, int shift) {
        var clamped = x.max(EXP_LOWEST).min(EXP_HIGHEST);
        var t = clamped.fma(all(LOG2_E), all(ROUNDER));
        var n = t.sub(ROUNDER);
        var r = n.fma(all(-LN2_LOW), n.fma(all(-LN2_HIGH), clamped));
        var y = polynomial(EXP, r).fma(r.mul(r), r).add(1f);
        var exponent = t.reinterpretAsInts().sub(ROUNDER_BITS - shift);
        var half = exponent.lanewise(VectorOperators.ASHR, 1);
        return y.mul(power2(half)).mul(power2(exponent.sub(half)));
    }

    private static FloatVector power2(IntVector exponent) {
        return exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    static FloatVector expm1(FloatVector x) {
        var clamped = x.max(EXPM1_LOWEST).min(EXPM1_HIGHEST);
        var t = clamped.fma(all(LOG2_E), all(ROUNDER));
        var n = t.sub(ROUNDER);
        var r = n.fma(all(-LN2_LOW), n.fma(all(-LN2_HIGH), clamped));
        var p = polynomial(EXP, r).fma(r.mul(r), r);
        var s = power2(t.reinterpretAsInts().sub(ROUNDER_BITS + 1));
        var half = p.fma(s, s.sub(0.5f));
        return half.add(half).blend(x, x.abs().lt(TINY));
    }

    static FloatVector log(FloatVector x) {
        var subnormal = x.lt(Float.MIN_NORMAL);
        var bits = x.blend(x.mul(TWO_23), subnormal).reinterpretAsInts();
        var exponent = exponent(bits);
        var e = toFloat(exponent);
        var result = naturalLog(e.blend(e.sub(23f), subnormal), mantissa(bits, exponent).sub(1f));
        return logOrSpecial(x, result);
    }

    static FloatVector log2(FloatVector x) {
        var subnormal = x.lt(Float.MIN_NORMAL);
        var bits = x.blend(x.mul(TWO_23), subnormal).reinterpretAsInts();
        var exponent = exponent(bits);
        var e = toFloat(exponent);
        var f = mantissa(bits, exponent).sub(1f);
        var y = logTail(f);
        var small = y.fma(all(LOG2_E_FRACTION), f.fma(all(LOG2_E_FRACTION), y));
        return logOrSpecial(x, e.blend(e.sub(23f), subnormal).add(f.add(small)));
    }

    static FloatVector log10(FloatVector x) {
        var subnormal = x.lt(Float.MIN_NORMAL);
        var bits = x.blend(x.mul(TWO_23), subnormal).reinterpretAsInts();
        var exponent = exponent(bits);
        var e = toFloat(exponent);
        e = e.blend(e.sub(23f), subnormal);
        var f = mantissa(bits, exponent).sub(1f);
        var y = logTail(f);
        var small = f.add(y).fma(all(LOG10_E_LOW), y.fma(all(LOG10_E_HIGH), e.mul(LOG10_2_LOW)));
        return logOrSpecial(x, e.fma(all(LOG10_2_HIGH), f.fma(all(LOG10_E_HIGH), small)));
    }

    static FloatVector log1p(FloatVector x) {
        var w = x.add(1f);
        var bits = w.reinterpretAsInts();
        var e = exponent(bits);
        var scale = power2(e.neg());
        var f = x.fma(scale, scale.sub(1f)).blend(mantissa(bits, e).sub(1f), x.compare(VectorOperators.GT, TWO_23));
        return logOrSpecial(w, naturalLog(toFloat(e), f)).blend(x, x.eq(0f));
    }

    private static FloatVector toFloat(IntVector x) {
        return (FloatVector) x.convert(VectorOperators.I2F, 0);
    }

    private static IntVector exponent(IntVector bits) {
        return bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
    }

    private static FloatVector mantissa(IntVector bits, IntVector exponent) {
        return bits.sub(exponent.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats();
    }

    private static FloatVector logTail(FloatVector f) {
        var z = f.mul(f);
        return z.fma(all(-0.5f), polynomial(LOG, f).mul(f).mul(z));
    }

    private static FloatVector naturalLog(FloatVector e, FloatVector f) {
        var z = f.mul(f);
        var y = polynomial(LOG, f).mul(f).mul(z);
        y = e.fma(all(LN2_LOW), y);
        y = z.fma(all(-0.5f), y);
        return e.fma(all(LN2_HIGH), f.add(y));
    }

    private static FloatVector logOrSpecial(FloatVector x, FloatVector log) {
        return all(Float.NaN).blend(log, x.compare(VectorOperators.GT, 0f))
                .blend(Float.NEGATIVE_INFINITY, x.eq(0f))
                .blend(Float.POSITIVE_INFINITY, x.eq(Float.POSITIVE_INFINITY));
    }

    // ---- hyperbolic functions and their kin ----

    static FloatVector tanh(FloatVector x) {
        var size = x.abs();
        var far = all(1f).sub(all(2f).div(exp(size.add(size)).add(1f)));
        return withSignOf(x, far.blend(odd(TANH, size), size.lt(TANH_SMALL)));
    }

    static FloatVector sigmoid(FloatVector x) {
        var u = exp(x.abs().neg());
        return all(1f).blend(u, x.lt(0f)).div(u.add(1f));
    }

    static FloatVector softplus(FloatVector x) {
        var u = exp(x.abs().neg());
        var s = u.div(u.add(2f));
        var z = s.mul(s);
        var twice = s.add(s);
        return x.max(0f).add(polynomial(ATANH, z).mul(z).fma(twice, twice));
    }

    static FloatVector sinh(FloatVector x) {
        var size = x.abs();
        var h = scaledExp(size, -1);
        return withSignOf(x, h.sub(all(0.25f).div(h)).blend(odd(SINH, size), size.lt(1f)));
    }

    static FloatVector cosh(FloatVector x) {
        var h = scaledExp(x.abs(), -1);
        return h.add(all(0.25f).div(h));
    }

    static FloatVector erf(FloatVector x) {
        var size = x.abs().min(ERF_ONE);
        var near = polynomial(ERF, size.mul(size)).fma(size, size);
        var far = all(1f).sub(exp(polynomial(ERF_FAR, size).mul(size)));
        return withSignOf(x, far.blend(near, size.lt(1f)));
    }

    // ---- trigonometric functions ----

    static FloatVector sin(FloatVector x) {
        var size = x.abs();
        if (size.compare(VectorOperators.GT, REDUCIBLE).anyTrue()) {
            var numbers = new float[FLOATS.length()];
            x.intoArray(numbers, 0);
            return FloatVector.fromArray(FLOATS, each(FloatMath::sin, numbers), 0);
        }
        var t = size.fma(all(TWO_OVER_PI), all(ROUNDER));
        return turned(t.reinterpretAsInts(), reduced(size, t.sub(ROUNDER)), x.reinterpretAsInts());
    }

    static FloatVector cos(FloatVector x) {
        var size = x.abs();
        if (size.compare(VectorOperators.GT, REDUCIBLE).anyTrue()) {
            var numbers = new float[FLOATS.length()];
            x.intoArray(numbers, 0);
            return FloatVector.fromArray(FLOATS, each(FloatMath::cos, numbers), 0);
        }
        var t = size.fma(all(TWO_OVER_PI), all(ROUNDER));
        return turned(t.reinterpretAsInts().add(1), reduced(size, t.sub(ROUNDER)),
                IntVector.zero(IntVector.SPECIES_PREFERRED));
    }

    static FloatVector tan(FloatVector x) {
        var size = x.abs();
        if (size.compare(VectorOperators.GT, REDUCIBLE).anyTrue()) {
            var numbers = new float[FLOATS.length()];
            x.intoArray(numbers, 0);
            return FloatVector.fromArray(FLOATS, each(FloatMath::tan, numbers), 0);
        }
        var t = size.fma(all(TWO_OVER_PI), all(ROUNDER));
        var y = odd(TAN, reduced(size, t.sub(ROUNDER)));
        y = y.blend(all(-1f).div(y), oddNumbers(t.reinterpretAsInts()));
        return y.reinterpretAsInts().lanewise(VectorOperators.XOR, x.reinterpretAsInts().and(SIGN_BIT))
                .reinterpretAsFloats();
    }

    private interface FloatFunction {
        float of(float x);
    }

    /** Given an array: a vector given to a method that is not inlined would be boxed, even where that is never called. */
    private static float[] each(FloatFunction f, float[] numbers) {
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = f.of(numbers[i]);
        }
        return numbers;
    }

    private static VectorMask<Float> oddNumbers(IntVector x) {
        return x.and(1).compare(VectorOperators.NE, 0).cast(FLOATS);
    }

    private static FloatVector reduced(FloatVector x, FloatVector n) {
        return n.fma(all(-HALF_PI_3), n.fma(all(-HALF_PI_2), n.fma(all(-HALF_PI_1), x)));
    }

    private static FloatVector turned(IntVector quarters, FloatVector r, IntVector sign) {
        var z = r.mul(r);
        var sine = odd(SIN, r);
        var cosine = polynomial(COS, z).fma(z.mul(z), z.fma(all(-0.5f), all(1f)));
        var y = sine.blend(cosine, oddNumbers(quarters));
        var flip = quarters.lanewise(VectorOperators.LSHL, 30).lanewise(VectorOperators.XOR, sign).and(SIGN_BIT);
        return y.reinterpretAsInts().lanewise(VectorOperators.XOR, flip).reinterpretAsFloats();
    }

    static FloatVector asin(FloatVector x) {
        var size = x.abs();
        var p = halfAsin(size);
        var far = all(HALF_PI_1).sub(p.add(p).sub(HALF_PI_2));
        return withSignOf(x, far.blend(p, size.compare(VectorOperators.LE, ASIN_SMALL)));
    }

    static FloatVector acos(FloatVector x) {
        var size = x.abs();
        var p = halfAsin(size);
        var twice = p.add(p);
        var near = all(HALF_PI_1).sub(withSignOf(x, p).sub(HALF_PI_2));
        var far = twice.blend(all(PI_1).sub(twice.sub(PI_2)), x.lt(0f));
        return far.blend(near, size.compare(VectorOperators.LE, ASIN_SMALL));
    }

    private static FloatVector halfAsin(FloatVector x) {
        return odd(ASIN, x.fma(all(-0.5f), all(0.5f)).sqrt().blend(x, x.compare(VectorOperators.LE, ASIN_SMALL)));
    }

    static FloatVector atan(FloatVector x) {
        var size = x.abs();
        var large = size.compare(VectorOperators.GT, 1f);
        var p = odd(ATAN, size.blend(all(1f).div(size), large));
        return withSignOf(x, p.blend(all(HALF_PI_1).sub(p.sub(HALF_PI_2)), large));
    }

    static FloatVector atan2(FloatVector y, FloatVector x) {
        var rise = y.abs();
        var run = x.abs();
        var less = rise.min(run);
        var more = rise.max(run);
        var p = odd(ATAN, less.div(more).blend(all(1f).blend(0f, more.eq(0f)), less.eq(more)));
        var steep = rise.compare(VectorOperators.GT, run);
        var left = x.reinterpretAsInts().lt(0).cast(FLOATS);
        var from = all(0f).blend(PI_1, left).blend(HALF_PI_1, steep);
        var low = all(0f).blend(PI_2, left).blend(HALF_PI_2, steep);
        return withSignOf(y, from.add(p.blend(p.neg(), steep.xor(left)).add(low)));
    }

    // ---- powers and rounding ----

    /**
     * {@code out[at + i] = x[xAt + i]} to the power of {@code y[yAt + i]} for i &lt; n; out may be x or y. In two loops: in
     * one it would pass what the JIT inlines, and vectors would be boxed.
     */
    static void pow(float[] x, int xAt, float[] y, int yAt, float[] out, int at, int n) {
        var sizes = new float[Math.min(n, POW_BLOCK)];
        for (int from = 0; from < n; from += POW_BLOCK) {
            int count = Math.min(n - from, POW_BLOCK);
            sizesOfPowers(x, xAt + from, y, yAt + from, sizes, count);
            signsOfPowers(x, xAt + from, y, yAt + from, sizes, out, at + from, count);
        }
    }

    private static void sizesOfPowers(float[] x, int xAt, float[] y, int yAt, float[] sizes, int n) {
        int whole = HALF_FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += HALF_FLOATS.length()) {
            var base = FloatVector.fromArray(HALF_FLOATS, x, xAt + i).abs();
            var exponent = FloatVector.fromArray(HALF_FLOATS, y, yAt + i);
            var size = power((DoubleVector) base.convertShape(VectorOperators.F2D, DOUBLES, 0),
                    (DoubleVector) exponent.convertShape(VectorOperators.F2D, DOUBLES, 0));
            ((FloatVector) size.convertShape(VectorOperators.D2F, HALF_FLOATS, 0)).intoArray(sizes, i);
        }
    }

    private static void signsOfPowers(float[] x, int xAt, float[] y, int yAt, float[] sizes, float[] out, int at,
                                      int n) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            var base = FloatVector.fromArray(FLOATS, x, xAt + i);
            var exponent = FloatVector.fromArray(FLOATS, y, yAt + i);
            var size = FloatVector.fromArray(FLOATS, sizes, i);
            var half = exponent.mul(0.5f);
            var even = rint(half).eq(half);
            var result = withSignOf(base, size).blend(size, even);
            var negative = base.lt(0f).and(base.compare(VectorOperators.GT, Float.NEGATIVE_INFINITY));
            var fraction = rint(exponent).compare(VectorOperators.NE, exponent);
            result = result.blend(size.blend(Float.NaN, negative), fraction);
            result.blend(1f, exponent.eq(0f)).intoArray(out, at + i);
        }
        for (int i = whole; i < n; i++) {
            out[at + i] = FloatMath.pow(x[xAt + i], y[yAt + i]);
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

    static FloatVector rsqrt(FloatVector x) {
        return all(1f).div(x.sqrt());
    }

    static FloatVector rint(FloatVector x) {
        var size = x.abs();
        return withSignOf(x, size.blend(size.add(TWO_23).sub(TWO_23), size.lt(TWO_23)));
    }

    static FloatVector floor(FloatVector x) {
        var rounded = rint(x);
        return withSignOf(x, rounded.blend(rounded.sub(1f), rounded.compare(VectorOperators.GT, x)));
    }

    static FloatVector ceil(FloatVector x) {
        var rounded = rint(x);
        return withSignOf(x, rounded.blend(rounded.add(1f), rounded.lt(x)));
    }

    static FloatVector trunc(FloatVector x) {
        return withSignOf(x, floor(x.abs()));
    }

    // ---- parts ----

    private static FloatVector odd(float[] coefficients, FloatVector x) {
        var z = x.mul(x);
        return polynomial(coefficients, z).mul(z).fma(x, x);
    }

    private static FloatVector polynomial(float[] coefficients, FloatVector x) {
        var p = all(coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            p = p.fma(x, all(coefficients[i]));
        }
        return p;
    }

    private static DoubleVector polynomial(double[] coefficients, DoubleVector x) {
        var p = all(coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            p = p.fma(x, all(coefficients[i]));
        }
        return p;
    }

    private static FloatVector withSignOf(FloatVector x, FloatVector y) {
        return y.reinterpretAsInts().and(~SIGN_BIT).or(x.reinterpretAsInts().and(SIGN_BIT)).reinterpretAsFloats();
    }

    /** −1, 0 or 1. */
    static FloatVector sign(FloatVector x) {
        return x.blend(1f, x.compare(VectorOperators.GT, 0f)).blend(-1f, x.lt(0f));
    }

    static FloatVector reciprocal(FloatVector x) {
        return all(1f).div(x);
    }

    /** 1 where x > y, else 0. */
    static FloatVector gt(FloatVector x, FloatVector y) {
        return FloatVector.zero(FLOATS).blend(1f, x.compare(VectorOperators.GT, y));
    }

    /** 1 where x ≥ y, else 0. */
    static FloatVector ge(FloatVector x, FloatVector y) {
        return FloatVector.zero(FLOATS).blend(1f, x.compare(VectorOperators.GE, y));
    }

    /** 1 where x = y, else 0. */
    static FloatVector eq(FloatVector x, FloatVector y) {
        return FloatVector.zero(FLOATS).blend(1f, x.compare(VectorOperators.EQ, y));
    }

    /** y where x is not 0, else z. */
    static FloatVector select(FloatVector x, FloatVector y, FloatVector z) {
        return y.blend(z, x.compare(VectorOperators.EQ, 0f));
    }
}
