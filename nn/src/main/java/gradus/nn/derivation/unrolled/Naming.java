package gradus.nn.derivation.unrolled;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the names in templates are written: {@code h_{t}} of the second layer is {@code h^{(2)}_{t}}, {@code \\delta^{f}_{t}}
 * is {@code \\delta^{(f, 2)}_{t}}; parameters are called as they are in the graph.
 *
 * @param number of the layer, where its names would be another's too
 * @param given  names of the graph instead of those in templates
 */
record Naming(Optional<Integer> number, Map<String, String> given) {

    static final Naming PLAIN = new Naming(Optional.empty(), Map.of());

    /** A letter, perhaps with an accent, a mark above it, an index below; and whether something stands above that. */
    private static final Pattern NAME = Pattern.compile("(\\\\tilde\\{[Ch]}|\\\\delta|(?<![A-Za-z\\\\])[A-Za-z]'?)"
            + "(?:\\^\\{([a-z])})?(_\\{[^{}]*}|_\\w)?(?![A-Za-z'])(\\^(?=\\{))?");

    String of(String template) {
        return NAME.matcher(template).replaceAll(found -> {
            var graph = given.get(found.group(1) + (found.group(3) == null ? "" : found.group(3)));
            boolean raised = found.group(4) != null;
            var name = graph != null ? graph
                    : found.group(3) == null && !"WUb".contains(found.group(1).substring(0, 1)) || number.isEmpty()
                            ? found.group().substring(0, found.group().length() - (raised ? 1 : 0))
                    : found.group(1) + "^{(" + (found.group(2) == null ? "" : found.group(2) + ", ") + number.get() + ")}"
                            + (found.group(3) == null ? "" : found.group(3));
            return Matcher.quoteReplacement(!raised ? name : name.contains("^") ? "{" + name + "}^" : name + "^");
        });
    }
}
