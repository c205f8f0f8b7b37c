package gradus.nn.derivation.unrolled;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Check;
import gradus.nn.derivation.Step;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.tex.Evaluator;
import gradus.nn.tex.Formula;
import gradus.nn.tex.FormulaException;
import gradus.nn.tex.FormulaParser;
import gradus.nn.tex.NdArray;
import gradus.nn.tex.Tex;
import gradus.nn.tex.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** CheckedLines in the making: each is read back, evaluated among the names of a {@link Trace}, and compared. */
final class CheckedLines {

    private static final long TERMS = 20_000;   // that a line's check adds up: some ten milliseconds
    private static final int ENTRIES = 20;

    private final List<Step> steps = new ArrayList<>();
    private final Map<Formula, Value> names = new HashMap<>();
    private final Naming naming;

    /** @param naming how the names in what follows are written */
    CheckedLines(Naming naming) {
        this.naming = naming;
    }

    CheckedLines() {
        this(Naming.PLAIN);
    }

    /**
     * What a formula must give.
     *
     * @param slopes the relative error of central differences to numbers, where there are any
     * @param scale  the largest number of the whole whose part the value is
     */
    record Wanted(Tensor value, Optional<Slopes> slopes, double scale) {

        Wanted(Tensor value, Optional<Slopes> slopes) {
            this(value, slopes, Double.MIN_NORMAL);
        }

        static Wanted value(Tensor value) {
            return new Wanted(value, Optional.empty());
        }
    }

    /** How far central differences are from claimed numbers. */
    @FunctionalInterface
    interface Slopes {

        double error(double[] claimed);
    }

    List<Step> steps() {
        return List.copyOf(steps);
    }

    List<Step> steps(Kind kind) {
        return steps.stream().filter(step -> step.kind() == kind).toList();
    }

    void know(String name, Value value) {
        names.put(FormulaParser.parse(naming.of(name)), value);
    }

    void know(String name, Tensor value) {
        know(name, array(value));
    }

    void know(String name, int number) {
        know(name, NdArray.scalar(number));
    }

    static NdArray array(Tensor x) {
        return new NdArray(x.shape().dims(), x.toDoubleArray());
    }

    /** A line whose formula stands for one value. */
    void add(Kind kind, String left, String right, Wanted wanted) {
        add(kind, left, right, new LinkedHashMap<>(Map.of(Map.of(), wanted)));
    }

    /** A line that holds for several values of its indices, each with what it must give; the shape is that of one. */
    void add(Kind kind, String left, String right, Map<Map<String, Integer>, Wanted> cases) {
        var first = cases.values().iterator().next().value();
        steps.add(step(kind, left, right, first.shape(), cases.size() == 1 ? Optional.of(first) : Optional.empty(),
                check(right, cases)));
    }

    /**
     * A line for the entries of an array, counted from 0: {@code Y[n, c, i, j]}, or of the derivative in one. Of many
     * entries
     * some are evaluated, evenly spread.
     *
     * @param first the indices before the places, {@code n, c}
     * @param inner how many terms the formula has for one entry
     */
    void entries(Kind kind, String name, List<String> first, List<String> places, String right, Tensor whole,
            long inner,
            Optional<Slopes> slopes) {
        var letters = Stream.concat(first.stream(), places.stream()).toList();
        var at = "[" + String.join(", ", letters) + "]";
        var left = name.endsWith("}") && name.startsWith("\\frac") ? name.substring(0, name.length() - 1) + at + "}"
                : name + at;
        int size = whole.size();
        int count = (int) Math.min(size, Math.clamp(TERMS / Math.max(1, inner), ENTRIES, 20 * ENTRIES));
        var numbers = whole.toDoubleArray();
        double scale = Arrays.stream(numbers).map(Math::abs).max().orElse(0) + Double.MIN_NORMAL;
        var cases = new LinkedHashMap<Map<String, Integer>, Wanted>();
        for (int k = 0; k < count; k++) {
            int position = (int) ((long) k * size / count);
            var indices = new HashMap<String, Integer>();
            int rest = position;
            for (int axis = whole.rank() - 1; axis >= 0; axis--) {
                indices.put(letters.get(axis), rest % whole.shape().dim(axis));
                rest /= whole.shape().dim(axis);
            }
            cases.put(indices, new Wanted(Tensor.scalar(numbers[position], DType.FLOAT64), Optional.empty(), scale));
        }
        var check = check(right, cases);
        if (slopes.isPresent() && check instanceof Check.Holds(double computed, double _, _)) {
            check = verdict(computed, slopes.get().error(numbers));
        }
        steps.add(step(kind, left, right, whole.shape(), Optional.of(whole), check));
    }

    /** A line that stands for others, which were checked. */
    void dots(Kind kind, Check check) {
        steps.add(step(kind, "", "\\vdots", new Shape(), Optional.empty(), check));
    }

    /** A line that is not true at these numbers for a reason that is known. */
    void open(Kind kind, String left, String right, Shape shape, String why) {
        steps.add(step(kind, left, right, shape, Optional.empty(), new Check.Open(why)));
    }

    private Step step(Kind kind, String left, String right, Shape shape, Optional<Tensor> value, Check check) {
        return new Step(kind, Tex.atom(naming.of(left)), new Tex(naming.of(right), Tex.Binding.SUM), shape, value,
                Optional.empty(), check);
    }

    /** Of all cases the largest errors. */
    Check check(String formula, Map<Map<String, Integer>, Wanted> cases) {
        double computed = 0;
        double central = Double.NaN;
        for (var entry : cases.entrySet()) {
            var wanted = entry.getValue();
            var scope = new HashMap<>(names);
            entry.getKey().forEach((index, number) -> scope.put(FormulaParser.parse(index), NdArray.scalar(number)));
            var expected = wanted.value.toDoubleArray();
            if (Arrays.stream(expected).anyMatch(Double::isNaN)) {
                return new Check.Open("its value is not a number");
            }
            double[] found;
            try {
                found = filled(Evaluator.among(scope, naming.of(formula)), wanted.value.shape());
            } catch (FormulaException e) {
                return new Check.Open(e.getMessage().lines().findFirst().orElse(""));
            }
            computed = Math.max(computed, error(found, expected, wanted.scale));
            if (wanted.slopes.isPresent() && computed != Double.POSITIVE_INFINITY) {
                double slopes = wanted.slopes.get().error(found);
                central = Double.isNaN(central) ? slopes : Double.isNaN(slopes) ? central : Math.max(central, slopes);
            }
        }
        return verdict(computed, central);
    }

    private static Check verdict(double computed, double central) {
        return computed <= Check.COMPUTED && !(central > Check.CENTRAL) ? new Check.Holds(computed, central)
                : new Check.Fails(computed, central);
    }

    /** The numbers of a value of this shape, axes of one element aside; none if it has another. A number may stand for
     * all. */
    private static double[] filled(NdArray found, Shape shape) {
        if (found.data().length == 1) {
            var all = new double[shape.size()];
            Arrays.fill(all, found.data()[0]);
            return all;
        }
        return Arrays.equals(squeezed(found.shape()), squeezed(shape.dims())) ? found.data() : new double[0];
    }

    private static int[] squeezed(int... dims) {
        return Arrays.stream(dims).filter(n -> n != 1).toArray();
    }

    private static double error(double[] found, double[] expected, double scale) {
        if (found.length != expected.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = scale;
        double difference = 0;
        for (int i = 0; i < found.length; i++) {
            if (found[i] == expected[i] && Double.isInfinite(found[i])) {
                continue;   // what a mask hides
            }
            largest = Math.max(largest, Math.abs(expected[i]));
            double d = Math.abs(found[i] - expected[i]);
            difference = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.max(difference, d);
        }
        return difference / largest;
    }
}
