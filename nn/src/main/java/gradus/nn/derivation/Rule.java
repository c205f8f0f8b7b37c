package gradus.nn.derivation;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A known result that a line cites instead of its steps.
 *
 * @param name      the field's name for it
 * @param statement what it says, as LaTeX
 * @param source    where it is proved
 * @param proof     the steps that it stands for, each with the rule by which it follows; checked at random numbers
 *                  against the step before and the central difference
 */
public record Rule(String name, String statement, String source, List<Step> proof) {

    public Rule {
        proof = List.copyOf(proof);
    }

    /** The name with the source, where there is one. */
    public String citation() {
        return source.isEmpty() ? name : name + ", " + source;
    }

    /** The citation, what it says, and its steps with their reasons and their errors against the step before, as text. */
    @Override
    public String toString() {
        var steps = proof.stream().map(step -> "\n  " + Typesetting.text(step.left() + " = " + step.right()) + "   "
                + step.rule().map(Rule::name).orElse("") + "   " + step.check()).collect(Collectors.joining());
        return citation() + (statement.isEmpty() ? "" : "\n" + Typesetting.text(statement)) + steps;
    }
}
