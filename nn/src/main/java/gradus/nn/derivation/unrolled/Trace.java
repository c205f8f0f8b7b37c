package gradus.nn.derivation.unrolled;

import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Check;
import gradus.nn.grad.Gradients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One run of a computation in float64 whose quantities have names: their values, the loss's gradients in them, and
 * central
 * differences, for which the computation runs again with one quantity moved.
 */
final class Trace {

    /** Two points mostly do; four are off by O(h⁴) only, where a gradient is small; the small step is for kinks
     * nearby. */
    private static final double[] STEPS = {1e-4, 1e-3, 1e-6};
    private static final double FOUR_POINTS = 1e-3;   // from this step on
    /** Below, and below this part of the loss, rounding of the loss is more than 1e-7 of a gradient. */
    private static final double SMALLEST = 1e-5;
    private static final double LOSS = 1e-4;
    private static final int ALL = 8;   // so many elements are moved one by one
    private static final long LARGE = 50_000;   // numbers: from here on a run takes 10 ms
    private static final int SOME = 1;   // of a larger quantity so many random directions are tried
    /** Numbers that all differences may compute: about half a second. A gradient takes {@code RUNS} runs, or few more. */
    private static final long NUMBERS = 25_000_000;
    private static final int RUNS = 6;
    private static final int GRADIENTS = 30;   // that lines mostly ask for

    /** A computation that says what its quantities are called. */
    @FunctionalInterface
    interface Definition {

        /** The loss, a scalar. Each quantity goes on as what {@code marks} returns for it. */
        Tensor loss(Marks marks);
    }

    /** Takes notice of a quantity. */
    @FunctionalInterface
    interface Marks {

        Tensor mark(String name, Tensor value);
    }

    private final Definition definition;
    private final Map<String, Tensor> values = new LinkedHashMap<>();
    private final Map<String, Tensor> gradients = new LinkedHashMap<>();
    private final double loss;
    private final long numbers;
    private long asked;

    Trace(Definition definition) {
        this.definition = definition;
        var loss = definition.loss((name, value) -> {
            var quantity = value.requiresGrad() ? value : Tensor.parameter(value);
            values.put(name, quantity);
            return quantity;
        });
        var all = values.values().toArray(Tensor[]::new);
        var found = Gradients.of(loss, all);
        int i = 0;
        for (var name : values.keySet()) {
            gradients.put(name, found[i++]);
        }
        this.loss = Math.abs(loss.item());
        numbers = values.values().stream().mapToLong(Tensor::size).sum();
    }

    /** Whether it computes so much that few of its quantities can be moved. */
    boolean isLarge() {
        return numbers > LARGE;
    }

    Map<String, Tensor> values() {
        return values;
    }

    Tensor value(String name) {
        return values.get(name);
    }

    /** The gradient of the loss, by autograd. */
    Tensor gradient(String name) {
        return gradients.get(name);
    }

    /**
     * The largest difference between what a gradient says of the loss's slope and central differences, as a part of the
     * gradient's largest number. NaN for some of the gradients where the computation is so large that not all can be moved.
     */
    double central(String name, double[] gradient) {
        if (asked++ % (1 + numbers * RUNS * GRADIENTS / NUMBERS) != 0) {
            return Double.NaN;
        }
        double largest = Math.max(Arrays.stream(gradient).map(Math::abs).max().orElse(0), Math.max(SMALLEST, LOSS * loss));
        double worst = 0;
        for (var direction : directions(value(name).shape())) {
            var v = direction.toDoubleArray();
            double slope = IntStream.range(0, v.length).mapToDouble(i -> v[i] == 0 ? 0 : v[i] * gradient[i]).sum();
            double error = Double.POSITIVE_INFINITY;
            for (int k = 0; k < STEPS.length && !(error <= Check.CENTRAL); k++) {
                error = Math.min(error, Math.abs(difference(name, direction, STEPS[k]) - slope) / largest);
            }
            worst = Math.max(worst, error);
        }
        return worst;
    }

    private double difference(String name, Tensor direction, double h) {
        double near = (loss(name, direction.times(h)) - loss(name, direction.times(-h))) / (2 * h);
        if (h < FOUR_POINTS) {
            return near;
        }
        double far = (loss(name, direction.times(2 * h)) - loss(name, direction.times(-2 * h))) / (4 * h);
        return (4 * near - far) / 3;
    }

    private double loss(String name, Tensor by) {
        return Gradients.noGrad(() -> definition.loss((quantity, value) -> quantity.equals(name) ? value.plus(by)
                : value)).item();
    }

    /** Each element's own, or some random ones where there are many. */
    private static List<Tensor> directions(Shape shape) {
        int n = shape.size();
        var directions = new ArrayList<Tensor>();
        var random = new Seed(n).stream("directions");
        for (int k = 0; k < (n <= ALL ? n : SOME); k++) {
            var v = new double[n];
            for (int i = 0; i < n; i++) {
                v[i] = n > ALL ? 2 * random.uniform() - 1 : i == k ? 1 : 0;
            }
            directions.add(Tensor.of(shape, v));
        }
        return directions;
    }
}
