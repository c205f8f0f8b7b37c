package gradus.nn.tex;

import gradus.nn.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A formula as LaTeX, with how tightly its outermost operation binds, so that parentheses appear where they must and
 * nowhere else.
 *
 * @param text  LaTeX without delimiters
 * @param binds how tightly the outermost operation binds
 * @param form  what the outermost operation is and what it is applied to
 * @param known the shape of the tensor it stands for; what an {@link gradus.nn.op.Op} is given as inputs, result and
 *              δ always has one, so that axes can be written as indices and sizes as numbers
 */
public record Tex(String text, Binding binds, Form form, Optional<Shape> known) {

    /** From loose to tight; matrices multiply before {@code \odot} does. */
    public enum Binding { SUM, HADAMARD, PRODUCT, PREFIX, ATOM }

    /** The outermost operation, for who wants to write a formula in another way: transposed, with indices, in lines. */
    public sealed interface Form {

        /** A symbol, a number, or a text that nobody takes apart. */
        record Leaf() implements Form { }

        /** A sum; terms that are subtracted are {@link Negative}. */
        record Sum(List<Tex> terms) implements Form { }

        record Negative(Tex of) implements Form { }

        /** Matrices one after the other, or numbers before anything. */
        record Product(List<Tex> factors) implements Form { }

        /** Elementwise products. */
        record Hadamard(List<Tex> factors) implements Form { }

        record Fraction(Tex above, Tex below) implements Form { }

        /** Elementwise. */
        record Power(Tex base, Tex exponent) implements Form { }

        record Transpose(Tex of) implements Form { }

        /** Entries: counted from 1 below the name, or counted from 0 in brackets after it. */
        record Entry(Tex of, String indices, boolean fromZero) implements Form { }

        /** A function of arguments; one that is applied to each element if it has a single argument. */
        record Call(String function, List<Tex> arguments) implements Form { }

        /** A sum or another operator over indices. */
        record Total(String operator, Tex of) implements Form { }
    }

    private static final Form LEAF = new Form.Leaf();
    /** Characters from which on a number is looked at for what it comes from. */
    private static final int LONG = 8;
    private static final String LETTERS = "ijklnpqrs";
    /** A letter, perhaps with an accent, and what stands below it. */
    private static final Pattern INDEXED = Pattern.compile(
            "(\\\\?[A-Za-z]+|\\\\[a-z]+\\{[^{}]*})_(\\w|\\{([^{}]|\\{[^{}]*})*})");
    /** A letter, perhaps bold, with a layer's number above, perhaps an entry of it: {@code W^{(1)}}, {@code a^{[3]}_{i}}. */
    private static final Pattern NUMBERED = Pattern.compile(
            "(\\\\?[A-Za-z]+|\\\\[a-z]+\\{[^{}]*})\\^\\{(\\([^{}]*\\)|\\[[^{}]*])}(_\\{[^{}]*})?");

    public Tex(String text, Binding binds) {
        this(text, binds, LEAF);
    }

    private Tex(String text, Binding binds, Form form) {
        this(text, binds, form, Optional.empty());
    }

    /** The name of a tensor of this shape. */
    public static Tex symbol(String name, Shape shape) {
        return atom(name).of(shape);
    }

    /** The same formula, for a tensor of this shape. */
    public Tex of(Shape shape) {
        return new Tex(text, binds, form, Optional.of(shape));
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
        if (text.length() > LONG && known(Math.abs(value)).isPresent()) {
            var size = known(Math.abs(value)).get();
            return value < 0 ? size.neg() : size;
        }
        int e = text.indexOf('E');
        if (e >= 0) {
            var power = "10^{" + text.substring(e + 1) + "}";
            var digits = text.substring(0, e).replaceFirst("\\.0$", "");
            return new Tex(digits + " \\cdot " + power, value < 0 ? Binding.SUM : Binding.PRODUCT);
        }
        return value < 0 ? new Tex(text, Binding.SUM) : atom(text);
    }

    /** The fraction or the root that a number with many digits comes from, where it is just that to the last bit. */
    private static Optional<Tex> known(double value) {
        double n = Math.rint(1 / value);
        if (n > 1 && n < 1e9 && 1 / n == value) {
            return Optional.of(number(1).over(number(n)));
        }
        double square = Math.rint(1 / (value * value));
        if (square > 1 && square < 1e6 && 1 / Math.sqrt(square) == value) {
            return Optional.of(number(1).over(symbol("\\sqrt{" + number(square) + "}", Shape.SCALAR)));
        }
        double whole = Math.rint(value * value);
        return whole > 1 && whole < 1e6 && Math.sqrt(whole) == value ? Optional.of(symbol("\\sqrt{" + number(whole) + "}", Shape.SCALAR))
                : Optional.empty();
    }

    /**
     * A named function: {@code \tanh\left(x\right)}; or one whose arguments have places of their own, as LaTeX marks them:
     * {@code \sqrt{#1}}, {@code \mathbf{1}_{#1 > #2}}.
     */
    public static Tex call(String function, Tex argument) {
        var arguments = argument.form instanceof Form.Call(var name, var several) && name.isEmpty() ? several : List.of(argument);
        var text = function + "\\left(" + argument.text + "\\right)";
        if (function.contains("#")) {
            text = function;
            for (int i = arguments.size(); i >= 1; i--) {
                text = text.replace("#" + i, arguments.get(i - 1).text);
            }
        }
        return new Tex(text, Binding.ATOM, new Form.Call(function, arguments));
    }

    /** This and another as arguments of one function. */
    public Tex and(Tex other) {
        var first = form instanceof Form.Call(var name, var several) && name.isEmpty() ? several : List.of(this);
        return new Tex(text + ", " + other.text, Binding.SUM, new Form.Call("", joined(first, List.of(other))));
    }

    public Tex plus(Tex other) {
        if (text.equals("0") || other.text.equals("0")) {
            return text.equals("0") ? other : this;
        }
        if (form instanceof Form.Negative(var of) && other.isNumber() && !other.isNegative()) {
            return other.minus(of);   // 1 - y, not -y + 1
        }
        return new Tex(text + (other.text.startsWith("-") ? " - " + other.text.substring(1) : " + " + other.text),
                Binding.SUM, new Form.Sum(joined(terms(), other.terms())));
    }

    private static List<Tex> joined(List<Tex> first, List<Tex> then) {
        return Stream.concat(first.stream(), then.stream()).toList();
    }

    /** What a sum adds; of anything else, itself. */
    public List<Tex> terms() {
        return form instanceof Form.Sum(var terms) ? terms : List.of(this);
    }

    /** What a product of matrices multiplies; of anything else, itself. */
    public List<Tex> factors() {
        return form instanceof Form.Product(var factors) ? factors : List.of(this);
    }

    private List<Tex> elementwiseFactors() {
        return form instanceof Form.Hadamard(var factors) ? factors : List.of(this);
    }

    public Tex minus(Tex other) {
        return new Tex(text + " - " + other.in(Binding.HADAMARD), Binding.SUM,
                new Form.Sum(joined(terms(), List.of(other.neg()))));
    }

    public Tex neg() {
        if (isNegative()) {
            return positive();
        }
        return new Tex("-" + in(Binding.HADAMARD), Binding.SUM, new Form.Negative(this));
    }

    /** A product of matrices, or of a number and anything: by juxtaposition; whole numbers and fractions are multiplied. */
    public Tex times(Tex other) {
        return isIdentity() && other.isMatrix() ? other : other.isIdentity() && isMatrix() ? this
                : multiplied(other, false, Tex::juxtaposed);
    }

    private boolean isIdentity() {
        return text.matches("I_\\{\\d+}");
    }

    private boolean isRoot() {
        return text.matches("\\\\sqrt\\{[0-9]+}");
    }

    private boolean isMatrix() {
        return inferred().filter(shape -> shape.rank() > 1).isPresent();
    }

    /** The elementwise (Hadamard) product; a number just stands in front. */
    public Tex odot(Tex other) {
        return multiplied(other, true, (a, b) -> a.isNumber() || a.isScalar() && b.isOnes() ? a.juxtaposed(b)
                : b.isNumber() || b.isScalar() && a.isOnes() ? b.juxtaposed(a) : a.hadamard(b));
    }

    private Tex multiplied(Tex other, boolean elementwise, BinaryOperator<Tex> product) {
        var factor = Ratio.before(this).times(Ratio.before(other));
        var left = Ratio.after(this);
        var right = Ratio.after(other);
        if (elementwise) {
            right = left.inferred().isPresent() ? right.withoutOnes(left.inferred().get()) : right;
            left = right.inferred().isPresent() ? left.withoutOnes(right.inferred().get()) : left;
        }
        var rest = left.text.equals("1") ? right : right.text.equals("1") ? left
                : left.form instanceof Form.Fraction(var above, var root) && root.isRoot()   // Q Kᵀ/√d, not Q/√d Kᵀ
                        ? (above.text.equals("1") ? right : product.apply(above, right)).over(root)
                : right.form instanceof Form.Fraction(var above, var root) && root.isRoot()
                        ? (above.text.equals("1") ? left : product.apply(left, above)).over(root)
                : product.apply(left, right);
        if (factor.isZero()) {
            return number(0);
        }
        var size = factor.size();
        var scaled = size.text.equals("1") ? rest : rest.text.equals("1") ? size
                : rest.form instanceof Form.Hadamard(var each)
                        ? each.stream().skip(1).reduce(size.juxtaposed(each.getFirst()), Tex::hadamard)
                : rest.factors().stream().reduce(size, Tex::juxtaposed);
        return factor.isNegative() ? scaled.neg() : scaled;
    }

    /** A tensor of ones; the number 1 where there is only one. */
    public static Tex ones(Shape shape, String sizes) {
        return shape.size() == 1 ? number(1).of(shape) : symbol("\\mathbf{1}_{" + sizes + "}", shape);
    }

    /** Whether it is a tensor of ones. */
    public boolean isOnes() {
        return form instanceof Form.Leaf && known.isPresent() && text.matches("\\\\mathbf\\{1}_\\{[0-9 \\\\times]*}");
    }

    private boolean isScalar() {
        return inferred().filter(shape -> shape.rank() == 0).isPresent();
    }

    /** A number times ones without the ones, if those have this shape: elementwise the number does as well. */
    public Tex withoutOnes(Shape shape) {
        if (isOnes() && shape().equals(shape)) {
            return number(1);
        }
        if (form instanceof Form.Product(var factors) && factors.getLast().isOnes() && factors.getLast().shape().equals(shape)) {
            var rest = factors.getFirst();
            for (var factor : factors.subList(1, factors.size() - 1)) {
                rest = rest.juxtaposed(factor);
            }
            return rest;
        }
        return this;
    }

    private Tex juxtaposed(Tex other) {
        if (isNegative()) {
            return positive().juxtaposed(other).neg();
        }
        if (other.isNegative()) {
            return juxtaposed(other.positive()).neg();
        }
        return new Tex(in(Binding.PRODUCT) + " \\, " + other.in(Binding.PREFIX), Binding.PRODUCT,
                new Form.Product(joined(factors(), List.of(other))));
    }

    private Tex hadamard(Tex other) {
        if (isNegative()) {
            return positive().hadamard(other).neg();
        }
        if (other.isNegative()) {
            return hadamard(other.positive()).neg();
        }
        return new Tex(in(Binding.HADAMARD) + " \\odot "
                + (other.binds == Binding.HADAMARD ? other.text : other.in(Binding.PREFIX)), Binding.HADAMARD,
                new Form.Hadamard(joined(elementwiseFactors(), other.elementwiseFactors())));
    }

    private boolean isNumber() {
        return text.matches("-?[0-9.]+");
    }

    /** Whether it is a minus before a product or less; then products take the minus before them. */
    private boolean isNegative() {
        return form instanceof Form.Negative || binds == Binding.SUM && text.startsWith("-") && !text.contains(" ");
    }

    private Tex positive() {
        return form instanceof Form.Negative(var of) ? of : atom(text.substring(1));
    }

    /** This times a derivative, elementwise; a factor 1 is not written. */
    public Tex chain(Tex derivative) {
        return switch (derivative.text) {
            case "0" -> derivative;
            case "1" -> this;
            default -> derivative.form instanceof Form.Fraction(var above, var below) && above.text.equals("1")
                    ? below.isNumber() ? derivative.times(this) : over(below) : odot(derivative);
        };
    }

    /** A fraction; of tensors, elementwise. A minus or a fraction before the numerator stands before the whole. */
    public Tex over(Tex other) {
        if (text.equals("1") && other.form instanceof Form.Power(var e, var exponent) && e.text.equals("e")) {
            return e.pow(exponent.isNegative() ? exponent.positive() : exponent.neg());
        }
        var factor = Ratio.before(this);
        var rest = Ratio.after(this);
        if (factor.isNegative()) {
            return neg().over(other).neg();
        }
        if (!factor.isWhole() && !rest.text.equals("1")) {
            return factor.size().times(rest.over(other));
        }
        return new Tex("\\frac{" + text + "}{" + other.text + "}", Binding.ATOM, new Form.Fraction(this, other));
    }

    public Tex pow(Tex exponent) {
        if (form instanceof Form.Power(var e, var of) && e.text.equals("e") && exponent.isNumber()) {
            return e.pow(exponent.times(of));
        }
        if (form instanceof Form.Call(var function, var of) && function.equals("\\sqrt{#1}") && exponent.text.equals("2")) {
            return of.getFirst();
        }
        return new Tex(raised(exponent.text), Binding.ATOM, new Form.Power(this, exponent));
    }

    public Tex pow(double exponent) {
        return pow(number(exponent));
    }

    /** With something above: over the index of a name or an entry, behind anything else; what has a number above gets brackets. */
    private String raised(String above) {
        boolean entry = form instanceof Form.Entry(var _, var _, var fromZero) && !fromZero;
        if ((entry || form instanceof Form.Leaf) && NUMBERED.matcher(text).matches()) {
            return "\\left(" + text + "\\right)^{" + above + "}";
        }
        boolean indexed = entry && !text.contains("^") || form instanceof Form.Leaf && INDEXED.matcher(text).matches();
        boolean raised = form instanceof Form.Power || form instanceof Form.Transpose;
        return (indexed ? text : "{" + (raised ? "\\left(" + text + "\\right)" : single()) + "}") + "^{" + above + "}";
    }

    /** The transpose. */
    public Tex transposed() {
        var transpose = new Tex(raised("\\top"), Binding.ATOM, new Form.Transpose(this));
        return known.filter(shape -> shape.rank() > 1)
                .map(shape -> transpose.of(shape.with(-2, shape.dim(-1)).with(-1, shape.dim(-2)))).orElse(transpose);
    }

    /** Entries counted from 0, as positions in data are: {@code x[i, c[i]]}. */
    public Tex entry(String indices) {
        return Entries.of(this, indices, List.of(indices.split(", ")), true);
    }

    /** Entries counted from 1; or simply part of the name. */
    public Tex sub(String index) {
        return Entries.of(this, index, index.matches("[a-z]+") ? List.of(index.split("")) : List.of(), false);
    }

    Tex subscript(String indices, boolean fromZero) {
        boolean beside = NUMBERED.matcher(text).matches() && !text.contains("_");   // its index goes below the number
        return new Tex(fromZero ? single() + "[" + indices + "]"
                : (beside ? text : "{" + single() + "}") + "_{" + indices + "}",
                Binding.ATOM, new Form.Entry(this, indices, fromZero));
    }

    /** The shape, as far as it follows from that of what the formula is made of. */
    public Optional<Shape> inferred() {
        return Dimensions.of(this);
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
        if (over.isEmpty() || text.equals("0")) {
            return this;
        }
        var entry = sub(indices(last));
        return Dimensions.isScalar(entry) && last == from.rank() ? number((double) from.size() / to.size()).times(entry)   // the same everywhere
                : entry.total("\\sum_{" + String.join(", ", over) + "}");
    }

    /** The sum of all elements; of a single one, itself. Those that were only put in a row are counted where they were. */
    public Tex total() {
        if (form instanceof Form.Call(var f, var of) && f.startsWith("\\operatorname{reshape}") && of.getFirst().known.isPresent()) {
            return of.getFirst().total();
        }
        int rank = shape().rank();
        while (rank > 0 && shape().dim(rank - 1) == 1) {
            rank--;
        }
        var over = indices(rank);
        return rank == 0 ? this : sub(over).total("\\sum_{" + String.join(", ", over.split("")) + "}");
    }

    /** This under an operator with indices, a sum say, which reaches up to the next + or −. */
    public Tex total(String operator) {
        return new Tex(operator + " " + in(Binding.HADAMARD), Binding.PREFIX, new Form.Total(operator, this));
    }

    /** The same outermost operation, of other parts. */
    public Tex map(UnaryOperator<Tex> part) {
        return switch (form) {
            case Form.Leaf() -> this;
            case Form.Sum(var terms) -> terms.stream().map(part).reduce(Tex::plus).orElseThrow();
            case Form.Negative(var of) -> part.apply(of).neg();
            case Form.Product(var factors) -> factors.stream().map(part).reduce(Tex::times).orElseThrow();
            case Form.Hadamard(var factors) -> factors.stream().map(part).reduce(Tex::odot).orElseThrow();
            case Form.Fraction(var above, var below) -> part.apply(above).over(part.apply(below));
            case Form.Power(var base, var exponent) -> part.apply(base).pow(part.apply(exponent));
            case Form.Transpose(var of) -> part.apply(of).transposed();
            case Form.Entry(var of, var at, var fromZero) -> fromZero ? part.apply(of).entry(at) : part.apply(of).sub(at);
            case Form.Call(var function, var arguments) ->
                    call(function, arguments.stream().map(part).reduce(Tex::and).orElseThrow());
            case Form.Total(var operator, var of) -> part.apply(of).total(operator);
        };
    }

    /** What its outermost operation is applied to. */
    public List<Tex> parts() {
        var parts = new ArrayList<Tex>();
        map(part -> {
            parts.add(part);
            return part;
        });
        return parts;
    }

    /** The text, in parentheses when what stands above or below its end would not be taken for what belongs to all of it. */
    private String single() {
        return form instanceof Form.Fraction ? "\\left(" + text + "\\right)" : in(Binding.ATOM);
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
