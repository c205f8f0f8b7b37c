package gradus.nn.derivation;

import static gradus.nn.Nn.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import gradus.nn.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The matrix-calculus section of document 001 (§3), line for line. */
class MatrixCalculusTest {

    private static List<String> lines(Derivation derivation) {
        for (var step : derivation.steps()) {
            assertInstanceOf(Check.Holds.class, step.check(), step::toString);
        }
        return derivation.steps().stream().map(step -> step.left() + " = " + step.right()).toList();
    }

    private static Tensor matrix(String name, int seed, int... dims) {
        return randn(seed(seed), dims).named(name);
    }

    @Test
    void innerProduct() {
        var x = parameter(matrix("x", 1, 4, 1));
        lines(derive(matrix("a", 2, 4, 1).t().matmul(x).named("f"), x).layout(Layout.DIFFERENTIALS));
    }

    @Test
    void quadraticForm() {
        var x = parameter(matrix("x", 1, 4, 1));
        lines(derive(x.t().matmul(matrix("A", 2, 4, 4)).matmul(x).named("f"), x).layout(Layout.DIFFERENTIALS));
    }

    @Test
    void traceOfAProduct() {
        var w = parameter(matrix("W", 1, 3, 4));
        var f = w.t().matmul(matrix("A", 2, 3, 3)).matmul(w).matmul(matrix("B", 3, 4, 4)).trace().named("f");
        lines(derive(f, w).layout(Layout.DIFFERENTIALS));
    }

    @Test
    void squaredError() {
        var w = parameter(matrix("W", 1, 3, 4));
        var x = parameter(matrix("x", 2, 4, 1));
        var y = parameter(matrix("y", 3, 3, 1));
        var expanded = x.t().matmul(w.t()).matmul(w).matmul(x).minus(y.t().matmul(w).matmul(x).times(2))
                .plus(y.t().matmul(y)).named("L");
        lines(derive(expanded, w).layout(Layout.DIFFERENTIALS));
        var error = w.matmul(x).minus(y);
        lines(derive(error.t().matmul(error).named("L"), w).layout(Layout.DIFFERENTIALS));
        lines(derive(w.matmul(x).minus(y).square().sum().named("L"), w).layout(Layout.DIFFERENTIALS));
    }
}
