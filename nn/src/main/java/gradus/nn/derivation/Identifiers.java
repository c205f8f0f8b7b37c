package gradus.nn.derivation;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How identifiers of Java are written in formulas: {@code z1} as z_1, {@code yHat} as ŷ, {@code W_ih} as W_{ih}. */
final class Identifiers {

    static final Map<String, String> GREEK = Map.ofEntries(Map.entry("alpha", "α"), Map.entry("beta", "β"),
            Map.entry("gamma", "γ"), Map.entry("delta", "δ"), Map.entry("epsilon", "ε"), Map.entry("varepsilon", "ε"),
            Map.entry("zeta", "ζ"), Map.entry("eta", "η"), Map.entry("theta", "θ"), Map.entry("iota", "ι"),
            Map.entry("kappa", "κ"), Map.entry("lambda", "λ"), Map.entry("mu", "μ"), Map.entry("nu", "ν"),
            Map.entry("xi", "ξ"), Map.entry("pi", "π"), Map.entry("rho", "ρ"), Map.entry("sigma", "σ"),
            Map.entry("tau", "τ"), Map.entry("upsilon", "υ"), Map.entry("phi", "φ"), Map.entry("varphi", "φ"),
            Map.entry("chi", "χ"), Map.entry("psi", "ψ"), Map.entry("omega", "ω"), Map.entry("Gamma", "Γ"),
            Map.entry("Delta", "Δ"), Map.entry("Theta", "Θ"), Map.entry("Lambda", "Λ"), Map.entry("Xi", "Ξ"),
            Map.entry("Pi", "Π"), Map.entry("Sigma", "Σ"), Map.entry("Upsilon", "Υ"), Map.entry("Phi", "Φ"),
            Map.entry("Psi", "Ψ"), Map.entry("Omega", "Ω"));

    private static final Map<String, String> COMMANDS = GREEK.entrySet().stream()
            .filter(e -> !e.getKey().startsWith("var"))
            .collect(Collectors.toMap(Map.Entry::getValue, e -> " " + e.getKey() + " "));
    private static final Map<String, String> ACCENTS = Map.of("\u0302", " hat ", "\u0304", " bar ",
            "\u0303", " tilde ");
    private static final Set<String> HATS = Set.of("hat", "bar", "tilde");

    /** Words, numbers and lone capitals: {@code deltaZ1} is delta, Z, 1. */
    private static final Pattern PARTS = Pattern.compile("\\d+|\\p{Lu}?\\p{Ll}+|\\p{Lu}+(?!\\p{Ll})|\\p{L}");

    private static final Pattern BLANKS = Pattern.compile("(?<!\\\\[a-z]{1,12})\\s+");
    private static final Pattern BRACED = Pattern.compile("(?<!\\\\[a-z]{1,12})\\{(\\w|\\\\[A-Za-z]+)\\}");
    private static final Pattern WHOLE = Pattern.compile("^\\{([^{}]*)\\}$");

    /**
     * Letters that already mean something in the formulas of operations: the indices of sums, e, π, the sigmoid,
     * Kronecker's δ and the identity. A tensor of that name is written bold.
     */
    private static final Set<String> RESERVED = Set.of("e", "i", "j", "k", "l", "m", "n", "I", "d", "\\pi", "\\sigma",
            "\\delta", "\\partial", "\\Phi", "\\phi");

    private Identifiers() {
    }

    /** LaTeX for an identifier; an empty string when it has neither letters nor digits. */
    static String of(String identifier) {
        var parts = parts(identifier);
        if (parts.isEmpty()) {
            return "";
        }
        if (parts.getFirst().equals("d") && parts.size() > 1 && !parts.get(1).matches("\\d+")) {
            parts.removeFirst();
            parts.set(0, "\\mathit{d" + head(parts.getFirst()) + "}");
        }
        return reserved(symbol(parts));
    }

    /** What nothing else in a formula can be taken for; a path such as {@code 0.weight} as one upright word. */
    static String reserved(String symbol) {
        return symbol.matches("[\\w.]*\\.[\\w.]*") ? "\\mathrm{" + symbol.replace("_", "\\_") + "}"
                : RESERVED.contains(symbol) ? "\\boldsymbol{" + symbol + "}" : symbol;
    }

    /** The same for all ways to write one name: {@code z_1}, {@code z_{1}} and {@code {z}_{1}}. */
    static String bare(String name) {
        var without = BLANKS.matcher(name).replaceAll("");
        for (var before = ""; !before.equals(without); ) {
            before = without;
            without = WHOLE.matcher(BRACED.matcher(without).replaceAll("$1")).replaceAll("$1");
        }
        return without;
    }

    private static List<String> parts(String identifier) {
        var text = Normalizer.normalize(identifier, Normalizer.Form.NFD);
        for (var each : List.of(COMMANDS, ACCENTS)) {
            for (var entry : each.entrySet()) {
                text = text.replace(entry.getKey(), entry.getValue());
            }
        }
        var parts = new ArrayList<String>();
        PARTS.matcher(text).results().forEach(found -> {
            var part = found.group();
            boolean first = parts.isEmpty();
            if (first && part.matches("\\p{Lu}\\p{Ll}{1,2}") && !GREEK.containsKey(part)) {   // Wxh
                parts.add(part.substring(0, 1));
                parts.add(part.substring(1));
            } else if (first && part.matches("d[a-z]")) {   // dz
                parts.add("d");
                parts.add(part.substring(1));
            } else {
                parts.add(part);
            }
        });
        return parts;
    }

    private static String symbol(List<String> parts) {
        var head = head(parts.getFirst());
        var below = new ArrayList<String>();
        for (var part : parts.subList(1, parts.size())) {
            if (HATS.contains(part.toLowerCase())) {
                head = "\\" + part.toLowerCase() + "{" + head + "}";
            } else if (part.matches("\\d+") && !below.isEmpty()
                    && below.getLast().matches("\\\\?[A-Za-z]|\\\\[a-z]+")) {
                below.set(below.size() - 1, sub(below.getLast(), part));
            } else {
                below.add(part.matches("\\d+") ? part : word(part.length() > 2 && !GREEK.containsKey(part)
                        ? part.substring(0, 1).toLowerCase() + part.substring(1) : part));
            }
        }
        return below.isEmpty() ? head : sub(head, String.join(", ", below));
    }

    static String sub(String head, String below) {
        return head + (below.length() == 1 ? "_" + below : "_{" + below + "}");
    }

    private static String head(String part) {
        return part.startsWith("\\") ? part : part.equals("loss") ? "L" : part.length() == 2
                ? greekOr(part, "\\mathrm{" + part + "}") : word(part);
    }

    /** Greek, one or two letters side by side, or a word in upright letters. */
    private static String word(String part) {
        return greekOr(part, part.length() <= 2 ? part : "\\mathrm{" + part + "}");
    }

    private static String greekOr(String part, String other) {
        return GREEK.containsKey(part) ? "\\" + part : part.equals("eps") ? "\\epsilon" : other;
    }
}
