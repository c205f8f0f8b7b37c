package gradus.nn.op;

import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/** Inputs for testing operations: fixed random numbers in float64, and the shapes that tend to go wrong. */
final class Samples {

    private Samples() {
    }

    /** Normal numbers. */
    static Tensor normal(int... dims) {
        var numbers = new Seed(dims.length).stream("samples" + new Shape(dims));
        var values = new double[new Shape(dims).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = numbers.normal();
        }
        return Tensor.of(new Shape(dims), values);
    }

    /** Numbers of size 0.3 to 2, of both signs: away from the kink that many functions have at 0. */
    static Tensor awayFromZero(int... dims) {
        var values = normal(dims).toDoubleArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.copySign(0.3 + 1.7 * Math.abs(Math.tanh(values[i])), values[i]);
        }
        return Tensor.of(new Shape(dims), values);
    }

    /** A scalar, a vector longer than any register, a matrix, a transposed view, nothing. */
    static List<Tensor[]> pointwise() {
        return List.of(of(awayFromZero()), of(awayFromZero(37)), of(awayFromZero(3, 5)), of(awayFromZero(4, 3).t()),
                of(awayFromZero(0, 3)));
    }

    private static List<Tensor[]> pointwise(UnaryOperator<Tensor> f) {
        return pointwise().stream().map(in -> of(f.apply(in[0]))).toList();
    }

    /** The same, all positive. */
    static List<Tensor[]> positive() {
        return pointwise(Tensor::abs);
    }

    /** The same, all between 1.3 and 3. */
    static List<Tensor[]> aboveOne() {
        return pointwise(x -> x.abs().plus(1));
    }

    /** The same, all of a size below this. */
    static List<Tensor[]> below(double limit) {
        return pointwise(x -> x.times(limit / 2));
    }

    /** The same, of sizes up to 4. */
    static List<Tensor[]> wide() {
        return pointwise(x -> x.times(2));
    }

    /** Pairs that broadcast in every way. */
    static List<Tensor[]> pairs() {
        return List.of(of(awayFromZero(3, 5), normal(3, 5).exp()), of(awayFromZero(3, 5), normal(5).exp()),
                of(normal(5), normal(3, 5).exp()), of(normal(3, 1), normal(1, 4).exp()), of(normal(3, 5), normal(3, 1).exp()),
                of(normal(), normal(2, 3).exp()), of(normal(2, 3), normal().exp()), of(normal(2, 1, 3), normal(4, 1).exp()),
                of(normal(4, 3).t(), normal(3, 4).exp()), of(normal(0, 3), normal(3).exp()));
    }

    /** The same with a positive first and an arbitrary second. */
    static List<Tensor[]> bases() {
        return pairs().stream().map(pair -> of(pair[0].sigmoid().plus(0.5), pair[1].log())).toList();
    }

    static Tensor[] of(Tensor... inputs) {
        return inputs;
    }
}
