package gradus.nn.linalg;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A = U diag(s) Vᵀ, s falling, by one-sided Jacobi rotations of the rows of R after A Π = Q R: even small singular values
 * come out accurate to their own size when only the scaling of columns makes the matrix ill-conditioned. In each column
 * of U the largest element is positive.
 *
 * @param u  rows × k, k = min(rows, columns); empty when only values were asked for
 * @param vt k × columns; empty when only values were asked for
 * @see <a href="https://doi.org/10.1137/050639193">Drmač and Veselić, New fast and accurate Jacobi SVD algorithm</a>
 */
public record SingularValues(double[] u, double[] values, double[] vt) {

    private static final int MOST_SWEEPS = 60;   // six are usual

    /** The factorisation of a matrix given row by row. */
    public static SingularValues of(double[] a, int rows, int columns) {
        return of(a, rows, columns, true);
    }

    /** The singular values alone, for a third of the work. */
    public static double[] values(double[] a, int rows, int columns) {
        return of(a, rows, columns, false).values;
    }

    private static SingularValues of(double[] a, int rows, int columns, boolean vectors) {
        if (rows < columns) {
            var turned = of(Rows.transposed(a, rows, columns), columns, rows, vectors);
            return vectors ? signed(Rows.transposed(turned.vt, rows, rows), turned.values,
                    Rows.transposed(turned.u, columns, rows), rows, columns) : turned;
        }
        int n = columns;
        double scale = Rows.unitScale(Rows.largest(a));
        var scaled = a.clone();
        Rows.scale(scale, scaled, 0, scaled.length);
        var qr = Qr.of(scaled, rows, n, true);
        var x = qr.r(n);                                              // its rows become sⱼ times right vectors
        var turns = vectors ? Rows.identity(n) : new double[0];       // R = turnsᵀ x: rows become left vectors of R
        orthogonalise(x, turns, n);
        var norms = new double[n];
        for (int j = 0; j < n; j++) {
            norms[j] = Math.sqrt(Rows.dot(x, j * n, x, j * n, n));
        }
        var order = IntStream.range(0, n).boxed().sorted(Comparator.comparingDouble(j -> -norms[j]))
                .mapToInt(j -> j).toArray();
        var values = new double[n];
        for (int j = 0; j < n; j++) {
            values[j] = norms[order[j]] / scale;
        }
        if (!vectors) {
            return new SingularValues(new double[0], values, new double[0]);
        }
        var vt = new double[n * n];
        var left = new double[n * n];
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < n; i++) {
                vt[j * n + qr.order()[i]] = norms[order[j]] == 0 ? 0 : x[order[j] * n + i] / norms[order[j]];
                left[i * n + j] = turns[order[j] * n + i];
            }
        }
        complete(vt, n);
        return signed(Rows.product(qr.q(n), left, rows, n, n), values, vt, rows, n);
    }

    /** Rotates pairs of rows of {@code x}, and of {@code turns}, until all rows of {@code x} are orthogonal. */
    private static void orthogonalise(double[] x, double[] turns, int n) {
        var squares = new double[n];
        boolean turned = true;
        for (int sweep = 0; turned; sweep++) {
            if (sweep == MOST_SWEEPS) {
                throw new LinalgException("the singular values of the matrix did not converge",
                        "scale the matrix so that its elements are near 1");
            }
            turned = false;
            for (int j = 0; j < n; j++) {
                squares[j] = Rows.dot(x, j * n, x, j * n, n);
            }
            for (int p = 0; p < n; p++) {
                for (int q = p + 1; q < n; q++) {
                    double along = Rows.dot(x, p * n, x, q * n, n);
                    if (Math.abs(along) <= n * Rows.EPSILON * Math.sqrt(squares[p]) * Math.sqrt(squares[q])) {
                        continue;
                    }
                    turned = true;
                    double half = (squares[q] - squares[p]) / (2 * along);
                    double t = Math.copySign(1, half) / (Math.abs(half) + Math.hypot(half, 1));
                    double c = 1 / Math.sqrt(1 + t * t);
                    Rows.rotate(c, c * t, x, p * n, x, q * n, n);
                    if (turns.length > 0) {
                        Rows.rotate(c, c * t, turns, p * n, turns, q * n, n);
                    }
                    squares[p] = Math.max(0, squares[p] - t * along);
                    squares[q] += t * along;
                }
            }
        }
    }

    /** Replaces rows of zeros, which singular values of exactly zero leave, by what makes the rows a basis. */
    private static void complete(double[] rows, int n) {
        int unit = 0;
        for (int j = 0; j < n; j++) {
            while (Rows.dot(rows, j * n, rows, j * n, n) == 0) {
                rows[j * n + unit++] = 1;
                for (int pass = 0; pass < 2; pass++) {
                    for (int i = 0; i < n; i++) {
                        if (i != j) {
                            Rows.add(-Rows.dot(rows, j * n, rows, i * n, n), rows, i * n, rows, j * n, n);
                        }
                    }
                }
                double norm = Math.sqrt(Rows.dot(rows, j * n, rows, j * n, n));
                // a unit vector in the span of the others leaves nothing but rounding
                Rows.scale(norm < 0.5 / Math.sqrt(n) ? 0 : 1 / norm, rows, j * n, n);
            }
        }
    }

    private static SingularValues signed(double[] u, double[] values, double[] vt, int rows, int columns) {
        int k = values.length;
        for (int j = 0; j < k; j++) {
            if (Rows.sign(u, j, rows, k) < 0) {
                for (int i = 0; i < rows; i++) {
                    u[i * k + j] = -u[i * k + j];
                }
                Rows.scale(-1, vt, j * columns, columns);
            }
        }
        return new SingularValues(u, values, vt);
    }

    /** How many values exceed {@code tolerance} times the largest. */
    public static int rank(double[] falling, double tolerance) {
        return (int) Arrays.stream(falling).filter(s -> s > tolerance * falling[0]).count();
    }

    /** A⁺ = V diag(1/s) Uᵀ, columns × rows, where values up to {@code tolerance} times the largest count as zero. */
    public double[] pseudoInverse(int rows, int columns, double tolerance) {
        int k = values.length;
        var inverse = new double[columns * rows];
        for (int j = 0; j < rank(values, tolerance); j++) {
            for (int i = 0; i < columns; i++) {
                double factor = vt[j * columns + i] / values[j];
                for (int l = 0; l < rows; l++) {
                    inverse[i * rows + l] += factor * u[l * k + j];
                }
            }
        }
        return inverse;
    }

    /** The shortest X that makes ‖A X − B‖ smallest, columns × {@code width}; B is rows × width. */
    public double[] leastSquares(double[] b, int rows, int columns, int width, double tolerance) {
        int k = values.length;
        var x = new double[columns * width];
        var along = new double[width];
        for (int j = 0; j < rank(values, tolerance); j++) {
            Arrays.fill(along, 0);
            for (int l = 0; l < rows; l++) {
                Rows.add(u[l * k + j] / values[j], b, l * width, along, 0, width);
            }
            for (int i = 0; i < columns; i++) {
                Rows.add(vt[j * columns + i], along, 0, x, i * width, width);
            }
        }
        return x;
    }
}
