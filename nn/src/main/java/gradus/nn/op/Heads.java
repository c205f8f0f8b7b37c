package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.tex.Tex;
import java.util.List;

/** The features of a sequence in parts side by side, one for each head of attention, and the parts joined again. */
public final class Heads {

    private Heads() {
    }

    /** y[b, h, t, c] = x[b, t, d h + c]: [batch, time, heads · d] → [batch, heads, time, d], a view. */
    public record Split(int heads) implements Moving {
        @Override
        public String name() {
            return "splitHeads";
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[0].rank() != 3 || heads < 1 || in[0].dim(2) % heads != 0) {
                throw ShapeException.of(name(), "has no " + heads + " heads",
                        "sequences are [batch, time, features], and heads divide the features", in[0]);
            }
            return new Shape(in[0].dim(0), heads, in[0].dim(1), in[0].dim(2) / heads);
        }

        @Override
        public Tensor forward(Tensor... in) {
            var to = shape(in[0].shape());
            return in[0].reshape(to.dim(0), to.dim(2), heads, to.dim(3)).transpose(0, 2, 1, 3);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new Join(), d)};
        }

        @Override
        public Tex tex(Tex... in) {
            return split(in[0], heads);
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {join(d)};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(2, 3, 2 * heads)), Samples.of(Samples.normal(1, 2 * heads, 3).t()),
                    Samples.of(Samples.normal(0, 3, heads)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(3, 2 * heads)}, {new Shape(1, 3, 2 * heads + 1)}});
        }
    }

    /** y[b, t, d h + c] = x[b, h, t, c]: [batch, heads, time, d] → [batch, time, heads · d]. */
    public record Join() implements Moving {
        @Override
        public String name() {
            return "joinHeads";
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[0].rank() != 4) {
                throw ShapeException.of(name(), "are no heads", "heads are [batch, heads, time, features]", in[0]);
            }
            return new Shape(in[0].dim(0), in[0].dim(2), in[0].dim(1) * in[0].dim(3));
        }

        @Override
        public Tensor forward(Tensor... in) {
            return in[0].transpose(0, 2, 1, 3).reshape(shape(in[0].shape()).dims());
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new Split(in[0].shape().dim(1)), d)};
        }

        @Override
        public Tex tex(Tex... in) {
            return join(in[0]);
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {split(d, in[0].shape().dim(1))};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(2, 3, 4, 2)), Samples.of(Samples.normal(1, 2, 2, 3).t()),
                    Samples.of(Samples.normal(2, 1, 3, 2)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(2, 3, 4)}});
        }
    }

    private static Tex split(Tex x, int heads) {
        int d = x.shape().dim(2) / heads;
        return x.entry("i, k, " + (d == 1 ? "j + l" : d + " j + l"));
    }

    private static Tex join(Tex x) {
        int d = x.shape().dim(3);
        return x.entry("i, \\left\\lfloor k / " + d + " \\right\\rfloor, j, \\operatorname{mod}\\left(k, " + d
                + "\\right)");
    }
}
