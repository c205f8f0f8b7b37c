package gradus.nn.op;

import gradus.nn.backend.Expr;
import gradus.nn.tex.Tex;

/** Expressions as formulas. */
final class ExprTex {

    private ExprTex() {
    }

    static Tex of(Expr e, Tex... in) {
        return switch (e) {
            case Expr.Input(var index) -> in[index];
            case Expr.Constant(var value) -> Tex.number(value);
            case Expr.Call(var f, var a, var b, var c) -> {
                var x = of(a, in);
                var y = of(b, in);
                yield switch (f) {
                    case NEG -> x.neg();
                    case ABS -> Tex.atom("\\left|" + x + "\\right|");
                    case SIGN -> Tex.call("\\operatorname{sign}", x);
                    case SQUARE -> x.pow(2);
                    case SQRT -> Tex.atom("\\sqrt{" + x + "}");
                    case RECIPROCAL -> Tex.number(1).over(x);
                    case EXP -> Tex.atom("e").pow(x);
                    case LOG -> Tex.call("\\ln", x);
                    case TANH -> Tex.call("\\tanh", x);
                    case SIGMOID -> Tex.call("\\sigma", x);
                    case SOFTPLUS -> Tex.call("\\ln", Tex.number(1).plus(Tex.atom("e").pow(x)));
                    case ADD -> x.plus(y);
                    case SUB -> x.minus(y);
                    case MUL -> x.odot(y);
                    case DIV -> x.over(y);
                    case MAX -> Tex.call("\\max", Tex.atom(x + ", " + y));
                    case MIN -> Tex.call("\\min", Tex.atom(x + ", " + y));
                    case POW -> x.pow(y);
                    case GT -> Tex.atom("\\mathbf{1}_{" + x + " > " + y + "}");
                    case GE -> Tex.atom("\\mathbf{1}_{" + x + " \\ge " + y + "}");
                    case EQ -> Tex.atom("\\mathbf{1}_{" + x + " = " + y + "}");
                    case SELECT -> Tex.atom("\\begin{cases} " + y + " & " + x + " \\ne 0 \\\\ " + of(c, in)
                            + " & \\text{otherwise} \\end{cases}");
                };
            }
        };
    }
}
