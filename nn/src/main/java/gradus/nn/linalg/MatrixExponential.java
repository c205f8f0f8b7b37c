package gradus.nn.linalg;

/**
 * e^A = Σ Aᵏ/k! by scaling and squaring: e^A = (r(A/2ˢ))^(2ˢ), where r is the Padé approximation of order 13.
 *
 * @see <a href="https://doi.org/10.1137/04061101X">Higham, The scaling and squaring method for the matrix exponential
 *     revisited</a>
 */
public final class MatrixExponential {

    /** Up to this 1-norm the approximation of order 13 is exact to double rounding (Higham, table 2.3). */
    private static final double RADIUS = 5.371920351148152;

    private static final int ORDER = 13;

    private MatrixExponential() {
    }

    /** The exponential of an n × n matrix given row by row. */
    public static double[] of(double[] a, int n) {
        Rows.largest(a);
        double norm = 0;
        for (int j = 0; j < n; j++) {
            double column = 0;
            for (int i = 0; i < n; i++) {
                column += Math.abs(a[i * n + j]);
            }
            norm = Math.max(norm, column);
        }
        int squarings = norm <= RADIUS ? 0 : Math.max(0, Math.getExponent(norm / RADIUS) + 1);
        var x = a.clone();
        Rows.scale(Math.scalb(1.0, -squarings), x, 0, x.length);
        var power = Rows.product(x, x, n, n, n);
        var powers = new double[ORDER / 2 + 1][];   // even powers of x
        powers[0] = Rows.identity(n);
        for (int i = 1; i < powers.length; i++) {
            powers[i] = Rows.product(powers[i - 1], power, n, n, n);
        }
        var even = new double[n * n];   // r = q(−x)⁻¹ q(x) for q(x) = Σ cₖ xᵏ = even + x odd
        var odd = new double[n * n];
        double c = 1;
        for (int k = 0; k <= ORDER; k++) {
            Rows.add(c, powers[k / 2], 0, k % 2 == 0 ? even : odd, 0, n * n);
            c *= (double) (ORDER - k) / ((2 * ORDER - k) * (k + 1));
        }
        odd = Rows.product(x, odd, n, n, n);
        var numerator = even.clone();
        Rows.add(1, odd, 0, numerator, 0, n * n);
        Rows.add(-1, odd, 0, even, 0, n * n);
        var result = Lu.of(even, n, n).solve(numerator, n);
        for (int i = 0; i < squarings; i++) {
            result = Rows.product(result, result, n, n, n);
        }
        return result;
    }
}
