package gradus.nn.derivation.rules;

import gradus.nn.derivation.rules.Given.Law;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads known results from a text in which LaTeX needs no second backslash:
 *
 * <pre>
 * ## softmax ∘ cross-entropy
 * source: Bishop 2006, …
 * given: z normal 4; y distribution 4          what a proof draws, with its sizes; n number 4 is that number
 * where: p = \operatorname{softmax}\left(z\right); L = …   what the statement shows
 * with: C 3 3 = …                              what only the proof needs; sizes where the formula leaves them open
 * derive: \frac{\partial L}{\partial z} of L in z          or  of L in X along \dot{X}
 * = p_j \sum_{i} y_i - y_j -- why this equals the line before
 * </pre>
 */
final class RuleFile {

    private static final Pattern DERIVE = Pattern.compile("(.+) of (\\S+) in (\\S+)(?: along (\\S+))?");
    private static final Pattern SIZED = Pattern.compile("(\\S+)((?: \\d+)*)");

    private RuleFile() {
    }

    /** The results in a resource beside this class. */
    static List<Theorem> read(String resource) {
        try (var in = RuleFile.class.getResourceAsStream(resource)) {
            var blocks = new String(in.readAllBytes(), StandardCharsets.UTF_8).split("(?m)^## ");
            return Arrays.stream(blocks).skip(1).map(RuleFile::theorem).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Theorem theorem(String block) {
        var lines = block.lines().filter(line -> !line.isBlank()).toList();
        var given = new ArrayList<Given>();
        var equations = new ArrayList<Equation>();
        var source = "";
        for (var line : lines.subList(1, lines.size())) {
            if (line.startsWith("= ")) {
                var parts = line.substring(2).split(" -- ");
                equations.getLast().lines().add(new Equation.Line(parts[0], parts[1]));
                continue;
            }
            int colon = line.indexOf(": ");
            var text = line.substring(colon + 2);
            switch (line.substring(0, colon)) {
                case "source" -> source = text;
                case "given" -> items(text).map(RuleFile::drawn).forEach(given::add);
                case "where" -> items(text).map(item -> defined(item, true)).forEach(given::add);
                case "with" -> items(text).map(item -> defined(item, false)).forEach(given::add);
                case "derive" -> equations.add(equation(text));
                default -> throw new IllegalArgumentException(lines.getFirst() + ": cannot read " + line
                        + "\nhelp: source, given, where, with, derive, or a line that begins with =");
            }
        }
        return new Theorem(lines.getFirst(), source, List.copyOf(given), List.copyOf(equations));
    }

    private static Stream<String> items(String text) {
        return Arrays.stream(text.split("(?<!\\\\); "));
    }

    private static int[] sizes(List<String> words) {
        return words.stream().filter(word -> !word.isEmpty()).mapToInt(Integer::parseInt).toArray();
    }

    private static Given drawn(String item) {
        var words = List.of(item.split(" "));
        if (words.get(1).equals("number")) {
            return new Given.Defined(words.get(0), words.get(2), false);
        }
        var law = Law.valueOf(words.get(1).toUpperCase(Locale.ROOT));
        return new Given.Drawn(words.get(0), law, sizes(words.subList(2, words.size())));
    }

    private static Given defined(String item, boolean stated) {
        int equals = item.indexOf(" = ");
        var name = SIZED.matcher(item.substring(0, equals));
        if (!name.matches()) {
            throw new IllegalArgumentException("cannot read the definition " + item
                    + "\nhelp: name = formula, or name 3 4 = formula");
        }
        var sizes = sizes(List.of(name.group(2).strip().split(" ")));
        return new Given.Defined(name.group(1), item.substring(equals + 3), stated, sizes);
    }

    private static Equation equation(String text) {
        var parts = DERIVE.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("cannot read " + text
                    + "\nhelp: derivative of L in x, perhaps along \\dot{x}");
        }
        return new Equation(parts.group(1), parts.group(2), parts.group(3), Optional.ofNullable(parts.group(4)),
                new ArrayList<>());
    }
}
