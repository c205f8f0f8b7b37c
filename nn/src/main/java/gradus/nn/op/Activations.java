package gradus.nn.op;

import gradus.nn.Tensor;
import gradus.nn.backend.Expr;
import gradus.nn.tex.Tex;
import java.util.List;

/** What stands between the layers of a net: squashing functions and bent lines, element by element. */
public final class Activations {

    private Activations() {
    }

    /** max(0, x); its derivative at 0 is taken as 0. */
    public record Relu() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "relu";
        }

        @Override
        public Expr value(Expr x) {
            return x.max(Expr.ZERO);
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.gt(Expr.ZERO);
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\max", Tex.number(0).and(in[0]));
        }
    }

    /** The logistic function σ(x) = 1/(1 + e⁻ˣ). */
    public record Sigmoid() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "sigmoid";
        }

        @Override
        public Expr value(Expr x) {
            return x.sigmoid();
        }
    }

    /** ln σ(x) without overflow. */
    public record LogSigmoid() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "logSigmoid";
        }

        @Override
        public Expr value(Expr x) {
            return x.neg().softplus().neg();
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.neg().sigmoid();
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\ln", Tex.call("\\sigma", in[0]));
        }
    }

    /** ln(1 + e^{βx}) / β without overflow: a smooth max(0, x), the sharper the greater β. */
    public record Softplus(double beta) implements Pointwise.OfOne {

        public Softplus {
            if (!(beta > 0)) {
                throw new IllegalArgumentException("softplus(" + beta + "): β is not positive"
                        + "\nhelp: softplus() is ln(1 + e^x); a greater β bends it more sharply");
            }
        }

        @Override
        public String name() {
            return "softplus";
        }

        @Override
        public Expr value(Expr x) {
            return x.times(beta).softplus().times(1 / beta);
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.times(beta).sigmoid();
        }
    }

    /** x where positive, elsewhere x times a small slope, which is also the derivative at 0. */
    public record LeakyRelu(double slope) implements Pointwise.OfOne {
        @Override
        public String name() {
            return "leakyRelu";
        }

        @Override
        public Expr value(Expr x) {
            return x.gt(Expr.ZERO).select(x, x.times(slope));
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.gt(Expr.ZERO).select(Expr.ONE, Expr.constant(slope));
        }
    }

    /** x where positive, elsewhere x times a learned slope, which is also the derivative at 0 (He et al. 2015). */
    public record Prelu() implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "prelu";
        }

        @Override
        public Expr value(Expr a, Expr b) {
            return a.gt(Expr.ZERO).select(a, b.times(a));
        }
    }

    /** x where positive, elsewhere α (eˣ − 1) (Clevert et al. 2016). */
    public record Elu(double alpha) implements Pointwise.OfOne {
        @Override
        public String name() {
            return "elu";
        }

        @Override
        public Expr value(Expr x) {
            return x.gt(Expr.ZERO).select(x, x.expm1().times(alpha));
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.gt(Expr.ZERO).select(Expr.ONE, y.plus(alpha));
        }
    }

    /**
     * λ x where positive, elsewhere λ α (eˣ − 1), with which deep nets keep mean 0 and variance 1 (Klambauer et al. 2017).
     */
    public record Selu() implements Pointwise.OfOne {

        private static final double LAMBDA = 1.0507009873554805;
        private static final double ALPHA = 1.6732632423543772;

        @Override
        public String name() {
            return "selu";
        }

        @Override
        public Expr value(Expr x) {
            return x.gt(Expr.ZERO).select(x.times(LAMBDA), x.expm1().times(LAMBDA * ALPHA));
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.gt(Expr.ZERO).select(Expr.constant(LAMBDA), y.plus(LAMBDA * ALPHA));
        }
    }

    /** x Φ(x), with the distribution function Φ of the normal distribution (Hendrycks and Gimpel 2016). */
    public record Gelu() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "gelu";
        }

        @Override
        public Expr value(Expr x) {
            return x.times(phi(x));
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return phi(x).plus(x.times(x.square().times(-0.5).exp()).times(1 / Math.sqrt(2 * Math.PI)));
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].odot(Tex.call("\\Phi", in[0]));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.call("\\Phi", in[0]).plus(in[0].odot(Tex.call("\\varphi", in[0])))};
        }

        private static Expr phi(Expr x) {
            return x.times(Math.sqrt(0.5)).erf().plus(1).times(0.5);
        }
    }

    /** Gelu with Φ(x) ≈ ½ (1 + tanh(√(2/π) (x + 0.044715 x³))), as in GPT-2. */
    public record GeluTanh() implements Pointwise.OfOne {

        private static final double CUBIC = 0.044715;
        private static final double SLOPE = Math.sqrt(2 / Math.PI);

        @Override
        public String name() {
            return "geluTanh";
        }

        @Override
        public Expr value(Expr x) {
            return x.times(tanh(x).plus(1)).times(0.5);
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return tanh(x).plus(1).times(0.5).plus(x.times(Expr.ONE.minus(tanh(x).square()))
                    .times(x.square().times(3 * CUBIC).plus(1)).times(0.5 * SLOPE));
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.number(1).over(Tex.number(2)).times(in[0]).odot(Tex.number(1).plus(tanh(in[0])));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1).over(Tex.number(2)).times(Tex.number(1).plus(tanh(in[0])))
                    .plus(Tex.number(1).over(Tex.number(2)).times(Tex.atom("\\sqrt{\\frac{2}{\\pi}}")).times(in[0])
                            .odot(Tex.number(1).minus(tanh(in[0]).pow(2)))
                            .odot(Tex.number(1).plus(Tex.number(3).times(Tex.number(CUBIC)).times(in[0].pow(2)))))};
        }

        private static Expr tanh(Expr x) {
            return x.times(x.square().times(CUBIC).plus(1)).times(SLOPE).tanh();
        }

        private static Tex tanh(Tex x) {
            return Tex.call("\\tanh", Tex.atom("\\sqrt{\\frac{2}{\\pi}}")
                    .times(x.plus(Tex.number(CUBIC).times(x.pow(3)))));
        }
    }

    /** x σ(x), also called swish (Ramachandran et al. 2017). */
    public record Silu() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "silu";
        }

        @Override
        public Expr value(Expr x) {
            return x.times(x.sigmoid());
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.sigmoid().plus(y.times(Expr.ONE.minus(x.sigmoid())));
        }
    }

    /** x tanh(ln(1 + eˣ)) (Misra 2019). */
    public record Mish() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "mish";
        }

        @Override
        public Expr value(Expr x) {
            return x.times(x.softplus().tanh());
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.softplus().tanh().plus(x.times(x.sigmoid()).times(Expr.ONE.minus(x.softplus().tanh().square())));
        }
    }

    private static Expr hardSigmoid(Expr x) {
        return x.times(1.0 / 6).plus(0.5).max(Expr.ZERO).min(Expr.ONE);
    }

    private static Tex hardSigmoid(Tex x) {
        return Tex.call("\\min", Tex.call("\\max\\left(\\frac{#1}{6} + \\frac{1}{2}, 0\\right)", x).and(Tex.number(1)));
    }

    /** x/6 + ½ between 0 and 1: σ in three straight pieces; the derivative at ±3 is 0. */
    public record HardSigmoid() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "hardSigmoid";
        }

        @Override
        public Expr value(Expr x) {
            return hardSigmoid(x);
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.abs().lt(Expr.constant(3)).times(1.0 / 6);
        }

        @Override
        public Tex tex(Tex... in) {
            return hardSigmoid(in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {
                Tex.number(1).over(Tex.number(6)).times(Tex.call("\\mathbf{1}_{-3 < #1 < 3}", in[0]))};
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.wide();
        }
    }

    /** x times {@link HardSigmoid}; the derivative at −3 is 0 and at 3 is 1 (Howard et al. 2019). */
    public record HardSwish() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "hardSwish";
        }

        @Override
        public Expr value(Expr x) {
            return x.times(hardSigmoid(x));
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.gt(Expr.constant(-3)).times(x.lt(Expr.constant(3)).select(x.times(1.0 / 3).plus(0.5), Expr.ONE));
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].odot(hardSigmoid(in[0]));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.call("\\begin{cases} 0 & #1 \\le -3 \\\\ \\frac{#1}{3} + \\frac{1}{2} & #1 < 3 \\\\ "
                    + "1 & \\text{otherwise} \\end{cases}", in[0])};
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.wide();
        }
    }

    /** x / (1 + |x|). */
    public record Softsign() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "softsign";
        }

        @Override
        public Expr value(Expr x) {
            return x.div(x.abs().plus(1));
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.abs().plus(1).square().reciprocal();
        }
    }

    /** x − tanh x. */
    public record TanhShrink() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "tanhShrink";
        }

        @Override
        public Expr value(Expr x) {
            return x.minus(x.tanh());
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.tanh().square();
        }
    }
}
