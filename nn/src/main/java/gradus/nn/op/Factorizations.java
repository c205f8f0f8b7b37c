package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.linalg.Cholesky;
import gradus.nn.linalg.LinalgException;
import gradus.nn.linalg.Lu;
import gradus.nn.linalg.Qr;
import gradus.nn.tex.Tex;
import java.util.Arrays;
import java.util.List;

/** Matrices as products of simpler ones; matrices are the last two axes, those before a batch. */
public final class Factorizations {

    private Factorizations() {
    }

    /**
     * Several factors of one matrix. An operation gives one tensor, so the elements of all factors lie one behind the other
     * in it, [.., m, n] → [.., total]; {@link #split} makes them tensors again.
     */
    public interface Factorization extends OfMatrix {

        /** The shapes of the factors of an m × n matrix. */
        Shape[] parts(int m, int n);

        /** The factors, each row by row. */
        double[][] factors(double[] a, int m, int n);

        /** The gradient in the matrix, from the factors and their gradients. */
        Tensor back(Tensor a, Tensor[] factors, Tensor[] d);

        /** The formula of {@link #back}, where the gradients of the factors are written with a bar. */
        String back();

        @Override
        default Shape shape(Shape... in) {
            var batch = Matrices.batch(name(), in[0]);
            return Matrices.shape(batch, Arrays.stream(parts(in[0].dim(-2), in[0].dim(-1))).mapToInt(Shape::size).sum());
        }

        @Override
        default Tensor forward(Tensor... in) {
            var shape = shape(in[0].shape());
            return Matrices.each(name(), shape, 1, a -> {
                var all = new double[shape.dim(-1)];
                int at = 0;
                for (var factor : factors(a[0], in[0].shape().dim(-2), in[0].shape().dim(-1))) {
                    System.arraycopy(factor, 0, all, at, factor.length);
                    at += factor.length;
                }
                return all;
            }, in);
        }

        /** The factors of a matrix of this shape, from the one tensor that the operation gives. */
        default Tensor[] split(Shape matrix, Tensor packed) {
            var batch = Matrices.batch(name(), matrix);
            var parts = parts(matrix.dim(-2), matrix.dim(-1));
            var factors = new Tensor[parts.length];
            int at = 0;
            for (int i = 0; i < parts.length; i++) {
                factors[i] = packed.slice(-1, at, at + parts[i].size()).reshape(Matrices.shape(batch, parts[i].dims()).dims());
                at += parts[i].size();
            }
            return factors;
        }

        /** The factors of a matrix. */
        default Tensor[] of(Tensor a) {
            return split(a.shape(), Tensor.apply(this, a));
        }

        @Override
        default Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {in[0].size() == 0 ? in[0].detach() : back(in[0], split(in[0].shape(), out),
                    split(in[0].shape(), d))};
        }

        @Override
        default Formulas formulas() {
            return Formulas.NAMES;
        }

        @Override
        default Tex tex(Tex... in) {
            return Tex.call("\\operatorname{" + name() + "}", in[0]);
        }

        @Override
        default Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.atom(back())};
        }

        @Override
        default Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return localTex(in, out);
        }
    }

    private static Tensor solve(Tensor triangle, boolean upper, Tensor b) {
        return Tensor.apply(new LinearAlgebra.SolveTriangular(upper), triangle, b);
    }

    /** B T⁻ᵀ for an upper triangular T. */
    private static Tensor divided(Tensor b, Tensor upper) {
        return solve(upper, true, b.t()).t();
    }

    /**
     * A = P L U with partial pivoting: P [.., m, m] a permutation, L [.., m, k] lower triangular with ones on its diagonal, U
     * [.., k, n] upper triangular, k = min(m, n). The gradient needs the first k columns of A to be independent.
     */
    public record LuFactors() implements Factorization {
        @Override
        public String name() {
            return "lu";
        }

        @Override
        public Shape[] parts(int m, int n) {
            int k = Math.min(m, n);
            return new Shape[] {new Shape(m, m), new Shape(m, k), new Shape(k, n)};
        }

        @Override
        public double[][] factors(double[] a, int m, int n) {
            int k = Math.min(m, n);
            var lu = Lu.of(a, m, n);
            var p = new double[m * m];
            var l = new double[m * k];
            var u = new double[k * n];
            for (int i = 0; i < m; i++) {
                p[lu.order()[i] * m + i] = 1;
                System.arraycopy(lu.factors(), i * n, l, i * k, Math.min(i, k));
                if (i < k) {
                    l[i * k + i] = 1;
                    System.arraycopy(lu.factors(), i * n + i, u, i * n + i, n - i);
                }
            }
            return new double[][] {p, l, u};
        }

        @Override
        public Tensor back(Tensor a, Tensor[] plu, Tensor[] d) {
            int m = a.shape().dim(-2);
            int n = a.shape().dim(-1);
            int k = Math.min(m, n);
            var l = plu[1].slice(-2, 0, k);
            var u = plu[2].slice(-1, 0, k);
            var dl = d[1].slice(-2, 0, k);
            var du = d[2].slice(-1, 0, k);
            Tensor rest = null;   // the gradient in the rows or columns after the first k
            if (m < n) {
                rest = solve(l.t(), true, d[2].slice(-1, k, n));
                dl = dl.minus(rest.matmul(plu[2].slice(-1, k, n).t()));
            } else if (m > n) {
                rest = divided(d[1].slice(-2, k, m), u);
                du = du.minus(plu[1].slice(-2, k, m).t().matmul(rest));
            }
            var inner = Matrices.lower(l.t().matmul(dl), 0).plus(Matrices.upper(du.matmul(u.t())));
            var first = divided(solve(l.t(), true, inner), u);
            return plu[0].matmul(rest == null ? first : Tensor.concat(m < n ? -1 : -2, first, rest));
        }

        @Override
        public String back() {
            return "P \\, L^{-\\top} \\left(\\operatorname{stril}\\left(L^{\\top} \\bar{L}\\right)"
                    + " + \\operatorname{triu}\\left(\\bar{U} U^{\\top}\\right)\\right) U^{-\\top}";
        }
    }

    /**
     * A = Q R: Q [.., m, k] with orthonormal columns, R [.., k, n] upper triangular with a diagonal that is not negative;
     * k = min(m, n), or m when {@code full}. The gradient needs the first min(m, n) columns of A to be independent, and
     * exists for a full Q of a tall A no more: its last columns are arbitrary.
     */
    public record QrFactors(boolean full) implements Factorization {
        @Override
        public String name() {
            return "qr";
        }

        @Override
        public Shape[] parts(int m, int n) {
            int k = full ? m : Math.min(m, n);
            return new Shape[] {new Shape(m, k), new Shape(k, n)};
        }

        @Override
        public double[][] factors(double[] a, int m, int n) {
            int k = full ? m : Math.min(m, n);
            var qr = Qr.of(a, m, n);
            return new double[][] {qr.q(k), qr.r(k)};
        }

        @Override
        public Tensor back(Tensor a, Tensor[] qr, Tensor[] d) {
            int m = a.shape().dim(-2);
            int n = a.shape().dim(-1);
            if (m >= n) {
                if (full && m > n) {
                    throw new LinalgException("qr: the full factors of a tall matrix " + a.shape() + " have no gradient, for the"
                            + " last columns of Q are arbitrary", "Linalg.qr(a) gives the factors that have one");
                }
                return tall(qr[0], qr[1], d[0], d[1]);
            }
            var rest = d[1].slice(-1, m, n);
            var first = tall(qr[0], qr[1].slice(-1, 0, m), d[0].plus(a.slice(-1, m, n).matmul(rest.t())), d[1].slice(-1, 0, m));
            return Tensor.concat(-1, first, qr[0].matmul(rest));
        }

        private static Tensor tall(Tensor q, Tensor r, Tensor dq, Tensor dr) {
            var m = r.matmul(dr.t()).minus(dq.t().matmul(q));
            return divided(dq.plus(q.matmul(Matrices.lower(m, 1).plus(Matrices.lower(m, 0).t()))), r);
        }

        @Override
        public String back() {
            return "\\left(\\bar{Q} + Q \\left(\\operatorname{tril}\\left(M\\right) + \\operatorname{stril}\\left(M\\right)^{\\top}"
                    + "\\right)\\right) R^{-\\top}, \\quad M = R \\bar{R}^{\\top} - \\bar{Q}^{\\top} Q";
        }

        @Override
        public List<Tensor[]> samples() {
            return full ? List.of(Samples.of(Matrices.regular(3, 3)), Samples.of(Matrices.rectangular(2, 4)))
                    : Factorization.super.samples();
        }
    }

    /**
     * L with A = L Lᵀ, lower triangular with a positive diagonal, [.., n, n] → [.., n, n]; of (A + Aᵀ)/2, so that the gradient
     * is symmetric. Throws {@link gradus.nn.linalg.LinalgException} when A is not symmetric or not positive definite.
     */
    public record CholeskyFactor() implements OfMatrix.Square {
        @Override
        public String name() {
            return "cholesky";
        }

        @Override
        public Formulas formulas() {
            return Formulas.OF_ALL;
        }

        @Override
        public Tensor forward(Tensor... in) {
            int n = in[0].shape().dim(-1);
            return Matrices.each(name(), in[0].shape(), 2, a -> Cholesky.lower(Matrices.symmetric(a[0], n), n), in);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor l, Tensor d) {
            var inner = Matrices.lower(l.t().matmul(d), 0.5);
            var half = divided(solve(l.t(), true, inner), l.t());   // L⁻ᵀ Φ L⁻¹ = (L⁻ᵀ Φ) (Lᵀ)⁻ᵀ
            return new Tensor[] {half.plus(half.t()).times(0.5)};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\operatorname{cholesky}", in[0]);
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            var product = out.transposed().times(d);   // of its lower triangle, the diagonal counts half
            var half = Tex.call("\\operatorname{tril}", product)
                    .minus(Tex.number(1).over(Tex.number(2)).times(Tex.atom("I_{" + out.shape().dim(-1) + "}")).odot(product));
            return new Tex[] {Tex.call("\\operatorname{sym}",
                    out.pow(Tex.atom("-\\top")).times(half).times(out.pow(Tex.atom("-1"))))};
        }

        @Override
        public List<Tensor[]> samples() {
            return Matrices.symmetricSamples();
        }
    }
}
