package gradus.nn.derivation.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every known result is proved by the chain that it cites. */
class TheoremTest {

    @TestFactory
    Stream<DynamicTest> everyLineEqualsTheOneBeforeAndTheCentralDifference() {
        return Rules.THEOREMS.values().stream().map(theorem -> DynamicTest.dynamicTest(theorem.name(), () -> {
            for (long seed = 1; seed <= 3; seed++) {
                for (var line : theorem.prove(seed)) {
                    assertEquals(0, line.before(), 1e-12, line.equation().left() + " = " + line.line().formula());
                    assertEquals(0, line.central(), 1e-7, line.equation().left() + " = " + line.line().formula());
                }
            }
        }));
    }
}
