package gradus.nn.derivation;

import static gradus.nn.Nn.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class DerivationTest {

    private static void holds(Derivation derivation) {
        for (var step : derivation.steps()) {
            assertInstanceOf(Check.Holds.class, step.check(), step::toString);
        }
    }

    /** Four layers of tanh on one sample, in columns. */
    static Tensor columns() {
        var sizes = new int[] {3, 5, 4, 4, 2};
        var h = randn(seed(1), 3).named("x");
        var y = randn(seed(2), 2).named("y");
        Tensor z = h;
        for (int l = 1; l <= 4; l++) {
            var w = parameter(randn(seed(10 + l), sizes[l], sizes[l - 1]).named("W_" + l));
            var b = parameter(randn(seed(20 + l), sizes[l]).named("b_" + l));
            z = w.matmul(h.reshape(-1, 1)).reshape(-1).plus(b).named("z_" + l);
            h = z.tanh().named("h_" + l);
        }
        return z.minus(y).square().sum().times(0.5).named("L");
    }

    @Test
    void everyLineOfATanhNetworkHolds() {
        var derivation = derive(columns());
        holds(derivation);
        assertEquals(8, derivation.steps(Step.Kind.FORWARD).size());
        assertEquals(8, derivation.steps(Step.Kind.GRADIENT).size());
    }

    @Test
    void tensorsWithoutNamesGetTheUsualOnes() {
        var net = sequential(linear(3, 5), tanh(), linear(5, 4), relu(), linear(4, 2));
        var loss = mse().of(net.apply(randn(seed(3), 6, 3)), randn(seed(4), 6, 2));
        var derivation = derive(loss);
        holds(derivation);
        assertEquals("z_{1} = x \\, W_{1}^{\\top} + b_{1}", derivation.steps().getFirst().left() + " = "
                + derivation.steps().getFirst().right());
    }

    @Test
    void aVectorIsAColumn() {
        var x = randn(seed(1), 5, 3).named("X");
        var y = randn(seed(2), 5).named("y");
        var w = parameter(randn(seed(3), 3).named("w"));
        var b = parameter(randn(seed(4)).named("b"));
        var ridge = derive(x.matmul(w.reshape(-1, 1)).reshape(-1).minus(y).square().sum().plus(w.square().sum().times(0.1)).named("L"));
        assertEquals(List.of("\\sum_{i} {{\\left(X \\, w - y\\right)}^{2}}_{i} + \\frac{1}{10} \\, \\sum_{i} {w}_{i}^{2}",
                "\\frac{1}{5} \\, w + 2 \\, {X}^{\\top} \\, \\left(X \\, w - y\\right)"),
                ridge.steps().stream().map(step -> step.right().text()).toList());
        var column = x.matmul(w.reshape(-1, 1)).named("z").reshape(-1).plus(b).times(y).neg().plus(1).relu().mean().named("L");
        for (var layout : Layout.values()) {
            for (var step : derive(column).layout(layout).steps()) {
                assertInstanceOf(Check.Holds.class, step.check(), step::toString);
                assertFalse(step.right().text().contains("reshape"), step::toString);
            }
        }
    }

    /** The cell of an LSTM: between named results, through what has no name, and in both layouts. */
    @Test
    void localDerivativesOfNamedResultsElementByElement() {
        var gates = randn(seed(5), 6, 3, 1);
        Tensor[] g = new Tensor[6];
        for (int i = 0; i < 6; i++) {
            g[i] = parameter(gates.slice(0, i, i + 1).reshape(3, 1)).sigmoid().named(List.of("f", "c", "i", "g", "o", "u").get(i));
        }
        var next = g[0].times(g[1]).plus(g[2].times(g[3])).named("C");
        var loss = g[4].times(next.tanh()).plus(g[5].times(g[5])).named("h").square().sum().named("L");
        for (var derivation : List.of(derive(loss), derive(loss).layout(Layout.ROWS))) {
            holds(derivation);
            var local = derivation.steps(Step.Kind.LOCAL).stream().map(step -> Typesetting.text(step.left() + " = " + step.right()));
            assertEquals(List.of("∂C/∂f = c", "∂C/∂c = f", "∂C/∂i = g", "∂C/∂g = i", "∂h/∂o = tanh(C)",
                    "∂h/∂C = o ⊙ (1 − tanh(C)²)", "∂h/∂u = 2 u"), local.toList());
        }
    }

    @Test
    void labelsAreWrittenAsAMatrixWithAOneInEachRow() {
        var y = Tensor.indices(new Shape(5), 0, 2, 1, 1, 0).named("y");
        var w = parameter(randn(seed(3), 3, 4).named("W"));
        var b = parameter(randn(seed(4), 3).named("b"));
        var z = randn(seed(1), 5, 4).named("X").linear(w, b).named("Z");
        var derivation = derive(crossEntropy().of(z, y).named("L"));
        assertEquals("\\mathbf{1}_{j = y[i]}", derivation.steps().getFirst().right().text());
        assertEquals("\\frac{1}{5} \\, \\left(\\operatorname{softmax}\\left(Z\\right) - Y\\right)",
                derivation.steps(Step.Kind.DELTA).getFirst().right().text());
        for (var layout : Layout.values()) {
            for (var step : derivation.layout(layout).expand().steps()) {
                assertInstanceOf(Check.Holds.class, step.check(), step::toString);
                assertTrue(step.left().text().contains("Y") || !step.right().text().contains("y["), step::toString);
            }
        }
    }

    @Test
    void aSumOfVeryManyTermsIsNotReadBack() {
        var w = parameter(randn(seed(1), 3).named("w"));
        var x = (Tensor) w;
        for (int i = 0; i < 400; i++) {
            x = x.plus(w).named("h_{" + i + "}");
        }
        var gradient = derive(x.sum().named("L")).steps(Step.Kind.GRADIENT).getFirst();
        assertInstanceOf(Check.Open.class, gradient.check());
    }
}
