package gradus.nn.tex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** Which index letters a formula has, over which numbers they run, and what they pick. */
final class Indices {

    private final Map<Formula, Value> scope;
    private final Function<Formula, NdArray> value;

    /** The indices that have a value at this moment. */
    final Set<Formula> running = new HashSet<>();

    Indices(Map<Formula, Value> scope, Function<Formula, NdArray> value) {
        this.scope = scope;
        this.value = value;
    }

    /** {@code count} whole numbers. */
    record Range(int from, int count) {
    }

    /** The indices of an operator, their ranges, and conditions on them. */
    record Ranges(List<Formula> names, List<Range> ranges, List<Formula> conditions) {
    }

    /** Whether a part depends on an index that is running. */
    boolean changes(Formula formula) {
        return !running.isEmpty() && (running.contains(formula) || formula.parts().stream().anyMatch(this::changes));
    }

    /** A symbol that could be a name and stands for nothing here. */
    boolean isName(Formula formula) {
        return !scope.containsKey(formula) && (formula instanceof Formula.Symbol || formula instanceof Formula.Accent
                || formula instanceof Formula.Sup(var base, var _) && isName(base));
    }

    /** The index letters of a formula that have no value and no operator, in alphabetical order. */
    List<Formula> free(Formula formula) {
        var found = new TreeSet<Formula>(Comparator.comparing(Notation::text));
        collect(formula, false, Set.of(), found);
        return List.copyOf(found);
    }

    private void collect(Formula formula, boolean below, Set<Formula> bound, Set<Formula> found) {
        if (scope.containsKey(formula) || bound.contains(formula)) {
            return;
        }
        switch (formula) {
            case Formula.Symbol(var name) -> {
                if (below && !Set.of("e", "\\pi", "\\infty", "F").contains(name)) {
                    found.add(formula);
                }
            }
            case Formula.Accent _ -> { }
            case Formula.Sub(var base, var indices) -> {
                if (below && isName(base) && !Notation.isKronecker(base)) {
                    found.add(formula);   // c_{in} as an index
                } else {
                    collect(base, false, bound, found);
                    indices.forEach(index -> collect(index, true, bound, found));
                }
            }
            case Formula.Entry(var base, var indices) -> {
                collect(base, false, bound, found);
                indices.forEach(index -> collect(index, true, bound, found));
            }
            case Formula.Sup(Formula.Sub(var base, var indices), var exponent)
                    when scope.containsKey(new Formula.Sup(base, exponent)) ->
                    indices.forEach(index -> collect(index, true, bound, found));
            case Formula.Call(var _, var _, var arguments) ->
                    arguments.forEach(argument -> collect(argument, below, bound, found));
            case Formula.Big big -> {
                var inner = new HashSet<>(bound);
                inner.addAll(names(big));
                big.below().forEach(item -> collect(item, !isStart(item, big), inner, found));
                big.above().ifPresent(above -> collect(above, below, inner, found));
                collect(big.body(), below, inner, found);
            }
            default -> formula.parts().forEach(part -> collect(part, below, bound, found));
        }
    }

    /** The names that an operator runs: i alone or of i = 1, i ≠ j and 1 ≤ i < n; of the condition i + j = k none. */
    private static Set<Formula> names(Formula.Big big) {
        var names = new LinkedHashSet<Formula>();
        for (var item : big.below()) {
            boolean alone = !(item instanceof Formula.Comparison);
            var name = item instanceof Formula.Comparison(var terms, var _) ? terms.get(terms.size() > 2 ? 1 : 0) : item;
            if (name instanceof Formula.Symbol || name instanceof Formula.Sub) {
                names.add(name);
            } else if (alone) {
                throw NdArray.unfit(Notation.text(item) + " is no index", "an index is a letter, perhaps with a subscript");
            }
        }
        return names;
    }

    /** What an operator runs over. */
    Ranges ranges(Formula.Big big) {
        Optional<Integer> last = big.above().map(this::whole);
        Optional<Integer> first = big.below().stream().filter(item -> isStart(item, big))
                .map(item -> whole(((Formula.Comparison) item).terms().getLast())).findFirst();
        if (first.isPresent() != last.isPresent()) {
            throw NdArray.unfit("one end of the range is missing", "\\sum_{i=1}^{n}, or \\sum_{i} for a whole axis");
        }
        var names = List.copyOf(names(big));
        var ranges = new ArrayList<Range>();
        for (var name : names) {
            ranges.add(first.isPresent() ? new Range(first.get(), Math.max(0, last.orElseThrow() - first.get() + 1))
                    : range(name, big).or(() -> comparedRange(name, big)).orElseThrow(() -> NdArray.unfit("the range of the index " + Notation.text(name)
                            + " shows nowhere", "write \\sum_{" + Notation.text(name) + "=1}^{n}")));
        }
        return new Ranges(names, ranges, big.below().stream()
                .filter(item -> item instanceof Formula.Comparison && !isStart(item, big)).toList());
    }

    /** Where an index starts, i = 1; but if i is listed besides, a condition on it. */
    private static boolean isStart(Formula item, Formula.Big big) {
        return item instanceof Formula.Comparison(var terms, var relations) && relations.equals(List.of("="))
                && (terms.getFirst() instanceof Formula.Symbol || terms.getFirst() instanceof Formula.Sub)
                && !big.below().contains(terms.getFirst());
    }

    /** The range that an index has by running along axes inside a formula. */
    Optional<Range> range(Formula index, Formula within) {
        var found = new ArrayList<Range>();
        search(index, within, found);
        for (var range : found) {
            if (!range.equals(found.getFirst())) {
                throw NdArray.unfit("the index " + Notation.text(index) + " runs over " + text(found.getFirst()) + " and over "
                        + text(range), "axes with one index have one size; subscripts count from 1, square brackets from 0");
            }
        }
        return found.stream().findFirst();
    }

    /** The range of an index that runs along no axis, but is compared with one that does. */
    Optional<Range> comparedRange(Formula index, Formula within) {
        return partners(index, within).flatMap(partner -> range(partner, within).stream()).findFirst();
    }

    /** The names that an index equals wherever Kronecker's delta or an indicator with both is not 0. */
    private Stream<Formula> partners(Formula index, Formula within) {
        if (scope.containsKey(within)) {
            return Stream.of();
        }
        var two = within instanceof Formula.Sub(var base, var indices) ? indices.getFirst() instanceof
                Formula.Comparison(var terms, var relations) && Notation.isOnes(base) && relations.equals(List.of("=")) ? terms
                : Notation.isKronecker(base) && !scope.containsKey(base) ? indices : List.<Formula>of() : List.<Formula>of();
        return two.size() == 2 && two.contains(index) ? two.stream().filter(other -> !other.equals(index)
                && other instanceof Formula.Symbol) : within.parts().stream().flatMap(part -> partners(index, part));
    }

    private void search(Formula index, Formula within, List<Range> found) {
        if (within instanceof Formula.Sub(var base, var indices)) {
            along(index, base, indices, 1, found);
        } else if (within instanceof Formula.Entry(var base, var indices)) {
            along(index, base, indices, 0, found);
        } else if (within instanceof Formula.Sup(Formula.Sub(var base, var indices), var exponent)
                && scope.containsKey(new Formula.Sup(base, exponent))) {
            along(index, new Formula.Sup(base, exponent), indices, 1, found);
            return;
        }
        if (!scope.containsKey(within)) {
            within.parts().forEach(part -> search(index, part, found));
        }
    }

    private void along(Formula index, Formula base, List<Formula> indices, int origin, List<Range> found) {
        for (int axis = 0; axis < indices.size(); axis++) {
            if (indices.get(axis).equals(index) && !isName(base) && !Notation.isOnes(base) && !Notation.isZeros(base)
                    && free(base).isEmpty()) {
                var array = value.apply(base);
                if (axis < array.rank()) {
                    found.add(new Range(origin, array.dim(axis)));
                }
            }
        }
    }

    /** Entries of an array, counted from 0 or from 1; a range includes its end only when counted from 1. */
    NdArray entry(NdArray array, List<Formula> at, int origin) {
        if (at.size() > array.rank()) {
            throw NdArray.unfit(at.size() + " indices for shape " + Arrays.toString(array.shape()), "one index per axis");
        }
        var from = new int[at.size()];
        var size = new int[at.size()];
        var step = new int[at.size()];
        int[] kept = {};
        for (int axis = 0; axis < at.size(); axis++) {
            int n = array.dim(axis);
            step[axis] = 1;
            if (at.get(axis) instanceof Formula.Range(var first, var last, var by)) {
                step[axis] = by.map(this::whole).orElse(1);
                boolean up = step[axis] > 0;
                from[axis] = first.map(f -> whole(f) - origin).orElse(up ? 0 : n - 1);
                int end = last.map(f -> whole(f) - (up ? 0 : origin)).orElse(up ? n : -1);   // the first that is left out
                size[axis] = Math.max(0, Math.ceilDiv(end - from[axis], step[axis]));
                kept = NdArray.join(kept, size[axis]);
            } else {
                from[axis] = whole(at.get(axis)) - origin;
                size[axis] = 1;
            }
            int to = from[axis] + (size[axis] - 1) * step[axis];
            if (size[axis] > 0 && (from[axis] < 0 || from[axis] >= n || to < 0 || to >= n)) {
                throw NdArray.unfit("the index " + (from[axis] + origin) + " lies outside " + origin + " … "
                        + (n - 1 + origin) + " along axis " + axis + " of shape " + Arrays.toString(array.shape()),
                        "subscripts count from 1, square brackets from 0");
            }
        }
        return array.part(from, size, step)
                .reshape(NdArray.join(kept, Arrays.copyOfRange(array.shape(), at.size(), array.rank())));
    }

    private int whole(Formula index) {
        double number = value.apply(index).item();
        if (number != Math.rint(number)) {
            throw NdArray.unfit("the index " + Notation.text(index) + " is " + number,
                    "indices are whole numbers: round with \\lfloor x \\rfloor");
        }
        return (int) number;
    }

    private static String text(Range range) {
        return range.from + " … " + (range.from + range.count - 1);
    }
}
