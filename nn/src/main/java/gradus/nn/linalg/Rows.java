package gradus.nn.linalg;

/** What the factorisations do all day: to rows of a matrix, which lie in one piece. A matrix is row-major without gaps. */
final class Rows {

    /** The distance from 1 to the next double, 2⁻⁵². */
    static final double EPSILON = Math.ulp(1.0);

    /** How many interleaved sums a dot product is made of. */
    static final int LANES = 16;

    // VectorRows must not be touched without the module: its loading would fail
    private static final boolean VECTORS = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

    private Rows() {
    }

    /** Σ aᵢ bᵢ: from {@link #LANES} terms on in as many interleaved sums, then the rest. */
    static double dot(double[] a, int aAt, double[] b, int bAt, int n) {
        double sum = 0;
        int i = 0;
        if (n >= LANES) {
            var lanes = new double[LANES];
            i = VECTORS ? VectorRows.dot(a, aAt, b, bAt, n, lanes) : interleaved(a, aAt, b, bAt, n, lanes);
            for (int half = LANES / 2; half > 0; half /= 2) {
                for (int k = 0; k < half; k++) {
                    lanes[k] += lanes[k + half];
                }
            }
            sum = lanes[0];
        }
        for (; i < n; i++) {
            sum = Math.fma(a[aAt + i], b[bAt + i], sum);
        }
        return sum;
    }

    private static int interleaved(double[] a, int aAt, double[] b, int bAt, int n, double[] lanes) {
        int end = n - n % LANES;
        for (int i = 0; i < end; i++) {
            lanes[i % LANES] = Math.fma(a[aAt + i], b[bAt + i], lanes[i % LANES]);
        }
        return end;
    }

    /** y ← y + factor x. */
    static void add(double factor, double[] x, int xAt, double[] y, int yAt, int n) {
        for (int i = VECTORS ? VectorRows.add(factor, x, xAt, y, yAt, n) : 0; i < n; i++) {
            y[yAt + i] = Math.fma(x[xAt + i], factor, y[yAt + i]);
        }
    }

    /** y ← y + Σⱼ factors[at + j] · row j of X, for {@code count} rows of X, which lie n apart, in ascending order of j. */
    static void addAll(double[] factors, int at, int count, double[] x, int xAt, double[] y, int yAt, int n) {
        int j = 0;
        for (; VECTORS && j + 3 < count; j += 4) {
            for (int i = VectorRows.addFour(factors, at + j, x, xAt + j * n, y, yAt, n); i < n; i++) {
                double sum = y[yAt + i];
                for (int k = j; k < j + 4; k++) {
                    sum = Math.fma(x[xAt + k * n + i], factors[at + k], sum);
                }
                y[yAt + i] = sum;
            }
        }
        for (; j < count; j++) {
            add(factors[at + j], x, xAt + j * n, y, yAt, n);
        }
    }

    static void scale(double factor, double[] x, int xAt, int n) {
        for (int i = 0; i < n; i++) {
            x[xAt + i] *= factor;
        }
    }

    /** (x, y) ← (c x − s y, s x + c y): a rotation of two rows. */
    static void rotate(double c, double s, double[] x, int xAt, double[] y, int yAt, int n) {
        for (int i = VECTORS ? VectorRows.rotate(c, s, x, xAt, y, yAt, n) : 0; i < n; i++) {
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
            addAll(a, i * k, k, b, 0, c, i * n, n);
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
