package gradus.nn.derivation.rules;

import java.util.List;
import java.util.Optional;

/**
 * A derivative and the chain of formulas that it equals, the last of which is the result.
 *
 * @param left      how the derivative is written
 * @param of        the name of what is differentiated: a number; or an array, whose axes then come first
 * @param in        the name of what it is differentiated in
 * @param direction a name of the same shape: then it is the derivative along that direction
 */
record Equation(String left, String of, String in, Optional<String> direction, List<Line> lines) {

    /** A formula and why it equals the one before, of the first line the derivative. */
    record Line(String formula, String reason) {
    }

    String result() {
        return lines.getLast().formula;
    }
}
