package gradus.nn.backend.cpu;

import static gradus.nn.backend.cpu.FloatMath.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link FloatMath} for many numbers at once, with the same bits: what each function does is explained there. */
final class VectorMath {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final FloatVector ALL_LOG2_E = all(LOG2_E);
    private static final FloatVector ALL_ROUNDER = all(ROUNDER);
    private static final FloatVector ALL_MINUS_LN2_LOW = all(-LN2_LOW);
    private static final FloatVector ALL_MINUS_LN2_HIGH = all(-LN2_HIGH);
    private static final FloatVector ALL_LOG2_E_FRACTION = all(LOG2_E_FRACTION);
    private static final FloatVector ALL_LOG10_E_LOW = all(LOG10_E_LOW);
    private static final FloatVector ALL_LOG10_E_HIGH = all(LOG10_E_HIGH);
    private static final FloatVector ALL_LOG10_2_HIGH = all(LOG10_2_HIGH);
    private static final FloatVector MINUS_HALF = all(-0.5f);
    private static final FloatVector ALL_LN2_LOW = all(LN2_LOW);
    private static final FloatVector ALL_LN2_HIGH = all(LN2_HIGH);
    private static final FloatVector ONE = all(1f);
    private static final FloatVector TWO = all(2f);
    private static final FloatVector QUARTER = all(0.25f);
    private static final FloatVector ALL_TWO_OVER_PI = all(TWO_OVER_PI);
    private static final FloatVector ALL_MINUS_HALF_PI_3 = all(-HALF_PI_3);
    private static final FloatVector ALL_MINUS_HALF_PI_2 = all(-HALF_PI_2);
    private static final FloatVector ALL_MINUS_HALF_PI_1 = all(-HALF_PI_1);
    private static final FloatVector ALL_HALF_PI_1 = all(HALF_PI_1);
    private static final FloatVector ALL_PI_1 = all(PI_1);
    private static final FloatVector HALF = all(0.5f);
    private static final FloatVector ZERO = all(0f);
    private static final FloatVector ALL_EXP_LOWEST = all(EXP_LOWEST);
    private static final FloatVector ALL_EXP_HIGHEST = all(EXP_HIGHEST);
    private static final FloatVector ALL_EXPM1_LOWEST = all(EXPM1_LOWEST);
    private static final FloatVector ALL_EXPM1_HIGHEST = all(EXPM1_HIGHEST);
    private static final FloatVector ALL_TINY = all(TINY);
    private static final FloatVector ALL_TWO_23 = all(TWO_23);
    private static final FloatVector ALL_23f = all(23f);
    private static final FloatVector ALL_LOG10_2_LOW = all(LOG10_2_LOW);
    private static final FloatVector ALL_TANH_SMALL = all(TANH_SMALL);
    private static final FloatVector ALL_ERF_ONE = all(ERF_ONE);
    private static final FloatVector ALL_HALF_PI_2 = all(HALF_PI_2);
    private static final FloatVector ALL_PI_2 = all(PI_2);
    private static final IntVector BIAS = IntVector.broadcast(IntVector.SPECIES_PREFERRED, 127);

    private static final Horner.Six EXP_SERIES = Horner.Six.of(EXP);
    private static final Horner.Nine LOG_SERIES = Horner.Nine.of(LOG);
    private static final Horner.Five TANH_SERIES = Horner.Five.of(TANH);
    private static final Horner.Five ATANH_SERIES = Horner.Five.of(ATANH);
    private static final Horner.Four SINH_SERIES = Horner.Four.of(SINH);
    private static final Horner.Four SIN_SERIES = Horner.Four.of(SIN);
    private static final Horner.Three COS_SERIES = Horner.Three.of(COS);
    private static final Horner.Seven TAN_SERIES = Horner.Seven.of(TAN);
    private static final Horner.Six ASIN_SERIES = Horner.Six.of(ASIN);
    private static final Horner.Nine ATAN_SERIES = Horner.Nine.of(ATAN);
    private static final Horner.Seven ERF_SERIES = Horner.Seven.of(ERF);
    private static final Horner.Nine ERF_FAR_SERIES = Horner.Nine.of(ERF_FAR);

    private VectorMath() {
    }

    static FloatVector all(float number) {
        return FloatVector.broadcast(FLOATS, number);
    }

    // ---- exponentials and logarithms ----

    static FloatVector exp(FloatVector x) {
        return scaledExp(x, 0);
    }

    private static FloatVector scaledExp(FloatVector x, int shift) {
        var clamped = x.max(ALL_EXP_LOWEST).min(ALL_EXP_HIGHEST);
        var t = clamped.fma(ALL_LOG2_E, ALL_ROUNDER);
        var n = t.sub(ALL_ROUNDER);
        var r = n.fma(ALL_MINUS_LN2_LOW, n.fma(ALL_MINUS_LN2_HIGH, clamped));
        var y = EXP_SERIES.at(r).fma(r.mul(r), r).add(ONE);
        var exponent = t.reinterpretAsInts().sub(ROUNDER_BITS - shift);
        var half = exponent.lanewise(VectorOperators.ASHR, 1);
        return y.mul(power2(half)).mul(power2(exponent.sub(half)));
    }

    private static FloatVector power2(IntVector exponent) {
        return exponent.add(BIAS).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    static FloatVector expm1(FloatVector x) {
        var clamped = x.max(ALL_EXPM1_LOWEST).min(ALL_EXPM1_HIGHEST);
        var t = clamped.fma(ALL_LOG2_E, ALL_ROUNDER);
        var n = t.sub(ALL_ROUNDER);
        var r = n.fma(ALL_MINUS_LN2_LOW, n.fma(ALL_MINUS_LN2_HIGH, clamped));
        var p = EXP_SERIES.at(r).fma(r.mul(r), r);
        var s = power2(t.reinterpretAsInts().sub(ROUNDER_BITS + 1));
        var half = p.fma(s, s.sub(HALF));
        return half.add(half).blend(x, x.abs().lt(ALL_TINY));
    }

    static FloatVector log(FloatVector x) {
        var subnormal = x.lt(Float.MIN_NORMAL);
        var bits = x.blend(x.mul(ALL_TWO_23), subnormal).reinterpretAsInts();
        var exponent = exponent(bits);
        var e = toFloat(exponent);
        var result = naturalLog(e.blend(e.sub(ALL_23f), subnormal), mantissa(bits, exponent).sub(ONE));
        return logOrSpecial(x, result);
    }

    static FloatVector log2(FloatVector x) {
        var subnormal = x.lt(Float.MIN_NORMAL);
        var bits = x.blend(x.mul(ALL_TWO_23), subnormal).reinterpretAsInts();
        var exponent = exponent(bits);
        var e = toFloat(exponent);
        var f = mantissa(bits, exponent).sub(ONE);
        var y = logTail(f);
        var small = y.fma(ALL_LOG2_E_FRACTION, f.fma(ALL_LOG2_E_FRACTION, y));
        return logOrSpecial(x, e.blend(e.sub(ALL_23f), subnormal).add(f.add(small)));
    }

    static FloatVector log10(FloatVector x) {
        var subnormal = x.lt(Float.MIN_NORMAL);
        var bits = x.blend(x.mul(ALL_TWO_23), subnormal).reinterpretAsInts();
        var exponent = exponent(bits);
        var e = toFloat(exponent);
        e = e.blend(e.sub(ALL_23f), subnormal);
        var f = mantissa(bits, exponent).sub(ONE);
        var y = logTail(f);
        var small = f.add(y).fma(ALL_LOG10_E_LOW, y.fma(ALL_LOG10_E_HIGH, e.mul(ALL_LOG10_2_LOW)));
        return logOrSpecial(x, e.fma(ALL_LOG10_2_HIGH, f.fma(ALL_LOG10_E_HIGH, small)));
    }

    static FloatVector log1p(FloatVector x) {
        var w = x.add(ONE);
        var bits = w.reinterpretAsInts();
        var e = exponent(bits);
        var scale = power2(e.neg());
        var f = x.fma(scale, scale.sub(ONE)).blend(mantissa(bits, e).sub(ONE), x.compare(VectorOperators.GT, TWO_23));
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
        return z.fma(MINUS_HALF, LOG_SERIES.at(f).mul(f).mul(z));
    }

    private static FloatVector naturalLog(FloatVector e, FloatVector f) {
        var z = f.mul(f);
        var y = LOG_SERIES.at(f).mul(f).mul(z);
        y = e.fma(ALL_LN2_LOW, y);
        y = z.fma(MINUS_HALF, y);
        return e.fma(ALL_LN2_HIGH, f.add(y));
    }

    private static FloatVector logOrSpecial(FloatVector x, FloatVector log) {
        return all(Float.NaN).blend(log, x.compare(VectorOperators.GT, 0f))
                .blend(Float.NEGATIVE_INFINITY, x.eq(0f))
                .blend(Float.POSITIVE_INFINITY, x.eq(Float.POSITIVE_INFINITY));
    }

    // ---- hyperbolic functions and their kin ----

    static FloatVector tanh(FloatVector x) {
        var size = x.abs();
        var far = ONE.sub(TWO.div(exp(size.add(size)).add(ONE)));
        return withSignOf(x, far.blend(odd(TANH_SERIES.at(size.mul(size)), size), size.lt(ALL_TANH_SMALL)));
    }

    static FloatVector sigmoid(FloatVector x) {
        var u = exp(x.abs().neg());
        return ONE.blend(u, x.lt(ZERO)).div(u.add(ONE));
    }

    static FloatVector softplus(FloatVector x) {
        var u = exp(x.abs().neg());
        var s = u.div(u.add(TWO));
        var z = s.mul(s);
        var twice = s.add(s);
        return x.max(ZERO).add(ATANH_SERIES.at(z).mul(z).fma(twice, twice));
    }

    static FloatVector sinh(FloatVector x) {
        var size = x.abs();
        var h = scaledExp(size, -1);
        return withSignOf(x, h.sub(QUARTER.div(h)).blend(odd(SINH_SERIES.at(size.mul(size)), size), size.lt(ONE)));
    }

    static FloatVector cosh(FloatVector x) {
        var h = scaledExp(x.abs(), -1);
        return h.add(QUARTER.div(h));
    }

    static FloatVector erf(FloatVector x) {
        return erf(x, exp(erfExponent(x)));
    }

    /** ln(1 − erf |x|) where |x| ≥ 1; a part of its own, for the whole has more nodes than C2 inlines. */
    static FloatVector erfExponent(FloatVector x) {
        var size = x.abs().min(ALL_ERF_ONE);
        return ERF_FAR_SERIES.at(size).mul(size);
    }

    /** The error function, given e to the power of {@link #erfExponent}. */
    static FloatVector erf(FloatVector x, FloatVector rest) {
        var size = x.abs().min(ALL_ERF_ONE);
        return withSignOf(x, ONE.sub(rest).blend(ERF_SERIES.at(size.mul(size)).fma(size, size), size.lt(ONE)));
    }

    // ---- trigonometric functions ----

    static FloatVector sin(FloatVector x) {
        var size = x.abs();
        if (size.compare(VectorOperators.GT, REDUCIBLE).anyTrue()) {
            var numbers = new float[FLOATS.length()];
            x.intoArray(numbers, 0);
            return FloatVector.fromArray(FLOATS, each(FloatMath::sin, numbers), 0);
        }
        var t = size.fma(ALL_TWO_OVER_PI, ALL_ROUNDER);
        return turned(t.reinterpretAsInts(), reduced(size, t.sub(ALL_ROUNDER)), x.reinterpretAsInts());
    }

    static FloatVector cos(FloatVector x) {
        var size = x.abs();
        if (size.compare(VectorOperators.GT, REDUCIBLE).anyTrue()) {
            var numbers = new float[FLOATS.length()];
            x.intoArray(numbers, 0);
            return FloatVector.fromArray(FLOATS, each(FloatMath::cos, numbers), 0);
        }
        var t = size.fma(ALL_TWO_OVER_PI, ALL_ROUNDER);
        return turned(t.reinterpretAsInts().add(1), reduced(size, t.sub(ALL_ROUNDER)),
                IntVector.zero(IntVector.SPECIES_PREFERRED));
    }

    static FloatVector tan(FloatVector x) {
        var size = x.abs();
        if (size.compare(VectorOperators.GT, REDUCIBLE).anyTrue()) {
            var numbers = new float[FLOATS.length()];
            x.intoArray(numbers, 0);
            return FloatVector.fromArray(FLOATS, each(FloatMath::tan, numbers), 0);
        }
        var t = size.fma(ALL_TWO_OVER_PI, ALL_ROUNDER);
        var r = reduced(size, t.sub(ALL_ROUNDER));
        var y = odd(TAN_SERIES.at(r.mul(r)), r);
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
        return n.fma(ALL_MINUS_HALF_PI_3, n.fma(ALL_MINUS_HALF_PI_2, n.fma(ALL_MINUS_HALF_PI_1, x)));
    }

    private static FloatVector turned(IntVector quarters, FloatVector r, IntVector sign) {
        var z = r.mul(r);
        var sine = odd(SIN_SERIES.at(r.mul(r)), r);
        var cosine = COS_SERIES.at(z).fma(z.mul(z), z.fma(MINUS_HALF, ONE));
        var y = sine.blend(cosine, oddNumbers(quarters));
        var flip = quarters.lanewise(VectorOperators.LSHL, 30).lanewise(VectorOperators.XOR, sign).and(SIGN_BIT);
        return y.reinterpretAsInts().lanewise(VectorOperators.XOR, flip).reinterpretAsFloats();
    }

    static FloatVector asin(FloatVector x) {
        var size = x.abs();
        var p = halfAsin(size);
        var far = ALL_HALF_PI_1.sub(p.add(p).sub(ALL_HALF_PI_2));
        return withSignOf(x, far.blend(p, size.compare(VectorOperators.LE, ASIN_SMALL)));
    }

    static FloatVector acos(FloatVector x) {
        var size = x.abs();
        var p = halfAsin(size);
        var twice = p.add(p);
        var near = ALL_HALF_PI_1.sub(withSignOf(x, p).sub(ALL_HALF_PI_2));
        var far = twice.blend(ALL_PI_1.sub(twice.sub(ALL_PI_2)), x.lt(ZERO));
        return far.blend(near, size.compare(VectorOperators.LE, ASIN_SMALL));
    }

    private static FloatVector halfAsin(FloatVector x) {
        var z = x.fma(MINUS_HALF, HALF).sqrt().blend(x, x.compare(VectorOperators.LE, ASIN_SMALL));
        return odd(ASIN_SERIES.at(z.mul(z)), z);
    }

    static FloatVector atan(FloatVector x) {
        var size = x.abs();
        var large = size.compare(VectorOperators.GT, 1f);
        var z = size.blend(ONE.div(size), large);
        var p = odd(ATAN_SERIES.at(z.mul(z)), z);
        return withSignOf(x, p.blend(ALL_HALF_PI_1.sub(p.sub(ALL_HALF_PI_2)), large));
    }

    static FloatVector atan2(FloatVector y, FloatVector x) {
        var rise = y.abs();
        var run = x.abs();
        var less = rise.min(run);
        var more = rise.max(run);
        var z = less.div(more).blend(ONE.blend(0f, more.eq(0f)), less.eq(more));
        var p = odd(ATAN_SERIES.at(z.mul(z)), z);
        var steep = rise.compare(VectorOperators.GT, run);
        var left = x.reinterpretAsInts().lt(0).cast(FLOATS);
        var from = ZERO.blend(PI_1, left).blend(HALF_PI_1, steep);
        var low = ZERO.blend(PI_2, left).blend(HALF_PI_2, steep);
        return withSignOf(y, from.add(p.blend(p.neg(), steep.xor(left)).add(low)));
    }

    // ---- powers and rounding ----

    /**
     * {@code out[at + i] = x[xAt + i]} to the power of {@code y[yAt + i]} for i &lt; n; out may be x or y. In two loops: in
     * one it would pass what the JIT inlines, and vectors would be boxed.
     */
    static void pow(float[] x, int xAt, float[] y, int yAt, float[] out, int at, int n) {
        var powers = Powers.ofThisThread();
        for (int from = 0; from < n; from += Powers.BLOCK) {
            int count = Math.min(n - from, Powers.BLOCK);
            powers.compute(x, xAt + from, y, yAt + from, count);
            signsOfPowers(x, xAt + from, y, yAt + from, powers.sizes(), out, at + from, count);
        }
    }

    private static void signsOfPowers(float[] x, int xAt, float[] y, int yAt, float[] sizes, float[] out, int at,
                                      int n) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            var base = FloatVector.fromArray(FLOATS, x, xAt + i);
            var exponent = FloatVector.fromArray(FLOATS, y, yAt + i);
            var size = FloatVector.fromArray(FLOATS, sizes, i);
            var half = exponent.mul(HALF);
            var even = rint(half).eq(half);
            var result = withSignOf(base, size).blend(size, even);
            var negative = base.lt(ZERO).and(base.compare(VectorOperators.GT, Float.NEGATIVE_INFINITY));
            var fraction = rint(exponent).compare(VectorOperators.NE, exponent);
            result = result.blend(size.blend(Float.NaN, negative), fraction);
            result.blend(1f, exponent.eq(0f)).intoArray(out, at + i);
        }
        for (int i = whole; i < n; i++) {
            out[at + i] = FloatMath.pow(x[xAt + i], y[yAt + i]);
        }
    }

    static FloatVector rsqrt(FloatVector x) {
        return ONE.div(x.sqrt());
    }

    static FloatVector rint(FloatVector x) {
        var size = x.abs();
        return withSignOf(x, size.blend(size.add(ALL_TWO_23).sub(ALL_TWO_23), size.lt(ALL_TWO_23)));
    }

    static FloatVector floor(FloatVector x) {
        var rounded = rint(x);
        return withSignOf(x, rounded.blend(rounded.sub(ONE), rounded.compare(VectorOperators.GT, x)));
    }

    static FloatVector ceil(FloatVector x) {
        var rounded = rint(x);
        return withSignOf(x, rounded.blend(rounded.add(ONE), rounded.lt(x)));
    }

    static FloatVector trunc(FloatVector x) {
        return withSignOf(x, floor(x.abs()));
    }

    // ---- parts ----

    /** x + x x² P(x²). */
    private static FloatVector odd(FloatVector p, FloatVector x) {
        return p.mul(x.mul(x)).fma(x, x);
    }

    private static FloatVector withSignOf(FloatVector x, FloatVector y) {
        return y.reinterpretAsInts().and(~SIGN_BIT).or(x.reinterpretAsInts().and(SIGN_BIT)).reinterpretAsFloats();
    }

    /** −1, 0 or 1. */
    static FloatVector sign(FloatVector x) {
        return x.blend(1f, x.compare(VectorOperators.GT, 0f)).blend(-1f, x.lt(ZERO));
    }

    static FloatVector reciprocal(FloatVector x) {
        return ONE.div(x);
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
