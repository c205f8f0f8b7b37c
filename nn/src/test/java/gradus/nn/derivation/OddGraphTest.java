package gradus.nn.derivation;

import static gradus.nn.Nn.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Graphs that nobody should draw conclusions from without being told. */
class OddGraphTest {

    private final Tensor w = parameter(tensor(0.5, -1.5, 2)).named("w");

    private static Stream<String> open(Derivation derivation) {
        return derivation.steps().stream().map(Step::check).filter(Check.Open.class::isInstance)
                .map(check -> ((Check.Open) check).why());
    }

    @Test
    void aParameterChangedSinceIsRefused() {
        var loss = w.square().sum();
        sgd(0.1).over(List.of(w)).step(w.tanh().sum());
        var refused = assertThrows(IllegalStateException.class, () -> derive(loss));
        assertTrue(refused.getMessage().contains("changed") && refused.getMessage().contains("\nhelp: "), refused::getMessage);
    }

    @Test
    void aReleasedGraphIsRefused() {
        var loss = w.square().sum();
        loss.backward();
        var refused = assertThrows(IllegalStateException.class, () -> derive(loss));
        assertTrue(refused.getMessage().contains("before loss.backward()"), refused::getMessage);
    }

    @Test
    void whatWasNotRecordedIsGiven() {
        var c = noGrad(() -> w.square()).named("c");
        var derivation = derive(w.times(c).sum());
        assertEquals(0, open(derivation).count(), derivation::toString);
        assertEquals("c", derivation.steps(Step.Kind.GRADIENT).getFirst().right().text());
    }

    @Test
    void anOperationWithoutLatexIsCalledByItsName() {
        var wiggle = op("wiggle", x -> x.sin().times(x));
        var derivation = derive(wiggle.of(w).named("y").sum());
        var text = derivation.tex();
        assertTrue(text.contains("\\operatorname{wiggle}") && text.contains("\\partial"), text);
        assertTrue(open(derivation).anyMatch(why -> why.equals("wiggle has no formula")), derivation::toString);
    }

    @Test
    void aValueThatIsNotFiniteIsSaid() {
        var derivation = derive(w.log().named("y").sum());
        assertTrue(open(derivation).anyMatch(why -> why.equals("its value is not finite")), derivation::toString);
        var infinite = derive(w.minus(0.5).abs().log().named("y").sum());
        assertTrue(open(infinite).anyMatch(why -> why.equals("its value is not finite")), infinite::toString);
    }

    @Test
    void tenThousandResultsAreFolded() {
        var x = w;
        for (int i = 0; i < 10_000; i++) {
            x = x.tanh();
        }
        var derivation = derive(x.sum());
        assertTrue(derivation.toString().length() < 100_000, () -> derivation.toString().length() + " characters");
        assertTrue(derivation.tex().length() < 100_000, () -> derivation.tex().length() + " characters");
        derivation.steps().forEach(step -> assertInstanceOf(Check.Holds.class, step.check(), step::toString));
    }

    @Test
    void aLossOfSeveralElementsAndOneWithoutParametersAreRefused() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> derive(w.square())).getMessage().contains("[3]"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> derive(tensor(1, 2).sum())).getMessage()
                .contains("no parameter"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> derive(w.sum(), parameter(tensor(1)).named("v")))
                .getMessage().contains("does not depend on v"));
    }
}
