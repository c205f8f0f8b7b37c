package gradus.nn.op;

import gradus.nn.Shape;
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

        @Override
        public Expr[] derivatives(Expr[] x, Expr y) {
            return new Expr[] {Expr.ONE, Expr.ONE};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].plus(in[1]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1), Tex.number(1)};
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

        @Override
        public Expr[] derivatives(Expr[] x, Expr y) {
            return new Expr[] {Expr.ONE, Expr.constant(-1)};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].minus(in[1]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1), Tex.number(-1)};
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

        @Override
        public Expr[] derivatives(Expr[] x, Expr y) {
            return new Expr[] {x[1], x[0]};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].odot(in[1]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {in[1], in[0]};
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
        public Expr[] derivatives(Expr[] x, Expr y) {
            return new Expr[] {x[1].reciprocal(), y.div(x[1]).neg()};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].over(in[1]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1).over(in[1]), in[0].over(in[1].pow(2)).neg()};
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

        @Override
        public Expr[] derivatives(Expr[] x, Expr y) {
            return new Expr[] {x[0].gt(x[1]).plus(x[0].eq(x[1]).times(0.5)), x[1].gt(x[0]).plus(x[0].eq(x[1]).times(0.5))};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\max", Tex.atom(in[0] + ", " + in[1]));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {share(in[0], in[1]), share(in[1], in[0])};
        }

        private static Tex share(Tex winner, Tex loser) {
            return Tex.atom("\\mathbf{1}_{" + winner + " > " + loser + "}").plus(Tex.number(1).over(Tex.number(2))
                    .times(Tex.atom("\\mathbf{1}_{" + winner + " = " + loser + "}")));
        }
    }
}
