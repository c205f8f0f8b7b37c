package gradus.nn.linalg;

/**
 * A = Z T Zᴴ with T triangular and complex, from the real Schur form by one rotation for each 2 × 2 block.
 * All matrices n × n, row by row, real and imaginary parts apart.
 */
record ComplexTriangular(int n, double[] tRe, double[] tIm, double[] zRe, double[] zIm) {

    static ComplexTriangular of(Schur schur) {
        int n = schur.n();
        var complex = new ComplexTriangular(n, schur.t().clone(), new double[n * n], Rows.transposed(schur.zt(), n, n),
                new double[n * n]);
        for (int k = n - 2; k >= 0; k--) {
            if (schur.t()[(k + 1) * n + k] != 0) {
                complex.split(k);
            }
        }
        return complex;
    }

    /** Makes the block at {@code k}, (a, b; c, d), triangular: G T Gᴴ with G = (μ̄, c; −c, μ)/r, μ = λ − d, r² = |μ|² + c². */
    private void split(int k) {
        double half = (tRe[k * n + k] - tRe[(k + 1) * n + k + 1]) / 2;
        double c = tRe[(k + 1) * n + k];
        double imaginary = Math.sqrt(Math.max(0, -(half * half + tRe[k * n + k + 1] * c)));
        double r = Math.hypot(Math.hypot(half, imaginary), c);
        double p = half / r;
        double q = imaginary / r;
        double s = c / r;
        for (int j = k; j < n; j++) {              // rows: G T
            rotate(tRe, tIm, k * n + j, (k + 1) * n + j, p, -q, s);
        }
        for (int i = 0; i < n; i++) {              // columns: T Gᴴ, Z Gᴴ
            if (i <= k + 1) {
                rotate(tRe, tIm, i * n + k, i * n + k + 1, p, q, s);
            }
            rotate(zRe, zIm, i * n + k, i * n + k + 1, p, q, s);
        }
        tRe[(k + 1) * n + k] = 0;
        tIm[(k + 1) * n + k] = 0;
    }

    /** (x, y) ← ((p + iq) x + s y, −s x + (p − iq) y). */
    private static void rotate(double[] re, double[] im, int x, int y, double p, double q, double s) {
        double xRe = re[x];
        double xIm = im[x];
        double yRe = re[y];
        double yIm = im[y];
        re[x] = p * xRe - q * xIm + s * yRe;
        im[x] = p * xIm + q * xRe + s * yIm;
        re[y] = p * yRe + q * yIm - s * xRe;
        im[y] = p * yIm - q * yRe - s * xIm;
    }

    /** The eigenvectors of T as columns of an upper triangular matrix: real parts, imaginary parts. */
    double[][] eigenvectors() {
        double size = Math.max(Rows.largest(tRe), Rows.largest(tIm));
        double smallest = Math.max(Rows.EPSILON * size, 1e-300);
        var columns = new double[2][n * n];   // eigenvector k in row k while it is made
        for (int k = 0; k < n; k++) {
            int at = k * n;
            var re = columns[0];
            var im = columns[1];
            re[at + k] = 1;
            for (int i = k - 1; i >= 0; i--) {
                int row = i * n + i + 1;
                double sumRe = Rows.dot(tRe, row, re, at + i + 1, k - i) - Rows.dot(tIm, row, im, at + i + 1, k - i);
                double sumIm = Rows.dot(tRe, row, im, at + i + 1, k - i) + Rows.dot(tIm, row, re, at + i + 1, k - i);
                double dRe = tRe[k * n + k] - tRe[i * n + i];
                double dIm = tIm[k * n + k] - tIm[i * n + i];
                if (Math.hypot(dRe, dIm) < smallest) {   // the same eigenvalue again: as if one differed in its last bit
                    dRe = smallest;
                    dIm = 0;
                }
                double square = dRe * dRe + dIm * dIm;
                re[at + i] = (sumRe * dRe + sumIm * dIm) / square;
                im[at + i] = (sumIm * dRe - sumRe * dIm) / square;
                double length = Math.max(Math.abs(re[at + i]), Math.abs(im[at + i]));
                if (length > 1e100) {
                    Rows.scale(1 / length, re, at + i, k - i + 1);
                    Rows.scale(1 / length, im, at + i, k - i + 1);
                }
            }
        }
        return new double[][] {Rows.transposed(columns[0], n, n), Rows.transposed(columns[1], n, n)};
    }
}
