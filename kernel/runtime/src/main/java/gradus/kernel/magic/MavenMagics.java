package gradus.kernel.magic;

import gradus.kernel.api.Magic;
import gradus.kernel.api.Session;
import gradus.kernel.magic.Libraries.Found;
import gradus.kernel.magic.Libraries.Request;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.eclipse.aether.RepositoryException;

/** Libraries from repositories, and jars and folders of one's own. */
final class MavenMagics {

    private static final String OPTIONS = """

            Repositories, mirrors, proxies and credentials are those of ~/.m2/settings.xml.
              --repo URL        looks there first; ID=URL takes the credentials of that server in the settings
              --offline         takes only what this machine has
              --settings FILE   in place of ~/.m2/settings.xml
            Of several versions of one library the newest is taken, and it is said. A library that is loaded keeps its version
            until the kernel is restarted.""";

    private final Map<String, String> loaded = new ConcurrentHashMap<>();   // versions, by group:name
    private final Set<String> answered = ConcurrentHashMap.newKeySet();     // requests that need not be made again

    List<Magic> all() {
        return List.of(
                BuiltIn.line("maven", """
                        %maven GROUP:NAME:VERSION …    or  //DEPS GROUP:NAME:VERSION …
                        Fetches libraries with all that they need and adds them to the class path.

                        Without a version the newest release is taken. GROUP:NAME:VERSION@pom, or --bom GROUP:NAME:VERSION, is a
                        list of versions: what it lists needs none. Name together what is used together:
                          %maven org.junit:junit-bom:5.14.4@pom org.junit.jupiter:junit-jupiter-api
                        """ + OPTIONS, this::maven).defining(),
                BuiltIn.cell("pom", """
                        %%pom
                        Fetches the dependencies of a project's pom.xml, or of a part of it, pasted into the cell.

                        Dependencies for tests and those that are provided are left out.
                        """ + OPTIONS, this::pom),
                BuiltIn.line("classpath", """
                        %classpath [JAR | FOLDER | PATTERN …]
                        Adds jars and folders with classes to the class path; without any, lists what was added.

                          %classpath lib/*.jar   target/classes   ~/jars/**.jar      ** reaches into folders""",
                        MavenMagics::classPath).defining());
    }

    private Object maven(String text, Session session) throws Exception {
        var arguments = Arguments.of("%maven", text);
        var wanted = new ArrayList<Coordinates>();
        for (var bom = arguments.value("--bom"); bom.isPresent(); bom = arguments.value("--bom")) {
            wanted.add(Coordinates.of(bom.get().replaceFirst("(@pom)?$", "@pom")));
        }
        var options = options(arguments, session);
        arguments.rest().forEach(word -> wanted.add(Coordinates.of(word)));
        if (wanted.stream().allMatch(Coordinates::isBom)) {
            throw new IllegalArgumentException("%maven wants a library\nsuch as: %maven org.apache.commons:commons-math3:3.6.1");
        }
        var request = new Request(wanted, Optional.empty(), options.repositories(), options.offline(), options.settings());
        if (!answered.contains(text)) {
            add(request, text, session);
            answered.add(text);
        }
        return null;
    }

    private Object pom(String text, String body, Session session) throws Exception {
        var arguments = Arguments.of("%%pom", text);
        var options = options(arguments, session);
        arguments.none();
        add(new Request(List.of(), Optional.of(Pom.parse(body)), options.repositories(), options.offline(),
                options.settings()), "the dependencies of the project", session);
        return null;
    }

    private static Request options(Arguments arguments, Session session) {
        var repositories = new ArrayList<String>();
        for (var each = arguments.value("--repo"); each.isPresent(); each = arguments.value("--repo")) {
            repositories.add(each.get());
        }
        return new Request(List.of(), Optional.empty(), repositories, arguments.flag("--offline"),
                arguments.value("--settings").map(file -> FileMagics.resolve(file, session)));
    }

    private void add(Request request, String named, Session session) throws Exception {
        var progress = new Progress("looking for " + named);
        try {
            var found = fetch(request, progress);
            progress.end(load(found, session));
        } catch (IOException | RepositoryException e) {
            progress.end("nothing was added");
            throw new IllegalArgumentException(Libraries.explain(e, request));
        }
    }

    /** On another thread: one that waits for the network cannot be interrupted, one that waits for a thread can. */
    private static Found fetch(Request request, Progress progress) throws Exception {
        var fetching = new FutureTask<>(() -> Libraries.fetch(request, progress));
        var thread = new Thread(fetching, "gradus maven");
        thread.setDaemon(true);
        thread.start();
        try {
            return fetching.get();
        } catch (InterruptedException e) {
            fetching.cancel(true);
            progress.end("interrupted: nothing was added");
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** Adds what is not there yet; returns what to say about it. */
    private String load(Found found, Session session) {
        var added = new LinkedHashMap<String, Path>();
        var said = new StringBuilder();
        for (var jar : found.jars()) {
            var before = loaded.putIfAbsent(jar.name(), jar.version());
            if (before == null) {
                added.put(jar.name() + " " + jar.version(), jar.file());
            } else if (!before.equals(jar.version())) {
                said.append("\nnot ").append(jar.name()).append(' ').append(jar.version()).append(": ").append(before)
                        .append(" is loaded; to change it, restart the kernel and name both libraries in one %maven");
            }
        }
        for (var lost : found.lost()) {
            said.append('\n').append(lost.name()).append(' ').append(lost.winner()).append(" instead of ")
                    .append(lost.version()).append(", which ").append(lost.by().map(by -> by + " wants").orElse("you want"));
        }
        session.addClassPath(List.copyOf(added.values()));
        return (added.isEmpty() ? "all of it is on the class path already"
                : "added to the class path: " + String.join(", ", added.keySet())) + said;
    }

    private static Object classPath(String text, Session session) throws IOException {
        var words = Arguments.of("%classpath", text).rest();
        if (words.isEmpty()) {
            System.out.println(session.classPath().isEmpty() ? "nothing was added to the class path"
                    : String.join("\n", session.classPath().stream().map(Path::toString).toList()));
            return null;
        }
        var entries = new ArrayList<Path>();
        for (var word : words) {
            entries.addAll(matching(word, session));
        }
        session.addClassPath(entries);
        System.out.println("added to the class path: " + String.join(", ", entries.stream().map(Path::toString).toList()));
        return null;
    }

    private static List<Path> matching(String word, Session session) throws IOException {
        int star = word.indexOf('*');
        if (star < 0) {
            var entry = FileMagics.resolve(word, session);
            if (!Files.exists(entry)) {
                throw new IllegalArgumentException("there is no " + entry + "\n%pwd says where relative paths start");
            }
            return List.of(entry);
        }
        var folder = word.substring(0, word.lastIndexOf('/', star) + 1);
        var root = FileMagics.resolve(folder.isEmpty() ? "." : folder, session);
        if (!Files.isDirectory(root)) {
            throw new IllegalArgumentException("there is no folder " + root + "\n%pwd says where relative paths start");
        }
        var pattern = FileSystems.getDefault().getPathMatcher("glob:" + word.substring(folder.length()));
        try (var files = Files.walk(root)) {
            var found = files.filter(file -> pattern.matches(root.relativize(file))).sorted().toList();
            if (found.isEmpty()) {
                throw new IllegalArgumentException("nothing matches " + word + " in " + root + "\n**.jar reaches into folders");
            }
            return found;
        }
    }
}
