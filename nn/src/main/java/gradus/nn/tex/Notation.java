package gradus.nn.tex;

import gradus.nn.tex.Formula.Operator;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;

/** Symbols with a meaning of their own, and formulas as text again. */
final class Notation {

    private Notation() {
    }

    static boolean isOnes(Formula formula) {
        return isBold(formula, new Formula.Number(1));
    }

    static boolean isZeros(Formula formula) {
        return isBold(formula, new Formula.Number(0));
    }

    static boolean isIdentity(Formula formula) {
        var letter = new Formula.Symbol("I");
        return formula.equals(letter) || isBold(formula, letter);
    }

    private static boolean isBold(Formula formula, Formula what) {
        return formula instanceof Formula.Accent(var command, var inner) && inner.equals(what)
                && Set.of("\\mathbf", "\\mathbb", "\\boldsymbol").contains(command);
    }

    static boolean isKronecker(Formula formula) {
        return formula.equals(new Formula.Symbol("\\delta"));
    }

    static boolean isCondition(Formula formula) {
        return formula instanceof Formula.Comparison
                || formula instanceof Formula.Binary(var operator, var _, var _)
                        && (operator == Operator.AND || operator == Operator.OR)
                || formula instanceof Formula.Call(var f, var _, var _) && f.equals(new Formula.Symbol("not"));
    }

    static DoubleBinaryOperator relation(String relation) {
        return switch (relation) {
            case "<" -> (a, b) -> a < b ? 1 : 0;
            case ">" -> (a, b) -> a > b ? 1 : 0;
            case "≤" -> (a, b) -> a <= b ? 1 : 0;
            case "≥" -> (a, b) -> a >= b ? 1 : 0;
            case "=" -> (a, b) -> a == b ? 1 : 0;
            default -> (a, b) -> a != b ? 1 : 0;
        };
    }

    static boolean contains(Formula whole, Formula part) {
        return whole.equals(part) || whole.parts().stream().anyMatch(inner -> contains(inner, part));
    }

    /** A name as it is written. */
    static String text(Formula formula) {
        return switch (formula) {
            case Formula.Number(double n) -> n == Math.rint(n) ? Long.toString((long) n) : Double.toString(n);
            case Formula.Symbol(var name) -> name;
            case Formula.Accent(var command, var inner) -> command + "{" + text(inner) + "}";
            case Formula.Sub(var base, var below) -> text(base) + "_{" + texts(below, ",") + "}";
            case Formula.Sup(var base, var exponent) -> text(base) + "^{" + text(exponent) + "}";
            case Formula.Label(var parts) -> "(" + texts(parts, ",") + ")";
            case Formula.Negative(var operand) -> "-" + text(operand);
            default -> texts(formula.parts(), " ");
        };
    }

    private static String texts(List<Formula> formulas, String between) {
        return String.join(between, formulas.stream().map(Notation::text).toList());
    }
}
