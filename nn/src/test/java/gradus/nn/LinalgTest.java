package gradus.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Linalg.Norm;
import gradus.nn.grad.GradCheck;
import gradus.nn.grad.Gradients;
import gradus.nn.linalg.LinalgException;
import java.util.Arrays;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Linear algebra as a notebook calls it: PyTorch's values and gradients (golden_linalg.py), and what happens at the edges. */
class LinalgTest {

    private static Tensor matrix(int columns, double... values) {
        return Tensor.of(new Shape(values.length / columns, columns), values);
    }

    /** All of these, each element with the weight that the golden file has for it, summed. */
    private static Tensor weighted(Function<String, Tensor> in, Tensor... results) {
        var sum = Tensor.scalar(0, DType.FLOAT64);
        for (int i = 0; i < results.length; i++) {
            sum = sum.plus(results[i].times(in.apply("w" + i)).sum());
        }
        return sum;
    }

    private static void golden(String name, Function<Tensor, Tensor[]> f) {
        GoldenTest.check("linalg." + name, DType.FLOAT64, in -> weighted(in, f.apply(in.apply("a"))), "a");
    }

    private static void goldenOfOne(String name, UnaryOperator<Tensor> f) {
        golden(name, a -> new Tensor[] {f.apply(a)});
    }

    private static void goldenOfTwo(String name, BinaryOperator<Tensor> f) {
        GoldenTest.check("linalg." + name, DType.FLOAT64, in -> weighted(in, f.apply(in.apply("a"), in.apply("b"))), "a", "b");
    }

    @Test
    void systemsAndDeterminantsArePyTorchs() {
        goldenOfTwo("solve", Tensor::solve);
        goldenOfTwo("solve.batch", Linalg::solve);
        goldenOfTwo("lstsq", Linalg::lstsq);
        goldenOfTwo("kron", Linalg::kron);
        goldenOfOne("inverse", Tensor::inverse);
        goldenOfOne("det", Tensor::det);
        goldenOfOne("slogdet", a -> Linalg.slogdet(a).logAbs());
        goldenOfOne("matrixExp", Linalg::matrixExp);
        goldenOfOne("cholesky", a -> Linalg.cholesky(a.matmul(a.t()).plus(Linalg.eye(4, DType.FLOAT64).times(2))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"square", "tall", "wide", "batch"})
    void factorisationsArePyTorchs(String form) {
        golden("lu." + form, a -> new Tensor[] {Linalg.lu(a).l(), Linalg.lu(a).u()});
        golden("qr." + form, a -> new Tensor[] {Linalg.qr(a).q(), Linalg.qr(a).r()});
        golden("svd." + form, a -> new Tensor[] {Linalg.svd(a).u(), Linalg.svd(a).s(), Linalg.svd(a).vt()});
        goldenOfOne("pinv." + form, Linalg::pinv);
    }

    @Test
    void eigenvaluesArePyTorchs() {
        golden("eigh", a -> {
            var eigh = Linalg.eigh(a.plus(a.t()).times(0.5));
            return new Tensor[] {eigh.values(), eigh.vectors()};
        });
        golden("eigvals", a -> new Tensor[] {Linalg.eigvals(a).re(), Linalg.eigvals(a).im()});
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void normsArePyTorchs(Norm norm) {
        goldenOfOne("norm." + norm, a -> Linalg.matrixNorm(a, norm));
        goldenOfOne("cond." + norm, a -> Linalg.cond(a, norm));
    }

    @Test
    void float32GradientsAreThoseOfFloat64UpToRounding() {
        var a = Linalg.eye(3, DType.FLOAT64).plus(matrix(3, 0.3, -0.2, 0.5, 0.1, 0.4, -0.6, 0.2, 0.2, -0.1));
        for (UnaryOperator<Tensor> f : Arrays.<UnaryOperator<Tensor>>asList(Tensor::inverse, Tensor::det, Linalg::svdvals,
                Linalg::matrixExp, x -> Linalg.svd(x).u(), x -> Linalg.qr(x).q(), x -> Linalg.eigvals(x).re(),
                x -> Linalg.eigh(x.plus(x.t())).vectors(), Linalg::pinv, x -> Linalg.lu(x).l())) {
            var exact = Tensor.parameter(a);
            var single = Tensor.parameter(a.as(DType.FLOAT32));
            var expected = Gradients.of(f.apply(exact).square().square().sum(), exact)[0];
            var actual = Gradients.of(f.apply(single).square().square().sum(), single)[0];
            assertEquals(DType.FLOAT32, actual.dtype());
            // condition numbers below 5, gaps of eigenvalues above 0.2: some hundred roundings of 2⁻²⁴
            assertArrayEquals(expected.toDoubleArray(), actual.toDoubleArray(), 5e-6 * expected.abs().max().item());
        }
    }

    @Test
    void aVectorIsAColumn() {
        var a = matrix(2, 2, 1, 1, 3);
        assertArrayEquals(new double[] {1, 2}, a.solve(Tensor.of(4, 7)).toDoubleArray(), 1e-15);
        assertEquals(new Shape(2), a.solve(Tensor.of(4, 7)).shape());
        assertEquals(new Shape(5, 2), Linalg.eye(2).broadcastTo(new Shape(5, 2, 2)).solve(Tensor.of(4, 7)).shape());
        assertArrayEquals(new double[] {3, 4, 6, 8}, Linalg.outer(Tensor.of(1, 2), Tensor.of(3, 4)).toDoubleArray());
        assertEquals(5, a.trace().item());
    }

    private static String refused(Supplier<Tensor> what) {
        return assertThrows(LinalgException.class, what::get).getMessage();
    }

    @Test
    void whatAMatrixCannotGiveIsRefusedWithAWayOut() {
        var singular = matrix(2, 1, 2, 2, 4);
        for (Supplier<Tensor> what : Arrays.<Supplier<Tensor>>asList(singular::inverse, () -> singular.solve(Tensor.of(1, 1)),
                () -> Linalg.cholesky(singular.neg()), () -> Linalg.eigh(matrix(2, 1, 2, 3, 4)).values(),
                () -> Linalg.solveTriangular(matrix(2, 1, 2, 0, 0), Tensor.of(1, 1), true),
                () -> Linalg.svdvals(matrix(2, 1, Double.NaN, 0, 0)))) {
            assertTrue(refused(what).contains("\nhelp: "));
        }
        assertTrue(refused(singular::inverse).startsWith("inverse: the matrix [2, 2] is singular: column 1"));
        assertTrue(refused(() -> Tensor.stack(0, Linalg.eye(2, DType.FLOAT64), singular).inverse())
                .startsWith("inverse of matrix 1 of 2: "));
        assertTrue(refused(() -> Linalg.eigh(matrix(2, 1, 2, 3, 4)).values()).contains("[1, 0] is 3.0, [0, 1] is 2.0"));
    }

    @Test
    void aSingularMatrixHasADeterminantWithGradient() {
        var a = Tensor.parameter(matrix(3, 1, 2, 3, 4, 5, 6, 7, 8, 9));
        assertArrayEquals(new double[] {-3, 6, -3, 6, -12, 6, -3, 6, -3}, Gradients.of(a.det(), a)[0].toDoubleArray(), 1e-13);
        var slogdet = Linalg.slogdet(matrix(2, 1, 2, 2, 4));
        assertEquals(0, slogdet.sign().item());
        assertEquals(Double.NEGATIVE_INFINITY, slogdet.logAbs().item());
        assertEquals(-2, Linalg.slogdet(matrix(2, 1, 2, 3, 4)).sign().times(Linalg.slogdet(matrix(2, 1, 2, 3, 4)).logAbs().exp())
                .item(), 1e-14);
    }

    @Test
    void repeatedEigenvaluesHaveGradientsWhereTheBasisDoesNotMatter() {
        var a = Tensor.parameter(matrix(3, 2, 0, 0, 0, 2, 0, 0, 0, 5));
        var eigh = Linalg.eigh(a);
        assertArrayEquals(new double[] {Math.exp(2), 0, 0, 0, Math.exp(2), 0, 0, 0, Math.exp(5)},   // of tr e^A
                Gradients.of(eigh.values().exp().sum(), a)[0].toDoubleArray(), 1e-12);
        var plane = eigh.vectors().slice(1, 0, 2);
        var weights = matrix(3, 1, 2, 3, 2, 4, 5, 3, 5, 6);
        // of Σ C ⊙ P with the projector P on the plane of the two: −Cᵢₖ / (5 − 2) between it and the third vector
        assertArrayEquals(new double[] {0, 0, -1, 0, 0, -5.0 / 3, -1, -5.0 / 3, 0},
                Gradients.of(plane.matmul(plane.t()).times(weights).sum(), a)[0].toDoubleArray(), 1e-14);
        assertTrue(refused(() -> Gradients.of(eigh.vectors().times(matrix(3, 1, 2, 3, 4, 5, 6, 7, 8, 9)).sum(), a)[0])
                .startsWith("eigh backward: values that coincide"));
        // of Σ C ⊙ e^A, whose derivative between the two is a limit that their vectors do not tell
        var exponential = eigh.vectors().times(eigh.values().exp().reshape(1, 3)).matmul(eigh.vectors().t());
        assertTrue(refused(() -> Gradients.of(exponential.times(weights).sum(), a)[0]).contains("coincide"));
    }

    @Test
    void thePolarFactorHasAGradientWhereSingularValuesCoincide() {
        var rotation = matrix(2, 0.6, -0.8, 0.8, 0.6);
        var a = Tensor.parameter(rotation);
        var svd = Linalg.svd(a);
        // at a rotation Q the derivative along Q W is Q (W − Wᵀ)/2
        assertArrayEquals(new double[] {0.5 * 0.8, 0.5 * 0.6, -0.5 * 0.6, 0.5 * 0.8},
                Gradients.of(svd.u().matmul(svd.vt()).times(rotation.matmul(matrix(2, 0, 1, 0, 0))).sum(), a)[0].toDoubleArray(), 1e-14);
    }

    @Test
    void aMatrixOfLowRankHasGradientsOfItsSingularValuesAndOfItsNormsAtZero() {
        var a = Tensor.parameter(matrix(2, 1, 2, 2, 4, 3, 6));
        assertArrayEquals(new double[] {0.1195229, 0.2390457, 0.2390457, 0.4780914, 0.3585686, 0.7171372},
                Gradients.of(Linalg.svd(a).s().slice(0, 0, 1).sum(), a)[0].toDoubleArray(), 1e-6);
        assertEquals(1, Linalg.matrixRank(a).item());
        var zero = Tensor.parameter(Tensor.full(0, new Shape(2, 2), DType.FLOAT64));
        assertArrayEquals(new double[4], Gradients.of(Linalg.matrixNorm(zero), zero)[0].toDoubleArray());
        assertEquals(Double.POSITIVE_INFINITY, Linalg.cond(matrix(2, 1, 0, 0, 0)).item());
    }

    @Test
    void secondDerivativesOfGeneralEigenvaluesAreRefused() {
        var a = Tensor.parameter(matrix(2, 1, 2, 3, 4));
        var gradient = Gradients.withGraph(Linalg.eigvals(a).re().square().sum(), a)[0];
        assertTrue(refused(() -> Gradients.of(gradient.square().sum(), a)[0]).startsWith("eigvals: the second derivative"));
        assertTrue(GradCheck.checkTwice(1e-5, x -> Linalg.eigh(x[0].plus(x[0].t())).values(), a).passed());
    }

    @Test
    void approximationsOfLowRankAreTheNearest() {
        var a = matrix(3, 4, 0, 1, 2, 3, -1, 0, 5, 2, 1, 1, 1);
        var svd = Linalg.svd(a);
        var rest = a.minus(svd.approximation(2));
        assertEquals(svd.s().at(2), Linalg.matrixNorm(rest, Norm.TWO).item(), 1e-14);
        assertEquals(2, Linalg.matrixRank(svd.approximation(2)).item());
    }

    @Test
    void powersGrowByTheSpectralRadius() {
        var a = matrix(2, 0.5, 1, 0, -0.9);
        assertEquals(0.9, Linalg.spectralRadius(a).item(), 1e-15);
        var found = Linalg.powerIteration(a, 200);
        assertEquals(-0.9, found.value().item(), 1e-12);
        assertArrayEquals(new double[2], a.matmul(found.vector().reshape(-1, 1)).reshape(-1)
                .plus(found.vector().times(0.9)).toDoubleArray(), 1e-12);
    }

    @Test
    void aCompiledStepGivesTheSameAndRefusesTheSame() {
        UnaryOperator<Tensor> f = a -> {
            var x = Tensor.parameter(a);
            var svd = Linalg.svd(x);
            return Gradients.of(svd.u().times(svd.vt()).sum().plus(x.inverse().trace()).plus(x.det())
                    .plus(Linalg.eigh(x.plus(x.t())).vectors().sum()).plus(Linalg.matrixExp(x).sum()), x)[0];
        };
        var compiled = Nn.compile(f);
        for (int i = 0; i < 6; i++) {
            var a = matrix(2, 1 + 0.1 * i, 0.3, -0.5, 2 - 0.2 * i);
            assertArrayEquals(f.apply(a).toDoubleArray(), compiled.apply(a).toDoubleArray());
        }
        assertTrue(refused(() -> compiled.apply(matrix(2, 1, 2, 2, 4))).contains("is singular"));
    }

    @Test
    void nothingHasItsNeutralResult() {
        var none = Tensor.full(0, new Shape(0, 0), DType.FLOAT64);
        assertEquals(1, none.det().item());
        assertEquals(0, none.trace().item());
        assertEquals(0, Linalg.matrixNorm(none, Norm.NUCLEAR).item());
        assertEquals(new Shape(0), Linalg.eigh(none).values().shape());
        assertEquals(new Shape(0, 3, 3), Tensor.zeros(0, 3, 3).inverse().shape());
        assertEquals(0, Linalg.matrixRank(Tensor.zeros(3, 0)).item());
    }
}
