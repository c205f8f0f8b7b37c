package gradus.nn.op;

import gradus.nn.Tensor;
import gradus.nn.backend.Expr;
import gradus.nn.tex.Tex;
import java.util.List;

/** Operations of one tensor that treat each element by itself. */
public final class Elementwise {

    private Elementwise() {
    }

    /** −x. */
    public record Neg() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "neg";
        }

        @Override
        public Expr value(Expr x) {
            return x.neg();
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return Expr.constant(-1);
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].neg();
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(-1)};
        }
    }

    /** x + c. */
    public record AddConstant(double constant) implements Pointwise.OfOne {
        @Override
        public String name() {
            return "add constant";
        }

        @Override
        public Expr value(Expr x) {
            return x.plus(constant);
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return Expr.ONE;
        }

        @Override
        public Tex tex(Tex... in) {
            return constant < 0 ? in[0].minus(Tex.number(-constant)) : in[0].plus(Tex.number(constant));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1)};
        }
    }

    /** c x. */
    public record Scale(double constant) implements Pointwise.OfOne {
        @Override
        public String name() {
            return "scale";
        }

        @Override
        public Expr value(Expr x) {
            return x.times(constant);
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return Expr.constant(constant);
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.number(constant).times(in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(constant)};
        }
    }

    /** eˣ. */
    public record Exp() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "exp";
        }

        @Override
        public Expr value(Expr x) {
            return x.exp();
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return y;
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.atom("e").pow(in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.atom("e").pow(in[0])};
        }
    }

    /** ln x, for x > 0. */
    public record Log() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "log";
        }

        @Override
        public Expr value(Expr x) {
            return x.log();
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.reciprocal();
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\ln", in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1).over(in[0])};
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.positive();
        }
    }

    /** √x, for x ≥ 0. */
    public record Sqrt() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "sqrt";
        }

        @Override
        public Expr value(Expr x) {
            return x.sqrt();
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return y.reciprocal().times(0.5);
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.atom("\\sqrt{" + in[0] + "}");
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1).over(Tex.number(2).times(tex(in)))};
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.positive();
        }
    }

    /** |x|; its derivative at 0 is taken as 0. */
    public record Abs() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "abs";
        }

        @Override
        public Expr value(Expr x) {
            return x.abs();
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.sign();
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.atom("\\left|" + in[0] + "\\right|");
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.call("\\operatorname{sign}", in[0])};
        }
    }

    /** −1, 0 or 1: the sign; its derivative is 0 wherever it has one. */
    public record Sign() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "sign";
        }

        @Override
        public Expr value(Expr x) {
            return x.sign();
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return Expr.ZERO;
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\operatorname{sign}", in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(0)};
        }
    }

    /** 1 where x > 0, else 0 (Heaviside); its derivative is 0 wherever it has one. */
    public record Step() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "step";
        }

        @Override
        public Expr value(Expr x) {
            return x.gt(Expr.ZERO);
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return Expr.ZERO;
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.atom("\\mathbf{1}_{" + in[0] + " > 0}");
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(0)};
        }
    }

    /** x². */
    public record Square() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "square";
        }

        @Override
        public Expr value(Expr x) {
            return x.square();
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.times(2);
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].pow(2);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(2).times(in[0])};
        }
    }

    /** x to the power of a constant. */
    public record Power(double constant) implements Pointwise.OfOne {
        @Override
        public String name() {
            return "pow";
        }

        @Override
        public Expr value(Expr x) {
            return x.pow(Expr.constant(constant));
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.pow(Expr.constant(constant - 1)).times(constant);
        }

        @Override
        public Tex tex(Tex... in) {
            return power(in[0], constant);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {constant == 0 ? Tex.number(0) : Tex.number(constant).times(power(in[0], constant - 1))};
        }

        /** A fraction for −1, because {@code A^{-1}} is the inverse of a matrix. */
        private static Tex power(Tex x, double exponent) {
            return exponent == 0 ? Tex.number(1) : exponent == 1 ? x
                    : exponent == -1 ? Tex.number(1).over(x) : x.pow(exponent);
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.positive();
        }
    }

    /** tanh x = (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ). */
    public record Tanh() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "tanh";
        }

        @Override
        public Expr value(Expr x) {
            return x.tanh();
        }

        @Override
        public Expr derivative(Expr x, Expr h) {
            return Expr.ONE.minus(h.square());
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\tanh", in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex h) {
            return new Tex[] {Tex.number(1).minus(h.pow(2))};
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

        @Override
        public Expr derivative(Expr x, Expr s) {
            return s.minus(s.square());
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\sigma", in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex s) {
            return new Tex[] {s.odot(Tex.number(1).minus(s))};
        }
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
            return Tex.call("\\max", Tex.atom("0, " + in[0]));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.atom("\\mathbf{1}_{" + in[0] + " > 0}")};
        }
    }

    /** ln(1 + eˣ), computed without overflow. */
    public record Softplus() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "softplus";
        }

        @Override
        public Expr value(Expr x) {
            return x.softplus();
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.sigmoid();
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\ln", Tex.number(1).plus(Tex.atom("e").pow(in[0])));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.call("\\sigma", in[0])};
        }
    }
}
