package gradus.plot;

import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Renderer;
import gradus.nn.grad.GradCheck;

/** A gradient check as a picture, and as its report where there is only text. */
public final class GradCheckRenderer implements Renderer<GradCheck.Report> {

    @Override
    public Class<GradCheck.Report> type() {
        return GradCheck.Report.class;
    }

    @Override
    public MimeBundle render(GradCheck.Report report) {
        var figure = Plots.plot(report);
        return MimeBundle.text(report.toString()).withPng(figure.png(), figure.width(), figure.height());
    }
}
