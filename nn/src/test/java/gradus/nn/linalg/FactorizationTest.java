package gradus.nn.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Seed;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each factorisation gives the matrix back, from factors of the promised form, up to n ε ‖A‖. */
class FactorizationTest {

    private static double[] random(int rows, int columns) {
        var numbers = new Seed(rows).stream("linalg" + columns);
        return IntStream.range(0, rows * columns).mapToDouble(i -> numbers.normal()).toArray();
    }

    /** A matrix of this rank with singular values 1, 10⁻¹, 10⁻², … */
    private static double[] graded(int n, int rank) {
        var left = Qr.of(random(n, n), n, n).q(n);
        var right = Qr.of(random(n, n + 1), n, n + 1).q(n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                left[i * n + j] *= j < rank ? Math.pow(10, -j) : 0;
            }
        }
        return Rows.product(left, right, n, n, n);
    }

    private static void equal(double[] expected, double[] actual, int n) {
        double size = 1e-300;
        for (double x : expected) {
            size = Math.max(size, Math.abs(x));
        }
        assertArrayEquals(expected, actual, 20 * (n + 1) * Rows.EPSILON * size);
    }

    private static void orthonormalRows(double[] q, int rows, int columns) {
        equal(Rows.identity(rows), Rows.product(q, Rows.transposed(q, rows, columns), rows, columns, rows), columns);
    }

    private static double[] diagonal(double[] values) {
        int n = values.length;
        var d = new double[n * n];
        for (int i = 0; i < n; i++) {
            d[i * n + i] = values[i];
        }
        return d;
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "5,5", "7,3", "3,7", "60,60", "1,4", "4,1"})
    void luGivesBackTheRowsInTheirOrder(int m, int n) {
        var a = random(m, n);
        var lu = Lu.of(a, m, n);
        int k = Math.min(m, n);
        var l = new double[m * k];
        var u = new double[k * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                if (j < i && j < k) {
                    l[i * k + j] = lu.factors()[i * n + j];
                    assertTrue(Math.abs(l[i * k + j]) <= 1);
                } else if (i <= j && i < k) {
                    u[i * n + j] = lu.factors()[i * n + j];
                }
            }
            if (i < k) {
                l[i * k + i] = 1;
            }
        }
        var permuted = new double[m * n];
        for (int i = 0; i < m; i++) {
            System.arraycopy(a, lu.order()[i] * n, permuted, i * n, n);
        }
        equal(permuted, Rows.product(l, u, m, k, n), m);
    }

    @Test
    void aPivotThatIsOnlyRoundingIsSingularAndASmallOneIsNot() {
        assertEquals(2, Lu.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3).singularAt());
        assertEquals(-1, Lu.of(new double[] {1, 0, 0, 1e-20}, 2, 2).singularAt());
        assertArrayEquals(new double[] {1, 1e20}, Lu.of(new double[] {1, 0, 0, 1e-20}, 2, 2).solve(new double[] {1, 1}, 1));
        var refused = assertThrows(LinalgException.class, () -> Lu.of(new double[] {1, 2, 2, 4}, 2, 2).inverse());
        assertTrue(refused.getMessage().contains("is singular: column 1") && refused.getMessage().contains("\nhelp: Linalg.lstsq"));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "4,0", "1,1", "5,5", "7,3", "3,7", "60,40"})
    void qrHasOrthonormalColumnsAndANonNegativeDiagonal(int m, int n) {
        var a = random(m, n);
        for (boolean pivoting : new boolean[] {false, true}) {
            var qr = Qr.of(a, m, n, pivoting);
            orthonormalRows(Rows.transposed(qr.q(m), m, m), m, m);
            var product = Rows.product(qr.q(Math.min(m, n)), qr.r(Math.min(m, n)), m, Math.min(m, n), n);
            var ordered = new double[m * n];
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    ordered[i * n + qr.order()[j]] = product[i * n + j];
                }
            }
            equal(a, ordered, m);
            for (int i = 0; i < Math.min(m, n); i++) {
                assertTrue(qr.r(m)[i * n + i] >= 0);
            }
        }
    }

    @Test
    void choleskyFindsTheFirstMinorThatIsNotPositive() {
        assertArrayEquals(new double[] {2, 0, 1, 3}, Cholesky.lower(new double[] {4, 2, 2, 10}, 2));
        var refused = assertThrows(LinalgException.class, () -> Cholesky.lower(new double[] {1, 2, 2, 1}, 2));
        assertTrue(refused.getMessage().contains("leading minor of order 2"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 10, 80})
    void symmetricEigenvaluesAscendAndVectorsAreOrthonormal(int n) {
        var b = random(n, n);
        var a = new double[n * n];
        for (int i = 0; i < n * n; i++) {
            a[i] = b[i] + Rows.transposed(b, n, n)[i];
        }
        var eigen = SymmetricEigen.of(a, n);
        var vt = Rows.transposed(eigen.vectors(), n, n);
        orthonormalRows(vt, n, n);
        equal(a, Rows.product(Rows.product(eigen.vectors(), diagonal(eigen.values()), n, n, n), vt, n, n, n), n);
        for (int i = 1; i < n; i++) {
            assertTrue(eigen.values()[i - 1] <= eigen.values()[i]);
        }
    }

    @Test
    void repeatedAndZeroEigenvaluesConverge() {
        assertArrayEquals(new double[] {3, 3, 3}, SymmetricEigen.of(diagonal(new double[] {3, 3, 3}), 3).values());
        var ones = new double[30 * 30];
        Arrays.fill(ones, 1);
        var values = SymmetricEigen.of(ones, 30).values();
        assertEquals(30, values[29], 1e-13);
        assertEquals(0, values[28], 1e-13);
        assertArrayEquals(new double[4], SymmetricEigen.of(new double[16], 4).values());
    }

    @ParameterizedTest
    @CsvSource({"0,0", "3,0", "1,1", "5,5", "7,3", "3,7", "60,40", "1,6"})
    void singularValuesFallAndBothSidesAreOrthonormal(int m, int n) {
        var a = random(m, n);
        int k = Math.min(m, n);
        var svd = SingularValues.of(a, m, n);
        orthonormalRows(Rows.transposed(svd.u(), m, k), k, m);
        orthonormalRows(svd.vt(), k, n);
        equal(a, Rows.product(Rows.product(svd.u(), diagonal(svd.values()), m, k, k), svd.vt(), m, k, n), m + n);
        for (int i = 1; i < k; i++) {
            assertTrue(svd.values()[i - 1] >= svd.values()[i]);
        }
        equal(svd.values(), SingularValues.values(a, m, n), m);
    }

    @Test
    void aMatrixOfLowRankHasWholeBasesAndItsRank() {
        for (var a : new double[][] {graded(6, 3), new double[36], diagonal(new double[] {0, 2, 0, 1, 0, 0})}) {
            var svd = SingularValues.of(a, 6, 6);
            orthonormalRows(Rows.transposed(svd.u(), 6, 6), 6, 6);
            orthonormalRows(svd.vt(), 6, 6);
        }
        assertEquals(3, SingularValues.rank(SingularValues.values(graded(6, 3), 6, 6), 1e-14));
    }

    @Test
    void singularValuesOfBadlyScaledColumnsAreAccurateToTheirOwnSize() {
        int n = 4;   // an orthogonal matrix with columns scaled by 1, 1e-8, 1e-16, 1e-24 has these singular values
        var q = Qr.of(random(n, n), n, n).q(n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                q[i * n + j] *= Math.pow(10, -8 * j);
            }
        }
        var values = SingularValues.values(q, n, n);
        for (int j = 0; j < n; j++) {
            assertEquals(1, values[j] * Math.pow(10, 8 * j), 1e-14);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 10, 60})
    void schurFormIsTriangularButForPairs(int n) {
        var a = random(n, n);
        var schur = Schur.of(a, n, true);
        for (int i = 0; i < n; i++) {   // the eigenvalues alone have the same bits, and so the same order
            assertEquals(schur.t()[i * n + i], Schur.of(a, n, false).t()[i * n + i]);
        }
        orthonormalRows(schur.zt(), n, n);
        equal(a, Rows.product(Rows.product(Rows.transposed(schur.zt(), n, n), schur.t(), n, n, n), schur.zt(), n, n, n), 4 * n);
        for (int i = 2; i < n; i++) {
            for (int j = 0; j < i - 1; j++) {
                assertTrue(schur.t()[i * n + j] == 0);
            }
            assertTrue(schur.t()[i * n + i - 1] == 0 || schur.t()[(i - 1) * n + i - 2] == 0);
        }
    }

    /** Matrices that have made such algorithms fail: of whole numbers with many ties and zeros, of all scales, permutations. */
    private static double[] awkward(Seed.Stream numbers, int n) {
        int kind = numbers.below(5);
        double scale = Math.pow(10, numbers.below(3) * 100 - 100);
        var a = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                a[i * n + j] = scale * switch (kind) {
                    case 0 -> numbers.below(3) - 1;
                    case 1 -> j == (i + 1) % n ? 1 : 0;
                    case 2 -> Math.pow(10, -3 * Math.abs(i - j) - 2 * i);
                    case 3 -> (i + 1) * (j + 1) % 3;
                    default -> i >= j ? numbers.below(2) : 0;
                };
            }
        }
        return a;
    }

    @Test
    void awkwardMatricesConverge() {
        var numbers = new Seed(7).stream("awkward");
        for (int round = 0; round < 600; round++) {
            int n = 1 + numbers.below(9);
            var a = awkward(numbers, n);
            var svd = SingularValues.of(a, n, n);
            equal(a, Rows.product(Rows.product(svd.u(), diagonal(svd.values()), n, n, n), svd.vt(), n, n, n), n);
            orthonormalRows(svd.vt(), n, n);
            orthonormalRows(Rows.transposed(svd.u(), n, n), n, n);
            var qr = Qr.of(a, n, n, true);
            orthonormalRows(qr.q(n), n, n);
            var symmetric = new double[n * n];
            double trace = 0;
            for (int i = 0; i < n; i++) {
                trace += a[i * n + i];
                for (int j = 0; j < n; j++) {
                    symmetric[i * n + j] = 0.5 * (a[i * n + j] + a[j * n + i]);
                }
            }
            var eigen = SymmetricEigen.of(symmetric, n);
            var vt = Rows.transposed(eigen.vectors(), n, n);
            orthonormalRows(vt, n, n);
            equal(symmetric, Rows.product(Rows.product(eigen.vectors(), diagonal(eigen.values()), n, n, n), vt, n, n, n), n);
            double size = 1e-300;
            for (double x : a) {
                size = Math.max(size, Math.abs(x));
            }
            assertEquals(trace, Arrays.stream(GeneralEigen.of(a, n).re()).sum(), 100 * n * Rows.EPSILON * size);
        }
    }

    @Test
    void eigenvaluesOfKnownMatrices() {
        var rotation = GeneralEigen.of(new double[] {0, -2, 2, 0}, 2);
        assertArrayEquals(new double[] {0, 0}, rotation.re());
        assertArrayEquals(new double[] {-2, 2}, rotation.im());
        var cycle = GeneralEigen.of(new double[] {0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}, 4);   // fourth roots of 1
        assertArrayEquals(new double[] {-1, 0, 0, 1}, cycle.re(), 1e-14);
        assertArrayEquals(new double[] {0, -1, 1, 0}, cycle.im(), 1e-14);
        // the companion matrix of (x − 1)(x − 2) … (x − 5)
        var companion = GeneralEigen.of(new double[] {15, -85, 225, -274, 120, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0,
            0, 0, 0, 1, 0}, 5);
        assertArrayEquals(new double[] {1, 2, 3, 4, 5}, companion.re(), 1e-10);
        assertArrayEquals(new double[5], companion.im());
        // balancing: similar to a matrix with eigenvalues 1 and 3 through diag(1, 1e8)
        assertArrayEquals(new double[] {1, 3}, GeneralEigen.of(new double[] {2, 1e-8, 1e8, 2}, 2).re(), 1e-14);
    }

    @Test
    void aJordanBlockHasNoEigenvalueDerivative() {
        var refused = assertThrows(LinalgException.class, () -> GeneralEigen.gradient(new double[] {1, 1, 0, 1}, 2,
                new double[] {1, 1}, new double[2]));
        assertTrue(refused.getMessage().contains("too few eigenvectors"));
        assertArrayEquals(new double[] {1, 0, 0, 1}, GeneralEigen.gradient(new double[] {1, 0, 0, 1}, 2,
                new double[] {1, 1}, new double[2]));
        refused = assertThrows(LinalgException.class, () -> GeneralEigen.gradient(new double[] {1, 0, 0, 1}, 2,
                new double[] {1, 2}, new double[2]));
        assertTrue(refused.getMessage().contains("is repeated"));
    }

    @Test
    void exponentialsOfKnownMatrices() {
        assertArrayEquals(new double[] {1, 3, 0, 1}, MatrixExponential.of(new double[] {0, 3, 0, 0}, 2), 1e-15);
        for (double angle : new double[] {1, 30}) {
            var turned = MatrixExponential.of(new double[] {0, -angle, angle, 0}, 2);
            assertArrayEquals(new double[] {Math.cos(angle), -Math.sin(angle), Math.sin(angle), Math.cos(angle)}, turned, 1e-13);
        }
        assertEquals(1, MatrixExponential.of(new double[] {-20}, 1)[0] / Math.exp(-20), 1e-13);   // four squarings
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 15, 16, 17, 64, 101})
    void rowsHaveTheSameBitsWithVectorsAndWithout(int n) {
        var a = random(5, n + 3);
        var lanes = new double[Rows.LANES];
        int whole = n - n % Rows.LANES;
        for (int i = 0; i < whole; i++) {
            lanes[i % Rows.LANES] = Math.fma(a[1 + i], a[n + 3 + i], lanes[i % Rows.LANES]);
        }
        for (int half = Rows.LANES / 2; half > 0; half /= 2) {
            for (int k = 0; k < half; k++) {
                lanes[k] += lanes[k + half];
            }
        }
        double dot = lanes[0];
        var sum = new double[n];
        var turned = new double[2 * n];
        for (int i = 0; i < n; i++) {
            dot = i < whole ? dot : Math.fma(a[1 + i], a[n + 3 + i], dot);
            for (int j = 0; j < 5; j++) {
                sum[i] = Math.fma(a[j * n + i], a[n + j], sum[i]);
            }
            turned[i] = 0.6 * a[i] - 0.8 * a[n + i];
            turned[n + i] = 0.8 * a[i] + 0.6 * a[n + i];
        }
        assertEquals(dot, Rows.dot(a, 1, a, n + 3, n));
        var added = new double[n];
        Rows.addAll(a, n, 5, a, 0, added, 0, n);
        assertArrayEquals(sum, added);
        Rows.rotate(0.6, 0.8, a, 0, a, n, n);
        assertArrayEquals(turned, Arrays.copyOf(a, 2 * n));
    }

    @Test
    void notANumberIsNamed() {
        for (var refuse : new Runnable[] {() -> Lu.of(new double[] {Double.NaN}, 1, 1),
            () -> SymmetricEigen.of(new double[] {Double.POSITIVE_INFINITY}, 1),
            () -> SingularValues.values(new double[] {1, Double.NaN}, 2, 1)}) {
            assertTrue(assertThrows(LinalgException.class, refuse::run).getMessage().startsWith("the matrix contains "));
        }
    }
}
