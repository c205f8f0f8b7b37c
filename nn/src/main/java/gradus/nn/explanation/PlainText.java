package gradus.nn.explanation;

import java.util.Map;
import java.util.Set;

/** LaTeX formulas as a console shows them: {@code \frac{m_t}{1 - \beta_1^{t}}} becomes m_t/(1 - β₁ᵗ). */
final class PlainText {

    private static final Map<String, String> SIGNS = Map.ofEntries(Map.entry("alpha", "α"), Map.entry("beta", "β"),
            Map.entry("gamma", "γ"), Map.entry("delta", "δ"), Map.entry("epsilon", "ε"), Map.entry("eta", "η"),
            Map.entry("theta", "θ"), Map.entry("lambda", "λ"), Map.entry("mu", "μ"), Map.entry("nu", "ν"),
            Map.entry("xi", "ξ"), Map.entry("pi", "π"), Map.entry("rho", "ρ"), Map.entry("sigma", "σ"), Map.entry("tau", "τ"),
            Map.entry("varphi", "φ"), Map.entry("phi", "φ"), Map.entry("Phi", "Φ"), Map.entry("omega", "ω"),
            Map.entry("sum", "Σ"), Map.entry("prod", "Π"), Map.entry("infty", "∞"),
            Map.entry("odot", "⊙"), Map.entry("cdot", "·"), Map.entry("times", "×"), Map.entry("le", "≤"), Map.entry("ge", "≥"),
            Map.entry("ne", "≠"), Map.entry("sim", "~"), Map.entry("top", "ᵀ"), Map.entry("lfloor", "⌊"), Map.entry("rfloor", "⌋"),
            Map.entry("lceil", "⌈"), Map.entry("rceil", "⌉"), Map.entry("land", "∧"), Map.entry("lor", "∨"),
            Map.entry("pm", "±"), Map.entry("|", "‖"), Map.entry("quad", "  "), Map.entry("ldots", "…"), Map.entry(",", " "),
            Map.entry(";", " "), Map.entry("left", ""), Map.entry("right", ""), Map.entry("displaystyle", ""),
            Map.entry("{", "{"), Map.entry("}", "}"));
    private static final Map<String, String> MARKS = Map.of("hat", "\u0302", "bar", "\u0304", "tilde", "\u0303", "dot", "\u0307");
    private static final Set<String> UPRIGHT = Set.of("operatorname", "text", "mathrm", "mathbf", "mathbb", "mathcal", "boldsymbol");
    private static final String RAISED_FROM = "0123456789+-()ntT";
    private static final String RAISED_TO = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿᵗᵀ";
    private static final String LOWERED_FROM = "0123456789";
    private static final String LOWERED_TO = "₀₁₂₃₄₅₆₇₈₉";

    private final String latex;
    private int at;

    private PlainText(String latex) {
        this.latex = latex;
    }

    static String of(String latex) {
        return new PlainText(latex).until('\0').replaceAll(" {2,}", " ").replace("( ", "(").replace(" )", ")").strip();
    }

    /** How many columns it takes: accents stand above letters. */
    static int width(String text) {
        return (int) text.codePoints().filter(c -> Character.getType(c) != Character.NON_SPACING_MARK).count();
    }

    private String until(char close) {
        var text = new StringBuilder();
        while (at < latex.length() && latex.charAt(at) != close) {
            text.append(next());
        }
        at++;
        return text.toString();
    }

    /** A braced group, or one sign. */
    private String group() {
        while (at < latex.length() && latex.charAt(at) == ' ') {
            at++;
        }
        if (at < latex.length() && latex.charAt(at) == '{') {
            at++;
            return until('}');
        }
        return at < latex.length() ? next() : "";
    }

    private String next() {
        char c = latex.charAt(at++);
        return switch (c) {
            case '\\' -> command();
            case '{' -> until('}');
            case '^' -> raised(group());
            case '_' -> lowered(group());
            case '&' -> " ";
            default -> String.valueOf(c);
        };
    }

    private String command() {
        int from = at;
        while (at < latex.length() && Character.isLetter(latex.charAt(at))) {
            at++;
        }
        at += at == from ? 1 : 0;
        var word = latex.substring(from, at);
        if (UPRIGHT.contains(word)) {
            return group();
        } else if (MARKS.containsKey(word)) {
            return group() + MARKS.get(word);
        }
        return switch (word) {
            case "frac", "tfrac" -> {
                var numerator = closed(group());
                yield numerator + "/" + closed(group());
            }
            case "sqrt" -> "√" + closed(group());
            case "begin" -> {
                group();
                yield "{";
            }
            case "end" -> {
                group();
                yield "}";
            }
            case "\\" -> "; ";
            case "partial" -> {
                at += at < latex.length() && latex.charAt(at) == ' ' ? 1 : 0;
                yield "∂";
            }
            default -> SIGNS.getOrDefault(word, word);
        };
    }

    /** In parentheses, unless it is one thing. */
    private static String closed(String text) {
        var bare = text.strip();
        return bare.matches("[^ /+-]*") ? bare : "(" + bare + ")";
    }

    private static String raised(String text) {
        return text.equals("ᵀ") ? text : written(text, RAISED_FROM, RAISED_TO, "^");
    }

    private static String lowered(String text) {
        return written(text, LOWERED_FROM, LOWERED_TO, "_");
    }

    private static String written(String text, String from, String to, String sign) {
        if (!text.isEmpty() && text.chars().allMatch(c -> from.indexOf(c) >= 0)) {
            return text.chars().mapToObj(c -> to.substring(from.indexOf(c), from.indexOf(c) + 1))
                    .reduce("", String::concat);
        }
        return sign + (text.length() == 1 ? text : "{" + text + "}");
    }
}
