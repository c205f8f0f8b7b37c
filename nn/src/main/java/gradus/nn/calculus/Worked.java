package gradus.nn.calculus;

import gradus.nn.tex.Typeset;
import java.util.stream.Collectors;

/** What has been worked out in lines, and shows them: as LaTeX, as Markdown, as aligned text. */
public sealed interface Worked extends Typeset permits Calculation, ScalarDerivation, StationaryPoints, Taylor {

    /** The lines, each with its rule and its check. */
    Calculation steps();

    /** An {@code aligned} environment: formula, rule, and a tick for a true line. */
    @Override
    default String tex() {
        return steps().aligned();
    }

    /** Markdown with LaTeX, the notes below it. */
    @Override
    default String markdown() {
        return "$$\n" + tex() + "\n$$\n" + steps().notes().stream().map(note -> "\n- " + note)
                .collect(Collectors.joining()) + "\n";
    }
}
