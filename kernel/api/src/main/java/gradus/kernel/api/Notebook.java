package gradus.kernel.api;

/**
 * What code in a cell may ask of the notebook; preloaded by {@code import static gradus.kernel.api.Notebook.*}.
 *
 * <p>The output belongs to the cell whose thread asks, also from threads which that cell started. Outside a kernel, in
 * a unit test say, nothing is shown and nothing fails: see {@link #isAttached}.
 */
public final class Notebook {

    private Notebook() {
    }

    /** Shows a value below the cell, in all its forms, at once: the cell need not end first. */
    public static Display display(Object value) {
        return Frontend.current().display(value);
    }

    /** Removes the cell's output so far. */
    public static void clearOutput() {
        clearOutput(false);
    }

    /** Removes the cell's output so far; with {@code wait} only when the next output arrives, which avoids flicker. */
    public static void clearOutput(boolean wait) {
        Frontend.current().clearOutput(wait);
    }

    /**
     * Asks the reader for a line of text and waits for it; throws {@link IllegalStateException} where nobody can
     * answer, in a headless run say.
     */
    public static String input(String prompt) {
        return Frontend.current().input(prompt, false);
    }

    /** Like {@link #input}, but what is typed stays hidden. */
    public static String password(String prompt) {
        return Frontend.current().input(prompt, true);
    }

    /** Whether a notebook is there to show anything: false in tests and programs that use our libraries alone. */
    public static boolean isAttached() {
        return Frontend.current() != Frontend.NONE;
    }
}
