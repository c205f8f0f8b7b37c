package gradus.kernel.engine.docs;

import gradus.kernel.Log;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Where the source of a class lies: in the JDK's {@code lib/src.zip}, in {@code X-sources.jar} beside a jar or in a
 * folder {@code sources} there, in a folder of sources or beside a folder of classes. Archives stay open.
 */
public final class Sources implements AutoCloseable {

    private static final Log LOG = new Log(Sources.class);

    private final Path jdk;
    private final List<Path> classPath = new CopyOnWriteArrayList<>();
    private final Map<Path, Optional<ZipFile>> archives = new ConcurrentHashMap<>();
    private Map<String, String> jdkModules = Map.of();

    /** The sources of this JVM's JDK and of these jars and folders. */
    public Sources(List<Path> classPath) {
        this(Path.of(System.getProperty("java.home"), "lib", "src.zip"), classPath);
    }

    Sources(Path jdk, List<Path> classPath) {
        this.jdk = jdk;
        this.classPath.addAll(classPath);
    }

    /** Looks for sources beside this jar or folder too. */
    public void add(Path jarOrFolder) {
        classPath.add(jarOrFolder);
    }

    /** The text of the file that declares a class, which must not be nested in another. */
    public Optional<String> of(String topLevelBinaryClassName) {
        var file = topLevelBinaryClassName.replace('.', '/') + ".java";
        return module(Member.type(topLevelBinaryClassName).packageName())
                .flatMap(module -> inArchive(jdk, module + "/" + file))
                .or(() -> classPath.stream().flatMap(Sources::places).distinct()
                        .flatMap(place -> text(place, file).stream()).findFirst());
    }

    /** The page that {@code javadoc} wrote about a class, from {@code X-javadoc.jar} beside a jar. */
    Optional<String> page(Member member) {
        var file = member.className().replace('.', '/').replace('$', '.')
                .replaceFirst("\\bpackage-info$", "package-summary") + ".html";
        return classPath.stream().flatMap(jar -> beside(jar, "-javadoc"))
                .flatMap(jar -> inArchive(jar, file).or(() -> inModule(jar, file)).stream()).findFirst();
    }

    @Override
    public void close() {
        archives.values().forEach(archive -> archive.ifPresent(zip -> {
            try {
                zip.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, zip.getName() + " does not close", e);
            }
        }));
        archives.clear();
    }

    /** The module of the JDK that has a package: its sources lie in a folder of that name. */
    private synchronized Optional<String> module(String packageName) {
        if (jdkModules.isEmpty()) {
            var modules = new HashMap<String, String>();
            for (var module : ModuleFinder.ofSystem().findAll()) {
                module.descriptor().packages().forEach(name -> modules.put(name, module.descriptor().name()));
            }
            jdkModules = modules;
        }
        return Optional.ofNullable(jdkModules.get(packageName));
    }

    /** Archives and folders that may hold the sources of an entry of the class path, the likeliest first. */
    private static Stream<Path> places(Path entry) {
        if (!Files.isDirectory(entry)) {
            return Stream.concat(beside(entry, "-sources"),
                    Stream.of(entry.resolveSibling("sources"), entry));
        }
        var project = entry.toAbsolutePath().normalize();
        Set<Path> places = new LinkedHashSet<>(List.of(entry));
        if (project.endsWith(Path.of("target", "classes"))) {   // Maven's layout
            places.add(project.resolve("../../src/main/java").normalize());
        } else if (project.endsWith(Path.of("build", "classes", "java", "main"))) {   // Gradle's
            places.add(project.resolve("../../../../src/main/java").normalize());
        }
        return places.stream();
    }

    private static Stream<Path> beside(Path jar, String classifier) {
        var name = jar.getFileName() == null ? "" : jar.getFileName().toString();
        if (!name.endsWith(".jar")) {
            return Stream.empty();
        }
        var archive = name.substring(0, name.length() - ".jar".length()) + classifier + ".jar";
        return Stream.of(jar.resolveSibling(archive), jar.resolveSibling("sources").resolve(archive));
    }

    private Optional<String> text(Path place, String file) {
        if (!Files.isDirectory(place)) {
            return inArchive(place, file);
        }
        var path = place.resolve(file.replace('/', File.separatorChar));
        try {
            return Files.isRegularFile(path) ? Optional.of(decoded(Files.readAllBytes(path))) : Optional.empty();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, path + " cannot be read", e);
            return Optional.empty();
        }
    }

    private Optional<String> inArchive(Path archive, String entry) {
        return archive(archive).flatMap(zip -> {
            var found = zip.getEntry(entry);
            if (found == null) {
                return Optional.empty();
            }
            try (InputStream in = zip.getInputStream(found)) {
                return Optional.of(decoded(in.readAllBytes()));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, entry + " in " + archive + " cannot be read", e);
                return Optional.empty();
            }
        });
    }

    /** The pages of a module lie in a folder of its name. */
    private Optional<String> inModule(Path archive, String file) {
        return archive(archive).flatMap(zip -> zip.stream().map(ZipEntry::getName)
                .filter(path -> path.endsWith("/" + file) && path.indexOf('/') == path.length() - file.length() - 1)
                .findFirst()).flatMap(path -> inArchive(archive, path));
    }

    /** UTF-8 as nearly all sources are; other bytes show as replacement characters and harm nothing else. */
    private static String decoded(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private Optional<ZipFile> archive(Path path) {
        return Files.isRegularFile(path) ? archives.computeIfAbsent(path, Sources::opened) : Optional.empty();
    }

    private static Optional<ZipFile> opened(Path archive) {
        try {
            return Optional.of(new ZipFile(archive.toFile()));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, archive + " is no archive", e);
            return Optional.empty();
        }
    }
}
