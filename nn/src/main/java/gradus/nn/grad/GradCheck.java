package gradus.nn.grad;

import gradus.nn.DType;
import gradus.nn.Layer;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Compares gradients with central differences, element by element, in float64:
 * {@code (f(x + h) − f(x − h)) / 2h} with h = 1e-5 · max(1, |x|).
 *
 * <p>The error of an element with analytic gradient a and numeric n is |a − n| / max(|a| + |n|, 1e-3): relative, except
 * where both are so small that only rounding is left to compare. Where it is too large, differences over h/10, 10 h and
 * 100 h are tried as well: those of a large f are rounded more, those of a curved one cut off more; a wrong gradient
 * agrees with none.
 *
 * <p>Elements at a kink, ReLU at 0 or the maximum of two equal numbers, have no gradient; they are skipped and counted.
 * At a point without a kink the slopes to both sides differ by |f''| h, four times less over h/4; at a kink they do
 * not.
 */
public final class GradCheck {

    /** How many elements of each parameter are compared unless all are asked for. */
    public static final int SAMPLES = 64;

    private static final double STEP = 1e-5;
    private static final double FLOOR = 1e-3;
    private static final double KINK = 1e-2;
    private static final int VALLEY_ELEMENTS = 6;

    /** The gradient in one element of one input. */
    public record Element(int input, int index, double analytic, double numeric, double error) {
    }

    /**
     * One parameter or input.
     *
     * @param elements those that were compared: all, or as many as asked for, drawn with a fixed seed
     * @param kinks    how many were skipped
     */
    public record Part(String name, Shape shape, List<Element> elements, int kinks) {

        /** The element with the largest error. */
        public Optional<Element> worst() {
            return elements.stream().max(Comparator.comparingDouble(Element::error));
        }

        /** Where an element lies: {@code [1, 2]} is the one that {@code at(1, 2)} gives. */
        public String place(Element element) {
            var strides = shape.strides();
            return Arrays.toString(IntStream.range(0, strides.length)
                    .map(axis -> element.index / strides[axis] % shape.dim(axis)).toArray());
        }
    }

    /**
     * How the error of central differences depends on their step: Σ over {@link #elements} elements of (a − n)² by Σ
     * a², the root of it. It falls like h² until f's rounding divided by h is larger.
     *
     * @param dtype  in which the differences are computed; what they are compared with is float64
     * @param h      steps from 1e-1 to 1e-15
     * @param errors one for each step
     */
    public record Valley(DType dtype, int elements, List<Double> h, List<Double> errors) {

        /** The step with the smallest error. */
        public double best() {
            return h.get(IntStream.range(0, h.size()).boxed().filter(i -> errors.get(i) >= 0)
                    .min(Comparator.comparingDouble(errors::get)).orElse(0));
        }

        /** The smallest error, NaN if there is none. */
        public double smallest() {
            return errors.stream().filter(e -> e >= 0).min(Comparator.naturalOrder()).orElse(Double.NaN);
        }
    }

    /**
     * What came out.
     *
     * @param tolerance the largest error that passes
     * @param parts     each parameter or input that was checked
     * @param valleys   the error over the step, in float64 and float32; none where it was not asked for or all
     *                  gradients are 0
     */
    public record Report(double tolerance, List<Part> parts, List<Valley> valleys) {

        /** Whether every error is at most {@link #tolerance}. */
        public boolean passed() {
            return elements().stream().allMatch(element -> element.error <= tolerance);
        }

        /** The largest error. */
        public double worst() {
            return elements().stream().mapToDouble(Element::error).max().orElse(0);
        }

        /** All elements that were compared. */
        public List<Element> elements() {
            return parts.stream().flatMap(part -> part.elements.stream()).toList();
        }

        /** How many elements there are, compared or not. */
        public long size() {
            return parts.stream().mapToLong(part -> part.shape.size()).sum();
        }

        /** How many were skipped. */
        public int kinks() {
            return parts.stream().mapToInt(Part::kinks).sum();
        }

        @Override
        public String toString() {
            return ReportText.of(this);
        }
    }

    private GradCheck() {
    }

    /**
     * Checks the gradients of {@code f}, any function of tensors, at these inputs, of which int32 ones are indices and
     * stay; of a result with several elements, the sum with fixed weights is differentiated.
     */
    public static Report check(Function<Tensor[], Tensor> f, Tensor... inputs) {
        return check(1e-6, f, inputs);
    }

    /** The same with a tolerance of one's own. */
    public static Report check(double tolerance, Function<Tensor[], Tensor> f, Tensor... inputs) {
        return check(tolerance, false, f, inputs);
    }

    /** The same, with the error over the step if that is wanted. */
    public static Report check(double tolerance, boolean valley, Function<Tensor[], Tensor> f, Tensor... inputs) {
        var x = Arrays.stream(inputs).map(in -> in.dtype() == DType.INT32 ? in : Tensor.parameter(in))
                .toArray(Tensor[]::new);
        var named = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < x.length; i++) {
            named.put("input " + i + (x[i].name().isEmpty() ? "" : ", " + x[i].name()), x[i]);
        }
        return check(tolerance, Integer.MAX_VALUE, valley, () -> weighted(f.apply(x)), named);
    }

    /**
     * Checks the gradients of a loss in parameters: {@code check(() -> loss.of(net.apply(x), y), net)}. Everything is
     * computed in float64, whatever the parameters are; they keep their numbers.
     */
    public static Report check(Supplier<Tensor> loss, Layer net) {
        return check(1e-6, SAMPLES, true, loss, net.namedParameters());
    }

    /** The same for these parameters; without any, for all that the loss depends on. */
    public static Report check(Supplier<Tensor> loss, Tensor... parameters) {
        var named = new LinkedHashMap<String, Tensor>();
        for (var parameter : parameters.length == 0 ? Gradients.leaves(loss.get()) : List.of(parameters)) {
            var name = parameter.name().isEmpty() ? "parameter " + named.size() : parameter.name();
            named.put(named.containsKey(name) ? name + " (" + named.size() + ")" : name, parameter);
        }
        return check(1e-6, SAMPLES, true, loss, named);
    }

    /**
     * The same with all that may be chosen.
     *
     * @param tolerance the largest error that passes
     * @param samples   how many elements of each parameter are compared at most
     * @param valley    whether the error over the step is measured too
     * @param loss      gives a tensor of one element, the same each time
     * @throws IllegalStateException when the loss is not the same twice
     */
    public static Report check(double tolerance, int samples, boolean valley, Supplier<Tensor> loss,
            Map<String, Tensor> named) {
        if (named.isEmpty() || samples < 1) {
            throw new IllegalArgumentException("gradcheck: " + named.size() + " parameters, " + samples
                    + " elements of each\nhelp: there is at least one of both; gradcheck(() -> loss.of(net.apply(x), y), net)");
        }
        var parameters = List.copyOf(named.values());
        var point = new Point(loss, DType.FLOAT64, parameters);
        var analytic = point.gradients();
        var parts = new ArrayList<Part>();
        for (var name : named.keySet()) {
            int i = parts.size();
            var elements = new ArrayList<Element>();
            int kinks = 0;
            for (int j : sampled(parameters.get(i).dtype() == DType.INT32 ? 0 : parameters.get(i).size(), samples)) {
                var element = compare(tolerance, point, i, j, analytic[i].buffer().get(j));
                element.ifPresent(elements::add);
                kinks += element.isPresent() ? 0 : 1;
            }
            parts.add(new Part(name, parameters.get(i).shape(), List.copyOf(elements), kinks));
        }
        var report = new Report(tolerance, List.copyOf(parts), List.of());
        // then no error is relative
        boolean flat = report.elements().stream().allMatch(element -> element.analytic == 0);
        return valley && !flat ? new Report(tolerance, report.parts, List.of(valley(point, report),
                valley(new Point(loss, DType.FLOAT32, parameters), report))) : report;
    }

    /** So many of n indices, ascending. */
    private static int[] sampled(int n, int samples) {
        return n <= samples ? IntStream.range(0, n).toArray()
                : RandomGeneratorFactory.of("SplittableRandom").create(n).ints(0, n).distinct().limit(samples).sorted()
                .toArray();
    }

    /** Analytic against numeric; nothing at a kink. */
    private static Optional<Element> compare(double tolerance, Point point, int i, int j, double analytic) {
        double h = STEP * Math.max(1, Math.abs(point.value(i, j)));
        var near = point.slopes(i, j, h);
        var element = element(i, j, analytic, near);
        boolean bent = near.gap() > KINK * Math.max(1, near.size());
        if (!bent && element.error <= tolerance) {
            return Optional.of(element);
        }
        double rounding = 1024 * Math.ulp(point.loss()) / h;
        if (near.gap() > Math.max(rounding, 1e-5 * near.size())) {
            double nearer = point.slopes(i, j, h / 4).gap() / near.gap();
            if (nearer < 1 / 8.0 || nearer > 1 / 2.0) {
                return Optional.empty();
            }
        }
        return DoubleStream.of(0.1, 1, 10, 100).mapToObj(times ->
                element(i, j, analytic, point.slopes(i, j, times * h))).min(Comparator.comparingDouble(Element::error));
    }

    private static Element element(int i, int j, double a, Point.Slopes slopes) {
        double n = slopes.central();
        double error = Math.abs(a - n) / Math.max(Math.abs(a) + Math.abs(n), FLOOR);
        return new Element(i, j, a, n, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
    }

    /** Of the parameters with the largest gradients, one element each. */
    private static Valley valley(Point point, Report report) {
        var chosen = report.parts.stream()
                .flatMap(part -> part.elements.stream()
                        .max(Comparator.comparingDouble(e -> Math.abs(e.analytic))).stream())
                .sorted(Comparator.comparingDouble(e -> -Math.abs(e.analytic))).limit(VALLEY_ELEMENTS).toList();
        var steps = IntStream.rangeClosed(2, 30).mapToObj(k -> Math.pow(10, -k / 2.0)).toList();
        double size = Math.sqrt(chosen.stream().mapToDouble(e -> e.analytic * e.analytic).sum());
        return new Valley(point.dtype(), chosen.size(), steps, steps.stream().map(h -> Math.sqrt(chosen.stream()
                .mapToDouble(e -> Math.pow(e.analytic - point.slopes(e.input, e.index, h).central(), 2)).sum()) / size)
                .toList());
    }

    /** Checks the gradients of the gradients of {@code f}: that its vector–Jacobian products are differentiable. */
    public static Report checkTwice(double tolerance, Function<Tensor[], Tensor> f, Tensor... inputs) {
        return check(tolerance, x -> {
            var gradients = Gradients.withGraph(weighted(f.apply(x)),
                    Arrays.stream(x).filter(Tensor::requiresGrad).toArray(Tensor[]::new));
            return Arrays.stream(gradients).map(GradCheck::weighted).reduce(Tensor::plus).orElseThrow();
        }, inputs);
    }

    /** Weights that differ, so that an error in one element cannot cancel one in another. */
    private static Tensor weighted(Tensor y) {
        var weights = new double[y.size()];
        Arrays.setAll(weights, i -> 1 + 0.5 * StrictMath.sin(1.7 * i));
        return y.times(Tensor.of(y.shape(), weights)).sum();
    }
}
