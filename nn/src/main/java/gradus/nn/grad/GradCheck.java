package gradus.nn.grad;

import gradus.nn.DType;
import gradus.nn.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Compares gradients with central differences, element by element, in float64:
 * {@code (f(x + h) − f(x − h)) / 2h} with h = 1e-6 · max(1, |x|).
 *
 * <p>The error of an element with analytic gradient a and numeric n is |a − n| / max(|a| + |n|, 1e-3): relative, except
 * where both are so small that only rounding is left to compare. Elements at a kink, where the differences to both
 * sides disagree, are skipped and counted.
 */
public final class GradCheck {

    private static final double STEP = 1e-6;
    private static final double FLOOR = 1e-3;
    private static final double KINK = 1e-2;

    /** The gradient in one element of one input. */
    public record Element(int input, int index, double analytic, double numeric, double error) {
    }

    /**
     * What came out.
     *
     * @param passed    whether every error is at most {@code tolerance}
     * @param worst     the largest error
     * @param elements  all elements that were compared
     * @param kinks     how many were skipped
     */
    public record Report(boolean passed, double worst, double tolerance, List<Element> elements, int kinks) {

        @Override
        public String toString() {
            var at = elements.stream().max(Comparator.comparingDouble(Element::error));
            return String.format(Locale.ROOT, "gradient check %s: %d elements, worst error %.1e (tolerance %.0e)%s%s",
                    passed ? "passed" : "FAILED", elements.size(), worst, tolerance,
                    at.map(e -> String.format(Locale.ROOT, " at input %d, element %d: analytic %.10g, numeric %.10g",
                            e.input, e.index, e.analytic, e.numeric)).orElse(""),
                    kinks == 0 ? "" : ", " + kinks + " kinks skipped");
        }
    }

    private GradCheck() {
    }

    /**
     * Checks the gradients of {@code f}, any function of tensors, at these inputs, of which int32 ones are indices and stay; of a result with several elements,
     * the sum with fixed weights is differentiated.
     */
    public static Report check(Function<Tensor[], Tensor> f, Tensor... inputs) {
        return check(1e-6, f, inputs);
    }

    /** The same with a tolerance of one's own. */
    public static Report check(double tolerance, Function<Tensor[], Tensor> f, Tensor... inputs) {
        var x = Arrays.stream(inputs).map(in -> in.dtype() == DType.INT32 ? in
                : Tensor.parameter(in.as(DType.FLOAT64))).toArray(Tensor[]::new);
        var loss = weighted(f.apply(x));
        var analytic = loss.requiresGrad() ? Gradients.of(loss, x)
                : Arrays.stream(x).map(in -> in.detach().times(0)).toArray(Tensor[]::new);
        double center = loss.item();
        var elements = new ArrayList<Element>();
        int kinks = 0;
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; x[i].requiresGrad() && j < x[i].size(); j++) {
                double value = x[i].buffer().get(j);
                double h = STEP * Math.max(1, Math.abs(value));
                double right = at(f, x, i, j, value + h);
                double left = at(f, x, i, j, value - h);
                x[i].buffer().set(j, value);
                double forward = (right - center) / h;
                double backward = (center - left) / h;
                if (Math.abs(forward - backward) > KINK * Math.max(1, Math.abs(forward) + Math.abs(backward))) {
                    kinks++;
                    continue;
                }
                double a = analytic[i].dense().buffer().get(j);
                double n = (right - left) / (2 * h);
                elements.add(new Element(i, j, a, n, Math.abs(a - n) / Math.max(Math.abs(a) + Math.abs(n), FLOOR)));
            }
        }
        double worst = elements.stream().mapToDouble(Element::error).max().orElse(0);
        return new Report(worst <= tolerance, worst, tolerance, List.copyOf(elements), kinks);
    }

    /** Checks the gradients of the gradients of {@code f}: that its vector–Jacobian products are differentiable. */
    public static Report checkTwice(double tolerance, Function<Tensor[], Tensor> f, Tensor... inputs) {
        return check(tolerance, x -> {
            var gradients = Gradients.withGraph(weighted(f.apply(x)),
                    Arrays.stream(x).filter(Tensor::requiresGrad).toArray(Tensor[]::new));
            return Arrays.stream(gradients).map(GradCheck::weighted).reduce(Tensor::plus).orElseThrow();
        }, inputs);
    }

    private static double at(Function<Tensor[], Tensor> f, Tensor[] x, int input, int index, double value) {
        x[input].buffer().set(index, value);
        return weighted(f.apply(x)).item();
    }

    /** Weights that differ, so that an error in one element cannot cancel one in another. */
    private static Tensor weighted(Tensor y) {
        var weights = new double[y.size()];
        Arrays.setAll(weights, i -> 1 + 0.5 * StrictMath.sin(1.7 * i));
        return y.times(Tensor.of(y.shape(), weights)).sum();
    }
}
