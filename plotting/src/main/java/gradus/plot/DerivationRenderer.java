package gradus.plot;

import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Renderer;
import gradus.nn.Tensor;
import gradus.nn.derivation.Check;
import gradus.nn.derivation.Derivation;
import gradus.nn.derivation.Rule;
import gradus.nn.derivation.Step;
import gradus.nn.derivation.Typesetting;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A derivation as a table of typeset lines, each with its shape, its value and a tick; values, rules and reasons fold
 * out. On paper the same lines are {@code align*} environments, in a console aligned text.
 */
public final class DerivationRenderer implements Renderer<Derivation> {

    /** In em: what shape, value and tick leave to a line in JupyterLab's window of 1280 pixels, 17 pixels an em. */
    private static final double WIDTH = 40;
    private static final String CELL = "<td style=\"text-align: %s; vertical-align: baseline; padding: 4px 6px; %s\">";
    private static final String LEFT = CELL.formatted("right", "white-space: nowrap; font-size: 14px");
    private static final String REMARK = CELL.formatted("left", "white-space: nowrap");
    private static final String NO_WIDER = "<div style=\"max-width: %dpx; overflow-x: auto; white-space: normal\">%s</div>";
    private static final String FORMULA = CELL.formatted("left", "white-space: nowrap; font-size: 14px; width: 100%");

    @Override
    public Class<Derivation> type() {
        return Derivation.class;
    }

    @Override
    public MimeBundle render(Derivation derivation) {
        return MimeBundle.text(derivation.toString()).with(MimeBundle.HTML, html(derivation.steps()))
                .with(MimeBundle.LATEX, Typesetting.paper(derivation.steps()))
                .with(MimeBundle.MARKDOWN, derivation.markdown());
    }

    static String html(List<Step> steps) {
        var rows = new StringBuilder();
        for (var section : Typesetting.sections(steps)) {
            rows.append("<tr><th colspan=\"5\" style=\"text-align: left; padding: 10px 6px 2px\">")
                    .append(section.heading()).append("</th></tr>").append(rows(section.first()));
            if (section.leftOut() > 0) {
                rows.append("<tr><td></td>").append(FORMULA).append("⋮ ").append(section.leftOut()).append(
                        " more lines; steps() has all</td><td colspan=\"3\"></td></tr>");
            }
            rows.append(rows(section.last()));
        }
        return table(rows) + "<small>" + escaped(Typesetting.verdict(steps)) + "</small>";
    }

    private static String table(CharSequence rows) {
        return "<div style=\"overflow-x: auto; max-width: 100%\">"
                + "<table style=\"margin: 0; width: 100%; table-layout: auto\"><tbody>" + rows + "</tbody></table></div>";
    }

    private static String rows(List<Step> steps) {
        return steps.stream().map(DerivationRenderer::row).collect(Collectors.joining());
    }

    private static String row(Step step) {
        var lines = Typesetting.lines(step, WIDTH);
        var formula = math((Typesetting.isDots(step) ? "" : "{} = ") + lines.getFirst())
                + lines.stream().skip(1).map(line -> "<br>" + math("\\qquad {} " + line)).collect(Collectors.joining())
                + step.rule().map(DerivationRenderer::rule).orElse("");
        return "<tr>" + LEFT + math(Typesetting.line(step.left().text())) + "</td>" + FORMULA + formula + "</td>"
                + REMARK + (Typesetting.isDots(step) ? "" : math(Typesetting.member(step.shape()))) + "</td>"
                + REMARK + step.value().map(DerivationRenderer::value).orElse("") + "</td>"
                + REMARK + (Typesetting.isDots(step) ? "" : mark(step.check())) + "</td></tr>";
    }

    /** What a line cites; what it says and its proof fold out. */
    private static String rule(Rule rule) {
        return folded("<small>" + escaped(rule.name()) + "</small>", NO_WIDER.formatted(640, RuleRenderer.folded(rule)));
    }

    private static String value(Tensor x) {
        return x.size() == 1 ? math(Typesetting.value(x)) : x.size() == 0 || x.rank() > 2 ? ""
                : folded("<small>values</small>", NO_WIDER.formatted(180, TensorRenderer.html(x)));
    }

    private static String mark(Check check) {
        return switch (check) {
            case Check.Holds(var computed, var central, var sampled) ->
                    "<span style=\"color: var(--jp-success-color1, #388e3c)\" title=\"" + within(computed, central)
                    + (sampled == 0 ? "" : ", at " + sampled + " numbers") + "\">✓</span>";
            case Check.Fails(var computed, var central) -> "<b style=\"color: var(--jp-error-color1, #d32f2f)\">✗</b> "
                    + "<small>" + within(computed, central) + "</small>";
            case Check.Open(var why) -> folded("<small>not checked</small>", escaped(why));
        };
    }

    private static String within(double computed, double central) {
        return String.format(Locale.ROOT, "%.0e from automatic differentiation", computed)
                + (Double.isNaN(central) ? "" : String.format(Locale.ROOT, ", %.0e from central differences", central));
    }

    private static String folded(String summary, String content) {
        return "<details><summary style=\"cursor: pointer\">" + summary + "</summary>" + content + "</details>";
    }

    private static String math(String latex) {
        return "$\\displaystyle " + escaped(latex) + "$";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
