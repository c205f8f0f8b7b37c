package gradus.nn.explanation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Layer;
import gradus.nn.Nn;
import gradus.nn.derivation.Check;
import gradus.nn.layer.Activation;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer computes what its formulas say, and its gradients are those that they say. */
class LayersTest {

    static Stream<Layer> layers() {
        return Stream.of(Nn.linear(3, 2), Nn.prelu(1), Nn.prelu(3), Nn.dropout(0.4), Nn.dropout(0), Nn.dropout(1),
                Nn.spatialDropout(0.5), Nn.dropConnect(Nn.linear(3, 2), 0.3), Nn.embedding(5, 3), Nn.sinusoidalPositions(),
                Nn.sequential(Nn.linear(2, 4), Nn.tanh(), Nn.linear(4, 1)), x -> x.tanh().times(2));
    }

    static Stream<Layer> activations() {
        return Stream.of(Activation.RELU, Activation.RELU6, Activation.SIGMOID, Activation.LOG_SIGMOID, Activation.TANH,
                Activation.SOFTPLUS, Activation.SOFTSIGN, Activation.TANH_SHRINK, Activation.SELU, Activation.GELU,
                Activation.GELU_TANH, Activation.SILU, Activation.MISH, Activation.HARD_SIGMOID, Activation.HARD_TANH,
                Activation.HARD_SWISH, Activation.SOFTMAX, Activation.LOG_SOFTMAX, Activation.FLATTEN, Nn.leakyRelu(0.1), Nn.elu(0.7));
    }

    @ParameterizedTest
    @MethodSource({"activations", "layers"})
    void aLayerComputesWhatItsFormulasSay(Layer layer) {
        var explained = Explain.of(layer);
        assertHolds(explained);
    }

    private static void assertHolds(Explanation explained) {
        var text = explained.toString();
        assertTrue(explained.lines().stream().allMatch(line -> line.check().isEmpty() || line.check().get() instanceof Check.Holds), text);
        assertTrue(explained.lines().stream().anyMatch(line -> line.check().isPresent()), text);
        explained.parts().forEach(LayersTest::assertHolds);
    }
}
