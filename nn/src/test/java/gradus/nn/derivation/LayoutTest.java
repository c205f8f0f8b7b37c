package gradus.nn.derivation;

import static gradus.nn.Nn.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One recorded network in all ways of writing it. */
class LayoutTest {

    private static void holds(Derivation derivation) {
        for (var step : derivation.steps()) {
            assertInstanceOf(Check.Holds.class, step.check(), step::toString);
        }
    }

    private static String right(Derivation derivation, String left) {
        return derivation.steps().stream().filter(step -> step.left().text().equals(left)).findFirst().orElseThrow()
                .right().text();
    }

    /** Two layers on a batch of six samples, one per row. */
    private static Tensor rows() {
        var x = randn(seed(1), 6, 3).named("X");
        var y = randn(seed(2), 6, 2).named("Y");
        var w1 = parameter(randn(seed(3), 4, 3).named("W_1"));
        var b1 = parameter(randn(seed(4), 4).named("b_1"));
        var w2 = parameter(randn(seed(5), 2, 4).named("W_2"));
        var b2 = parameter(randn(seed(6), 2).named("b_2"));
        var h = x.linear(w1, b1).named("Z_1").tanh().named("H_1");
        return h.linear(w2, b2).named("Z_2").minus(y).square().sum().times(1.0 / 6).named("L");
    }

    /** The same with one sample per column. */
    private static Tensor columns(int samples) {
        var x = randn(seed(1), 3, samples).named("x");
        var y = randn(seed(2), 2, samples).named("y");
        var w1 = parameter(randn(seed(3), 4, 3).named("W_1"));
        var b1 = parameter(randn(seed(4), 4, 1).named("b_1"));
        var w2 = parameter(randn(seed(5), 2, 4).named("W_2"));
        var b2 = parameter(randn(seed(6), 2, 1).named("b_2"));
        var h = w1.matmul(x).plus(b1).named("z_1").tanh().named("h_1");
        return w2.matmul(h).plus(b2).named("z_2").minus(y).square().sum().times(0.5).named("L");
    }

    @Test
    void aBatchOfRowsReadsAsColumns() {
        var derivation = derive(rows()).layout(Layout.COLUMNS);
        holds(derivation);
        assertEquals("W_1 \\, X + b_1", right(derivation, "Z_1"));
        assertEquals("W_2^{\\top} \\, \\delta_{Z_2} \\odot \\left(1 - H_1^{2}\\right)", right(derivation, "\\delta_{Z_1}"));
        assertEquals("\\delta_{Z_1} \\, {X}^{\\top}", right(derivation, "\\frac{\\partial L}{\\partial W_1}"));
        assertEquals("\\delta_{Z_1} \\, \\mathbf{1}", right(derivation, "\\frac{\\partial L}{\\partial b_1}"));
        assertEquals(new Shape(4, 6), derivation.steps().getFirst().shape());
    }

    @Test
    void columnsReadAsRows() {
        for (int samples : new int[] {1, 5}) {
            var derivation = derive(columns(samples)).layout(Layout.ROWS);
            holds(derivation);
            assertEquals("x \\, W_1^{\\top} + b_1^{\\top}", right(derivation, "z_1"));
            assertEquals("\\delta_{2} \\, W_2 \\odot \\left(1 - h_1^{2}\\right)", right(derivation, "\\delta_{1}"));
            assertEquals("\\delta_{1}^{\\top} \\, x", right(derivation, "\\frac{\\partial L}{\\partial W_1}"));
        }
    }

    @Test
    void numeratorLayoutTransposesGradients() {
        var derivation = derive(columns(1)).numerator();
        holds(derivation);
        assertEquals("\\delta_{2} \\, W_2 \\odot \\left(1 - {\\left(h_1^{\\top}\\right)}^{2}\\right)", right(derivation, "\\delta_{1}"));
        assertEquals("x \\, \\delta_{1}", right(derivation, "\\frac{\\partial L}{\\partial W_1}"));
        assertEquals("\\delta_{1} \\, {x}^{\\top}", right(derivation.denominator(), "\\frac{\\partial L}{\\partial W_1}"));
        holds(derive(rows()).layout(Layout.COLUMNS).numerator());
        holds(derive(rows()).numerator());
    }

    @Test
    void everyEntryIsASumOverIndices() {
        var derivation = derive(rows()).layout(Layout.INDICES);
        holds(derivation);
        assertEquals("\\sum_{k} {X}_{ik} \\, {W_1}_{jk} + {b_1}_{j}", right(derivation, "{Z_1}_{ij}"));
        assertEquals("{\\delta}_{ik} \\, {\\delta}_{jl} \\, \\left(1 - {H_1}_{ij}^{2}\\right)",
                right(derivation, "\\frac{\\partial {H_1}_{ij}}{\\partial {Z_1}_{kl}}"));
        assertEquals("\\sum_{k} {\\delta_{Z_1}}_{ki} \\, {X}_{kj}", right(derivation, "\\frac{\\partial L}{\\partial {W_1}_{ij}}"));
        holds(derive(columns(1)).layout(Layout.INDICES));
    }

    /** What document 001 §4.3 prints as a matrix is a tensor of third order. */
    @Test
    void theDerivativeOfALayerInItsWeightsHasAKroneckerDelta() {
        var w = parameter(randn(seed(1), 4, 3).named("W"));
        var x = randn(seed(2), 3, 1).named("x");
        var derivation = derive(w.matmul(x).tanh().named("h").square().sum().named("L")).layout(Layout.INDICES);
        holds(derivation);
        assertEquals("{\\delta}_{ik} \\, \\left(1 - {h}_{i1}^{2}\\right) \\, {x}_{l1}",
                right(derivation, "\\frac{\\partial {h}_{i1}}{\\partial {W}_{kl}}"));
    }

    @Test
    void differentialsAreCollectedUnderTheTrace() {
        var derivation = derive(rows()).layout(Layout.DIFFERENTIALS);
        holds(derivation);
        assertEquals("\\mathrm{d}H_1 \\, W_2^{\\top} + H_1 \\, {\\mathrm{d}W_2}^{\\top} + \\mathrm{d}b_2",
                right(derivation, "\\mathrm{d}Z_2"));
        assertEquals("\\operatorname{tr}\\left({\\left(\\delta_{Z_1}^{\\top} \\, X\\right)}^{\\top} \\, \\mathrm{d}W_1\\right)"
                + " + {\\left(\\sum_{i} {\\delta_{Z_1}}_{i}\\right)}^{\\top} \\, \\mathrm{d}b_1",
                right(derivation, "\\operatorname{tr}\\left(\\delta_{Z_1}^{\\top} \\, \\mathrm{d}Z_1\\right)"));
        holds(derive(columns(5)).layout(Layout.DIFFERENTIALS));
    }

    static Map<String, Supplier<Tensor>> networks() {
        var x = randn(seed(1), 5, 4).named("X");
        var labels = Tensor.indices(new Shape(5), 0, 2, 1, 1, 0).named("y");
        return Map.of("cross-entropy", () -> crossEntropy().of(sequential(linear(4, 6), relu(), linear(6, 3)).apply(x), labels),
                "softmax", () -> linear(4, 3).apply(x).named("Z").softmax(-1).named("P").log()
                        .times(randn(seed(2), 5, 3).named("Y")).sum().neg(),
                "binary", () -> bceWithLogits().of(sequential(linear(4, 6), sigmoid(), linear(6, 1)).apply(x),
                        randn(seed(8), 5, 1).gt(0)),
                "attention", () -> attention(x),
                "convolution", () -> sequential(conv2d(1, 2, 3), relu(), flatten(), linear(32, 2))
                        .apply(randn(seed(6), 2, 1, 6, 6)).square().mean(),
                "layer norm", () -> sequential(linear(4, 6), layerNorm(6), gelu(), linear(6, 2)).apply(x).square().mean(),
                "embedding", () -> crossEntropy().of(sequential(embedding(7, 4), linear(4, 3)).apply(labels), labels),
                "inverse", () -> inverse(), "residual", () -> {
                    var w = parameter(randn(seed(11), 4, 4)).named("W");
                    var h = x.matmul(w).tanh().plus(x).named("H");
                    return h.matmul(w).minus(h.mean(0)).square().mean().plus(w.square().sum().times(0.01));
                }, "scalar", () -> parameter(Tensor.scalar(2)).named("w").times(3).sin().named("L"));
    }

    private static Tensor attention(Tensor x) {
        var q = x.matmul(parameter(randn(seed(3), 4, 3)).named("W_Q")).named("Q");
        var k = x.matmul(parameter(randn(seed(4), 4, 3)).named("W_K")).named("K");
        var v = x.matmul(parameter(randn(seed(5), 4, 3)).named("W_V")).named("V");
        return q.matmul(k.t()).times(1 / Math.sqrt(3)).named("S").softmax(-1).named("A").matmul(v).named("O").square().mean();
    }

    private static Tensor inverse() {
        var a = parameter(randn(seed(9), 3, 3)).named("A");
        var b = parameter(randn(seed(10), 3, 1)).named("b");
        return b.t().matmul(a.inverse()).matmul(b).sum().plus(a.det().log().square());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cross-entropy", "softmax", "binary", "attention", "convolution", "layer norm", "embedding", "inverse",
        "residual", "scalar"})
    void anyNetworkReadsInAnyLayout(String network) {
        var derivation = derive(networks().get(network).get());
        holds(derivation);
        holds(derivation.layout(Layout.COLUMNS));
        holds(derivation.layout(Layout.ROWS));
        holds(derivation.numerator());
        holds(derivation.layout(Layout.DIFFERENTIALS));
        for (var step : derivation.layout(Layout.INDICES).steps()) {   // a Jacobian may have no formula for single elements
            assertFalse(step.check() instanceof Check.Fails, step::toString);
            assertTrue(step.kind() == Step.Kind.LOCAL || step.check() instanceof Check.Holds, step::toString);
        }
    }

    @Test
    void whatIsCutOutPickedAndReshapedHasItsPositionsComputed() {
        var e = parameter(randn(seed(1), 4, 6).named("E"));
        var c = Tensor.indices(new Shape(3), 1, 3, 1).named("c");
        var picked = e.select(0, c).named("P");
        var cut = e.slice(1, 1, 5, 2).named("C");
        var merged = e.reshape(2, 2, 6).named("F").reshape(8, 3).named("G");
        var chosen = e.gather(1, Tensor.indices(new Shape(4, 1), 0, 2, 5, 2).named("g")).named("H");
        var running = e.cumsum(1).named("S");
        var loss = picked.square().sum().plus(cut.exp().sum()).plus(merged.tanh().sum()).plus(chosen.sum()).plus(running.square().sum());
        var derivation = derive(loss.named("L")).layout(Layout.INDICES);
        holds(derivation);
        assertEquals("{\\delta}_{c[i], k} \\, {\\delta}_{jl}",
                right(derivation, "\\frac{\\partial P[i, j]}{\\partial E[k, l]}"));
        assertEquals("E[i, 2 \\, j + 1]", right(derivation, "C[i, j]"));
        assertEquals("E[2 \\, i + j, k]", right(derivation, "F[i, j, k]"));
        assertEquals("E[i, g[i, 0]]", right(derivation, "H[i, 0]"));
        assertEquals("{\\delta}_{ik} \\, \\mathbf{1}_{l \\le j}",
                right(derivation, "\\frac{\\partial S[i, j]}{\\partial E[k, l]}"));
    }

    @Test
    void aLargeJacobianIsEvaluatedAtSomeOfItsNumbers() {
        var w = parameter(randn(seed(2), 20, 30).named("W"));
        var derivation = derive(randn(seed(1), 16, 20).named("X").matmul(w).named("Z").tanh().named("H").square().mean().named("L"))
                .layout(Layout.INDICES);
        holds(derivation);
        var jacobians = derivation.steps(Step.Kind.LOCAL).stream().map(step -> (Check.Holds) step.check()).toList();
        assertTrue(jacobians.stream().allMatch(check -> check.sampled() > 30), jacobians::toString);
        assertTrue(derivation.toString().contains("Of 2 lines with too many numbers for all, "), derivation::toString);
    }

    @Test
    void comparisonsMoveNothing() {
        var a = parameter(tensor(1, 2, 2).named("a"));
        holds(derive(a.norm().times(a.sum()).named("L")).layout(Layout.DIFFERENTIALS));
    }
}
