package gradus.nn.op;

import gradus.nn.Tensor;
import gradus.nn.backend.Expr;
import gradus.nn.tex.Tex;
import java.util.List;

/** Sine, cosine, tangent, their hyperbolic kin, and the inverses of all. */
public final class Trigonometric {

    private Trigonometric() {
    }

    /** Beyond this the 1 in x² ± 1 is below half an ulp of float64 and float32, and x² does not overflow before. */
    private static final Expr LARGE = Expr.constant(1e9);
    private static final double LN_2 = Math.log(2);

    /** sin x. */
    public record Sin() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "sin";
        }

        @Override
        public Expr value(Expr x) {
            return x.sin();
        }
    }

    /** cos x. */
    public record Cos() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "cos";
        }

        @Override
        public Expr value(Expr x) {
            return x.cos();
        }
    }

    /** tan x. */
    public record Tan() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "tan";
        }

        @Override
        public Expr value(Expr x) {
            return x.tan();
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.below(1.2);
        }
    }

    /** The angle from −π/2 to π/2 whose sine is x. */
    public record Asin() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "asin";
        }

        @Override
        public Expr value(Expr x) {
            return x.asin();
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.below(0.9);
        }
    }

    /** The angle from 0 to π whose cosine is x. */
    public record Acos() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "acos";
        }

        @Override
        public Expr value(Expr x) {
            return x.acos();
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.below(0.9);
        }
    }

    /** The angle from −π/2 to π/2 whose tangent is x. */
    public record Atan() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "atan";
        }

        @Override
        public Expr value(Expr x) {
            return x.atan();
        }
    }

    /** (eˣ − e⁻ˣ)/2. */
    public record Sinh() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "sinh";
        }

        @Override
        public Expr value(Expr x) {
            return x.sinh();
        }
    }

    /** (eˣ + e⁻ˣ)/2. */
    public record Cosh() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "cosh";
        }

        @Override
        public Expr value(Expr x) {
            return x.cosh();
        }
    }

    /** (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ). */
    public record Tanh() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "tanh";
        }

        @Override
        public Expr value(Expr x) {
            return x.tanh();
        }
    }

    /** The inverse of sinh: ln(x + √(x² + 1)), of |x| with x's sign, and without overflow. */
    public record Asinh() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "asinh";
        }

        @Override
        public Expr value(Expr x) {
            return x.sign().times(x.abs().gt(LARGE).select(x.abs().log().plus(LN_2),
                    x.abs().plus(x.square().div(x.square().plus(1).sqrt().plus(1))).log1p()));
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.square().plus(1).rsqrt();
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\operatorname{arsinh}", in[0]);
        }
    }

    /** The inverse of cosh for x ≥ 1: ln(x + √(x² − 1)), with u = x − 1 as ln(1 + u + √(u² + 2u)). */
    public record Acosh() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "acosh";
        }

        @Override
        public Expr value(Expr x) {
            return x.gt(LARGE).select(x.log().plus(LN_2), x.minus(1).plus(x.minus(1).times(x.plus(1)).sqrt()).log1p());
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.minus(1).times(x.plus(1)).rsqrt();
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\operatorname{arcosh}", in[0]);
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.aboveOne();
        }
    }

    /** The inverse of tanh for |x| < 1: ½ ln((1 + x)/(1 − x)), of |x| with x's sign. */
    public record Atanh() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "atanh";
        }

        @Override
        public Expr value(Expr x) {
            return x.sign().times(x.abs().times(2).div(Expr.ONE.minus(x.abs())).log1p()).times(0.5);
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return Expr.ONE.minus(x.square()).reciprocal();
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\operatorname{artanh}", in[0]);
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.below(0.9);
        }
    }
}
