package gradus.nn.linalg;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A x = λ x for a real square A, whose eigenvalues are real or come in conjugate pairs. Sorted by real part, then by imaginary
 * part.
 *
 * @param re real parts of the eigenvalues
 * @param im imaginary parts
 */
public record GeneralEigen(double[] re, double[] im) {

    /** The eigenvalues of an n × n matrix given row by row. */
    public static GeneralEigen of(double[] a, int n) {
        return new Balanced(a, n, false).eigenvalues();
    }

    /**
     * Ā = Σᵢ re̅ᵢ ∂re λᵢ/∂A + im̅ᵢ ∂im λᵢ/∂A = Re (X diag(re̅ − i im̅) X⁻¹)ᵀ, where the columns of X are the eigenvectors.
     * Throws {@link LinalgException} when it does not exist: with too few eigenvectors, and when different weights stand
     * before eigenvalues that are the same.
     *
     * @param reWeights re̅, in the order of {@link #re}
     * @param imWeights im̅
     */
    public static double[] gradient(double[] a, int n, double[] reWeights, double[] imWeights) {
        return new Balanced(a, n, true).gradient(reWeights, imWeights);
    }

    /** The Schur form of D⁻¹ A D: D, of powers of two, makes rows and columns similar in size, and rounding errors with them. */
    private static final class Balanced {

        private static final double SAME = 1e-12;

        private final int n;
        private final double[] d;
        private final Schur schur;
        private final double largest;
        private final double[] re;
        private final double[] im;
        private final int[] order;

        Balanced(double[] a, int n, boolean whole) {
            this.n = n;
            largest = Rows.largest(a);
            double scale = Rows.unitScale(largest);
            var b = a.clone();
            Rows.scale(scale, b, 0, b.length);
            d = balance(b, n);
            schur = Schur.of(b, n, whole);
            re = new double[n];
            im = new double[n];
            var t = schur.t();
            for (int k = 0; k < n; k++) {
                re[k] = t[k * n + k];
                if (k + 1 < n && t[(k + 1) * n + k] != 0) {
                    double half = (t[k * n + k] - t[(k + 1) * n + k + 1]) / 2;
                    re[k] = t[(k + 1) * n + k + 1] + half;
                    re[k + 1] = re[k];
                    im[k] = Math.sqrt(-(half * half + t[k * n + k + 1] * t[(k + 1) * n + k]));
                    im[k + 1] = -im[k];
                    k++;
                }
            }
            Rows.scale(1 / scale, re, 0, n);
            Rows.scale(1 / scale, im, 0, n);
            order = IntStream.range(0, n).boxed().sorted(Comparator.<Integer>comparingDouble(i -> re[i])
                    .thenComparingDouble(i -> im[i])).mapToInt(i -> i).toArray();
        }

        GeneralEigen eigenvalues() {
            var sortedRe = new double[n];
            var sortedIm = new double[n];
            for (int i = 0; i < n; i++) {
                sortedRe[i] = re[order[i]];
                sortedIm[i] = im[order[i]];
            }
            return new GeneralEigen(sortedRe, sortedIm);
        }

        private static double[] balance(double[] b, int n) {
            var d = new double[n];
            Arrays.fill(d, 1);
            boolean changed = true;
            for (int pass = 0; changed && pass < 100; pass++) {
                changed = false;
                for (int i = 0; i < n; i++) {
                    double row = 0;
                    double column = 0;
                    for (int j = 0; j < n; j++) {
                        if (j != i) {
                            row += Math.abs(b[i * n + j]);
                            column += Math.abs(b[j * n + i]);
                        }
                    }
                    if (row == 0 || column == 0) {
                        continue;
                    }
                    double f = Math.scalb(1.0, Math.round((float) (Math.log(row / column) / (2 * Math.log(2)))));
                    if (row / f + column * f < 0.95 * (row + column)) {
                        changed = true;
                        d[i] *= f;
                        for (int j = 0; j < n; j++) {
                            b[i * n + j] /= f;
                            b[j * n + i] *= f;
                        }
                    }
                }
            }
            return d;
        }

        double[] gradient(double[] reWeights, double[] imWeights) {
            var g = new double[2][n];
            for (int i = 0; i < n; i++) {
                g[0][order[i]] = reWeights[i];
                g[1][order[i]] = -imWeights[i];
            }
            refuseDifferentWeightsOfTheSame(g);
            var x = eigenvectors();
            var inverse = inverse(x);
            var gradient = new double[n * n];
            for (int i = 0; i < n; i++) {
                for (int k = 0; k < n; k++) {   // Re Σᵢ X_ki gᵢ X⁻¹_ij, added to element (j, k)
                    double fRe = x[0][k * n + i] * g[0][i] - x[1][k * n + i] * g[1][i];
                    double fIm = x[0][k * n + i] * g[1][i] + x[1][k * n + i] * g[0][i];
                    for (int j = 0; j < n; j++) {
                        gradient[j * n + k] += fRe * inverse[0][i * n + j] - fIm * inverse[1][i * n + j];
                    }
                }
            }
            return gradient;
        }

        private void refuseDifferentWeightsOfTheSame(double[][] g) {
            double most = 0;
            for (int i = 0; i < n; i++) {
                most = Math.max(most, Math.hypot(g[0][i], g[1][i]));
            }
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < i; j++) {
                    if (Math.hypot(re[i] - re[j], im[i] - im[j]) <= SAME * largest
                            && Math.hypot(g[0][i] - g[0][j], g[1][i] - g[1][j]) > 1e-8 * most) {
                        throw new LinalgException("the eigenvalue " + re[i] + " is repeated, its copies have no derivative each",
                                "use all copies alike, as their sum or product does");
                    }
                }
            }
        }

        /** X as real and imaginary parts: eigenvectors of the triangular form, turned back; columns of length 1. */
        private double[][] eigenvectors() {
            var triangular = ComplexTriangular.of(schur);
            var y = triangular.eigenvectors();
            var x = new double[2][];
            x[0] = subtracted(Rows.product(triangular.zRe(), y[0], n, n, n), Rows.product(triangular.zIm(), y[1], n, n, n));
            x[1] = subtracted(Rows.product(triangular.zRe(), y[1], n, n, n), Rows.product(triangular.zIm(), negated(y[0]), n, n, n));
            for (int j = 0; j < n; j++) {
                double square = 0;
                for (int i = 0; i < n; i++) {
                    x[0][i * n + j] *= d[i];
                    x[1][i * n + j] *= d[i];
                    square += x[0][i * n + j] * x[0][i * n + j] + x[1][i * n + j] * x[1][i * n + j];
                }
                for (int i = 0; i < n; i++) {
                    x[0][i * n + j] /= Math.sqrt(square);
                    x[1][i * n + j] /= Math.sqrt(square);
                }
            }
            return x;
        }

        private static double[] subtracted(double[] a, double[] b) {
            Rows.add(-1, b, 0, a, 0, a.length);
            return a;
        }

        private static double[] negated(double[] a) {
            var negated = a.clone();
            Rows.scale(-1, negated, 0, a.length);
            return negated;
        }

        /** X⁻¹ = the first columns of the inverse of the real matrix (Re X, −Im X; Im X, Re X). */
        private double[][] inverse(double[][] x) {
            var both = new double[4 * n * n];
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    both[i * 2 * n + j] = x[0][i * n + j];
                    both[i * 2 * n + n + j] = -x[1][i * n + j];
                    both[(n + i) * 2 * n + j] = x[1][i * n + j];
                    both[(n + i) * 2 * n + n + j] = x[0][i * n + j];
                }
            }
            var lu = Lu.of(both, 2 * n, 2 * n);
            var unit = new double[2 * n * n];
            for (int i = 0; i < n; i++) {
                unit[i * n + i] = 1;
            }
            var columns = lu.singularAt() >= 0 ? new double[] {Double.POSITIVE_INFINITY} : lu.solve(unit, n);
            for (double element : columns) {
                if (!(Math.abs(element) < 1 / SAME)) {
                    throw new LinalgException("the matrix [" + n + ", " + n + "] has repeated eigenvalues with too few"
                            + " eigenvectors, where eigenvalues have no derivative",
                            "add a small change to the matrix, or use Linalg.svdvals(a) if its size is what matters");
                }
            }
            return new double[][] {Arrays.copyOf(columns, n * n),
                Arrays.copyOfRange(columns, n * n, 2 * n * n)};
        }
    }
}
