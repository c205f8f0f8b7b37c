package gradus.nn.explanation;

import gradus.nn.DType;
import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Check;
import gradus.nn.derivation.Replay;
import gradus.nn.explanation.Explanation.Line;
import gradus.nn.explanation.Formulas.Given;
import gradus.nn.explanation.Formulas.Item;
import gradus.nn.tex.Evaluator;
import gradus.nn.tex.FormulaException;
import gradus.nn.tex.NdArray;
import gradus.nn.tex.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Evaluates formulas one after the other and compares each with what is computed, its gradients and central
 * differences.
 */
final class Proof {

    /** At most so many elements of a result with indices are evaluated. */
    private static final int ELEMENTS = 64;
    /**
     * So many numbers are read by them, of large results 8 are evaluated still: 64 channels' convolution then takes
     * 0.5 s.
     */
    private static final int READ = 200_000;
    /** What is no gradient of a loss whose δ is about 1. */
    private static final double NOTHING = 1e-3;
    /** Initial numbers are drawn until there are so many, or so many times. */
    private static final int DRAWN = 4000;
    private static final int TIMES = 40;

    private final Map<String, Value> names = new HashMap<>();
    private final Map<String, Given> given = new HashMap<>();
    private final List<Line> lines = new ArrayList<>();
    private final Optional<Layer> layer;
    private Optional<Replay> replay = Optional.empty();
    private boolean hasResult;

    private Proof(Optional<Layer> layer) {
        this.layer = layer;
    }

    /** The lines of formulas; the layer's parameters are drawn anew at the end, so it is to be a copy. */
    static List<Line> lines(Formulas formulas, Optional<Layer> layer) {
        var proof = new Proof(layer);
        formulas.items().forEach(proof::take);
        return proof.lines;
    }

    private void take(Item item) {
        switch (item) {
            case Given g -> {
                names.put(g.name(), Numbers.array(g.tensor(), g.as()));
                given.put(g.name(), g);
            }
            case Formulas.Setting(var name, var value) -> names.put(name, NdArray.scalar(value));
            case Formulas.Function(var name, var of) -> names.put(name, (Value.Function) (parameters, in) ->
                    Numbers.array(of.apply(Arrays.stream(in).map(Numbers::tensor).toArray(Tensor[]::new))));
            case Formulas.Where where -> define(where);
            case Formulas.Result result -> result(result);
            case Formulas.Gradient gradient -> gradient(gradient);
            case Formulas.Initial initial -> initial(initial);
            case Formulas.Recurrence _, Formulas.Convention _, Formulas.Part _ -> { }
        }
    }

    private void define(Formulas.Where where) {
        try {
            var value = where.sizes().rank() == 0 ? Evaluator.evaluate(where.right(), names)
                    : entries(where.right(), where.left().replaceAll(".*\\[|]", "").split(", "), where.sizes().dims());
            names.put(where.name(), value);
            line(where.left(), "=", where.right(), where.says(), Optional.of(new Shape(value.shape())),
                    Optional.empty());
        } catch (FormulaException e) {
            line(where.left(), "=", where.right(), where.says(), Optional.empty(), Optional.of(open(e)));
        }
    }

    private void result(Formulas.Result result) {
        var y = result.computed().get();
        if (!hasResult && y.requiresGrad()) {
            var delta = Tensor.normal(new Seed(1).stream("explain"), 0, 1, y.shape().dims()).as(DType.FLOAT64);
            if (y.rank() > 0) {
                names.put("\\delta", Numbers.array(delta));
            }
            replay = Optional.of(Replay.of(y.rank() > 0 ? y.times(delta).sum() : y));
            y = replay.get().value(y);
        }
        hasResult = true;
        names.put(result.name(), Numbers.array(y));
        check(result.name() + bracketed(result.indices()), result.indices(), result.right(), result.says(), y.detach(),
                Optional.empty()).ifPresent(found -> names.put(result.name(), found));
    }

    private void gradient(Formulas.Gradient gradient) {
        var left = "\\frac{\\partial L}{\\partial " + gradient.name() + bracketed(gradient.indices()) + "}";
        var of = given.get(gradient.name()).tensor();
        check(left, gradient.indices(), gradient.right(), "", replay.orElseThrow().gradient(of), Optional.of(of));
    }

    private static String bracketed(String indices) {
        return indices.isEmpty() ? "" : "[" + indices + "]";
    }

    /** Compares a formula with what it should give and, if that is a gradient, with central differences; its value. */
    private Optional<NdArray> check(String left, String indices, String right, String says, Tensor expected,
            Optional<Tensor> derivedBy) {
        var remark = says;
        var value = Optional.<NdArray>empty();
        Check check;
        if (Arrays.stream(expected.toDoubleArray()).anyMatch(v -> !Double.isFinite(v))) {
            check = new Check.Open("its value is not finite");
        } else {
            try {
                var wanted = Numbers.array(expected);
                var picked = indices.isEmpty() ? new int[0] : picked(expected.size(), right);
                var found = indices.isEmpty() ? Evaluator.evaluate(right, names, wanted.shape())
                        : entries(right, indices.split(", "), wanted, picked);
                if (!indices.isEmpty() && picked.length < expected.size()) {
                    remark = (says.isEmpty() ? "" : says + "; ") + picked.length + " of " + expected.size()
                            + " elements";
                }
                var difference = new Numbers.Difference(derivedBy.isEmpty() ? 0 : NOTHING);
                difference.add(found, wanted);
                boolean isNothing = Arrays.stream(found.data()).allMatch(v -> v == 0);   // differences only round
                double central = derivedBy.isEmpty() || isNothing || !Double.isFinite(difference.error()) ? Double.NaN
                        : replay.orElseThrow().centralError(derivedBy.get());
                check = difference.check(central);
                value = Optional.of(found);
            } catch (FormulaException e) {
                check = open(e);
            }
        }
        line(left, "=", right, remark, Optional.of(expected.shape()), Optional.of(check));
        return value;
    }

    /** Elements from the first to the last, as many as this formula allows. */
    private int[] picked(int size, String formula) {
        int read = names.entrySet().stream().filter(e -> formula.contains(e.getKey() + "[")).mapToInt(e ->
                e.getValue() instanceof NdArray x ? x.data().length : 0).sum();
        int most = Math.clamp(READ / Math.max(1, read), 8, ELEMENTS);
        return size <= most ? IntStream.range(0, size).toArray()
                : IntStream.range(0, most).map(k -> (int) ((long) k * (size - 1) / (most - 1))).toArray();
    }

    /** What is wanted, with the formula's values at the places that were picked. */
    private NdArray entries(String right, String[] indices, NdArray wanted, int... picked) {
        var data = wanted.data().clone();
        var scope = new HashMap<>(names);
        for (int at : picked) {
            int rest = at;
            for (int axis = indices.length - 1; axis >= 0; axis--) {
                scope.put(indices[axis], NdArray.scalar(rest % wanted.shape()[axis]));
                rest /= wanted.shape()[axis];
            }
            data[at] = Evaluator.evaluate(right, scope).item();
        }
        return new NdArray(wanted.shape(), data);
    }

    /** All values of a formula whose indices, from 0, have these sizes. */
    private NdArray entries(String right, String[] indices, int... sizes) {
        var nothing = new NdArray(sizes, new double[new Shape(sizes).size()]);
        return entries(right, indices, nothing, IntStream.range(0, nothing.data().length).toArray());
    }

    private void initial(Formulas.Initial initial) {
        var parameter = given.get(initial.name()).tensor();
        double size = Evaluator.evaluate(initial.formula(), names).item();
        double squares = 0;
        double largest = 0;
        var difference = new Numbers.Difference();
        int n = 0;
        for (int seed = 0; n < DRAWN && seed < TIMES; seed++) {
            layer.orElseThrow().reset(new Seed(seed));
            for (double v : parameter.toDoubleArray()) {
                squares += v * v;
                largest = Math.max(largest, Math.abs(v));
                difference.add(v, size);
                n++;
            }
        }
        if (initial.law() == Formulas.Law.EQUAL) {
            line(initial.name(), "=", initial.formula(), "at first", Optional.empty(),
                    Optional.of(difference.check(Double.NaN)));
            return;
        }
        boolean uniform = initial.law() == Formulas.Law.UNIFORM;
        double variance = uniform ? size * size / 3 : size * size;
        double spread = Math.sqrt((uniform ? 0.8 : 2) / n);   // of the mean square, relative: from the fourth moment
        boolean fits = Math.abs(squares / n / variance - 1) < 5 * spread && !(uniform && largest > size * (1 + 1e-6));
        line(initial.name(), "\\sim", uniform ? "\\mathcal{U}\\left(-a, a\\right), \\quad a = " + initial.formula()
                : "\\mathcal{N}\\left(0, s^{2}\\right), \\quad s = " + initial.formula(), "at first; variance of " + n
                        + " drawn: "
                + String.format(java.util.Locale.ROOT, "%.3f", squares / n / variance) + " of that", Optional.empty(),
                Optional.of(fits ? new Check.Holds(0, Double.NaN) : new Check.Fails(squares / n / variance - 1,
                        Double.NaN)));
    }

    private static Check open(FormulaException e) {
        return new Check.Open(e.getMessage().lines().findFirst().orElse(""));
    }

    private void line(String left, String relation, String right, String says, Optional<Shape> shape,
            Optional<Check> check) {
        lines.add(new Line(left, relation, right, says, shape, check));
    }
}
