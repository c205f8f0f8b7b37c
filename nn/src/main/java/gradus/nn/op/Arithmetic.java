package gradus.nn.op;

import gradus.nn.Tensor;
import gradus.nn.backend.Expr;
import gradus.nn.tex.Tex;
import java.util.List;

/** Operations of two tensors, element by element, broadcast to one shape by NumPy's rule. */
public final class Arithmetic {

    private Arithmetic() {
    }

    /** a + b. */
    public record Add() implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "plus";
        }

        @Override
        public Expr value(Expr a, Expr b) {
            return a.plus(b);
        }
    }

    /** a − b. */
    public record Sub() implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "minus";
        }

        @Override
        public Expr value(Expr a, Expr b) {
            return a.minus(b);
        }
    }

    /** The elementwise (Hadamard) product a ⊙ b. */
    public record Mul() implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "times";
        }

        @Override
        public Expr value(Expr a, Expr b) {
            return a.times(b);
        }
    }

    /** The elementwise quotient a / b. */
    public record Div() implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "div";
        }

        @Override
        public Expr value(Expr a, Expr b) {
            return a.div(b);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1).over(in[1]), in[0].over(in[1].pow(2)).neg()};
        }
    }

    /** a to the power of b, element by element; a negative a needs a whole b. Both derivatives at 0⁰ are taken as 0. */
    public record Pow() implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "pow";
        }

        @Override
        public Expr value(Expr a, Expr b) {
            return a.pow(b);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {in[1].odot(in[0].pow(in[1].minus(Tex.number(1)))), out.odot(Tex.call("\\ln", in[0]))};
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.bases();
        }
    }

    /** a − ⌊a/b⌋ b: what whole multiples of b leave, with b's sign. */
    public record Remainder() implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "remainder";
        }

        @Override
        public Expr value(Expr a, Expr b) {
            return a.remainder(b);
        }
    }

    /** The angle of the point (b, a) from −π to π: a is its ordinate. */
    public record Atan2() implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "atan2";
        }

        @Override
        public Expr value(Expr a, Expr b) {
            return a.atan2(b);
        }
    }

    /** The larger of a and b; where they are equal each gets half of the gradient. */
    public record Maximum() implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "maximum";
        }

        @Override
        public Expr value(Expr a, Expr b) {
            return a.max(b);
        }
    }

    /** The smaller of a and b; where they are equal each gets half of the gradient. */
    public record Minimum() implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "minimum";
        }

        @Override
        public Expr value(Expr a, Expr b) {
            return a.min(b);
        }
    }
}
