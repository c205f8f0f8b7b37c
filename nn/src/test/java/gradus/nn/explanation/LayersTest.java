package gradus.nn.explanation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Layer;
import gradus.nn.Nn;
import gradus.nn.Seed;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.derivation.Check;
import gradus.nn.layer.Activation;
import gradus.nn.layer.Cell;
import gradus.nn.layer.Cell.Reset;
import gradus.nn.layer.Cell.Update;
import gradus.nn.layer.Pooling;
import gradus.nn.layer.Transformer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer computes what its formulas say, and its gradients are those that they say. */
class LayersTest {

    static Stream<Layer> layers() {
        return Stream.of(Nn.linear(3, 2), Nn.prelu(1), Nn.prelu(3), Nn.dropout(0.4), Nn.dropout(0), Nn.dropout(1),
                Nn.spatialDropout(0.5), Nn.dropConnect(Nn.linear(3, 2), 0.3), Nn.embedding(5, 3),
                        Nn.sinusoidalPositions(),
                Nn.sequential(Nn.linear(2, 4), Nn.tanh(), Nn.linear(4, 1)), x -> x.tanh().times(2));
    }

    static Stream<Layer> activations() {
        return Stream.of(Activation.RELU, Activation.RELU6, Activation.SIGMOID, Activation.LOG_SIGMOID, Activation.TANH,
                Activation.SOFTPLUS, Activation.SOFTSIGN, Activation.TANH_SHRINK, Activation.SELU, Activation.GELU,
                Activation.GELU_TANH, Activation.SILU, Activation.MISH, Activation.HARD_SIGMOID, Activation.HARD_TANH,
                Activation.HARD_SWISH, Activation.SOFTMAX, Activation.LOG_SOFTMAX, Activation.FLATTEN,
                        Nn.leakyRelu(0.1), Nn.elu(0.7));
    }

    static Stream<Layer> windows() {
        return Stream.of(Nn.conv1d(2, 3, 3), Nn.conv2d(2, 3, 3).stride(2).padding(1), Nn.conv2d(4, 4, 2).groups(2)
                .noBias(),
                Nn.conv2d(1, 2, 3, 2).flip(), Nn.conv1d(2, 2, 3).dilation(2).padding(1).flip(), Nn.conv3d(1, 2, 2),
                Nn.conv2d(3, 32, 3), Nn.conv2d(64, 64, 3).padding(1), Nn.convTranspose1d(2, 3, 3).stride(2),
                Nn.convTranspose2d(2, 2, 3).stride(2).padding(1).outputPadding(1), Nn.maxPool1d(2), Nn.maxPool2d(3)
                        .stride(2).padding(1),
                Nn.maxPool2d(2).dilation(2), Nn.avgPool2d(2), Nn.avgPool2d(3).stride(1).padding(1),
                Nn.avgPool2d(3).stride(2).padding(1).countInside(), Nn.globalAvgPool(), Nn.globalMaxPool(),
                Nn.upsample(Pooling.Interpolation.NEAREST, 2, 3), Nn.upsample(Pooling.Interpolation.LINEAR, 2, 3),
                Nn.upsample(Pooling.Interpolation.LINEAR_CORNERS, 3));
    }

    static Stream<Layer> norms() {
        return Stream.of(Nn.batchNorm(3), Nn.layerNorm(4), Nn.layerNorm(2, 3), Nn.rmsNorm(4), Nn.rmsNorm(2, 2),
                Nn.groupNorm(2, 4));
    }

    static Stream<Layer> sequences() {
        var seed = new Seed(0);
        var gru = Arrays.stream(Reset.values()).flatMap(r -> Arrays.stream(Update.values())
                .map(u -> Nn.gru(2, 3, r, u)));
        return Stream.concat(gru.flatMap(net -> Stream.<Layer>of(net, net.twoBiases())),
                Stream.of(Cell.Rnn.of(2, 3, seed), Nn.rnn(2, 3).twoBiases(),
                Cell.Lstm.of(2, 3, seed), Nn.lstm(2, 3).twoBiases(), Nn.lstm(2, 3).learnedStart().reversed(),
                Nn.bidirectional(Nn.rnn(2, 3), Nn.rnn(2, 3)), Nn.lastStep(), Nn.multiHeadAttention(4, 2),
                        Nn.multiHeadAttention(4, 1),
                Transformer.FeedForward.of(4, 6), Nn.encoderLayer(4, 2, 6), Nn.encoderLayer(4, 2, 6).preNorm()
                        .dropout(0.1),
                Transformer.Encoder.of(2, 4, 2, 6).preNorm(), Transformer.DecoderLayer.of(4, 2, 6),
                        Nn.transformer(2, 4, 2, 6).preNorm()));
    }

    @ParameterizedTest
    @MethodSource({"activations", "layers", "windows", "norms", "sequences"})
    void aLayerComputesWhatItsFormulasSay(Layer layer) {
        var explained = Explain.of(layer.reset(new Seed(7)));
        assertHolds(explained);
    }

    private static void assertHolds(Explanation explained) {
        var text = explained.toString();
        assertTrue(explained.lines().stream().allMatch(line -> line.check().isEmpty() || line.check()
                .get() instanceof Check.Holds), text);
        assertTrue(explained.lines().stream().anyMatch(line -> line.check().isPresent()), text);
        explained.parts().forEach(LayersTest::assertHolds);
    }

    @Test
    void theWholeNetIsExplainedOnOnesOwnInput() {
        var net = Nn.sequential(Nn.conv2d(1, 2, 3), Nn.relu(), Nn.maxPool2d(2), Nn.flatten(), Nn.linear(8, 3));
        var x = Nn.randn(Nn.seed(0), 2, 1, 6, 6);
        var explained = Explain.of(net, x);
        assertHolds(explained);
        assertEquals(5, explained.parts().size());
        var byItself = Explain.of(net);   // the flattened sample of the first layer does not fit the last one
        assertTrue(byItself.lines().isEmpty());
        byItself.parts().forEach(LayersTest::assertHolds);
    }

    @Test
    void whatIsExplainedStaysAsItIs() {
        var net = Nn.sequential(Nn.linear(3, 2), Nn.batchNorm(2), Nn.dropout(0.5));
        var before = net.state().values().stream().map(Tensor::toString).toList();
        Explain.of(net);
        assertEquals(before, net.state().values().stream().map(Tensor::toString).toList());
    }

    @Test
    void batchesOfSequencesAndEmptyBatches() {
        assertHolds(Explain.of(Nn.linear(3, 2), Nn.randn(Nn.seed(0), 2, 4, 3)));
        assertHolds(Explain.of(Nn.multiHeadAttention(4, 2), Nn.randn(Nn.seed(0), 2, 20, 4)));
        assertHolds(Explain.of(Nn.batchNorm(2), Nn.randn(Nn.seed(0), 3, 2, 4, 4)));
        assertHolds(Explain.of(Nn.dropConnect(Nn.linear(3, 2), 0.5), Nn.randn(Nn.seed(0), 2, 4, 3)));
        assertTrue(Explain.of(Nn.linear(3, 2), Nn.zeros(0, 3)).holds());
        assertTrue(Explain.of(Nn.conv2d(1, 2, 3), Nn.zeros(0, 1, 4, 4)).holds());
    }

    @Test
    void anInputThatDoesNotFitIsRefusedByTheLayer() {
        var refused = assertThrows(ShapeException.class, () -> Explain.of(Nn.batchNorm(3), Nn.ones(4, 2)));
        assertTrue(refused.getMessage().contains("[4, 2]") && refused.getMessage().contains("\nhelp: "),
                refused.getMessage());
        refused = assertThrows(ShapeException.class, () -> Explain.of((Layer) x -> x.matmul(Nn.ones(7, 2))));
        assertTrue(refused.getMessage().endsWith("help: explain(layer, x) with an input that it takes"),
                refused.getMessage());
    }

    private record Wrong(Tensor weight) implements Layer {
        @Override
        public Tensor apply(Tensor x) {
            return x.times(weight);
        }

        @Override
        public Formulas formulas(Tensor x) {
            return Formulas.of("wrong").given("x", x).given("w", weight).result("y", "x \\odot w", () -> apply(x))
                    .gradient("w", "2 \\sum_{i} \\delta[i] \\odot x[i]").gradient("x", "\\delta \\odot q");
        }
    }

    @Test
    void aWrongGradientFailsAndAnUnknownNameIsSaid() {
        var lines = Explain.of(new Wrong(Nn.parameter(Nn.ones(4)))).lines();
        assertInstanceOf(Check.Holds.class, lines.get(0).check().orElseThrow());
        assertInstanceOf(Check.Fails.class, lines.get(1).check().orElseThrow());
        assertInstanceOf(Check.Open.class, lines.get(2).check().orElseThrow());
    }

    @Test
    void formulasAreSetAsTextAsLatexAndAsMarkdown() {
        var explained = Explain.of(Nn.linear(3, 2));
        assertTrue(explained.toString().contains("y     = x Wᵀ + b"), explained.toString());
        assertTrue(explained.tex().contains("y &= x W^{\\top} + b && \\checkmark"), explained.tex());
        assertTrue(explained.markdown().contains("$\\displaystyle y = x W^{\\top} + b$"), explained.markdown());
    }
}
