package gradus.plot;

import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Renderer;
import gradus.nn.derivation.Typesetting;
import gradus.nn.derivation.unrolled.Unrolled;

/** A layer written out, its lines as those of a derivation. */
public final class UnrolledRenderer implements Renderer<Unrolled> {

    @Override
    public Class<Unrolled> type() {
        return Unrolled.class;
    }

    @Override
    public MimeBundle render(Unrolled unrolled) {
        return MimeBundle.text(unrolled.toString()).with(MimeBundle.HTML, DerivationRenderer.html(unrolled.steps()))
                .with(MimeBundle.LATEX, Typesetting.paper(unrolled.steps()))
                .with(MimeBundle.MARKDOWN, unrolled.markdown());
    }
}
