package gradus.kernel.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a {@link Magic} may do with the notebook in which it stands, beside what {@link Notebook} offers to all code. */
public interface Session {

    /** @param type as its author would write it: {@code List<String>} */
    record Variable(String name, String type, Object value) {
    }

    /**
     * Something that was run.
     *
     * @param session the number of the session, counted over all that were ever held
     * @param number  what stood in {@code In [n]}
     */
    record Input(long session, int number, String code) {
    }

    /** Code that {@link #evaluate} was given, and that did not compile or has thrown. */
    final class Failure extends RuntimeException {

        /** How the traceback calls the code; whoever knows a better name may replace it. */
        public static final String PLACE = "evaluated code";

        private final transient List<String> traceback;

        public Failure(String message, List<String> traceback) {
            super(message);
            this.traceback = List.copyOf(traceback);
        }

        /** The lines that a cell with this code would have shown, with {@link #PLACE} for its name. */
        public List<String> traceback() {
            return traceback;
        }
    }

    /** The value of {@code %name arguments}. */
    Object line(String name, String arguments) throws Exception;

    /** The value of {@code %%name arguments} above {@code body}. */
    Object cell(String name, String arguments, String body) throws Exception;

    /** Runs code as a cell would, magics included, and returns the value of its last expression; throws {@link Failure}. */
    Object evaluate(String code);

    /** Whatever magics there are, by name. */
    List<Magic> magics();

    /** The variables that cells have defined, in the order of their definition. */
    List<Variable> variables();

    /** The import declarations in force, without {@code import} and semicolon. */
    List<String> imports();

    /** What has been added to the class path, in that order. */
    List<Path> classPath();

    /** Lets cells name the classes of these jars and folders from now on. */
    void addClassPath(List<Path> entries);

    /** Forgets all variables, methods, classes and imports of cells. */
    void reset();

    /**
     * The folder against which magics and commands resolve relative paths. Java itself keeps to the folder in which the
     * process was started: {@code Path.of("x")} in a cell does not follow.
     */
    Path workingDirectory();

    /** Moves the working directory; a relative path starts from the one so far. */
    void changeDirectory(Path folder);

    /** The environment of commands that magics start; changes to the map take effect, in this notebook alone. */
    Map<String, String> environment();

    /** The inputs of this session, oldest first. */
    List<Input> history();

    /** The last {@code limit} inputs of all sessions that match a pattern with {@code *} and {@code ?}, oldest first. */
    List<Input> history(String pattern, int limit);

    /** The class file of a class that a cell defined, by the name its author gave it. */
    Optional<byte[]> bytecode(String name);

    /** What is known about a name; with {@code source} also its source text, where there is one. */
    Optional<MimeBundle> inspect(String name, boolean source);

    /** The session of the notebook whose cell runs on the calling thread, or on the thread that started it. */
    static Session current() {
        return SessionBinding.CURRENT.get().orElseThrow(() -> new IllegalStateException(
                "magics need a notebook, and this thread belongs to none"));
    }

    /** Whether {@link #current} has an answer: false for threads of nobody, such as the workers of the common pool. */
    static boolean isBound() {
        return SessionBinding.CURRENT.get().isPresent();
    }

    /** Gives the calling thread, and all threads that it starts from now on, this session. */
    static void bind(Session session) {
        SessionBinding.CURRENT.set(Optional.of(session));
    }
}
