package gradus.nn.derivation.unrolled;

import gradus.nn.DType;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.grad.Gradients;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One run of a computation in float64 whose quantities have names: their values, the loss's gradients in them, and central
 * differences, for which the computation runs again with one quantity moved.
 */
final class Trace {

    /** A difference over 2 h is off by O(h²) and by the rounding of the loss over h; both are near 1e-11 here. */
    private static final double H = 1e-5;
    private static final int ALL = 16;   // so many elements are moved one by one
    private static final int SOME = 2;   // of a larger quantity so many random directions are tried

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

    Trace(Definition definition) {
        this.definition = definition;
        var loss = definition.loss((name, value) -> {
            var quantity = value.requiresGrad() ? value : Tensor.parameter(value.as(DType.FLOAT64));
            values.put(name, quantity);
            return quantity;
        });
        var all = values.values().toArray(Tensor[]::new);
        var found = Gradients.of(loss, all);
        int i = 0;
        for (var name : values.keySet()) {
            gradients.put(name, found[i++]);
        }
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

    /** The largest difference of central differences of the loss to what this gradient says; relative to it where that exceeds 1. */
    double central(String name, NdGradient gradient) {
        double worst = 0;
        for (var direction : directions(value(name).shape())) {
            var moved = direction.toDoubleArray();
            double slope = 0;
            for (int i = 0; i < moved.length; i++) {
                slope += moved[i] == 0 ? 0 : moved[i] * gradient.at(i);
            }
            double difference = (loss(name, direction.times(H)) - loss(name, direction.times(-H))) / (2 * H);
            worst = Math.max(worst, Math.abs(difference - slope) / Math.max(1, Math.abs(difference)));
        }
        return worst;
    }

    /** A claimed gradient, row by row. */
    @FunctionalInterface
    interface NdGradient {

        double at(int i);
    }

    private double loss(String name, Tensor by) {
        return Gradients.noGrad(() -> definition.loss((quantity, value) -> {
            var precise = value.as(DType.FLOAT64);
            return quantity.equals(name) ? precise.plus(by) : precise;
        })).item();
    }

    /** Each element's own, or some random ones where there are many. */
    static List<Tensor> directions(Shape shape) {
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

    /** A central difference of a function along a direction. */
    static Tensor central(Function<Tensor, Tensor> f, Tensor x, Tensor direction) {
        return Gradients.noGrad(() -> f.apply(x.plus(direction.times(H))).minus(f.apply(x.plus(direction.times(-H)))).times(0.5 / H));
    }
}
