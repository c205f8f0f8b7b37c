package gradus.nn.tex;

/** A formula that cannot be read or has no value; the message shows the place, says what is wrong there and what to write. */
public final class FormulaException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;
    private static final int AROUND = 40;

    /** Where in the LaTeX text, counted from 0. */
    public final int position;

    private FormulaException(String message, int position) {
        super(message);
        this.position = position;
    }

    static FormulaException at(String latex, int position, String what, String help) {
        int from = Math.max(0, position - AROUND);
        int to = Math.min(latex.length(), position + AROUND);
        return new FormulaException("formula at " + position + ": " + what + ": " + (from > 0 ? "…" : "")
                + latex.substring(from, position) + "▸" + latex.substring(position, to) + (to < latex.length() ? "…" : "")
                + "\nhelp: " + help, position);
    }
}
