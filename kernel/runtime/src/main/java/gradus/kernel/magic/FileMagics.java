package gradus.kernel.magic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gradus.kernel.api.Magic;
import gradus.kernel.api.Notebook;
import gradus.kernel.api.Session;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Code and text from files and into files. */
final class FileMagics {

    private static final int TIMEOUT_MS = 20_000;
    private static final Pattern PACKAGE = Pattern.compile("(?m)^[ \\t]*package\\s+[\\w.]+\\s*;");
    private static final Pattern COMMAND_OF_JSHELL = Pattern.compile("(?m)^/(?![/*]).*$");
    private static final Pattern MAIN = Pattern.compile("\\bvoid\\s+main\\s*\\(([^)]*)\\)");
    private static final Pattern TYPE = Pattern.compile("(?m)^(?:public\\s+|final\\s+|abstract\\s+|sealed\\s+)*"
            + "(?:class|record|enum|interface)\\s+(\\w+)");

    static final List<Magic> ALL = List.of(
            BuiltIn.line("load", """
                    %load [-r FROM-TO] FILE|URL
                    Puts a file into the next cell, ready to be changed and run; of a notebook its code.

                    -r 10-20 takes these lines only.""", FileMagics::load),
            BuiltIn.line("run", """
                    %run FILE [ARGUMENTS]
                    Runs a notebook (.ipynb), a script (.jsh) or a source file (.java) as if it stood here.

                    What it defines stays defined. Of a source file the main method is called with the arguments. In a
                    script, lines with commands of JShell such as /open are left out.""", FileMagics::run).defining(),
            BuiltIn.cell("writefile", """
                    %%writefile [-a] FILE
                    Writes the cell into a file; -a adds it at the end.

                    Folders that are missing are made. The text is stored as UTF-8.""", FileMagics::write));

    private FileMagics() {
    }

    /** A path as its author meant it: from the session's folder, with {@code ~} for the home folder. */
    static Path resolve(String text, Session session) {
        return text.equals("~") || text.startsWith("~/")
                ? Path.of(System.getProperty("user.home"), text.substring(1)).normalize()
                : session.workingDirectory().resolve(text).normalize();
    }

    /** What an exception about a file means, in words. */
    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _, FileNotFoundException _ -> "there is no such file";
            case AccessDeniedException _ -> "access is denied";
            case FileAlreadyExistsException _ -> "a file is in the way";
            case CharacterCodingException _ -> "it is no text in UTF-8";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static Object load(String text, Session session) {
        var arguments = Arguments.of("%load", text);
        var range = arguments.value("-r");
        var source = arguments.only("a file or an address");
        var code = read(source, session);
        if (range.isPresent()) {
            if (!range.get().matches("\\d{1,7}-\\d{1,7}")) {
                throw new IllegalArgumentException("%load -r wants lines such as 10-20, not " + range.get());
            }
            var ends = range.get().split("-");
            code = code.lines().skip(Math.max(0, Integer.parseInt(ends[0]) - 1))
                    .limit(Math.max(0, Integer.parseInt(ends[1]) - Integer.parseInt(ends[0]) + 1L))
                    .collect(Collectors.joining("\n"));
        }
        Notebook.setNextInput("// %load " + text + "\n" + code.stripTrailing());
        return null;
    }

    private static String read(String source, Session session) {
        try {
            String text;
            if (source.matches("(https?|file):.*")) {
                var connection = URI.create(source).toURL().openConnection();
                connection.setConnectTimeout(TIMEOUT_MS);
                connection.setReadTimeout(TIMEOUT_MS);
                try (var stream = connection.getInputStream()) {
                    text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                }
            } else {
                text = Files.readString(resolve(source, session));
            }
            return source.endsWith(".ipynb") ? String.join("\n\n", cells(source, text)) : text;
        } catch (IOException e) {
            throw new IllegalArgumentException(source + " cannot be read: " + reason(e)
                    + "\npaths start from " + session.workingDirectory());
        }
    }

    /** The code cells of a notebook. */
    private static List<String> cells(String file, String text) {
        JsonNode notebook;
        try {
            notebook = new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is no notebook: " + e.getOriginalMessage() + "\na notebook is a JSON file");
        }
        if (!notebook.path("cells").isArray()) {
            throw new IllegalArgumentException(file + " is no notebook of format 4: it has no cells"
                    + "\nopen it in JupyterLab and save it once, which brings it up to date");
        }
        var cells = new ArrayList<String>();
        for (var cell : notebook.path("cells")) {
            if (cell.path("cell_type").asText().equals("code")) {
                var source = cell.path("source");
                var code = new StringBuilder(source.isTextual() ? source.asText() : "");
                source.forEach(line -> code.append(line.asText()));
                cells.add(code.toString());
            }
        }
        return cells;
    }

    private static Object run(String text, Session session) {
        var words = Arguments.of("%run", text).words();
        if (words.isEmpty()) {
            throw new IllegalArgumentException("%run wants a file\nsee %run?");
        }
        var file = words.getFirst();
        var arguments = words.subList(1, words.size());
        if (file.endsWith(".ipynb")) {
            int number = 0;
            for (var cell : cells(file, readFile(file, session))) {
                evaluate(file + ", code cell " + ++number, cell, session);
            }
        } else {
            var source = PACKAGE.matcher(readFile(file, session)).replaceFirst("");
            evaluate(file, file.endsWith(".java") ? source : COMMAND_OF_JSHELL.matcher(source).replaceAll(""), session);
            if (file.endsWith(".java")) {
                callMain(file, source, arguments, session);
            }
        }
        return null;
    }

    private static String readFile(String file, Session session) {
        try {
            return Files.readString(resolve(file, session));
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be run: " + reason(e)
                    + "\npaths start from " + session.workingDirectory());
        }
    }

    /** Runs code from a file; what went wrong is shown with the file's name and lines before the cell's. */
    private static void evaluate(String place, String code, Session session) {
        try {
            session.evaluate(code);
        } catch (Session.Failure e) {
            e.traceback().forEach(line -> System.err.println(line.replace(Session.Failure.PLACE, place)));
            throw new IllegalStateException(place + " failed: " + e.getMessage() + "\nwhat it defined before that stays defined");
        }
    }

    private static void callMain(String file, String source, List<String> arguments, Session session) {
        var main = MAIN.matcher(source);
        if (!main.find()) {
            return;
        }
        var type = TYPE.matcher(source).results().filter(found -> found.start() < main.start())
                .reduce((first, second) -> second).map(found -> found.group(1));
        boolean isStatic = source.substring(Math.max(0, source.lastIndexOf('\n', main.start())), main.start()).contains("static");
        var values = arguments.stream().map(Translator::quoted).collect(Collectors.joining(", ", "new String[] {", "}"));
        var call = "main(" + (main.group(1).isBlank() ? "" : values) + ");";
        evaluate(file, type.map(name -> isStatic ? name + "." + call : "new " + name + "()." + call).orElse(call), session);
    }

    private static Object write(String text, String body, Session session) {
        var arguments = Arguments.of("%%writefile", text);
        boolean append = arguments.flag("-a", "--append");
        var file = resolve(arguments.only("a file"), session);
        boolean existed = Files.exists(file);
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, body.endsWith("\n") ? body : body + "\n", StandardOpenOption.CREATE,
                    append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be written: " + reason(e) + "\nchoose another place");
        }
        System.out.println((append && existed ? "added to " : existed ? "overwritten: " : "written: ") + file);
        return null;
    }
}
