package gradus.kernel.magic;

import gradus.kernel.api.Magic;
import gradus.kernel.api.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The system outside: commands, the folder and the environment in which they run. */
final class ShellMagics {

    private static final String WHERE = """

                    It runs in the folder that %pwd shows, with the environment that %env shows, and without input. Output
                    appears as it comes, an exit status other than 0 is an error, and interrupting the cell kills it.""";

    static final List<Magic> ALL = List.of(
            BuiltIn.line("system", """
                    !COMMAND    or  %system COMMAND
                    Runs a command of the system's shell.
                    """ + WHERE + """

                    A backslash at a line's end joins the next one. To keep the lines it prints, without a semicolon:
                    var files = !ls
                    A line that reads as a condition, !done or !list.isEmpty(), is Java; write %system to be sure.""",
                    (command, session) -> {
                        Command.line(command, session).run("the command");
                        return null;
                    }),
            BuiltIn.line("sx", """
                    var lines = !COMMAND    or  var lines = %sx COMMAND
                    Runs a command of the system's shell and returns the lines it prints, a List<String>.

                    lines.exitStatus() says how it ended; toString() is the whole text. Errors it prints are shown.""",
                    (command, session) -> Command.line(command, session).lines()),
            script("bash"),
            script("sh"),
            BuiltIn.line("cd", """
                    %cd [FOLDER]
                    Moves the folder in which commands run and against which magics resolve paths; without one, to your home.

                    %cd - goes back. Java cannot move: new File("x") and Path.of("x") in a cell stay with the folder in
                    which the kernel was started.""", ShellMagics::changeDirectory),
            BuiltIn.line("pwd", """
                    %pwd
                    The folder in which commands run, as a Path.""", (arguments, session) -> {
                        Arguments.of("%pwd", arguments).none();
                        return session.workingDirectory();
                    }),
            BuiltIn.line("env", """
                    %env [NAME | NAME=VALUE | -u NAME]
                    Shows the environment of commands or one variable of it, sets a variable, or removes it.

                    System.getenv() in a cell shows the environment with which the kernel was started, which cannot change.""",
                    ShellMagics::environment));

    private ShellMagics() {
    }

    private static Magic script(String interpreter) {
        return BuiltIn.cell(interpreter, "%%" + interpreter + " [ARGUMENTS]\nRuns the cell as a script of " + interpreter
                + ".\n" + WHERE, (arguments, body, session) -> {
                    var file = Files.createTempFile("cell", "." + interpreter);
                    try {
                        Files.writeString(file, body);
                        Command.script(interpreter, file, Arguments.of("%%" + interpreter, arguments).rest(), session)
                                .run("the script");
                    } finally {
                        Files.delete(file);
                    }
                    return null;
                });
    }

    private static Object changeDirectory(String arguments, Session session) throws IOException {
        var before = session.workingDirectory();
        var to = switch (arguments) {
            case "" -> "~";
            case "-" -> session.environment().getOrDefault("OLDPWD", ".");
            default -> Arguments.of("%cd", arguments).only("a folder");
        };
        session.changeDirectory(FileMagics.resolve(to, session));
        session.environment().put("OLDPWD", before.toString());
        session.environment().put("PWD", session.workingDirectory().toString());
        System.out.println(session.workingDirectory());
        return null;
    }

    private static Object environment(String text, Session session) {
        var environment = session.environment();
        if (text.isEmpty()) {
            return new Table(List.of("name", "value"), new TreeMap<>(environment).entrySet().stream()
                    .map(entry -> List.of(entry.getKey(), isSecret(entry) ? "(hidden)" : entry.getValue())).toList()).render();
        }
        if (text.startsWith("-u ")) {
            environment.remove(text.substring(3).strip());
            return null;
        }
        int sign = text.indexOf('=');
        var name = (sign < 0 ? text : text.substring(0, sign)).strip();
        if (!name.matches("[^\\s=]+")) {
            throw new IllegalArgumentException("%env wants a name without blanks, not \"" + name
                    + "\"\nset a variable with: %env NAME=VALUE");
        }
        if (sign >= 0) {
            environment.put(name, unquoted(text.substring(sign + 1).strip()));
            return null;
        }
        if (!environment.containsKey(name)) {
            throw new IllegalArgumentException("the environment has no " + name + "\nset it with: %env " + name + "=VALUE");
        }
        return environment.get(name);
    }

    /** A list of all variables ends up in the notebook's file, and that often in public. */
    private static boolean isSecret(Map.Entry<String, String> entry) {
        return entry.getKey().matches("(?i).*(token|secret|password|passwd|api_?key|credential).*");
    }

    private static String unquoted(String text) {
        return text.matches("\"[^\"]*\"|'[^']*'") ? text.substring(1, text.length() - 1) : text;
    }
}
