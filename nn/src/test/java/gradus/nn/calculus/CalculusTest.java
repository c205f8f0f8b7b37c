package gradus.nn.calculus;

import static gradus.nn.Nn.derive;
import static gradus.nn.calculus.Calculus.cos;
import static gradus.nn.calculus.Calculus.derive;
import static gradus.nn.calculus.Calculus.exp;
import static gradus.nn.calculus.Calculus.function;
import static gradus.nn.calculus.Calculus.jacobian;
import static gradus.nn.calculus.Calculus.ln;
import static gradus.nn.calculus.Calculus.number;
import static gradus.nn.calculus.Calculus.pi;
import static gradus.nn.calculus.Calculus.sin;
import static gradus.nn.calculus.Calculus.variable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.calculus.Expression.Variable;
import gradus.nn.calculus.StationaryPoints.Kind;
import gradus.nn.derivation.Check;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CalculusTest {

    private static final Variable X = variable("x");
    private static final Variable Y = variable("y");

    static Stream<Arguments> simplified() {
        return Stream.of(
                Arguments.of(X.times(X), "x²"),
                Arguments.of(exp(X).times(exp(X)), "e²ˣ"),
                Arguments.of(X.times(1).plus(0), "x"),
                Arguments.of(X.times(2).plus(X.times(3)).minus(1).plus(4), "5x + 3"),
                Arguments.of(X.div(3).plus(X.div(6)), "x/2"),
                Arguments.of(X.square().times(exp(X)).plus(X.times(2).times(exp(X))), "xeˣ(x + 2)"),
                Arguments.of(X.times(2).plus(2).div(X.plus(1)), "2"),
                Arguments.of(X.plus(1).times(X.minus(1)), "x² - 1"),
                Arguments.of(X.plus(1).square(), "(x + 1)²"),
                Arguments.of(X.neg().plus(1), "1 - x"),
                Arguments.of(sin(X).square().plus(cos(X).square()).times(3), "3"),
                Arguments.of(X.cosh().square().minus(X.sinh().square()), "1"),
                Arguments.of(sin(X.neg()), "-sin(x)"),
                Arguments.of(cos(X.neg()), "cos(x)"),
                Arguments.of(sin(pi().div(2)), "1"),
                Arguments.of(X.square().sqrt(), "|x|"),
                Arguments.of(X.sqrt().square(), "x"),
                Arguments.of(number(8).pow(number(1).div(3)), "2"),
                Arguments.of(ln(exp(X.times(2))), "2x"),
                Arguments.of(exp(ln(X).times(2)), "x²"),
                Arguments.of(X.times(0.01), "0.01x"),
                Arguments.of(X.times(0.25), "x/4"),
                Arguments.of(X.sigmoid().minus(X.sigmoid().square()), "σ(x)(1 - σ(x))"),
                Arguments.of(number(1).div(X.pow(-2)), "x²"));
    }

    @ParameterizedTest
    @MethodSource("simplified")
    void anExpressionIsWrittenAsAPersonWould(Expression e, String written) {
        assertEquals(written, e.simplified().text());
    }

    @Test
    void termsInAnyOrderAreTheSame() {
        assertEquals("0", X.plus(1).times(Y.minus(X)).minus(Y.minus(X).times(number(1).plus(X))).simplified().text());
        assertEquals("-1", X.minus(Y).div(Y.minus(X)).simplified().text());
    }

    private static Expression random(Random random, int depth) {
        if (depth == 0) {
            return switch (random.nextInt(4)) {
                case 0, 1 -> X;
                case 2 -> Y;
                default -> number(1 + random.nextInt(4));
            };
        }
        var a = random(random, depth - 1);
        return switch (random.nextInt(20)) {
            case 0, 1, 2 -> a.plus(random(random, depth - 1));
            case 3, 4 -> a.minus(random(random, depth - 1));
            case 5, 6, 7 -> a.times(random(random, depth - 1));
            case 8, 9 -> a.div(random(random, depth - 1).square().plus(1));
            case 10 -> a.pow(2 + random.nextInt(3));
            case 11 -> a.sin();
            case 12 -> a.exp();
            case 13 -> a.square().plus(1).log();
            case 14 -> a.tanh();
            case 15 -> a.sigmoid();
            case 16 -> a.abs().plus(1).sqrt();
            case 17 -> a.cos();
            case 18 -> a.relu();
            default -> a.atan();
        };
    }

    /** Sums, products, quotients, powers and functions of two variables, nested up to four deep. */
    @Test
    void everyLineOfRandomFunctionsHolds() {
        int open = 0;
        for (int seed = 0; seed < 40; seed++) {
            var f = random(new Random(seed), 1 + seed % 4).plus(X);
            for (var line : derive(f).steps().lines()) {
                assertFalse(line.check() instanceof Check.Fails, () -> f.text() + ": " + line + "  " + line.check());
                open += line.check() instanceof Check.Open ? 1 : 0;
            }
        }
        assertTrue(open <= 2, "too many lines unchecked: " + open);
    }

    @ParameterizedTest
    @EnumSource(Elementary.class)
    void theTableOfDerivativesHoldsAlsoInsideOfTheChainRule(Elementary f) {
        var card = derive(x -> x.of(f)).card();
        assertTrue(card.holds(), card::toString);
        var chained = derive(x -> x.times(0.5).plus(0.3).of(f)).steps();
        assertTrue(chained.holds(), chained::toString);
        var second = derive(x -> x.of(f)).hessian();
        assertTrue(second.holds(), second::toString);
    }

    @Test
    void fractionsAreExact() {
        assertEquals("1/3", number(1).div(3).simplified().text());
        assertEquals("\\frac{1}{3}", number(1).div(3).simplified().tex());
        assertEquals("5/6", number(1).div(2).plus(number(1).div(3)).simplified().text());
        assertEquals("0.1", number(0.1).text());
        assertEquals("3", number(0.1).plus(0.2).times(10).simplified().text());
        assertEquals("1.5·10⁻¹⁷", number(1.5e-17).text());
    }

    @Test
    void aLineTooLongForThePageBreaksBeforeAnOperator() {
        var f = X.sigmoid();
        for (int i = 1; i < 9; i++) {
            f = f.plus(sin(X.times(i)).times(exp(X.times(-i))));
        }
        assertTrue(derive(f).tex().contains(" \\\\[4pt]\n &\\qquad "), derive(f).tex());
    }

    @Test
    void aWrongLineIsShownFailing() {
        var points = Points.of(X.square(), List.of(X));
        assertTrue(points.check("2 x", Truth.derivative(X.square(), List.of(X))) instanceof Check.Holds);
        assertTrue(points.check("2 x + 10^{-6}", Truth.derivative(X.square(), List.of(X))) instanceof Check.Fails);
        assertTrue(points.check("2 q", Truth.derivative(X.square(), List.of(X))) instanceof Check.Open);
        var nowhere = derive(x -> ln(x.square().neg())).steps().result();
        assertTrue(nowhere.check() instanceof Check.Open, nowhere.check()::toString);
    }

    @Test
    void secondDerivativesAndTheirMatrix() {
        var hessian = derive((x, y) -> x.square().times(y).plus(x.times(3).times(y.square()))).hessian();
        assertEquals(List.of("∂²f/∂x² = 2y", "∂²f/∂x∂y = 2x + 6y", "∂²f/∂y² = 6x", "H = [2y, 2x + 6y; 2x + 6y, 6x]"),
                hessian.lines().stream().map(Line::toString).toList());
        assertTrue(hessian.holds(), hessian::toString);
        var xyz = derive((x, y, z) -> x.times(y).times(z)).hessian();
        assertEquals("H = [0, z, y; z, 0, x; y, x, 0]", xyz.result().toString());
    }

    @Test
    void aJacobianHasARowPerFunction() {
        var jacobian = jacobian(X.times(Y), sin(X).plus(Y.square()));
        assertEquals("J = [y, x; cos(x), 2y]", jacobian.result().toString());
        assertTrue(jacobian.holds(), jacobian::toString);
    }

    @Test
    void aDirectionIsScaledToLengthOne() {
        var slope = derive((x, y) -> x.square().times(y)).directional(3, 4);
        assertEquals("v = [3/5, 4/5]", slope.lines().getFirst().toString());
        assertEquals("= 6xy/5 + 4x²/5", slope.result().toString());
        assertTrue(slope.holds(), slope::toString);
    }

    @Test
    void theExponentialsTaylorPolynomials() {
        var taylor = derive(x -> exp(x)).taylor(0);
        assertEquals("1 + x", taylor.polynomial(1).text());
        assertEquals("1 + x + x²/2", taylor.polynomial(2).text());
        assertEquals("x³ e^ξ / 6", taylor.remainder(2).text());
        assertTrue(taylor.steps().holds(), taylor::toString);
        var at = taylor.at(1);
        assertTrue(at.holds(), at::toString);
        double xi = Math.log(6 * (Math.E - 2.5));   // where e^ξ/6 = e − 5/2
        assertTrue(at.notes().getLast().endsWith("exact for ξ ≈ " + Written.rounded(xi).text()), at::toString);
        assertTrue(at.notes().getLast().startsWith("|R₂| ≤ 0.453047"), at::toString);   // e/6
    }

    @Test
    void aTaylorPolynomialOfTwoVariablesAwayFromTheOrigin() {
        var taylor = derive((x, y) -> x.square().times(y)).taylor(1, 2);
        assertEquals("2 + 4(x - 1) + (y - 2) + 2(x - 1)² + 2(x - 1)(y - 2)", taylor.polynomial(2).text());
        assertEquals("(x - 1)²(y - 2)", taylor.remainder(2).text());
        assertTrue(taylor.steps().holds(), taylor::toString);
    }

    /** L(θ₀ + Δθ) ≈ L(θ₀) + L'(θ₀) Δθ, as the descent direction is derived from. */
    @Test
    void theFirstOrderExpansionOfALossThatNobodyKnows() {
        var theta = variable("θ");
        var taylor = derive(function("L", theta), theta).named("L").taylor(variable("θ_0"));
        assertEquals("L(θ₀) + L'(θ₀)(θ - θ₀)", taylor.polynomial(1).text());
        assertTrue(taylor.steps().holds(), taylor::toString);
        refused("taylor: the remainder", () -> taylor.at(1));
    }

    private static List<Kind> kinds(StationaryPoints points) {
        assertTrue(points.steps().holds(), points::toString);
        return points.points().stream().map(StationaryPoints.Point::kind).toList();
    }

    @Test
    void stationaryPointsAreClassedByTheirEigenvalues() {
        assertEquals(List.of(Kind.MINIMUM), kinds(derive((x, y) -> x.square().plus(y.square())).stationaryPoints()));
        assertEquals(List.of(Kind.MAXIMUM), kinds(derive((x, y) -> x.square().plus(y.square()).neg())
                .stationaryPoints()));
        assertEquals(List.of(Kind.SADDLE), kinds(derive((x, y) -> x.square().minus(y.square())).stationaryPoints()));
        assertEquals(List.of(Kind.UNDECIDED), kinds(derive(x -> x.pow(3)).stationaryPoints()));
        assertEquals(List.of(Kind.UNDECIDED), kinds(derive(x -> x.pow(4)).stationaryPoints()));
        var well = derive(x -> x.pow(4).minus(x.square().times(2))).stationaryPoints();
        assertEquals(List.of(Kind.MINIMUM, Kind.MAXIMUM, Kind.MINIMUM), kinds(well));
        assertEquals("solved exactly: there are no others", well.how());
        var saddle = derive((x, y) -> x.pow(3).minus(x.times(3)).plus(y.square())).stationaryPoints();
        assertEquals(List.of(Kind.SADDLE, Kind.MINIMUM), kinds(saddle));
        assertEquals(List.of(2.0, 6.0), saddle.points().getLast().eigenvalues());
        assertTrue(saddle.how().startsWith("found by Newton's method"));
    }

    @Test
    void stationaryPointsAreExactWhereTheyCanBe() {
        var quadratic = derive((x, y) -> x.square().plus(x.times(y)).plus(y.square().times(2)).minus(x))
                .stationaryPoints();
        assertEquals("[4/7, -1/7]", quadratic.points().getFirst().exact().orElseThrow().toString());
        var root = derive(x -> x.pow(3).minus(x.times(6))).stationaryPoints();
        assertEquals(List.of(-Math.sqrt(2)), root.points().getFirst().coordinates());
        var sine = derive(x -> sin(x)).stationaryPoints();
        assertEquals("[π/2]", sine.points().get(2).exact().orElseThrow().toString());
        assertEquals(List.of(), derive(x -> exp(x)).stationaryPoints().points());
        var newton = derive(x -> exp(x).minus(x.square().times(3))).stationaryPoints();
        assertEquals(List.of(Kind.MAXIMUM, Kind.MINIMUM), kinds(newton));
        assertTrue(newton.points().getFirst().exact().isEmpty());
    }

    private static void refused(String first, Executable what) {
        var message = assertThrows(RuntimeException.class, what).getMessage();
        assertTrue(message.startsWith(first) && message.contains("\nhelp: "), message);
    }

    @Test
    void badInputIsAnsweredClearly() {
        refused("x is divided by 0", () -> derive(x -> x.div(0)));
        refused("x is divided by 0", () -> derive(x -> x.div(x.minus(x))));
        refused("ln(-2) is no real number", () -> derive(x -> x.times(ln(number(-2)))));
        refused("ln(0) is no real number", () -> derive(x -> x.times(ln(x.minus(x)))));
        refused("the square root of -1", () -> derive(x -> x.times(number(-1).sqrt())));
        refused("-2 to the power of x is no real number", () -> derive(x -> number(-2).pow(x)));
        refused("derive: f = x² does not use its variable y", () -> derive((x, y) -> x.square()));
        refused("derive: f = 3 does not use its variable x", () -> derive(x -> number(3)));
        refused("derive: f = 3 depends on no variable", () -> derive(number(3)));
        refused("the number NaN", () -> X.times(Double.NaN));
        refused("\"e\" cannot be the name", () -> variable("e"));
        refused("taylor: f = |x|", () -> derive(x -> x.abs()).taylor(0));
        refused("taylor: f = ln(x)", () -> derive(x -> ln(x)).taylor(0));
        refused("a direction of 1 numbers", () -> derive((x, y) -> x.times(y)).directional(1));
        refused("the direction is 0", () -> derive((x, y) -> x.times(y)).directional(0, 0));
        refused("stationaryPoints: ax² has parameters", () -> derive(variable("a").times(X.square()), X)
                .stationaryPoints());
        refused("x has no value", () -> X.square().value(Map.of(Y, 1.0)));
    }

    @Test
    void threeFormsOfTheSameLines() {
        var steps = derive(x -> x.square().times(sin(x))).steps();
        assertEquals("""
                f(x)  = x² sin(x)             definition                       ✓
                f'(x) = 2x sin(x) + x² cos(x) product rule, power rule, sine   ✓""".replaceAll(" +", " "),
                steps.toString().replaceAll("✓.*", "✓").replaceAll(" +", " "));
        assertTrue(steps.tex().startsWith("\\begin{aligned}\nf(x) &= x^{2} \\sin(x) && \\text{definition}"));
        assertTrue(steps.markdown().startsWith("$$\n\\begin{aligned}"));
    }
}
