package gradus.nn.derivation.unrolled;

import static gradus.nn.derivation.unrolled.ThroughTimeTest.assertHold;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Seed;
import gradus.nn.Tensor;
import gradus.nn.layer.Attention;
import gradus.nn.layer.Cell;
import gradus.nn.layer.Cell.Reset;
import gradus.nn.layer.Cell.Update;
import gradus.nn.layer.Convolution.Conv;
import gradus.nn.layer.Linear;
import gradus.nn.layer.Pooling.Kind;
import gradus.nn.layer.Pooling.Pool;
import gradus.nn.layer.Recurrent;
import gradus.nn.layer.Sequential;
import gradus.nn.tex.Evaluator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The lines of the course's pages on recurrent nets, convolutions and attention, as they are printed there. */
class PrintedTest {

    private static final Seed SEED = new Seed(11);

    private static Tensor normal(int... dims) {
        return Tensor.normal(SEED.stream("x" + dims.length), 0, 1, dims);
    }

    private static Tensor loss(Tensor y) {
        return y.tanh().square().sum();
    }

    /** A formula without what a typesetter decides: spaces, sizes of parentheses, braces around one sign, calligraphy.
     * */
    private static String plain(String latex) {
        return latex.replaceAll("\\\\(left|right|[,;!])(?![a-z])", "").replace("\\mathcal{L}", "L")
                .replace("^\\top", "^T").replace("^{\\top}", "^T")
                .replaceAll("\\s+", "").replaceAll("([_^])\\{(\\w)}", "$1$2").replace("\\mathbf{X}", "X")
                        .replace("\\mathbf{Y}", "Y")
                .replace("\\mathbf{W}", "W").replace("\\operatorname{softmax}", "\\text{softmax}")
                        .replace("\\operatorname{Attention}", "\\text{Attention}");
    }

    /** The same without the ranges of sums, which the pages leave out. */
    private static String rangeless(String latex) {
        return plain(latex).replaceAll("=0(,[^}]*)?}\\^(\\d|\\{\\d+})", "}").replaceAll("_\\{(\\w)}", "_$1");
    }

    private static void assertPrinted(Unrolled unrolled, String... printed) {
        assertHold(unrolled);
        var ours = unrolled.steps().stream().map(step -> plain(step.left() + "=" + step.right())).toList();
        for (var line : printed) {
            assertTrue(ours.contains(plain(line)), () -> line + " is not among\n" + String.join("\n", ours));
        }
    }

    private static void assertPrintedWithoutRanges(Unrolled unrolled, String... printed) {
        assertHold(unrolled);
        var ours = unrolled.steps().stream().map(step -> rangeless(step.left() + "=" + step.right())).toList();
        for (var line : printed) {
            assertTrue(ours.contains(rangeless(line)), () -> rangeless(line) + " is not among\n"
                    + String.join("\n", ours));
        }
    }

    @Test
    void theSimpleRecurrentNet() {
        var net = new Sequential(List.of(Recurrent.Sequence.of(Cell.Rnn.of(2, 3, SEED)),
                Linear.of(3, 2, SEED)));
        assertPrinted(Unrolled.of(net, normal(1, 5, 2), PrintedTest::loss),
                "h_t = \\tanh(W_{hh} h_{t-1} + W_{xh} x_t + b_h)", "h_1 = \\tanh(W_{hh} h_0 + W_{xh} x_1 + b_h)",
                "h_2 = \\tanh(W_{hh} h_1 + W_{xh} x_2 + b_h)", "h_T = \\tanh(W_{hh} h_{T-1} + W_{xh} x_T + b_h)",
                "y_1 = W_{hy} h_1 + b_y", "y_2 = W_{hy} h_2 + b_y", "y_T = W_{hy} h_T + b_y",
                "\\frac{\\partial \\mathcal{L}}{\\partial h_t} = \\frac{\\partial \\mathcal{L}}{\\partial y_t} \\frac{\\partial y_t}{\\partial h_t}"
                        + " + \\frac{\\partial \\mathcal{L}}{\\partial h_{t+1}} \\frac{\\partial h_{t+1}}{\\partial h_t}",
                "\\frac{\\partial h_t}{\\partial h_{t-k}} = \\prod_{i=1}^{k} \\frac{\\partial h_{t-i+1}}{\\partial h_{t-i}}");
    }

    @Test
    void longShortTermMemory() {
        assertPrinted(Unrolled.of(Recurrent.Sequence.of(Cell.Lstm.of(2, 3, SEED)), normal(1, 5, 2),
                PrintedTest::loss),
                "f_t = \\sigma(W_f \\cdot [h_{t-1}, x_t] + b_f)", "i_t = \\sigma(W_i \\cdot [h_{t-1}, x_t] + b_i)",
                "\\tilde{C}_t = \\tanh(W_C \\cdot [h_{t-1}, x_t] + b_C)",
                        "C_t = f_t \\odot C_{t-1} + i_t \\odot \\tilde{C}_t",
                "o_t = \\sigma(W_o \\cdot [h_{t-1}, x_t] + b_o)", "h_t = o_t \\odot \\tanh(C_t)");
    }

    @Test
    void theGatedRecurrentUnit() {
        var cell = Cell.Gru.of(2, 3, SEED).convention(Reset.BEFORE, Update.NEW);
        assertPrinted(Unrolled.of(Recurrent.Sequence.of(cell), normal(1, 5, 2), PrintedTest::loss),
                "r_t = \\sigma(W_r \\cdot [h_{t-1}, x_t] + b_r)", "z_t = \\sigma(W_z \\cdot [h_{t-1}, x_t] + b_z)",
                "\\tilde{h}_t = \\tanh(W_h \\cdot [r_t \\odot h_{t-1}, x_t] + b_h)",
                        "h_t = (1 - z_t) \\odot h_{t-1} + z_t \\odot \\tilde{h}_t");
    }

    @Test
    void convolution() {
        assertPrintedWithoutRanges(Unrolled.of(Conv.of(2, 2, 3, SEED, 3), normal(2, 2, 5, 5), PrintedTest::loss),
                "\\mathbf{Y}[n,c_{out},h,w] = b[c_{out}] + \\sum_{c_{in}} \\sum_{k_h} \\sum_{k_w} \\mathbf{X}[n, c_{in}, h + k_h, w + k_w]"
                        + " \\times \\mathbf{W}[c_{out}, c_{in}, k_h, k_w]",
                "\\frac{\\partial \\mathcal{L}}{\\partial \\mathbf{W}[c_{out}, c_{in}, u, v]} = \\sum_n \\sum_i \\sum_j"
                        + " \\frac{\\partial \\mathcal{L}}{\\partial \\mathbf{Y}[n, c_{out}, i, j]} \\cdot \\mathbf{X}[n, c_{in}, i+u, j+v]",
                "\\frac{\\partial \\mathcal{L}}{\\partial \\mathbf{X}[n, c_{in}, i, j]} = \\sum_{c_{out}} \\sum_u \\sum_v"
                        + " \\frac{\\partial \\mathcal{L}}{\\partial \\mathbf{Y}[n, c_{out}, i-u, j-v]} \\cdot \\mathbf{W}[c_{out}, c_{in}, u, v]",
                "H_{out} = \\left\\lfloor \\frac{H_{in} + 2P - K_h}{S} \\right\\rfloor + 1",
                "W_{out} = \\left\\lfloor \\frac{W_{in} + 2P - K_w}{S} \\right\\rfloor + 1");
    }

    @Test
    void pooling() {
        var x = normal(1, 1, 4, 4);
        assertPrintedWithoutRanges(Unrolled.of(Pool.of(Kind.MAX, 2, 2), x),
                "\\mathbf{Y}[n, c, i, j] = \\max(\\mathbf{X}[n, c, 2i, 2j],"
                + " \\mathbf{X}[n, c, 2i, 2j+1], \\mathbf{X}[n, c, 2i+1, 2j], \\mathbf{X}[n, c, 2i+1, 2j+1])");
        assertPrintedWithoutRanges(Unrolled.of(Pool.of(Kind.AVERAGE, 2, 2), x),
                "\\mathbf{Y}[n, c, i, j] = \\frac{1}{4}\\sum_{p}\\sum_{q} \\mathbf{X}[n, c, 2i+p, 2j+q]");
    }

    @Test
    void oneAttentionHead() {
        assertPrinted(Unrolled.attention(normal(4, 3), normal(4, 3).flip(0), normal(4, 2), Tensor.zeros(),
                PrintedTest::loss),
                "\\text{Attention}(Q, K, V) = \\text{softmax}\\left(\\frac{Q K^T}{\\sqrt{d_k}}\\right)V",
                "e_{ij} = \\frac{q_i \\cdot k_j}{\\sqrt{d_k}}",
                        "\\alpha_{ij} = \\frac{\\exp(e_{ij})}{\\sum_{k=1}^n \\exp(e_{ik})}",
                "o_i = \\sum_{j=1}^n \\alpha_{ij} v_j");
    }

    /**
     * The mask is printed with 0 for i ≤ j and −∞ for i > j, beside the sentence that position i sees positions j ≤ i.
     * The
     * sentence is right: with the printed mask the first position would see the last token, whose value is moved here.
     */
    @Test
    void theCausalMaskIsTheTransposeOfThePrintedOne() {
        var q = normal(4, 3);
        var v = normal(4, 2);
        var moved = Tensor.concat(0, v.slice(0, 0, 3), v.slice(0, 3, 4).plus(1));
        var causal = Attention.causal(4);
        assertEquals(Attention.attend(q, q, v, causal).output().at(0, 0), Attention.attend(q, q, moved, causal).output()
                .at(0, 0));
        assertTrue(Math.abs(Attention.attend(q, q, v, causal.t()).output()
                .at(0, 0) - Attention.attend(q, q, moved, causal.t()).output().at(0, 0)) > 1e-3);
        assertPrinted(Unrolled.attention(q, q, v, causal, PrintedTest::loss),
                "M_{ij} = \\begin{cases} 0 & \\text{if } j \\leq i \\\\ -\\infty & \\text{if } j > i \\end{cases}".replace("\\leq", "\\le"));
    }

    /** The printed form divides the masked scores by √d, ours masks what was divided: 0 and −∞ stay what they are. */
    @Test
    void maskingBeforeTheScalingIsTheSame() {
        var q = Structure.precise(normal(4, 3));
        var v = Structure.precise(normal(4, 2));
        var mask = Structure.precise(Attention.causal(4));
        var printed = Evaluator.evaluate("\\operatorname{softmax}\\left(\\frac{Q K^T + M}{\\sqrt{d_k}}\\right) V",
                Map.of("Q", CheckedLines.array(q),
                "K", CheckedLines.array(q), "V", CheckedLines.array(v), "M", CheckedLines.array(mask), "d_k",
                        CheckedLines.array(Tensor.scalar(3))));
        var ours = Attention.attend(q, q, v, mask).output().toDoubleArray();
        for (int i = 0; i < ours.length; i++) {
            assertEquals(ours[i], printed.data()[i], 1e-14);
        }
    }
}
