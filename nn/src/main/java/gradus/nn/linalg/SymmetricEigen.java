package gradus.nn.linalg;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A = V diag(w) Vᵀ for a symmetric A: Householder reflections make it tridiagonal, implicit QL steps with Wilkinson's shift
 * diagonal. In each vector the largest element is positive.
 *
 * @param values  w, ascending
 * @param vectors V, row by row: column j belongs to {@code values[j]}
 * @see <a href="https://doi.org/10.56021/9781421407944">Golub and Van Loan, Matrix Computations, §8.3</a>
 */
public record SymmetricEigen(double[] values, double[] vectors) {

    private static final int MOST_STEPS = 60;   // per eigenvalue; two are usual

    /** The factorisation of a symmetric n × n matrix given row by row. */
    public static SymmetricEigen of(double[] a, int n) {
        double scale = Rows.unitScale(Rows.largest(a));
        var s = a.clone();
        Rows.scale(scale, s, 0, s.length);
        var off = new double[n];
        var v = tridiagonalise(s, n, off);   // its rows become the eigenvectors
        var w = new double[n];
        for (int i = 0; i < n; i++) {
            w[i] = s[i * n + i];
        }
        diagonalise(w, off, v, n);
        return sorted(w, v, n, 1 / scale);
    }

    /** Leaves the diagonal in {@code s}, what is beside it in {@code off}, and returns Qᵀ of S = Q T Qᵀ. */
    private static double[] tridiagonalise(double[] s, int n, double[] off) {
        var reflections = new double[n][];
        var betas = new double[n];
        for (int k = 0; k + 1 < n; k++) {
            int m = n - k - 1;
            var v = Arrays.copyOfRange(s, k * n + k + 1, k * n + n);   // by symmetry the column below the diagonal
            double tail = Rows.dot(v, 1, v, 1, m - 1);
            off[k] = v[0];
            if (tail < 1e-290) {
                continue;
            }
            double norm = Math.sqrt(v[0] * v[0] + tail);
            off[k] = v[0] > 0 ? -norm : norm;
            v[0] -= off[k];
            double beta = 2 / (v[0] * v[0] + tail);
            var p = new double[m];
            for (int i = 0; i < m; i++) {
                p[i] = beta * Rows.dot(s, (k + 1 + i) * n + k + 1, v, 0, m);
            }
            Rows.add(-0.5 * beta * Rows.dot(p, 0, v, 0, m), v, 0, p, 0, m);
            for (int i = 0; i < m; i++) {   // S ← S − v pᵀ − p vᵀ
                Rows.add(-v[i], p, 0, s, (k + 1 + i) * n + k + 1, m);
                Rows.add(-p[i], v, 0, s, (k + 1 + i) * n + k + 1, m);
            }
            reflections[k] = v;
            betas[k] = beta;
        }
        var q = Rows.identity(n);   // Q = H₀ H₁ …, multiplied from the last on, so that only the lower right changes
        for (int k = n - 2; k >= 0; k--) {
            if (betas[k] != 0) {
                int m = n - k - 1;
                var along = new double[m];
                for (int i = 0; i < m; i++) {
                    Rows.add(betas[k] * reflections[k][i], q, (k + 1 + i) * n + k + 1, along, 0, m);
                }
                for (int i = 0; i < m; i++) {
                    Rows.add(-reflections[k][i], along, 0, q, (k + 1 + i) * n + k + 1, m);
                }
            }
        }
        return Rows.transposed(q, n, n);
    }

    /** Rotates until {@code off} is zero; the rows of {@code v} follow. */
    private static void diagonalise(double[] w, double[] off, double[] v, int n) {
        for (int l = 0; l < n; l++) {
            for (int step = 0; ; step++) {
                int m = l;
                while (m + 1 < n && Math.abs(off[m]) > 1e-290
                        && Math.abs(off[m]) > Rows.EPSILON * (Math.abs(w[m]) + Math.abs(w[m + 1]))) {
                    m++;
                }
                if (m == l) {
                    break;
                }
                if (step == MOST_STEPS) {
                    throw new LinalgException("the eigenvalues of the matrix [" + n + ", " + n + "] did not converge",
                            "scale the matrix so that its elements are near 1");
                }
                double half = (w[l + 1] - w[l]) / (2 * off[l]);
                double g = w[m] - w[l] + off[l] / (half + Math.copySign(Math.hypot(half, 1), half));
                double s = 1;
                double c = 1;
                double p = 0;
                int i = m - 1;
                for (; i >= l; i--) {
                    double f = s * off[i];
                    double b = c * off[i];
                    double r = Math.hypot(f, g);
                    off[i + 1] = r;
                    if (r == 0) {   // a rotation by nothing: the matrix has split here
                        w[i + 1] -= p;
                        break;
                    }
                    s = f / r;
                    c = g / r;
                    g = w[i + 1] - p;
                    r = (w[i] - g) * s + 2 * c * b;
                    p = s * r;
                    w[i + 1] = g + p;
                    g = c * r - b;
                    Rows.rotate(c, s, v, i * n, v, (i + 1) * n, n);
                }
                off[m] = 0;
                if (i < l) {
                    w[l] -= p;
                    off[l] = g;
                }
            }
        }
    }

    private static SymmetricEigen sorted(double[] w, double[] rows, int n, double scale) {
        var order = IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble(i -> w[i])).mapToInt(i -> i).toArray();
        var values = new double[n];
        var vectors = new double[n * n];
        for (int j = 0; j < n; j++) {
            values[j] = scale * w[order[j]];
            int sign = Rows.sign(rows, order[j] * n, n, 1);
            for (int i = 0; i < n; i++) {
                vectors[i * n + j] = sign * rows[order[j] * n + i];
            }
        }
        return new SymmetricEigen(values, vectors);
    }
}
