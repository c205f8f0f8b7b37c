package gradus.nn.tex;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gradus.nn.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Formulas as they are written. */
class TexTest {

    private static final Tex A = Tex.atom("a");
    private static final Tex B = Tex.atom("b");
    private static final Tex D = Tex.atom("\\delta");

    @Test
    void parenthesesStandWhereTheyMustAndNowhereElse() {
        assertEquals("a - \\left(a + b\\right)", A.minus(A.plus(B)).text());
        assertEquals("\\left(a \\odot b\\right) \\, a", A.odot(B).times(A).text());
        assertEquals("a \\, b \\odot a", A.times(B).odot(A).text());
        assertEquals("a \\odot a \\odot b", A.odot(A.odot(B)).text());
        assertEquals("{\\left(a + b\\right)}^{2}", A.plus(B).pow(2).text());
    }

    @Test
    void aMinusMovesToTheFront() {
        assertEquals("-a \\odot b", A.odot(B.neg()).text());
        assertEquals("-a", Tex.number(-1).times(A).text());
        assertEquals("a - b", A.plus(B.neg()).text());
    }

    @Test
    void theChainRuleWritesNoFactorOne() {
        assertEquals("\\delta", D.chain(Tex.number(1)).text());
        assertEquals("-\\delta", D.chain(Tex.number(-1)).text());
        assertEquals("0", D.chain(Tex.number(0)).text());
        assertEquals("2.5 \\, \\delta", D.chain(Tex.number(2.5)).text());
        assertEquals("\\frac{\\delta}{a}", D.chain(Tex.number(1).over(A)).text());
        assertEquals("\\delta \\odot a", D.chain(A).text());
    }

    @Test
    void numbersAreWrittenAsByHand() {
        assertEquals("2", Tex.number(2.0).text());
        assertEquals("1.5 \\cdot 10^{-7}", Tex.number(1.5e-7).text());
        assertEquals("-\\infty", Tex.number(Double.NEGATIVE_INFINITY).text());
        for (double number : new double[] {0.1, -3, 1e300, -2.5e-9, 123456789}) {
            assertEquals(number, Evaluator.evaluate(Tex.number(number).text(), Map.of()).item(),
                    1e-15 * Math.abs(number));
        }
    }

    @Test
    void aBroadcastsGradientIsASum() {
        assertEquals("\\sum_{i} {\\delta}_{i}", D.summed(new Shape(3, 5), new Shape(5)).text());
        assertEquals("\\sum_{j} {\\delta}_{ij}", D.summed(new Shape(3, 5), new Shape(3, 1)).text());
        assertEquals("\\sum_{i, k} {\\delta}_{ijk}", D.summed(new Shape(2, 3, 4), new Shape(3, 1)).text());
        assertEquals("\\delta", D.summed(new Shape(3, 5), new Shape(3, 5)).text());
    }
}
