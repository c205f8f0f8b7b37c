package gradus.nn.tex;

import gradus.nn.Shape;
import java.util.ArrayList;
import java.util.Optional;

/**
 * A formula as LaTeX, with how tightly its outermost operation binds, so that parentheses appear where they must and
 * nowhere else.
 *
 * @param text  LaTeX without delimiters
 * @param binds how tightly the outermost operation binds
 * @param known the shape of the tensor it stands for; what an {@link gradus.nn.op.Op} is given as inputs, result and
 *              δ always has one, so that axes can be written as indices and sizes as numbers
 */
public record Tex(String text, Binding binds, Optional<Shape> known) {

    /** From loose to tight; matrices multiply before {@code \odot} does. */
    public enum Binding { SUM, HADAMARD, PRODUCT, PREFIX, ATOM }

    private static final String LETTERS = "ijklnpqrs";

    public Tex(String text, Binding binds) {
        this(text, binds, Optional.empty());
    }

    /** The name of a tensor of this shape. */
    public static Tex symbol(String name, Shape shape) {
        return atom(name).of(shape);
    }

    /** The same formula, for a tensor of this shape. */
    public Tex of(Shape shape) {
        return new Tex(text, binds, Optional.of(shape));
    }

    /** The shape of the tensor it stands for; throws when nobody told. */
    public Shape shape() {
        return known.orElseThrow(() -> new IllegalStateException("the formula " + text + " does not know its shape"
                + "\nhelp: Tex.symbol(name, shape) or formula.of(shape)"));
    }

    /** A symbol, a number, or anything else that never needs parentheses. */
    public static Tex atom(String text) {
        return new Tex(text, Binding.ATOM);
    }

    /** A number as a person writes it: {@code 2} rather than {@code 2.0}, 1.5 · 10⁻⁷ rather than 1.5E-7. */
    public static Tex number(double value) {
        if (Double.isInfinite(value)) {
            return value < 0 ? atom("\\infty").neg() : atom("\\infty");
        }
        var text = value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value)
                : Double.toString(value);
        int e = text.indexOf('E');
        if (e >= 0) {
            var power = "10^{" + text.substring(e + 1) + "}";
            var digits = text.substring(0, e).replaceFirst("\\.0$", "");
            return new Tex(digits + " \\cdot " + power, value < 0 ? Binding.SUM : Binding.PRODUCT);
        }
        return value < 0 ? new Tex(text, Binding.SUM) : atom(text);
    }

    /** A named function: {@code \tanh\left(x\right)}. */
    public static Tex call(String function, Tex argument) {
        return atom(function + "\\left(" + argument.text + "\\right)");
    }

    /** This and another as arguments of one function. */
    public Tex and(Tex other) {
        return new Tex(text + ", " + other.text, Binding.SUM);
    }

    public Tex plus(Tex other) {
        return new Tex(text + (other.text.startsWith("-") ? " - " + other.text.substring(1) : " + " + other.text),
                Binding.SUM);
    }

    public Tex minus(Tex other) {
        return new Tex(text + " - " + other.in(Binding.HADAMARD), Binding.SUM);
    }

    public Tex neg() {
        return new Tex("-" + in(Binding.HADAMARD), Binding.SUM);
    }

    /** A product of matrices, or of a number and anything: by juxtaposition. */
    public Tex times(Tex other) {
        if (isSigned()) {
            return text.equals("-1") ? other.neg() : unsigned().times(other).neg();
        }
        if (other.isSigned()) {
            return times(other.unsigned()).neg();
        }
        return new Tex(in(Binding.PRODUCT) + " \\, " + other.in(Binding.PREFIX), Binding.PRODUCT);
    }

    /** The elementwise (Hadamard) product; a number just stands in front. */
    public Tex odot(Tex other) {
        if (isNumber() || other.isNumber()) {
            return isNumber() ? times(other) : other.times(this);
        }
        if (other.isSigned()) {
            return odot(other.unsigned()).neg();
        }
        return new Tex(in(Binding.HADAMARD) + " \\odot "
                + (other.binds == Binding.HADAMARD ? other.text : other.in(Binding.PREFIX)), Binding.HADAMARD);
    }

    private boolean isNumber() {
        return text.matches("-?[0-9.]+");
    }

    /** Whether it is a minus and something that needs no parentheses; then products take the minus before them. */
    private boolean isSigned() {
        return binds == Binding.SUM && text.startsWith("-") && !text.contains(" ");
    }

    /** Whether the brace opened here is closed by the last character. */
    private static boolean closes(String text, int open) {
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            depth += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
            if (depth == 0) {
                return i == text.length() - 1;
            }
        }
        return false;
    }

    private Tex unsigned() {
        return atom(text.substring(1));
    }

    /** This times a derivative, elementwise; a factor 1 is not written. */
    public Tex chain(Tex derivative) {
        return switch (derivative.text) {
            case "0" -> derivative;
            case "1" -> this;
            case String fraction when fraction.startsWith("\\frac{1}{") && closes(fraction, 8) ->
                    new Tex("\\frac{" + text + fraction.substring(7), Binding.ATOM);
            default -> odot(derivative);
        };
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

    /** Entries counted from 0, as positions in data are: {@code x[i, c[i]]}. */
    public Tex entry(String indices) {
        return atom(in(Binding.ATOM) + "[" + indices + "]");
    }

    /** Entries counted from 1; or simply part of the name. */
    public Tex sub(String index) {
        return atom("{" + in(Binding.ATOM) + "}_{" + index + "}");
    }

    /** The first n index letters, one per axis: {@code ijk}; m is never among them, for sums inside. */
    public static String indices(int n) {
        return LETTERS.substring(0, n);
    }

    /**
     * Of a formula of one shape, the sum that has another, from which it was broadcast: over the axes that were added or
     * had size 1. The axes after the last one summed need no index: {@code \sum_{i} {\delta}_{i}} adds rows.
     */
    public Tex summed(Shape from, Shape to) {
        int added = from.rank() - to.rank();
        var over = new ArrayList<String>();
        int last = 0;
        for (int axis = 0; axis < from.rank(); axis++) {
            if (axis < added || to.dim(axis - added) == 1 && from.dim(axis) != 1) {
                over.add(LETTERS.substring(axis, axis + 1));
                last = axis + 1;
            }
        }
        return over.isEmpty() || text.equals("0") ? this
                : new Tex("\\sum_{" + String.join(", ", over) + "} " + sub(indices(last)), Binding.PREFIX);
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
