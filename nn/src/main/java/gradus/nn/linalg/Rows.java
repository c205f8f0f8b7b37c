package gradus.nn.linalg;

/** What the factorisations do all day: to rows of a matrix, which lie in one piece. A matrix is row-major without gaps. */
final class Rows {

    /** The distance from 1 to the next double, 2⁻⁵². */
    static final double EPSILON = Math.ulp(1.0);

    private Rows() {
    }

    /** Σ aᵢ bᵢ, in four interleaved sums, so that an addition need not wait for the one before. */
    static double dot(double[] a, int aAt, double[] b, int bAt, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            s0 += a[aAt + i] * b[bAt + i];
            s1 += a[aAt + i + 1] * b[bAt + i + 1];
            s2 += a[aAt + i + 2] * b[bAt + i + 2];
            s3 += a[aAt + i + 3] * b[bAt + i + 3];
        }
        for (; i < n; i++) {
            s0 += a[aAt + i] * b[bAt + i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /** y ← y + factor x. */
    static void add(double factor, double[] x, int xAt, double[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] += factor * x[xAt + i];
        }
    }

    static void scale(double factor, double[] x, int xAt, int n) {
        for (int i = 0; i < n; i++) {
            x[xAt + i] *= factor;
        }
    }

    /** (x, y) ← (c x − s y, s x + c y): a rotation of two rows. */
    static void rotate(double c, double s, double[] x, int xAt, double[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            double left = x[xAt + i];
            double right = y[yAt + i];
            x[xAt + i] = c * left - s * right;
            y[yAt + i] = s * left + c * right;
        }
    }

    static void swap(double[] a, int i, int j, int n) {
        for (int k = 0; k < n; k++) {
            double kept = a[i + k];
            a[i + k] = a[j + k];
            a[j + k] = kept;
        }
    }

    static double[] transposed(double[] a, int rows, int columns) {
        var t = new double[a.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                t[j * rows + i] = a[i * columns + j];
            }
        }
        return t;
    }

    /** A B for A of m × k and B of k × n. */
    static double[] product(double[] a, double[] b, int m, int k, int n) {
        var c = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int l = 0; l < k; l++) {
                add(a[i * k + l], b, l * n, c, i * n, n);
            }
        }
        return c;
    }

    static double[] identity(int n) {
        var unit = new double[n * n];
        for (int i = 0; i < n; i++) {
            unit[i * n + i] = 1;
        }
        return unit;
    }

    /** The largest size of an element, 0 for none; throws when an element is NaN or infinite. */
    static double largest(double[] a) {
        double largest = 0;
        for (double x : a) {
            if (!Double.isFinite(x)) {
                throw new LinalgException("the matrix contains " + x,
                        "look for a division by zero or an overflow before, or for missing values in the data");
            }
            largest = Math.max(largest, Math.abs(x));
        }
        return largest;
    }

    /**
     * A power of two near 1/largest: multiplying by it loses nothing, and squares of what comes out neither overflow nor
     * vanish. 1 for a matrix of zeros.
     */
    static double unitScale(double largest) {
        return largest == 0 ? 1 : Math.scalb(1.0, Math.clamp(-Math.getExponent(largest), -1000, 1000));
    }

    /**
     * The sign that makes the largest element of a vector positive, so that a vector defined up to its sign comes out the
     * same on every machine. Of elements within 1e-6 of the largest the first counts, lest rounding decide.
     */
    static int sign(double[] v, int at, int n, int stride) {
        double largest = 0;
        for (int i = 0; i < n; i++) {
            largest = Math.max(largest, Math.abs(v[at + i * stride]));
        }
        for (int i = 0; i < n; i++) {
            if (Math.abs(v[at + i * stride]) >= largest * (1 - 1e-6)) {
                return v[at + i * stride] < 0 ? -1 : 1;
            }
        }
        return 1;
    }
}
