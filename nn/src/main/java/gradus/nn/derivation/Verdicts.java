package gradus.nn.derivation;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.op.Op;
import gradus.nn.tex.Evaluator;
import gradus.nn.tex.FormulaException;
import gradus.nn.tex.NdArray;
import gradus.nn.tex.Tex;
import gradus.nn.tex.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Reads lines back and compares what they say with what was computed. */
final class Verdicts {

    /** Numbers that one line may read for each that it computes, and in all: about a tenth of a second. */
    private static final long LARGEST = 20_000_000;
    /** Numbers at which a line for one of very many is evaluated. */
    private static final int SAMPLES = 24;
    private static final int LONGEST = 6_000;   // characters; the reader goes as deep as a sum is long

    /** Operations, and multiply-adds, that central differences may run: about a second. */
    private static final long DIFFERENCES = 250_000;
    private static final long WORK = 300_000_000;
    private static final int LOSSES = 8;   // that a gradient takes, if its first step is right

    private final Replay replay;
    private final long every;   // of so many gradients one is compared with central differences
    private long slopes;
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, Double> largest = new HashMap<>();
    private final Set<Integer> lengths = new TreeSet<>();   // of names

    Verdicts(Replay replay) {
        this.replay = replay;
        this.every = 1 + Math.max(LOSSES * replay.size() * replay.size() / DIFFERENCES,
                LOSSES / 2 * replay.work() * replay.gradients() / WORK);
    }

    void know(Tex name, Tensor value) {
        var array = array(value);
        values.put(name.text(), array);
        lengths.add(name.text().length());
        largest.put(name.text(), Arrays.stream(array.data()).map(Math::abs).filter(Double::isFinite).max().orElse(0));
    }

    private static NdArray array(Tensor x) {
        return new NdArray(x.shape().dims(), x.toDoubleArray());
    }

    /** Of a tensor's formula, against the tensor. */
    Check value(Tensor x, Tex formula) {
        return gradient(x, formula, replay.value(x));
    }

    /** Of a formula that has a known value. */
    Check gradient(Tensor x, Tex formula, Tensor expected) {
        return x.op() != null && x.op().formulas() == Op.Formulas.NAMES
                ? new Check.Open(x.op().name() + " has no formula") : equal(formula, expected);
    }

    /** Of a formula that is to have this value. */
    Check equal(Tex formula, Tensor expected) {
        return verdict(formula, expected, Optional.empty());
    }

    /** Lines with vectors for columns, where they hold like this. */
    List<Step> plain(List<Step> steps) {
        return steps.stream().map(step -> {
            if (!Vectors.isLaidOut(step.right()) || step.value().isEmpty()) {
                return step;
            }
            var plain = Vectors.plain(step.right());
            double central = step.check() instanceof Check.Holds(_, double found, _) ? found : Double.NaN;
            return vectors(plain, step.value().get()) instanceof Check.Holds(double computed, _, _)
                    ? new Step(step.kind(), step.left(), plain, step.shape(), step.value(), step.rule(), new Check.Holds(computed, central))
                    : step;
        }).toList();
    }

    /** Of a formula in which a column stands for the vector of its numbers. */
    private Check vectors(Tex formula, Tensor expected) {
        var whole = equal(formula, expected);
        if (whole instanceof Check.Holds) {
            return whole;
        }
        var used = used(formula.text());
        used.replaceAll((_, value) -> value instanceof NdArray array && array.shape().length == 2 && array.shape()[1] == 1
                ? new NdArray(new int[] {array.shape()[0]}, array.data()) : value);
        return judged(formula.text(), used, expected, Optional.empty(), 0);
    }

    /** Of a formula for the loss's gradient in a tensor; by central differences only some, where all would take too long. */
    Check slope(Tensor x, Tex formula, Tensor expected) {
        return verdict(formula, expected, Optional.of(x));
    }

    private Check verdict(Tex formula, Tensor expected, Optional<Tensor> slopeIn) {
        if (Arrays.stream(expected.toDoubleArray()).anyMatch(v -> !Double.isFinite(v))) {
            return new Check.Open("its value is not finite");
        }
        if (formula.text().length() > LONGEST) {
            return new Check.Open("a formula of " + formula.text().length() + " characters is not read back");
        }
        var used = used(formula.text());
        long read = used.values().stream().mapToLong(value -> value instanceof NdArray array ? array.data().length : 0).sum();
        if (expected.size() == 0) {
            return new Check.Holds(0, Double.NaN);
        }
        long cost = formula.text().contains("\\sum") || formula.text().contains("[") ? read * expected.size()
                : read * Arrays.stream(expected.shape().dims()).max().orElse(1);
        var sampled = slopeIn.filter(x -> slopes++ % every == 0);
        if (cost > LARGEST) {
            var some = read * SAMPLES > LARGEST ? Map.<Map<String, Integer>, Double>of() : some(formula, expected);
            return some.isEmpty() ? new Check.Open("too large to be evaluated") : compared(sampled(formula, some), sampled);
        }
        var whole = judged(formula.text(), used, expected, sampled, 0);
        for (int axes = 1; axes <= expected.rank() && !(whole instanceof Check.Holds); axes++) {
            if (judged(formula.text(), used, expected, sampled, axes) instanceof Check.Holds each) {
                return each;
            }
        }
        return whole;
    }

    /** Some numbers of a tensor, half of them not 0, by the values that the indices of a formula for one of them have there. */
    private static Map<Map<String, Integer>, Double> some(Tex formula, Tensor expected) {
        var indices = FreeIndices.of(formula);
        if (indices.length() != expected.rank()) {   // axes of one element have none
            var letters = indices.chars().iterator();
            indices = Arrays.stream(expected.shape().dims())
                    .mapToObj(n -> n == 1 ? "1" : letters.hasNext() ? Character.toString(letters.next()) : "")
                    .collect(Collectors.joining());
            if (letters.hasNext()) {
                return Map.of();
            }
        }
        if (indices.length() != expected.rank() || !FreeIndices.hasEntries(formula)) {
            return Map.of();
        }
        var values = expected.toDoubleArray();
        var others = IntStream.range(0, values.length).filter(i -> values[i] != 0).toArray();
        var random = new Random(1);
        var some = new LinkedHashMap<Map<String, Integer>, Double>();
        for (int i = 0; i < SAMPLES; i++) {
            int number = i % 2 == 0 && others.length > 0 ? others[random.nextInt(others.length)] : random.nextInt(values.length);
            var at = new HashMap<String, Integer>();
            position(expected.shape(), number, indices, 0, at);
            some.put(at, values[number]);
        }
        return some;
    }

    /** The values that indices, 1 where an axis has none, have at a tensor's element of this number; they count from origin. */
    static void position(Shape shape, int number, String indices, int origin, Map<String, Integer> at) {
        int rest = number;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            if (indices.charAt(axis) != '1') {
                at.put(indices.substring(axis, axis + 1), rest % shape.dim(axis) + origin);
            }
            rest /= shape.dim(axis);
        }
    }

    /** Of a formula for one number, at some of all: the values of its indices, with what it is to give there. */
    Check sampled(Tex formula, Map<Map<String, Integer>, Double> expected) {
        var used = used(formula.text());
        double largest = Math.max(floor(used), expected.values().stream().mapToDouble(Math::abs).max().orElse(0));
        double error = 0;
        for (var sample : expected.entrySet()) {
            var values = new HashMap<>(used);
            sample.getKey().forEach((index, position) -> values.put(index, NdArray.scalar(position)));
            try {
                error = Math.max(error, Math.abs(Evaluator.evaluate(formula.text(), values).item() - sample.getValue()) / largest);
            } catch (FormulaException e) {
                return new Check.Open(e.getMessage().lines().findFirst().orElse(""));
            }
        }
        return error <= Check.COMPUTED ? new Check.Holds(error, Double.NaN, expected.size()) : new Check.Fails(error, Double.NaN);
    }

    /** The names that a formula may speak of: reading thousands of others takes longer than the formula. */
    private Map<String, Value> used(String formula) {
        var used = new HashMap<String, Value>();
        for (int length : lengths) {
            for (int at = 0; at + length <= formula.length(); at++) {
                var name = formula.substring(at, at + length);
                if (values.containsKey(name)) {
                    used.put(name, values.get(name));
                }
            }
        }
        return used;
    }

    private Check judged(String formula, Map<String, Value> used, Tensor expected, Optional<Tensor> slopeIn,
                         int batchAxes) {
        NdArray found;
        try {
            found = ofEach(formula, used, expected.shape().dims(), batchAxes);
        } catch (FormulaException e) {
            return new Check.Open(e.getMessage().lines().findFirst().orElse(""));
        }
        double error = error(found, expected, floor(used));
        if (!(error <= Check.COMPUTED)) {
            return new Check.Fails(error, Double.NaN);
        }
        return compared(new Check.Holds(error, Double.NaN), slopeIn);
    }

    /** What holds for autograd, compared with central differences as well where that is wanted. */
    private Check compared(Check check, Optional<Tensor> slopeIn) {
        if (!(check instanceof Check.Holds(double error, _, long numbers)) || slopeIn.isEmpty()) {
            return check;
        }
        double central = replay.centralError(slopeIn.get());
        return central > Check.CENTRAL ? new Check.Fails(error, central) : new Check.Holds(error, central, numbers);
    }

    /** A formula of each matrix: evaluated for one after the other, of everything that has such a batch of them. */
    private static NdArray ofEach(String formula, Map<String, Value> values, int[] shape, int batchAxes) {
        if (batchAxes == 0) {
            return Evaluator.evaluate(formula, values, shape);
        }
        var rest = Arrays.copyOfRange(shape, 1, shape.length);
        int size = Arrays.stream(rest).reduce(1, (a, b) -> a * b);
        var all = new double[shape[0] * size];
        for (int i = 0; i < shape[0]; i++) {
            int at = i;
            var part = new HashMap<String, Value>();
            values.forEach((name, value) -> part.put(name, value instanceof NdArray array && array.shape().length > 0
                    && array.shape()[0] == shape[0] ? slice(array, at) : value));
            var found = ofEach(formula, part, rest, batchAxes - 1).data();
            if (found.length != 1 && found.length != size) {
                return new NdArray(new int[] {found.length}, found);
            }
            for (int k = 0; k < size; k++) {
                all[i * size + k] = found[found.length == 1 ? 0 : k];
            }
        }
        return new NdArray(shape, all);
    }

    private static NdArray slice(NdArray array, int at) {
        var rest = Arrays.copyOfRange(array.shape(), 1, array.shape().length);
        int size = array.data().length / array.shape()[0];
        return new NdArray(rest, Arrays.copyOfRange(array.data(), at * size, (at + 1) * size));
    }

    /** Where terms cancel to less than this their rounding is all there is: a thousandth of the largest number that is read. */
    private double floor(Map<String, Value> read) {
        return read.keySet().stream().mapToDouble(largest::get).max().orElse(0) * 1e-3 + Double.MIN_NORMAL;
    }

    /** The largest difference as a part of the largest number; ∞ for another shape, axes of one element aside. */
    private static double error(NdArray found, Tensor expected, double floor) {
        var numbers = expected.toDoubleArray();
        boolean everywhere = found.data().length == 1;
        if (!everywhere && !Arrays.equals(squeezed(found.shape()), squeezed(expected.shape().dims()))) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < numbers.length; i++) {
            largest = Math.max(largest, Math.abs(numbers[i]));
            double d = Math.abs(numbers[i] - found.data()[everywhere ? 0 : i]);
            difference = d > difference || Double.isNaN(d) ? d : difference;
        }
        return difference == 0 ? 0 : difference / Math.max(largest, floor);
    }

    private static int[] squeezed(int... dims) {
        return Arrays.stream(dims).filter(n -> n != 1).toArray();
    }
}
