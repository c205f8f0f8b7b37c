package gradus.nn.tex;

/** What shows itself as formulas; its {@code toString} is the same as aligned plain text. */
public interface Typeset {

    /** The formulas as LaTeX for math mode. */
    String tex();

    /** The formulas as Markdown with LaTeX, and what is said about them. */
    String markdown();
}
