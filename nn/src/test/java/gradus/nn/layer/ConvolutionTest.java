package gradus.nn.layer;

import static gradus.nn.Nn.avgPool2d;
import static gradus.nn.Nn.compile;
import static gradus.nn.Nn.conv1d;
import static gradus.nn.Nn.conv2d;
import static gradus.nn.Nn.conv3d;
import static gradus.nn.Nn.convTranspose2d;
import static gradus.nn.Nn.flatten;
import static gradus.nn.Nn.globalAvgPool;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.maxPool2d;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.relu;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.upsample;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.init.Initializer;
import gradus.nn.layer.Pooling.Interpolation;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConvolutionTest {

    @Test
    void aCnnHasTheShapesAndTheParametersOfItsFormulas() {
        var net = sequential(conv2d(3, 16, 3).padding(1), relu(), maxPool2d(2), conv2d(16, 32, 3).padding(1), relu(), maxPool2d(2),
                flatten(), linear(2048, 128), relu(), linear(128, 10));
        assertEquals(448 + 4640 + 262272 + 1290, net.parameterCount());
        assertEquals(new Shape(2, 10), net.apply(Tensor.ones(2, 3, 32, 32)).shape());
    }

    @Test
    void outputSizesFollowTheFloorRule() {
        assertEquals(new Shape(1, 4, 3), conv1d(2, 4, 3).stride(2).apply(Tensor.ones(1, 2, 8)).shape());
        assertEquals(new Shape(1, 4, 8, 9), conv2d(2, 4, 3, 4).samePadding().apply(Tensor.ones(1, 2, 8, 9)).shape());
        assertEquals(new Shape(1, 4, 4, 5), conv2d(2, 4, 3).dilation(2, 2).apply(Tensor.ones(1, 2, 8, 9)).shape());
        assertEquals(new Shape(1, 4, 2, 2, 2), conv3d(2, 4, 2).apply(Tensor.ones(1, 2, 3, 3, 3)).shape());
        assertEquals(new Shape(1, 4, 10, 10), convTranspose2d(2, 4, 3).stride(2).padding(1).outputPadding(1)
                .apply(Tensor.ones(1, 2, 5, 5)).shape());
        assertEquals(new Shape(5, 4, 3, 3), conv2d(2, 4, 3).apply(Tensor.ones(5, 2, 5, 5)).shape());
        assertEquals(new Shape(0, 4, 3, 3), conv2d(2, 4, 3).apply(Tensor.ones(0, 2, 5, 5)).shape());
    }

    /** The document's two definitions: Σ w[k] x[i + k], and Σ w[k] x[i − k]. */
    @Test
    void flippingGivesTheTrueConvolution() {
        var layer = conv1d(1, 1, 3).noBias();
        layer.weight().assign(Tensor.of(1, 2, 3).reshape(1, 1, 3));
        var x = Tensor.of(1, 0, 0, 10, 0).reshape(1, 1, 5);
        assertArrayEquals(new double[] {1, 30, 20}, layer.apply(x).toDoubleArray());
        assertArrayEquals(new double[] {3, 10, 20}, layer.flip().apply(x).toDoubleArray());
    }

    @Test
    void depthwiseChannelsDoNotSeeEachOther() {
        var layer = conv2d(3, 3, 3).groups(3);
        assertEquals(new Shape(3, 1, 3, 3), layer.weight().shape());
        var x = Tensor.parameter(randn(seed(1), 1, 3, 3, 3));
        layer.apply(x).select(1, 1).sum().backward();
        assertEquals(0, x.grad().select(1, 0, 2).abs().max().item());
        assertThrows(ShapeException.class, () -> conv2d(3, 4, 3).groups(2));
    }

    @Test
    void whatDoesNotFitSaysWhatWould() {
        var tooSmall = assertThrows(ShapeException.class, () -> conv2d(2, 4, 7).apply(Tensor.ones(1, 2, 4, 9)));
        assertTrue(tooSmall.getMessage().contains("padding(2) would fit"), tooSmall.getMessage());
        assertEquals(new Shape(1, 4, 2, 7), conv2d(2, 4, 7).padding(2).apply(Tensor.ones(1, 2, 4, 9)).shape());
        var channels = assertThrows(ShapeException.class, () -> conv2d(2, 4, 3).apply(Tensor.ones(1, 3, 5, 5)));
        assertTrue(channels.getMessage().contains("[1, 3, 5, 5] and [4, 2, 3, 3]"), channels.getMessage());
        assertThrows(ShapeException.class, () -> conv2d(2, 4, 3).apply(Tensor.ones(2, 5, 5)));
        assertThrows(ShapeException.class, () -> conv2d(2, 4, 3).stride(0));
        assertThrows(ShapeException.class, () -> maxPool2d(2).padding(2).apply(Tensor.ones(1, 1, 4, 4)));
    }

    @Test
    void theFirstOfEqualMaximaGetsTheGradient() {
        var x = Tensor.parameter(Tensor.ones(1, 1, 2, 2));
        maxPool2d(2).apply(x).sum().backward();
        assertArrayEquals(new double[] {1, 0, 0, 0}, x.grad().toDoubleArray());
    }

    @Test
    void paddingCountsInAMeanOrNot() {
        var x = Tensor.ones(1, 1, 2, 2);
        assertArrayEquals(new double[] {0.25, 0.25, 0.25, 0.25}, avgPool2d(2).padding(1).apply(x).toDoubleArray());
        assertArrayEquals(new double[] {1, 1, 1, 1}, avgPool2d(2).padding(1).countInside().apply(x).toDoubleArray());
        assertArrayEquals(new double[] {2.5}, globalAvgPool().apply(Tensor.of(1, 2, 3, 4).reshape(1, 1, 2, 2)).toDoubleArray());
    }

    /** PyTorch's interpolate with factors 2 and 3, without and with align_corners. */
    @Test
    void bilinearUpsamplingEqualsPyTorchs() {
        var x = Tensor.of(new Shape(1, 1, 2, 3), new double[] {1, 2, 4, 0, -1, 3});
        var centres = upsample(Interpolation.LINEAR, 2, 3).apply(x).reshape(4, 9);
        assertArrayEquals(new double[] {0.75, 0.75, 11 / 12.0, 13 / 12.0, 1.25, 25 / 12.0, 35 / 12.0, 3.75, 3.75},
                centres.slice(0, 1, 2).toDoubleArray(), 1e-14);
        assertArrayEquals(new double[] {0, 0, -1 / 3.0, -2 / 3.0, -1, 1 / 3.0, 5 / 3.0, 3, 3},
                centres.slice(0, 3, 4).toDoubleArray(), 1e-14);
        var corners = upsample(Interpolation.LINEAR_CORNERS, 2, 3).apply(x).reshape(4, 9);
        assertArrayEquals(new double[] {2 / 3.0, 0.75, 5 / 6.0, 11 / 12.0, 1, 5 / 3.0, 7 / 3.0, 3, 11 / 3.0},
                corners.slice(0, 1, 2).toDoubleArray(), 1e-14);
        assertArrayEquals(new double[] {1, 1, 1, 2, 2, 2, 4, 4, 4},
                upsample(Interpolation.NEAREST, 2, 3).apply(x).reshape(4, 9).slice(0, 1, 2).toDoubleArray());
    }

    @Test
    void aCompiledNetEqualsTheNetToTheBit() {
        var net = sequential(conv2d(2, 4, 3).padding(1), relu(), maxPool2d(2), flatten(), linear(16, 3));
        var compiled = compile(net::apply);
        for (int i = 0; i < 3; i++) {
            var x = randn(seed(i), 2, 2, 4, 4);
            assertArrayEquals(net.apply(x).toFloatArray(), compiled.apply(x).toFloatArray());
        }
        assertTrue(compiled.toString().contains("2 replays"), compiled.toString());
    }

    @Test
    void initialWeightsHaveTheVarianceOfTheirLaw() {
        for (var law : List.of(new Initializer.XavierUniform(), new Initializer.XavierNormal(), new Initializer.HeUniform(),
                new Initializer.HeNormal(), new Initializer.LeCunNormal(), new Initializer.FanIn(), new Initializer.Normal(0.1))) {
            var weight = law.applyTo(conv2d(8, 40, 5), seed(1)).weight();
            double expected = law.variance(8 * 25, 40 * 25);
            assertEquals(1, weight.square().mean().item() / expected, 0.06, law.toString());   // 8,000 draws, four deviations
        }
        assertEquals(0, new Initializer.Zeros().applyTo(linear(3, 3), seed(1)).weight().abs().max().item());
    }

    @Test
    void anOrthogonalWeightKeepsLengths() {
        for (var layer : List.of(linear(7, 4), linear(4, 7))) {
            var weight = new Initializer.Orthogonal(1).applyTo(layer, seed(2)).weight();
            var small = weight.shape().dim(0) < weight.shape().dim(1) ? weight.matmul(weight.t()) : weight.t().matmul(weight);
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 4; j++) {
                    assertEquals(i == j ? 1 : 0, small.at(i, j), 1e-6);
                }
            }
        }
    }

    @Test
    void layersPrintHowTheyWereMade() {
        assertEquals("conv2d(3, 16, 3, 3).stride(2).padding(1)", conv2d(3, 16, 3).stride(2).padding(1).toString());
        assertEquals("conv1d(4, 4, 3).groups(2).flip()", conv1d(4, 4, 3).groups(2).flip().toString());
        assertEquals("maxPool2d(2, 2)", maxPool2d(2).toString());
    }
}
