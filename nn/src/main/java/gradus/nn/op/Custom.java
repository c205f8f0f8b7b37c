package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.grad.Gradients;
import gradus.nn.tex.Tex;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * An operation of a user: a name and what it computes in tensor operations; if wanted, how gradients flow back other than
 * through these, and how it is written.
 *
 * @param forward  what it computes
 * @param backward how gradients flow back; through the operations of {@code forward} unless told otherwise
 * @param pattern  LaTeX with {0}, {1} … for the inputs, empty for the name as a function
 */
public record Custom(String name, Function<Tensor[], Tensor> forward, Vjp backward, String pattern) implements Op {

    /** The vector–Jacobian products from inputs, output and δ. */
    @FunctionalInterface
    public interface Vjp {

        Tensor[] of(Tensor[] in, Tensor out, Tensor d);
    }

    /** The vector–Jacobian product of an operation with one input. */
    @FunctionalInterface
    public interface VjpOfOne {

        Tensor of(Tensor x, Tensor y, Tensor d);
    }

    /** An operation that is what {@code forward} computes. */
    public static Custom of(String name, Function<Tensor[], Tensor> forward) {
        return new Custom(name, forward, (in, out, d) -> Gradients.vjp(forward, in, d), "");
    }

    /** The same with another way back, of as many gradients as there are inputs; {@code null} for none. */
    public Custom vjps(Vjp way) {
        return new Custom(name, forward, way, pattern);
    }

    /** The same with another way back, for an operation with one input. */
    public Custom vjp(VjpOfOne way) {
        return vjps((in, out, d) -> new Tensor[] {way.of(in[0], out, d)});
    }

    /** The same, written so: LaTeX in which {0}, {1} … stand for the inputs. */
    public Custom tex(String latex) {
        return new Custom(name, forward, backward, latex);
    }

    /** The operation applied. */
    public Tensor of(Tensor... in) {
        return Tensor.apply(this, in);
    }

    @Override
    public void check(Shape... in) {
        // a user's function says itself what does not fit
    }

    /** Known when it is computed: the shape of a user's function follows from running it. */
    @Override
    public Shape shape(Shape... in) {
        return Gradients.noGrad(() -> forward.apply(Arrays.stream(in).map(shape -> Tensor.zeros(shape.dims()))
                .toArray(Tensor[]::new))).shape();
    }

    @Override
    public Tensor forward(Tensor... in) {
        return forward.apply(in);
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
        return backward.of(in, out, d);
    }

    @Override
    public Tex tex(Tex... in) {
        if (pattern.isEmpty()) {
            return Tex.call("\\operatorname{" + name + "}",
                    Tex.atom(String.join(", ", Arrays.stream(in).map(Tex::text).toList())));
        }
        var text = pattern;
        for (int i = 0; i < in.length; i++) {
            text = text.replace("{" + i + "}", "{" + in[i].text() + "}");
        }
        return Tex.atom(text);
    }

    @Override
    public Tex[] localTex(Tex[] in, Tex out) {
        return IntStream.range(0, in.length).mapToObj(i -> Tex.atom("\\frac{\\partial " + out + "}{\\partial " + in[i] + "}"))
                .toArray(Tex[]::new);
    }

    @Override
    public Formulas formulas() {
        return Formulas.NAMES;
    }

    @Override
    public List<Tensor[]> samples() {
        return Samples.pointwise();
    }
}
