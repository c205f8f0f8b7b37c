package gradus.plot;

import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Renderer;
import gradus.nn.derivation.Check;
import gradus.nn.derivation.Rule;
import gradus.nn.derivation.Step;
import gradus.nn.derivation.Typesetting;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A known result as what it says; the steps of its proof fold out, each with its reason and a tick. */
public final class RuleRenderer implements Renderer<Rule> {

    /** Of a step in em, beside its reason. */
    private static final double WIDTH = 30;
    private static final String CELL = "<td style=\"text-align: left; vertical-align: baseline; padding: 3px 6px\">";

    @Override
    public Class<Rule> type() {
        return Rule.class;
    }

    @Override
    public MimeBundle render(Rule rule) {
        return MimeBundle.text(rule.toString()).with(MimeBundle.HTML, html(rule)).with(MimeBundle.LATEX, paper(rule));
    }

    private static String html(Rule rule) {
        return "<b>" + escaped(rule.name()) + "</b><br>" + folded(rule);
    }

    /** The statement with the source; under it the proof, if there is one. */
    static String folded(Rule rule) {
        var says = statement(rule) + " <small>" + escaped(rule.source()) + "</small>";
        return rule.proof().isEmpty() ? says : "<details><summary style=\"cursor: pointer\">" + says
                + "</summary><table style=\"margin: 0\"><tbody>" + rows(rule) + "</tbody></table></details>";
    }

    /** Each part by itself, so that the notebook can break between them. */
    private static String statement(Rule rule) {
        return Arrays.stream(rule.statement().split(" \\\\;\\\\Longrightarrow\\\\; "))
                .map(part -> Arrays.stream(part.split(",\\\\quad ")).map(RuleRenderer::math)
                        .collect(Collectors.joining(", ")))
                .collect(Collectors.joining(" ⟹ "));
    }

    private static String rows(Rule rule) {
        var rows = new StringBuilder();
        var left = "";
        for (var step : rule.proof()) {
            boolean first = !left.equals(step.left().text());
            left = step.left().text();
            var lines = Typesetting.lines(step.right().text(), WIDTH);
            rows.append("<tr>").append(CELL).append(first ? math(left) : "").append("</td>").append(CELL)
                    .append(math("{} = " + lines.getFirst())).append(lines.stream().skip(1)
                            .map(line -> "<br>" + math("\\qquad {} " + line)).collect(Collectors.joining()))
                    .append("</td>").append(CELL).append("<small>")
                    .append(step.rule().map(RuleRenderer::reason).orElse("")).append("</small></td>")
                    .append(CELL).append(mark(step)).append("</td></tr>");
        }
        return rows.toString();
    }

    /** A known result folds out what it says. */
    private static String reason(Rule rule) {
        return rule.statement().isEmpty() ? escaped(rule.name()) : "<details><summary style=\"cursor: pointer\">"
                + escaped(rule.name()) + "</summary>" + statement(rule) + "</details>";
    }

    private static String mark(Step step) {
        return switch (step.check()) {
            case Check.Holds(var before, var central, _) -> "<span style=\"color: var(--jp-success-color1, #388e3c)\" "
                    + "title=\"" + within(before, central) + "\">✓</span>";
            case Check.Fails(var before, var central) -> "<b style=\"color: var(--jp-error-color1, #d32f2f)\">✗</b> "
                    + "<small>" + within(before, central) + "</small>";
            case Check.Open(var why) -> "<small>not checked: " + escaped(why) + "</small>";
        };
    }

    private static String within(double before, double central) {
        return String.format(Locale.ROOT, "at random numbers %.0e from the line before, %.0e from central differences",
                before, central);
    }

    private static String paper(Rule rule) {
        var statement = Arrays.stream(rule.statement().split(",\\\\quad ")).map(part -> "$" + part + "$")
                .collect(Collectors.joining(", "));
        return "\\textbf{" + rule.name().replace("∘", "$\\circ$") + "} " + statement + "\n\n"
                + Typesetting.paper(rule.proof());
    }

    private static String math(String latex) {
        return "$" + escaped(latex) + "$";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
