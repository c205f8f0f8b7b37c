package gradus.nn.derivation;

import static gradus.nn.Nn.grad;
import static gradus.nn.Nn.parameter;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.seed;

import gradus.nn.DType;
import gradus.nn.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The section on backpropagation of "ML Theory: Mathematical Foundations", line for line as printed. */
class Document000Test {

    private static final int LAYERS = 3;

    private static Tensor random(int seed, int... dims) {
        return randn(seed(seed), dims).as(DType.FLOAT64).times(0.7);
    }

    /** a^[l] = g(z^[l]), columns, with a sigmoid last: g^[l] differs from layer to layer. */
    private static final Page NETWORK = new Page();
    private static final Tensor LOSS = network(NETWORK);

    private static Tensor network(Page page) {
        int[] n = {3, 5, 4, 2};
        var z = new Tensor[LAYERS + 1];
        var w = new Tensor[LAYERS + 1];
        var b = new Tensor[LAYERS + 1];
        var a = random(1, n[0], 1).named("a^{[0]}");
        page.name("a^{[0]}", a);
        for (int l = 1; l <= LAYERS; l++) {
            w[l] = parameter(random(10 + l, n[l], n[l - 1]).named("W^{[" + l + "]}"));
            b[l] = parameter(random(20 + l, n[l], 1).named("b^{[" + l + "]}"));
            z[l] = w[l].matmul(a).plus(b[l]).named("z^{[" + l + "]}");
            a = (l < LAYERS ? z[l].tanh() : z[l].sigmoid()).named("a^{[" + l + "]}");
            page.name("W^{[" + l + "]}", w[l]).name("b^{[" + l + "]}", b[l]).name("z^{[" + l + "]}", z[l]).name("a^{[" + l + "]}", a);
        }
        var loss = a.minus(random(2, n[LAYERS], 1).named("y")).square().sum().named("L");
        page.name("\\nabla_a L", grad(loss, a)[0]);
        for (int l = 1; l <= LAYERS; l++) {
            page.name("\\delta^{[" + l + "]}", grad(loss, z[l])[0])
                    .name("\\frac{\\partial L}{\\partial W^{[" + l + "]}}", grad(loss, w[l])[0])
                    .name("\\frac{\\partial L}{\\partial b^{[" + l + "]}}", grad(loss, b[l])[0]);
        }
        return loss;
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "a^{[1]} = \\tanh(z^{[1]}) = \\tanh(W^{[1]} a^{[0]} + b^{[1]})",
        "a^{[2]} = \\tanh(z^{[2]}) = \\tanh(W^{[2]} a^{[1]} + b^{[2]})",
        "a^{[3]} = \\sigma(z^{[3]}) = \\sigma(W^{[3]} a^{[2]} + b^{[3]})",
        "\\delta^{[3]} = \\nabla_a L \\odot (\\sigma(z^{[3]}) \\odot (1 - \\sigma(z^{[3]})))",
        "\\delta^{[2]} = (W^{[3]})^T \\delta^{[3]} \\odot (1 - \\tanh^2(z^{[2]}))",
        "\\delta^{[1]} = (W^{[2]})^T \\delta^{[2]} \\odot (1 - \\tanh^2(z^{[1]}))",
        "\\frac{\\partial L}{\\partial W^{[3]}} = \\delta^{[3]} (a^{[2]})^T",
        "\\frac{\\partial L}{\\partial W^{[2]}} = \\delta^{[2]} (a^{[1]})^T",
        "\\frac{\\partial L}{\\partial W^{[1]}} = \\delta^{[1]} (a^{[0]})^T",
        "\\frac{\\partial L}{\\partial b^{[3]}} = \\delta^{[3]}", "\\frac{\\partial L}{\\partial b^{[2]}} = \\delta^{[2]}",
        "\\frac{\\partial L}{\\partial b^{[1]}} = \\delta^{[1]}",
    })
    void theNetworkIsAsPrinted(String line) {
        NETWORK.holds(line);
    }

    /** The general g is tanh twice and σ last, and ∇ₐL = 2 (a − y). */
    @Test
    void theNetworkIsDerivedAsPrinted() {
        Page.appear(Derivation.of(LOSS), "z^{[1]} = W^{[1]} a^{[0]} + b^{[1]}", "a^{[1]} = \\tanh(z^{[1]})",
                "z^{[2]} = W^{[2]} a^{[1]} + b^{[2]}", "a^{[2]} = \\tanh(z^{[2]})", "z^{[3]} = W^{[3]} a^{[2]} + b^{[3]}",
                "a^{[3]} = \\sigma(z^{[3]})", "\\delta^{[3]} = 2 (a^{[3]} - y) \\odot a^{[3]} \\odot (1 - a^{[3]})",
                "\\delta^{[2]} = (W^{[3]})^T \\delta^{[3]} \\odot (1 - (a^{[2]})^2)",
                "\\delta^{[1]} = (W^{[2]})^T \\delta^{[2]} \\odot (1 - (a^{[1]})^2)",
                "\\frac{\\partial L}{\\partial W^{[3]}} = \\delta^{[3]} (a^{[2]})^T",
                "\\frac{\\partial L}{\\partial b^{[3]}} = \\delta^{[3]}",
                "\\frac{\\partial L}{\\partial W^{[2]}} = \\delta^{[2]} (a^{[1]})^T",
                "\\frac{\\partial L}{\\partial b^{[2]}} = \\delta^{[2]}",
                "\\frac{\\partial L}{\\partial W^{[1]}} = \\delta^{[1]} (a^{[0]})^T",
                "\\frac{\\partial L}{\\partial b^{[1]}} = \\delta^{[1]}");
    }
}
