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
                .map(step -> (step.left() + " = " + step.right()).replace("\\, ", "").replaceAll("\\{(\\w)}", "$1")
                        .replace("\\mathrm{d}", "d").replace("\\operatorname{tr}", "tr").replace("\\left", "")
                        .replace("\\right", "").replace("\\top", "T").replaceAll("\\{([^{}]+)}\\^", "$1^")).toList();
    }

    private static Tensor variable(String name, int seed, int... dims) {
        return parameter(randn(seed(seed), dims).named(name));
    }

    @Test
    void innerProductOfSection31() {
        var x = variable("x", 1, 4, 1);
        assertEquals(List.of("df = a^T dx", "df = tr(a^T dx)", "\\frac{\\partial f}{\\partial x} = a"),
                lines(variable("a", 2, 4, 1).t().matmul(x).named("f"), x));
    }

    @Test
    void quadraticFormOfSection32() {
        var x = variable("x", 1, 4, 1);
        assertEquals(List.of("df = dx^T A x + x^T A dx", "df = tr(((A + A^T) x)^T dx)",
                "\\frac{\\partial f}{\\partial x} = A x + A^T x", "\\frac{\\partial f}{\\partial x} = (A + A^T) x"),
                lines(x.t().matmul(variable("A", 2, 4, 4)).matmul(x).named("f"), x));
    }

    @Test
    void traceOfAProductOfSection33() {
        var w = variable("W", 1, 3, 4);
        var f = w.t().matmul(variable("A", 2, 3, 3)).matmul(w).matmul(variable("B", 3, 4, 4)).trace().named("f");
        assertEquals(List.of("df = tr(dW^T A W B + W^T A dW B)", "df = tr((A W B + A^T W B^T)^T dW)",
                "\\frac{\\partial f}{\\partial W} = A W B + A^T W B^T"), lines(f, w));
    }

    @Test
    void squaredErrorOfSection34() {
        var w = variable("W", 1, 3, 4);
        var x = variable("x", 2, 4, 1);
        var y = variable("y", 3, 3, 1);
        var expanded = x.t().matmul(w.t()).matmul(w).matmul(x).minus(y.t().matmul(w).matmul(x).times(2))
                .plus(y.t().matmul(y)).named("L");
        var error = w.matmul(x).minus(y);
        var gradient = List.of("\\frac{\\partial L}{\\partial W} = 2 W x x^T - 2 y x^T",
                "\\frac{\\partial L}{\\partial W} = 2 (W x - y) x^T");
        assertEquals(gradient, last(lines(expanded, w)));
        assertEquals(gradient, last(lines(error.square().sum().named("L"), w)));
        var named = w.matmul(x).minus(y).named("e");
        assertEquals(List.of("\\delta_{e} = 2 e", "tr({\\delta_{e}}^T de) = tr((\\delta_{e} x^T)^T dW)"),
                lines(named.t().matmul(named).named("L"), w).subList(3, 5));
    }

    private static List<String> last(List<String> lines) {
        return lines.subList(lines.size() - 2, lines.size());
    }
}
