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

    /** An operator like Σ over one axis, the others as free indices. */
    private static Tex over(String operator, Tex x, int axis) {
        var letters = Tex.indices(x.shape().rank());
        return x.sub(letters).total(operator + "_{" + letters.charAt(x.shape().axis(axis)) + "}");
    }

    private static String with(String letters, int axis, char letter) {
        return letters.substring(0, axis) + letter + letters.substring(axis + 1);
    }

    /** One index per axis, {@code ij}. */
    private static String row(Tex x) {
        return Tex.indices(x.shape().rank());
    }

    /** The same with another last one, {@code im}. */
    private static String column(Tex x) {
        return with(row(x), x.shape().rank() - 1, 'm');
    }

    /** 1 where the last index is m, as in a Jacobian. */
    private static Tex same(Tex x) {
        return Tex.call("\\mathbf{1}_{#1 = #2}", Tex.atom(row(x).substring(x.shape().rank() - 1)).and(Tex.atom("m")));
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
            return in[0].shape().rank() == 1 ? in[0].total() : over("\\sum", in[0], axis);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1)};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            var shape = in[0].shape();
            int at = shape.axis(axis);
            return new Tex[] {shape.rank() != 2 || d.shape().rank() == 0 ? d.odot(Movement.ones(shape.dims()))
                    : at == 0 ? Movement.ones(shape.dim(0)).times(d)
                    : d.times(Movement.ones(shape.dim(1)).transposed())};
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
            return over("\\max", in[0], axis);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            int at = in[0].shape().axis(axis);
            var letters = Tex.indices(in[0].shape().rank());
            var one = out.sub(with(letters, at, '1'));
            var winners = Tex.call("\\mathbf{1}_{#1 = #2}", in[0].sub(with(letters, at, 'm')).and(one)).total("\\sum_{m}");
            return new Tex[] {Tex.call("\\mathbf{1}_{#1 = #2}", in[0].sub(letters).and(one)).over(winners)};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            var letters = with(Tex.indices(in[0].shape().rank()), in[0].shape().axis(axis), '1');
            return new Tex[] {d.sub(letters).times(localTex(in, out)[0])};
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

    /** An operation on each row of the last axis that gives a row of the same size. */
    private interface OfRows extends Op {

        RowFunction function();

        @Override
        default Shape shape(Shape... in) {
            in[0].axis(-1);
            return in[0];
        }

        @Override
        default Tensor forward(Tensor... in) {
            var x = in[0].dense();
            int n = x.shape().dim(-1);
            var out = Buffer.allocate(x.dtype(), x.size());
            Backend.current().run(new Kernel.RowWise(function(), x.buffer(), out, n == 0 ? 0 : x.size() / n, n));
            return Tensor.dense(x.shape(), out);
        }

        @Override
        default List<Tensor[]> samples() {
            return matrices();
        }

        @Override
        default List<Shape[]> misfits() {
            return List.of(new Shape[][] {{Shape.SCALAR}});
        }
    }

    /** softmax(x)ᵢ = e^{xᵢ} / Σⱼ e^{xⱼ} along the last axis, shifted by the maximum so that nothing overflows. */
    public record Softmax() implements OfRows {
        @Override
        public String name() {
            return "softmax";
        }

        @Override
        public RowFunction function() {
            return RowFunction.SOFTMAX;
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
            return new Tex[] {p.sub(row(p)).times(same(p).minus(p.sub(column(p))))};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex p, Tex d) {
            var total = d.sub(column(p)).times(p.sub(column(p))).total("\\sum_{m}");
            return new Tex[] {p.sub(row(p)).times(d.sub(row(p)).minus(total))};
        }
    }

    /** ln softmax(x) = x − ln Σⱼ e^{xⱼ} along the last axis. */
    public record LogSoftmax() implements OfRows {
        @Override
        public String name() {
            return "logSoftmax";
        }

        @Override
        public RowFunction function() {
            return RowFunction.LOG_SOFTMAX;
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {d.minus(out.exp().times(d.sum(true, -1)))};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].sub(row(in[0])).minus(Tex.call("\\ln",
                    Tex.atom("e").pow(in[0].sub(column(in[0]))).total("\\sum_{m}")));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {same(out).minus(Tex.atom("e").pow(out.sub(column(out))))};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {d.sub(row(d)).minus(Tex.atom("e").pow(out.sub(row(d)))
                    .times(d.sub(column(d)).total("\\sum_{m}")))};
        }
    }
}
