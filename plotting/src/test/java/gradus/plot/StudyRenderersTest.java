package gradus.plot;

import static gradus.nn.Nn.crossEntropy;
import static gradus.nn.Nn.encoderLayer;
import static gradus.nn.Nn.gradcheck;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.parameter;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.shapes;
import static gradus.nn.Nn.tanh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.api.MimeBundle;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.grad.GradCheck;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StudyRenderersTest {

    @Test
    void aGradientCheckIsTwoPanelsAndItsReport() {
        var net = sequential(linear(3, 4), tanh(), linear(4, 2));
        net.reset(seed(3));
        var x = randn(seed(1), 5, 3);
        var labels = Tensor.indices(new Shape(5), 0, 1, 0, 1, 0);
        var report = gradcheck(() -> crossEntropy().of(net.apply(x), labels), net);
        var bundle = new GradCheckRenderer().render(report);
        assertTrue(bundle.plain().startsWith("gradient check passed: 26 elements, worst error "), bundle.plain());
        assertEquals(Map.of("width", 1280, "height", 400), bundle.metadata().get(MimeBundle.PNG));
        var words = Plots.plot(report).toString();
        assertTrue(words.contains("'gradient check passed, 26 of 26 elements'")
                && words.contains("'0.weight': 12 points")
                && words.contains("'error of central differences', relative error over step h")
                && words.contains("float32"), words);
    }

    @Test
    void aWrongElementIsMarkedAndManyParametersNeedNoLegend() {
        var w = parameter(Tensor.ones(2, 3).named("W"));
        var wrong = Tensor.of(new double[][] {{0, 0, 0}, {0, 0.5, 0}});
        var check = GradCheck.check(1e-6, 10, false, () -> w.square().sum().plus(w.detach().times(wrong).sum()),
                Map.of("W", w));
        assertTrue(Plots.plot(check).toString().contains("'worst, 1e-01: W [1, 1]': 1 points"), Plots.plot(check)
                .toString());
        var deep = encoderLayer(4, 2, 6);
        var many = GradCheck.check(1e-5, 2, false, () -> deep.apply(randn(seed(2), 1, 3, 4)).square().mean(),
                deep.namedParameters());
        assertTrue(Plots.plot(many).toString().contains("32 of 154 elements") && !Plots.plot(many).toString()
                .contains("'attention.query"));
        Plots.plot(many).image();
    }

    @Test
    void aGradientThatIsZeroEverywhereIsDrawnToo() {
        var idle = parameter(Tensor.ones(2));
        var report = gradcheck(() -> Tensor.scalar(1), idle);
        Plots.plot(report).image();
        assertTrue(Plots.plot(report).toString().contains("2 of 2 elements"));
    }

    @Test
    void twoLogarithmicAxesLeaveOutWhatIsNotPositive() {
        var chart = Plots.plot(new double[] {-1, 0, 1, 10, 100}, new double[] {1, 1, 1e-3, 0, 1e3}).loglog()
                .xlim(0.1, 1000);
        var style = chart.xychart(640, 400).getStyler();
        assertEquals(-1, style.getXAxisMin(), 1e-12);   // exponents of ten
        assertEquals(3, style.getXAxisMax(), 1e-12);
        chart.image();
        assertTrue(chart.toString().contains("1 not positive"));
    }

    @Test
    void shapesAreATable() {
        var bundle = new ShapesRenderer().render(shapes(sequential(linear(3, 4), tanh()), 5, 3));
        assertTrue(bundle.data().get(MimeBundle.HTML).toString().startsWith("<table class=\"dataframe\">"));
        assertTrue(bundle.plain().contains("linear(3, 4)"), bundle.plain());
    }

    @Test
    void chartsStandSideBySide() {
        var both = Plots.beside(Plots.plot(new double[] {1, 2}).size(300, 200), Plots.plot(new double[] {2, 1})
                .size(400, 250));
        assertEquals(1400 + " × " + 500, both.image().getWidth() + " × " + both.image().getHeight());
        assertThrows(IllegalArgumentException.class, Plots::beside);
    }
}
