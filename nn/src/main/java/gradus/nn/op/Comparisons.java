package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.backend.Expr;
import gradus.nn.tex.Tex;
import java.util.List;
import java.util.Locale;

/** Questions answered by 1 for yes and 0 for no, element by element, and what follows from the answers. */
public final class Comparisons {

    private Comparisons() {
    }

    /** How two numbers may stand to each other; to NaN none does but ≠. */
    public enum Relation {
        EQ("="), NE("\\ne"), LT("<"), LE("\\le"), GT(">"), GE("\\ge");

        private final String sign;

        Relation(String sign) {
            this.sign = sign;
        }
    }

    /** 1 where a relation holds. */
    public record Compare(Relation relation) implements Pointwise.OfTwo {
        @Override
        public String name() {
            return relation.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public Expr value(Expr a, Expr b) {
            return switch (relation) {
                case EQ -> a.eq(b);
                case NE -> Expr.ONE.minus(a.eq(b));
                case LT -> a.lt(b);
                case LE -> a.le(b);
                case GT -> a.gt(b);
                case GE -> a.ge(b);
            };
        }

        @Override
        public Tex tex(Tex... in) {
            return indicator(in[0] + " " + relation.sign + " " + in[1]);
        }
    }

    /** 1 where both are not 0. */
    public record And() implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "and";
        }

        @Override
        public Expr value(Expr a, Expr b) {
            return a.select(b.select(Expr.ONE, Expr.ZERO), Expr.ZERO);
        }

        @Override
        public Tex tex(Tex... in) {
            return indicator(in[0] + " \\ne 0 \\land " + in[1] + " \\ne 0");
        }
    }

    /** 1 where one of both is not 0. */
    public record Or() implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "or";
        }

        @Override
        public Expr value(Expr a, Expr b) {
            return a.select(Expr.ONE, b.select(Expr.ONE, Expr.ZERO));
        }

        @Override
        public Tex tex(Tex... in) {
            return indicator(in[0] + " \\ne 0 \\lor " + in[1] + " \\ne 0");
        }
    }

    /** What a number may be. */
    public enum Kind {
        NAN("isNaN"), FINITE("isFinite"), INFINITE("isInfinite");

        private final String word;

        Kind(String word) {
            this.word = word;
        }
    }

    /** 1 where a number is of this kind. */
    public record Is(Kind kind) implements Pointwise.OfOne {

        private static final Expr INFINITY = Expr.constant(Double.POSITIVE_INFINITY);

        @Override
        public String name() {
            return kind.word;
        }

        @Override
        public Expr value(Expr x) {
            return switch (kind) {
                case NAN -> Expr.ONE.minus(x.eq(x));
                case FINITE -> x.abs().lt(INFINITY);
                case INFINITE -> x.abs().eq(INFINITY);
            };
        }

        @Override
        public Tex tex(Tex... in) {
            return indicator(switch (kind) {
                case NAN -> in[0] + " \\ne " + in[0];
                case FINITE -> "\\left|" + in[0] + "\\right| < \\infty";
                case INFINITE -> "\\left|" + in[0] + "\\right| = \\infty";
            });
        }
    }

    /** The second input where the first is not 0, elsewhere the third. */
    public record Where() implements Pointwise {
        @Override
        public String name() {
            return "where";
        }

        @Override
        public Expr value(Expr... x) {
            return x[0].select(x[1], x[2]);
        }

        @Override
        public List<Tensor[]> samples() {
            return Samples.pairs().stream()
                    .map(pair -> Samples.of(pair[0].gt(pair[1]), pair[0], pair[1].minus(2))).toList();
        }

        @Override
        public List<Shape[]> misfits() {
            return List.<Shape[]>of(new Shape[] {new Shape(2, 3), new Shape(4), new Shape()});
        }
    }

    private static Tex indicator(String condition) {
        return Tex.atom("\\mathbf{1}_{" + condition + "}");
    }
}
