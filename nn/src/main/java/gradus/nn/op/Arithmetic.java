package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernels.Binary;
import gradus.nn.backend.Kernels.Layout;
import gradus.nn.tex.Tex;
import java.util.Arrays;
import java.util.List;

/** Operations of two tensors, element by element, broadcast to one shape by NumPy's rule. */
public final class Arithmetic {

    private Arithmetic() {
    }

    private interface Pairwise extends Op {

        Binary kernel();

        @Override
        default Shape shape(Shape... in) {
            return Shape.broadcast(name(), in[0], in[1]);
        }

        @Override
        default Tensor forward(Tensor... in) {
            var shape = shape(in[0].shape(), in[1].shape());
            var out = Buffer.allocate(in[0].dtype(), shape.size());
            var split = Split.of(shape, in[0].shape(), in[1].shape());
            if (split == null) {   // neither repeats as rows or columns: lay both out in full
                split = new Split(Layout.FULL, Layout.FULL, 1, shape.size());
                in = new Tensor[] {in[0].broadcastTo(shape), in[1].broadcastTo(shape)};
            }
            Backend.current().binary(kernel(), in[0].dense().buffer(), split.left, in[1].dense().buffer(), split.right,
                    out, split.outer, split.inner);
            return Tensor.dense(shape, out);
        }

        @Override
        default List<Tensor[]> samples() {
            return Samples.pairs();
        }

        @Override
        default List<Shape[]> misfits() {
            return List.of(new Shape[] {new Shape(2, 3), new Shape(4)}, new Shape[] {new Shape(2), new Shape(3)});
        }
    }

    /** A result of {@code outer × inner} elements such that each operand is full, a repeated row or a column. */
    private record Split(Layout left, Layout right, int outer, int inner) {

        static Split of(Shape out, Shape a, Shape b) {
            if (a.equals(b)) {
                return new Split(Layout.FULL, Layout.FULL, 1, out.size());
            }
            for (int axis = 0; axis <= out.rank(); axis++) {
                int outer = product(out, 0, axis);
                int inner = product(out, axis, out.rank());
                var left = layout(out, a, axis);
                var right = layout(out, b, axis);
                if (left != null && right != null) {
                    return new Split(left, right, outer, inner);
                }
            }
            return null;
        }

        private static Layout layout(Shape out, Shape in, int axis) {
            if (in.equals(out)) {
                return Layout.FULL;
            }
            var dims = new int[out.rank()];   // with the leading ones that broadcasting adds
            Arrays.fill(dims, 1);
            System.arraycopy(in.dims(), 0, dims, out.rank() - in.rank(), in.rank());
            boolean outerOnes = true;
            boolean outerSame = true;
            boolean innerOnes = true;
            boolean innerSame = true;
            for (int i = 0; i < dims.length; i++) {
                boolean one = dims[i] == 1;
                boolean same = dims[i] == out.dims()[i];
                if (i < axis) {
                    outerOnes &= one;
                    outerSame &= same;
                } else {
                    innerOnes &= one;
                    innerSame &= same;
                }
            }
            return outerOnes && innerSame ? Layout.ROW : outerSame && innerOnes ? Layout.COLUMN : null;
        }

        private static int product(Shape shape, int from, int to) {
            int product = 1;
            for (int i = from; i < to; i++) {
                product *= shape.dims()[i];
            }
            return product;
        }
    }

    /** a + b. */
    public record Add() implements Pairwise {
        @Override
        public String name() {
            return "plus";
        }

        @Override
        public Binary kernel() {
            return Binary.ADD;
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {d.sumTo(in[0].shape()), d.sumTo(in[1].shape())};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].plus(in[1]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1), Tex.number(1)};
        }
    }

    /** a − b. */
    public record Sub() implements Pairwise {
        @Override
        public String name() {
            return "minus";
        }

        @Override
        public Binary kernel() {
            return Binary.SUB;
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {d.sumTo(in[0].shape()), d.neg().sumTo(in[1].shape())};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].minus(in[1]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1), Tex.number(-1)};
        }
    }

    /** The elementwise (Hadamard) product a ⊙ b. */
    public record Mul() implements Pairwise {
        @Override
        public String name() {
            return "times";
        }

        @Override
        public Binary kernel() {
            return Binary.MUL;
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {d.times(in[1]).sumTo(in[0].shape()), d.times(in[0]).sumTo(in[1].shape())};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].odot(in[1]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {in[1], in[0]};
        }
    }

    /** The elementwise quotient a / b. */
    public record Div() implements Pairwise {
        @Override
        public String name() {
            return "div";
        }

        @Override
        public Binary kernel() {
            return Binary.DIV;
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {d.div(in[1]).sumTo(in[0].shape()),
                d.times(out).div(in[1]).neg().sumTo(in[1].shape())};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].over(in[1]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1).over(in[1]), in[0].over(in[1].pow(2)).neg()};
        }
    }

    /** The larger of a and b; where they are equal each gets half of the gradient. */
    public record Maximum() implements Pairwise {
        @Override
        public String name() {
            return "maximum";
        }

        @Override
        public Binary kernel() {
            return Binary.MAX;
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var share = in[0].minus(in[1]).sign().plus(1).times(0.5).detach();   // 1 where a wins, ½ at a tie
            return new Tensor[] {d.times(share).sumTo(in[0].shape()),
                d.times(share.neg().plus(1)).sumTo(in[1].shape())};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\max", Tex.atom(in[0] + ", " + in[1]));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {share(in[0], in[1]), share(in[1], in[0])};
        }

        private static Tex share(Tex winner, Tex loser) {
            return Tex.atom("\\mathbf{1}_{" + winner + " > " + loser + "}").plus(Tex.number(1).over(Tex.number(2))
                    .times(Tex.atom("\\mathbf{1}_{" + winner + " = " + loser + "}")));
        }
    }
}
