package gradus.nn.derivation.unrolled;

import gradus.nn.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a recurrent layer's tensors are called in the graph that it was found in.
 *
 * @param x          the input
 * @param out        the outputs
 * @param delta      the loss's gradient in them
 * @param inputs     the loss's gradient in what the steps get from the input, where others read it
 * @param start      the state before the first step, where somebody computed it
 * @param startDelta the loss's gradient in it, where others read it
 * @param parameters the layer's own names for its parameters, and the graph's
 * @param number     of the layer, where its names would be another's too
 */
record Linked(String x, String out, String delta, Optional<Gradient> inputs, Optional<String> start,
        Optional<Gradient> startDelta, Map<String, String> parameters, Optional<Integer> number) {

    /** X, Y, S stand for input, outputs and start in templates, G, A, B for gradients. */
    Naming naming() {
        var names = new HashMap<>(parameters);
        names.putAll(Map.of("X", x, "Y", out, "G", delta));
        inputs.ifPresent(gradient -> names.put("A", gradient.name));
        start.ifPresent(name -> names.put("S", name));
        startDelta.ifPresent(gradient -> names.put("B", gradient.name));
        return new Naming(number, names);
    }

    /** A gradient with its name. */
    record Gradient(String name, Tensor value) {
    }
}
