package gradus.nn.derivation;

import static gradus.nn.Nn.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import gradus.nn.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The matrix-calculus section of document 001 (§3), line for line, by differentials. */
class MatrixCalculusTest {

    /** The lines after the forward ones, which all hold. */
    private static List<String> lines(Tensor loss, Tensor in) {
        var steps = derive(loss, in).layout(Layout.DIFFERENTIALS).steps();
        for (var step : steps) {
            assertInstanceOf(Check.Holds.class, step.check(), step::toString);
        }
        return steps.stream().filter(step -> step.kind() != Step.Kind.FORWARD)
                .map(step -> Typesetting.text(step.left() + " = " + step.right())).toList();
    }

    private static Tensor variable(String name, int seed, int... dims) {
        return parameter(randn(seed(seed), dims).named(name));
    }

    @Test
    void innerProductOfSection31() {
        var x = variable("x", 1, 4, 1);
        assertEquals(List.of("df = aᵀ dx", "df = tr(aᵀ dx)", "∂f/∂x = a"),
                lines(variable("a", 2, 4, 1).t().matmul(x).named("f"), x));
    }

    @Test
    void quadraticFormOfSection32() {
        var x = variable("x", 1, 4, 1);
        assertEquals(List.of("df = dxᵀ A x + xᵀ A dx", "df = tr(((A + Aᵀ) x)ᵀ dx)",
                "∂f/∂x = A x + Aᵀ x", "∂f/∂x = (A + Aᵀ) x"),
                lines(x.t().matmul(variable("A", 2, 4, 4)).matmul(x).named("f"), x));
    }

    @Test
    void traceOfAProductOfSection33() {
        var w = variable("W", 1, 3, 4);
        var f = w.t().matmul(variable("A", 2, 3, 3)).matmul(w).matmul(variable("B", 3, 4, 4)).trace().named("f");
        assertEquals(List.of("df = tr(dWᵀ A W B + Wᵀ A dW B)", "df = tr((A W B + Aᵀ W Bᵀ)ᵀ dW)",
                "∂f/∂W = A W B + Aᵀ W Bᵀ"), lines(f, w));
    }

    @Test
    void squaredErrorOfSection34() {
        var w = variable("W", 1, 3, 4);
        var x = variable("x", 2, 4, 1);
        var y = variable("y", 3, 3, 1);
        var expanded = x.t().matmul(w.t()).matmul(w).matmul(x).minus(y.t().matmul(w).matmul(x).times(2))
                .plus(y.t().matmul(y)).named("L");
        var error = w.matmul(x).minus(y);
        var gradient = List.of("∂L/∂W = 2 W x xᵀ − 2 y xᵀ",
                "∂L/∂W = 2 (W x − y) xᵀ");
        assertEquals(gradient, last(lines(expanded, w)));
        assertEquals(gradient, last(lines(error.square().sum().named("L"), w)));
        var named = w.matmul(x).minus(y).named("e");
        assertEquals(List.of("δₑ = 2 e", "tr(δₑᵀ de) = tr((δₑ xᵀ)ᵀ dW)"),
                lines(named.t().matmul(named).named("L"), w).subList(3, 5));
    }

    private static List<String> last(List<String> lines) {
        return lines.subList(lines.size() - 2, lines.size());
    }
}
