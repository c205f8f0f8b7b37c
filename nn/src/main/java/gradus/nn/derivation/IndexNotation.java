package gradus.nn.derivation;

import gradus.nn.Shape;
import gradus.nn.tex.Dimensions;
import gradus.nn.tex.Tex;
import gradus.nn.tex.Tex.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Formulas written for one entry: {@code (A B)ᵢⱼ = Σₖ Aᵢₖ Bₖⱼ}. Differentials of one tensor become Kronecker deltas,
 * {@code ∂Aᵢⱼ/∂Aₖₗ = δᵢₖ δⱼₗ}, and a sum over an index of a delta is taken at once. Where positions are computed, those of
 * picked, cut out and merged axes, all indices count from 0 and stand in brackets: {@code E[c[i], j]}.
 */
final class IndexNotation {

    private static final String FREE = "ijklnpqrstuvw";
    private static final String LETTERS = "klnpqrstuvwabcdfgh";
    private static final String RESHAPE = "\\operatorname{reshape}";
    private static final Tex KRONECKER = Tex.atom("\\delta");

    private final Set<String> taken;
    private final Optional<Tex> differential;
    private final String in;
    private final boolean fromZero;
    private final Set<String> bound = new HashSet<>();   // what sums run over, of which no two are alike

    private IndexNotation(Set<String> taken, Optional<Tex> differential, String in, boolean fromZero) {
        this.taken = taken;
        this.differential = differential;
        this.in = in;
        this.fromZero = fromZero;
    }

    /**
     * The entry of a formula at these indices.
     *
     * @param names symbols that no index may be called
     */
    static Tex of(Tex f, String at, Set<String> names) {
        return new IndexNotation(taken(names, at), Optional.empty(), "", isFromZero(f)).start(f, at);
    }

    /**
     * The derivative of the entry at these indices in an entry of a tensor.
     *
     * @param f  the differential of a formula, linear in that of the tensor
     * @param dx the differential of the tensor
     * @param in the indices of its entry
     */
    static Tex derivative(Tex f, String at, Tex dx, String in, Set<String> names) {
        return new IndexNotation(taken(names, at + in), Optional.of(dx), in, isFromZero(f)).start(f, at);
    }

    /**
     * One index per axis, none of them a name; of an axis of one element it is 1.
     *
     * @param from how many indices are taken already
     */
    static String indices(Shape shape, int from, Set<String> names) {
        var free = letters(FREE).stream().filter(letter -> !names.contains(letter)).toList();
        return IntStream.range(0, shape.rank()).mapToObj(axis -> shape.dim(axis) == 1 ? "1" : free.get(from + axis))
                .collect(Collectors.joining());
    }

    /** A symbol with indices, below it or in brackets. */
    static Tex entry(Tex name, String at, boolean fromZero) {
        return written(name, letters(at), fromZero);
    }

    /** Whether the entries of a formula are written with indices that count from 0. */
    static boolean isFromZero(Tex f) {
        return f.form() instanceof Form.Entry(_, _, var fromZero) && fromZero
                || f.form() instanceof Form.Call(var function, var of) && function.startsWith(RESHAPE)
                        && Dimensions.of(of.getFirst()).filter(from -> !isSqueezed(from.dims(), Dimensions.axes(function))).isPresent()
                || f.parts().stream().anyMatch(IndexNotation::isFromZero);
    }

    /** Whether two shapes differ only in axes of one element. */
    private static boolean isSqueezed(int[] from, int... to) {
        return Arrays.equals(IntStream.of(from).filter(n -> n != 1).toArray(), IntStream.of(to).filter(n -> n != 1).toArray());
    }

    private Tex start(Tex f, String at) {
        return entry(apart(f), letters(at));
    }

    private static Set<String> taken(Set<String> names, String at) {
        var taken = new HashSet<>(names);
        taken.addAll(letters(at));
        return taken;
    }

    private static List<String> letters(String at) {
        return at.chars().mapToObj(c -> String.valueOf((char) c)).toList();
    }

    private String fresh() {
        var letter = letters(LETTERS).stream().filter(l -> !taken.contains(l)).findFirst().orElse("m");
        taken.add(letter);
        return letter;
    }

    /** The indices that a formula has because it is written for one entry already. */
    static Set<String> free(Tex f) {
        var free = new TreeSet<String>();
        f.parts().forEach(part -> free.addAll(free(part)));
        switch (f.form()) {
            case Form.Entry(_, var at, _) -> free.addAll(found(at));
            case Form.Total(var operator, _) -> {
                free.addAll(found(operator));
                free.removeAll(bound(operator));
            }
            case Form.Leaf() when Transposition.isIndex(f) -> free.add(f.text());
            default -> { }
        }
        return free;
    }

    private static List<String> found(String at) {
        return Transposition.index(at).matcher(at).results().map(MatchResult::group).toList();
    }

    /** What an operator runs over; conditions stand behind that. */
    private static List<String> bound(String operator) {
        return found(operator.split(",\\\\;")[0]);
    }

    /** The indices of sums, with other letters where they are taken; none of them is used again. */
    private Tex apart(Tex f) {
        var of = f.map(this::apart);
        if (!(of.form() instanceof Form.Total(var operator, _))) {
            return f.known().map(of::of).orElse(of);
        }
        var renamed = new HashMap<String, String>();
        for (var letter : bound(operator)) {
            if (!taken.add(letter)) {
                renamed.put(letter, fresh());
            }
        }
        return renamed.isEmpty() ? of : Transposition.renamed(of, renamed);
    }

    /** Of a formula for another entry, the one that is wanted: its free indices are the axes in alphabetical order. */
    private Tex entry(Tex f, List<String> wanted) {
        var written = free(f).stream().filter(letter -> !bound.contains(letter)).toList();
        if (!written.isEmpty() && !wanted.isEmpty() && !(f.form() instanceof Form.Entry)) {
            var running = wanted.stream().filter(index -> !index.equals("1")).toList();
            var others = written.size() == wanted.size() ? wanted : running;
            var renamed = new HashMap<String, String>();
            for (int i = 0; i < written.size() && written.size() == others.size(); i++) {
                renamed.put(written.get(i), others.get(i));
            }
            return entry(Transposition.renamed(f, renamed), List.of());
        }
        var at = fitted(f, wanted);
        return switch (f.form()) {
            case Form.Leaf() -> leaf(f, at);
            case Form.Sum _, Form.Negative _, Form.Fraction _ -> f.map(part -> entry(part, at));
            case Form.Hadamard(var factors) ->
                    product(List.of(), factors.stream().map(part -> entry(part, at)).toList());
            case Form.Power(var base, var exponent) -> Dimensions.isInverse(f) ? entryOfAll(f, at)
                    : entry(base, at).pow(entry(exponent, at));
            case Form.Transpose(var of) -> entry(of, swapped(of, at));
            case Form.Product(var factors) -> product(f, factors, at);
            case Form.Entry(var of, var inner, var brackets) -> brackets || inner.matches("[a-z01, ]+")
                    ? picked(of, brackets, inner, at) : f;
            case Form.Call(var function, var arguments) -> call(f, function, arguments, at);
            case Form.Total(var operator, var of) -> total(operator, of, at);
        };
    }

    /** As many indices as the formula has axes: NumPy's rule lines up the last; an axis of one element has only 1. */
    private static List<String> fitted(Tex f, List<String> at) {
        return Dimensions.of(f).map(shape -> {
            int extra = at.size() - shape.rank();
            return IntStream.range(0, shape.rank()).mapToObj(axis -> shape.dim(axis) == 1 || axis + extra < 0 ? "1"
                    : at.get(axis + extra)).toList();
        }).orElse(at);
    }

    /** An entry at positions that indices say: each that runs, and each slice, is one axis; the axes behind them follow. */
    private Tex picked(Tex of, boolean brackets, String inner, List<String> at) {
        var below = brackets ? apart(inner) : letters(inner.replace(", ", ""));
        var rest = new ArrayList<>(at);
        var letters = new HashMap<String, String>();
        var written = below.stream().flatMap(index -> found(index).stream()).filter(letter -> !bound.contains(letter)).distinct().sorted().toList();
        int behind = Dimensions.of(of).map(shape -> shape.rank() - below.size()).orElse(0);
        if (written.size() + behind == at.size()) {
            written.forEach(letter -> letters.put(letter, rest.removeFirst().replace("1", fromZero ? "0" : "1")));
        }
        var each = new ArrayList<String>();
        for (var index : below) {
            each.add(index.contains(":") && !rest.isEmpty() ? along(index, rest.removeFirst())
                    : Transposition.renamed(index, letters));
        }
        if (behind > 0) {
            each.addAll(rest);
        }
        return !brackets || isDifferential(of) || of.form() instanceof Form.Leaf ? entry(of, each) : written(of, each, true);
    }

    /** What stands between commas, those inside of brackets aside. */
    private static List<String> apart(String indices) {
        var each = new ArrayList<String>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < indices.length(); i++) {
            char c = indices.charAt(i);
            depth += c == '[' || c == '{' || c == '(' ? 1 : c == ']' || c == '}' || c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                each.add(indices.substring(start, i));
                start = i + 2;
            }
        }
        each.add(indices.substring(start));
        return each;
    }

    /** The position that an index has in a slice {@code from:to:step}. */
    private static String along(String slice, String index) {
        var parts = slice.split(":", -1);
        int step = parts.length < 3 ? 1 : Integer.parseInt(parts[2]);
        int from = parts[0].isEmpty() ? 0 : Integer.parseInt(parts[0]);
        var of = index.equals("1") ? "0" : index;
        return step < 0 ? from + " - " + scaled(-step, of) : from == 0 ? scaled(step, of)
                : of.equals("0") ? "" + from : scaled(step, of) + " + " + from;
    }

    private static String scaled(int factor, String index) {
        return factor == 1 || index.equals("0") ? index
                : factor + " \\, " + (index.contains(" ") ? "\\left(" + index + "\\right)" : index);
    }

    private Tex leaf(Tex f, List<String> at) {
        if (isDifferential(f)) {
            return product(List.of(), IntStream.range(0, at.size())
                    .mapToObj(axis -> kronecker(at.get(axis), in.substring(axis, axis + 1))).toList());
        }
        if (f.text().startsWith("\\mathbf{1}_{") && Dimensions.of(f).isPresent()) {
            return Tex.number(1);
        }
        if (f.text().matches("I_\\{\\d+}") && at.size() == 2) {
            return kronecker(at.getFirst(), at.getLast());
        }
        return entryOfAll(f, at);
    }

    private boolean isDifferential(Tex f) {
        return differential.filter(dx -> dx.text().equals(f.text())).isPresent();
    }

    private static Tex kronecker(String a, String b) {
        return a.equals(b) || b.equals("1") ? Tex.number(1) : KRONECKER.sub(a.length() == 1 ? a + b : a + ", " + b);
    }

    private static boolean isKronecker(Tex f) {
        return f.form() instanceof Form.Entry(var of, _, _) && of.text().equals(KRONECKER.text());
    }

    /** Whether an index occurs in a formula. */
    static boolean has(Tex f, String index) {
        boolean here = switch (f.form()) {
            case Form.Entry(_, var at, _) -> found(at).contains(index);
            case Form.Leaf() -> f.text().contains("_{") && f.known().isEmpty() && f.text().contains(index);
            default -> false;
        };
        return here || f.parts().stream().anyMatch(part -> has(part, index));
    }

    private Tex entryOfAll(Tex f, List<String> at) {
        return written(f, at, fromZero);
    }

    /** Indices below a symbol side by side, with commas where two digits would be read as one number; or in brackets. */
    private static Tex written(Tex f, List<String> at, boolean fromZero) {
        var beside = String.join("", at);
        return at.isEmpty() || Dimensions.isConstant(f.text()) ? f
                : fromZero ? f.entry(at.stream().map(index -> index.equals("1") ? "0" : index).collect(Collectors.joining(", ")))
                : f.sub(beside.contains("11") ? String.join(", ", at) : beside);
    }

    private static List<String> swapped(Tex of, List<String> at) {
        int n = at.size();
        if (n < 2) {
            return at;
        }
        if (Dimensions.of(of).filter(shape -> shape.rank() == 1).isPresent()) {
            return at.subList(n - 1, n);
        }
        var swapped = new ArrayList<>(at);
        swapped.set(n - 2, at.get(n - 1));
        swapped.set(n - 1, at.get(n - 2));
        return swapped;
    }

    private static boolean partial(Tex of, String at) {
        return Dimensions.of(of).filter(shape -> shape.rank() > at.length()).isPresent();
    }

    private static List<String> joined(List<String> first, List<String> then) {
        var all = new ArrayList<>(first);
        all.addAll(then);
        return all;
    }

    /** Matrices one after the other: a sum over each index between two of them. */
    private Tex product(Tex whole, List<Tex> factors, List<String> at) {
        var entries = new ArrayList<Tex>();
        var sums = new ArrayList<String>();
        var matrices = new ArrayList<Tex>();
        for (var factor : factors) {
            if (at.isEmpty() && isNumber(factor) || Dimensions.isScalar(factor) || !free(factor).isEmpty()) {
                entries.add(entry(factor, List.of()));
            } else if (Dimensions.of(factor).isPresent()) {
                matrices.add(factor);
            } else {
                return entryOfAll(whole, at);
            }
        }
        if (at.isEmpty() && factors.stream().anyMatch(IndexNotation::isNumber)) {
            return entries.stream().reduce(Tex::times).orElseThrow();
        }
        boolean columns = !matrices.isEmpty() && Dimensions.of(matrices.getLast()).orElseThrow().rank() > 1;
        var all = at.isEmpty() ? List.of("1", "1") : at;   // a product of one element stands for the number
        int batch = Math.max(0, all.size() - (columns ? 2 : 1));
        var left = all.get(batch);
        for (int i = 0; i < matrices.size(); i++) {
            var matrix = matrices.get(i);
            var shape = Dimensions.of(matrix).orElseThrow();
            var lead = all.subList(0, Math.min(batch, Math.max(0, shape.rank() - 2)));
            boolean last = i == matrices.size() - 1;
            if (shape.rank() == 1) {
                entries.add(entry(matrix, List.of(left)));
                left = "1";
            } else {
                var right = last ? all.getLast() : shape.dim(-1) == 1 ? "1" : fresh();
                if (!last && !right.equals("1")) {
                    sums.add(right);
                }
                entries.add(entry(matrix, joined(lead, List.of(left, right))));
                left = right;
            }
        }
        return product(sums, entries);
    }

    /** A sum of products of entries; sums inside are drawn out, and those over an index of a Kronecker delta taken. */
    private static Tex product(List<String> sums, List<Tex> entries) {
        var over = new ArrayList<>(sums);
        var factors = new ArrayList<Tex>();
        boolean negative = false;
        for (var entry : entries) {
            var of = entry;
            if (of.form() instanceof Form.Negative(var inner)) {
                negative = !negative;
                of = inner;
            }
            if (of.form() instanceof Form.Total(var operator, var inner) && isPlainSum(operator)) {
                over.addAll(List.of(operator.substring(6, operator.length() - 1).split(", ")));
                of = inner;
            }
            factors.addAll(of.factors());
        }
        contract(over, factors);
        factors.removeIf(factor -> factor.text().equals("1"));
        factors.sort(Comparator.comparing(factor -> !isKronecker(factor)));
        var product = factors.stream().reduce(Tex::times).orElse(Tex.number(1));
        var sum = over.isEmpty() ? product : product.total("\\sum_{" + String.join(", ", over) + "}");
        return negative ? sum.neg() : sum;
    }

    /** Whether it is a sum over all its indices. */
    private static boolean isNumber(Tex f) {
        return f.form() instanceof Form.Total && free(f).isEmpty();
    }

    private static boolean isPlainSum(String operator) {
        return operator.matches("\\\\sum_\\{[a-z](, [a-z])*}");
    }

    private static void contract(List<String> over, List<Tex> factors) {
        for (int i = 0; i < factors.size(); i++) {
            if (isKronecker(factors.get(i)) && factors.get(i).form() instanceof Form.Entry(_, var at, _)) {
                var two = at.length() == 2 ? letters(at) : apart(at);
                var a = two.getFirst();
                var b = two.getLast();
                if (over.contains(a) || over.contains(b)) {
                    var gone = over.contains(a) ? a : b;
                    var stays = gone.equals(a) ? b : a;
                    over.remove(gone);
                    factors.remove(i);
                    factors.replaceAll(f -> Transposition.renamed(f, Map.of(gone, stays)));
                    i = -1;
                } else if (a.equals(b)) {
                    factors.remove(i--);
                }
            }
        }
    }

    private Tex call(Tex f, String function, List<Tex> arguments, List<String> at) {
        if (Dimensions.isOfElements(f)) {
            return f.map(argument -> entry(argument, at));
        }
        return switch (function) {
            case "\\operatorname{tr}" -> {
                var k = fresh();
                yield product(List.of(k), List.of(entry(arguments.getFirst(), List.of(k, k))));
            }
            case "\\operatorname{softmax}" -> {
                var k = fresh();
                var others = new ArrayList<>(at);
                others.set(at.size() - 1, k);
                var e = Tex.atom("e");
                yield e.pow(entry(arguments.getFirst(), at))
                        .over(e.pow(entry(arguments.getFirst(), others)).total("\\sum_{" + k + "}"));
            }
            default -> function.startsWith("\\operatorname{mean}_") ? mean(f, function, arguments.getFirst(), at)
                    : function.startsWith(RESHAPE) ? reshaped(f, arguments.getFirst(), at)
                    : entryOfAll(f, at);
        };
    }

    /** A sum over the axes that are named, divided by how many numbers that is. */
    private Tex mean(Tex f, String function, Tex of, List<String> at) {
        var shape = Dimensions.of(of);
        if (shape.isEmpty()) {
            return entryOfAll(f, at);
        }
        var each = new ArrayList<>(at);
        var over = new ArrayList<String>();
        int count = 1;
        for (int axis : Dimensions.axes(function)) {
            count *= shape.get().dim(axis);
            if (shape.get().dim(axis) != 1) {
                over.add(fresh());
                each.set(axis, over.getLast());
            }
        }
        return Tex.number(1).over(Tex.number(count)).times(product(over, List.of(entry(of, each))));
    }

    /** The same element, row by row, in the other shape. */
    private Tex reshaped(Tex f, Tex of, List<String> at) {
        var shape = Dimensions.of(of);
        var to = Dimensions.of(f);
        if (shape.isEmpty() || to.isEmpty() || to.get().rank() != at.size() || to.get().size() == 0) {
            return entryOfAll(f, at);
        }
        var running = at.stream().filter(index -> !index.equals("1")).iterator();
        return entry(of, isSqueezed(shape.get().dims(), to.get().dims())
                ? IntStream.of(shape.get().dims()).mapToObj(n -> n == 1 ? "1" : running.next()).toList()
                : moved(shape.get().dims(), to.get().dims(), at));
    }

    /** Where an element of one shape stands in another: axes that together have the same size are merged and split. */
    private static List<String> moved(int[] from, int[] to, List<String> at) {
        var positions = new ArrayList<String>();
        for (int i = 0, j = 0; i < from.length; ) {
            if (from[i] == 1) {
                positions.add("1");
                i++;
                continue;
            }
            int start = j;
            int end = i + 1;
            long left = from[i];
            for (long right = 1; left != right || j == start; ) {
                if (right < left || j == start) {
                    right *= to[j++];
                } else {
                    left *= from[end++];
                }
            }
            var position = new ArrayList<String>();
            int stride = 1;
            for (int axis = j - 1; axis >= start; axis--) {
                if (to[axis] != 1) {
                    position.addFirst(scaled(stride, at.get(axis)));
                    stride *= to[axis];
                }
            }
            var whole = position.isEmpty() ? "0" : String.join(" + ", position);
            int behind = (int) left;
            for (int axis = i; axis < end; axis++) {
                int before = behind;
                behind /= from[axis];
                var part = behind == 1 || from[axis] == 1 ? whole : "\\lfloor \\frac{" + whole + "}{" + behind + "} \\rfloor";
                positions.add(from[axis] == 1 ? "1" : before == left ? part
                        : "\\operatorname{mod}\\left(" + part + ", " + from[axis] + "\\right)");
            }
            i = end;
        }
        return positions;
    }

    /** An index of the sum that is also one of the entry's is given another letter. */
    private Tex total(String operator, Tex of, List<String> at) {
        if (of.form() instanceof Form.Entry(var matrix, var inner, _) && operator.equals("\\sum_{" + inner + "}")
                && partial(matrix, inner)) {
            var k = letters(inner).stream().map(_ -> fresh()).toList();
            return product(k, List.of(entry(matrix, joined(k, at))));
        }
        bound.addAll(bound(operator));
        var body = entry(of, at);
        if (!isPlainSum(operator)) {
            return body.total(operator);
        }
        var over = Stream.of(operator.substring(6, operator.length() - 1).split(", "))   // one that ran along axes of one element is gone
                .filter(index -> has(body, index) || !has(of, index)).toList();
        return product(over, List.of(body));
    }
}
