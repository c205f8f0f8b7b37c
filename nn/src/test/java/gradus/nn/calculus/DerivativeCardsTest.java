package gradus.nn.calculus;

import static gradus.nn.Nn.derive;
import static gradus.nn.calculus.Calculus.abs;
import static gradus.nn.calculus.Calculus.cos;
import static gradus.nn.calculus.Calculus.derive;
import static gradus.nn.calculus.Calculus.function;
import static gradus.nn.calculus.Calculus.ln;
import static gradus.nn.calculus.Calculus.log;
import static gradus.nn.calculus.Calculus.max;
import static gradus.nn.calculus.Calculus.number;
import static gradus.nn.calculus.Calculus.sin;
import static gradus.nn.calculus.Calculus.variable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.calculus.Expression.Variable;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The derivative cards and the worked derivations of "Mathematics for Machine Learning" §3 and §7, line for line. */
class DerivativeCardsTest {

    private static final Variable X = variable("x");
    private static final Variable A = variable("a");

    /** Without what is a matter of taste: spaces, dots between factors, the shape of brackets. */
    private static String plain(String line) {
        return line.replaceAll("[ ·]", "").replace('[', '(').replace(']', ')');
    }

    static Stream<Arguments> cards() {
        return Stream.of(
                Arguments.of(X.pow(variable("n")), "d/dx(xⁿ) = nxⁿ⁻¹"),
                Arguments.of(X.exp(), "d/dx(eˣ) = eˣ"),
                Arguments.of(A.pow(X), "d/dx(aˣ) = aˣ ln(a)"),
                Arguments.of(ln(X), "d/dx(ln(x)) = 1/x"),
                Arguments.of(log(A, X), "d/dx(log_a(x)) = 1/(x ln(a))"),
                Arguments.of(sin(X), "d/dx(sin(x)) = cos(x)"),
                Arguments.of(cos(X), "d/dx(cos(x)) = -sin(x)"),
                Arguments.of(function("f", function("g", X)), "d/dx(f(g(x))) = f'(g(x)) · g'(x)"),
                Arguments.of(function("f", X).times(function("g", X)), "d/dx(f(x)·g(x)) = f'(x)·g(x) + f(x)·g'(x)"),
                Arguments.of(function("f", X).div(function("g", X)),
                        "d/dx(f(x)/g(x)) = [f'(x)·g(x) - f(x)·g'(x)] / [g(x)]²"),
                Arguments.of(X.sigmoid(), "d/dx(σ(x)) = σ(x)(1 - σ(x))"),
                Arguments.of(X.tanh(), "d/dx(tanh(x)) = 1 - tanh²(x)"),
                Arguments.of(X.relu(), "d/dx(ReLU(x)) = {1 if x > 0, 0 if x ≤ 0}"),
                Arguments.of(max(number(0), X), "d/dx(max(0, x)) = {0 if 0 > x, 1 if 0 ≤ x}"),
                Arguments.of(X.leakyRelu(0.01), "d/dx({x if x > 0, 0.01x if x ≤ 0}) = {1 if x > 0, 0.01 if x ≤ 0}"));
    }

    @ParameterizedTest
    @MethodSource("cards")
    void aCardReadsAsPrintedAndHolds(Expression f, String printed) {
        var card = derive(f, X).card();
        assertEquals(plain(printed), plain(card.result().toString()));
        assertTrue(card.holds(), card::toString);
    }

    @Test
    void penaltiesOfWeights() {
        var w = variable("w_i");
        var lambda = variable("λ");
        assertEquals(plain("d/dwᵢ(λ|wᵢ|) = λ · sign(wᵢ)"), plain(derive(lambda.times(abs(w)), w).card().result()
                .toString()));
        assertEquals("d/dwᵢ(λwᵢ²) = 2λwᵢ", derive(lambda.times(w.square()), w).card().result().toString());
    }

    @Test
    void thePartialDerivativesOfTheWorkedExample() {
        var steps = derive((x, y) -> x.square().times(y).plus(x.times(3).times(y.square()))).steps();
        assertEquals(List.of("f(x, y) = x²y + 3xy²", "∂f/∂x = 2xy + 3y²", "∂f/∂y = x² + 6xy",
                "∇f = [2xy + 3y², x² + 6xy]"),
                steps.lines().stream().map(Line::toString).toList());
        assertTrue(steps.holds(), steps::toString);
    }

    @Test
    void theSigmoidsDerivation() {
        var proof = derive(x -> x.sigmoid()).expand();
        var lines = proof.lines().stream().map(Line::toString).map(DerivativeCardsTest::plain)
                .collect(Collectors.joining("\n"));
        var printed = Stream.of("σ(x) = 1 / (1 + e^(-x))",
                "d/dx(1 + e^(-x)) = -e^(-x)",
                "σ'(x) = [0 · (1 + e^(-x)) - 1 · (-e^(-x))] / (1 + e^(-x))²",
                "= e^(-x) / (1 + e^(-x))²",
                "= [1 / (1 + e^(-x))] · [e^(-x) / (1 + e^(-x))]",
                "= σ(x) · [e^(-x) / (1 + e^(-x))]",
                "e^(-x) / (1 + e^(-x)) = (1 + e^(-x) - 1) / (1 + e^(-x))",
                "= 1 - 1/(1 + e^(-x))",
                "= 1 - σ(x)",
                "σ'(x) = σ(x) · (1 - σ(x))").map(DerivativeCardsTest::plain).toList();
        int from = 0;
        for (var line : printed) {
            from = lines.indexOf(line, from);
            assertTrue(from >= 0, () -> line + " is missing, or out of order, in\n" + lines);
        }
        assertTrue(proof.holds(), proof::toString);
    }

    @Test
    void theHyperbolicTangentsDerivation() {
        var proof = derive(x -> x.tanh()).expand();
        assertTrue(proof.holds(), proof::toString);
        assertEquals("tanh(x) = (eˣ - e^(-x)) / (eˣ + e^(-x))", proof.lines().getFirst().toString());
        assertEquals("f'(x) = 1 - tanh²(x)", proof.result().toString());
    }

    /** At 0 the difference quotient of ReLU is 1/2, the printed derivative 0: a convention, and said to be one. */
    @Test
    void theKinkOfReluIsNamed() {
        var card = derive(x -> x.relu()).card();
        assertEquals(List.of("ReLU(x) has a kink where x = 0: no derivative there; it is taken as 0"), card.notes());
        assertEquals(0, derive(x -> x.relu()).partial().value(Map.of(X, 0.0)));
        assertEquals(List.of("|2x - 1| has a kink where x = 1/2: no derivative there; it is taken as 0"),
                derive(x -> x.times(2).minus(1).abs()).steps().notes());
    }

    /** dy/dx = dy/du · du/dx with y = eᵘ, u = sin²(x). */
    @Test
    void theChainRuleComposesLocalDerivatives() {
        var steps = derive(x -> sin(x).square().exp()).steps();
        assertEquals("f'(x) = e^(sin²(x)) · 2 sin(x)·cos(x)", steps.lines().get(2).toString());
        assertEquals("chain rule, exponential", steps.lines().get(2).rule());
        assertTrue(steps.holds(), steps::toString);
    }
}
