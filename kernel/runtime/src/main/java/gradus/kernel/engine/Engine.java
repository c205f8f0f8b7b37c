package gradus.kernel.engine;

import gradus.kernel.api.MimeBundle;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What evaluates cells: knows Java, nothing of sockets and messages.
 *
 * <p>{@link #execute} is called by one thread at a time; all other methods may be called at any moment, also while a
 * cell runs.
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

    /** Replacements for the text between two offsets, counted in {@code char}s. */
    record Completions(List<String> matches, int start, int end) {
    }

    /**
     * Runs a cell on the calling thread.
     *
     * @param result given the value of the last expression unless a semicolon silences it; what it throws counts as
     *               thrown by the cell, so a {@code toString} of the user's that fails is the cell's failure
     */
    Outcome execute(Cell cell, Consumer<Object> result);

    /** Stops the running cell, wherever it is; does nothing when none runs. Returns at once. */
    void interrupt();

    Completeness isComplete(String code);

    Completions complete(String code, int cursor);

    /** What is known about the name at the cursor. */
    Optional<MimeBundle> inspect(String code, int cursor);

    @Override
    void close();
}
