package gradus.kernel.engine;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What might be meant by a name that cannot be found. */
final class Hints {

    private static final int IMPORTS = 4;

    private Hints() {
    }

    /** The faults, those about a missing name with a line more where something can be suggested. */
    static List<Fault> add(List<Fault> faults, Definitions definitions, Supplier<ClassIndex> index) {
        var said = new HashSet<String>();
        return faults.stream().map(fault -> fault.missing().filter(said::add)
                .map(name -> hint(name, definitions, index)).filter(hint -> !hint.isEmpty())
                .map(hint -> new Fault(fault.code(), fault.message() + "\n" + hint, fault.start(), fault.end(), fault.missing()))
                .orElse(fault)).toList();
    }

    private static String hint(String name, Definitions definitions, Supplier<ClassIndex> index) {
        if (definitions.waiting.values().stream().anyMatch(waiting -> waiting.name().equals(name))) {
            return name + " is declared, but something that it needs is not";
        }
        if (Results.isName(name)) {
            return "there is no such result, or it was given up to free memory";
        }
        var imports = index.get().named(name).stream().sorted(Comparator.comparing(Hints::rank)).limit(IMPORTS)
                .map(type -> "import " + type + ";").toList();
        if (!imports.isEmpty()) {
            return "add  " + String.join("  or  ", imports);
        }
        var near = Stream.concat(definitions.names().stream(), Stream.of("System", "String", "Math", "List", "Map", "Integer",
                        "Double", "var", "int", "double", "return", "display", "println"))
                .filter(known -> !known.equals(name) && distance(known, name) <= Math.min(2, name.length() / 3)).distinct()
                .sorted(Comparator.comparingInt(known -> distance(known, name))).limit(3).toList();
        return near.isEmpty() ? "" : "did you mean " + near.stream().collect(Collectors.joining(" or ")) + "?";
    }

    private static int rank(String type) {
        return type.startsWith("java.util.") ? 0 : type.startsWith("gradus.") ? 1 : type.startsWith("java.") ? 2
                : type.startsWith("javax.") ? 3 : 4;
    }

    /** Edits of one letter (Damerau–Levenshtein, neighbours swapped count as one) between two words, case apart. */
    static int distance(String first, String second) {
        var a = first.toLowerCase(java.util.Locale.ROOT);
        var b = second.toLowerCase(java.util.Locale.ROOT);
        if (a.equals(b)) {
            return first.equals(second) ? 0 : 1;
        }
        var d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
