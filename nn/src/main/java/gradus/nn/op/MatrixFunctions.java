package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.linalg.MatrixExponential;
import gradus.nn.linalg.SingularValues;
import gradus.nn.tex.Tex;
import java.util.List;

/** The exponential, the pseudoinverse and least squares; matrices are the last two axes, those before a batch. */
public final class MatrixFunctions {

    private MatrixFunctions() {
    }

    /** e^A = Σₖ Aᵏ/k!, [.., n, n] → [.., n, n]. */
    public record MatrixExp() implements OfMatrix.Square {
        @Override
        public String name() {
            return "matrixExp";
        }

        @Override
        public Tensor forward(Tensor... in) {
            int n = in[0].shape().dim(-1);
            return Matrices.each(name(), in[0].shape(), 2, a -> MatrixExponential.of(a[0], n), in);
        }

        /** The upper right block of exp (Aᵀ, δ; 0, Aᵀ) is the derivative of exp at Aᵀ along δ. */
        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            int n = in[0].shape().dim(-1);
            var a = in[0].t();
            var above = Tensor.concat(-1, a, d);
            var below = Tensor.concat(-1, Tensor.full(0, a.shape(), a.dtype()), a);
            var both = Tensor.apply(new MatrixExp(), Tensor.concat(-2, above, below));
            return new Tensor[] {both.slice(-2, 0, n).slice(-1, n, 2 * n)};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\operatorname{expm}", in[0]);
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            var a = in[0].transposed();
            int n = in[0].shape().dim(-1);
            var whole = Tex.call("\\operatorname{expm}", Tex.atom("\\begin{bmatrix} " + a + " & " + d + " \\\\ \\mathbf{0}_{"
                    + n + " \\times " + n + "} & " + a + " \\end{bmatrix}"));
            return new Tex[] {whole.sub("1:" + n + ", " + (n + 1) + ":" + 2 * n)};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(4, 4).times(0.5)), Samples.of(Samples.normal(3, 3).times(0.5).t()),
                    Samples.of(Samples.normal(2, 2, 2).times(0.5)), Samples.of(Samples.normal(1, 1)),
                    Samples.of(Samples.normal(0, 0)));
        }
    }

    /** ‖A‖ = √Σ Aᵢⱼ², [.., m, n] → [..]; the gradient at A = 0, where there is a kink, is 0. */
    public record FrobeniusNorm() implements OfMatrix {
        @Override
        public String name() {
            return "matrixNorm";
        }

        @Override
        public Shape shape(Shape... in) {
            return new Shape(Matrices.batch(name(), in[0]));
        }

        @Override
        public Tensor forward(Tensor... in) {
            return in[0].square().sum(-2, -1).sqrt();
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var size = Matrices.scalars(out);
            var reciprocal = Tensor.apply(new GuardedReciprocal(name()), size, size.detach(),
                    Tensor.full(0, size.shape(), size.dtype()));
            return new Tensor[] {in[0].times(Matrices.scalars(d).times(reciprocal))};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.atom("\\left\\|" + in[0] + "\\right\\|_{F}");
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {in[0].over(out)};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {d.over(out).times(in[0])};
        }
    }

    /**
     * The pseudoinverse A⁺ of Moore and Penrose, [.., m, n] → [.., n, m]: V diag(1/s) Uᵀ over the singular values larger than
     * {@code tolerance} times the largest. Its gradient is that of matrices of the same rank.
     */
    public record Pinv(double tolerance) implements OfMatrix {
        @Override
        public String name() {
            return "pinv";
        }

        @Override
        public Shape shape(Shape... in) {
            return Matrices.shape(Matrices.batch(name(), in[0]), in[0].dim(-1), in[0].dim(-2));
        }

        @Override
        public Tensor forward(Tensor... in) {
            int m = in[0].shape().dim(-2);
            int n = in[0].shape().dim(-1);
            return Matrices.each(name(), shape(in[0].shape()), 2,
                    a -> SingularValues.of(a[0], m, n).pseudoInverse(m, n, tolerance), in);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor p, Tensor d) {
            var a = in[0];
            var left = d.t().matmul(p).matmul(p.t());
            var right = p.t().matmul(p).matmul(d.t());
            return new Tensor[] {p.t().matmul(d).matmul(p.t()).neg().plus(left).minus(a.matmul(p.matmul(left)))
                    .plus(right).minus(right.matmul(p).matmul(a))};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].pow(Tex.atom("+"));
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex p, Tex d) {
            var pt = p.transposed();
            var dt = d.transposed();
            var one = Tex.atom("I");
            return new Tex[] {pt.times(d).times(pt).neg().plus(one.minus(in[0].times(p)).times(dt).times(p).times(pt))
                    .plus(pt.times(p).times(dt).times(one.minus(p.times(in[0]))))};
        }
    }

    /**
     * The shortest X that makes ‖A X − B‖ smallest, [.., m, n] × [.., m, k] → [.., n, k], by the singular values larger than
     * {@code tolerance} times the largest. Its gradient is that of matrices of the same rank.
     */
    public record Lstsq(double tolerance) implements Op {
        @Override
        public String name() {
            return "lstsq";
        }

        @Override
        public Shape shape(Shape... in) {
            return LinearAlgebra.solution(name(), in);
        }

        @Override
        public Tensor forward(Tensor... in) {
            int m = in[0].shape().dim(-2);
            int n = in[0].shape().dim(-1);
            int width = in[1].shape().dim(-1);
            return Matrices.each(name(), shape(in[0].shape(), in[1].shape()), 2,
                    ab -> SingularValues.of(ab[0], m, n).leastSquares(ab[1], m, n, width, tolerance), in);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor x, Tensor d) {
            var a = in[0];
            var p = Tensor.apply(new Pinv(tolerance), a);
            var back = p.t().matmul(d);
            if (!a.requiresGrad()) {
                return new Tensor[] {null, back.sumTo(in[1].shape())};
            }
            var inA = in[1].minus(a.matmul(x)).matmul(p.matmul(back).t())
                    .plus(p.t().matmul(x).matmul(d.minus(p.matmul(a.matmul(d))).t())).minus(back.matmul(x.t()));
            return new Tensor[] {inA.sumTo(a.shape()), back.sumTo(in[1].shape())};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].pow(Tex.atom("+")).times(in[1]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return backTex(in, out, Tex.atom("\\cdot"));
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex x, Tex d) {
            var a = in[0];
            var p = a.pow(Tex.atom("+"));
            var pt = p.transposed();
            return LinearAlgebra.summed(new Tex[] {in[1].minus(a.times(x)).times(d.transposed()).times(p).times(pt)
                    .plus(pt.times(x).times(d.minus(p.times(a).times(d)).transposed())).minus(pt.times(d).times(x.transposed())),
                pt.times(d)}, in, x);
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Matrices.rectangular(4, 2), Samples.normal(4, 3)),
                    Samples.of(Matrices.rectangular(2, 4), Samples.normal(2, 1)),
                    Samples.of(Matrices.regular(3, 3), Samples.normal(2, 3, 1)),
                    Samples.of(Matrices.rectangular(0, 2), Samples.normal(0, 1)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(3, 2), new Shape(2, 1)}, {new Shape(3, 2), new Shape(3)}});
        }
    }
}
