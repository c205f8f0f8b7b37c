package gradus.nn.layer;

import static gradus.nn.Nn.conv2d;
import static gradus.nn.Nn.encoderLayer;
import static gradus.nn.Nn.flatten;
import static gradus.nn.Nn.gelu;
import static gradus.nn.Nn.globalMaxPool;
import static gradus.nn.Nn.gru;
import static gradus.nn.Nn.lastStep;
import static gradus.nn.Nn.leakyRelu;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.lstm;
import static gradus.nn.Nn.maxPool2d;
import static gradus.nn.Nn.multiHeadAttention;
import static gradus.nn.Nn.prelu;
import static gradus.nn.Nn.relu;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.tanh;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Layer;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerTest {

    private record Residual(Layer inner, Tensor scale) implements Layer {
        @Override
        public Tensor apply(Tensor x) {
            return x.plus(inner.apply(x).times(scale));
        }
    }

    @Test
    void parametersAreFoundByTheirPlace() {
        var net = sequential(linear(4, 4), tanh(), new Residual(linear(4, 4), Tensor.parameter(Tensor.scalar(1))));
        assertEquals(List.of("0.weight", "0.bias", "2.inner.weight", "2.inner.bias", "2.scale"),
                List.copyOf(net.namedParameters().keySet()));
        assertEquals(20 + 20 + 1, net.parameterCount());
        assertEquals(new Shape(3, 4), net.apply(Tensor.ones(3, 4)).shape());
    }

    @Test
    void aBatchOfNothingGoesThrough() {
        var image = sequential(conv2d(1, 2, 3), relu(), maxPool2d(2), flatten(), linear(8, 3));
        var sequence = sequential(encoderLayer(4, 2, 8), gru(4, 6), lstm(6, 5), lastStep(), linear(5, 3));
        for (var dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            for (var y : List.of(image.apply(Tensor.zeros(0, 1, 6, 6).as(dtype)),
                    sequence.apply(Tensor.zeros(0, 7, 4).as(dtype)))) {
                assertEquals(new Shape(0, 3), y.shape());
                assertEquals(dtype, y.dtype());
                y.sum().backward();
            }
        }
        assertEquals(0, image.parameters().getFirst().grad().abs().max().item());
        assertEquals(new Shape(2, 3), globalMaxPool().apply(Tensor.ones(2, 3, 4, 4)).shape());
        assertEquals(new Shape(0, 3), globalMaxPool().apply(Tensor.ones(0, 3, 4, 4)).shape());
        assertEquals(new Shape(0, 4), multiHeadAttention(4, 2).apply(Tensor.zeros(0, 4)).shape());
    }

    @Test
    void activationsPrintAsTheyAreWrittenAndOneLearns() {
        var net = sequential(linear(2, 3), prelu(3), linear(3, 3), leakyRelu(0.1), gelu());
        assertEquals(List.of("0.weight", "0.bias", "1.slope", "2.weight", "2.bias"), List.copyOf(net.state().keySet()));
        assertEquals(List.of("prelu(3)", "leakyRelu(0.1)", "gelu()"),
                List.of(prelu(3).toString(), leakyRelu(0.1).toString(), gelu().toString()));
        assertEquals(-0.5, prelu(1).apply(Tensor.of(-2)).item());
        assertEquals(new Shape(5, 3), net.apply(Tensor.ones(5, 2)).shape());
    }

    @Test
    void aSharedLayerCountsOnce() {
        var shared = linear(4, 4);
        assertEquals(20, sequential(shared, tanh(), shared).parameterCount());
    }

    @Test
    void twoNewLayersDifferAndAResetMakesThemAgree() {
        assertFalse(Arrays.equals(linear(5, 5).weight().toFloatArray(), linear(5, 5).weight().toFloatArray()));
        var first = sequential(linear(5, 5), linear(5, 5)).reset(seed(3));
        var second = sequential(linear(5, 5), linear(5, 5)).reset(seed(3));
        for (int i = 0; i < 4; i++) {
            assertArrayEquals(first.parameters().get(i).toFloatArray(), second.parameters().get(i).toFloatArray());
        }
        assertFalse(Arrays.equals(first.parameters().get(0).toFloatArray(), first.parameters().get(2).toFloatArray()));
    }

    @Test
    void initialWeightsStayInTheirBounds() {
        var weight = linear(100, 50, seed(1)).weight();
        assertTrue(weight.abs().max().item() <= 0.1);
        assertEquals(0.01 / 3, weight.square().mean().item(), 2e-4);   // the variance of a uniform law on ±0.1
    }

    @Test
    void aNetPrintsItsSummary() {
        assertEquals("""
                sequential(
                  0: linear(64, 32)           2,080 parameters
                  1: tanh()
                  2: linear(32, 10)             330 parameters
                ) with 2,410 parameters""", sequential(linear(64, 32), tanh(), linear(32, 10)).toString());
    }
}
