package gradus.nn.derivation.rules;

import java.util.List;
import java.util.stream.Stream;

/** The known results. */
public final class Rules {

    static final List<Theorem> THEOREMS = Stream.of("activations", "losses", "matrices", "layers")
            .flatMap(family -> RuleFile.read(family + ".rules").stream()).toList();

    private Rules() {
    }
}
