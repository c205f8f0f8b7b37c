package gradus.nn.linalg;

import java.util.Arrays;

/**
 * A = P L U with partial pivoting: L of m × k with ones on its diagonal, U of k × n, k = min(m, n).
 *
 * @param factors    L below the diagonal, U on and above it, m × n
 * @param order      row i of P⁻¹A is row {@code order[i]} of A
 * @param sign       the determinant of P
 * @param singularAt the first pivot that is zero or nothing but rounding, −1 when A is regular or not square
 * @see <a href="https://doi.org/10.1137/1.9780898718027">Higham, Accuracy and Stability of Numerical Algorithms, ch. 9</a>
 */
public record Lu(int rows, int columns, double[] factors, int[] order, int sign, int singularAt) {

    /** The factorisation of a matrix given row by row. */
    public static Lu of(double[] a, int rows, int columns) {
        Rows.largest(a);
        var lu = a.clone();
        var order = new int[rows];
        Arrays.setAll(order, i -> i);
        int sign = 1;
        int singularAt = -1;
        for (int k = 0; k < Math.min(rows, columns); k++) {
            int pivot = k;
            for (int i = k + 1; i < rows; i++) {
                pivot = Math.abs(lu[i * columns + k]) > Math.abs(lu[pivot * columns + k]) ? i : pivot;
            }
            if (pivot != k) {
                Rows.swap(lu, k * columns, pivot * columns, columns);
                int kept = order[k];
                order[k] = order[pivot];
                order[pivot] = kept;
                sign = -sign;
            }
            double p = lu[k * columns + k];
            if (singularAt < 0 && rows == columns && Math.abs(p) <= roundingIn(lu, a, order, k, rows)) {
                singularAt = k;
            }
            if (p != 0) {
                for (int i = k + 1; i < rows; i++) {
                    double l = lu[i * columns + k] / p;
                    lu[i * columns + k] = l;
                    if (l != 0) {
                        Rows.add(-l, lu, k * columns + k + 1, lu, i * columns + k + 1, columns - k - 1);
                    }
                }
            }
        }
        return new Lu(rows, columns, lu, order, sign, singularAt);
    }

    /**
     * How large rounding alone can make the k-th pivot: n ε times the sizes of the numbers it is a difference of. Unlike a
     * comparison with ‖A‖ this takes diag(1, 1e-20) for what it is, regular.
     */
    private static double roundingIn(double[] lu, double[] a, int[] order, int k, int n) {
        double sizes = 0;
        for (int i = k; i < n; i++) {
            double sum = Math.abs(a[order[i] * n + k]);
            for (int j = 0; j < k; j++) {
                sum += Math.abs(lu[i * n + j] * lu[j * n + k]);
            }
            sizes = Math.max(sizes, sum);
        }
        return n * Rows.EPSILON * sizes;
    }

    /** X with A X = B, for B of n × {@code width}; throws {@link LinalgException} when A is singular. */
    public double[] solve(double[] b, int width) {
        requireRegular();
        int n = rows;
        var x = new double[n * width];
        for (int i = 0; i < n; i++) {
            System.arraycopy(b, order[i] * width, x, i * width, width);
        }
        triangular(factors, n, false, true, x, width);
        triangular(factors, n, true, false, x, width);
        return x;
    }

    /** A⁻¹; throws {@link LinalgException} when A is singular. */
    public double[] inverse() {
        return solve(Rows.identity(rows), rows);
    }

    /** det A, the product of the pivots. */
    public double det() {
        double det = sign;
        for (int i = 0; i < rows; i++) {
            det *= factors[i * rows + i];
        }
        return det;
    }

    /** The sign of det A, 0 when it is zero. */
    public double detSign() {
        double signs = sign;
        for (int i = 0; i < rows; i++) {
            signs *= Math.signum(factors[i * rows + i]);
        }
        return signs == 0 ? 0 : signs;   // no −0
    }

    /** ln |det A|, which does not overflow where the determinant does; −∞ when it is zero. */
    public double logAbsDet() {
        double sum = 0;
        for (int i = 0; i < rows; i++) {
            sum += Math.log(Math.abs(factors[i * rows + i]));
        }
        return sum;
    }

    private void requireRegular() {
        if (singularAt >= 0) {
            throw new LinalgException("the matrix [" + rows + ", " + rows + "] is singular: column " + singularAt
                    + " is a combination of those before it, up to rounding",
                    "Linalg.lstsq(a, b) solves such systems as well as can be, Linalg.pinv(a) is an inverse of any matrix");
        }
    }

    /**
     * X ← T⁻¹ X for a triangular T of n × n, whose other half is not looked at, and X of n × {@code width}; throws
     * {@link LinalgException} when an element of the diagonal is zero.
     *
     * @param unit whether the diagonal counts as ones
     */
    public static void triangular(double[] t, int n, boolean upper, boolean unit, double[] x, int width) {
        for (int step = 0; step < n; step++) {
            int i = upper ? n - 1 - step : step;
            if (!unit && t[i * n + i] == 0) {
                throw new LinalgException("the triangular matrix [" + n + ", " + n + "] is singular: element " + i
                        + " of its diagonal is 0", "Linalg.lstsq(a, b) solves such systems as well as can be");
            }
            if (width == 1) {
                x[i] -= upper ? Rows.dot(t, i * n + i + 1, x, i + 1, n - i - 1) : Rows.dot(t, i * n, x, 0, i);
            } else {
                int from = upper ? i + 1 : 0;   // row i of X ← −(−row i + Σ tᵢⱼ row j)
                Rows.scale(-1, x, i * width, width);
                Rows.addAll(t, i * n + from, upper ? n - from : i, x, from * width, x, i * width, width);
                Rows.scale(-1, x, i * width, width);
            }
            if (!unit) {
                for (int j = 0; j < width; j++) {
                    x[i * width + j] /= t[i * n + i];
                }
            }
        }
    }
}
