package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import gradus.nn.backend.Kernel.Matrix;
import gradus.nn.tex.Tex;
import java.util.Arrays;
import java.util.List;

/** Matrix products. */
public final class Products {

    private Products() {
    }

    /** The last two axes as matrices, those before as batch axes: a view as it lies, nothing copied. */
    private static Matrix matrices(Tensor x) {
        int axes = x.rank() - 2;
        return new Matrix(x.buffer(), x.offset(), Arrays.copyOf(x.strides(), axes), x.strides()[axes], x.strides()[axes + 1]);
    }

    /**
     * A B over the last two axes, [.., m, k] × [.., k, n] → [.., m, n]; the axes before broadcast.
     * For one matrix Cᵢⱼ = Σₖ Aᵢₖ Bₖⱼ.
     */
    public record MatMul() implements Op {
        @Override
        public String name() {
            return "matmul";
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[0].rank() < 2 || in[1].rank() < 2) {
                throw ShapeException.of("matmul", "are not both matrices",
                        "a vector becomes a column by reshape(-1, 1) and a row by reshape(1, -1)", in[0], in[1]);
            }
            if (in[0].dim(-1) != in[1].dim(-2)) {
                throw ShapeException.of("matmul", "do not fit: " + in[0].dim(-1) + " columns meet " + in[1].dim(-2)
                        + " rows", help(in[0], in[1]), in[0], in[1]);
            }
            var batch = Shape.broadcast("matmul", batch(in[0]), batch(in[1]));
            var dims = Arrays.copyOf(batch.dims(), batch.rank() + 2);
            dims[batch.rank()] = in[0].dim(-2);
            dims[batch.rank() + 1] = in[1].dim(-1);
            return new Shape(dims);
        }

        private static String help(Shape a, Shape b) {
            return a.dim(-1) == b.dim(-1) ? "a.matmul(b.t()) would fit"
                    : a.dim(-2) == b.dim(-2) ? "a.t().matmul(b) would fit"
                    : "the columns of the first must be as many as the rows of the second";
        }

        private static Shape batch(Shape shape) {
            return new Shape(Arrays.copyOf(shape.dims(), shape.rank() - 2));
        }

        @Override
        public Tensor forward(Tensor... in) {
            var shape = shape(in[0].shape(), in[1].shape());
            int m = shape.dim(-2);
            int n = shape.dim(-1);
            int k = in[0].shape().dim(-1);
            var out = Buffer.allocate(in[0].dtype(), shape.size());
            var batch = batch(shape);
            Backend.current().run(new Kernel.MatMul(batch.dims(), m, n, k, matrices(batched(in[0], batch)),
                    matrices(batched(in[1], batch)), out));
            return Tensor.dense(shape, out);
        }

        private static Tensor batched(Tensor x, Shape batch) {
            if (batch.rank() == 0) {
                return x;
            }
            var dims = Arrays.copyOf(batch.dims(), batch.rank() + 2);
            dims[batch.rank()] = x.shape().dim(-2);
            dims[batch.rank() + 1] = x.shape().dim(-1);
            return x.broadcastTo(new Shape(dims));
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {in[0].requiresGrad() ? d.matmul(in[1].t()).sumTo(in[0].shape()) : null,
                in[1].requiresGrad() ? in[0].t().matmul(d).sumTo(in[1].shape()) : null};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].times(in[1]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {in[1].transposed(), in[0].transposed()};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {
                d.times(in[1].transposed()).summed(out.shape().with(-1, in[0].shape().dim(-1)), in[0].shape()),
                in[0].transposed().times(d).summed(out.shape().with(-2, in[1].shape().dim(-2)), in[1].shape())};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 4), Samples.normal(4, 5)),
                    Samples.of(Samples.normal(4, 3).t(), Samples.normal(5, 4).t()),
                    Samples.of(Samples.normal(1, 1), Samples.normal(1, 1)),
                    Samples.of(Samples.normal(2, 3, 4), Samples.normal(2, 4, 2)),
                    Samples.of(Samples.normal(2, 1, 3, 4), Samples.normal(3, 4, 2)),
                    Samples.of(Samples.normal(2, 0), Samples.normal(0, 3)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(2, 3), new Shape(2, 3)}, {new Shape(3), new Shape(3, 2)},
                {new Shape(2, 3, 4), new Shape(3, 4, 5)}});
        }
    }

    /**
     * X Wᵀ + b, one sample per row: [.., in] × [out, in] + [out] → [.., out]. One operation instead of three, because it
     * is most of a network; equal to {@code x.matmul(w.t()).plus(b)}.
     */
    public record Linear() implements Op {
        @Override
        public String name() {
            return "linear";
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[0].rank() < 1 || in[1].rank() != 2 || in[0].dim(-1) != in[1].dim(-1)) {
                throw ShapeException.of("linear", "do not fit: an input [.., in] needs a weight [out, in]",
                        in[0].rank() < 1 ? "give a row of features, reshape(1, -1)"
                                : "make a layer linear(" + in[0].dim(-1) + ", …) or reshape the input", in[0], in[1]);
            }
            if (!in[2].equals(new Shape(in[1].dim(0)))) {
                throw ShapeException.of("linear", "do not fit: a weight [out, in] needs a bias [out]",
                        "the bias must be of shape [" + in[1].dim(0) + "]", in[1], in[2]);
            }
            return in[0].with(-1, in[1].dim(0));
        }

        @Override
        public Tensor forward(Tensor... in) {
            var shape = shape(in[0].shape(), in[1].shape(), in[2].shape());
            var x = in[0].dense();
            int k = x.shape().dim(-1);
            int n = shape.dim(-1);
            int m = n == 0 ? 0 : shape.size() / n;
            var product = Buffer.allocate(x.dtype(), shape.size());
            Backend.current().run(new Kernel.MatMul(new int[0], m, n, k, new Matrix(x.buffer(), 0, new int[0], k, 1),
                    matrices(in[1].t()), product));
            return Tensor.dense(shape, product).plus(in[2]);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var rows = d.reshape(-1, d.shape().dim(-1));
            var x = in[0].reshape(-1, in[0].shape().dim(-1));
            return new Tensor[] {in[0].requiresGrad() ? rows.matmul(in[1]).reshape(in[0].shape().dims()) : null,
                in[1].requiresGrad() ? rows.t().matmul(x) : null, in[2].requiresGrad() ? rows.sum(0) : null};
        }

        @Override
        public Tex tex(Tex... in) {
            return (in[0].shape().rank() == 1 ? in[1].times(in[0]) : in[0].times(in[1].transposed())).plus(in[2]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {in[1], in[0], Tex.number(1)};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            int rank = out.shape().rank();
            if (rank == 1) {
                return new Tex[] {in[1].transposed().times(d), d.times(in[0].transposed()), d};
            }
            var samples = Tex.indices(rank - 2);   // each of them a matrix of rows
            return new Tex[] {d.times(in[1]), rank == 2 ? d.transposed().times(in[0])
                    : Tex.atom("\\sum_{" + String.join(", ", samples.split("")) + "} "
                            + d.sub(samples).transposed().times(in[0].sub(samples))),
                d.summed(out.shape(), in[2].shape())};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 4), Samples.normal(5, 4), Samples.normal(5)),
                    Samples.of(Samples.normal(4), Samples.normal(2, 4), Samples.normal(2)),
                    Samples.of(Samples.normal(2, 3, 4), Samples.normal(4, 2).t(), Samples.normal(2)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(3, 4), new Shape(4, 5), new Shape(5)},
                {new Shape(3, 4), new Shape(5, 4), new Shape(4)}, {Shape.SCALAR, new Shape(5, 4), new Shape(5)}});
        }
    }
}
