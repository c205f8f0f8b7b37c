package gradus.plot;

import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Renderer;
import gradus.nn.tex.Typeset;

/** Explanations and calculations as formulas with their remarks, each on a line of its own so that long ones break. */
public final class TypesetRenderer implements Renderer<Typeset> {

    @Override
    public Class<Typeset> type() {
        return Typeset.class;
    }

    @Override
    public MimeBundle render(Typeset formulas) {
        return MimeBundle.text(formulas.toString()).with(MimeBundle.MARKDOWN, formulas.markdown())
                .with(MimeBundle.LATEX, "$" + formulas.tex() + "$");
    }
}
