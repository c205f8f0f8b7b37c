package gradus.nn.op;

import gradus.nn.Tensor;
import gradus.nn.backend.Expr;
import gradus.nn.tex.Tex;
import java.util.List;
import java.util.Locale;

/** Operations of one tensor that treat each element by itself: signs, powers, exponentials, rounding. */
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
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1).over(Tex.number(2).times(tex(in)))};
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.positive();
        }
    }

    /** 1/√x, for x > 0. */
    public record Rsqrt() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "rsqrt";
        }

        @Override
        public Expr value(Expr x) {
            return x.rsqrt();
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {out.over(Tex.number(2).times(in[0])).neg()};
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.positive();
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
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {constant == -1 ? Tex.number(1).over(in[0].pow(2)).neg()
                    : constant == 0.5 ? Tex.number(1).over(Tex.number(2).times(tex(in)))
                    : Pointwise.OfOne.super.localTex(in, out)[0]};
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.positive();
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
    }

    /** eˣ − 1 without cancellation near 0. */
    public record Expm1() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "expm1";
        }

        @Override
        public Expr value(Expr x) {
            return x.expm1();
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
        public List<Tensor[]> samples() {
            return Samples.positive();
        }
    }

    /** ln(1 + x) without cancellation near 0, for x > −1. */
    public record Log1p() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "log1p";
        }

        @Override
        public Expr value(Expr x) {
            return x.log1p();
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.positive();
        }
    }

    /** The logarithm to a base, ln x / ln b; to base 2 and 10 directly. */
    public record LogBase(double base) implements Pointwise.OfOne {

        public LogBase {
            if (!(base > 0) || base == 1) {
                throw new IllegalArgumentException("log(" + base + "): this is no base of logarithms"
                        + "\nhelp: a base is positive and not 1; log() is the natural logarithm");
            }
        }

        @Override
        public String name() {
            return "log" + Tex.number(base);
        }

        @Override
        public Expr value(Expr x) {
            return base == 2 ? x.log2() : base == 10 ? x.log10() : x.log().times(1 / StrictMath.log(base));
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\log_{" + Tex.number(base) + "}", in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1).over(Tex.call("\\ln", Tex.number(base)).times(in[0]))};
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.positive();
        }
    }

    /** The error function 2/√π ∫₀ˣ e^{−t²} dt. */
    public record Erf() implements Pointwise.OfOne {
        @Override
        public String name() {
            return "erf";
        }

        @Override
        public Expr value(Expr x) {
            return x.erf();
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {
                Tex.number(2).over(Tex.atom("\\sqrt{\\pi}")).times(Tex.atom("e").pow(in[0].pow(2).neg()))};
        }
    }

    /**
     * x, but not below {@code low} nor above {@code high}; the derivative is 1 between them and 0 elsewhere, at the
     * limits too, as in PyTorch.
     */
    public record Clip(double low, double high) implements Pointwise.OfOne {

        public Clip {
            if (!(low <= high)) {
                throw new IllegalArgumentException("clip(" + low + ", " + high + "): nothing lies between these limits"
                        + "\nhelp: the lower limit comes first; ±Double.POSITIVE_INFINITY is no limit");
            }
        }

        @Override
        public String name() {
            return "clip";
        }

        @Override
        public Expr value(Expr x) {
            return x.max(Expr.constant(low)).min(Expr.constant(high));
        }

        @Override
        public Expr derivative(Expr x, Expr y) {
            return x.gt(Expr.constant(low)).times(x.lt(Expr.constant(high)));
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\min", Tex.call("\\max", in[0].and(Tex.number(low))).and(Tex.number(high)));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {
                Tex.call("\\mathbf{1}_{" + Tex.number(low) + " < #1 < " + Tex.number(high) + "}", in[0])};
        }
    }

    /** A whole number near x; the derivative is 0 wherever there is one. */
    public record Rounding(Direction direction) implements Pointwise.OfOne {

        /** Which of the whole numbers. */
        public enum Direction {
            /** The greatest that is not above x. */
            FLOOR,
            /** The least that is not below x. */
            CEIL,
            /** The nearest, of two the even one. */
            ROUND,
            /** The nearest towards 0. */
            TRUNC
        }

        @Override
        public String name() {
            return direction.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public Expr value(Expr x) {
            return switch (direction) {
                case FLOOR -> x.floor();
                case CEIL -> x.ceil();
                case ROUND -> x.rint();
                case TRUNC -> x.trunc();
            };
        }
    }
}
