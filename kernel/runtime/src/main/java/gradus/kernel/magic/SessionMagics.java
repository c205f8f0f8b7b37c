package gradus.kernel.magic;

import gradus.kernel.api.Magic;
import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Notebook;
import gradus.kernel.api.Session;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What there is in the notebook, and what is known about it. */
final class SessionMagics {

    static final List<Magic> ALL = List.of(
            BuiltIn.line("vars", """
                    %vars [TYPE]
                    The variables that cells have defined, with their types and values; with a type, those of it alone.""",
                    (type, session) -> new Table(List.of("name", "type", "value"), variables(type, session).stream()
                            .map(v -> List.of(v.name(), v.type(), Glance.of(v.value()))).toList()).render()),
            BuiltIn.line("who", """
                    %who [TYPE]
                    The names of the variables that cells have defined; with a type, those of it alone.""",
                    (type, session) -> {
                        System.out.println(variables(type, session).stream().map(Session.Variable::name)
                                .collect(Collectors.joining("  ")));
                        return null;
                    }),
            BuiltIn.line("imports", """
                    %imports
                    The import declarations in force.""", (arguments, session) -> {
                        Arguments.of("%imports", arguments).none();
                        session.imports().forEach(name -> System.out.println("import " + name + ";"));
                        return null;
                    }),
            BuiltIn.line("reset", """
                    %reset [-f]
                    Forgets all variables, methods, classes and imports that cells have defined; -f does not ask first.

                    What was added to the class path stays, and so does the history.""", SessionMagics::reset).defining(),
            BuiltIn.line("history", """
                    %history [-n] [-g PATTERN] [-l NUMBER] [FROM-TO]
                    Prints what was run in this session, or with -g or -l in all sessions.

                      %history -n 3-7           cells 3 to 7, with their numbers
                      %history -g seed*1        whatever holds seed and then 1: * is any text, ? any character
                      %history -l 20            the last 20 of all""", SessionMagics::history),
            BuiltIn.line("lsmagic", """
                    %lsmagic
                    All magics, and what each does.""", (arguments, session) -> {
                        Arguments.of("%lsmagic", arguments).none();
                        return new Table(List.of("magic", "what it does"), session.magics().stream().map(magic ->
                                List.of(magic.help().lines().findFirst().orElse(magic.name()), MagicCompletion.purpose(magic)))
                                .toList()).render();
                    }),
            BuiltIn.line("help", """
                    %help [NAME]
                    How magics work; with a name, what is known about it: a magic, a class, a method, a variable.""",
                    (name, session) -> name.isEmpty() ? overview() : about(name, false, session)),
            BuiltIn.line("pinfo", """
                    NAME?    or  %pinfo NAME
                    Shows what is known about a name: a magic, a class, a method, a variable.""",
                    (name, session) -> about(name, false, session)),
            BuiltIn.line("pinfo2", """
                    NAME??    or  %pinfo2 NAME
                    Shows what is known about a name, with its source text.""",
                    (name, session) -> about(name, true, session)));

    private SessionMagics() {
    }

    private static List<Session.Variable> variables(String type, Session session) {
        return session.variables().stream().filter(v -> type.isEmpty() || v.type().equals(type)
                || v.type().startsWith(type + "<")).toList();
    }

    private static Object reset(String text, Session session) {
        var arguments = Arguments.of("%reset", text);
        boolean sure = arguments.flag("-f");
        arguments.none();
        int count = session.variables().size();
        var variables = count + (count == 1 ? " variable" : " variables");
        if (!sure && !Notebook.input("Forget " + variables + ", methods, classes and imports (y/n)? ").strip()
                .equalsIgnoreCase("y")) {
            System.out.println("nothing was forgotten");
            return null;
        }
        session.reset();
        System.out.println("forgotten: " + variables + ", and all methods, classes and imports of cells");
        return null;
    }

    private static Object history(String text, Session session) {
        var arguments = Arguments.of("%history", text);
        boolean numbered = arguments.flag("-n");
        var pattern = arguments.value("-g");
        var limit = arguments.number("-l");
        var range = arguments.rest();
        boolean all = pattern.isPresent() || limit.isPresent();
        var inputs = all ? session.history("*" + pattern.orElse("") + "*", limit.orElse(1000)) : session.history();
        if (!range.isEmpty()) {
            var ends = range.getFirst().split("-");
            if (range.size() > 1 || all || !range.getFirst().matches("\\d{1,7}(-\\d{1,7})?")) {
                throw new IllegalArgumentException("%history wants one range such as 3-7, and none beside -g and -l"
                        + "\nsee %history?");
            }
            inputs = inputs.stream().filter(input -> input.number() >= Integer.parseInt(ends[0])
                    && input.number() <= Integer.parseInt(ends[ends.length - 1])).toList();
        }
        for (var input : inputs) {
            var number = all ? input.session() + "/" + input.number() : String.valueOf(input.number());
            System.out.println(numbered ? number + ": " + input.code().replace("\n", "\n" + " ".repeat(number.length() + 2))
                    : input.code());
        }
        return null;
    }

    private static MimeBundle overview() {
        return MimeBundle.text("""
                Magics are commands of the notebook's, in cells of Java:
                  %name arguments     on a line of its own, where a statement could begin
                  %%name arguments    as the first line of a cell: the cell below is its text
                  !command            a command of the system's shell
                  var x = %name …     keeps the value; so does var lines = !command
                  name?   name??      what is known about a name; with its source text
                  //DEPS g:a:version  a library, fetched before the cell runs
                %lsmagic lists all of them, %name? explains one, the tab key completes names, files and variables.""");
    }

    private static Object about(String name, boolean source, Session session) {
        var magic = MagicCompletion.named(name.replaceFirst("^%+", ""), session);
        var found = name.startsWith("%") ? Optional.<MimeBundle>empty() : session.inspect(name, source);
        if (found.isPresent()) {
            Notebook.page(found.get());
        } else if (magic.isPresent()) {
            Notebook.page(MimeBundle.text(magic.get().help()));
        } else {
            throw new IllegalArgumentException(name.startsWith("%") ? "there is no magic " + name + "\n%lsmagic lists all of them"
                    : "nothing is known about " + name + "\na name of Java's may need its class: String.join?, java.util.List?");
        }
        return null;
    }
}
