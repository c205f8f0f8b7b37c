package gradus.nn.backend.cpu;

/**
 * Elementary functions of float64 numbers that {@link StrictMath}, which gives the same bits on every machine, lacks.
 * Coefficients stand from the highest power down.
 */
final class DoubleMath {

    private static final double LN_2 = StrictMath.log(2);
    /** (erf x − x) / x in x² for |x| ≤ 1. */
    private static final double[] ERF = {5.947500523932994e-11, -1.1367001364073836e-09, 1.4658228847597902e-08,
        -1.635007773903941e-07, 1.6460977845627903e-06, -1.4925593826581282e-05, 0.00012055331050566209,
        -0.0008548326979131659, 0.005223977624788049, -0.026866170645073705, 0.11283791670954862, -0.3761263890318375,
        0.1283791670955126};
    /** e^{x²} (1 − erf x) in (x − 2.5)/(x + 2.5) for 1 ≤ x ≤ 6, where erf reaches 1. */
    private static final double[] ERF_FAR = {5.65372298866087e-08, -3.226079329494953e-07, -2.064318551795489e-06,
        -2.37990923548252e-06, 7.547161402895569e-06, 1.8618612263933245e-05, -3.418087090247908e-05,
        -0.00012887700445890504, 0.00022838037158662356, 0.0008759154429836501, -0.002642365965346793,
        -0.003993701165828837, 0.039922539075601914, -0.12503305237882886, 0.2517131932174492, -0.37173673394897333,
        0.2108063640611436};
    private static final double ERF_CENTER = 2.5;
    private static final double ERF_ONE = 6;

    private DoubleMath() {
    }

    /** log₂ x; of powers of two exact. */
    static double log2(double x) {
        if (!(x > 0) || x == Double.POSITIVE_INFINITY) {
            return StrictMath.log(x);
        }
        int e = Math.getExponent(x * (x < Double.MIN_NORMAL ? 0x1p54 : 1)) - (x < Double.MIN_NORMAL ? 54 : 0);
        double m = Math.scalb(x, -e);
        return m < 1.5 ? e + StrictMath.log(m) / LN_2 : e + 1 + StrictMath.log(m / 2) / LN_2;
    }

    /** 1 / (1 + e^{−x}) = e^x / (1 + e^x), whichever power is below 1. */
    static double sigmoid(double x) {
        double u = StrictMath.exp(-Math.abs(x));
        return (x < 0 ? u : 1) / (1 + u);
    }

    /** The error function 2/√π ∫₀ˣ e^{−t²} dt, within 1 ulp. */
    static double erf(double x) {
        double size = Math.min(Math.abs(x), ERF_ONE);
        double y = size < 1 ? Math.fma(polynomial(ERF, size * size), size, size)
                : 1 - StrictMath.exp(-size * size) * polynomial(ERF_FAR, (size - ERF_CENTER) / (size + ERF_CENTER));
        return Math.copySign(y, x);
    }

    /** x − ⌊x/y⌋ y, exact. */
    static double remainder(double x, double y) {
        double r = x % y;
        return r != 0 && r < 0 != y < 0 ? r + y : r;
    }

    private static double polynomial(double[] coefficients, double x) {
        double p = coefficients[0];
        for (int i = 1; i < coefficients.length; i++) {
            p = Math.fma(p, x, coefficients[i]);
        }
        return p;
    }
}
