package gradus.nn.study;

import static gradus.nn.Nn.avgPool2d;
import static gradus.nn.Nn.batchNorm;
import static gradus.nn.Nn.bidirectional;
import static gradus.nn.Nn.conv1d;
import static gradus.nn.Nn.conv2d;
import static gradus.nn.Nn.conv3d;
import static gradus.nn.Nn.convTranspose2d;
import static gradus.nn.Nn.dropConnect;
import static gradus.nn.Nn.dropout;
import static gradus.nn.Nn.einsum;
import static gradus.nn.Nn.embedding;
import static gradus.nn.Nn.encoderLayer;
import static gradus.nn.Nn.flatten;
import static gradus.nn.Nn.gelu;
import static gradus.nn.Nn.globalAvgPool;
import static gradus.nn.Nn.globalMaxPool;
import static gradus.nn.Nn.groupNorm;
import static gradus.nn.Nn.gru;
import static gradus.nn.Nn.lastStep;
import static gradus.nn.Nn.layerNorm;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.lstm;
import static gradus.nn.Nn.maxPool2d;
import static gradus.nn.Nn.multiHeadAttention;
import static gradus.nn.Nn.op;
import static gradus.nn.Nn.prelu;
import static gradus.nn.Nn.relu;
import static gradus.nn.Nn.rmsNorm;
import static gradus.nn.Nn.rnn;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.shapes;
import static gradus.nn.Nn.sinusoidalPositions;
import static gradus.nn.Nn.softmax;
import static gradus.nn.Nn.spatialDropout;
import static gradus.nn.Nn.tanh;
import static gradus.nn.Nn.transformer;
import static gradus.nn.Nn.upsample;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Layer;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.layer.Linear;
import gradus.nn.layer.Mode;
import gradus.nn.layer.Pooling.Interpolation;
import gradus.nn.layer.Sequential;
import gradus.nn.layer.Transformer.Encoder;
import gradus.nn.tex.Evaluator;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShapesTest {

    /** A net as a reader writes one. */
    record Net(Layer body, Linear head) implements Layer {
        @Override
        public Tensor apply(Tensor x) {
            return head.apply(body.apply(x).relu()).tanh();
        }
    }

    private static Sequential cnn() {
        return sequential(conv2d(3, 16, 3).padding(1), relu(), maxPool2d(2), conv2d(16, 32, 3).padding(1), relu(),
                maxPool2d(2),
                flatten(), linear(2048, 128), relu(), linear(128, 10));
    }

    private static List<Shapes> ofAllLayers() {
        return List.of(shapes(cnn(), 2, 3, 32, 32),
                shapes(sequential(conv2d(4, 6, 3, 5).stride(2, 3).padding(1, 0).dilation(2).groups(2), batchNorm(6),
                        prelu(6),
                        avgPool2d(2).stride(1).padding(1), spatialDropout(0.2), groupNorm(3, 6), globalAvgPool()), 3, 4,
                                21, 29),
                shapes(sequential(conv2d(1, 2, 4).samePadding().noBias(), convTranspose2d(2, 3, 3).stride(2).padding(1)
                        .outputPadding(1),
                        upsample(Interpolation.NEAREST, 2, 3), upsample(Interpolation.LINEAR, 1, 2), globalMaxPool()),
                                2, 1, 7, 6),
                shapes(sequential(conv1d(2, 3, 2), flatten()), 2, 2, 9), shapes(conv3d(1, 2, 2), 1, 1, 4, 5, 6),
                shapes(sequential(embedding(11, 8), sinusoidalPositions(), encoderLayer(8, 2, 16).preNorm(),
                        dropout(0.1),
                        multiHeadAttention(8, 4), rmsNorm(8), layerNorm(8), softmax()), 2, 5),
                shapes(sequential(lstm(4, 5).twoBiases(), gru(5, 3), bidirectional(rnn(3, 2), rnn(3, 2).reversed()),
                        lastStep(),
                        dropConnect(linear(4, 3), 0.5), gelu()), 2, 6, 4));
    }

    @Test
    void theImageNetOfTheNotesHasAsManyParametersAsTheySay() {
        var table = shapes(cnn(), 64, 3, 32, 32);
        assertEquals("[448, 4640, 262272, 1290]",
                table.rows().stream().map(Shapes.Row::parameters).filter(n -> n > 0).toList().toString());
        assertEquals(268_650, table.parameters());
        assertEquals(64L * (16 * 32 * 32 * 27 + 32 * 16 * 16 * 144 + 2048 * 128 + 128 * 10), table.multiplyAdds());
        assertEquals("⌊(32 + 2·1 − 3)/1⌋ + 1 = 32", table.rows().getFirst().rule());
        assertEquals("32·8·8 = 2048", table.rows().get(6).rule());
        assertEquals(List.of(64, 10), table.output());
        assertTrue(table.toString().contains("⌊(32 + 2·0 − 2)/2⌋ + 1 = 16") && table.toString().contains("268,650"),
                table.toString());
    }

    @Test
    void parameterCountsAreThoseOfPyTorch() {
        // nn.TransformerEncoderLayer
        assertEquals(3_152_384, shapes(encoderLayer(512, 8, 2048), 2, 5, 512).parameters());
        // nn.MultiheadAttention
        assertEquals(1_050_624, shapes(multiHeadAttention(512, 8), 2, 5, 512).parameters());
        assertEquals(2_560, shapes(lstm(10, 20).twoBiases(), 3, 7, 10).parameters());             // nn.LSTM
        assertEquals(1_920, shapes(gru(10, 20).twoBiases(), 3, 7, 10).parameters());              // nn.GRU
        var lenet = sequential(conv2d(1, 6, 5).padding(2), tanh(), avgPool2d(2), conv2d(6, 16, 5), tanh(), avgPool2d(2),
                flatten(),
                linear(400, 120), tanh(), linear(120, 84), tanh(), linear(84, 10));
        assertEquals(61_706, shapes(lenet, 1, 1, 28, 28).parameters());
    }

    @Test
    void whatTheTableSaysComesOut() {
        var inputs = List.of(new Shape(2, 3, 32, 32), new Shape(3, 4, 21, 29), new Shape(2, 1, 7, 6));
        var nets = List.of(cnn(), sequential(conv2d(4, 6, 3, 5).stride(2, 3).padding(1, 0).dilation(2).groups(2),
                batchNorm(6), prelu(6),
                avgPool2d(2).stride(1).padding(1), groupNorm(3, 6)), sequential(conv2d(1, 2, 4).samePadding(),
                convTranspose2d(2, 3, 3).stride(2).padding(1).outputPadding(1), upsample(Interpolation.LINEAR, 2, 3)));
        for (int i = 0; i < nets.size(); i++) {
            var x = Tensor.zeros(inputs.get(i).dims());
            var table = shapes(nets.get(i), x);
            for (int k = 0; k < table.rows().size(); k++) {
                var layer = nets.get(i).layers().get(k);
                var before = x;
                x = Mode.evaluating(() -> layer.apply(before));
                assertEquals(Arrays.stream(x.shape().dims()).boxed().toList(), table.rows().get(k).output(),
                        layer.toString());
            }
        }
    }

    @Test
    void everyRuleIsTrue() {
        int checked = 0;
        for (var table : ofAllLayers()) {
            for (var row : table.rows()) {
                for (var rule : row.rule().isEmpty() ? new String[0] : row.rule().split(", ")) {
                    var latex = rule.replace("⌊", "\\lfloor ").replace("⌋", " \\rfloor ").replace("·", " \\cdot ")
                            .replace("−", "-");
                    assertEquals(1, Evaluator.evaluate(latex, Map.of()).item(), row.layer() + ": " + rule);
                    checked++;
                }
            }
        }
        assertEquals(22, checked);
    }

    @Test
    void eachParameterAndOperationIsCountedOnceHoweverLayersAreNested() {
        for (var table : ofAllLayers()) {
            assertEquals(table.parameters(), table.rows().stream().mapToLong(Shapes.Row::parameters).sum(),
                    table.toString());
            assertFalse(table.rows().stream().anyMatch(row -> row.formula().isEmpty()), table.toString());
        }
        var tied = linear(4, 4);
        var table = shapes(sequential(tied, tanh(), tied), 3, 4);
        assertEquals("20 0 0", table.rows().get(0).parameters() + " " + table.rows().get(1).parameters() + " "
                + table.rows().get(2).parameters());
        assertEquals(96, table.multiplyAdds());
    }

    @Test
    void windowsSayWhichElementsTheySee() {
        assertEquals("Σ W[k] x[2i − 1 + k] + b", formula(conv1d(1, 1, 3).stride(2).padding(1), 1, 1, 9));
        assertEquals("Σ W[K − 1 − k] x[i + 3k]", formula(conv1d(1, 1, 3).dilation(3).noBias().flip(), 1, 1, 9));
        assertEquals("Σ W[k] x[j] over i = 2j − 1 + k, + b",
                formula(convTranspose2d(1, 1, 3).stride(2).padding(1), 1, 1, 4, 4));
        assertEquals("Σ W[k] x[s i − p + d k] + b", formula(conv2d(1, 1, 3).stride(2, 1), 1, 1, 4, 4));
    }

    private static String formula(Layer layer, int... input) {
        return shapes(layer, input).rows().getFirst().formula();
    }

    @Test
    void attentionIsCountedWithItsScores() {
        var row = shapes(encoderLayer(64, 4, 256), 2, 10, 64).rows().get(1);
        assertEquals("attention", row.path());
        assertEquals(2 * (4L * 10 * 64 * 64 + 2L * 10 * 10 * 64), row.multiplyAdds());
    }

    @Test
    void aNetOfOnesOwnHasARowForEachLayerWithParametersAndItsOperationsByName() {
        var table = shapes(new Net(sequential(linear(4, 5), tanh(), linear(5, 6)), linear(6, 2)), 7, 4);
        assertEquals("[, body.0, body.2, head]", table.rows().stream().map(Shapes.Row::path).toList().toString());
        assertEquals("Net: tanh → relu → tanh", table.rows().getFirst().layer() + ": " + table.rows().getFirst()
                .formula());
        assertEquals(7L * (20 + 30 + 12), table.multiplyAdds());
        record Summed(Linear inside) implements Layer {
            @Override
            public Tensor apply(Tensor x) {
                return inside.apply(x).sum(1);
            }
        }
        assertEquals(List.of(7), shapes(new Summed(linear(4, 3)), 7, 4).output());
        var free = shapes(sequential(x -> einsum("bi,bj->bij", x, x).flatten(1, 2), linear(16, 3)), 5, 4);
        assertEquals("lambda", free.rows().getFirst().layer());
        assertEquals(5 * 16 + 5 * 16 * 3, free.multiplyAdds());
        var twice = op("twice", x -> x.plus(x));
        assertEquals(List.of(5, 4), shapes(x -> twice.of(x), 5, 4).output());
    }

    @Test
    void aTransformerReadsAndWrites() {
        var table = shapes(transformer(2, 16, 4, 32), new Shape(3, 5, 16), new Shape(3, 7, 16));
        assertEquals(List.of(3, 7, 16), table.output());
        assertEquals(table.parameters(), table.rows().stream().mapToLong(Shapes.Row::parameters).sum());
        assertEquals(2 * 4 + 2 * 6 + 1, table.rows().size());
        assertEquals(List.of(3, 5, 16), shapes(Encoder.of(2, 16, 4, 32).preNorm(), 3, 5, 16).output());
    }

    @Test
    void nothingIsAllocatedHoweverLargeTheInput() {
        var net = sequential(conv2d(3, 16, 3).padding(1), batchNorm(16), relu(), maxPool2d(2), globalAvgPool(),
                linear(16, 10));
        var large = shapes(net, 600, 3, 1024, 1024);             // 7.5 GB, a tensor still
        var larger = shapes(net, 6000, 3, 1024, 1024);           // 75 GB
        assertEquals(10 * large.multiplyAdds(), larger.multiplyAdds());
        assertEquals(List.of(6000, 16, 512, 512), larger.rows().get(3).output());
        assertEquals(6000L * 16 * 1024 * 1024 * 27 + 6000L * 16 * 10, larger.multiplyAdds());
        assertTrue(larger.toString().contains("take a smaller batch"), larger.toString());
        // grows with the batch squared
        assertThrows(ShapeException.class, () -> shapes(x -> x.matmul(x.t()), 1 << 20, 4096));
        assertThrows(ShapeException.class, () -> shapes(flatten(), 1 << 20, 1 << 12, 1 << 20));
        assertEquals(List.of(1 << 20, 1 << 16), shapes(flatten(), 1 << 20, 1 << 8, 1 << 8).output());
        assertTrue(assertThrows(ShapeException.class, () -> shapes(net, 3, 3, 100_000, 100_000)).getMessage()
                .contains("2147483647"));
    }

    @Test
    void emptyAndScalarInputsAreFine() {
        assertEquals(List.of(0, 3), shapes(linear(4, 3), 0, 4).output());
        assertEquals(List.of(), shapes(tanh(), new int[0]).output());
        assertEquals(List.of(2, 4), shapes(sequential(), 2, 4).output());
        assertEquals(List.of(5, 8), shapes(embedding(10, 8), Tensor.indices(new Shape(5), 1, 2, 3, 4, 5)).output());
    }

    @Test
    void whatDoesNotFitIsNamedWithItsSizes() {
        var fault = assertThrows(ShapeException.class, () -> shapes(sequential(linear(4, 5), relu(), linear(6, 5)), 3,
                4)).getMessage();
        assertTrue(fault.startsWith("shapes: layer 2, linear(6, 5), on [3, 5]:") && fault.contains("\nhelp:"), fault);
        var blind = assertThrows(IllegalStateException.class, () -> shapes(sequential(x -> x.at(0, 0) > 0 ? x
                : x.neg()), 3, 4))
                .getMessage();
        assertTrue(blind.startsWith("shapes: layer 0, lambda, on [3, 4]: it looks at numbers"), blind);
        assertTrue(assertThrows(ShapeException.class, () -> shapes(relu(), new Shape(2), new Shape(2))).getMessage()
                .contains("2 inputs"));
        assertTrue(assertThrows(ShapeException.class, () -> shapes(transformer(1, 8, 2, 8), 2, 3, 8)).getMessage()
                .contains("two sequences"));
    }

    @Test
    void theTableIsAnHtmlTableToo() {
        var html = shapes(sequential(linear(4, 5), tanh()), 3, 4).html();
        assertTrue(html.startsWith("<table") && html.contains("<td style=\"text-align: left\">x Wᵀ + b</td>"), html);
        assertEquals(4, html.split("<tr>").length - 1);
    }
}
