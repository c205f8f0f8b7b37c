package gradus.nn.layer;

import static gradus.nn.Nn.batchNorm;
import static gradus.nn.Nn.compile;
import static gradus.nn.Nn.dropConnect;
import static gradus.nn.Nn.dropout;
import static gradus.nn.Nn.dropoutKeeping;
import static gradus.nn.Nn.evaluating;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.spatialDropout;
import static gradus.nn.Nn.training;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Layers that behave differently while a net learns. */
class ModeTest {

    @Test
    void dropoutKeepsTheMeanAndIsNothingInUse() {
        var x = Tensor.ones(100, 100);
        var y = training(() -> dropout(0.25).reset(seed(1)).apply(x));
        assertEquals(0.75, y.sign().mean().item(), 0.02);   // five standard deviations of 10⁴ draws
        assertEquals((float) (1 / 0.75), y.max().item());
        assertArrayEquals(x.toFloatArray(), dropout(0.25).apply(x).toFloatArray());
    }

    @Test
    void theTwoConventionsAreComplements() {
        var dropped = training(() -> dropout(0.25).reset(seed(1)).apply(Tensor.ones(50)));
        var kept = training(() -> dropoutKeeping(0.75).reset(seed(1)).apply(Tensor.ones(50)));
        assertArrayEquals(dropped.toFloatArray(), kept.toFloatArray());
    }

    @Test
    void everyCallDropsOthersAndAResetBeginsAnew() {
        var layer = dropout(0.5).reset(seed(3));
        var first = training(() -> layer.apply(Tensor.ones(64))).toFloatArray();
        assertFalse(Arrays.equals(first, training(() -> layer.apply(Tensor.ones(64))).toFloatArray()));
        layer.reset(seed(3));
        assertArrayEquals(first, training(() -> layer.apply(Tensor.ones(64))).toFloatArray());
    }

    @Test
    void aCompiledStepDropsWhatTheStepItselfWouldDrop() {
        var eager = dropout(0.5).reset(seed(3));
        var replayed = dropout(0.5).reset(seed(3));
        var step = compile((Tensor x) -> training(() -> replayed.apply(x)));
        for (int i = 0; i < 4; i++) {
            assertArrayEquals(training(() -> eager.apply(Tensor.ones(9))).toFloatArray(), step.apply(Tensor.ones(9)).toFloatArray());
        }
        assertTrue(step.toString().contains("3 replays"), step.toString());
    }

    @Test
    void spatialDropoutDropsWholeChannels() {
        var y = training(() -> spatialDropout(0.5).reset(seed(2)).apply(Tensor.ones(8, 8, 5)));
        var channels = y.sum(2).toDoubleArray();
        assertEquals(List.of(0.0, 10.0), Arrays.stream(channels).distinct().sorted().boxed().toList());
    }

    @Test
    void dropConnectDropsWeights() {
        var layer = dropConnect(linear(40, 1, seed(0)), 0.5).reset(seed(5));
        var x = Tensor.ones(1, 40);
        assertEquals(layer.linear().apply(x).item(), layer.apply(x).item());
        assertFalse(training(() -> layer.apply(x)).item() == layer.apply(x).item());
    }

    @Test
    void dropoutByProbabilityOneIsZero() {
        assertEquals(0, training(() -> dropout(1).apply(Tensor.ones(9))).abs().max().item());
        assertThrows(IllegalArgumentException.class, () -> dropout(1.5));
    }

    @Test
    void gradientsAreRefusedWhereNobodySaidWhetherTheNetLearns() {
        var net = sequential(linear(3, 3), batchNorm(3), linear(3, 1));
        var loss = net.apply(randn(seed(0), 4, 3)).sum();
        var refused = assertThrows(IllegalStateException.class, loss::backward);
        assertTrue(refused.getMessage().contains("batchNorm(3)") && refused.getMessage().contains("\nhelp: training(() -> …)"),
                refused.getMessage());
        evaluating(() -> net.apply(randn(seed(0), 4, 3)).sum()).backward();
        assertEquals(6, net.parameters().stream().filter(p -> p.grad() != null).count());
    }

    @Test
    void theRunningStatisticsApproachTheDatas() {
        var layer = batchNorm(2).momentum(0.5);
        var x = randn(seed(1), 64, 2).times(3).plus(7);
        for (int i = 0; i < 40; i++) {
            training(() -> layer.apply(x));
        }
        var mean = x.mean(0);
        var unbiased = x.minus(mean).square().sum(0).div(63);
        assertArrayEquals(mean.toDoubleArray(), layer.runningMean().toDoubleArray(), 1e-5);
        assertArrayEquals(unbiased.toDoubleArray(), layer.runningVar().toDoubleArray(), 1e-4);
        var y = training(() -> layer.apply(x));
        assertEquals(1, y.square().mean().item(), 1e-5);   // the batch itself has the biased variance 1
        assertEquals(63.0 / 64, layer.apply(x).square().mean().item(), 1e-4);
    }

    @Test
    void batchNormOfOneNumberPerChannelIsRefused() {
        assertThrows(ShapeException.class, () -> training(() -> batchNorm(3).apply(Tensor.ones(1, 3))));
        assertEquals(new Shape(1, 3), batchNorm(3).apply(Tensor.ones(1, 3)).shape());
    }

    @Test
    void theStateOfALayerHoldsWhatResumingNeeds() {
        assertEquals(List.of("0.weight", "0.bias", "0.runningMean", "0.runningVar", "1.random"),
                List.copyOf(sequential(batchNorm(3), dropout(0.5)).state().keySet()));
        assertEquals(DType.INT32, dropout(0.5).random().dtype());
    }
}
