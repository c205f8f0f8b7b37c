package gradus.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.api.MimeBundle;
import gradus.nn.derivation.rules.Rules;
import org.junit.jupiter.api.Test;

class RuleRendererTest {

    @Test
    void theStatementFoldsOutItsProofStepByStep() {
        var rule = Rules.named("softmax ∘ cross-entropy");
        var html = new RuleRenderer().render(rule).data().get(MimeBundle.HTML).toString();
        assertTrue(html.contains("<details><summary style=\"cursor: pointer\">$p = \\operatorname{softmax}\\left(z\\right)$"), html);
        assertTrue(html.contains(" ⟹ $\\frac{\\partial L}{\\partial z} = p - y$"), html);
        assertEquals(rule.proof().size(), html.split("✓", -1).length - 1, html);
        assertTrue(html.contains("<small>the shares y sum to 1</small>"), html);
        assertEquals(1, html.split("\\$\\\\frac\\{\\\\partial L}\\{\\\\partial z}\\$", -1).length - 1, "the left side stands once");
    }

    @Test
    void aCitedResultFoldsOutWhatItSays() {
        var html = new RuleRenderer().render(Rules.named("softmax with an upstream gradient")).data().get(MimeBundle.HTML).toString();
        assertTrue(html.contains("<summary style=\"cursor: pointer\">softmax Jacobian</summary>$p = "), html);
    }

    @Test
    void everyRuleHasTextAndLatex() {
        for (var rule : Rules.all()) {
            var bundle = new RuleRenderer().render(rule);
            assertTrue(bundle.data().get(MimeBundle.TEXT).toString().startsWith(rule.name()), rule.name());
            assertTrue(bundle.data().get(MimeBundle.LATEX).toString().contains("\\begin{align*}"), rule.name());
        }
    }
}
