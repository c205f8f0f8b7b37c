package gradus.nn.train;

import gradus.nn.Layer;
import gradus.nn.Tensor;
import gradus.nn.data.Dataset;
import gradus.nn.grad.Gradients;
import gradus.nn.layer.Mode;
import gradus.nn.loss.Loss;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks for what made a step's numbers NaN or infinite, by making the step again, operation by operation. */
record Fault(Layer net, Loss loss) {

    private static final String DATA = "look at the data; no number of a sample may be missing";
    private static final String STEPS = "a smaller learning rate, or features of similar size, usually cure that";

    /** Where a parameter that is not finite stands, if there is one. */
    Optional<String> parameter() {
        return net.namedParameters().entrySet().stream().filter(p -> !isFinite(p.getValue())).map(Map.Entry::getKey)
                .findFirst();
    }

    /** Two lines for a loss that is not finite with parameters that are. */
    String ofLoss(double value, String place, Dataset rows) {
        var what = "the loss is " + value + " in " + place;
        if (!isFinite(rows.x()) || !isFinite(rows.y())) {
            return what + ": " + (isFinite(rows.x()) ? "targets" : "features") + " of this batch are not finite\nhelp: "
                    + DATA;
        }
        var again = Mode.training(() -> loss.of(net.apply(rows.x()), rows.y()));
        return what + ": the first that is not finite is the output of " + source(again) + "\nhelp: " + STEPS;
    }

    /** Two lines for a step that made a parameter NaN or infinite, though its loss is finite. */
    String ofStep(String place, Dataset rows) {
        var names = List.copyOf(net.namedParameters().keySet());
        var gradients = Mode.training(() -> Gradients.of(loss.of(net.apply(rows.x()), rows.y()),
                net.parameters().toArray(Tensor[]::new)));
        for (int i = gradients.length - 1; i >= 0; i--) {   // the way that gradients take
            if (!isFinite(gradients[i])) {
                return "in " + place + " the loss is finite, but its gradient is not: the first on the way back is that"
                        + " of " + names.get(i) + "\nhelp: a root, logarithm or quotient stands at its edge, √0 say; add a"
                        + " small number inside";
            }
        }
        return "the step of " + place + " left the range of numbers\nhelp: " + STEPS;
    }

    /** The operation whose result is not finite though its inputs are, behind this one, and the layer it belongs to. */
    private String source(Tensor bad) {
        var at = bad;
        for (var next = Optional.of(at); next.isPresent(); next = culprit(at)) {
            at = next.get();
        }
        if (at.op() == null) {
            return "something given, of shape " + at.shape();
        }
        return at.op().name() + ", " + at.shape() + layer(at).map(", "::concat).orElse("");
    }

    /** The input that x has its NaN from, or its infinity; infinities alone may be meant, as those of a mask are. */
    private static Optional<Tensor> culprit(Tensor x) {
        boolean nan = hasNaN(x);
        return Arrays.stream(x.inputs()).filter(in -> nan ? hasNaN(in) : !isFinite(in)).findFirst();
    }

    /** The layer whose parameters an operation uses, or else those before it. */
    private Optional<String> layer(Tensor x) {
        var names = new IdentityHashMap<Tensor, String>();
        net.state().forEach((name, tensor) -> names.put(tensor, name));
        Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        var open = new ArrayDeque<>(List.of(x));
        while (!open.isEmpty()) {
            var from = open.poll();
            for (var in : from.inputs()) {
                if (names.containsKey(in)) {
                    return Optional.of((from == x ? "with " : "after ") + names.get(in));
                }
                if (seen.add(in)) {
                    open.add(in);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean hasNaN(Tensor x) {
        return x.size() > 0 && x.detach().isNaN().max().item() > 0;
    }

    static boolean isFinite(Tensor x) {
        return x.size() == 0 || x.detach().isFinite().min().item() > 0;
    }
}
