package gradus.nn.derivation;

import java.util.Set;

/**
 * Brackets of the size that a person would write: {@code \left( … \right)} around what is no higher than a line with scripts
 * becomes {@code ( … )}, which TeX neither enlarges nor sets apart from a function's name.
 */
final class Brackets {

    private static final Set<String> HIGH = Set.of("\\frac", "\\dfrac", "\\sum", "\\prod", "\\int", "\\sqrt", "\\begin",
            "\\left", "\\big", "\\Big", "\\overbrace", "\\underbrace");
    private static final Set<String> ROUND = Set.of("(", ")", "[", "]");

    private Brackets() {
    }

    static String fitted(String latex) {
        var fitted = new StringBuilder();
        for (int at = 0; at < latex.length(); ) {
            int end = LatexScan.part(latex, at);
            fitted.append(part(latex.substring(at, end)));
            at = end;
        }
        return fitted.toString();
    }

    private static String part(String part) {
        if (part.length() > 2 && part.startsWith("{") && part.endsWith("}")) {
            return "{" + fitted(part.substring(1, part.length() - 1)) + "}";
        }
        int close = part.lastIndexOf("\\right");
        if (!part.startsWith("\\left") || close < 0) {
            return part;
        }
        int open = LatexScan.token(part, LatexScan.blanks(part, 5));
        var opening = part.substring(5, open).strip();
        var closing = part.substring(close + 6).strip();
        var inside = fitted(part.substring(open, close));
        return ROUND.contains(opening) && ROUND.contains(closing) && !isHigh(inside) ? opening + inside.strip() + closing
                : part.substring(0, open) + inside + part.substring(close);
    }

    private static boolean isHigh(String latex) {
        for (int at = 0; at < latex.length(); at = LatexScan.token(latex, at)) {
            if (HIGH.contains(latex.substring(at, LatexScan.token(latex, at)))) {
                return true;
            }
        }
        return false;
    }
}
