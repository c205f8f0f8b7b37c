package gradus.nn.derivation;

import gradus.nn.Shape;
import gradus.nn.tex.Tex;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The indices of a formula for one element: letters in the brackets of entries, in subscripts of groups and in
 * conditions, that no sum, product or extreme runs over.
 */
final class FreeIndices {

    private static final Pattern OPERATOR = Pattern.compile("\\\\(?:sum|prod|max|min)_(?=\\{)");
    private static final Pattern RUNS = Pattern.compile("(?:\\\\;)?\\s*([a-z])(?:=.*)?");
    private static final Pattern ENTRY = Pattern.compile("\\[[^\\[\\]]*]");

    /** Where indices begin; the bracket of a name like {@code a^{[1]}} is none. */
    private static final Pattern LIST = Pattern.compile("(?<!\\{)\\[|(?<=}_)\\{(?=[a-z0-9, ]+})"
            + "|(?<=\\\\mathbf\\{1}_|\\\\sum_|\\\\max_|\\\\min_)\\{");

    /** A letter that stands alone: not in a word or a command, nor an index of a name, nor a name with indices. */
    private static final Pattern LETTER =
            Pattern.compile("(?<![\\\\A-Za-z_])(?<!_\\{)(?<!\\^\\{\\()[ijkln](?![A-Za-z_\\[^])");

    private static final Pattern PLAIN = Pattern.compile("[a-z]");

    private FreeIndices() {
    }

    /** In alphabetical order, which is that of the axes. */
    static String of(Tex formula) {
        var text = formula.text();
        var bound = bound(text);
        var free = new TreeSet<String>();
        LIST.matcher(text).results().forEach(list -> {
            var inside = text.substring(list.start() + 1, LatexScan.part(text, list.start()) - 1);
            var letters = inside.matches("[a-z0-9, ]+") ? PLAIN : LETTER;
            letters.matcher(inside).results().map(letter -> letter.group()).forEach(free::add);
        });
        free.removeAll(bound);
        return String.join("", free);
    }

    /** What operators run over: p of {@code p, q, p + q = k}, and of {@code p = 0}. */
    private static Set<String> bound(String text) {
        var bound = new HashSet<String>();
        OPERATOR.matcher(text).results().forEach(operator -> {
            var below = text.substring(operator.end() + 1, LatexScan.part(text, operator.end()) - 1);
            for (var more = ""; !more.equals(below);) {   // entries in entries, from within
                more = below;
                below = ENTRY.matcher(below).replaceAll("");
            }
            for (var item : below.split(",")) {
                var runs = RUNS.matcher(item);
                if (runs.matches()) {
                    bound.add(runs.group(1));
                }
            }
        });
        return bound;
    }

    /** Whether there are entries, {@code x[i, j]}; a bracket that begins an exponent, {@code a^{[1]}}, is a name's. */
    static boolean hasEntries(Tex formula) {
        return formula.text().replace("{[", "").contains("[");
    }

    /**
     * A tensor of this name with the indices of a formula for one of its elements, written as there; axes of one
     * element need none. As it is where the indices are not those of its axes.
     */
    static Tex put(Tex name, Shape shape, Tex formula) {
        var free = of(formula);
        boolean all = free.length() == shape.rank();
        if (free.isEmpty() || !all && free.length() != Arrays.stream(shape.dims()).filter(n -> n != 1).count()) {
            return name;
        }
        boolean fromZero = hasEntries(formula);
        var left = free.chars().mapToObj(Character::toString).iterator();
        var at = Arrays.stream(shape.dims()).mapToObj(n -> all || n != 1 ? left.next() : fromZero ? "0" : "1")
                .collect(Collectors.joining(fromZero || !all ? ", " : ""));
        return fromZero ? name.entry(at) : name.sub(at);
    }
}
