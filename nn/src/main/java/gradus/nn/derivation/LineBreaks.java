package gradus.nn.derivation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Breaks a formula before its operators, the loosest first: relations, sums, products element by element, products. Where
 * none is outside of brackets, inside the last bracketed part that is too wide. Each line is LaTeX of its own; without the
 * empty brackets {@code \right.} and {@code \left.} they are the formula again.
 *
 * @param measure the width of a piece of LaTeX
 */
record LineBreaks(ToDoubleFunction<String> measure) {

    private static final List<Set<String>> OPERATORS = List.of(Set.of("=", "\\approx", "\\le", "\\ge"), Set.of("+", "-"),
            Set.of("\\odot"), Set.of("\\cdot", "\\times"), Set.of("\\,"));

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

    private List<String> insideBrackets(String formula, double width) {
        int from = -1;
        int to = -1;
        for (int at = 0; at < formula.length(); ) {
            int end = LatexScan.part(formula, at);
            var part = formula.substring(at, end);
            boolean is = part.startsWith("\\left") && end > LatexScan.token(formula, at)
                    || part.startsWith("{") && !isArgument(formula, at);
            if (is && (from < 0 || measure.applyAsDouble(part) > measure.applyAsDouble(formula.substring(from, to)))) {
                from = at;
                to = end;
            }
            at = end;
        }
        if (from < 0) {
            return List.of(formula);
        }
        var part = formula.substring(from, to);
        boolean braces = part.startsWith("{");
        int open = braces ? 1 : LatexScan.token(part, LatexScan.blanks(part, 5));
        int close = braces ? part.length() - 1 : part.lastIndexOf("\\right");
        var before = formula.substring(0, from) + (braces ? "" : part.substring(0, open));
        var after = (braces ? "" : part.substring(close)) + formula.substring(to);
        var inside = lines(part.substring(open, close), width - measure.applyAsDouble(formula.substring(0, from)));
        if (inside.size() == 1) {
            return List.of(formula);
        }
        var lines = new ArrayList<String>();
        for (int i = 0; i < inside.size(); i++) {
            var line = inside.get(i);
            boolean inBrackets = !braces;
            lines.add((i == 0 ? before : inBrackets ? "\\left. " : "") + line
                    + (i == inside.size() - 1 ? after : inBrackets ? " \\right." : ""));
        }
        return lines;
    }

    /** Whether the group here belongs to a command or is a script. */
    private static boolean isArgument(String formula, int at) {
        var before = formula.substring(0, at).stripTrailing();
        return before.matches("(?s).*(\\\\[A-Za-z]+|[_^}\\]])");
    }
}
