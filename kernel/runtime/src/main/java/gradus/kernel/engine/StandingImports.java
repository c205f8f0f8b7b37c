package gradus.kernel.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The import declarations that every cell begins with. A class is given only those that it may need: javac looks
 * through each package and class that is imported whole, which took a third of the first cell's time.
 */
final class StandingImports {

    private static final List<String> NONE = List.of();

    private final List<String> all;
    private final ClassLoader loader;
    private final Map<String, List<String>> packagesOf = new ConcurrentHashMap<>();

    /**
     * @param all    without {@code import} and semicolon
     * @param loader knows the classes of the packages among them
     */
    StandingImports(List<String> all, ClassLoader loader) {
        this.all = all;
        this.loader = loader;
    }

    List<String> all() {
        return all;
    }

    /** Those that one of these simple names may come from. */
    Collection<String> neededBy(Collection<String> names) {
        var needed = new LinkedHashSet<String>();
        boolean everything = false;
        for (var name : names) {
            var packages = packagesOf.computeIfAbsent(name, this::packagesOf);
            needed.addAll(packages);
            everything |= packages == NONE;
        }
        return everything ? all : needed;
    }

    /** The declarations that import a class of this name; {@link #NONE} when the name may be anything else. */
    private List<String> packagesOf(String name) {
        var found = new ArrayList<String>();
        for (var declaration : all) {
            if (isPackage(declaration) && exists(declaration.substring(0, declaration.length() - 1), name)) {
                found.add(declaration);
            }
        }
        return found.isEmpty() && !exists("java.lang.", name) ? NONE : new ArrayList<>(found);
    }

    private static boolean isPackage(String declaration) {
        return declaration.endsWith(".*") && !declaration.startsWith("static ");
    }

    private boolean exists(String inside, String name) {
        return loader.getResource(inside.replace('.', '/') + name + ".class") != null;
    }
}
