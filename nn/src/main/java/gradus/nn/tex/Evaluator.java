package gradus.nn.tex;

import gradus.nn.tex.Formula.Operator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The value of a LaTeX formula among given names, in float64: how a formula that was rendered is proved true. It shares no
 * code with what renders formulas nor with the tensors.
 *
 * <table>
 * <caption>What the notations mean</caption>
 * <tr><td>{@code x_1}, {@code \hat{y}}, {@code W^{(2)}}, {@code \mathrm{d}x}, {@code \partial L/\partial x}</td><td>a
 *     name, if it is given; with an index that has a value, {@code h_{t-1}} at t = 3 is the name {@code h_2}; {@code
 *     \frac{\partial L}{\partial x_i}} is an entry of the name {@code \partial L/\partial x}</td></tr>
 * <tr><td>{@code x_{1j}}, {@code x_{i, 2j}}, {@code x_{2:3}}</td><td>entries, counted from 1, ends included; fewer indices
 *     than axes leave the last axes: {@code x_{i}} of a matrix is row i</td></tr>
 * <tr><td>{@code x[i, j]}, {@code x[:, 1:3]}, {@code x[7:0:-2]}</td><td>entries, counted from 0, the end not included</td></tr>
 * <tr><td>free indices</td><td>the value is an array with one axis per index, in alphabetical order, before any other
 *     axes; one that runs along no axis has the range of the index that it is compared with in {@code \delta_{ij}} or
 *     {@code \mathbf{1}_{i = j}}</td></tr>
 * <tr><td>{@code \sum_{i}}, {@code \sum_{i=1}^{n}}, {@code \sum_{j \ne i}}, {@code \prod}, {@code \max_{i}}, {@code
 *     \arg\max_{i}}</td><td>over the given range, or the axis that the index runs along in what follows; it reaches up to
 *     the next + or −. An empty sum is 0, an empty product 1, an empty maximum −∞, a minimum ∞; matrices are multiplied
 *     as such, from the left</td></tr>
 * <tr><td>a vector</td><td>one axis, a column; {@code x^\top} is the row 1 × n</td></tr>
 * <tr><td>{@code A B}, {@code A \cdot B}</td><td>the matrix product over the last two axes, axes before broadcast; a number
 *     scales. {@code x \cdot y} of two vectors is the inner product</td></tr>
 * <tr><td>{@code +}, {@code -}, {@code \odot}, {@code \frac{a}{b}}, comparisons, functions</td><td>element by element,
 *     broadcast from the last axis by NumPy's rule</td></tr>
 * <tr><td>{@code x^{a}}</td><td>each element to the power; but {@code A^{-1}} with two axes or more is the inverse, {@code
 *     A^{\top}} the transpose of the last two axes (also T, if that is no name), {@code A^{-\top}} both, {@code A^{+}}
 *     the pseudoinverse of a matrix of full rank</td></tr>
 * <tr><td>{@code \mathbf{1}_{x > 0}}</td><td>1 where it holds, 0 elsewhere; a comparison by itself is the same</td></tr>
 * <tr><td>{@code \mathbf{1}_{n}}, {@code \mathbf{0}_{m \times n}}, {@code I_n}</td><td>ones, zeros, identity; without a
 *     size where the factor beside it in a product, or for I the other term of a sum, tells it</td></tr>
 * <tr><td>{@code \delta_{ij}}</td><td>Kronecker's, unless δ is a name</td></tr>
 * <tr><td>{@code |x|}, {@code \lfloor x \rfloor}, {@code \lceil x \rceil}, {@code \lfloor x \rceil}</td><td>of each element:
 *     size, floor, ceiling, nearest whole number with halves to even</td></tr>
 * <tr><td>{@code \|x\|}, {@code \|x\|_p}, {@code \|A\|_F}</td><td>the root of the sum of squares of all elements; the
 *     p-norm of a vector, {@code \infty} included</td></tr>
 * <tr><td>{@code \begin{bmatrix} a & b \\ c & d \end{bmatrix}}, {@code [a, b]}</td><td>blocks, a vector being n × 1, a
 *     number 1 × 1; a single column of vectors and numbers, and square brackets, give a vector</td></tr>
 * <tr><td>{@code \begin{cases} a & x > 0 \\ b & \text{otherwise} \end{cases}}</td><td>per element the first branch whose
 *     condition holds, NaN where none does</td></tr>
 * <tr><td>{@code \max\left(a, b\right)}</td><td>element by element; of one argument over all its elements</td></tr>
 * <tr><td>{@code \operatorname{softmax}}, diag, tr, det, tril, triu, sym, expm, cholesky</td><td>of each row or matrix;
 *     expm is the exponential of a matrix, as {@code e^{A}} is of elements</td></tr>
 * <tr><td>{@code \operatorname{mean}_{0, 2}}, var, {@code reshape_{3 \times 8}}, {@code concat_{1}}, {@code
 *     pad_{1, 2}}</td><td>over these axes, which stay with size 1; row by row; along this axis; so many zeros before and
 *     after the last axis, or pairs for the last axes</td></tr>
 * </table>
 */
public final class Evaluator {

    private final FormulaParser.Parsed source;
    private final Map<Formula, Value> scope;
    private final Indices indices;
    private final Map<Formula, Optional<Value>> given = new IdentityHashMap<>();   // hashing whole trees is slow
    private final Map<Formula, NdArray> constant = new IdentityHashMap<>();   // parts that no running index changes

    private Evaluator(FormulaParser.Parsed source, Map<Formula, Value> scope) {
        this.source = source;
        this.scope = scope;
        this.indices = new Indices(scope, this::constantValue);
    }

    /**
     * The value of a formula.
     *
     * @param names what names stand for, each written in LaTeX
     * @param shape the sizes of the value, needed only when the range of a free index shows nowhere else; its axes are the
     *              free indices in alphabetical order
     * @throws FormulaException when it cannot be read, a name is not given, or sizes do not fit
     */
    public static NdArray evaluate(String latex, Map<String, Value> names, int... shape) {
        var scope = new HashMap<Formula, Value>();
        names.forEach((name, value) -> scope.put(FormulaParser.parse(name), value));
        return among(scope, latex, shape);
    }

    /** The same among names that were read before: to read thousands takes longer than a formula does. */
    public static NdArray among(Map<Formula, Value> names, String latex, int... shape) {
        var scope = new HashMap<>(names);
        var source = FormulaParser.parse(latex, name -> scope.get(name) instanceof NdArray,
                name -> scope.get(name) instanceof Value.Function || Functions.has(name));
        return new Evaluator(source, scope).all(shape);
    }

    /** The formula for all values of its free indices. */
    private NdArray all(int... shape) {
        var root = source.formula();
        var free = located(root, () -> indices.free(root));
        if (free.isEmpty()) {
            return value(root);
        }
        var ranges = new ArrayList<Indices.Range>();
        for (var index : free) {
            int axis = ranges.size();
            var range = located(root, () -> indices.range(index, root));
            var compared = located(root, () -> indices.comparedRange(index, root));
            ranges.add(range.orElseGet(() -> shape.length == free.size()
                    ? new Indices.Range(compared.map(Indices.Range::from).orElse(0), shape[axis])
                    : compared.isPresent() ? compared.get() : fail(root, "the range of the index " + Notation.text(index) + " shows nowhere",
                            "give it by a sum, an entry x_{i}, or the shape of the value")));
        }
        return family(root, free, ranges);
    }

    private NdArray family(Formula root, List<Formula> free, List<Indices.Range> ranges) {
        if (free.isEmpty()) {
            return value(root);
        }
        var parts = new ArrayList<NdArray>();
        for (int i = 0; i < ranges.getFirst().count(); i++) {
            parts.add(with(free.getFirst(), ranges.getFirst().from() + i,
                    () -> family(root, free.subList(1, free.size()), ranges.subList(1, ranges.size()))));
        }
        return NdArray.stack(parts);
    }

    /** What a computation gives while an index has a value. */
    private <T> T with(Formula index, int value, Supplier<T> computation) {
        var before = scope.put(index, NdArray.scalar(value));
        boolean added = indices.running.add(index);
        try {
            return computation.get();
        } finally {
            if (before == null) {
                scope.remove(index);
            } else {
                scope.put(index, before);
            }
            if (added) {
                indices.running.remove(index);
            }
        }
    }

    private <T> T fail(Formula at, String what, String help) {
        throw FormulaException.at(source.latex(), source.positions().getOrDefault(at, 0), what, help);
    }

    /** Runs a computation; what does not fit is told with the place in the formula. */
    private <T> T located(Formula at, Supplier<T> computation) {
        try {
            return computation.get();
        } catch (FormulaException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            var message = String.valueOf(e.getMessage()).split("\nhelp: ", 2);
            return fail(at, message[0], message.length > 1 ? message[1] : "check the shapes");
        }
    }

    private NdArray value(Formula formula) {
        return switch (given(formula)) {
            case NdArray array -> array;
            case Value.Function _ -> fail(formula, Notation.text(formula) + " is a function",
                    "give it an argument in parentheses");
            case null -> located(formula, () -> compute(formula));
        };
    }

    /** What stands for a formula by its name, or null. Only symbols and subscripts can be running indices. */
    private Value given(Formula formula) {
        return formula instanceof Formula.Symbol || formula instanceof Formula.Sub ? scope.get(formula)
                : given.computeIfAbsent(formula, name -> Optional.ofNullable(scope.get(name))).orElse(null);
    }

    /** The value of a part, kept when no running index changes it: a matrix of which one entry after another is wanted. */
    private NdArray constantValue(Formula formula) {
        if (scope.containsKey(formula) || indices.changes(formula)) {
            return value(formula);
        }
        if (!constant.containsKey(formula)) {
            constant.put(formula, value(formula));
        }
        return constant.get(formula);
    }

    private NdArray compute(Formula formula) {
        if (isMarked(formula) && scope.get(numbered(formula)) instanceof NdArray named) {
            return named;
        }
        return switch (formula) {
            case Formula.Number(double value) -> NdArray.scalar(value);
            case Formula.Symbol(var name) -> switch (name) {
                case "e" -> NdArray.scalar(Math.E);
                case "\\pi" -> NdArray.scalar(Math.PI);
                case "\\infty" -> NdArray.scalar(Double.POSITIVE_INFINITY);
                default -> unknown(formula);
            };
            case Formula.Accent _, Formula.Label _ -> unknown(formula);
            case Formula.Sub sub -> sub(sub);
            case Formula.Entry(var base, var at) -> indices.entry(constantValue(base), at, 0);
            case Formula.Sup(var base, var exponent) -> power(formula, base, exponent);
            case Formula.Range _ -> fail(formula, "a colon stands only among indices", "x_{1:3}");
            case Formula.Call(var function, var parameters, var arguments) -> {
                var f = scope.get(function) instanceof Value.Function given ? given : Functions.get(function);
                yield f.apply(sizes(parameters), arguments.stream().map(this::value).toArray(NdArray[]::new));
            }
            case Formula.Negative(var operand) -> value(operand).map(x -> -x);
            case Formula.Binary(var operator, var left, var right) -> binary(formula, operator, left, right);
            case Formula.Comparison(var terms, var relations) -> {
                var holds = NdArray.scalar(1);
                for (int i = 0; i < relations.size(); i++) {
                    holds = holds.with(value(terms.get(i)).with(value(terms.get(i + 1)), Notation.relation(relations.get(i))),
                            (a, b) -> a * b);
                }
                yield holds;
            }
            case Formula.Big big -> over(big);
            case Formula.Matrix(var rows) ->
                    NdArray.blocks(rows.stream().map(row -> row.stream().map(this::value).toList()).toList());
            case Formula.Cases(var branches) -> cases(branches);
        };
    }

    /** Whether it may be a name whose index stands within: {@code \\delta^{f}_{t}}, {@code \\partial h_t / \\partial h_{t-1}}. */
    private static boolean isMarked(Formula formula) {
        return formula instanceof Formula.Sup(Formula.Sub _, Formula.Symbol _)
                || formula instanceof Formula.Sup(Formula.Sub _, Formula.Label _)
                || formula instanceof Formula.Binary(var operator, var _, Formula.Accent(var command, var _))
                        && operator == Operator.QUOTIENT && command.equals("\\partial");
    }

    /** A name with numbers for those of its indices that have values: {@code \\partial h_{t-1}} at t = 3 is ∂h₂. */
    private Formula numbered(Formula name) {
        return switch (name) {
            case Formula.Sub(var base, var below) when indices.free(name).isEmpty() && !scope.containsKey(name) ->
                    new Formula.Sub(base, below.stream().<Formula>map(index -> new Formula.Number(value(index).item())).toList());
            case Formula.Sup(var base, var mark) -> new Formula.Sup(numbered(base), mark);
            case Formula.Accent(var command, var inner) -> new Formula.Accent(command, numbered(inner));
            case Formula.Binary(var operator, var left, var right) ->
                    new Formula.Binary(operator, numbered(left), numbered(right));
            default -> name;
        };
    }

    private NdArray unknown(Formula formula) {
        if (Notation.isOnes(formula) || Notation.isIdentity(formula)) {
            return fail(formula, "the size of " + Notation.text(formula) + " shows nowhere",
                    "write it below, \\mathbf{1}_{n}");
        }
        var known = scope.keySet().stream().map(Notation::text).sorted().toList();
        return fail(formula, Notation.text(formula) + " is not a name given here",
                known.isEmpty() ? "no names are given" : "given are " + String.join(", ", known));
    }

    /** What stands below a function or 1: numbers, of which {@code 3 \times 4} is two. */
    private NdArray[] sizes(List<Formula> below) {
        return below.stream().flatMap(this::size).toArray(NdArray[]::new);
    }

    private Stream<NdArray> size(Formula below) {
        return below instanceof Formula.Binary(var operator, var left, var right) && operator == Operator.TIMES
                ? Stream.concat(size(left), size(right)) : Stream.of(value(below));
    }

    private NdArray sub(Formula.Sub sub) {
        var base = sub.base();
        var below = sub.indices();
        if (Notation.isCondition(below.getFirst())) {
            return Notation.isOnes(base) ? value(below.getFirst())
                    : fail(sub, "a condition below " + Notation.text(base), "\\mathbf{1}_{x > 0}");
        }
        if (!scope.containsKey(base)) {
            if (Notation.isOnes(base) || Notation.isZeros(base)) {
                return NdArray.full(Notation.isOnes(base) ? 1 : 0,
                        Arrays.stream(sizes(below)).mapToInt(size -> (int) size.item()).toArray());
            }
            if (Notation.isIdentity(base)) {
                return NdArray.identity((int) value(below.getFirst()).item());
            }
            if (Notation.isKronecker(base) && below.size() == 2) {
                return value(below.getFirst()).with(value(below.getLast()), Notation.relation("="));
            }
            if (base instanceof Formula.Call(var f, var none, var x) && none.isEmpty()
                    && f.equals(new Formula.Symbol("norm"))) {
                var order = below.getFirst();
                var named = order.equals(new Formula.Symbol("F")) ? List.<Formula>of() : List.of(order);
                return value(new Formula.Call(f, named, x));
            }
            if (indices.isName(base)) {   // h_{t-1} with a value for t
                var numbers = below.stream().<Formula>map(index -> new Formula.Number(value(index).item())).toList();
                var named = new Formula.Sub(base, numbers);
                return scope.get(named) instanceof NdArray array ? array : unknown(numbers.equals(below) ? sub : base);
            }
        }
        return indices.entry(constantValue(base), below, 1);
    }

    private NdArray power(Formula whole, Formula base, Formula exponent) {
        if (base instanceof Formula.Sub(var inner, var at)
                && scope.get(new Formula.Sup(inner, exponent)) instanceof NdArray named) {   // W^{(2)}_{ij}
            return indices.entry(named, at, 1);
        }
        if (exponent instanceof Formula.Label(var parts)) {
            var numbers = parts.stream().<Formula>map(part -> new Formula.Number(value(part).item())).toList();
            var named = new Formula.Sup(base, new Formula.Label(numbers));
            return scope.get(named) instanceof NdArray array ? array
                    : fail(whole, "a superscript in parentheses belongs to a name, which is not given here",
                            "a power has none: x^{2}");
        }
        if (isTransposition(exponent)) {
            return value(base).transposed();
        }
        if (exponent instanceof Formula.Negative(var inner) && isTransposition(inner)) {
            return Functions.inverse(value(base)).transposed();
        }
        if (base.equals(new Formula.Symbol("e")) && !scope.containsKey(base)) {
            return value(exponent).map(Math::exp);
        }
        if (exponent.equals(new Formula.Symbol("+"))) {
            return Functions.pseudoInverse(value(base));
        }
        boolean inverse = exponent.equals(new Formula.Negative(new Formula.Number(1)));
        var x = value(base);
        return inverse && x.rank() > 1 ? Functions.inverse(x) : x.with(value(exponent), Math::pow);
    }

    private boolean isTransposition(Formula exponent) {
        return exponent instanceof Formula.Symbol(var name) && (name.equals("\\top") || name.equals("T"))
                && !scope.containsKey(exponent);
    }

    private NdArray binary(Formula whole, Operator operator, Formula left, Formula right) {
        return switch (operator) {
            case PLUS -> sum(left, right, (a, b) -> a + b);
            case MINUS -> sum(left, right, (a, b) -> a - b);
            case PRODUCT -> product(whole);
            case DOT -> {
                if (unsized(left) || unsized(right)) {   // A · I
                    yield product(new Formula.Binary(Operator.PRODUCT, left, right));
                }
                var a = value(left);
                var b = value(right);
                yield a.rank() == 1 && b.rank() == 1 ? a.transposed().times(b) : a.times(b);
            }
            case TIMES -> {
                var a = value(left);
                var b = value(right);
                yield a.isScalar() || b.isScalar() ? a.times(b)
                        : fail(whole, "\\times between arrays", "write \\odot, or nothing for the matrix product");
            }
            case HADAMARD -> value(left).with(value(right), (a, b) -> a * b);
            case QUOTIENT -> value(left).with(value(right), (a, b) -> a / b);
            case AND -> value(left).with(value(right), (a, b) -> a != 0 && b != 0 ? 1 : 0);
            case OR -> value(left).with(value(right), (a, b) -> a != 0 || b != 0 ? 1 : 0);
        };
    }

    private boolean unsized(Formula formula) {
        return !scope.containsKey(formula) && (Notation.isOnes(formula) || Notation.isIdentity(formula)
                || formula instanceof Formula.Sup(var base, var top) && isTransposition(top) && Notation.isOnes(base)
                && !scope.containsKey(base));
    }

    private NdArray sum(Formula left, Formula right, DoubleBinaryOperator f) {
        if (Notation.isIdentity(left) && unsized(left)) {
            var b = value(right);
            return NdArray.identity(b.dim(-1)).with(b, f);
        }
        var a = value(left);
        return a.with(Notation.isIdentity(right) && unsized(right) ? NdArray.identity(a.dim(-1)) : value(right), f);
    }

    /** Factors from left to right; one without a size takes it from its neighbour. */
    private NdArray product(Formula whole) {
        var factors = new ArrayList<Formula>();
        while (whole instanceof Formula.Binary(var operator, var left, var right) && operator == Operator.PRODUCT) {
            factors.addFirst(right);
            whole = left;
        }
        factors.addFirst(whole);
        NdArray product = null;
        for (int i = 0; i < factors.size(); i++) {
            var factor = factors.get(i);
            NdArray next;
            if (!unsized(factor)) {
                next = value(factor);
            } else if (Notation.isIdentity(factor) && factors.size() > 1) {
                continue;
            } else if (factor instanceof Formula.Sup && i + 1 < factors.size()) {   // 1ᵀA
                var after = value(factors.get(i + 1));
                next = NdArray.full(1, 1, after.dim(after.rank() == 1 ? 0 : -2));
            } else if (Notation.isOnes(factor) && product != null && !product.isScalar()) {   // A1
                next = NdArray.full(1, product.dim(-1));
            } else {
                return unknown(factor instanceof Formula.Sup(var ones, var _) ? ones : factor);
            }
            var before = product;
            product = before == null ? next : located(factor, () -> before.times(next));
        }
        return product;
    }

    private NdArray over(Formula.Big big) {
        var ranges = located(big, () -> indices.ranges(big));
        var total = new Total(big.operator());
        run(big, ranges.names(), ranges.ranges(), ranges.conditions(), total);
        return total.result();
    }

    /** Loops over the names still without a value; a condition is tested as soon as all of its names have one. */
    private void run(Formula.Big big, List<Formula> names, List<Indices.Range> ranges, List<Formula> conditions,
            Total total) {
        var open = new ArrayList<Formula>();
        for (var condition : conditions) {
            if (names.stream().anyMatch(name -> Notation.contains(condition, name))) {
                open.add(condition);
            } else if (value(condition).item() == 0) {
                return;
            }
        }
        if (names.isEmpty()) {
            total.add(value(big.body()));
            return;
        }
        for (int i = 0; i < ranges.getFirst().count(); i++) {
            int index = ranges.getFirst().from() + i;
            total.index = index;
            with(names.getFirst(), index, () -> {
                run(big, names.subList(1, names.size()), ranges.subList(1, ranges.size()), open, total);
                return null;
            });
        }
    }

    private NdArray cases(List<Formula.Branch> branches) {
        if (branches.isEmpty()) {
            return NdArray.scalar(Double.NaN);
        }
        var first = branches.getFirst();
        Optional<NdArray> condition = first.condition().map(this::value);
        if (condition.isEmpty() || condition.get().isScalar() && condition.get().item() != 0) {
            return value(first.value());
        }
        var rest = cases(branches.subList(1, branches.size()));
        var holds = condition.get();
        if (holds.isScalar()) {
            return rest;
        }
        // a·1 + b·0 would turn an infinite b into NaN
        return value(first.value()).with(holds, (a, h) -> h != 0 ? a : Double.NaN)
                .with(rest.with(holds, (b, h) -> h != 0 ? Double.NaN : b), (a, b) -> Double.isNaN(a) ? b : a);
    }
}
