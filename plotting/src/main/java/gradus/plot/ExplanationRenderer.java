package gradus.plot;

import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Renderer;
import gradus.nn.explanation.Explanation;

/** An explanation as formulas with their remarks, each on a line of its own so that long ones break. */
public final class ExplanationRenderer implements Renderer<Explanation> {

    @Override
    public Class<Explanation> type() {
        return Explanation.class;
    }

    @Override
    public MimeBundle render(Explanation explanation) {
        return MimeBundle.text(explanation.toString()).with(MimeBundle.MARKDOWN, explanation.markdown())
                .with(MimeBundle.LATEX, "$" + explanation.tex() + "$");
    }
}
