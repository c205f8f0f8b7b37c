package gradus.nn.derivation;

import java.util.Arrays;
import java.util.Set;

/** How wide a typeset formula is in em, by widths of Computer Modern: what was measured in MathJax differs by 15 %. */
final class FormulaWidth {

    private static final double SCRIPT = 0.7;
    private static final Set<String> OVER_INDICES = Set.of("\\sum", "\\prod", "\\max", "\\min");
    private static final Set<String> WORDS = Set.of("\\operatorname", "\\mathrm", "\\text", "\\mathit", "\\textbf");
    private static final Set<String> INK_ONLY = Set.of("\\hat", "\\bar", "\\tilde", "\\mathbf", "\\boldsymbol",
            "\\mathbb", "\\mathcal", "\\displaystyle", "\\limits", "\\big", "\\Big", "\\bigl", "\\bigr");

    private final String latex;
    private int at;

    private FormulaWidth(String latex) {
        this.latex = latex;
    }

    static double of(String latex) {
        var width = new FormulaWidth(latex);
        double sum = 0;
        while (width.at < latex.length()) {
            sum += width.next();
        }
        return sum;
    }

    private String part() {
        var part = LatexScan.argument(latex, at);
        at = part.end();
        return part.inner();
    }

    private double next() {
        int from = at;
        int end = LatexScan.token(latex, at);
        var token = latex.substring(from, end);
        at = end;
        return switch (token) {
            case " ", "&", "~" -> 0;
            case "{" -> {
                at = from;
                yield of(part());
            }
            case "_", "^" -> SCRIPT * of(part());
            case "\\frac", "\\dfrac" -> 0.24 + Math.max(of(part()), of(part()));
            case "\\sqrt" -> 0.85 + of(part());
            case "\\left", "\\right" -> {
                at = LatexScan.token(latex, LatexScan.blanks(latex, at));
                yield latex.charAt(at - 1) == '.' ? 0.12 : 0.5;
            }
            case "\\begin" -> {
                at = LatexScan.part(latex, from);
                yield matrix(latex.substring(latex.indexOf('}', from) + 1, latex.lastIndexOf("\\end", at)));
            }
            case "+", "-", "=", "<", ">", "\\odot", "\\times", "\\le", "\\ge", "\\ne", "\\approx", "\\in" -> 1.3;
            case "\\cdot" -> 0.72;
            case "\\," -> 0.17;
            case "\\quad" -> 1;
            case "\\qquad" -> 2;
            case ",", ";" -> 0.45;
            case "(", ")", "[", "]", "|", "." -> 0.38;
            default -> other(token);
        };
    }

    private double other(String token) {
        if (OVER_INDICES.contains(token)) {
            double own = token.length() == 4 && !token.startsWith("\\m") ? 1.45 : 2;
            if (at < latex.length() && latex.charAt(at) == '_') {
                at++;
                own = Math.max(own, SCRIPT * of(part()));
            }
            if (at < latex.length() && latex.charAt(at) == '^') {
                at++;
                own = Math.max(own, SCRIPT * of(part()));
            }
            return own + 0.17;
        }
        if (WORDS.contains(token)) {
            return 0.5 * part().length() + 0.1;
        }
        if (INK_ONLY.contains(token)) {
            return 0;
        }
        if (token.startsWith("\\")) {
            var name = token.substring(1);
            return Identifiers.GREEK.containsKey(name) ? 0.58 : Math.max(0.5, 0.48 * name.length());
        }
        return Character.isDigit(token.charAt(0)) ? 0.5 : Character.isUpperCase(token.charAt(0)) ? 0.75 : 0.53;
    }

    private static double matrix(String body) {
        double[] columns = {};
        for (var cells : LatexScan.rows(body)) {
            columns = Arrays.copyOf(columns, Math.max(columns.length, cells.size()));
            for (int i = 0; i < cells.size(); i++) {
                columns[i] = Math.max(columns[i], of(cells.get(i)));
            }
        }
        return Arrays.stream(columns).sum() + columns.length;
    }
}
