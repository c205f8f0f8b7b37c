package gradus.nn.derivation.rules;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Linalg;
import gradus.nn.Nn;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Check;
import gradus.nn.derivation.Step;
import gradus.nn.grad.Gradients;
import gradus.nn.loss.Loss;
import gradus.nn.op.Convolutions;
import gradus.nn.op.ErrorTerms;
import gradus.nn.op.Normalization;
import gradus.nn.op.Op;
import gradus.nn.op.Sliding;
import gradus.nn.tex.Evaluator;
import gradus.nn.tex.NdArray;
import gradus.nn.tex.Tex;
import gradus.nn.tex.Value;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** In recorded graphs known results are found, and their formulas are the gradients. */
class MatchTest {

    private static final double STEP = 1e-5;
    private static long seed;

    private static Tensor constant(String name, int... dims) {
        return Nn.randn(Nn.seed(++seed), dims).as(DType.FLOAT64).named(name);
    }

    private static Tensor parameter(String name, int... dims) {
        return Tensor.parameter(constant(name, dims)).named(name);
    }

    private static Tensor distribution(String name, int... dims) {
        return constant("", dims).softmax(-1).named(name);
    }

    /** Tensors as a formula has them: by name, or as the operation writes them. */
    private static final class Names {

        final Map<String, Value> values = new HashMap<>();
        private final Map<Tensor, Tex> known = new IdentityHashMap<>();

        Tex of(Tensor x) {
            return known.computeIfAbsent(x, y -> {
                if (y.op() != null && y.name().isEmpty() && y.op().formulas() == Op.Formulas.OF_ALL) {
                    return null;
                }
                var name = y.name().isEmpty() ? "k_{" + values.size() + "}" : y.name();
                values.put(name, new NdArray(y.shape().dims(), y.toDoubleArray()));
                return Tex.symbol(name, y.shape());
            }) instanceof Tex name ? name
                    : x.op().tex(Stream.of(x.inputs()).map(this::of).toArray(Tex[]::new)).of(x.shape());
        }
    }

    /** What is found at a graph's end, and for each parameter the formula's numbers and the central difference. */
    private static void assertMatches(String rule, Supplier<Tensor> graph, String... formulas) {
        var out = graph.get();
        var match = Rules.match(out).orElseThrow(() -> new AssertionError("nothing found in " + out.op()));
        assertEquals(rule, match.rule().name());
        assertFalse(match.covered().contains(out), "the output is covered");
        assertTrue(match.isClosed(uses(out)), "what is covered is used elsewhere");
        assertFalse(match.shares().isEmpty());
        var names = new Names();
        boolean number = out.size() == 1;
        var d = number ? Tensor.full(1, out.shape(), DType.FLOAT64) : constant("\\delta", out.shape().dims());
        var delta = number ? Tex.number(1).of(out.shape()) : names.of(d);
        for (int i = 0; i < match.shares().size(); i++) {
            var share = match.shares().get(i);
            var formula = share.gradient().of(delta, names::of).text();
            if (i < formulas.length) {
                assertEquals(formulas[i], formula);
            }
            var found = Evaluator.evaluate(formula, names.values, share.input().shape().dims()).data();
            var gradient = Gradients.of(out.times(d).sum(), share.input())[0].toDoubleArray();
            assertEquals(gradient.length, found.length, formula);
            double largest = Arrays.stream(gradient).map(Math::abs).max().orElse(0);
            assertArrayEquals(gradient, found, 1e-12 * Math.max(1, largest), formula);
            if (share.input().op() == null) {
                assertArrayEquals(differences(graph, d, share.input()), found, 1e-7 * Math.max(1, largest), formula);
            }
        }
    }

    private static Map<Tensor, Integer> uses(Tensor out) {
        var uses = new IdentityHashMap<Tensor, Integer>();
        var open = new ArrayDeque<>(List.of(out));
        while (!open.isEmpty()) {
            for (var input : open.pop().inputs()) {
                if (uses.merge(input, 1, Integer::sum) == 1) {
                    open.push(input);
                }
            }
        }
        return uses;
    }

    private static double[] differences(Supplier<Tensor> graph, Tensor d, Tensor x) {
        var slopes = new double[x.size()];
        for (int i = 0; i < slopes.length; i++) {
            double at = x.buffer().get(i);
            x.buffer().set(i, at + STEP);
            double right = graph.get().times(d).sum().item();
            x.buffer().set(i, at - STEP);
            slopes[i] = (right - graph.get().times(d).sum().item()) / (2 * STEP);
            x.buffer().set(i, at);
        }
        return slopes;
    }

    private static DynamicTest finds(String rule, String where, Supplier<Tensor> graph, String... formulas) {
        return DynamicTest.dynamicTest(rule + ": " + where, () -> assertMatches(rule, graph, formulas));
    }

    @TestFactory
    Stream<DynamicTest> crossEntropies() {
        var z = parameter("z", 3, 4);
        var v = parameter("z", 4);
        var q = distribution("q", 4);
        var y = distribution("Y", 3, 4);
        var c = Tensor.indices(new Shape(3), 1, 0, 3).named("c");
        var k = constant("K", 3, 4);
        var mean = "softmax ∘ cross-entropy, mean over samples";
        return Stream.of(
                finds(mean, "labels", () -> Tensor.crossEntropy(z, c).mean(),
                        "\\frac{1}{3} \\, \\left(\\operatorname{softmax}\\left(z\\right)[i, j] - \\mathbf{1}_{j = c[i]}\\right)"),
                finds(mean, "distributions", () -> Tensor.crossEntropy(z, y).mean(),
                        "\\frac{1}{3} \\, \\left(\\operatorname{softmax}\\left(z\\right) - Y\\right)"),
                finds("softmax ∘ cross-entropy", "rows that do not sum to 1", () -> Tensor.crossEntropy(z, k).sum()),
                finds(mean, "smoothed labels", () -> new Loss.CrossEntropy().smoothing(0.2).of(z, c)),
                finds(mean, "softmax, ln, product, sum, mean", () -> y.times(z.softmax(-1).named("P").log()).sum(1).neg().mean(),
                        "\\frac{1}{3} \\, \\left(P - Y\\right)"),
                finds(mean, "log-softmax", () -> z.logSoftmax(-1).times(y).sum().times(-1.0 / 3)),
                finds(mean, "softmax, ln, pick, mean", () -> z.softmax(1).log().gather(1, c.reshape(-1, 1)).reshape(-1).mean().neg()),
                finds(mean, "negative log-likelihood", () -> Nn.nll().of(z.logSoftmax(1), c)),
                finds("softmax ∘ cross-entropy", "one sample", () -> q.times(v.softmax(-1).named("p").log()).sum().neg(), "p - q"),
                finds("softmax ∘ cross-entropy", "each sample", () -> Tensor.crossEntropy(z, y)));
    }

    @TestFactory
    Stream<DynamicTest> binaryCrossEntropies() {
        var z = parameter("z", 5);
        var s = parameter("z", 1);
        var t = constant("", 5).sigmoid().named("y");
        var rest = t.neg().plus(1).named("w");
        var one = Tensor.of(new Shape(1), new double[] {1}).named("y");
        var mean = "sigmoid ∘ binary cross-entropy, mean over samples";
        return Stream.of(
                finds(mean, "of scores", () -> Nn.bceWithLogits().of(z, t),
                        "\\frac{1}{5} \\, \\left(\\sigma\\left(z\\right) - y\\right)"),
                finds(mean, "of probabilities", () -> Tensor.apply(new ErrorTerms.Bce(), z.sigmoid().named("a"), t).mean(),
                        "\\frac{1}{5} \\, \\left(a - y\\right)"),
                finds(mean, "written out", () -> {
                    var a = z.sigmoid().named("a");
                    return t.times(a.log()).plus(rest.times(a.neg().plus(1).log())).mean().neg();
                }, "\\frac{1}{5} \\, \\left(a - y\\right)"),
                finds("sigmoid ∘ binary cross-entropy", "written out with minus", () -> {
                    var a = z.sigmoid().named("a");
                    return a.neg().plus(1).log().times(rest).neg().minus(a.log().times(t)).sum();
                }, "a - y"),
                finds("sigmoid ∘ binary cross-entropy", "one score", () -> Tensor.bceWithLogits(s, one).sum(),
                        "\\sigma\\left(z\\right) - y"));
    }

    @TestFactory
    Stream<DynamicTest> squaresAndNorms() {
        var p = parameter("\\hat{y}", 4, 2);
        var y = constant("y", 4, 2);
        var x = parameter("x", 5);
        return Stream.of(
                finds("squared error, mean", "mean", () -> Nn.mse().of(p, y), "\\frac{1}{4} \\, \\left(\\hat{y} - y\\right)"),
                finds("squared error, sum", "sum", () -> p.minus(y).square().sum(), "2 \\, \\left(\\hat{y} - y\\right)"),
                finds("squared error, half the sum", "½ sum", () -> p.minus(y).pow(2).sum().times(0.5), "\\hat{y} - y"),
                finds("squared error, half the mean", "½ mean", () -> p.minus(y).square().mean().times(0.5)),
                finds("squared norm", "sum of squares", () -> x.square().sum(), "2 \\, x"),
                finds("squared norm", "weight decay", () -> x.times(x).sum().times(0.05)),
                finds("squared norm", "inner product", () -> x.dot(x), "2 \\, x"),
                finds("Euclidean norm", "root", () -> x.square().sum().sqrt(), "\\frac{x}{\\left\\|x\\right\\|}"),
                finds("Euclidean norm", "norm()", () -> x.norm(), "\\frac{x}{\\left\\|x\\right\\|}"),
                finds("Frobenius norm", "norm() of a matrix", () -> p.norm()),
                finds("Frobenius norm", "operation", () -> Linalg.matrixNorm(p)));
    }

    @TestFactory
    Stream<DynamicTest> products() {
        var x = parameter("x", 4);
        var column = parameter("x", 4, 1);
        var a = parameter("A", 4, 4);
        var b = parameter("B", 3, 3);
        var w = parameter("W", 4, 3);
        var c = parameter("c", 4);
        var k = constant("K", 4, 2);
        var left = constant("C", 2, 4);
        var s = constant("S", 4, 4);
        return Stream.of(
                finds("linear form", "inner product", () -> c.dot(x), "x", "c"),
                finds("quadratic form", "vector", () -> x.dot(a.matmul(x.reshape(-1, 1)).reshape(-1)),
                        "\\left(A + {A}^{\\top}\\right) \\, x", "x \\, {x}^{\\top}"),
                finds("quadratic form", "column", () -> column.t().matmul(a).matmul(column)),
                finds("quadratic form", "½", () -> column.t().matmul(s.matmul(column)).reshape().times(0.5),
                        "\\frac{1}{2} \\, \\left(S + {S}^{\\top}\\right) \\, x"),
                finds("trace of a product", "tr A W Wᵀ as two", () -> s.matmul(a).trace(), "{S}^{\\top}"),
                finds("trace of a quadratic form", "tr WᵀAW", () -> w.t().matmul(a).matmul(w).trace(),
                        "\\left(A + {A}^{\\top}\\right) \\, W"),
                finds("trace of a quadratic form with two matrices", "tr WᵀAWB", () -> w.t().matmul(a).matmul(w).matmul(b).trace(),
                        "A \\, W \\, B + {A}^{\\top} \\, W \\, {B}^{\\top}"),
                finds("cyclic trace", "tr CWBCᵀ…", () -> left.matmul(w).matmul(b).matmul(w.t()).matmul(left.t()).trace()),
                finds("cyclic trace", "bilinear", () -> c.reshape(1, -1).matmul(a).matmul(column)),
                finds("product of three matrices", "CWB", () -> left.matmul(w).matmul(b),
                        "{C}^{\\top} \\, \\delta \\, {B}^{\\top}", "{W}^{\\top} \\, {C}^{\\top} \\, \\delta"),
                finds("product of three matrices", "WᵀAW", () -> w.t().matmul(s).matmul(k)),
                finds("matrix product", "two", () -> left.matmul(w), "{C}^{\\top} \\, \\delta"),
                finds("logarithm of a determinant", "ln det", () -> a.matmul(a.t()).named("X").det().log(), "{X}^{-\\top}"),
                finds("logarithm of a determinant", "slogdet", () -> Linalg.slogdet(a).logAbs(), "{A}^{-\\top}"),
                finds("determinant", "det", () -> b.det()),
                finds("inverse", "inverse", () -> b.inverse()));
    }

    @TestFactory
    Stream<DynamicTest> operations() {
        var z = parameter("z", 3, 4);
        var w = parameter("W", 2, 4);
        var b = parameter("b", 2);
        var v = parameter("v", 4);
        var g = constant("g", 3, 4);
        var rows = parameter("x", 1, 3, 4);
        var columns = parameter("x", 4, 3, 1);
        var image = parameter("x", 1, 1, 4, 4);
        var kernel = parameter("w", 1, 1, 2, 2);
        return Stream.of(
                finds("sigmoid derivative", "σ", () -> z.sigmoid()),
                finds("tanh derivative", "tanh", () -> z.tanh()),
                finds("softmax with an upstream gradient", "softmax", () -> z.softmax(1)),
                finds("log-softmax Jacobian", "log-softmax", () -> z.logSoftmax(1).named("l")),
                finds("linear layer, rows with the transposed weight", "layer", () -> z.linear(w, b)),
                finds("linear layer, columns", "layer of one sample", () -> v.linear(w, b)),
                finds("Hadamard product", "gate", () -> z.times(g)),
                finds("convolution in two dimensions", "conv2d", () -> Tensor.apply(
                        new Convolutions.Conv(Sliding.PLAIN.times(2), 1), image, kernel)),
                finds("layer normalisation", "rows", () -> Tensor.apply(
                        new Normalization.Standardize(0.1, true), rows)),
                finds("batch normalisation", "columns", () -> Tensor.apply(
                        new Normalization.Standardize(0.1, true), columns)));
    }

    @Test
    void whatIsNoKnownResultIsNotFound() {
        var z = parameter("z", 3);
        assertTrue(Rules.match(z).isEmpty());
        assertTrue(Rules.match(z.exp()).isEmpty());
        assertTrue(Rules.match(z.plus(z)).isEmpty(), "x + x is no residual connection");
        assertTrue(Rules.match(z.square().sum().times(0).sqrt()).isEmpty(), "the norm has no gradient at 0");
        assertTrue(Rules.match(z.square().sum().times(2).sqrt()).isEmpty(), "a multiple of the norm");
        assertNotEquals("softmax ∘ cross-entropy", Rules.match(constant("k", 3).times(z.logSoftmax(-1)).sum().neg())
                .map(m -> m.rule().name()).orElse(""), "k does not sum to 1");
        var a = z.sigmoid();
        var y = constant("", 3).sigmoid();
        var unlike = y.times(a.log()).plus(y.times(a.neg().plus(1).log())).sum();
        assertFalse(Rules.match(unlike).filter(m -> m.rule().name().startsWith("sigmoid ∘")).isPresent(), "y is not 1 - y");
    }

    @Test
    void whatIsUsedElsewhereIsSaid() {
        var p = parameter("z", 4).softmax(-1);
        var loss = p.log().times(distribution("q", 4)).sum().neg();
        assertTrue(Rules.match(loss).orElseThrow().isClosed(uses(loss)));
        var both = loss.plus(p.square().sum());
        assertFalse(Rules.match(loss).orElseThrow().isClosed(uses(both)));
    }

    @Test
    void aResidualConnectionIsASumOfSomethingAndWhatItBecame() {
        var x = parameter("x", 3, 4);
        var match = Rules.match(x.plus(x.matmul(parameter("V", 4, 4)).tanh())).orElseThrow();
        assertEquals("residual connection", match.rule().name());
        var delta = Tex.symbol("\\delta", x.shape());
        assertEquals("\\delta", match.shares().getFirst().gradient().of(delta, new Names()::of).text());
    }

    @Test
    void aProductIsNotFollowedIntoANamedOne() {
        var w = parameter("W", 3, 3);
        var x = parameter("X", 3, 3);
        assertEquals("product of three matrices", Rules.match(w.matmul(x).matmul(w)).orElseThrow().rule().name());
        assertEquals("matrix product", Rules.match(w.matmul(x).named("Y").matmul(w)).orElseThrow().rule().name());
    }

    @Test
    void everyRuleHasAProofOfStepsThatHold() {
        for (var rule : Rules.all()) {
            assertFalse(rule.source().isBlank(), rule.name());
            assertTrue(rule.statement().contains("\\Longrightarrow"), rule.statement());
            assertFalse(rule.proof().isEmpty(), rule.name());
            for (Step step : rule.proof()) {
                assertTrue(step.check() instanceof Check.Holds, rule.name() + ": " + step);
                assertFalse(step.rule().orElseThrow().name().isBlank());
            }
        }
    }

    @Test
    void anUnknownNameIsToldWithThoseThatThereAre() {
        var refused = assertThrows(IllegalArgumentException.class, () -> Rules.named("Leibniz"));
        assertTrue(refused.getMessage().contains("\nhelp: there are chain rule, "), refused.getMessage());
    }
}
