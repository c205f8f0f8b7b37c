package gradus.nn.linalg;

/** A = L Lᵀ for a symmetric positive definite A. */
public final class Cholesky {

    private Cholesky() {
    }

    /**
     * The lower triangular L of n × n, from the lower half of A. Throws {@link LinalgException} when A is not positive
     * definite.
     */
    public static double[] lower(double[] a, int n) {
        Rows.largest(a);
        var l = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                l[i * n + j] = (a[i * n + j] - Rows.dot(l, i * n, l, j * n, j)) / l[j * n + j];
            }
            double square = a[i * n + i] - Rows.dot(l, i * n, l, i * n, i);
            if (!(square > 0)) {
                throw new LinalgException("the matrix [" + n + ", " + n + "] is not positive definite: its leading minor of order "
                        + (i + 1) + " is not positive", "add a small multiple of Linalg.eye(n) to it, or use Linalg.eigh(a)");
            }
            l[i * n + i] = Math.sqrt(square);
        }
        return l;
    }
}
