package gradus.nn;

import static gradus.nn.Nn.adam;
import static gradus.nn.Nn.sgd;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gradus.nn.loss.Loss;
import gradus.nn.optim.Momentum;
import gradus.nn.optim.Optimizer;
import gradus.nn.optim.ReduceOnPlateau;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Results and gradients equal PyTorch's, as golden.py has written them down: in float64 to 1e-12 of the largest value, in
 * float32 to 2e-6 of it, some thirty roundings of 2⁻²⁴.
 */
class GoldenTest {

    private static final Map<String, Tensor> GOLDEN = read("pytorch.txt", "linalg.txt");

    private static Map<String, Tensor> read(String... names) {
        return Arrays.stream(names).flatMap(GoldenTest::lines).filter(line -> !line.startsWith("#"))
                .map(line -> line.split(";", -1))
                .collect(Collectors.toMap(fields -> fields[0], fields -> Tensor.of(
                        new Shape(words(fields[1]).mapToInt(Integer::parseInt).toArray()),
                        words(fields[2]).mapToDouble(Double::parseDouble).toArray())));
    }

    private static Stream<String> lines(String name) {
        try (var file = GoldenTest.class.getResourceAsStream("/golden/" + name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Stream<String> words(String text) {
        return text.isEmpty() ? Stream.empty() : Arrays.stream(text.split(" "));
    }

    private static void close(String name, Tensor actual) {
        var expected = GOLDEN.get(name);
        assertEquals(expected.shape(), actual.shape(), name);
        double largest = Math.max(1e-3, expected.abs().max().item());
        assertArrayEquals(expected.toDoubleArray(), actual.toDoubleArray(),
                largest * (actual.dtype() == DType.FLOAT64 ? 1e-12 : 2e-6), name);
    }

    /** Checks the loss of these inputs and its gradient in each of them. */
    static void check(String test, DType dtype, Function<Function<String, Tensor>, Tensor> loss, String... inputs) {
        var leaves = Arrays.stream(inputs).collect(Collectors.toMap(name -> name,
                name -> Tensor.parameter(GOLDEN.get(test + "." + name).as(dtype))));
        var value = loss.apply(name -> leaves.containsKey(name) ? leaves.get(name) : GOLDEN.get(test + "." + name).as(dtype));
        close(test + ".loss", value);
        value.backward();
        leaves.forEach((name, leaf) -> close(test + "." + name + ".grad", leaf.grad()));
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT64"})
    void networksAndLosses(DType dtype) {
        for (var test : List.of("mlp.indices", "mlp.distributions")) {
            check(test, dtype, in -> new Loss.CrossEntropy().of(in.apply("x").linear(in.apply("w1"), in.apply("b1")).tanh()
                    .linear(in.apply("w2"), in.apply("b2")), in.apply("target")), "w1", "b1", "w2", "b2");
        }
        check("bce", dtype, in -> new Loss.BceWithLogits().of(in.apply("z"), in.apply("t")), "z");
        check("bce.large", dtype, in -> Tensor.bceWithLogits(in.apply("z"), Tensor.full(1, new Shape(6), dtype)).sum(), "z");
        check("mse", dtype, in -> new Loss.SquaredError(Loss.SquaredError.Scaling.MEAN).of(in.apply("p"), in.apply("y")), "p");
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT64"})
    void operations(DType dtype) {
        Map<String, UnaryOperator<Tensor>> unary = Map.of("softmax", x -> x.softmax(1), "softmax0", x -> x.softmax(0),
                "logsoftmax", x -> x.logSoftmax(-1), "tanh", Tensor::tanh, "sigmoid", Tensor::sigmoid, "softplus", Tensor::softplus,
                "relu", Tensor::relu, "exp", Tensor::exp);
        unary.forEach((name, f) -> check("op." + name, dtype,
                in -> f.apply(in.apply("x")).times(in.apply("weights")).sum(), "x"));
        Map<String, BinaryOperator<Tensor>> binary = Map.of("plus", Tensor::plus, "minus", Tensor::minus, "times", Tensor::times,
                "div", Tensor::div, "matmul", Tensor::matmul);
        binary.forEach((name, f) -> check("op." + name, dtype,
                in -> f.apply(in.apply("a"), in.apply("b")).times(in.apply("weights")).sum(), "a", "b"));
    }

    private static Tensor course(Optimizer optimizer, DType dtype) {
        var theta = Tensor.parameter(GOLDEN.get("optim.start").as(dtype));
        var stepper = optimizer.over(List.of(theta));
        var course = new Tensor[20];
        for (int step = 0; step < course.length; step++) {
            if (step == 10) {
                stepper.lr(0.01);
            }
            stepper.step(theta.minus(GOLDEN.get("optim.target").as(dtype)).square()
                    .times(GOLDEN.get("optim.scale").as(dtype)).sum().times(0.5));
            course[step] = Tensor.of(theta.shape(), theta.toDoubleArray()).as(dtype);
        }
        return Tensor.stack(0, course);
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT64"})
    void optimizersUnderAChangingLearningRate(DType dtype) {
        close("optim.sgd", course(sgd(0.1), dtype));
        close("optim.momentum", course(sgd(0.1).momentum(0.9), dtype));
        close("optim.nesterov", course(sgd(0.1).nesterov(0.9), dtype));
        close("optim.adam", course(adam(0.1), dtype));
    }

    @Test
    void aPlateauReducesTheLearningRate() {
        var losses = GOLDEN.get("plateau.losses").toDoubleArray();
        losses[14] = Double.NaN;
        var plateau = new ReduceOnPlateau(0.3, 2, 0.002, 1e-4);
        assertArrayEquals(GOLDEN.get("plateau.rates").toDoubleArray(), IntStream.rangeClosed(1, losses.length)
                .mapToDouble(epochs -> plateau.after(0.1, Arrays.copyOf(losses, epochs))).toArray(), 1e-15);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.9})
    void theMomentumConventionsDifferOnceTheLearningRateChanges(double beta) {
        var outside = course(sgd(0.1).momentum(beta), DType.FLOAT64);
        var inside = course(sgd(0.1).momentum(new Momentum.LrInside(beta)), DType.FLOAT64);
        assertArrayEquals(outside.slice(0, 0, 10).toDoubleArray(), inside.slice(0, 0, 10).toDoubleArray(), 1e-12);
        assertEquals(true, outside.minus(inside).slice(0, 10, 11).abs().max().item() > 1e-3);
    }
}
