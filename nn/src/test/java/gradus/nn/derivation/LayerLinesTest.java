package gradus.nn.derivation;

import static gradus.nn.Nn.avgPool2d;
import static gradus.nn.Nn.conv2d;
import static gradus.nn.Nn.crossEntropy;
import static gradus.nn.Nn.flatten;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.maxPool2d;
import static gradus.nn.Nn.multiHeadAttention;
import static gradus.nn.Nn.parameter;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.relu;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.tensor;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Tensor;
import gradus.nn.layer.Attention;
import org.junit.jupiter.api.Test;

/** Networks of layers whose results nobody named are derived in the letters and lines of a page about them. */
class LayerLinesTest {

    private static Tensor random(int seed, int... dims) {
        return randn(seed(seed), dims);
    }

    private static void holds(Derivation derivation) {
        for (var step : derivation.steps()) {
            assertInstanceOf(Check.Holds.class, step.check(), step::toString);
            assertFalse(step.left().text().contains("u_{"), step::toString);
        }
    }

    /** 268,650 parameters: lines of very many numbers are evaluated at some of them, and say so. */
    @Test
    void linesOfVeryManyNumbersAreEvaluatedAtSome() {
        var net = sequential(conv2d(3, 16, 3).padding(1), relu(), maxPool2d(2), conv2d(16, 32, 3).padding(1), relu(),
                maxPool2d(2), flatten(), linear(2048, 128), relu(), linear(128, 10));
        net.reset(seed(1));
        var derivation = Derivation.of(crossEntropy().of(net.apply(random(2, 1, 3, 32, 32)), tensor(7).as(DType.INT32)));
        holds(derivation);
        assertTrue(derivation.toString().contains(" at 24 numbers"), derivation::toString);
        assertTrue(Typesetting.verdict(derivation.steps()).contains("numbers were evaluated"));
    }

    @Test
    void aNetworkForImagesIsDerivedLikeAPageAboutIt() {
        var net = sequential(conv2d(1, 2, 3).padding(1), relu(), maxPool2d(2), conv2d(2, 3, 2), relu(), flatten(),
                linear(27, 3));
        net.reset(seed(1));
        var scores = net.apply(random(2, 2, 1, 8, 8).named("X"));
        var derivation = Derivation.of(crossEntropy().of(scores, tensor(0, 2).as(DType.INT32)));
        holds(derivation);
        Page.appear(derivation,
                "Z_{1}[i, j, k, l] = b_{1}[j] + \\sum_{c, p, q}"
                        + " \\operatorname{pad}_{1, 1, 1, 1}(X)[i, c, k + p, l + q] W_{1}[j, c, p, q]",
                "A_{1} = \\max(0, Z_{1})",
                "P_{1}[i, j, k, l] = \\max(A_{1}[i, j, 2k, 2l], A_{1}[i, j, 2k, 2l + 1], A_{1}[i, j, 2k + 1, 2l],"
                        + " A_{1}[i, j, 2k + 1, 2l + 1])",
                "Z_{3} = \\operatorname{reshape}_{2 \\times 27}(A_{2}) W_{3}^T + b_{3}",
                "\\delta_{P_{1}}[i, j, k, l] = \\sum_{o, u, v} \\operatorname{pad}_{1, 1, 1, 1}(\\delta_{2})"
                        + "[i, o, k + 1 - u, l + 1 - v] W_{2}[o, j, u, v]",
                "\\delta_{A_{1}}[i, j, k, l] = \\sum_{p, q} \\mathbf{1}_{\\kappa_{1}[i, j, p, q] = 8k + l}"
                        + " \\delta_{P_{1}}[i, j, p, q]",
                "\\delta_{1} = \\delta_{A_{1}} \\odot \\mathbf{1}_{Z_{1} > 0}",
                "\\frac{\\partial L}{\\partial W_{2}[i, j, k, l]} = \\sum_{b, p, q}"
                        + " \\delta_{2}[b, i, p, q] P_{1}[b, j, p + k, q + l]",
                "\\frac{\\partial L}{\\partial b_{2}[j]} = \\sum_{i, k, l} \\delta_{2}[i, j, k, l]");
    }

    @Test
    void ofSeveralMaximaTheFirstGetsTheError() {
        var numbers = tensor(new double[][] {{1, 3, 3, 0}, {3, 0, 3, 3}}).as(DType.FLOAT64);
        var x = parameter(numbers.reshape(1, 1, 2, 4).named("X"));
        var derivation = Derivation.of(maxPool2d(2).apply(x).square().sum());
        holds(derivation);
        Page.appear(derivation, "\\kappa_{1}[i, j, k, l] = \\min_{p=0}^{1}"
                + " \\min_{q=0, X[i, j, 2k + p, 2l + q] = P_{1}[i, j, k, l]}^{1}"
                + " (4 (2k + p) + 2l + q)");
    }

    @Test
    void stridesPaddingsAndMeansOfWindowsAreFollowed() {
        var image = parameter(random(3, 2, 2, 6, 5).named("X"));
        var strided = sequential(conv2d(2, 4, 3).stride(2).padding(1), relu(), conv2d(4, 4, 2).groups(2));
        holds(Derivation.of(strided.apply(image).square().sum()));
        var padded = sequential(maxPool2d(3).stride(1).padding(1), avgPool2d(2).padding(1));
        holds(Derivation.of(padded.apply(image).square().sum()));
    }

    @Test
    void theHeadsOfAttentionAreDerivedLikeAPageAboutThem() {
        var layer = multiHeadAttention(4, 2);
        layer.reset(seed(5));
        var derivation = Derivation.of(layer.apply(random(6, 2, 3, 4).named("X")).square().sum());
        holds(derivation);
        Page.appear(derivation, "Q = X W_{1}^T + b_{1}", "\\hat{Q}[i, j, k, l] = Q[i, k, 2j + l]",
                "S = \\frac{\\hat{Q} \\hat{K}^T}{\\sqrt{2}}", "A = \\operatorname{softmax}(S)", "O = A \\hat{V}",
                "C[i, j, k] = O[i, \\lfloor k / 2 \\rfloor, j, \\operatorname{mod}(k, 2)]", "z_{1} = C W_{4}^T + b_{4}",
                "\\delta_{A} = \\delta_{O} \\hat{V}^T",
                "\\delta_{\\hat{K}} = \\frac{\\delta_{S}^T \\hat{Q}}{\\sqrt{2}}");
    }

    @Test
    void aMaskIsAddedToTheScores() {
        var q = parameter(random(7, 3, 2).named("Q"));
        var k = parameter(random(8, 3, 2).named("K"));
        var v = parameter(random(9, 3, 2).named("V"));
        var mask = tensor(new double[][] {{0, -1, -2}, {0, 0, -1}, {0, 0, 0}}).as(DType.FLOAT32);
        var derivation = Derivation.of(Attention.attend(q, k, v, mask).output().square().sum());
        holds(derivation);
        Page.appear(derivation, "S = \\frac{Q K^T}{\\sqrt{2}}", "\\tilde{S} = S + M",
                "A = \\operatorname{softmax}(\\tilde{S})",
                "{\\delta_{\\tilde{S}}}_{ij} = A_{ij} ({\\delta_{A}}_{ij} - \\sum_m {\\delta_{A}}_{im} A_{im})",
                "\\frac{\\partial L}{\\partial Q} = \\frac{\\delta_{S} K}{\\sqrt{2}}");
    }
}
