package gradus.kernel.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;

/** All public-looking classes of the JDK and of a class path, by simple name and by package. */
final class ClassIndex {

    private static final ClassIndex JDK = new ClassIndex();

    private final SortedMap<String, SortedSet<String>> packagesOf = new TreeMap<>();
    private final SortedMap<String, SortedSet<String>> classesIn = new TreeMap<>();

    private ClassIndex() {
    }

    static ClassIndex of(Collection<Path> classPath) {
        synchronized (JDK) {
            if (JDK.classesIn.isEmpty()) {
                JDK.readJdk();
            }
        }
        var index = new ClassIndex();
        JDK.classesIn.forEach((name, classes) -> classes.forEach(type -> index.enter(name, type)));
        classPath.forEach(index::read);
        return index;
    }

    /** The qualified names of the classes of a simple name. */
    List<String> named(String simpleName) {
        return packagesOf.getOrDefault(simpleName, new TreeSet<>()).stream().map(name -> name + "." + simpleName).toList();
    }

    /** The simple names of the classes of a package. */
    Collection<String> classesIn(String packageName) {
        return classesIn.getOrDefault(packageName, new TreeSet<>());
    }

    /** The next parts of the names of packages below this one; of all packages for the empty name. */
    Collection<String> packagesIn(String packageName) {
        var below = packageName.isEmpty() ? "" : packageName + ".";
        var names = new TreeSet<String>();
        for (var name : classesIn.tailMap(below).keySet()) {
            if (!name.startsWith(below)) {
                break;
            }
            var rest = name.substring(below.length());
            names.add(rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest);
        }
        return names;
    }

    private void enter(String packageName, String simpleName) {
        packagesOf.computeIfAbsent(simpleName, name -> new TreeSet<>()).add(packageName);
        classesIn.computeIfAbsent(packageName, name -> new TreeSet<>()).add(simpleName);
    }

    private void readJdk() {
        var image = FileSystems.getFileSystem(URI.create("jrt:/"));
        for (var module : ModuleLayer.boot().modules()) {
            for (var exported : module.getDescriptor() == null ? List.<java.lang.module.ModuleDescriptor.Exports>of()
                    : module.getDescriptor().exports()) {
                var folder = image.getPath("modules", module.getName(), exported.source().replace('.', '/'));
                if (!exported.isQualified() && Files.isDirectory(folder)) {
                    try (var files = Files.list(folder)) {
                        files.forEach(file -> enterFile(exported.source(), file.getFileName().toString()));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        }
    }

    private void enterFile(String packageName, String file) {
        if (file.endsWith(".class") && !file.contains("$") && !file.contains("-")) {
            enter(packageName, file.substring(0, file.length() - ".class".length()));
        }
    }

    private void read(Path entry) {
        var names = new ArrayList<String>();
        try {
            if (Files.isDirectory(entry)) {
                try (var files = Files.walk(entry)) {
                    files.filter(Files::isRegularFile).map(file -> entry.relativize(file).toString().replace('\\', '/'))
                            .forEach(names::add);
                }
            } else if (Files.isRegularFile(entry)) {
                try (var jar = new JarFile(entry.toFile())) {
                    jar.stream().map(java.util.jar.JarEntry::getName).forEach(names::add);
                }
            }
        } catch (IOException e) {
            return;   // javac will say what is wrong with it
        }
        for (var name : names) {
            int slash = name.lastIndexOf('/');
            if (slash > 0 && !name.startsWith("META-INF/")) {
                enterFile(name.substring(0, slash).replace('/', '.'), name.substring(slash + 1));
            }
        }
    }
}
