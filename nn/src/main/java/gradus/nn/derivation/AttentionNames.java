package gradus.nn.derivation;

import gradus.nn.Tensor;
import gradus.nn.op.Arithmetic;
import gradus.nn.op.Elementwise;
import gradus.nn.op.Heads;
import gradus.nn.op.Movement;
import gradus.nn.op.Products;
import gradus.nn.op.Reductions;
import gradus.nn.op.Regularization;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** What the parts of attention are called: queries Q, keys K, values V, scores S, mask M, weights A, means O, joined C. */
final class AttentionNames {

    private AttentionNames() {
    }

    /** The letters of those parts that a graph has. */
    static Map<Tensor, String> of(List<Tensor> graph) {
        var letters = new IdentityHashMap<Tensor, String>();
        for (var x : graph) {
            if (x.op() instanceof Heads.Join) {
                letters.put(x, "C");
            }
            if (!(x.op() instanceof Products.MatMul)) {
                continue;
            }
            var kept = x.inputs()[0];
            var weights = kept.op() instanceof Regularization.Drop ? kept.inputs()[0] : kept;
            if (weights.op() instanceof Reductions.Softmax) {
                letters.put(x, "O");
                letters.put(weights, "A");
                projected("V", x.inputs()[1], letters);
                scores(weights.inputs()[0], letters);
            }
        }
        return letters;
    }

    private static void scores(Tensor x, Map<Tensor, String> letters) {
        var scores = x;
        if (x.op() instanceof Arithmetic.Add) {
            letters.put(x, "\\tilde{S}");
            scores = x.inputs()[0];
            Arrays.stream(x.inputs()).filter(mask -> mask.op() == null).forEach(mask -> letters.putIfAbsent(mask, "M"));
        }
        letters.put(scores, "S");
        var product = unscaled(scores);
        if (product.op() instanceof Products.MatMul) {
            projected("Q", unscaled(product.inputs()[0]), letters);
            var keys = product.inputs()[1];
            projected("K", keys.op() instanceof Movement.Permute ? keys.inputs()[0] : keys, letters);
        }
    }

    private static Tensor unscaled(Tensor x) {
        return x.op() instanceof Elementwise.Scale ? x.inputs()[0] : x;
    }

    /** What is split into heads has the letter, and the heads have it with a hat. */
    private static void projected(String letter, Tensor x, Map<Tensor, String> letters) {
        if (x.op() instanceof Heads.Split) {
            letters.putIfAbsent(x, "\\hat{" + letter + "}");
            letters.putIfAbsent(x.inputs()[0], letter);
        } else {
            letters.putIfAbsent(x, letter);
        }
    }
}
