package gradus.nn.op;

import gradus.nn.backend.Expr;
import gradus.nn.backend.Fn;
import gradus.nn.tex.Tex;
import java.util.Map;

/** Expressions as formulas. */
final class ExprTex {

    private static final Map<Fn, String> RELATIONS = Map.of(Fn.GT, " > ", Fn.GE, " \\ge ", Fn.EQ, " = ");

    private ExprTex() {
    }

    static Tex of(Expr e, Tex... in) {
        return switch (e) {
            case Expr.Input(var index) -> in[index];
            case Expr.Constant(var value) -> number(value);
            case Expr.Call(var f, var a, var b, var c) -> {
                var x = of(a, in);
                var y = of(b, in);
                yield switch (f) {
                    case NEG -> x.neg();
                    case ABS -> Tex.call("\\left|#1\\right|", x);
                    case SIGN -> Tex.call("\\operatorname{sign}", x);
                    case SQUARE -> x.pow(2);
                    case SQRT -> Tex.call("\\sqrt{#1}", x);
                    case RECIPROCAL -> Tex.number(1).over(x);
                    case RSQRT -> Tex.number(1).over(Tex.call("\\sqrt{#1}", x));
                    case EXP -> Tex.atom("e").pow(x);
                    case EXPM1 -> Tex.atom("e").pow(x).minus(Tex.number(1));
                    case LOG -> Tex.call("\\ln", x);
                    case LOG1P -> Tex.call("\\ln", Tex.number(1).plus(x));
                    case LOG2 -> Tex.call("\\log_{2}", x);
                    case LOG10 -> Tex.call("\\log_{10}", x);
                    case ERF -> Tex.call("\\operatorname{erf}", x);
                    case SIN -> Tex.call("\\sin", x);
                    case COS -> Tex.call("\\cos", x);
                    case TAN -> Tex.call("\\tan", x);
                    case ASIN -> Tex.call("\\arcsin", x);
                    case ACOS -> Tex.call("\\arccos", x);
                    case ATAN -> Tex.call("\\arctan", x);
                    case SINH -> Tex.call("\\sinh", x);
                    case COSH -> Tex.call("\\cosh", x);
                    case TANH -> Tex.call("\\tanh", x);
                    case SIGMOID -> Tex.call("\\sigma", x);
                    case SOFTPLUS -> Tex.call("\\ln", Tex.number(1).plus(Tex.atom("e").pow(x)));
                    case RINT -> Tex.call("\\left\\lfloor #1 \\right\\rceil", x);
                    case FLOOR -> Tex.call("\\left\\lfloor #1 \\right\\rfloor", x);
                    case CEIL -> Tex.call("\\left\\lceil #1 \\right\\rceil", x);
                    case TRUNC -> Tex.call("\\operatorname{sign}", x)
                            .odot(Tex.call("\\left\\lfloor \\left|#1\\right| \\right\\rfloor", x));
                    case ADD -> x.plus(y);
                    case SUB -> x.minus(y);
                    case MUL -> a instanceof Expr.Constant ? x.times(y) : b instanceof Expr.Constant ? y.times(x) : x.odot(y);
                    case DIV -> x.over(y);
                    case MAX -> Tex.call("\\max", x.and(y));
                    case MIN -> Tex.call("\\min", x.and(y));
                    case POW -> x.pow(y);
                    case REMAINDER -> Tex.call("\\operatorname{mod}", x.and(y));
                    case ATAN2 -> Tex.call("\\operatorname{atan2}", x.and(y));
                    case GT, GE, EQ -> Tex.call("\\mathbf{1}_{#1" + RELATIONS.get(f) + "#2}", x.and(y));
                    case SELECT -> select(y.and(of(c, in)), a, in);
                };
            }
        };
    }

    /** A half, a third and so on as fractions. */
    private static Tex number(double value) {
        double whole = 1 / Math.abs(value);
        var fraction = Tex.number(1).over(Tex.number(whole));
        return whole != Math.rint(whole) || whole < 2 || whole > 12 ? Tex.number(value) : value < 0 ? fraction.neg() : fraction;
    }

    /** The first where an expression is not 0, the second elsewhere. */
    private static Tex select(Tex both, Expr condition, Tex... in) {
        var branches = "\\begin{cases} #1 & #3%s \\\\ #2 & \\text{otherwise} \\end{cases}";
        return condition instanceof Expr.Call(var f, var a, var b, _) && RELATIONS.containsKey(f)
                ? Tex.call(branches.formatted(RELATIONS.get(f) + "#4"), both.and(of(a, in)).and(of(b, in)))
                : Tex.call(branches.formatted(" \\ne 0"), both.and(of(condition, in)));
    }
}
