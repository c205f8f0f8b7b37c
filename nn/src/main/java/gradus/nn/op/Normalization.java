package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Expr;
import gradus.nn.backend.Kernel;
import gradus.nn.grad.Gradients;
import gradus.nn.tex.Tex;
import java.util.List;
import java.util.Optional;

/**
 * Numbers brought to mean 0 and variance 1 set by set, which is the heart of batch, layer, group and RMS normalisation: they
 * differ in what a set is. Inputs are [outer, sets, inner]; a set is everything with one middle index.
 */
public final class Normalization {

    private Normalization() {
    }

    /** Over the outer and the inner axis, which stay with size 1. */
    private static final String MEAN = "\\operatorname{mean}_{0, 2}";
    private static final String VARIANCE = "\\operatorname{var}_{0, 2}";

    /** scale · x + shift in one pass. */
    private static final Mapped AFFINE = new Mapped(Expr.input(0).times(Expr.input(1)).plus(Expr.input(2)), 3);

    /** x ⊙ scale + shift, broadcast to the shape of x. */
    public static Tensor affine(Tensor x, Tensor scale, Tensor shift) {
        return Tensor.apply(AFFINE, x, scale, shift);
    }

    private static Tensor run(Tensor x, Optional<Tensor> d, double epsilon, boolean centred) {
        var shape = x.shape();
        var out = Buffer.allocate(x.dtype(), shape.size());
        Backend.current().run(new Kernel.Standardize(x.dense().buffer(), d.map(delta -> delta.dense().buffer()), out,
                shape.dim(0), shape.dim(1), shape.dim(2), epsilon, centred));
        return Tensor.dense(shape, out);
    }

    private static void checkSets(String name, Shape shape) {
        if (shape.rank() != 3) {
            throw ShapeException.of(name, "is not [outer, sets, inner]", "reshape(1, rows, -1) for sets that are rows", shape);
        }
    }

    private static Tex scale(Tex x, boolean centred, double epsilon) {
        return Tex.call("\\sqrt{#1}", Tex.call(centred ? VARIANCE : MEAN, centred ? x : x.pow(2)).plus(Tex.number(epsilon)));
    }

    private static Tex standardized(Tex x, boolean centred, double epsilon) {
        return (centred ? x.minus(Tex.call(MEAN, x)) : x).over(scale(x, centred, epsilon));
    }

    private static Tex gradient(Tex x, Tex d, boolean centred, double epsilon) {
        var y = standardized(x, centred, epsilon);
        var inner = centred ? d.minus(Tex.call(MEAN, d)) : d;
        return inner.minus(y.odot(Tex.call(MEAN, d.odot(y)))).over(scale(x, centred, epsilon));
    }

    private static List<Tensor[]> inputs() {
        return List.of(Samples.of(Samples.normal(1, 3, 4)), Samples.of(Samples.normal(2, 3, 4)), Samples.of(Samples.normal(3, 2, 4).t()),
                Samples.of(Samples.normal(1, 2, 40)), Samples.of(Samples.normal(0, 2, 3)));
    }

    /**
     * y = (x − μ)/√(σ² + ε) for each set, with σ² = mean (x − μ)², the biased variance; where not centred, y = x/√(mean x² + ε).
     * Stands for {@link #unfused}.
     */
    public record Standardize(double epsilon, boolean centred) implements Op {

        /** The same by single operations: x − mean, its mean square, the quotient. */
        public Tensor unfused(Tensor x) {
            var deviations = centred ? x.minus(x.mean(true, 0, 2)) : x;
            return deviations.div(deviations.square().mean(true, 0, 2).plus(epsilon).sqrt());
        }

        @Override
        public String name() {
            return centred ? "standardize" : "rmsNorm";
        }

        @Override
        public Shape shape(Shape... in) {
            checkSets(name(), in[0]);
            return in[0];
        }

        @Override
        public Tensor forward(Tensor... in) {
            return run(in[0], Optional.empty(), epsilon, centred);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new StandardizeBack(epsilon, centred), in[0], d)};
        }

        @Override
        public Tex tex(Tex... in) {
            return standardized(in[0], centred, epsilon);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex y) {
            var ones = Tex.atom("\\frac{1}{n}");
            var inner = Tex.atom("I").minus(ones.times(y).times(y.transposed()));
            return new Tex[] {(centred ? inner.minus(ones.times(Tex.atom("\\mathbf{1} \\mathbf{1}^{\\top}"))) : inner)
                    .over(scale(in[0], centred, epsilon))};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {gradient(in[0], d, centred, epsilon)};
        }

        @Override
        public List<Tensor[]> samples() {
            return inputs();
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(3, 4)}});
        }
    }

    /** The gradient of {@link Standardize}: (δ − mean δ − y mean(δ y))/√(σ² + ε); of x and δ. */
    public record StandardizeBack(double epsilon, boolean centred) implements Op {
        @Override
        public String name() {
            return new Standardize(epsilon, centred).name() + "'s gradient";
        }

        @Override
        public Formulas formulas() {
            return Formulas.NAMES;
        }

        @Override
        public Shape shape(Shape... in) {
            checkSets(name(), in[0]);
            if (!in[0].equals(in[1])) {
                throw ShapeException.of(name(), "differ", "δ has the shape of the output", in[0], in[1]);
            }
            return in[0];
        }

        @Override
        public Tensor forward(Tensor... in) {
            return run(in[0], Optional.of(in[1]), epsilon, centred);
        }

        /** By the single operations of {@link Standardize#unfused}, whose gradient this is. */
        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var forward = new Standardize(epsilon, centred);
            return Gradients.vjp(z -> Gradients.vjp(x -> forward.unfused(x[0]), new Tensor[] {z[0]}, z[1])[0], in, d);
        }

        @Override
        public Tex tex(Tex... in) {
            return gradient(in[0], in[1], centred, epsilon);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.atom("\\frac{\\partial y}{\\partial x}"), Tex.atom("\\frac{\\partial y}{\\partial \\delta}")};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(1, 2, 4), Samples.normal(1, 4, 2).t()),
                    Samples.of(Samples.normal(2, 2, 3), Samples.normal(2, 3, 2).t()));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(1, 3, 4), new Shape(1, 4, 3)}, {new Shape(3), new Shape(3)}});
        }
    }
}
