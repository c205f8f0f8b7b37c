package gradus.nn.derivation;

import java.util.List;

/**
 * A known result that a line cites instead of its steps.
 *
 * @param name      the field's name for it
 * @param statement what it says, as LaTeX
 * @param source    where it is proved
 * @param proof     the steps that it stands for
 */
public record Rule(String name, String statement, String source, List<Step> proof) {

    public Rule {
        proof = List.copyOf(proof);
    }
}
