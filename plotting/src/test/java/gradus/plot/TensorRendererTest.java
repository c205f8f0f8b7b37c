package gradus.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.api.MimeBundle;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorRendererTest {

    private static String form(String type, Tensor x) {
        return new TensorRenderer().render(x).data().get(type).toString();
    }

    @Test
    void aMatrixIsATableAndAFormula() {
        var w = Tensor.of(new double[][] {{1, -0.5}, {3e-5, 12000}}).named("W_1");
        assertEquals("$\\displaystyle W_1 = \\begin{bmatrix}1 & -0.5 \\\\ 3 \\cdot 10^{-5} & 12{,}000\\end{bmatrix}$",
                form(MimeBundle.LATEX, w));
        var html = form(MimeBundle.HTML, w);
        assertEquals(4, html.split("<td", -1).length - 1);
        assertTrue(html.endsWith("<small>W_1: float32 [2, 2], from -0.5 to 12,000</small>"), html);
        assertEquals("$\\displaystyle \\begin{bmatrix}7 & -8\\end{bmatrix}$", form(MimeBundle.LATEX, Tensor.indices(new Shape(2), 7, -8)));
    }

    @Test
    void ofALargeOneTheCornerIsSeen() {
        var html = form(MimeBundle.HTML, Tensor.arange(10_000).reshape(100, 100));
        assertEquals(81, html.split("<td", -1).length - 1);
        assertEquals(8 + 8 + 1, html.chars().filter(c -> "⋯⋮⋱".indexOf(c) >= 0).count());
        assertTrue(html.contains("float32 [100, 100], from 0 to 9999"));
        assertTrue(form(MimeBundle.LATEX, Tensor.ones(9)).endsWith("1 & \\cdots\\end{bmatrix}$"));
    }

    @Test
    void whatIsNoMatrixIsText() {
        for (var x : List.of(Tensor.scalar(3), Tensor.zeros(0, 3), Tensor.ones(2, 2, 2))) {
            assertEquals(List.of(MimeBundle.TEXT), List.copyOf(new TensorRenderer().render(x).data().keySet()));
        }
    }
}
