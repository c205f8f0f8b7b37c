package gradus.nn.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.grad.GradCheck;
import gradus.nn.loss.Loss.Reduction;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Losses equal PyTorch's in float64, as losses.py prints them. */
class LossTest {

    private static final Tensor SCORES = matrix(0.5, -1.25, 2.0, 1.5, 0.25, -0.75, -2.0, 0.5, 0.125, 0.75, 0.75, -0.5);
    private static final Tensor SHARES = matrix(1.0, 2, 0.5, 0, 0, 1, 3, 1, 1, 0.5, 0.25, 2).softmax(-1);
    private static final Tensor OTHERS = matrix(1.0, 0.5, 2.0, -1.5, 0.25, 0.75, 2.0, 0.5, 0.125, 0, 0, 0);
    private static final Tensor LABELS = Tensor.indices(new Shape(4), 2, 0, 1, 0);
    private static final Tensor PARTIAL = Tensor.indices(new Shape(4), 2, -100, 1, 0);
    private static final Tensor WEIGHTS = Tensor.of(new Shape(3), new double[] {0.5, 2.0, 1.25});
    private static final Tensor P = vector(0.5, -1.25, 2.0, 3.5);
    private static final Tensor Y = vector(0.25, 1.0, 2.0, -1.0);
    private static final Tensor SIGNS = vector(1, -1, 1, -1);
    private static final Loss.CrossEntropy CROSS_ENTROPY = new Loss.CrossEntropy();

    private static Tensor matrix(double... values) {
        return Tensor.of(new Shape(4, 3), values);
    }

    private static Tensor vector(double... values) {
        return Tensor.of(new Shape(values.length), values);
    }

    private static void close(double expected, Tensor loss) {
        assertEquals(expected, loss.item(), 1e-14 * Math.abs(expected));
    }

    @Test
    void crossEntropyWithItsOptions() {
        close(0.5933612307569404, CROSS_ENTROPY.smoothing(0.1).of(SCORES, LABELS));
        close(0.4731477415505263, CROSS_ENTROPY.weights(WEIGHTS).of(SCORES, LABELS));
        close(0.6077725239551137, CROSS_ENTROPY.weights(WEIGHTS).smoothing(0.1).of(SCORES, LABELS));
        close(0.5434241045401791, CROSS_ENTROPY.ignoring(-100).of(SCORES, PARTIAL));
        close(0.5908835048177989, CROSS_ENTROPY.weights(WEIGHTS).smoothing(0.1).ignoring(-100).of(SCORES, PARTIAL));
        close(2.1352851139749323, CROSS_ENTROPY.smoothing(0.1).of(SCORES, SHARES));
        close(2.6921543672124315, CROSS_ENTROPY.weights(WEIGHTS).of(SCORES, SHARES));
    }

    @Test
    void smoothedLabelsAreADistribution() {
        var distribution = LABELS.oneHot(3).as(DType.FLOAT64).times(0.9).plus(0.1 / 3);
        close(CROSS_ENTROPY.of(SCORES, distribution).item(), CROSS_ENTROPY.smoothing(0.1).of(SCORES, LABELS));
    }

    @Test
    void regression() {
        close(1.75, new Regression.AbsoluteError(Reduction.MEAN).of(P, Y));
        close(7, new Regression.AbsoluteError(Reduction.SUM).of(P, Y.reshape(4, 1)));
        close(1.9765625, new Regression.Huber(1.5, Reduction.MEAN).of(P, Y));
        close(1.3177083333333333, new Regression.SmoothAbsoluteError(1.5, Reduction.MEAN).of(P, Y));
        close(9.01618353129582, new Regression.Poisson(Reduction.MEAN).of(P, Y.abs()));
    }

    @Test
    void classification() {
        close(0.49023623075694034, new Classification.Nll(Reduction.MEAN).of(SCORES.logSoftmax(-1), LABELS));
        close(1.3688812638537837, new Classification.Kl(Reduction.MEAN).of(SCORES.logSoftmax(-1), SHARES));
        close(25.31387058129469, new Classification.Bce(Reduction.MEAN).of(vector(0, 0.25, 1, 0.5), vector(1, 0.25, 1, 0)));
        close(0.13541666666666666, new Classification.MultiClassHinge(1, Reduction.MEAN).of(SCORES, LABELS));
        close((0.5 + 0 + 0 + 4.5) / 4, new Classification.Hinge(false, Reduction.MEAN).of(P, SIGNS));
        close((0.25 + 0 + 0 + 20.25) / 4, new Classification.Hinge(true, Reduction.MEAN).of(P, SIGNS));
    }

    /** PyTorch adds 10⁻¹² to the squared lengths here, which is the difference. */
    @Test
    void distances() {
        assertEquals(1.2826268100439244, new Distances.Cosine(Reduction.MEAN).of(SCORES, OTHERS).item(), 1e-12);
        assertEquals(0.5434963752613989, new Distances.Cosine(Reduction.MEAN).of(SCORES, OTHERS, SIGNS, 0.2).item(), 1e-12);
        close(1.2398738066851869, new Distances.Triplet(0.5, Reduction.MEAN).of(SCORES, OTHERS, OTHERS.flip(1)));
    }

    @Test
    void gradientsAreTheDerivatives() {
        for (Loss loss : new Loss[] {CROSS_ENTROPY.weights(WEIGHTS).smoothing(0.1).ignoring(-100), CROSS_ENTROPY.smoothing(0.2)}) {
            var labels = loss.toString().contains("-100") ? PARTIAL : LABELS;
            assertTrue(GradCheck.check(x -> loss.of(x[0], labels), SCORES).passed(), loss.toString());
        }
        for (Loss loss : new Loss[] {new Regression.Huber(1.5, Reduction.SUM), new Regression.Poisson(Reduction.SUM),
            new Classification.Hinge(true, Reduction.SUM)}) {
            assertTrue(GradCheck.check(x -> loss.of(x[0], vector(0.5, 2, -1, 1)), P).passed(), loss.toString());
        }
        var report = GradCheck.check(1e-5, x -> new Distances.Triplet(5, Reduction.SUM).of(x[0], x[1], x[2]), SCORES, OTHERS,
                OTHERS.flip(1).plus(0.3));
        assertTrue(report.passed(), report.toString());
    }

    @Test
    void theGradientOfZeroProbabilityIsZero() {
        var q = Tensor.parameter(matrix(0, 0, 1, 0, 1, 0, 0.5, 0.5, 0, 1, 0, 0));
        var l = Tensor.parameter(SCORES.logSoftmax(-1));
        new Classification.Kl(Reduction.SUM).of(l, q).backward();
        assertTrue(DoubleStream.concat(Arrays.stream(q.grad().toDoubleArray()), Arrays.stream(l.grad().toDoubleArray()))
                .allMatch(Double::isFinite));
    }

    @Test
    void lossesPrintTheirFormula() {
        assertEquals("absolute error: (1/n) Σ |ŷ - y|", new Regression.AbsoluteError(Reduction.MEAN).toString());
        assertEquals("cross-entropy: -(1/n) Σ ln softmax(z)_c", CROSS_ENTROPY.toString());
        assertEquals("triplet: Σ max(0, ‖a - p‖ - ‖a - n‖ + 0.5)", new Distances.Triplet(0.5, Reduction.SUM).toString());
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThrows(ShapeException.class, () -> new Classification.Kl(Reduction.MEAN).of(SCORES, P));
        assertThrows(ShapeException.class, () -> CROSS_ENTROPY.of(SCORES, vector(1, 2)));
        assertThrows(IllegalArgumentException.class, () -> CROSS_ENTROPY.smoothing(1.5));
        assertThrows(IllegalArgumentException.class, () -> new Regression.Huber(0, Reduction.MEAN));
        assertArrayEquals(new int[0], CROSS_ENTROPY.of(SCORES, LABELS).shape().dims());
    }
}
