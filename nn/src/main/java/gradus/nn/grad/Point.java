package gradus.nn.grad;

import gradus.nn.DType;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** A loss at a point of its parameters, from which single elements are moved, in one precision. */
final class Point {

    /** The loss left and right of the point and on it, h apart. */
    record Slopes(double h, double left, double center, double right) {

        double central() {
            return (right - left) / (2 * h);
        }

        /** By how much the slopes to both sides differ. */
        double gap() {
            return Math.abs(right - center - (center - left)) / h;
        }

        double size() {
            return (Math.abs(right - center) + Math.abs(center - left)) / h;
        }
    }

    private final Supplier<Tensor> computation;
    private final DType dtype;
    private final Tensor[] x;
    private final double loss;

    Point(Supplier<Tensor> loss, DType dtype, List<Tensor> parameters) {
        var precision = new Precision(dtype, parameters);
        this.computation = () -> precision.interpret(() -> precision.of(loss.get()));
        this.dtype = dtype;
        this.x = parameters.stream().map(precision::of).toArray(Tensor[]::new);
        this.loss = compute();
        double again = compute();
        if (Double.compare(this.loss, again) != 0) {
            throw new IllegalStateException("gradcheck: the loss is " + this.loss + ", and " + again
                    + " when computed again\nhelp: draw random numbers before, so that each computation sees the same");
        }
    }

    private double compute() {
        var y = computation.get();
        if (y.size() != 1) {
            throw ShapeException.of("gradcheck", "is no loss", "reduce it with mean() or sum()", y.shape());
        }
        return y.item();
    }

    DType dtype() {
        return dtype;
    }

    double loss() {
        return loss;
    }

    double value(int i, int j) {
        return x[i].buffer().get(j);
    }

    /** ∂loss/∂x of each parameter, dense. */
    Tensor[] gradients() {
        var y = computation.get();
        return Arrays.stream(y.requiresGrad() ? Gradients.of(y, x) : Gradients.noGrad(() -> Arrays.stream(x)
                .map(parameter -> parameter.times(0)).toArray(Tensor[]::new))).map(Tensor::dense)
                .toArray(Tensor[]::new);
    }

    Slopes slopes(int i, int j, double h) {
        double value = value(i, j);
        try {
            return new Slopes(h, at(i, j, value - h), loss, at(i, j, value + h));
        } finally {
            x[i].buffer().set(j, value);
        }
    }

    private double at(int i, int j, double value) {
        x[i].buffer().set(j, value);
        return compute();
    }
}
