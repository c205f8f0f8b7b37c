package gradus.kernel.magic;

import gradus.kernel.api.Magic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All magics, by name: our own, and those of libraries, which may replace ours. */
final class Catalog {

    private final Map<String, Magic> magics = new TreeMap<>();   // guarded by this

    /** Filled when first needed: a kernel whose reader uses no magics pays nothing for them at its start. */
    private Map<String, Magic> magics() {
        if (magics.isEmpty()) {
            Stream.of(TimeMagics.ALL, ShellMagics.ALL, FileMagics.ALL, TextMagics.ALL, SessionMagics.ALL, MemoryMagic.ALL,
                    JvmMagics.ALL, new MavenMagics().all()).flatMap(List::stream)
                    .forEach(magic -> magics.put(magic.name(), magic));
            discover(Catalog.class.getClassLoader());
        }
        return magics;
    }

    /** Takes in the magics that the jars of a class loader bring. */
    synchronized void discover(ClassLoader loader) {
        for (var magic : ServiceLoader.load(Magic.class, loader)) {
            magics().put(magic.name(), magic);
        }
    }

    synchronized Optional<Magic> find(String name) {
        return Optional.ofNullable(magics().get(name));
    }

    synchronized List<Magic> all() {
        return List.copyOf(magics().values());
    }

    /** What to say about a name that no magic has. */
    String unknown(String name) {
        var nearest = nearest(name, all().stream().map(Magic::name).toList());
        return "there is no magic %" + name + (nearest.isEmpty() ? "" : "; did you mean %" + String.join(", %", nearest) + "?")
                + "\n%lsmagic lists all of them";
    }

    /** Up to three names that are a slip of the keys away, the nearest first. */
    static List<String> nearest(String name, Collection<String> names) {
        var near = new ArrayList<>(names.stream().filter(other -> distance(name, other) <= (name.length() < 4 ? 1 : 2)
                || other.startsWith(name) && name.length() > 1).toList());
        near.sort(Comparator.comparingInt(other -> distance(name, other)));
        return near.subList(0, Math.min(3, near.size()));
    }

    /** Levenshtein's: the fewest letters to insert, delete or change. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
