package gradus.plot;

import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Renderer;
import gradus.nn.Tensor;
import java.util.Locale;

/** A small matrix as a table; every tensor as text. */
public final class TensorRenderer implements Renderer<Tensor> {

    private static final int LARGEST = 10;

    @Override
    public Class<Tensor> type() {
        return Tensor.class;
    }

    @Override
    public MimeBundle render(Tensor x) {
        var text = MimeBundle.text(x.toString());
        boolean table = x.rank() == 2 && x.size() > 0 && x.shape().dim(0) <= LARGEST && x.shape().dim(1) <= LARGEST;
        return table ? text.with(MimeBundle.HTML, html(x)) : text;
    }

    private static String html(Tensor x) {
        var html = new StringBuilder("<table class=\"dataframe\"><tbody>");
        for (int i = 0; i < x.shape().dim(0); i++) {
            html.append("<tr>");
            for (int j = 0; j < x.shape().dim(1); j++) {
                html.append("<td style=\"text-align: right\">").append(Numbers.tick(x.at(i, j))).append("</td>");
            }
            html.append("</tr>");
        }
        return html.append("</tbody></table><small>")
                .append(String.format(Locale.ROOT, "%s%s %s", x.name().isEmpty() ? "" : x.name() + ": ", x.dtype(), x.shape()))
                .append("</small>").toString();
    }
}
