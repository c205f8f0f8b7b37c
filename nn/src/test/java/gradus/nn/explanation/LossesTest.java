package gradus.nn.explanation;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Check;
import gradus.nn.loss.Classification;
import gradus.nn.loss.Distances;
import gradus.nn.loss.Loss;
import gradus.nn.loss.Loss.Reduction;
import gradus.nn.loss.Regression;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every loss computes what its formula says, and so does its derivative. */
class LossesTest {

    private static final Loss.CrossEntropy CROSS_ENTROPY = new Loss.CrossEntropy();
    private static final Tensor WEIGHTS = Tensor.of(0.5, 2, 1.25);

    static Stream<Loss> losses() {
        var reduced = Arrays.stream(Reduction.values()).flatMap(r -> Stream.of(new Regression.AbsoluteError(r),
                new Regression.Huber(0.7, r), new Regression.SmoothAbsoluteError(0.5, r), new Regression.Poisson(r),
                new Classification.Nll(r), new Classification.Kl(r), new Classification.Bce(r),
                        new Classification.Hinge(false, r),
                new Classification.Hinge(true, r), new Classification.MultiClassHinge(1, r), new Distances.Cosine(r)));
        return Stream.concat(Stream.concat(Stream.<Loss>of(CROSS_ENTROPY, CROSS_ENTROPY.smoothing(0.1),
                CROSS_ENTROPY.weights(WEIGHTS),
                CROSS_ENTROPY.ignoring(-100), CROSS_ENTROPY.weights(WEIGHTS).smoothing(0.1).ignoring(-100),
                        new Loss.BceWithLogits(),
                (p, y) -> p.minus(y).tanh().square().sum()),
                Arrays.stream(Loss.SquaredError.Scaling.values()).map(Loss.SquaredError::new)), reduced);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aLossComputesWhatItsFormulaSays(Loss loss) {
        RecurrencesTest.assertAllHold(Explain.of(loss));
    }

    @Test
    void theTripletLossTakesThree() {
        RecurrencesTest.assertAllHold(Explain.of(new Distances.Triplet(0.5, Reduction.MEAN)));
    }

    @Test
    void distributionsAreTargetsToo() {
        var t = Tensor.of(new double[][] {{0.5, 0.5, 0}, {0.1, 0.2, 0.7}});
        var z = Tensor.of(new double[][] {{1, 2, 3}, {0, -1, 2}});
        RecurrencesTest.assertAllHold(Explain.of(CROSS_ENTROPY, z, t));
        RecurrencesTest.assertAllHold(Explain.of(CROSS_ENTROPY.smoothing(0.2).weights(WEIGHTS), z, t));
    }

    @Test
    void whatIsNotFiniteIsSaidToBeUnchecked() {
        var explained = Explain.of(new Loss.SquaredError(Loss.SquaredError.Scaling.MEAN), Tensor.of(Double.NaN, 1),
                Tensor.of(1, 2));
        assertTrue(explained.lines().stream().allMatch(line -> line.check().orElseThrow() instanceof Check.Open),
                explained.toString());
    }

    @Test
    void aWrongFormulaIsShownFailing() {
        var wrong = new Loss() {
            @Override
            public Tensor of(Tensor prediction, Tensor target) {
                return prediction.minus(target).square().sum();
            }

            @Override
            public Formulas formulas(Tensor prediction, Tensor target) {
                return Formulas.of("wrong").given("y", prediction).given("t", target)
                        .result("L", "\\sum_{i, j} \\left(y_{ij} - t_{ij}\\right)^{2}", () -> of(prediction, target))
                        .gradient("y", "y - t");
            }
        };
        var explained = Explain.of(wrong);
        assertInstanceOf(Check.Holds.class, explained.lines().get(0).check().orElseThrow());
        assertInstanceOf(Check.Fails.class, explained.lines().get(1).check().orElseThrow());
        assertTrue(explained.toString().contains("✗"), explained.toString());
    }

    @Test
    void anEmptyBatchIsNoReasonToFail() {
        var none = Tensor.zeros(0, 3);
        assertTrue(Explain.of(new Loss.SquaredError(Loss.SquaredError.Scaling.SUM), none, none).holds());
        assertTrue(Explain.of(CROSS_ENTROPY, none, Tensor.indices(new Shape(0))).holds());
    }
}
