package gradus.nn.linalg;

import java.util.Arrays;

/**
 * A Π = Q R by Householder reflections H = I − β v vᵀ, with the diagonal of R not negative, which makes the factors of a
 * matrix of full rank unique. Π is the identity unless pivoting was asked for.
 *
 * @param reflected column j, in one piece of {@code rows} elements: R's on and above the diagonal, below it the rest of vⱼ
 * @param heads     the first elements of the vⱼ
 * @param betas     2 / vⱼᵀvⱼ, or 0 for no reflection
 * @param order     column j of A Π is column {@code order[j]} of A
 * @see <a href="https://doi.org/10.56021/9781421407944">Golub and Van Loan, Matrix Computations, §5.2 and §5.4</a>
 */
public record Qr(int rows, int columns, double[] reflected, double[] heads, double[] betas, int[] order) {

    /** A square that counts as zero, beside elements of size 1. */
    private static final double TINY = 1e-290;

    /** The factorisation of a matrix given row by row. */
    public static Qr of(double[] a, int rows, int columns) {
        return of(a, rows, columns, false);
    }

    /**
     * The factorisation, with columns taken in the order of what is left of them, largest first, when {@code pivoting}: then
     * the diagonal of R falls.
     */
    public static Qr of(double[] a, int rows, int columns, boolean pivoting) {
        double scale = Rows.unitScale(Rows.largest(a));
        var c = Rows.transposed(a, rows, columns);
        Rows.scale(scale, c, 0, c.length);
        int k = Math.min(rows, columns);
        var heads = new double[k];
        var betas = new double[k];
        var order = new int[columns];
        Arrays.setAll(order, j -> j);
        for (int j = 0; j < k; j++) {
            if (pivoting) {
                int longest = longest(c, rows, columns, j);
                Rows.swap(c, j * rows, longest * rows, rows);
                int kept = order[j];
                order[j] = order[longest];
                order[longest] = kept;
            }
            int at = j * rows + j;
            double tail = Rows.dot(c, at + 1, c, at + 1, rows - j - 1);
            double x = c[at];
            if (tail < TINY && (x > 0 || x * x < TINY)) {
                c[at] = Math.abs(x);
                continue;
            }
            double norm = Math.sqrt(x * x + tail);
            // v₀ = x − ‖·‖ gives R a positive diagonal; for x > 0 written so that nothing cancels
            heads[j] = x <= 0 ? x - norm : -tail / (x + norm);
            betas[j] = 2 / (heads[j] * heads[j] + tail);
            c[at] = norm;
            for (int next = j + 1; next < columns; next++) {
                reflect(c, at, heads[j], betas[j], c, next * rows + j, rows - j);
            }
        }
        for (int j = 0; j < columns; j++) {
            Rows.scale(1 / scale, c, j * rows, Math.min(j + 1, rows));
        }
        return new Qr(rows, columns, c, heads, betas, order);
    }

    private static int longest(double[] c, int rows, int columns, int from) {
        int longest = from;
        double most = -1;
        for (int j = from; j < columns; j++) {
            double square = Rows.dot(c, j * rows + from, c, j * rows + from, rows - from);
            if (square > most) {
                most = square;
                longest = j;
            }
        }
        return longest;
    }

    /** x ← (I − β v vᵀ) x, where v is its head and then what follows c[at]. */
    private static void reflect(double[] c, int at, double head, double beta, double[] x, int xAt, int n) {
        double along = beta * (head * x[xAt] + Rows.dot(c, at + 1, x, xAt + 1, n - 1));
        x[xAt] -= along * head;
        Rows.add(-along, c, at + 1, x, xAt + 1, n - 1);
    }

    /** The first {@code width} columns of Q, {@code rows × width}. */
    public double[] q(int width) {
        var q = new double[width * rows];
        for (int j = 0; j < width; j++) {
            q[j * rows + j] = 1;
            for (int k = Math.min(j, betas.length - 1); k >= 0; k--) {
                if (betas[k] != 0) {
                    reflect(reflected, k * rows + k, heads[k], betas[k], q, j * rows + k, rows - k);
                }
            }
        }
        return Rows.transposed(q, width, rows);
    }

    /** The first {@code height} rows of R, {@code height × columns}. */
    public double[] r(int height) {
        var r = new double[height * columns];
        for (int i = 0; i < Math.min(height, rows); i++) {
            for (int j = i; j < columns; j++) {
                r[i * columns + j] = reflected[j * rows + i];
            }
        }
        return r;
    }
}
