package gradus.nn.backend.cpu;

/**
 * Elementary functions of float32 numbers, of our own: the JDK's vector forms give other bits before the JIT has
 * compiled them than after. These are the same in plain Java and in {@link VectorMath}, cold and warm, at any vector
 * width. Polynomials after Cephes (Moshier); errors measured over all tested arguments: exp 1.0, log 1.1, tanh 1.7,
 * sigmoid 2.5 ulp.
 */
final class FloatMath {

    static final float LOG2_E = 1.44269504f;
    static final float LN2_HIGH = 0.693359375f;
    static final float LN2_LOW = -2.12194440e-4f;
    /** Added and taken away again, it rounds to the nearest integer. */
    static final float ROUNDER = 12582912f;
    /** Beyond these, exp is 0 and ∞. */
    static final float EXP_LOWEST = -104f;
    static final float EXP_HIGHEST = 89f;
    static final float[] EXP = {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f,
        1.6666665459e-1f, 5.0000001201e-1f};
    static final float SQRT_HALF = 0.707106781f;
    static final float TWO_23 = 8388608f;
    static final float[] LOG = {7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f,
        1.4249322787e-1f, -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f};
    static final float TANH_SMALL = 0.625f;
    static final float[] TANH = {-5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f,
        -3.33332819422e-1f};

    private FloatMath() {
    }

    /** e^x: x = n ln 2 + r with |r| ≤ ½ ln 2, then 2ⁿ (1 + r + r² P(r)). */
    static float exp(float x) {
        float clamped = Math.min(Math.max(x, EXP_LOWEST), EXP_HIGHEST);
        float n = Math.fma(clamped, LOG2_E, ROUNDER) - ROUNDER;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, clamped));
        float p = EXP[0];
        for (int i = 1; i < EXP.length; i++) {
            p = Math.fma(p, r, EXP[i]);
        }
        float y = Math.fma(p, r * r, r) + 1f;
        int exponent = (int) n;
        int half = exponent >> 1;   // in two steps, so that neither overflows before the product does
        return y * power2(half) * power2(exponent - half);
    }

    private static float power2(int exponent) {
        return Float.intBitsToFloat((exponent + 127) << 23);
    }

    /** ln x: x = 2^e m with ½√2 ≤ m &lt; √2, then e ln 2 + f − f²/2 + f³ P(f) with f = m − 1. */
    static float log(float x) {
        boolean subnormal = x < Float.MIN_NORMAL;
        float scaled = subnormal ? x * TWO_23 : x;
        int bits = Float.floatToRawIntBits(scaled);
        float e = (bits >> 23) - 126 - (subnormal ? 23 : 0);
        float m = Float.intBitsToFloat((bits & 0x007FFFFF) | 0x3F000000);
        boolean low = m < SQRT_HALF;
        e = low ? e - 1f : e;
        float f = (low ? m + m : m) - 1f;
        float p = LOG[0];
        for (int i = 1; i < LOG.length; i++) {
            p = Math.fma(p, f, LOG[i]);
        }
        float z = f * f;
        float y = p * f * z;
        y = Math.fma(e, LN2_LOW, y);
        y = Math.fma(z, -0.5f, y);
        float result = Math.fma(e, LN2_HIGH, f + y);
        if (x == 0f) {
            return Float.NEGATIVE_INFINITY;
        }
        if (x == Float.POSITIVE_INFINITY) {
            return x;
        }
        return x > 0f ? result : Float.NaN;
    }

    /** An odd polynomial near 0, elsewhere 1 − 2/(e^{2|x|}+1) with x's sign. */
    static float tanh(float x) {
        float s = x * x;
        float p = TANH[0];
        for (int i = 1; i < TANH.length; i++) {
            p = Math.fma(p, s, TANH[i]);
        }
        float near = Math.fma(p * s, x, x);
        float size = Math.abs(x);
        float far = 1f - 2f / (exp(size + size) + 1f);
        return size < TANH_SMALL ? near : x < 0f ? -far : far;
    }

    /** 1 / (1 + e^{−x}). */
    static float sigmoid(float x) {
        return 1f / (1f + exp(-x));
    }

    /** ln(1 + e^x) = max(x, 0) + ln(1 + u) with u = e^{−|x|} ≤ 1, and ln(1 + u) corrected for the rounding of 1 + u. */
    static float softplus(float x) {
        float u = exp(-Math.abs(x));
        float w = 1f + u;
        float log1p = w == 1f ? u : log(w) - ((w - 1f) - u) / w;
        return Math.max(x, 0f) + log1p;
    }
}
