package gradus.nn.derivation;

import static gradus.nn.Nn.grad;
import static gradus.nn.Nn.parameter;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.seed;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gradus.nn.DType;
import gradus.nn.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The formulas of "Mathematical Derivations for Optimization Algorithms", sections 2 to 4, line for line as printed. */
class Document001Test {

    private static final int[] N = {3, 5, 4, 5, 2};

    private static Tensor random(int seed, int... dims) {
        return randn(seed(seed), dims).as(DType.FLOAT64).times(0.7);
    }

    /** Section 2.2: four layers, columns. */
    private record Network(Map<String, Tensor> tensors, Tensor loss) {

        static Network of() {
            var all = new LinkedHashMap<String, Tensor>();
            var h = random(1, N[0], 1).named("h_0");
            var y = random(2, N[4], 1).named("y");
            all.put("x", h);
            all.put("h_0", h);
            all.put("y", y);
            for (int l = 1; l <= 4; l++) {
                var w = parameter(random(10 + l, N[l], N[l - 1]).named("W_" + l));
                var b = parameter(random(20 + l, N[l], 1).named("b_" + l));
                var z = w.matmul(h).plus(b).named("z_" + l);
                h = l < 4 ? z.tanh().named("h_" + l) : z;
                all.put("W_" + l, w);
                all.put("b_" + l, b);
                all.put("z_" + l, z);
                all.put(l < 4 ? "h_" + l : "\\hat{y}", h);
            }
            var loss = h.minus(y).square().sum().times(0.5).named("L");
            all.put("L", loss);
            return new Network(all, loss);
        }

        /** The machine's gradients are ∂L/∂…; those of pre-activations are also called δ. */
        Page page() {
            var page = new Page();
            tensors.forEach(page::name);
            tensors.forEach((name, tensor) -> {
                if (tensor.requiresGrad() && tensor != loss) {
                    var gradient = grad(loss, tensor)[0];
                    page.name("\\frac{\\partial L}{\\partial " + name + "}", gradient);
                    if (name.startsWith("z")) {
                        page.name("\\delta_" + name.charAt(2), gradient);
                    }
                }
            });
            return page;
        }
    }

    private static final Page NETWORK = Network.of().page();

    @ParameterizedTest
    @ValueSource(strings = {
        "h_0 = x", "z_1 = W_1 \\cdot h_0 + b_1", "h_1 = \\tanh(z_1)", "z_2 = W_2 \\cdot h_1 + b_2", "h_2 = \\tanh(z_2)",
        "z_3 = W_3 \\cdot h_2 + b_3", "h_3 = \\tanh(z_3)", "z_4 = W_4 \\cdot h_3 + b_4", "\\hat{y} = z_4",
        "L = (1/2) \\|\\hat{y} - y\\|^2 = (1/2) \\sum_{i} (\\hat{y}_i - y_i)^2",
        "\\frac{\\partial L}{\\partial z_4} = (\\hat{y} - y) \\cdot I = \\hat{y} - y", "\\delta_4 = \\hat{y} - y",
        "\\frac{\\partial L}{\\partial W_4} = \\delta_4 \\cdot h_3^{\\top}", "\\frac{\\partial L}{\\partial b_4} = \\delta_4",
        "\\delta_3 = (W_4^{\\top} \\cdot \\delta_4) \\odot (1 - h_3^2)",
        "1 - \\tanh^2(z_3) = 1 - h_3^2",
        "\\frac{\\partial L}{\\partial W_3} = \\delta_3 \\cdot h_2^{\\top}", "\\frac{\\partial L}{\\partial b_3} = \\delta_3",
        "\\delta_2 = (W_3^{\\top} \\cdot \\delta_3) \\odot (1 - h_2^2)",
        "\\frac{\\partial L}{\\partial W_2} = \\delta_2 \\cdot h_1^{\\top}", "\\frac{\\partial L}{\\partial b_2} = \\delta_2",
        "\\delta_1 = (W_2^{\\top} \\cdot \\delta_2) \\odot (1 - h_1^2)",
        "\\frac{\\partial L}{\\partial W_1} = \\delta_1 \\cdot h_0^{\\top}", "\\frac{\\partial L}{\\partial b_1} = \\delta_1",
    })
    void theFourLayerNetworkIsAsPrinted(String line) {
        NETWORK.holds(line);
    }

    /** Where the document writes ŷ for z₄ and f for tanh, the recorded names stand. */
    @Test
    void theFourLayerNetworkIsDerivedAsPrinted() {
        Page.appear(Derivation.of(Network.of().loss()),
                "z_1 = W_1 \\cdot h_0 + b_1", "h_1 = \\tanh(z_1)", "z_2 = W_2 \\cdot h_1 + b_2", "h_2 = \\tanh(z_2)",
                "z_3 = W_3 \\cdot h_2 + b_3", "h_3 = \\tanh(z_3)", "z_4 = W_4 \\cdot h_3 + b_4",
                "L = \\frac{1}{2} \\sum_{i} ({z_4}_i - y_i)^2", "\\delta_4 = z_4 - y",
                "\\frac{\\partial L}{\\partial W_4} = \\delta_4 \\cdot h_3^{\\top}", "\\frac{\\partial L}{\\partial b_4} = \\delta_4",
                "\\frac{\\partial h_3}{\\partial z_3} = 1 - h_3^2", "\\delta_3 = (W_4^{\\top} \\cdot \\delta_4) \\odot (1 - h_3^2)",
                "\\frac{\\partial L}{\\partial W_3} = \\delta_3 \\cdot h_2^{\\top}", "\\frac{\\partial L}{\\partial b_3} = \\delta_3",
                "\\delta_2 = (W_3^{\\top} \\cdot \\delta_3) \\odot (1 - h_2^2)",
                "\\frac{\\partial L}{\\partial W_2} = \\delta_2 \\cdot h_1^{\\top}", "\\frac{\\partial L}{\\partial b_2} = \\delta_2",
                "\\delta_1 = (W_2^{\\top} \\cdot \\delta_2) \\odot (1 - h_1^2)",
                "\\frac{\\partial L}{\\partial W_1} = \\delta_1 \\cdot h_0^{\\top}", "\\frac{\\partial L}{\\partial b_1} = \\delta_1");
    }

    /** Printed in 2.5: δ₄ · W₄ · tanh'(z₃), columns from the left. Right are rows, transposed back. */
    @Test
    void theErrorOfAHiddenLayerIsARowTimesItsMatrix() {
        NETWORK.doesNotFit("\\delta_4 \\cdot W_4 \\cdot (1 - \\tanh^2(z_3))");
        NETWORK.holds("\\delta_3 = (\\delta_4^{\\top} W_4 \\operatorname{diag}(1 - \\tanh^2(z_3)))^{\\top}");
    }

    /** Printed in 2.1: the squared distance; in 2.3, half of it. What 2.4 derives belongs to the half. */
    @Test
    void theHalfOfTheLossIsTheFactorTwoOfItsGradient() {
        assertEquals(1, NETWORK.apart("\\delta_4 = 2 (\\hat{y} - y)"), 1e-12);
        NETWORK.holds("\\delta_4 = \\hat{y} - y");
    }

    // ---- section 3 ----

    private static final Tensor A = random(31, 3, 3);
    private static final Tensor B = random(32, 2, 2);

    @Test
    void matrixCalculusIsAsPrinted() {
        var x = parameter(random(33, 3, 1));
        var a = random(34, 3, 1);
        var page = new Page().name("x", x).name("a", a).name("A", A).name("B", B).name("S", A.plus(A.t()));
        page.gives("a", grad(a.t().matmul(x).sum(), x)[0]);
        page.gives("(A + A^{\\top}) x", grad(x.t().matmul(A).matmul(x).sum(), x)[0]);
        page.gives("2 S x", grad(x.t().matmul(A.plus(A.t())).matmul(x).sum(), x)[0]);
        var w = parameter(random(35, 3, 2));
        page.name("W", w).gives("A W B + A^{\\top} W B^{\\top}", grad(w.t().matmul(A).matmul(w).matmul(B).trace(), w)[0]);
    }

    @Test
    void matrixCalculusIsDerivedAsPrinted() {
        var x = parameter(random(33, 3, 1).named("x"));
        var a = parameter(random(34, 3, 1).named("a"));
        var m = A.detach().named("A");
        Page.appear(Derivation.of(a.t().matmul(x).sum().named("f"), x), "f = a^{\\top} x", "\\frac{\\partial f}{\\partial x} = a");
        Page.appear(Derivation.of(x.t().matmul(m).matmul(x).sum().named("f")), "f = x^{\\top} A x",
                "\\frac{\\partial f}{\\partial x} = (A + A^{\\top}) x");
        var w = parameter(random(35, 3, 2).named("W"));
        Page.appear(Derivation.of(w.t().matmul(m).matmul(w).matmul(B.detach().named("B")).trace().named("f")),
                "f = \\operatorname{tr}(W^{\\top} A W B)",
                "\\frac{\\partial f}{\\partial W} = A W B + A^{\\top} W B^{\\top}");
        var v = parameter(random(36, 2, 3).named("W"));
        Page.appear(Derivation.of(v.matmul(random(37, 3, 1).named("x")).minus(random(38, 2, 1).named("y")).square().sum()
                .named("L")), "\\frac{\\partial L}{\\partial W} = 2 (W x - y) x^{\\top}");
    }

    @Test
    void theSquaredDistanceOfALinearMapIsAsPrinted() {
        var w = parameter(random(36, 2, 3));
        var x = random(37, 3, 1);
        var y = random(38, 2, 1);
        var loss = w.matmul(x).minus(y).square().sum();
        var page = new Page().name("W", w).name("x", x).name("y", y).name("L", loss)
                .name("\\frac{\\partial L}{\\partial W}", grad(loss, w)[0]);
        page.holds("L = \\|W x - y\\|^2 = (W x - y)^{\\top} (W x - y)"
                + " = x^{\\top} W^{\\top} W x - 2 y^{\\top} W x + y^{\\top} y");
        page.holds("\\frac{\\partial L}{\\partial W} = 2 W x x^{\\top} - 2 y x^{\\top} = 2 (W x - y) x^{\\top}");
    }

    // ---- section 4.3 ----

    /** Printed: every product of the chain as ⊗ or ·. Right: the slopes act on rows, and the error goes through W₂ᵀ. */
    @Test
    void theChainOfTwoLayersNeedsElementwiseProducts() {
        var x = random(40, 3, 1);
        var y = random(41, 2, 1);
        var w1 = parameter(random(42, 4, 3));
        var w2 = parameter(random(43, 2, 4));
        var h1 = w1.matmul(x).plus(random(44, 4, 1)).tanh();
        var h2 = w2.matmul(h1).plus(random(45, 2, 1)).tanh();
        var loss = h2.minus(y).square().sum();
        var page = new Page().name("x", x).name("y", y).name("W_2", w2).name("h_1", h1).name("h_2", h2)
                .name("\\frac{\\partial L}{\\partial h_2}", grad(loss, h2)[0])
                .name("\\frac{\\partial L}{\\partial h_1}", grad(loss, h1)[0])
                .name("\\frac{\\partial L}{\\partial W_1}", grad(loss, w1)[0]);
        page.holds("\\frac{\\partial L}{\\partial h_2} = 2 (h_2 - y)");
        page.doesNotFit("(1 - h_2^2) \\cdot W_2");
        page.holds("\\frac{\\partial L}{\\partial h_1} = ((1 - h_2^2) \\odot W_2)^{\\top} \\frac{\\partial L}{\\partial h_2}");
        page.doesNotFit("2 (h_2 - y) \\cdot ((1 - h_2^2) \\odot W_2)");
        page.holds("\\frac{\\partial L}{\\partial W_1}"
                + " = ((W_2^{\\top} (2 (h_2 - y) \\odot (1 - h_2^2))) \\odot (1 - h_1^2)) x^{\\top}");
    }
}
