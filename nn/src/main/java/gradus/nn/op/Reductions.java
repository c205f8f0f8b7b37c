package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import gradus.nn.backend.Kernel.Reduction;
import gradus.nn.backend.Kernel.RowFunction;
import gradus.nn.tex.Tex;
import java.util.List;

/** Operations that draw the elements along one axis together; the axis stays, with size 1. */
public final class Reductions {

    private Reductions() {
    }

    private static Tensor reduce(Reduction reduction, Tensor in, int axis) {
        var x = in.dense();
        var shape = x.shape().with(axis, 1);
        int inner = 1;
        for (int i = axis + 1; i < x.rank(); i++) {
            inner *= x.shape().dim(i);
        }
        int n = x.shape().dim(axis);
        var out = Buffer.allocate(x.dtype(), shape.size());
        Backend.current().run(new Kernel.Reduce(reduction, x.buffer(), out, inner == 0 ? 0 : shape.size() / inner, n, inner));
        return Tensor.dense(shape, out);
    }

    private static Shape reduced(Shape shape, int axis) {
        return shape.with(axis, 1);
    }

    private static List<Tensor[]> matrices() {
        return List.of(Samples.of(Samples.normal(3, 5)), Samples.of(Samples.normal(4, 3).t()),
                Samples.of(Samples.normal(1, 1)), Samples.of(Samples.normal(2, 40)));
    }

    /** Σ x along an axis; of nothing 0. */
    public record Sum(int axis) implements Op {
        @Override
        public String name() {
            return "sum";
        }

        @Override
        public Shape shape(Shape... in) {
            return reduced(in[0], axis);
        }

        @Override
        public Tensor forward(Tensor... in) {
            return reduce(Reduction.SUM, in[0], in[0].shape().axis(axis));
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {d.broadcastTo(in[0].shape())};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.atom("\\sum_{i} " + in[0].sub("i"));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1)};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {d.times(Tex.atom("\\mathbf{1}"))};
        }

        @Override
        public List<Tensor[]> samples() {
            return matrices();
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{Shape.SCALAR}});
        }
    }

    /** The largest x along an axis; elements that tie share the gradient equally. */
    public record Max(int axis) implements Op {
        @Override
        public String name() {
            return "max";
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[0].dim(axis) == 0) {
                throw ShapeException.of("max", "has no element along axis " + axis,
                        "the maximum of nothing does not exist; check the data before", in[0]);
            }
            return reduced(in[0], axis);
        }

        @Override
        public Tensor forward(Tensor... in) {
            return reduce(Reduction.MAX, in[0], in[0].shape().axis(axis));
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var winners = in[0].minus(out).sign().plus(1).detach();   // 1 where x is the maximum, else 0
            return new Tensor[] {d.times(winners.div(winners.sum(true, axis)))};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.atom("\\max_{i} " + in[0].sub("i"));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.atom("\\mathbf{1}_{" + in[0] + " = " + out + "}")};
        }

        @Override
        public List<Tensor[]> samples() {
            return matrices();
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{Shape.SCALAR}, {new Shape(0, 0)}});
        }
    }

    /** softmax(x)ᵢ = e^{xᵢ} / Σⱼ e^{xⱼ} along the last axis, shifted by the maximum so that nothing overflows. */
    public record Softmax() implements Op {
        @Override
        public String name() {
            return "softmax";
        }

        @Override
        public Shape shape(Shape... in) {
            in[0].axis(-1);
            return in[0];
        }

        @Override
        public Tensor forward(Tensor... in) {
            return rowWise(RowFunction.SOFTMAX, in[0]);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor p, Tensor d) {
            return new Tensor[] {p.times(d.minus(d.times(p).sum(true, -1)))};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\operatorname{softmax}", in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex p) {
            return new Tex[] {Tex.call("\\operatorname{diag}", p).minus(p.times(p.transposed()))};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex p, Tex d) {
            return new Tex[] {p.odot(d.minus(d.transposed().times(p)))};
        }

        @Override
        public List<Tensor[]> samples() {
            return matrices();
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{Shape.SCALAR}});
        }
    }

    /** ln softmax(x) = x − ln Σⱼ e^{xⱼ} along the last axis. */
    public record LogSoftmax() implements Op {
        @Override
        public String name() {
            return "logSoftmax";
        }

        @Override
        public Shape shape(Shape... in) {
            in[0].axis(-1);
            return in[0];
        }

        @Override
        public Tensor forward(Tensor... in) {
            return rowWise(RowFunction.LOG_SOFTMAX, in[0]);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {d.minus(out.exp().times(d.sum(true, -1)))};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].minus(Tex.call("\\ln", Tex.atom("\\sum_{j} " + Tex.atom("e").pow(in[0].sub("j")))));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.atom("I").minus(Tex.atom("\\mathbf{1}")
                    .times(Tex.call("\\operatorname{softmax}", in[0]).transposed()))};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {d.minus(Tex.call("\\operatorname{softmax}", in[0])
                    .times(Tex.atom("\\sum_{j} " + d.sub("j"))))};
        }

        @Override
        public List<Tensor[]> samples() {
            return matrices();
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{Shape.SCALAR}});
        }
    }

    private static Tensor rowWise(RowFunction f, Tensor in) {
        var x = in.dense();
        int n = x.shape().dim(-1);
        var out = Buffer.allocate(x.dtype(), x.size());
        Backend.current().run(new Kernel.RowWise(f, x.buffer(), out, n == 0 ? 0 : x.size() / n, n));
        return Tensor.dense(x.shape(), out);
    }
}
