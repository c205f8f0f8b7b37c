package gradus.nn.derivation.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Nn;
import gradus.nn.Tensor;
import gradus.nn.derivation.Check;
import gradus.nn.derivation.Derivation;
import gradus.nn.derivation.Rule;
import gradus.nn.derivation.Step;
import gradus.nn.derivation.Step.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Derivations cite known results, and have the steps when asked. */
class CitationTest {

    private static Tensor constant(int seed, int... dims) {
        return Nn.randn(Nn.seed(seed), dims).as(DType.FLOAT64);
    }

    private static final Tensor Z = Tensor.parameter(constant(1, 5, 3)).named("Z");
    private static final Tensor Y = constant(2, 5, 3).softmax(-1).named("Y");

    private static List<String> lines(List<Step> steps) {
        steps.forEach(step -> assertTrue(step.check() instanceof Check.Holds, step.toString()));
        return steps.stream().map(step -> step.left() + " = " + step.right()).toList();
    }

    private static Derivation crossEntropy() {
        var p = Z.softmax(-1).named("P");
        return Derivation.of(Y.times(p.log()).sum(1).mean().neg().named("L"));
    }

    @Test
    void theGradientOfACrossEntropyIsCited() {
        var gradients = crossEntropy().steps(Kind.GRADIENT);
        assertEquals(List.of("\\frac{\\partial L}{\\partial Z} = \\frac{1}{5} \\, \\left(P - Y\\right)"),
                lines(gradients));
        assertEquals("softmax ∘ cross-entropy, mean over samples",
                gradients.getFirst().rule().map(Rule::name).orElse(""));
    }

    @Test
    void expandedItGoesThroughTheProbabilities() {
        var expanded = crossEntropy().expand();
        assertTrue(expanded.steps(Kind.DELTA).stream().anyMatch(step -> step.left().text().equals("\\delta_{P}")));
        lines(expanded.steps());
        assertTrue(expanded.steps(Kind.GRADIENT).getFirst().rule().isEmpty());
    }

    @Test
    void aGradientThatIsAskedForIsNotSkipped() {
        var p = Z.softmax(-1).named("P");
        var steps = Derivation.of(Y.times(p.log()).sum().neg().named("L"), p, Z).steps(Kind.GRADIENT);
        assertEquals(2, lines(steps).size());
    }

    @Test
    void aSumWithANameHasItsOwnGradient() {
        var s = Z.minus(Y).square().sum().named("S");
        var steps = Derivation.of(s.times(1.0 / 3).named("L")).steps();
        assertTrue(lines(steps).contains("\\frac{\\partial L}{\\partial Z} = 2 \\, \\delta_{S} \\, \\left(Z - Y\\right)"),
                lines(steps).toString());
        assertEquals("squared error, sum", steps.getLast().rule().map(Rule::name).orElse(""));
    }

    @Test
    void theSlopeOfAnActivationIsCited() {
        var h = Z.times(2).named("z").tanh().named("h");
        var local = Derivation.of(h.times(h).sum().named("L")).steps(Kind.LOCAL);
        assertEquals("tanh derivative", local.getFirst().rule().map(Rule::name).orElse(""));
    }
}
