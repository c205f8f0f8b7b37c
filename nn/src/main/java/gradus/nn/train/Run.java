package gradus.nn.train;

import gradus.nn.Layer;
import gradus.nn.Tensor;
import gradus.nn.grad.Gradients;

/** A training that is over: the net, and how it went. */
public record Run(Layer net, History history) {

    /** The net's output, without recording. */
    public Tensor predict(Tensor x) {
        return Gradients.noGrad(() -> net.apply(x));
    }

    @Override
    public String toString() {
        return history + String.format(java.util.Locale.ROOT, "%n%.2f s", history.seconds());
    }
}
