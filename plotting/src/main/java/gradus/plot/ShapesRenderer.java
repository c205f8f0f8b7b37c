package gradus.plot;

import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Renderer;
import gradus.nn.study.Shapes;

/** What a net makes of an input, as a table. */
public final class ShapesRenderer implements Renderer<Shapes> {

    @Override
    public Class<Shapes> type() {
        return Shapes.class;
    }

    @Override
    public MimeBundle render(Shapes shapes) {
        return MimeBundle.text(shapes.toString()).with(MimeBundle.HTML, shapes.html());
    }
}
