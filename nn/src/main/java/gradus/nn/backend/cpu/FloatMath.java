package gradus.nn.backend.cpu;

/**
 * Elementary functions of float32 numbers, of our own: the JDK's vector forms give other bits before the JIT has
 * compiled them than after. These are the same in plain Java and in {@link VectorMath}, cold and warm, at any vector
 * width. Coefficients stand from the highest power down. Each function says its greatest error in ulp, measured over 52
 * million numbers: every 83rd bit pattern.
 */
final class FloatMath {

    /** Added and taken away again, it rounds to the nearest integer and leaves that in the lowest bits. */
    static final float ROUNDER = 12582912f;
    static final int ROUNDER_BITS = 0x4B400000;
    static final int SIGN_BIT = 0x80000000;

    static final float LOG2_E = 1.44269504f;
    static final float LN2_HIGH = 0.693359375f;
    static final float LN2_LOW = -2.12194440e-4f;
    /** Beyond these e^x, and half of it, is 0 and ∞. */
    static final float EXP_LOWEST = -104f;
    static final float EXP_HIGHEST = 90f;
    /** (e^r − 1 − r) / r² for |r| ≤ ½ ln 2. */
    static final float[] EXP = {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f,
        1.6666665459e-1f, 5.0000001201e-1f};
    static final float EXPM1_LOWEST = -20f;
    static final float EXPM1_HIGHEST = 89f;
    static final float TINY = 0x1p-25f;

    /** The bits of √½: what lies above it, in units of the exponent's lowest bit, is the exponent. */
    static final int SQRT_HALF_BITS = 0x3F3504F3;
    static final float TWO_23 = 8388608f;
    /** (ln(1 + f) − f + f²/2) / f³ for ½√2 − 1 ≤ f ≤ √2 − 1. */
    static final float[] LOG = {7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f,
        1.4249322787e-1f, -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f};
    static final float LOG2_E_FRACTION = 0.44269504f;
    /** log₁₀ e and log₁₀ 2, the first parts short enough for their products with small integers to be exact. */
    static final float LOG10_E_HIGH = 0.43359375f;
    static final float LOG10_E_LOW = 7.0073190e-4f;
    static final float LOG10_2_HIGH = 0.30078125f;
    static final float LOG10_2_LOW = 2.4874566e-4f;

    static final float TANH_SMALL = 0.625f;
    static final float[] TANH = {-5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f,
        -3.33332819422e-1f};
    /** (atanh x − x) / x³ in x² for |x| ≤ ⅓. */
    static final float[] ATANH = {1.2130517e-1f, 1.07190676e-1f, 1.4307971e-1f, 1.9999455e-1f, 3.3333337e-1f};
    /** (sinh x − x) / x³ in x² for |x| ≤ 1. */
    static final float[] SINH = {2.81694e-6f, 1.9836162e-4f, 8.33335e-3f, 1.6666667e-1f};

    static final float TWO_OVER_PI = 0.63661977f;
    /** π/2 in three parts. */
    static final float HALF_PI_1 = 1.5707964f;
    static final float HALF_PI_2 = -4.371139e-8f;
    static final float HALF_PI_3 = -1.7151245e-15f;
    /** Up to here the three parts of π/2 suffice; beyond, StrictMath's reduction does it. */
    static final float REDUCIBLE = 1e5f;
    /** (sin r − r) / r³, (cos r − 1 + r²/2) / r⁴ and (tan r − r) / r³ in r² for |r| ≤ π/4. */
    static final float[] SIN = {2.7178173e-6f, -1.9839281e-4f, 8.333329e-3f, -1.6666667e-1f};
    static final float[] COS = {2.4430374e-5f, -1.3887293e-3f, 4.1666646e-2f};
    static final float[] TAN = {4.4196383e-3f, 3.7705147e-6f, 1.0901687e-2f, 2.12575e-2f, 5.406455e-2f,
        1.3332623e-1f, 3.3333352e-1f};

    static final float PI_1 = 3.1415927f;
    static final float PI_2 = -8.742278e-8f;
    /** Up to here asin is a polynomial: so far that what lies beyond is twice a number below ½, where ulps are half. */
    static final float ASIN_SMALL = 0.57f;
    /** (asin x − x) / x³ in x² for |x| ≤ 0.57. */
    static final float[] ASIN = {4.882913e-2f, 5.5762795e-3f, 3.4384450e-2f, 4.4178247e-2f, 7.5024344e-2f,
        1.6666624e-1f};
    /** (atan x − x) / x³ in x² for |x| ≤ 1. */
    static final float[] ATAN = {-1.7934788e-3f, 1.0913992e-2f, -3.1176759e-2f, 5.7956565e-2f, -8.403394e-2f,
        1.0952169e-1f, -1.426424e-1f, 1.9998547e-1f, -3.33333e-1f};

    /** (erf x − x) / x in x² for |x| ≤ 1. */
    static final float[] ERF = {7.853987e-5f, -8.010237e-4f, 5.188334e-3f, -2.6853817e-2f, 1.12835854e-1f,
        -3.7612626e-1f, 1.2837917e-1f};
    /** ln(1 − erf x) / x for 0.9 ≤ x ≤ 4, where erf reaches 1. */
    static final float[] ERF_FAR = {2.3206487e-6f, -3.6965408e-5f, 2.3443712e-4f, -5.7205826e-4f, -1.6803632e-3f,
        2.1101832e-2f, -1.0405321e-1f, -6.361458e-1f, -1.1284558f};
    static final float ERF_ONE = 4f;

    /** For double numbers, as {@link #ROUNDER} is for float ones. */
    static final double ROUNDER_64 = 0x1.8p52;
    static final long ONE_BITS = 0x3FF0000000000000L;
    static final long SQRT_HALF_BITS_64 = 0x3FE6A09E667F3BCDL;
    static final long FRACTION_BITS = 0x000FFFFFFFFFFFFFL;
    static final long TWO_52_BITS = 0x4330000000000000L;
    static final double TWO_52_AND_BIAS = 0x1p52 + 1023;
    /** log₂((1 + s)/(1 − s)) / s in s² for |s| ≤ (√2 − 1)/(√2 + 1). */
    static final double[] LOG2 = {0.2829022618403786, 0.31990559326594636, 0.4122092535852207, 0.5770779423716187,
        0.9617966941131928, 2.8853900817778504};
    /** 2^r for |r| ≤ ½. */
    static final double[] EXP2 = {1.3178899999044838e-06, 1.5309179029435362e-05, 0.00015403825799724624,
        0.001333345477650021, 0.009618128615373246, 0.05550410935350736, 0.24022650698114775, 0.693147180548193, 1};
    /** Beyond ± this power of two, float32 has only 0 and ∞. */
    static final double EXP2_LIMIT = 200;

    private FloatMath() {
    }

    // ---- exponentials and logarithms ----

    /** e^x, 1.0 ulp: x = n ln 2 + r with |r| ≤ ½ ln 2, then 2ⁿ (1 + r + r² P(r)). */
    static float exp(float x) {
        return scaledExp(x, 0);
    }

    /** 2^shift e^x. */
    private static float scaledExp(float x, int shift) {
        float clamped = Math.min(Math.max(x, EXP_LOWEST), EXP_HIGHEST);
        float t = Math.fma(clamped, LOG2_E, ROUNDER);
        float n = t - ROUNDER;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, clamped));
        float y = Math.fma(polynomial(EXP, r), r * r, r) + 1f;
        int exponent = Float.floatToRawIntBits(t) - ROUNDER_BITS + shift;
        int half = exponent >> 1;   // in two steps, so that neither overflows before the product does
        return y * power2(half) * power2(exponent - half);
    }

    /** 2^exponent for −127 &lt; exponent &lt; 128. */
    private static float power2(int exponent) {
        return Float.intBitsToFloat((exponent + 127) << 23);
    }

    /** e^x − 1 without cancellation: 2ⁿ (e^r − 1) + (2ⁿ − 1), halved until the end lest it overflow; 1.5 ulp. */
    static float expm1(float x) {
        float clamped = Math.min(Math.max(x, EXPM1_LOWEST), EXPM1_HIGHEST);
        float t = Math.fma(clamped, LOG2_E, ROUNDER);
        float n = t - ROUNDER;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, clamped));
        float p = Math.fma(polynomial(EXP, r), r * r, r);
        float s = power2(Float.floatToRawIntBits(t) - ROUNDER_BITS - 1);
        float half = Math.fma(p, s, s - 0.5f);
        return Math.abs(x) < TINY ? x : half + half;
    }

    /** ln x, 0.8 ulp: x = 2^e m with ½√2 ≤ m &lt; √2, then e ln 2 + ln(1 + f) with f = m − 1. */
    static float log(float x) {
        boolean subnormal = x < Float.MIN_NORMAL;
        int bits = Float.floatToRawIntBits(subnormal ? x * TWO_23 : x);
        int e = exponent(bits);
        float result = naturalLog(subnormal ? e - 23f : e, mantissa(bits, e) - 1f);
        return logOrSpecial(x, result);
    }

    /** log₂ x, 1.3 ulp, of powers of two exact. */
    static float log2(float x) {
        boolean subnormal = x < Float.MIN_NORMAL;
        int bits = Float.floatToRawIntBits(subnormal ? x * TWO_23 : x);
        int e = exponent(bits);
        float f = mantissa(bits, e) - 1f;
        float y = logTail(f);
        float small = Math.fma(y, LOG2_E_FRACTION, Math.fma(f, LOG2_E_FRACTION, y));
        return logOrSpecial(x, (subnormal ? e - 23f : e) + (f + small));
    }

    /** log₁₀ x, 0.9 ulp. */
    static float log10(float x) {
        boolean subnormal = x < Float.MIN_NORMAL;
        int bits = Float.floatToRawIntBits(subnormal ? x * TWO_23 : x);
        int exponent = exponent(bits);
        float e = subnormal ? exponent - 23f : exponent;
        float f = mantissa(bits, exponent) - 1f;
        float y = logTail(f);
        float small = Math.fma(f + y, LOG10_E_LOW, Math.fma(y, LOG10_E_HIGH, e * LOG10_2_LOW));
        return logOrSpecial(x, Math.fma(e, LOG10_2_HIGH, Math.fma(f, LOG10_E_HIGH, small)));
    }

    /** ln(1 + x), 1.4 ulp, without the rounding of 1 + x: with 1 + x ≈ 2^e m, f = 2^−e x + (2^−e − 1). */
    static float log1p(float x) {
        float w = 1f + x;
        int bits = Float.floatToRawIntBits(w);
        int e = exponent(bits);
        float scale = power2(-e);
        float f = x > TWO_23 ? mantissa(bits, e) - 1f : Math.fma(x, scale, scale - 1f);
        return x == 0f ? x : logOrSpecial(w, naturalLog(e, f));
    }

    private static int exponent(int bits) {
        return (bits - SQRT_HALF_BITS) >> 23;
    }

    private static float mantissa(int bits, int exponent) {
        return Float.intBitsToFloat(bits - (exponent << 23));
    }

    /** ln(1 + f) − f. */
    private static float logTail(float f) {
        float z = f * f;
        return Math.fma(z, -0.5f, polynomial(LOG, f) * f * z);
    }

    /** e ln 2 + ln(1 + f). */
    private static float naturalLog(float e, float f) {
        float z = f * f;
        float y = polynomial(LOG, f) * f * z;
        y = Math.fma(e, LN2_LOW, y);
        y = Math.fma(z, -0.5f, y);
        return Math.fma(e, LN2_HIGH, f + y);
    }

    private static float logOrSpecial(float x, float log) {
        if (x == 0f) {
            return Float.NEGATIVE_INFINITY;
        }
        if (x == Float.POSITIVE_INFINITY) {
            return x;
        }
        return x > 0f ? log : Float.NaN;
    }

    // ---- hyperbolic functions and their kin ----

    /** 1.4 ulp: an odd polynomial near 0, elsewhere 1 − 2/(e^{2|x|}+1) with x's sign. */
    static float tanh(float x) {
        float size = Math.abs(x);
        float near = odd(TANH, size);
        float far = 1f - 2f / (exp(size + size) + 1f);
        return withSignOf(x, size < TANH_SMALL ? near : far);
    }

    /** 1 / (1 + e^{−x}) = e^x / (1 + e^x), whichever power is below 1; 2.4 ulp. */
    static float sigmoid(float x) {
        float u = exp(-Math.abs(x));
        return (x < 0f ? u : 1f) / (1f + u);
    }

    /** ln(1 + e^x) = max(x, 0) + ln(1 + u) with u = e^{−|x|} ≤ 1, and ln(1 + u) = 2 atanh(u/(2 + u)); 2.6 ulp. */
    static float softplus(float x) {
        float u = exp(-Math.abs(x));
        float s = u / (u + 2f);
        float twice = s + s;
        return Math.max(x, 0f) + Math.fma(polynomial(ATANH, s * s) * (s * s), twice, twice);
    }

    /** An odd polynomial near 0, elsewhere h − 1/(4h) with h = e^{|x|}/2; 1.6 ulp. */
    static float sinh(float x) {
        float size = Math.abs(x);
        float h = scaledExp(size, -1);
        return withSignOf(x, size < 1f ? odd(SINH, size) : h - 0.25f / h);
    }

    /** h + 1/(4h) with h = e^{|x|}/2; 1.5 ulp. */
    static float cosh(float x) {
        float h = scaledExp(Math.abs(x), -1);
        return h + 0.25f / h;
    }

    /** The error function 2/√π ∫₀ˣ e^{−t²} dt: an odd polynomial near 0, elsewhere 1 − e^{x P(x)}; 1.1 ulp. */
    static float erf(float x) {
        float size = Math.min(Math.abs(x), ERF_ONE);
        float near = Math.fma(polynomial(ERF, size * size), size, size);
        float far = 1f - exp(polynomial(ERF_FAR, size) * size);
        return withSignOf(x, size < 1f ? near : far);
    }

    // ---- trigonometric functions ----

    /** |x| = n π/2 + r with |r| ≤ π/4, then ± the sine or cosine of r as n says; 1.6 ulp. */
    static float sin(float x) {
        float size = Math.abs(x);
        if (size > REDUCIBLE) {
            return (float) StrictMath.sin(x);
        }
        float t = Math.fma(size, TWO_OVER_PI, ROUNDER);
        return turned(Float.floatToRawIntBits(t), reduced(size, t - ROUNDER), Float.floatToRawIntBits(x));
    }

    /** As {@link #sin}, a quarter turn on; 1.6 ulp. */
    static float cos(float x) {
        float size = Math.abs(x);
        if (size > REDUCIBLE) {
            return (float) StrictMath.cos(x);
        }
        float t = Math.fma(size, TWO_OVER_PI, ROUNDER);
        return turned(Float.floatToRawIntBits(t) + 1, reduced(size, t - ROUNDER), 0);
    }

    /** tan r, or −1/tan r after an odd number of quarter turns; 2.4 ulp. */
    static float tan(float x) {
        float size = Math.abs(x);
        if (size > REDUCIBLE) {
            return (float) StrictMath.tan(x);
        }
        float t = Math.fma(size, TWO_OVER_PI, ROUNDER);
        float y = odd(TAN, reduced(size, t - ROUNDER));
        y = (Float.floatToRawIntBits(t) & 1) == 0 ? y : -1f / y;
        return Float.intBitsToFloat(Float.floatToRawIntBits(y) ^ Float.floatToRawIntBits(x) & SIGN_BIT);
    }

    /** x − n π/2. */
    private static float reduced(float x, float n) {
        return Math.fma(n, -HALF_PI_3, Math.fma(n, -HALF_PI_2, Math.fma(n, -HALF_PI_1, x)));
    }

    /** The sine after so many quarter turns and r more, negated if the sign bit is set. */
    private static float turned(int quarters, float r, int sign) {
        float z = r * r;
        float sine = odd(SIN, r);
        float cosine = Math.fma(polynomial(COS, z), z * z, Math.fma(z, -0.5f, 1f));
        float y = (quarters & 1) == 0 ? sine : cosine;
        return Float.intBitsToFloat(Float.floatToRawIntBits(y) ^ (quarters << 30 ^ sign) & SIGN_BIT);
    }

    /** asin x for |x| ≤ 0.57, elsewhere ± (π/2 − 2 asin √((1 − |x|)/2)); 1.4 ulp. */
    static float asin(float x) {
        float size = Math.abs(x);
        float p = halfAsin(size);
        return withSignOf(x, size <= ASIN_SMALL ? p : HALF_PI_1 - (p + p - HALF_PI_2));
    }

    /** π/2 − asin x, and near ±1 by way of 2 asin √((1 − |x|)/2); 1.1 ulp. */
    static float acos(float x) {
        float size = Math.abs(x);
        float p = halfAsin(size);
        float twice = p + p;
        float near = HALF_PI_1 - (withSignOf(x, p) - HALF_PI_2);
        float far = x < 0f ? PI_1 - (twice - PI_2) : twice;
        return size <= ASIN_SMALL ? near : far;
    }

    /** asin x for x ≤ 0.57, elsewhere asin √((1 − x)/2). */
    private static float halfAsin(float x) {
        return odd(ASIN, x <= ASIN_SMALL ? x : (float) Math.sqrt(Math.fma(x, -0.5f, 0.5f)));
    }

    /** atan |x| for |x| ≤ 1, elsewhere π/2 − atan 1/|x|, with x's sign; 1.3 ulp. */
    static float atan(float x) {
        float size = Math.abs(x);
        boolean large = size > 1f;
        float p = odd(ATAN, large ? 1f / size : size);
        return withSignOf(x, large ? HALF_PI_1 - (p - HALF_PI_2) : p);
    }

    /** The angle of the point (x, y), from −π to π; signs of zeros count as in {@link Math#atan2}; 2 ulp. */
    static float atan2(float y, float x) {
        float rise = Math.abs(y);
        float run = Math.abs(x);
        float less = Math.min(rise, run);
        float more = Math.max(rise, run);
        float p = odd(ATAN, less == more ? more == 0f ? 0f : 1f : less / more);
        boolean steep = rise > run;
        boolean left = Float.floatToRawIntBits(x) < 0;
        float from = steep ? HALF_PI_1 : left ? PI_1 : 0f;
        float low = steep ? HALF_PI_2 : left ? PI_2 : 0f;
        return withSignOf(y, from + ((steep != left ? -p : p) + low));
    }

    // ---- powers and rounding ----

    /**
     * x to the power of y, with {@link Math#pow}'s special cases: 2^(y log₂ |x|) in float64, so within 0.501
     * ulp and exact where that is possible; a negative x needs a whole y.
     */
    static float pow(float x, float y) {
        double size = Math.abs(x);
        long bits = Double.doubleToRawLongBits(size) + (ONE_BITS - SQRT_HALF_BITS_64);
        double e = Double.longBitsToDouble(bits >>> 52 | TWO_52_BITS) - TWO_52_AND_BIAS;
        double m = Double.longBitsToDouble((bits & FRACTION_BITS) + SQRT_HALF_BITS_64);
        double s = (m - 1) / (m + 1);
        double log = Math.fma(polynomial(LOG2, s * s), s, e);
        log = size == 0 ? Double.NEGATIVE_INFINITY : size < Double.POSITIVE_INFINITY ? log : size;
        double z = Math.min(Math.max(log * y, -EXP2_LIMIT), EXP2_LIMIT);
        double t = z + ROUNDER_64;
        double scale = Double.longBitsToDouble((Double.doubleToRawLongBits(t) << 52) + ONE_BITS);
        float result = (float) (polynomial(EXP2, z - (t - ROUNDER_64)) * scale);
        boolean whole = rint(y) == y;
        boolean odd = whole && rint(y * 0.5f) != y * 0.5f;
        result = odd ? withSignOf(x, result) : result;
        result = x < 0f && x > Float.NEGATIVE_INFINITY && !whole ? Float.NaN : result;
        return y == 0f ? 1f : result;
    }

    /** x − ⌊x/y⌋ y, exact. */
    static float remainder(float x, float y) {
        float r = x % y;
        return r != 0f && r < 0f != y < 0f ? r + y : r;
    }

    /** 1/√x, rounded twice: 1.5 ulp. */
    static float rsqrt(float x) {
        return 1f / (float) Math.sqrt(x);
    }

    /** The nearest whole number, of two the even one. */
    static float rint(float x) {
        float size = Math.abs(x);
        float rounded = size + TWO_23 - TWO_23;
        return withSignOf(x, size < TWO_23 ? rounded : size);
    }

    /** The greatest whole number that is not above x. */
    static float floor(float x) {
        float rounded = rint(x);
        return withSignOf(x, rounded > x ? rounded - 1f : rounded);
    }

    /** The least whole number that is not below x. */
    static float ceil(float x) {
        float rounded = rint(x);
        return withSignOf(x, rounded < x ? rounded + 1f : rounded);
    }

    /** x without what stands behind the point. */
    static float trunc(float x) {
        return withSignOf(x, floor(Math.abs(x)));
    }

    // ---- parts ----

    /** x + x³ P(x²). */
    private static float odd(float[] coefficients, float x) {
        float z = x * x;
        return Math.fma(polynomial(coefficients, z) * z, x, x);
    }

    private static float polynomial(float[] coefficients, float x) {
        float p = coefficients[0];
        for (int i = 1; i < coefficients.length; i++) {
            p = Math.fma(p, x, coefficients[i]);
        }
        return p;
    }

    private static double polynomial(double[] coefficients, double x) {
        double p = coefficients[0];
        for (int i = 1; i < coefficients.length; i++) {
            p = Math.fma(p, x, coefficients[i]);
        }
        return p;
    }

    /** y, with the sign bit of x in place of its own. */
    private static float withSignOf(float x, float y) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(y) & ~SIGN_BIT | Float.floatToRawIntBits(x) & SIGN_BIT);
    }
}
