package gradus.plot;

import static gradus.nn.Nn.crossEntropy;
import static gradus.nn.Nn.derive;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.tanh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.api.MimeBundle;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Derivation;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DerivationRendererTest {

    private static String form(String type, Derivation derivation) {
        return new DerivationRenderer().render(derivation).data().get(type).toString();
    }

    private static long count(String regex, String text) {
        return Pattern.compile(regex).matcher(text).results().count();
    }

    private static Derivation classifier() {
        var net = sequential(linear(3, 5), tanh(), linear(5, 4));
        var classes = Tensor.indices(new Shape(6), 0, 1, 2, 3, 0, 1);
        return derive(crossEntropy().of(net.apply(randn(seed(1), 6, 3)), classes));
    }

    @Test
    void everyLineIsARowWithItsTickAndFoldedValues() {
        var derivation = classifier();
        var html = form(MimeBundle.HTML, derivation);
        assertEquals(derivation.steps().size(), count("title=\"[^\"]*automatic differentiation", html));
        assertTrue(html.contains("$\\displaystyle {} = x \\, W_{1}^{\\top} + b_{1}$"), html);
        assertTrue(html.contains("<summary style=\"cursor: pointer\"><small>values</small></summary><div"));
        assertEquals(count("<tr>", html), count("</tr>", html));
        assertEquals(count("<td|<th", html), count("</td>|</th>", html));
        assertFalse(html.contains("<script") || html.contains("\\class"));
    }

    @Test
    void onPaperItIsAlignedMathematicsAlone() {
        var latex = form(MimeBundle.LATEX, classifier());
        assertEquals(count("\\\\begin\\{align\\*}", latex), count("\\\\end\\{align\\*}", latex));
        assertEquals(count("\\{", latex.replace("\\{", "")), count("}", latex.replace("\\}", "")));
        assertTrue(latex.startsWith("\\begin{align*}\n&\\textbf{Forward} \\\\\n") && latex.contains("\nz_{1} &= x"), latex);
        assertTrue(form(MimeBundle.MARKDOWN, classifier()).startsWith("$$\n\\begin{aligned}"));
    }

    @Test
    void aLargeGraphIsCut() {
        var y = Tensor.parameter(Tensor.ones(2)).named("x");
        for (int i = 0; i < 400; i++) {
            y = y.times(0.99).plus(0.01).named("a_{" + i + "}");
        }
        var derivation = derive(y.sum().named("L"));
        var html = form(MimeBundle.HTML, derivation);
        assertTrue(derivation.steps().size() > 800 && count("<tr>", html) < 370, html.length() + " characters");
        assertTrue(html.contains("⋮ 341 more lines; steps() has all"));
    }
}
