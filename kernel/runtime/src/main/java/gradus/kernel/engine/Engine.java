package gradus.kernel.engine;

import gradus.kernel.api.MimeBundle;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What evaluates cells: knows Java, nothing of sockets and messages.
 *
 * <p>All methods may be called by several threads at once, also while cells run: compiling is done by one at a time,
 * the code of cells runs side by side.
 */
public interface Engine extends AutoCloseable {

    /** @param number what stands in {@code In [n]} */
    record Cell(int number, String source) {
    }

    /** How a cell ended. */
    sealed interface Outcome {

        /** To its end. */
        record Done() implements Outcome {
        }

        /**
         * By an exception, an error of the compiler, or an interrupt.
         *
         * @param name      the class of the exception as its author wrote it
         * @param message   its message
         * @param traceback the lines to show, coloured by ANSI sequences; the last cause last
         */
        record Failed(String name, String message, List<String> traceback) implements Outcome {
        }
    }

    /** Whether a text could be run as it stands. */
    sealed interface Completeness {

        record Complete() implements Completeness {
        }

        record Invalid() implements Completeness {
        }

        /** @param indent what the next line should begin with */
        record Incomplete(String indent) implements Completeness {
        }
    }

    /**
     * One way to go on.
     *
     * @param text      what would stand in the place of the text between the offsets
     * @param type      {@code function}, {@code instance}, {@code class}, {@code module} (a package), {@code keyword}
     * @param signature of a function: {@code (int n, String s): void}; else the type of the value, or nothing
     */
    record Match(String text, String type, String signature) {
    }

    /** Replacements for the text between two offsets, counted in {@code char}s. */
    record Completions(List<Match> matches, int start, int end) {
    }

    /** @param type as its author would write it: {@code List<String>} */
    record Variable(String name, String type, Object value) {
    }

    /**
     * Runs a cell on the calling thread.
     *
     * @param result given the value of the last expression unless a semicolon silences it; what it throws counts as
     *               thrown by the cell, so a {@code toString} of the user's that fails is the cell's failure
     */
    Outcome execute(Cell cell, Consumer<Object> result);

    /**
     * Stops the cell that this thread runs, wherever it is; does nothing when it runs none. Returns at once. A second
     * call during the same cell stops code that was deaf to the first.
     */
    void interrupt(Thread runner);

    Completeness isComplete(String code);

    Completions complete(String code, int cursor);

    /**
     * What is known about the name at the cursor.
     *
     * @param detail 0 for signature and documentation, 1 for the source too where there is one
     */
    Optional<MimeBundle> inspect(String code, int cursor, int detail);

    /** The variables that cells have defined, in the order of their definition. */
    List<Variable> variables();

    /** The import declarations in force, without {@code import} and semicolon. */
    List<String> imports();

    /** Lets cells name the classes of these jars and folders from now on. */
    void addClassPath(List<Path> entries);

    /** Forgets all definitions and imports of cells; what was added to the class path stays. */
    void reset();

    /** The class file of a class that a cell defined, by the name its author gave it. */
    Optional<byte[]> bytecode(String name);

    @Override
    void close();
}
