package gradus.nn.derivation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Breaks a formula before its operators, the loosest first: relations, sums, products element by element, products.
 * Where none is outside of brackets, inside the widest bracketed part; a fraction is written with a slash for that.
 * Each line is LaTeX of its own; without the empty brackets {@code \right.} and {@code \left.} they are the formula again.
 *
 * @param measure the width of a piece of LaTeX
 */
record LineBreaks(ToDoubleFunction<String> measure) {

    private static final List<Set<String>> OPERATORS = List.of(Set.of("=", "\\approx", "\\le", "\\ge"),
            Set.of("+", "-"), Set.of("\\odot"), Set.of("\\cdot", "\\times"), Set.of("\\,"));

    /** The formula in lines; a piece without operators is never broken, however wide. */
    List<String> lines(String formula, double width) {
        if (measure.applyAsDouble(formula) <= width) {
            return List.of(formula);
        }
        for (var operators : OPERATORS) {
            var pieces = pieces(formula, operators);
            if (pieces.size() > 1) {
                return filled(pieces, width);
            }
        }
        return insideBrackets(formula, width);
    }

    private List<String> filled(List<String> pieces, double width) {
        var lines = new ArrayList<String>();
        for (var piece : pieces) {
            if (!lines.isEmpty() && measure.applyAsDouble(lines.getLast() + " " + piece) <= width) {
                lines.set(lines.size() - 1, lines.getLast() + " " + piece);
            } else {
                lines.addAll(lines(piece, width));
            }
        }
        return lines;
    }

    /** Cut before each of the operators that is outside of all brackets and has something before it. */
    private static List<String> pieces(String formula, Set<String> operators) {
        var pieces = new ArrayList<String>();
        int start = 0;
        boolean operand = false;
        for (int at = 0; at < formula.length(); ) {
            int end = LatexScan.part(formula, at);
            var part = formula.substring(at, end);
            if (operand && operators.contains(part)) {
                pieces.add(formula.substring(start, at).strip());
                start = at;
            }
            if (!part.isBlank()) {
                operand = OPERATORS.stream().noneMatch(any -> any.contains(part)) && !"_^".contains(part);
            }
            at = end;
        }
        pieces.add(formula.substring(start).strip());
        return pieces;
    }

    /** Inside of the widest part that can be broken. */
    private List<String> insideBrackets(String formula, double width) {
        int from = 0;
        int to = 0;
        double widest = 0;
        for (int at = 0; at < formula.length(); ) {
            int end = LatexScan.part(formula, at);
            var part = formula.substring(at, end);
            if (part.equals("\\frac")) {
                end = LatexScan.part(formula, LatexScan.part(formula, end));
            }
            boolean breaks = part.equals("\\frac") || part.startsWith("\\left")
                    || part.startsWith("{") && !isArgument(formula, at);
            double wide = breaks ? measure.applyAsDouble(formula.substring(at, end)) : 0;
            if (wide > widest) {
                from = at;
                to = end;
                widest = wide;
            }
            at = end;
        }
        if (from == to) {
            return List.of(formula);
        }
        var part = formula.substring(from, to);
        if (part.startsWith("\\frac")) {
            int between = LatexScan.part(part, 5);
            var slashed = bracketed(part.substring(5, between)) + " / " + bracketed(part.substring(between));
            return lines(formula.substring(0, from) + (formula.substring(0, from).isBlank() ? slashed
                    : "\\left(" + slashed + "\\right)") + formula.substring(to), width);
        }
        boolean braces = part.startsWith("{");
        int open = braces ? 1 : LatexScan.token(part, LatexScan.blanks(part, 5));
        int close = braces ? part.length() - 1 : part.lastIndexOf("\\right");
        var before = formula.substring(0, from) + (braces ? "" : part.substring(0, open));
        var closing = braces ? "" : part.substring(close);
        var after = formula.substring(to);
        var inside = lines(part.substring(open, close), width - measure.applyAsDouble(formula.substring(0, from)));
        if (inside.size() == 1) {
            return List.of(formula);
        }
        var lines = new ArrayList<String>();
        for (int i = 0; i < inside.size(); i++) {
            lines.add((i == 0 ? before : braces ? "" : "\\left. ") + inside.get(i)
                    + (i == inside.size() - 1 ? closing : braces ? "" : " \\right."));
        }
        if (after.isBlank() || "_^['".indexOf(after.charAt(0)) >= 0
                || measure.applyAsDouble(lines.getLast() + after) <= width) {
            lines.add(lines.removeLast() + after);
        } else {
            lines.addAll(lines(after.strip(), width));
        }
        return lines;
    }

    /** A numerator or denominator beside a slash. */
    private static String bracketed(String group) {
        var inner = LatexScan.argument(group, 0).inner();
        return LatexScan.part(inner, 0) == inner.length() ? inner : "\\left(" + inner + "\\right)";
    }

    /** Whether the group here belongs to a command or is a script. */
    private static boolean isArgument(String formula, int at) {
        var before = formula.substring(0, at).stripTrailing();
        return before.matches("(?s).*(\\\\[A-Za-z]+|[_^}\\]])");
    }
}
