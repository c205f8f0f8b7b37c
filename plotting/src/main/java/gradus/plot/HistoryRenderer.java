package gradus.plot;

import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Renderer;
import gradus.nn.train.History;

/** A training as its curve, and as its table where there is only text. */
public final class HistoryRenderer implements Renderer<History> {

    @Override
    public Class<History> type() {
        return History.class;
    }

    @Override
    public MimeBundle render(History history) {
        var figure = Plots.plot(history);
        return MimeBundle.text(history.toString()).withPng(figure.png(), figure.width(), figure.height());
    }
}
