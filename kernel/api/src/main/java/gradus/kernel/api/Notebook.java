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

    /**
     * Shows a long text in the front end's pager instead of the notebook; where there is none, below the cell.
     * It appears when the cell ends.
     */
    public static void page(Object value) {
        Frontend.current().page(value);
    }

    /**
     * Puts code into a new cell below this one, when this one has ended; throws {@link IllegalStateException} when it
     * has ended before.
     */
    public static void setNextInput(String code) {
        Frontend.current().setNextInput(code);
    }

    /**
     * How many characters a cell may print into the notebook, from now on in this and all later cells. What exceeds
     * that goes into a file, which the cell names.
     */
    public static void outputLimit(int characters) {
        Frontend.current().outputLimit(characters);
    }

    /** Whether a notebook is there to show anything: false in tests and programs that use our libraries alone. */
    public static boolean isAttached() {
        return Frontend.current() != Frontend.NONE;
    }
}
