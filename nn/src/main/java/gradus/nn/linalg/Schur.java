package gradus.nn.linalg;

/**
 * A = Z T Zᵀ for a real square A: T is triangular but for 2 × 2 blocks on its diagonal, which hold conjugate pairs of
 * eigenvalues. By Householder reduction to Hessenberg form and Francis' double-shift QR steps.
 *
 * @param t       n × n, row by row; above the blocks nothing of use when it is not {@code whole}
 * @param zt      Zᵀ, the identity when it is not {@code whole}
 * @param whole   whether more than the blocks, that is, the eigenvalues, is wanted
 * @see <a href="https://doi.org/10.56021/9781421407944">Golub and Van Loan, Matrix Computations, §7.4 and §7.5</a>
 */
record Schur(int n, double[] t, double[] zt, boolean whole) {

    private static final int MOST_STEPS = 100;   // per eigenvalue; three are usual

    static Schur of(double[] a, int n, boolean whole) {
        var schur = new Schur(n, a.clone(), Rows.identity(n), whole);
        schur.toHessenberg();
        schur.toTriangular();
        return schur;
    }

    private void toHessenberg() {
        for (int k = 0; k + 2 < n; k++) {
            int m = n - k - 1;
            var v = new double[m];
            for (int i = 0; i < m; i++) {
                v[i] = t[(k + 1 + i) * n + k];
            }
            double beta = householder(v);
            reflectRows(t, k + 1, v, beta, k);
            for (int row = 0; row < n; row++) {
                int at = row * n + k + 1;
                Rows.add(-beta * Rows.dot(t, at, v, 0, m), v, 0, t, at, m);
            }
            if (whole) {
                reflectRows(zt, k + 1, v, beta, 0);
            }
            for (int i = k + 2; i < n; i++) {
                t[i * n + k] = 0;
            }
        }
    }

    /** Turns v into the vector whose reflection I − β v vᵀ makes a multiple of the first unit vector of it; returns β. */
    private static double householder(double[] v) {
        double tail = Rows.dot(v, 1, v, 1, v.length - 1);
        if (tail < 1e-290) {
            return 0;
        }
        v[0] += Math.copySign(Math.sqrt(v[0] * v[0] + tail), v[0]);
        return 2 / (v[0] * v[0] + tail);
    }

    /** A ← (I − β v vᵀ) A on the rows from {@code first} and the columns from {@code from}. */
    private void reflectRows(double[] a, int first, double[] v, double beta, int from) {
        int width = n - from;
        var along = new double[width];
        for (int i = 0; i < v.length; i++) {
            Rows.add(beta * v[i], a, (first + i) * n + from, along, 0, width);
        }
        for (int i = 0; i < v.length; i++) {
            Rows.add(-v[i], along, 0, a, (first + i) * n + from, width);
        }
    }

    private void toTriangular() {
        double size = 0;
        for (double x : t) {
            size = Math.max(size, Math.abs(x));
        }
        int high = n - 1;
        int step = 0;
        while (high > 0) {
            int low = high;
            while (low > 0 && !negligible(low, size)) {
                low--;
            }
            if (low > 0) {
                t[low * n + low - 1] = 0;
            }
            if (high - low <= 1) {
                if (low < high) {
                    split(low);
                }
                high = low - 1;
                step = 0;
            } else if (step++ == MOST_STEPS) {
                throw new LinalgException("the eigenvalues of the matrix [" + n + ", " + n + "] did not converge",
                        "scale the matrix so that its elements are near 1");
            } else {
                francis(low, high, step);
            }
        }
    }

    private boolean negligible(int i, double size) {
        double beside = Math.abs(t[(i - 1) * n + i - 1]) + Math.abs(t[i * n + i]);
        return Math.abs(t[i * n + i - 1]) <= Rows.EPSILON * (beside == 0 ? size : beside);
    }

    /** One double step on rows and columns low … high: shifts are the eigenvalues of the last 2 × 2 block. */
    private void francis(int low, int high, int step) {
        double trace = t[(high - 1) * n + high - 1] + t[high * n + high];
        double det = t[(high - 1) * n + high - 1] * t[high * n + high] - t[(high - 1) * n + high] * t[high * n + high - 1];
        if (step % 10 == 0) {   // another shift, should the usual one run in a circle
            double odd = Math.abs(t[high * n + high - 1]) + Math.abs(t[(high - 1) * n + high - 2]);
            trace = 2 * t[high * n + high] + 1.5 * odd;
            det = (t[high * n + high] + 0.75 * odd) * (t[high * n + high] + 0.75 * odd) + 0.4375 * odd * odd;
        }
        double first = t[low * n + low];
        double below = t[(low + 1) * n + low];
        double x = first * first + t[low * n + low + 1] * below - trace * first + det;
        double y = below * (first + t[(low + 1) * n + low + 1] - trace);
        double z = below * t[(low + 2) * n + low + 1];
        for (int k = low; k < high; k++) {
            int last = Math.min(k + 2, high);
            double scale = Math.max(Math.abs(x), Math.max(Math.abs(y), Math.abs(z)));
            if (scale > 0) {
                var v = new double[] {x / scale, y / scale, last - k == 2 ? z / scale : 0};
                bulge(k, last, v, householder(v), low, high);
            }
            if (k > low) {
                for (int i = k + 1; i <= last; i++) {
                    t[i * n + k - 1] = 0;
                }
            }
            if (k + 1 < high) {
                x = t[(k + 1) * n + k];
                y = t[(k + 2) * n + k];
                z = k + 3 <= high ? t[(k + 3) * n + k] : 0;
            }
        }
    }

    /**
     * Reflects rows and columns k, k + 1 and {@code last}, where they are not zero: beyond low … high only of the whole form.
     * With last = k + 1 the third element of v is 0.
     */
    private void bulge(int k, int last, double[] v, double beta, int low, int high) {
        double v0 = v[0];
        double v1 = v[1];
        double v2 = v[2];
        for (int j = Math.max(k - 1, low); j < (whole ? n : high + 1); j++) {
            threeRows(t, k * n + j, last * n + j, v0, v1, v2, beta);
        }
        for (int row = whole ? 0 : low; row <= Math.min(k + 3, high); row++) {
            int at = row * n + k;
            int third = row * n + last;
            double along = beta * (v0 * t[at] + v1 * t[at + 1] + v2 * t[third]);
            t[at] -= along * v0;
            t[at + 1] -= along * v1;
            t[third] -= along * v2;
        }
        for (int j = 0; whole && j < n; j++) {
            threeRows(zt, k * n + j, last * n + j, v0, v1, v2, beta);
        }
    }

    private void threeRows(double[] a, int at, int third, double v0, double v1, double v2, double beta) {
        double along = beta * (v0 * a[at] + v1 * a[at + n] + v2 * a[third]);
        a[at] -= along * v0;
        a[at + n] -= along * v1;
        a[third] -= along * v2;
    }

    /** Makes the 2 × 2 block at {@code k} triangular when its eigenvalues are real. */
    private void split(int k) {
        double a = t[k * n + k];
        double b = t[k * n + k + 1];
        double c = t[(k + 1) * n + k];
        double d = t[(k + 1) * n + k + 1];
        double half = (a - d) / 2;
        double discriminant = half * half + b * c;
        if (discriminant < 0) {
            return;
        }
        double root = half + Math.copySign(Math.sqrt(discriminant), half);   // λ − d for the eigenvalue farther from d
        double norm = Math.hypot(root, c);
        if (norm == 0) {
            return;
        }
        double cosine = root / norm;                                         // (λ − d, c) is the eigenvector
        double sine = c / norm;
        Rows.rotate(cosine, -sine, t, k * n, t, (k + 1) * n, n);
        for (int row = 0; row <= k + 1; row++) {
            double left = t[row * n + k];
            double right = t[row * n + k + 1];
            t[row * n + k] = cosine * left + sine * right;
            t[row * n + k + 1] = cosine * right - sine * left;
        }
        t[(k + 1) * n + k] = 0;
        Rows.rotate(cosine, -sine, zt, k * n, zt, (k + 1) * n, n);
    }
}
