package gradus.nn;

import gradus.nn.backend.Buffer;
import gradus.nn.linalg.LinalgException;
import gradus.nn.op.Determinants;
import gradus.nn.op.Factorizations.CholeskyFactor;
import gradus.nn.op.Factorizations.LuFactors;
import gradus.nn.op.Factorizations.QrFactors;
import gradus.nn.op.LinearAlgebra;
import gradus.nn.op.MatrixFunctions;
import gradus.nn.op.Op;
import gradus.nn.op.Spectra;
import java.util.Arrays;

/**
 * Linear algebra with gradients. Matrices are the last two axes of a tensor, the axes before are a batch: [.., n, n].
 *
 * <p>Everything is computed in float64; of float32 inputs the result is rounded. What a matrix cannot give throws {@link
 * LinalgException} with a way out. Results that are unique up to signs have them fixed: the diagonal of R is not negative,
 * the largest element of each eigenvector and of each left singular vector is positive.
 */
public final class Linalg {

    private Linalg() {
    }

    // ---- made and combined ----

    /** The unit matrix of n rows, float32. */
    public static Tensor eye(int n) {
        return eye(n, DType.FLOAT32);
    }

    public static Tensor eye(int n, DType dtype) {
        var unit = Buffer.allocate(dtype, n * n);
        for (int i = 0; i < n; i++) {
            unit.set(i * n + i, 1);
        }
        return Tensor.dense(new Shape(n, n), unit);
    }

    /** tr A = Σᵢ Aᵢᵢ: [.., n, n] → [..]. */
    public static Tensor trace(Tensor a) {
        return Tensor.apply(new LinearAlgebra.Trace(), a);
    }

    /** The outer product a bᵀ of two vectors: [m] × [n] → [m, n]. */
    public static Tensor outer(Tensor a, Tensor b) {
        if (a.rank() != 1 || b.rank() != 1) {
            throw ShapeException.of("outer", "are not both vectors", "reshape(-1) makes a vector", a.shape(), b.shape());
        }
        return a.reshape(-1, 1).matmul(b.reshape(1, -1));
    }

    /** The Kronecker product, each element of A times the whole of B: [m, n] × [p, q] → [m p, n q]. */
    public static Tensor kron(Tensor a, Tensor b) {
        if (a.rank() != 2 || b.rank() != 2) {
            throw ShapeException.of("kron", "are not both matrices", "reshape(-1, 1) makes a column", a.shape(), b.shape());
        }
        int m = a.shape().dim(0);
        int n = a.shape().dim(1);
        int p = b.shape().dim(0);
        int q = b.shape().dim(1);
        return a.reshape(m, 1, n, 1).times(b.reshape(1, p, 1, q)).reshape(m * p, n * q);
    }

    // ---- systems of equations ----

    /**
     * X with A X = B: [.., n, n] and [.., n, k] → [.., n, k], or a vector [n] → [.., n]. Gradient B̄ = A⁻ᵀ X̄, Ā = −B̄ Xᵀ. Throws
     * {@link LinalgException} when A is singular.
     */
    public static Tensor solve(Tensor a, Tensor b) {
        return columns(a, b, new LinearAlgebra.Solve());
    }

    /** X with T X = B for a triangular T, whose other half is not looked at. */
    public static Tensor solveTriangular(Tensor t, Tensor b, boolean upper) {
        return columns(t, b, new LinearAlgebra.SolveTriangular(upper));
    }

    /** The shortest X that makes ‖A X − B‖ smallest: [.., m, n] and [.., m, k] → [.., n, k], or a vector [m] → [.., n]. */
    public static Tensor lstsq(Tensor a, Tensor b) {
        return columns(a, b, new MatrixFunctions.Lstsq(tolerance(a)));
    }

    /** A vector stands for a column. */
    private static Tensor columns(Tensor a, Tensor b, Op op) {
        if (b.rank() != 1) {
            return Tensor.apply(op, a, b);
        }
        var x = Tensor.apply(op, a, b.reshape(-1, 1));
        return x.reshape(x.shape().without(-1).dims());
    }

    /** A⁻¹; to solve a system {@link #solve} is better. Gradient −A⁻ᵀ δ A⁻ᵀ. Throws {@link LinalgException} when A is singular. */
    public static Tensor inverse(Tensor a) {
        return Tensor.apply(new LinearAlgebra.Inverse(), a);
    }

    /** The pseudoinverse A⁺, [.., m, n] → [.., n, m]; singular values up to max(m, n) ε times the largest count as zero. */
    public static Tensor pinv(Tensor a) {
        return pinv(a, tolerance(a));
    }

    /** The pseudoinverse; singular values up to {@code tolerance} times the largest count as zero. */
    public static Tensor pinv(Tensor a, double tolerance) {
        return Tensor.apply(new MatrixFunctions.Pinv(tolerance), a);
    }

    private static double tolerance(Tensor a) {
        int size = a.rank() < 2 ? 1 : Math.max(a.shape().dim(-2), a.shape().dim(-1));
        return size * (a.dtype() == DType.FLOAT64 ? Math.ulp(1.0) : Math.ulp(1f));
    }

    // ---- determinants ----

    /** det A: [.., n, n] → [..]. Gradient δ det(A) A⁻ᵀ, which exists for a singular A too. */
    public static Tensor det(Tensor a) {
        return Tensor.apply(new Determinants.Det(), a);
    }

    /**
     * det A = sign · e^logAbs, where the determinant itself would overflow.
     *
     * @param sign   1, −1, or 0 when the determinant is 0; constant as far as gradients go
     * @param logAbs ln |det A|, gradient δ A⁻ᵀ
     */
    public record SlogDet(Tensor sign, Tensor logAbs) {
    }

    /** The sign of det A and ln |det A|: [.., n, n] → [..] each. */
    public static SlogDet slogdet(Tensor a) {
        var both = Tensor.apply(new Determinants.SlogDet(), a);
        var batch = both.shape().without(-1).dims();
        return new SlogDet(both.slice(-1, 0, 1).reshape(batch).detach(), both.slice(-1, 1, 2).reshape(batch));
    }

    // ---- factorisations ----

    /** A = P L U: P a permutation [.., m, m], L with ones on its diagonal [.., m, k], U [.., k, n]; k = min(m, n). */
    public record Lu(Tensor p, Tensor l, Tensor u) {
    }

    /** A = P L U with partial pivoting. */
    public static Lu lu(Tensor a) {
        var plu = new LuFactors().of(a);
        return new Lu(plu[0].detach(), plu[1], plu[2]);
    }

    /** L with A = L Lᵀ, lower triangular. Throws {@link LinalgException} when A is not symmetric or not positive definite. */
    public static Tensor cholesky(Tensor a) {
        return Tensor.apply(new CholeskyFactor(), a);
    }

    /** A = Q R: the columns of Q [.., m, k] orthonormal, R [.., k, n] upper triangular. */
    public record Qr(Tensor q, Tensor r) {
    }

    /** A = Q R with k = min(m, n) columns in Q. The gradient needs independent columns. */
    public static Qr qr(Tensor a) {
        return qr(new QrFactors(false), a);
    }

    /** A = Q R with all m columns in Q; without gradient when A has more rows than columns. */
    public static Qr qrFull(Tensor a) {
        return qr(new QrFactors(true), a);
    }

    private static Qr qr(QrFactors factors, Tensor a) {
        var qr = factors.of(a);
        return new Qr(qr[0], qr[1]);
    }

    /** A = V diag(w) Vᵀ: eigenvalues w [.., n] ascending, eigenvectors as columns of V [.., n, n]. */
    public record Eigh(Tensor values, Tensor vectors) {
    }

    /**
     * Eigenvalues and eigenvectors of a symmetric matrix. Where eigenvalues coincide, a loss that depends on single vectors
     * has no gradient and throws {@link LinalgException}.
     */
    public static Eigh eigh(Tensor a) {
        var wv = new Spectra.Eigh().of(a);
        return new Eigh(wv[0], wv[1]);
    }

    /** Eigenvalues re + i·im, [.., n] each, ascending by real part, then by imaginary part. */
    public record Eigenvalues(Tensor re, Tensor im) {
    }

    /** The eigenvalues of any real square matrix; a second derivative is not available. */
    public static Eigenvalues eigvals(Tensor a) {
        var both = Tensor.apply(new Spectra.Eigvals(), a);
        var shape = both.shape().without(-2).dims();
        return new Eigenvalues(both.slice(-2, 0, 1).reshape(shape), both.slice(-2, 1, 2).reshape(shape));
    }

    /** A = U diag(s) Vᵀ: U [.., m, k], s [.., k] falling, Vᵀ [.., k, n]; k = min(m, n). */
    public record Svd(Tensor u, Tensor s, Tensor vt) {

        /** Σᵢ sᵢ uᵢ vᵢᵀ over the first {@code rank} terms: no matrix of this rank is nearer to A. */
        public Tensor approximation(int rank) {
            var scaled = u.times(s.reshape(u.shape().with(-2, 1).dims()));
            return scaled.slice(-1, 0, rank).matmul(vt.slice(-2, 0, rank));
        }
    }

    /** The singular value decomposition. For gradients where singular values coincide see {@link #eigh}. */
    public static Svd svd(Tensor a) {
        var usv = new Spectra.Svd().of(a);
        return new Svd(usv[0], usv[1], usv[2]);
    }

    /** The singular values alone, [.., min(m, n)] falling. */
    public static Tensor svdvals(Tensor a) {
        return Tensor.apply(new Spectra.Svdvals(), a);
    }

    // ---- sizes ----

    /** How the size of a matrix is measured. */
    public enum Norm {
        /** √Σ Aᵢⱼ². */
        FROBENIUS,
        /** The largest sum of a column of |A|. */
        ONE,
        /** The largest sum of a row of |A|. */
        INFINITY,
        /** The largest singular value: how much longer A makes a vector at most. */
        TWO,
        /** The sum of the singular values. */
        NUCLEAR
    }

    /** ‖A‖ = √Σ Aᵢⱼ²: [.., m, n] → [..]. */
    public static Tensor matrixNorm(Tensor a) {
        return matrixNorm(a, Norm.FROBENIUS);
    }

    /** ‖A‖, [.., m, n] → [..]; where it has a kink the gradient is a subgradient, that of ‖0‖ is 0. */
    public static Tensor matrixNorm(Tensor a, Norm norm) {
        if (a.rank() >= 2 && a.size() == 0) {
            return a.sum(-2, -1);
        }
        return switch (norm) {
            case FROBENIUS -> Tensor.apply(new MatrixFunctions.FrobeniusNorm(), a);
            case ONE -> a.abs().sum(-2).max(-1);
            case INFINITY -> a.abs().sum(-1).max(-1);
            case TWO -> svdvals(a).max(-1);
            case NUCLEAR -> svdvals(a).sum(-1);
        };
    }

    /** κ(A) = ‖A‖ ‖A⁻¹‖ in the 2-norm, the largest singular value over the smallest; ∞ when that is 0. */
    public static Tensor cond(Tensor a) {
        var s = svdvals(a);
        int k = s.shape().dim(-1);
        if (k == 0) {
            throw ShapeException.of("cond", "has no singular values", "give a matrix with rows and columns", a.shape());
        }
        return s.slice(-1, 0, 1).div(s.slice(-1, k - 1, k)).reshape(s.shape().without(-1).dims());
    }

    /** κ(A) = ‖A‖ ‖A⁻¹‖ for a square A. */
    public static Tensor cond(Tensor a, Norm norm) {
        return norm == Norm.TWO ? cond(a) : matrixNorm(a, norm).times(matrixNorm(inverse(a), norm));
    }

    /** How many singular values exceed max(m, n) ε times the largest: [.., m, n] → [..], without gradient. */
    public static Tensor matrixRank(Tensor a) {
        var s = svdvals(a.detach());
        return s.shape().dim(-1) == 0 ? s.sum(-1) : s.gt(s.slice(-1, 0, 1).times(tolerance(a))).sum(-1);
    }

    /** The spectral radius, the largest |λ|: whether powers of A grow (> 1) or fade (< 1). */
    public static Tensor spectralRadius(Tensor a) {
        var lambda = eigvals(a);
        return lambda.re.square().plus(lambda.im.square()).max(-1).sqrt();
    }

    /**
     * What power iteration has come to.
     *
     * @param value  vᵀ A v, [..]
     * @param vector v of length 1, [.., n]
     */
    public record PowerIteration(Tensor value, Tensor vector) {
    }

    /**
     * x ← A x / ‖A x‖, {@code steps} times from a fixed start: towards the eigenvector of the eigenvalue that is largest in
     * size, by a factor |λ₂/λ₁| each step. NaN when A x becomes 0.
     */
    public static PowerIteration powerIteration(Tensor a, int steps) {
        if (a.rank() < 2 || a.shape().dim(-1) != a.shape().dim(-2)) {
            throw ShapeException.of("powerIteration", "is not square", "give a matrix [n, n]", a.shape());
        }
        var dims = a.shape().with(-1, 1).dims();
        var start = new double[a.shape().dim(-1)];
        Arrays.setAll(start, i -> 1 + 0.5 * StrictMath.sin(1.7 * i));   // orthogonal to no eigenvector by chance
        var x = Tensor.of(new Shape(start.length, 1), start).as(a.dtype()).broadcastTo(new Shape(dims));
        for (int step = 0; step < steps; step++) {
            var y = a.matmul(x);
            x = y.div(y.square().sum(true, -2).sqrt());
        }
        var value = x.times(a.matmul(x)).sum(-2, -1).div(x.square().sum(-2, -1));
        return new PowerIteration(value, x.reshape(a.shape().without(-1).dims()));
    }

    // ---- functions ----

    /** e^A = Σₖ Aᵏ/k!: [.., n, n] → [.., n, n]. */
    public static Tensor matrixExp(Tensor a) {
        return Tensor.apply(new MatrixFunctions.MatrixExp(), a);
    }
}
