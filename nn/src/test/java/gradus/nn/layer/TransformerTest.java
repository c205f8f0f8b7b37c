package gradus.nn.layer;

import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.training;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.layer.Attention.MultiHead;
import gradus.nn.layer.Transformer.EncoderLayer;
import org.junit.jupiter.api.Test;

class TransformerTest {

    private static final Tensor NO_MASK = Tensor.zeros();

    @Test
    void weightsAreDistributionsOverTheKeysThatMayBeSeen() {
        var found = Attention.attend(randn(seed(1), 2, 3, 4), randn(seed(2), 2, 5, 4), randn(seed(3), 2, 5, 6),
                Attention.allowing(Tensor.of(new double[][] {{1, 1, 0, 1, 0}})));
        assertEquals(new Shape(2, 3, 6), found.output().shape());
        assertArrayEquals(Tensor.ones(2, 3).toDoubleArray(), found.weights().sum(2).toDoubleArray(), 1e-6);
        assertEquals(0, found.weights().select(2, 2, 4).max().item());
        assertTrue(found.weights().select(2, 0, 1, 3).toDoubleArray()[0] > 0);
    }

    @Test
    void aCausalLayerDoesNotSeeTheFuture() {
        var layer = EncoderLayer.of(8, 2, 16);
        var x = randn(seed(1), 1, 5, 8);
        var changed = Tensor.concat(1, x.slice(1, 0, 3), randn(seed(2), 1, 2, 8));
        var mask = Attention.causal(5);
        assertArrayEquals(layer.apply(x, mask).slice(1, 0, 3).toFloatArray(), layer.apply(changed, mask).slice(1, 0, 3).toFloatArray());
        assertTrue(layer.apply(x).minus(layer.apply(changed)).slice(1, 0, 3).abs().max().item() > 1e-3);
    }

    @Test
    void paddedKeysCountNothing() {
        var layer = MultiHead.of(6, 3);
        var x = randn(seed(1), 2, 4, 6);
        var padded = layer.attend(x, x, Attention.padding(4, 2, 4)).output();
        var alone = layer.attend(x.slice(0, 0, 1), x.slice(0, 0, 1).slice(1, 0, 2), NO_MASK).output();
        assertArrayEquals(alone.toDoubleArray(), padded.slice(0, 0, 1).toDoubleArray(), 1e-6);
        assertThrows(ShapeException.class, () -> Attention.padding(4, 5));
    }

    /** What the heads compute side by side equals each head by itself. */
    @Test
    void headsArePartsOfTheFeatures() {
        var layer = MultiHead.of(6, 2);
        var x = randn(seed(1), 1, 4, 6);
        var q = layer.query().apply(x);
        var k = layer.key().apply(x);
        var v = layer.value().apply(x);
        var heads = new Tensor[2];
        for (int h = 0; h < 2; h++) {
            heads[h] = Attention.attend(q.slice(2, 3 * h, 3 * h + 3), k.slice(2, 3 * h, 3 * h + 3), v.slice(2, 3 * h, 3 * h + 3),
                    NO_MASK).output();
        }
        assertArrayEquals(layer.output().apply(Tensor.concat(2, heads)).toDoubleArray(), layer.apply(x).toDoubleArray(), 1e-6);
        assertArrayEquals(layer.apply(x).toFloatArray(), layer.apply(x.reshape(4, 6)).toFloatArray());
    }

    @Test
    void theWholeWritesFromWhatItRead() {
        var net = Transformer.of(2, 8, 2, 16).preNorm().dropout(0.1);
        assertEquals(new Shape(3, 4, 8), net.apply(randn(seed(1), 3, 7, 8), randn(seed(2), 3, 4, 8)).shape());
        var loss = training(() -> net.apply(randn(seed(1), 3, 7, 8), randn(seed(2), 3, 4, 8)).square().mean());
        loss.backward();
        assertTrue(net.parameters().stream().allMatch(p -> p.grad() != null));
        // attention 4 (d² + d), the net at each position 2 d hidden + hidden + d, a norm 2 d
        int attention = 4 * (64 + 8);
        int positions = 2 * 8 * 16 + 16 + 8;
        assertEquals(2 * (attention + positions + 2 * 16) + 16 + 2 * (2 * attention + positions + 3 * 16) + 16, net.parameterCount());
        assertThrows(ShapeException.class, () -> net.apply(Tensor.ones(1, 2, 8)));
    }

    /** The vector k positions later is the rotation of each pair by k ω. */
    @Test
    void sinusoidalPositionsShiftLinearly() {
        int d = 6;
        var table = Embedding.SinusoidalPositions.table(20, d).toDoubleArray();
        for (int i = 0; i < d; i += 2) {
            double angle = 5 * Math.pow(10000, -i / (double) d);
            for (int position = 0; position < 15; position++) {
                double sin = table[position * d + i];
                double cos = table[position * d + i + 1];
                assertEquals(sin * Math.cos(angle) + cos * Math.sin(angle), table[(position + 5) * d + i], 1e-12);
                assertEquals(cos * Math.cos(angle) - sin * Math.sin(angle), table[(position + 5) * d + i + 1], 1e-12);
            }
        }
    }

    @Test
    void anEmbeddingIsALinearMapOfOneHotVectors() {
        var layer = Embedding.of(5, 3);
        var words = Tensor.indices(new Shape(2, 2), 4, 0, 0, 2);
        var vectors = layer.apply(words);
        assertEquals(new Shape(2, 2, 3), vectors.shape());
        assertEquals(layer.weight().at(4, 1), vectors.at(0, 0, 1));
        vectors.sum().backward();
        assertArrayEquals(new double[] {2, 0, 1, 0, 1}, layer.weight().grad().slice(1, 0, 1).toDoubleArray());
        assertThrows(ShapeException.class, () -> layer.apply(Tensor.of(5)));
    }
}
