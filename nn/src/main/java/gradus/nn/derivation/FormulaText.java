package gradus.nn.derivation;

import java.text.Normalizer;
import java.util.Map;

/** A formula as a line of plain text for consoles: {@code δ₁ = (W₂ᵀ δ₂) ⊙ (1 − h₁²)}. */
final class FormulaText {

    private static final String LOWERED = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ";
    private static final String BELOW = "0123456789+−=()aehijklmnoprstuvx";
    private static final String RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᶜᶠᵍʰⁱᵏˡⁿᵒʳᵗᶻᵀ′*";
    private static final String ABOVE = "0123456789+−()cfghiklnortzᵀ′*";

    private static final Map<String, String> SIGNS = Map.ofEntries(Map.entry("\\odot", "⊙"), Map.entry("\\cdot", "·"),
            Map.entry("\\times", "×"), Map.entry("\\partial", "∂"), Map.entry("\\nabla", "∇"), Map.entry("\\top", "ᵀ"),
            Map.entry("\\sum", "Σ"), Map.entry("\\prod", "Π"), Map.entry("\\infty", "∞"), Map.entry("\\le", "≤"),
            Map.entry("\\ge", "≥"), Map.entry("\\ne", "≠"), Map.entry("\\approx", "≈"), Map.entry("\\in", "∈"),
            Map.entry("\\land", "∧"), Map.entry("\\lor", "∨"), Map.entry("\\lfloor", "⌊"), Map.entry("\\rfloor", "⌋"),
            Map.entry("\\lceil", "⌈"), Map.entry("\\rceil", "⌉"), Map.entry("\\lvert", "|"), Map.entry("\\rvert", "|"),
            Map.entry("\\lVert", "‖"), Map.entry("\\rVert", "‖"), Map.entry("\\|", "‖"), Map.entry("\\prime", "′"),
            Map.entry("\\ell", "ℓ"), Map.entry("\\dots", "…"), Map.entry("\\cdots", "⋯"),
            Map.entry("\\vdots", "⋮"), Map.entry("\\ddots", "⋱"), Map.entry("\\ldots", "…"),
            Map.entry("\\to", "→"), Map.entry("\\Longrightarrow", "⟹"),
            Map.entry("\\circ", "∘"), Map.entry("\\otimes", "⊗"), Map.entry("\\colon", ":"),
            Map.entry("\\checkmark", "✓"), Map.entry("\\,", " "), Map.entry("\\;", " "), Map.entry("\\ ", " "),
            Map.entry("\\quad", "  "), Map.entry("\\qquad", "    "), Map.entry("\\{", "{"), Map.entry("\\}", "}"),
            Map.entry("-", "−"), Map.entry("~", " "), Map.entry("&", ""), Map.entry("\\!", ""), Map.entry("\\_", "_"));

    private final String latex;
    private final StringBuilder text = new StringBuilder();
    private int at;

    private FormulaText(String latex) {
        this.latex = latex;
    }

    static String of(String latex) {
        var formula = new FormulaText(latex);
        while (formula.at < latex.length()) {
            formula.next();
        }
        return formula.text.toString().replaceAll(" {2,}(?=\\S)", " ").strip();
    }

    private String part() {
        var part = LatexScan.argument(latex, at);
        at = part.end();
        return part.inner();
    }

    private void next() {
        int from = at;
        at = LatexScan.token(latex, at);
        var token = latex.substring(from, Math.min(at, latex.length()));
        switch (token) {
            case "{" -> {
                at = from;
                text.append(of(part()));
            }
            case "_" -> script(BELOW, LOWERED, '_');
            case "^" -> script(ABOVE, RAISED, '^');
            case "\\frac", "\\dfrac", "\\tfrac" -> {
                var above = bracketed(of(part()));
                text.append(above).append('/').append(bracketed(of(part())));
            }
            case "\\sqrt" -> text.append("√").append(bracketed(of(part())));
            case "\\hat" -> accented("\u0302");
            case "\\bar" -> accented("\u0304");
            case "\\tilde" -> accented("\u0303");
            case "\\dot" -> accented("\u0307");
            case "\\mathbb" -> text.append(part().replace("R", "ℝ"));
            case "\\operatorname", "\\mathrm", "\\text", "\\mathit" -> text.append(part().replace("\\_", "_"));
            case "\\mathbf", "\\boldsymbol", "\\mathcal", "\\displaystyle", "\\limits" -> { }
            case "\\left", "\\right" -> {
                int start = LatexScan.blanks(latex, at);
                at = LatexScan.token(latex, start);
                var bracket = latex.substring(start, at);
                text.append(bracket.equals(".") ? "" : SIGNS.getOrDefault(bracket, bracket));
            }
            case "\\begin" -> {
                at = LatexScan.part(latex, from);
                int begin = latex.indexOf('}', from) + 1;
                environment(latex.substring(begin, latex.lastIndexOf("\\end", at)),
                        latex.startsWith("\\begin{cases", from));
            }
            case "\\partial", "\\nabla" -> {
                text.append(SIGNS.get(token));
                if (latex.startsWith("^", at)) {
                    next();
                }
                at = at < latex.length() ? LatexScan.blanks(latex, at) : at;
            }
            default -> text.append(token.length() > 1 && Identifiers.GREEK.containsKey(token.substring(1))
                    ? Identifiers.GREEK.get(token.substring(1))
                    : SIGNS.getOrDefault(token, token.startsWith("\\") ? token.substring(1) : token));
        }
    }

    private void accented(String mark) {
        text.append(Normalizer.normalize(of(part()) + mark, Normalizer.Form.NFC));
    }

    private void environment(String body, boolean cases) {
        var rows = LatexScan.rows(body);
        text.append(cases ? "{" : "[");
        for (int i = 0; i < rows.size(); i++) {
            var cells = rows.get(i);
            for (int j = 0; j < cells.size(); j++) {
                text.append(j > 0 ? cases ? " if " : ", " : i > 0 ? "; " : "").append(of(cells.get(j)));
            }
        }
        text.append(cases ? "}" : "]");
    }

    private void script(String from, String to, char sign) {
        var part = part();
        var script = of(part);
        if (!part.contains("\\mathrm") && script.codePoints().allMatch(c -> from.indexOf(c) >= 0)) {
            script.codePoints().forEach(c -> text.append(to.charAt(from.indexOf(c))));
        } else {
            text.append(sign).append(script.length() == 1 || script.matches("\\w+") ? script : "{" + script + "}");
        }
    }

    /** In brackets when a neighbour could be taken for a part of it. */
    private static String bracketed(String part) {
        return part.matches("[^\\s+−/]*(\\[[^\\[\\]]*])?") || part.matches("\\([^()]*\\)") ? part : "(" + part + ")";
    }
}
