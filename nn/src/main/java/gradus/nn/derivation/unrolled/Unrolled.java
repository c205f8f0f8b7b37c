package gradus.nn.derivation.unrolled;

import gradus.nn.DType;
import gradus.nn.Layer;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Step;
import gradus.nn.derivation.Typesetting;
import gradus.nn.layer.Convolution;
import gradus.nn.layer.Linear;
import gradus.nn.layer.Pooling;
import gradus.nn.layer.Recurrent;
import gradus.nn.layer.Sequential;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A layer whose formulas are known as a whole, written out at an input: every line read back and checked.
 *
 * @param steps forward lines, local derivatives, δ backwards, gradients
 */
public record Unrolled(List<Step> steps) {

    /** The lines of one kind. */
    public List<Step> steps(Step.Kind kind) {
        return steps.stream().filter(step -> step.kind() == kind).toList();
    }

    /** The lines as LaTeX, an {@code aligned} environment: formula, shape, tick. */
    public String tex() {
        return Typesetting.tex(steps);
    }

    /** The lines as Markdown with LaTeX. */
    public String markdown() {
        return "$$\n" + tex() + "\n$$\n\n" + Typesetting.verdict(steps) + "\n";
    }

    /** The lines as aligned plain text. */
    @Override
    public String toString() {
        return Typesetting.plain(steps);
    }

    /**
     * The lines of a layer at this input, for the loss ½ Σ y² of its outputs: any loss would do, since δ is taken from
     * it.
     *
     * @throws IllegalArgumentException for a layer that has no such form, or an input without elements
     */
    public static Unrolled of(Layer layer, Tensor x) {
        return of(layer, x, y -> y.square().sum().times(0.5));
    }

    /**
     * The lines of a layer at this input: a recurrent net through time, possibly with a linear layer applied to each
     * of its
     * outputs; a convolution or a pooling as sums over windows.
     *
     * @param loss of the layer's output, a scalar
     * @throws IllegalArgumentException for a layer that has no such form, or an input without elements
     */
    public static Unrolled of(Layer layer, Tensor x, UnaryOperator<Tensor> loss) {
        if (x.size() == 0) {
            throw new IllegalArgumentException("unroll: an input of shape " + x.shape()
                    + " has no numbers to check lines at"
                    + "\nhelp: give at least one element along every axis");
        }
        return new Unrolled(structure(layer, x, loss).lines());
    }

    /**
     * The lines of one attention head, of which {@link gradus.nn.layer.Attention#attend} is the computation.
     *
     * @param q    queries [.., m, d]
     * @param k    keys [.., n, d]
     * @param v    values [.., n, e]
     * @param mask added to the scores, a scalar 0 for none
     * @param loss of the output [.., m, e], a scalar
     */
    public static Unrolled attention(Tensor q, Tensor k, Tensor v, Tensor mask, UnaryOperator<Tensor> loss) {
        return new Unrolled(new Head(q, k, v, mask, loss).lines());
    }

    private static Structure structure(Layer layer, Tensor x, UnaryOperator<Tensor> loss) {
        return switch (layer) {
            case Recurrent.Sequence sequence -> through(sequence, x, Optional.empty(), loss);
            case Sequential(var layers) when layers.size() == 2
                    && layers.getFirst() instanceof Recurrent.Sequence sequence
                    && layers.getLast() instanceof Linear head -> through(sequence, x, Optional.of(head), loss);
            case Convolution.Conv conv -> new Convolved(conv, x, loss);
            case Pooling.Pool pool -> new Pooled(pool, x, loss);
            default -> throw new IllegalArgumentException("unroll: " + layer
                    + " has no form of its own to be written out in"
                    + "\nhelp: give a recurrent layer, perhaps with linear(..) behind it, or use derive(loss) for any graph");
        };
    }

    private static Structure through(Recurrent.Sequence layer, Tensor x, Optional<Linear> head,
            UnaryOperator<Tensor> loss) {
        layer.walk(x);   // refuses what does not fit
        var shape = new Shape(x.shape().dim(0), layer.cell().stateSize());
        var start = layer.start().map(s -> s.detach().reshape(1, -1).broadcastTo(shape))
                .orElseGet(() -> Tensor.full(0, shape, DType.FLOAT64));
        return Structure.of(new Walked(layer, x, start, head, false, false, loss, Optional.empty()));
    }
}
