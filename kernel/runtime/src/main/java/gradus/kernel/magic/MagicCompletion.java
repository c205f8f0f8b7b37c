package gradus.kernel.magic;

import gradus.kernel.api.Magic;
import gradus.kernel.api.Session;
import gradus.kernel.engine.Engine.Completions;
import gradus.kernel.engine.Engine.Match;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Ways to go on in a magic: names of magics, of variables of the environment, of files. */
final class MagicCompletion {

    private static final Pattern NAME = Pattern.compile("(?:\\s*|.*[\\w$]\\s*=\\s*)(%{1,2})([\\w-]*)");
    private static final Pattern AT_NAME = Pattern.compile("(?m)(?:^\\s*|=\\s*)(%{1,2}([A-Za-z][\\w-]*))");

    private MagicCompletion() {
    }

    /** Whether a line, read up to the cursor, ends in the name of a magic. */
    static boolean isName(String line) {
        return NAME.matcher(line).matches();
    }

    static Completions names(String line, int cursor, Session session) {
        var found = NAME.matcher(line);
        found.matches();
        boolean cell = found.group(1).equals("%%");
        var matches = session.magics().stream()
                .filter(magic -> magic.name().startsWith(found.group(2)) && (cell ? onCell(magic) : onLine(magic)))
                .map(magic -> new Match(found.group(1) + magic.name(), "magic", purpose(magic))).toList();
        return new Completions(matches, cursor - found.group(2).length() - found.group(1).length(), cursor);
    }

    private static boolean onLine(Magic magic) {
        return !(magic instanceof BuiltIn own) || own.onLine().isPresent();
    }

    private static boolean onCell(Magic magic) {
        return !(magic instanceof BuiltIn own) || own.onCell().isPresent();
    }

    /** What a magic does: the second line of its help. */
    static String purpose(Magic magic) {
        return magic.help().lines().skip(1).findFirst().orElse("").strip();
    }

    /** Goes on behind the name: in %env and after a dollar sign the environment, else the files. */
    static Completions arguments(String line, int cursor, Session session) {
        int start = line.length();
        while (start > 0 && " \t\"'=:;|<>(".indexOf(line.charAt(start - 1)) < 0) {
            start--;
        }
        var word = line.substring(start);
        if (word.startsWith("$") || line.stripLeading().startsWith("%env ")) {
            var sign = word.startsWith("$") ? "$" : "";
            var matches = session.environment().keySet().stream().sorted().map(name -> sign + name)
                    .filter(name -> name.startsWith(word)).map(name -> new Match(name, "variable", "")).toList();
            return new Completions(matches, cursor - word.length(), cursor);
        }
        int name = Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1;
        return new Completions(files(word.substring(0, name), word.substring(name), session),
                cursor - word.length() + name, cursor);
    }

    private static List<Match> files(String folder, String prefix, Session session) {
        try (var entries = Files.list(FileMagics.resolve(folder.isEmpty() ? "." : folder, session))) {
            return entries.filter(entry -> {
                var name = entry.getFileName().toString();
                return name.startsWith(prefix) && (!name.startsWith(".") || prefix.startsWith("."));
            }).map(entry -> new Match(entry.getFileName() + (Files.isDirectory(entry) ? "/" : ""), "path", ""))
                    .sorted((a, b) -> a.text().compareTo(b.text())).toList();
        } catch (IOException | InvalidPathException e) {
            return List.of();   // there is no such folder, so nothing to go on with
        }
    }

    /** The magic whose name is at the cursor. */
    static Optional<Magic> magicAt(String code, int cursor, Session session) {
        return AT_NAME.matcher(code).results()
                .filter(found -> found.start(1) <= cursor && cursor <= found.end(1)).findFirst()
                .flatMap(found -> named(found.group(2), session));
    }

    static Optional<Magic> named(String name, Session session) {
        return session.magics().stream().filter(magic -> magic.name().equals(name)).findFirst();
    }
}
