package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.linalg.Lu;
import gradus.nn.linalg.SingularValues;
import gradus.nn.tex.Tex;

/** Determinants and their gradient; matrices are the last two axes, those before a batch. */
public final class Determinants {

    private Determinants() {
    }

    /** det A, [.., n, n] → [..]; of a matrix without elements 1. */
    public record Det() implements OfMatrix.Square {
        @Override
        public String name() {
            return "det";
        }

        @Override
        public Shape shape(Shape... in) {
            return new Shape(Matrices.batchOfSquare(name(), in[0]));
        }

        @Override
        public Tensor forward(Tensor... in) {
            int n = in[0].shape().dim(-1);
            return Matrices.each(name(), shape(in[0].shape()), 0, a -> new double[] {Lu.of(a[0], n, n).det()}, in);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Matrices.scalars(d).times(Tensor.apply(new Cofactor(), in[0]))};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\det", in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {out.times(in[0].pow(LinearAlgebra.INVERSE_TRANSPOSED))};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {d.times(out).times(in[0].pow(LinearAlgebra.INVERSE_TRANSPOSED))};
        }
    }

    /**
     * The gradient of the determinant, det(A) A⁻ᵀ, [.., n, n] → [.., n, n]. It exists for singular matrices too and is then
     * computed from A = U diag(s) Vᵀ as det(U) det(V) U diag(Πⱼ≠ᵢ sⱼ) Vᵀ; its own gradient needs the inverse.
     */
    public record Cofactor() implements OfMatrix.Square {
        @Override
        public String name() {
            return "cofactor";
        }

        @Override
        public Tensor forward(Tensor... in) {
            int n = in[0].shape().dim(-1);
            return Matrices.each(name(), in[0].shape(), 2, a -> cofactors(a[0], n), in);
        }

        private static double[] cofactors(double[] a, int n) {
            var svd = SingularValues.of(a, n, n);
            double sign = Math.signum(Lu.of(svd.u(), n, n).det() * Lu.of(svd.vt(), n, n).det());
            var cofactors = new double[n * n];
            for (int k = 0; k < n; k++) {
                double product = sign;
                for (int j = 0; j < n; j++) {
                    product *= j == k ? 1 : svd.values()[j];
                }
                for (int i = 0; i < n; i++) {
                    for (int j = 0; j < n; j++) {
                        cofactors[i * n + j] += product * svd.u()[i * n + k] * svd.vt()[k * n + j];
                    }
                }
            }
            return cofactors;
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var inverse = Tensor.apply(new LinearAlgebra.Inverse(), in[0]).t();
            return new Tensor[] {Matrices.sum(d.times(out)).times(inverse).minus(inverse.matmul(d.t()).matmul(out))};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\det", in[0]).times(in[0].pow(LinearAlgebra.INVERSE_TRANSPOSED));
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            var inverse = in[0].pow(LinearAlgebra.INVERSE_TRANSPOSED);
            return new Tex[] {Tex.call("\\operatorname{tr}", d.transposed().times(out)).times(inverse)
                    .minus(inverse.times(d.transposed()).times(out))};
        }
    }

    /**
     * The sign of det A and ln |det A|, which does not overflow: [.., n, n] → [.., 2]; 0 and −∞ when the determinant is 0.
     * Its gradient is A⁻ᵀ and throws {@link gradus.nn.linalg.LinalgException} when A is singular.
     */
    public record SlogDet() implements OfMatrix.Square {
        @Override
        public String name() {
            return "slogdet";
        }

        @Override
        public Shape shape(Shape... in) {
            return Matrices.shape(Matrices.batchOfSquare(name(), in[0]), 2);
        }

        @Override
        public Tensor forward(Tensor... in) {
            int n = in[0].shape().dim(-1);
            return Matrices.each(name(), shape(in[0].shape()), 1, a -> {
                var lu = Lu.of(a[0], n, n);
                return new double[] {lu.detSign(), lu.logAbsDet()};
            }, in);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var logarithms = d.slice(-1, 1, 2);
            return new Tensor[] {logarithms.reshape(Matrices.shape(logarithms.shape().dims(), 1).dims())
                    .times(Tensor.apply(new LinearAlgebra.Inverse(), in[0]).t())};
        }

        @Override
        public Tex tex(Tex... in) {
            var det = Tex.call("\\det", in[0]);
            return Tex.atom("\\begin{bmatrix} " + Tex.call("\\operatorname{sign}", det) + " \\\\ \\ln\\left|" + det
                    + "\\right| \\end{bmatrix}");
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {in[0].pow(LinearAlgebra.INVERSE_TRANSPOSED)};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {d.sub("2").times(in[0].pow(LinearAlgebra.INVERSE_TRANSPOSED))};
        }
    }
}
