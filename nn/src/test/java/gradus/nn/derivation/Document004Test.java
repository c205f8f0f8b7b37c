package gradus.nn.derivation;

import static gradus.nn.Nn.conv2d;
import static gradus.nn.Nn.flatten;
import static gradus.nn.Nn.grad;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.maxPool2d;
import static gradus.nn.Nn.parameter;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.relu;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Tensor;
import gradus.nn.layer.Attention;
import gradus.nn.layer.Convolution;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The formulas of "Neural Networks & Deep Learning": perceptron, convolution, recurrence and attention as printed. */
class Document004Test {

    private static Tensor random(int seed, int... dims) {
        return randn(seed(seed), dims).as(DType.FLOAT64).times(0.7);
    }

    private static String partial(String of, String name) {
        return "\\frac{\\partial " + of + "}{\\partial " + name + "}";
    }

    // ---- the multi-layer perceptron: rows ----

    private static final int M = 6;

    private static Tensor perceptron(Page page) {
        var all = new LinkedHashMap<String, Tensor>();
        int[] n = {4, 5, 3, 3};
        var a = random(1, M, n[0]).named("\\mathbf{X}");
        all.put("\\mathbf{X}", a);
        for (int l = 1; l <= 3; l++) {
            var w = parameter(random(10 + l, n[l - 1], n[l]).named("\\mathbf{W}^{(" + l + ")}"));
            var b = parameter(random(20 + l, n[l]).named("\\mathbf{b}^{(" + l + ")}"));
            var z = a.matmul(w).plus(b).named("\\mathbf{Z}^{(" + l + ")}");
            a = l < 3 ? z.tanh().named("\\mathbf{A}^{(" + l + ")}") : z.softmax(1).named("\\mathbf{P}");
            List.of(w, b, z, a).forEach(tensor -> all.put(tensor.name(), tensor));
        }
        var classes = tensor(0, 2, 1, 1, 0, 2).as(DType.INT32);
        var y = classes.oneHot(3).as(DType.FLOAT64).named("\\mathbf{Y}");
        var loss = a.log().times(y).sum().div(-M).named("J");
        page.name("J", loss).name("m", Tensor.scalar(M, DType.FLOAT64)).name("\\mathbf{Y}_{one-hot}", y)
                .name("c", classes.as(DType.FLOAT64));
        all.forEach((name, tensor) -> {
            page.name(name, tensor);
            if (tensor.requiresGrad()) {
                page.name(partial("J", name), grad(loss, tensor)[0]);
            }
        });
        return loss;
    }

    private static final Page PERCEPTRON = new Page();
    private static final Tensor J = perceptron(PERCEPTRON);

    @ParameterizedTest
    @ValueSource(strings = {
        "\\mathbf{Z}^{(1)} = \\mathbf{X} \\mathbf{W}^{(1)} + \\mathbf{b}^{(1)}",
        "\\mathbf{A}^{(1)} = \\tanh(\\mathbf{Z}^{(1)})",
        "\\mathbf{Z}^{(2)} = \\mathbf{A}^{(1)} \\mathbf{W}^{(2)} + \\mathbf{b}^{(2)}",
        "\\mathbf{A}^{(2)} = \\tanh(\\mathbf{Z}^{(2)})",
        "\\mathbf{Z}^{(3)} = \\mathbf{A}^{(2)} \\mathbf{W}^{(3)} + \\mathbf{b}^{(3)}",
        "\\mathbf{P} = \\text{softmax}(\\mathbf{Z}^{(3)})",
        "\\frac{\\partial J}{\\partial \\mathbf{Z}^{(3)}} = \\frac{1}{m}(\\mathbf{P} - \\mathbf{Y}_{one-hot})",
        "\\frac{\\partial J}{\\partial \\mathbf{W}^{(3)}} = (\\mathbf{A}^{(2)})^T \\frac{\\partial J}{\\partial \\mathbf{Z}^{(3)}}",
        "\\frac{\\partial J}{\\partial \\mathbf{b}^{(3)}} = \\sum_{i=1}^{m} \\frac{\\partial J}{\\partial \\mathbf{Z}^{(3)}}_{i}",
        "\\frac{\\partial J}{\\partial \\mathbf{A}^{(2)}} = \\frac{\\partial J}{\\partial \\mathbf{Z}^{(3)}} (\\mathbf{W}^{(3)})^T",
        "\\frac{\\partial J}{\\partial \\mathbf{Z}^{(2)}} = \\frac{\\partial J}{\\partial \\mathbf{A}^{(2)}} \\odot (1 - (\\mathbf{A}^{(2)})^2)",
        "\\frac{\\partial J}{\\partial \\mathbf{W}^{(2)}} = (\\mathbf{A}^{(1)})^T \\frac{\\partial J}{\\partial \\mathbf{Z}^{(2)}}",
        "\\frac{\\partial J}{\\partial \\mathbf{b}^{(2)}} = \\sum_{i=1}^{m} \\frac{\\partial J}{\\partial \\mathbf{Z}^{(2)}}_{i}",
        "\\frac{\\partial J}{\\partial \\mathbf{A}^{(1)}} = \\frac{\\partial J}{\\partial \\mathbf{Z}^{(2)}} (\\mathbf{W}^{(2)})^T",
        "\\frac{\\partial J}{\\partial \\mathbf{Z}^{(1)}} = \\frac{\\partial J}{\\partial \\mathbf{A}^{(1)}} \\odot (1 - (\\mathbf{A}^{(1)})^2)",
        "\\frac{\\partial J}{\\partial \\mathbf{W}^{(1)}} = \\mathbf{X}^T \\frac{\\partial J}{\\partial \\mathbf{Z}^{(1)}}",
        "\\frac{\\partial J}{\\partial \\mathbf{b}^{(1)}} = \\sum_{i=1}^{m} \\frac{\\partial J}{\\partial \\mathbf{Z}^{(1)}}_{i}",
    })
    void thePerceptronIsAsPrinted(String line) {
        PERCEPTRON.holds(line);
    }

    /** The document writes ∂J/∂Z where the derivation says δ_Z, leaves out the index of the sum, and writes m for 6. */
    @Test
    void thePerceptronIsDerivedAsPrinted() {
        var partial = new String[] {
            "\\frac{\\partial J}{\\partial \\mathbf{W}^{(3)}} = (\\mathbf{A}^{(2)})^T \\frac{\\partial J}{\\partial \\mathbf{Z}^{(3)}}",
            "\\frac{\\partial J}{\\partial \\mathbf{b}^{(3)}} = \\sum_{i} {\\frac{\\partial J}{\\partial \\mathbf{Z}^{(3)}}}_{i}",
            "\\frac{\\partial J}{\\partial \\mathbf{Z}^{(2)}} = \\frac{\\partial J}{\\partial \\mathbf{Z}^{(3)}} (\\mathbf{W}^{(3)})^T"
                    + " \\odot (1 - (\\mathbf{A}^{(2)})^2)",
            "\\frac{\\partial J}{\\partial \\mathbf{W}^{(2)}} = (\\mathbf{A}^{(1)})^T \\frac{\\partial J}{\\partial \\mathbf{Z}^{(2)}}",
            "\\frac{\\partial J}{\\partial \\mathbf{b}^{(2)}} = \\sum_{i} {\\frac{\\partial J}{\\partial \\mathbf{Z}^{(2)}}}_{i}",
            "\\frac{\\partial J}{\\partial \\mathbf{Z}^{(1)}} = \\frac{\\partial J}{\\partial \\mathbf{Z}^{(2)}} (\\mathbf{W}^{(2)})^T"
                    + " \\odot (1 - (\\mathbf{A}^{(1)})^2)",
            "\\frac{\\partial J}{\\partial \\mathbf{W}^{(1)}} = \\mathbf{X}^T \\frac{\\partial J}{\\partial \\mathbf{Z}^{(1)}}",
            "\\frac{\\partial J}{\\partial \\mathbf{b}^{(1)}} = \\sum_{i} {\\frac{\\partial J}{\\partial \\mathbf{Z}^{(1)}}}_{i}"};
        var derivation = Derivation.of(J);
        Page.appear(derivation, "\\mathbf{Z}^{(1)} = \\mathbf{X} \\mathbf{W}^{(1)} + \\mathbf{b}^{(1)}",
                "\\mathbf{A}^{(1)} = \\tanh(\\mathbf{Z}^{(1)})",
                "\\mathbf{Z}^{(2)} = \\mathbf{A}^{(1)} \\mathbf{W}^{(2)} + \\mathbf{b}^{(2)}",
                "\\mathbf{A}^{(2)} = \\tanh(\\mathbf{Z}^{(2)})",
                "\\mathbf{Z}^{(3)} = \\mathbf{A}^{(2)} \\mathbf{W}^{(3)} + \\mathbf{b}^{(3)}",
                "\\mathbf{P} = \\operatorname{softmax}(\\mathbf{Z}^{(3)})",
                "\\delta_{\\mathbf{Z}^{(3)}} = \\frac{1}{6} (\\mathbf{P} - \\mathbf{Y})");
        for (var line : partial) {
            Page.appear(derivation, line.replaceAll("\\\\frac\\{\\\\partial J}\\{\\\\partial (\\\\mathbf\\{Z}\\^\\{\\(.\\)})}",
                    "\\\\delta_{$1}"));
        }
    }

    @Test
    void attentionIsDerivedAsPrinted() {
        var q = parameter(random(100, 4, 3).named("Q"));
        var k = parameter(random(101, 4, 3).named("K"));
        var v = parameter(random(102, 4, 2).named("V"));
        var output = q.matmul(k.t()).div(Math.sqrt(3)).named("S").softmax(-1).named("A").matmul(v).named("O");
        Page.appear(Derivation.of(output.square().sum().named("L")), "S = \\frac{QK^T}{\\sqrt{3}}",
                "A = \\operatorname{softmax}(S)", "O = A V", "\\delta_A = \\delta_O V^T",
                "\\frac{\\partial L}{\\partial V} = A^T \\delta_O");
    }

    /** p_j − 1_{j = y} for one sample; the batch divides by m. */
    @Test
    void softmaxAndCrossEntropyLeaveTheProbabilityMinusOne() {
        var z = parameter(random(30, 4));
        var p = z.softmax(0);
        new Page().name("p", p).name("y", Tensor.scalar(3, DType.FLOAT64))
                .gives("p_j - \\mathbf{1}_{j = y}", grad(p.log().slice(0, 2, 3).sum().neg(), z)[0]);
    }

    // ---- convolution ----

    private static final Tensor IMAGES = parameter(random(40, 2, 2, 6, 5));
    private static final Tensor KERNELS = parameter(random(41, 3, 2, 3, 2));

    private static Convolution.Conv convolution(int stride) {
        return new Convolution.Conv(KERNELS, Optional.of(parameter(random(42, 3))), conv2d(2, 3, 3, 2).slides(), 1, false)
                .stride(stride);
    }

    @Test
    void convolutionSumsOverChannelsAndKernelAsPrinted() {
        var layer = convolution(2);
        new Page().name("\\mathbf{X}", IMAGES).name("\\mathbf{W}", KERNELS).name("b", layer.bias().orElseThrow())
                .name("s", Tensor.scalar(2, DType.FLOAT64)).name("\\mathbf{Y}", layer.apply(IMAGES))
                .holds("\\mathbf{Y}[n, c_{out}, h, w] = b[c_{out}] + \\sum_{c_{in}} \\sum_{k_h} \\sum_{k_w}"
                        + " \\mathbf{X}[n, c_{in}, h \\cdot s + k_h, w \\cdot s + k_w] \\times \\mathbf{W}[c_{out}, c_{in}, k_h, k_w]");
    }

    /** Printed for one image and stride 1; where the second sum leaves the output, it adds nothing. */
    @Test
    void theGradientsOfConvolutionAreAsPrinted() {
        var image = parameter(IMAGES.slice(0, 0, 1).detach());
        var y = convolution(1).apply(image);
        var loss = y.tanh().sum();
        var page = new Page().name("\\mathbf{W}", KERNELS).name("\\mathbf{X}", image.reshape(2, 6, 5))
                .name("H", Tensor.scalar(4, DType.FLOAT64)).name("B", Tensor.scalar(4, DType.FLOAT64))
                .name(partial("\\mathcal{L}", "\\mathbf{Y}"), grad(loss, y)[0].reshape(3, 4, 4))
                .name(partial("\\mathcal{L}", "\\mathbf{X}"), grad(loss, image)[0].reshape(2, 6, 5))
                .name(partial("\\mathcal{L}", "\\mathbf{W}"), grad(loss, KERNELS)[0]);
        page.holds("\\frac{\\partial \\mathcal{L}}{\\partial \\mathbf{W}}[c_{out}, c_{in}, u, v]"
                + " = \\sum_{i,j} \\frac{\\partial \\mathcal{L}}{\\partial \\mathbf{Y}}[c_{out}, i, j]"
                + " \\cdot \\mathbf{X}[c_{in}, i + u, j + v]");
        page.holds("\\frac{\\partial \\mathcal{L}}{\\partial \\mathbf{X}}[c_{in}, i, j]"
                + " = \\sum_{c_{out}} \\sum_{u, v, 0 \\le i - u < H, 0 \\le j - v < B}"
                + " \\frac{\\partial \\mathcal{L}}{\\partial \\mathbf{Y}}[c_{out}, i - u, j - v]"
                + " \\cdot \\mathbf{W}[c_{out}, c_{in}, u, v]");
    }

    @Test
    void theNetworkForSmallPicturesHasThePrintedSizes() {
        var net = sequential(conv2d(3, 16, 3).padding(1), relu(), maxPool2d(2), conv2d(16, 32, 3).padding(1), relu(),
                maxPool2d(2), flatten(), linear(2048, 128), relu(), linear(128, 10));
        assertEquals(268_650, net.parameters().stream().mapToInt(Tensor::size).sum());
        assertEquals(411_146, sequential(linear(3072, 128), linear(128, 128), linear(128, 10)).parameters().stream()
                .mapToInt(Tensor::size).sum());
        int[] features = {448, 4640, 262_272, 1290};
        for (int i = 0; i < features.length; i++) {
            assertEquals(features[i], net.parameters().get(2 * i).size() + net.parameters().get(2 * i + 1).size());
        }
    }

    /** Printed: 53 %. That is how many more parameters the perceptron has; what the printed fraction says is 34.66 %. */
    @Test
    void theReductionOfParametersIsThirtyFivePercent() {
        var page = new Page();
        assertEquals(34.658, page.value("\\frac{411146 - 268650}{411146} \\times 100").item(), 5e-4);
        assertEquals(53.04, page.value("\\frac{411146 - 268650}{268650} \\times 100").item(), 5e-3);
    }

    // ---- recurrence: columns ----

    private static final int T = 3;

    private static Tensor sigma(Tensor weight, Tensor joined, Tensor bias) {
        return weight.matmul(joined).plus(bias).sigmoid();
    }

    @Test
    void longShortTermMemoryIsAsPrinted() {
        int d = 3;
        int n = 4;
        var page = new Page();
        var weights = new LinkedHashMap<String, Tensor>();
        for (var gate : List.of("f", "i", "C", "o")) {
            weights.put("W_" + gate, random(50 + gate.hashCode(), n, n + d));
            weights.put("b_" + gate, random(70 + gate.hashCode(), n, 1));
        }
        weights.forEach(page::name);
        var h = random(51, n, 1);
        var c = random(52, n, 1);
        page.name("h_0", h).name("C_0", c);
        for (int t = 1; t <= T; t++) {
            var x = random(60 + t, d, 1);
            var joined = Tensor.concat(0, h, x);
            var f = sigma(weights.get("W_f"), joined, weights.get("b_f"));
            var i = sigma(weights.get("W_i"), joined, weights.get("b_i"));
            var candidate = weights.get("W_C").matmul(joined).plus(weights.get("b_C")).tanh();
            var o = sigma(weights.get("W_o"), joined, weights.get("b_o"));
            c = f.times(c).plus(i.times(candidate));
            h = o.times(c.tanh());
            page.name("x_" + t, x).name("f_" + t, f).name("i_" + t, i).name("\\tilde{C}_" + t, candidate).name("o_" + t, o)
                    .name("C_" + t, c).name("h_" + t, h).name("t", Tensor.scalar(t, DType.FLOAT64));
            page.holds("f_t = \\sigma(W_f \\cdot \\begin{bmatrix} h_{t-1} \\\\ x_t \\end{bmatrix} + b_f)");
            page.holds("i_t = \\sigma(W_i \\cdot \\begin{bmatrix} h_{t-1} \\\\ x_t \\end{bmatrix} + b_i)");
            page.holds("\\tilde{C}_t = \\tanh(W_C \\cdot \\begin{bmatrix} h_{t-1} \\\\ x_t \\end{bmatrix} + b_C)");
            page.holds("C_t = f_t \\odot C_{t-1} + i_t \\odot \\tilde{C}_t");
            page.holds("o_t = \\sigma(W_o \\cdot \\begin{bmatrix} h_{t-1} \\\\ x_t \\end{bmatrix} + b_o)");
            page.holds("h_t = o_t \\odot \\tanh(C_t)");
        }
    }

    /** ∂L/∂h_t from its own output and from the next state, rows times Jacobians; and the product of Jacobians. */
    @Test
    void theErrorComesBackThroughTimeAsPrinted() {
        int n = 3;
        var recurrent = random(80, n, n);
        var out = random(81, 2, n);
        var page = new Page().name("W_{hh}", recurrent).name("W_{hy}", out);
        var h = new Tensor[T + 1];
        var y = new Tensor[T + 1];
        h[0] = parameter(random(82, n, 1));
        var loss = Tensor.scalar(0, DType.FLOAT64);
        for (int t = 1; t <= T; t++) {
            h[t] = recurrent.matmul(h[t - 1]).plus(random(83 + t, n, 1)).tanh();
            y[t] = out.matmul(h[t]);
            loss = loss.plus(y[t].minus(random(90 + t, 2, 1)).square().sum());
        }
        for (int t = 1; t <= T; t++) {
            page.name("h_" + t, h[t]).name(partial("\\mathcal{L}", "h_" + t), grad(loss, h[t])[0].t())
                    .name(partial("\\mathcal{L}", "y_" + t), grad(loss, y[t])[0].t())
                    .name("\\frac{\\partial y_" + t + "}{\\partial h_" + t + "}", out);
            for (int s = 1; s < t; s++) {
                page.name("\\frac{\\partial h_" + t + "}{\\partial h_" + s + "}", jacobian(h[t], h[s]));
            }
        }
        for (int t = 1; t < T; t++) {
            page.holds("\\frac{\\partial \\mathcal{L}}{\\partial h_T} = \\frac{\\partial \\mathcal{L}}{\\partial y_T}"
                    .replace("T", "" + t) + "\\frac{\\partial y_T}{\\partial h_T} + ".replace("T", "" + t)
                    + "\\frac{\\partial \\mathcal{L}}{\\partial h_N} \\frac{\\partial h_N}{\\partial h_T}"
                            .replace("T", "" + t).replace("N", "" + (t + 1)));
        }
        page.holds("\\frac{\\partial h_3}{\\partial h_1} = \\frac{\\partial h_3}{\\partial h_2} \\frac{\\partial h_2}{\\partial h_1}");
        page.holds("\\frac{\\partial h_2}{\\partial h_1} = \\operatorname{diag}(1 - h_2^2) W_{hh}");
    }

    /** ∂y/∂x of two recorded columns, a row for each element of y. */
    private static Tensor jacobian(Tensor y, Tensor x) {
        return Tensor.concat(0, IntStream.range(0, y.size())
                .mapToObj(i -> grad(y.slice(0, i, i + 1).sum(), x)[0].t()).toArray(Tensor[]::new));
    }

    // ---- attention: rows ----

    @Test
    void attentionIsAsPrinted() {
        var q = random(100, 4, 3);
        var k = random(101, 4, 3);
        var v = random(102, 4, 2);
        var attended = Attention.attend(q, k, v, Tensor.scalar(0, DType.FLOAT64));
        var page = new Page().name("Q", q).name("K", k).name("V", v).name("q", q).name("k", k).name("v", v)
                .name("n", Tensor.scalar(4, DType.FLOAT64)).name("d_k", Tensor.scalar(3, DType.FLOAT64))
                .name("\\alpha", attended.weights()).name("o", attended.output());
        page.gives("\\text{softmax}\\left(\\frac{QK^T}{\\sqrt{d_k}}\\right)V", attended.output());
        page.name("e", q.matmul(k.t()).div(Math.sqrt(3)));
        page.holds("e_{ij} = \\frac{q_i \\cdot k_j}{\\sqrt{d_k}}");
        page.holds("\\alpha_{ij} = \\frac{\\exp(e_{ij})}{\\sum_{k=1}^n \\exp(e_{ik})}");
        page.holds("o_i = \\sum_{j=1}^n \\alpha_{ij} v_j");
    }

    /** Printed: 0 where i ≤ j, −∞ where i > j; so row 1 would see the whole future, and the last row only itself. */
    @Test
    void aCausalMaskHidesWhatComesLater() {
        var q = random(103, 5, 3);
        var k = random(104, 5, 3);
        var page = new Page().name("S", q.matmul(k.t())).name("M", Attention.causal(5).as(DType.FLOAT64));
        page.name("\\alpha", Attention.attend(q.times(Math.sqrt(3)), k, q, Attention.causal(5).as(DType.FLOAT64)).weights());
        page.holds("\\alpha = \\text{softmax}(S + M)");
        for (int i = 1; i <= 5; i++) {
            for (int j = 1; j <= 5; j++) {
                page.name("i", Tensor.scalar(i)).name("j", Tensor.scalar(j));
                assertEquals(page.value("M_{ij}").item(),
                        page.value("\\begin{cases} 0 & j \\le i \\\\ -\\infty & j > i \\end{cases}").item());
            }
        }
        assertTrue(page.value("\\sum_{j=2}^{5} \\alpha_{1j}").item() == 0);
        assertTrue(page.value("\\sum_{j=2}^{5} \\text{softmax}(S + M^{\\top})_{1j}").item() > 0.3);
    }

    // ---- the rest of the page ----

    /** For one sample, before it meets the sigmoid's slope. */
    @Test
    void binaryCrossEntropyHasThePrintedDerivative() {
        for (int label = 0; label <= 1; label++) {
            var a = parameter(Tensor.scalar(0.7, DType.FLOAT64));
            var loss = a.log().times(label).plus(a.neg().plus(1).log().times(1 - label)).neg();
            new Page().name("a_{out}", a).name("y", Tensor.scalar(label))
                    .gives("\\frac{a_{out} - y}{a_{out}(1 - a_{out})}", grad(loss, a)[0]);
        }
    }

    /** Printed: the kernel k_l, with the strides up to l; the kernel that widens the view is the next one. */
    @Test
    void theReceptiveFieldGrowsByTheKernelToCome() {
        double[] kernels = {3, 2, 3, 2};
        double[] strides = {1, 2, 1, 2};
        var page = new Page().name("k", Tensor.of(kernels)).name("s", Tensor.of(strides)).name("R_0", Tensor.of(1).sum());
        for (int l = 0; l < kernels.length; l++) {
            page.name("l", Tensor.scalar(l));
            page.name("R_" + (l + 1), Tensor.scalar(
                    page.value("R_l + (k_{l+1} - 1) \\times \\prod_{i=1}^{l} s_i").item()));
        }
        assertEquals(List.of(3.0, 4.0, 8.0, 10.0),
                IntStream.rangeClosed(1, 4).mapToObj(l -> page.value("R_" + l).item()).toList());
        page.name("l", Tensor.scalar(1));
        assertEquals(5, page.value("R_1 + (k_{l} - 1) \\times \\prod_{i=1}^{l} s_i").item());
    }
}
