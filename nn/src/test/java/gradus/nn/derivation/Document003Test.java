package gradus.nn.derivation;

import static gradus.nn.Nn.grad;
import static gradus.nn.Nn.parameter;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.tensor;

import gradus.nn.DType;
import gradus.nn.Tensor;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The derivatives of "Mathematics for Machine Learning" as printed, each at several points against the machine's. */
class Document003Test {

    private static final double[] POINTS = {0.3, 0.7, 1.9};

    private static Tensor number(double value) {
        return Tensor.scalar(value, DType.FLOAT64);
    }

    private static Tensor random(int seed, int... dims) {
        return randn(seed(seed), dims).as(DType.FLOAT64);
    }

    static Stream<Arguments> cards() {
        return Stream.of(
                card(x -> x.pow(3.5), "n x^{n-1}"), card(Tensor::exp, "e^x"), card(x -> x.times(Math.log(2.5)).exp(), "a^x \\ln(a)"),
                card(Tensor::log, "1/x"), card(x -> x.log().div(Math.log(2.5)), "1/(x \\ln(a))"),
                card(Tensor::sin, "\\cos(x)"), card(Tensor::cos, "-\\sin(x)"),
                card(x -> x.square().sin(), "\\cos(x^2) \\cdot 2x"), card(x -> x.sin().times(x.exp()), "\\cos(x) \\cdot e^x + \\sin(x) \\cdot e^x"),
                card(x -> x.sin().div(x.exp()), "(\\cos(x) \\cdot e^x - \\sin(x) \\cdot e^x) / (e^x)^2"),
                card(Tensor::sigmoid, "\\sigma(x) (1 - \\sigma(x))"),
                card(Tensor::tanh, "1 - \\tanh^2(x)"), card(x -> x.minus(1).relu(), "\\begin{cases} 1 & x - 1 > 0 \\\\ 0 & x - 1 \\le 0 \\end{cases}"));
    }

    private static Arguments card(UnaryOperator<Tensor> f, String printed) {
        return Arguments.of(f, printed);
    }

    @ParameterizedTest
    @MethodSource("cards")
    void aCardIsAsPrinted(UnaryOperator<Tensor> f, String printed) {
        for (double point : POINTS) {
            var x = parameter(number(point));
            new Page().name("x", x).name("n", number(3.5)).name("a", number(2.5)).gives(printed, grad(f.apply(x), x)[0]);
        }
    }

    @Test
    void partialDerivativesAreAsPrinted() {
        var x = parameter(number(0.7));
        var y = parameter(number(-1.3));
        var f = x.square().times(y).plus(x.times(y.square()).times(3));
        var page = new Page().name("x", x).name("y", y);
        page.gives("x^2 y + 3 x y^2", f);
        page.gives("2 x y + 3 y^2", grad(f, x)[0]);
        page.gives("x^2 + 6 x y", grad(f, y)[0]);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "\\sigma(x) = 1 / (1 + e^{-x})",
        "d = (0 \\cdot (1 + e^{-x}) - 1 \\cdot (-e^{-x})) / (1 + e^{-x})^2 = e^{-x} / (1 + e^{-x})^2",
        "d = (1 / (1 + e^{-x})) \\cdot (e^{-x} / (1 + e^{-x})) = \\sigma(x) \\cdot (e^{-x} / (1 + e^{-x}))",
        "e^{-x} / (1 + e^{-x}) = (1 + e^{-x} - 1) / (1 + e^{-x}) = 1 - 1/(1 + e^{-x}) = 1 - \\sigma(x)",
        "d = \\sigma(x) \\cdot (1 - \\sigma(x))",
    })
    void theDerivationOfTheSigmoidHoldsLineByLine(String line) {
        for (double point : POINTS) {
            var x = parameter(number(point));
            new Page().name("x", x).name("d", grad(x.sigmoid(), x)[0]).holds(line);
        }
    }

    /** Section 6: both gradients are (1/m) Σ (h(x_i) − y_i) x_ij. */
    @Test
    void linearAndLogisticRegressionHaveOneGradient() {
        int m = 5;
        var x = random(1, m, 3);
        var w = parameter(random(2, 3, 1));
        var linear = x.matmul(w);
        var y = random(3, m, 1);
        var printed = "(1/m) \\sum_{i=1}^{m} (h_i - y_i) \\cdot x_{ij}";
        var cost = linear.minus(y).square().sum().div(2 * m);
        page(x, linear, y).gives(printed, grad(cost, w)[0].flatten());
        var labels = tensor(0, 1, 1, 0, 1).as(DType.FLOAT64).reshape(m, 1);
        var h = linear.sigmoid();
        var likelihood = labels.times(h.log()).plus(labels.neg().plus(1).times(h.neg().plus(1).log())).sum().div(-m);
        page(x, h, labels).gives(printed, grad(likelihood, w)[0].flatten());
    }

    private static Page page(Tensor x, Tensor h, Tensor y) {
        return new Page().name("x", x).name("h", h.flatten()).name("y", y.flatten()).name("m", number(y.size()));
    }

    /** Printed with a plain dot in section 6; columns do not multiply. */
    @Test
    void theErrorOfALayerNeedsTheElementwiseProduct() {
        var w = random(4, 2, 4);
        var z = parameter(random(5, 4, 1));
        var out = w.matmul(z.sigmoid());
        var loss = out.square().sum();
        var page = new Page().name("W", w).name("z", z).name("\\delta", grad(loss, out)[0])
                .name("\\delta_h", grad(loss, z)[0]);
        page.doesNotFit("W^T \\delta \\cdot (\\sigma(z) \\odot (1 - \\sigma(z)))");
        page.holds("\\delta_h = W^T \\delta \\odot (\\sigma(z) \\odot (1 - \\sigma(z)))");
    }

    /** Section 8: the penalties' gradients. */
    @Test
    void penaltiesHaveThePrintedGradients() {
        var w = parameter(tensor(0.5, -1.5, 2).as(DType.FLOAT64));
        var page = new Page().name("w", w).name("\\lambda", number(0.3));
        page.gives("\\lambda \\cdot \\operatorname{sign}(w_i)", grad(w.abs().sum().times(0.3), w)[0]);
        page.gives("2 \\lambda w_i", grad(w.square().sum().times(0.3), w)[0]);
    }
}
