package gradus.nn.tex;

/**
 * A formula as LaTeX, with how tightly its outermost operation binds, so that parentheses appear where they must and
 * nowhere else.
 *
 * @param text  LaTeX without delimiters
 * @param binds how tightly the outermost operation binds
 */
public record Tex(String text, Binding binds) {

    /** From loose to tight. */
    public enum Binding { SUM, PRODUCT, PREFIX, ATOM }

    /** A symbol, a number, or anything else that never needs parentheses. */
    public static Tex atom(String text) {
        return new Tex(text, Binding.ATOM);
    }

    /** A number as a person writes it: {@code 2} rather than {@code 2.0}. */
    public static Tex number(double value) {
        var text = value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value)
                : Double.toString(value);
        return value < 0 ? new Tex(text, Binding.SUM) : atom(text);
    }

    /** A named function: {@code \tanh\left(x\right)}. */
    public static Tex call(String function, Tex argument) {
        return atom(function + "\\left(" + argument.text + "\\right)");
    }

    public Tex plus(Tex other) {
        return new Tex(text + " + " + other.text, Binding.SUM);
    }

    public Tex minus(Tex other) {
        return new Tex(text + " - " + other.in(Binding.PRODUCT), Binding.SUM);
    }

    public Tex neg() {
        return new Tex("-" + in(Binding.PRODUCT), Binding.SUM);
    }

    /** A product of matrices, or of a number and anything: by juxtaposition. */
    public Tex times(Tex other) {
        return new Tex(in(Binding.PRODUCT) + " \\, " + other.in(Binding.PREFIX), Binding.PRODUCT);
    }

    /** The elementwise (Hadamard) product. */
    public Tex odot(Tex other) {
        return new Tex(in(Binding.PRODUCT) + " \\odot " + other.in(Binding.PREFIX), Binding.PRODUCT);
    }

    /** A fraction; of tensors, elementwise. */
    public Tex over(Tex other) {
        return atom("\\frac{" + text + "}{" + other.text + "}");
    }

    public Tex pow(Tex exponent) {
        return atom("{" + in(Binding.ATOM) + "}^{" + exponent.text + "}");
    }

    public Tex pow(double exponent) {
        return pow(number(exponent));
    }

    /** The transpose. */
    public Tex transposed() {
        return atom("{" + in(Binding.ATOM) + "}^{\\top}");
    }

    public Tex sub(String index) {
        return atom("{" + in(Binding.ATOM) + "}_{" + index + "}");
    }

    /** The text, in parentheses when it binds more loosely than its surroundings want. */
    private String in(Binding wanted) {
        return binds.compareTo(wanted) < 0 ? "\\left(" + text + "\\right)" : text;
    }

    @Override
    public String toString() {
        return text;
    }
}
