package gradus.nn.op;

import gradus.nn.Linalg;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.linalg.GeneralEigen;
import gradus.nn.linalg.LinalgException;
import gradus.nn.linalg.SingularValues;
import gradus.nn.linalg.SymmetricEigen;
import gradus.nn.tex.Tex;
import java.util.Arrays;
import java.util.List;

/** Eigenvalues and singular values; matrices are the last two axes, those before a batch. */
public final class Spectra {

    private Spectra() {
    }

    /**
     * A = V diag(w) Vᵀ for a symmetric A: w [.., n] ascending, V [.., n, n] with orthonormal columns, the largest element of
     * each positive. Throws {@link LinalgException} when A is not symmetric.
     *
     * <p>The gradient divides by the gaps wⱼ − wᵢ. A gap that is nothing but rounding leaves the two vectors undetermined
     * but for the plane they span: its term is left out if the loss depends on that plane, or on the values, alone, and
     * {@link LinalgException} says so if it depends on single vectors, or on vectors and values together, as V g(w) Vᵀ
     * does. Of values that coincide the gradient is that of the vectors found, a subgradient of the largest value, say.
     */
    public record Eigh() implements Factorizations.Factorization {
        @Override
        public String name() {
            return "eigh";
        }

        @Override
        public Shape shape(Shape... in) {
            Matrices.batchOfSquare(name(), in[0]);
            return Factorizations.Factorization.super.shape(in);
        }

        @Override
        public Shape[] parts(int m, int n) {
            return new Shape[] {new Shape(n), new Shape(n, n)};
        }

        @Override
        public double[][] factors(double[] a, int m, int n) {
            var eigen = SymmetricEigen.of(Matrices.symmetric(a, n), n);
            return new double[][] {eigen.values(), eigen.vectors()};
        }

        @Override
        public Tensor back(Tensor a, Tensor[] wv, Tensor[] d) {
            var v = wv[1];
            var along = v.t().matmul(d[1]);
            var turn = antisymmetric(along);
            var f = inverseGaps(name(), wv[0], d[0], turn, along.plus(along.t()), Matrices.sum(d[1].abs()));
            return v.matmul(turn.times(f).times(0.5).plus(diagonal(d[0]))).matmul(v.t());
        }

        @Override
        public String back() {
            return "V \\left(\\operatorname{diag}\\left(\\bar{w}\\right) + \\tfrac{1}{2} F \\odot \\left(V^{\\top} \\bar{V}"
                    + " - \\bar{V}^{\\top} V\\right)\\right) V^{\\top}, \\quad F_{ij} = \\frac{1}{w_j - w_i}";
        }

        @Override
        public List<Tensor[]> samples() {
            return Matrices.symmetricSamples();
        }

        @Override
        public List<Shape[]> misfits() {
            return Matrices.notSquare();
        }
    }

    private static Tensor antisymmetric(Tensor x) {
        return x.minus(x.t());
    }

    /** [.., n] → [.., 1, n]: one number for each column. */
    private static Tensor row(Tensor x) {
        return x.reshape(Matrices.shape(x.shape().with(-1, 1).dims(), x.shape().dim(-1)).dims());
    }

    private static Tensor diagonal(Tensor x) {
        return row(x).times(Linalg.eye(x.shape().dim(-1), x.dtype()));
    }

    /**
     * Fᵢⱼ = 1/(wⱼ − wᵢ) for an antisymmetric numerator, and so on the diagonal anything finite; 0 for a gap that is
     * rounding.
     *
     * @param dw      the gradient in w
     * @param turn    the numerator: what turning vector i towards vector j does to the loss
     * @param stretch what stretching them along each other does
     * @param size    the size of the numbers that both were summed from
     */
    private static Tensor inverseGaps(String operation, Tensor w, Tensor dw, Tensor turn, Tensor stretch, Tensor size) {
        var columns = row(w);
        var largest = Matrices.sum(columns.abs()).detach();
        var gaps = columns.minus(columns.t()).plus(largest.times(Linalg.eye(w.shape().dim(-1), w.dtype())));
        var weight = relative(row(dw), Matrices.sum(row(dw).abs()));
        var both = relative(stretch, size).times(weight.plus(weight.t()));
        return Tensor.apply(new GuardedReciprocal(operation), gaps, largest, relative(turn, size).plus(both).detach());
    }

    /** |x| / size, and 0 where both are. */
    private static Tensor relative(Tensor x, Tensor size) {
        return x.abs().div(size.plus(1e-30));
    }

    /**
     * A = U diag(s) Vᵀ: U [.., m, k] and V [.., n, k] with orthonormal columns, s [.., k] falling, k = min(m, n); the largest
     * element of each column of U is positive. Of Vᵀ [.., k, n] is given.
     *
     * <p>The gradient in A of a loss that depends on U or V divides by the gaps sⱼ − sᵢ, by sⱼ + sᵢ, and when A is not square
     * by s; for those that are nothing but rounding see {@link Eigh}. Of the polar factor U Vᵀ only sⱼ + sᵢ is left.
     */
    public record Svd() implements Factorizations.Factorization {
        @Override
        public String name() {
            return "svd";
        }

        @Override
        public Shape[] parts(int m, int n) {
            int k = Math.min(m, n);
            return new Shape[] {new Shape(m, k), new Shape(k), new Shape(k, n)};
        }

        @Override
        public double[][] factors(double[] a, int m, int n) {
            var svd = SingularValues.of(a, m, n);
            return new double[][] {svd.u(), svd.values(), svd.vt()};
        }

        @Override
        public Tensor back(Tensor a, Tensor[] usv, Tensor[] d) {
            var u = usv[0];
            var s = usv[1];
            var vt = usv[2];
            var size = Matrices.sum(d[0].abs()).plus(Matrices.sum(d[2].abs()));
            var alongU = u.t().matmul(d[0]);
            var alongV = vt.matmul(d[2].t());
            var together = antisymmetric(alongU.plus(alongV)).times(0.5);
            var apart = antisymmetric(alongU.minus(alongV)).times(0.5);
            var both = alongU.plus(alongV);
            var gaps = inverseGaps(name(), s, d[1], together, both.plus(both.t()), size);
            var sums = row(s).plus(row(s).t());
            var core = together.times(gaps).plus(apart.times(reciprocal(sums, apart, size))).plus(diagonal(d[1]));
            var gradient = u.matmul(core).matmul(vt);
            int m = a.shape().dim(-2);
            int n = a.shape().dim(-1);
            if (m > n) {
                gradient = gradient.plus(outside(u, d[0], s, size).matmul(vt));
            } else if (m < n) {
                gradient = gradient.plus(u.matmul(outside(vt.t(), d[2].t(), s, size).t()));
            }
            return gradient;
        }

        /** (I − Q Qᵀ) D diag(s)⁻¹. */
        private Tensor outside(Tensor q, Tensor d, Tensor s, Tensor size) {
            var rest = d.minus(q.matmul(q.t().matmul(d)));
            return rest.times(reciprocal(row(s), rest.abs().sum(true, -2), size));
        }

        /** 1/x for a numerator that is a sum of numbers of this size. */
        private Tensor reciprocal(Tensor x, Tensor numerator, Tensor size) {
            return Tensor.apply(new GuardedReciprocal(name()), x, Matrices.sum(x.abs()).detach(),
                    relative(numerator, size).detach());
        }

        @Override
        public String back() {
            return "U \\left(\\frac{K + H}{s_j - s_i} + \\frac{K - H}{s_j + s_i} + \\operatorname{diag}\\left(\\bar{s}\\right)\\right)"
                    + " V^{\\top} + \\left(I - U U^{\\top}\\right) \\bar{U} S^{-1} V^{\\top}"
                    + " + U S^{-1} \\bar{V}^{\\top} \\left(I - V V^{\\top}\\right), \\quad"
                    + " 2 K = U^{\\top} \\bar{U} - \\bar{U}^{\\top} U, \\; 2 H = V^{\\top} \\bar{V} - \\bar{V}^{\\top} V";
        }
    }

    /** The singular values alone, falling, [.., m, n] → [.., min(m, n)]; their gradient U diag(δ) Vᵀ always exists. */
    public record Svdvals() implements OfMatrix {
        @Override
        public String name() {
            return "svdvals";
        }

        @Override
        public Formulas formulas() {
            return Formulas.NAMES;
        }

        @Override
        public Shape shape(Shape... in) {
            return Matrices.shape(Matrices.batch(name(), in[0]), Math.min(in[0].dim(-2), in[0].dim(-1)));
        }

        @Override
        public Tensor forward(Tensor... in) {
            var shape = in[0].shape();
            return Matrices.each(name(), shape(shape), 1, a -> SingularValues.values(a[0], shape.dim(-2), shape.dim(-1)), in);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var usv = new Svd().of(in[0]);
            return new Tensor[] {usv[0].times(row(d)).matmul(usv[2])};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\sigma", in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.atom("u_i v_i^{\\top}")};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {Tex.atom("U").times(Tex.call("\\operatorname{diag}", d)).times(Tex.atom("V^{\\top}"))};
        }
    }

    /**
     * The eigenvalues of any real square matrix, [.., n, n] → [.., 2, n]: real parts, then imaginary parts; ascending by real
     * part, then by imaginary part.
     */
    public record Eigvals() implements OfMatrix.Square {
        @Override
        public String name() {
            return "eigvals";
        }

        @Override
        public Formulas formulas() {
            return Formulas.NAMES;
        }

        @Override
        public Shape shape(Shape... in) {
            return Matrices.shape(Matrices.batchOfSquare(name(), in[0]), 2, in[0].dim(-1));
        }

        @Override
        public Tensor forward(Tensor... in) {
            int n = in[0].shape().dim(-1);
            return Matrices.each(name(), shape(in[0].shape()), 2, a -> {
                var eigen = GeneralEigen.of(a[0], n);
                var both = Arrays.copyOf(eigen.re(), 2 * n);
                System.arraycopy(eigen.im(), 0, both, n, n);
                return both;
            }, in);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new EigvalsBack(), in[0], d)};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\lambda", in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.atom("\\frac{y_i x_i^{\\top}}{y_i^{\\top} x_i}")};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {Tex.atom("\\operatorname{Re}\\left(X \\operatorname{diag}\\left(\\bar{a} - i \\bar{b}\\right) X^{-1}"
                    + "\\right)^{\\top}, \\quad A X = X \\operatorname{diag}\\left(a + i b\\right)")};
        }

        @Override
        public boolean twiceDifferentiable() {
            return false;
        }

        @Override
        public List<Tensor[]> samples() {
            var noisy = Samples.normal(4, 4).times(0.1).plus(Tensor.of(new Shape(4, 4),   // ½ ± i, −½ and 3/2, disturbed
                    new double[] {0.5, -1, 0, 0, 1, 0.5, 0, 0, 0, 0, -0.5, 0, 0, 0, 0, 1.5}));
            return List.of(Samples.of(noisy), Samples.of(Matrices.regular(2, 3, 3)), Samples.of(noisy.t()),
                    Samples.of(Samples.normal(1, 1)), Samples.of(Samples.normal(0, 0)));
        }
    }

    /**
     * The gradient of {@link Eigvals}, [.., n, n] × [.., 2, n] → [.., n, n], which cannot be differentiated again. Throws
     * {@link LinalgException} for a matrix that has too few eigenvectors.
     */
    public record EigvalsBack() implements OfMatrix.Square {
        @Override
        public String name() {
            return "eigvals backward";
        }

        @Override
        public Formulas formulas() {
            return Formulas.NAMES;
        }

        @Override
        public Tensor forward(Tensor... in) {
            int n = in[0].shape().dim(-1);
            return Matrices.each(name(), in[0].shape(), 2, ad -> GeneralEigen.gradient(ad[0], n,
                    Arrays.copyOf(ad[1], n), Arrays.copyOfRange(ad[1], n, 2 * n)), in);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            throw new LinalgException("eigvals: the second derivative of eigenvalues of general matrices is not available",
                    "Linalg.eigh(a) of a symmetric matrix has it, and Linalg.svdvals(a) of any");
        }

        @Override
        public Tex tex(Tex... in) {
            return new Eigvals().backTex(in, in[0], in[1])[0];
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.atom("\\text{not available}"), Tex.atom("\\text{not available}")};
        }

        @Override
        public List<Tensor[]> samples() {
            return new Eigvals().samples().stream().map(a -> Samples.of(a[0],
                    Samples.normal(new Eigvals().shape(a[0].shape()).dims()))).toList();
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(2, 3), new Shape(2, 3)}});
        }
    }
}
