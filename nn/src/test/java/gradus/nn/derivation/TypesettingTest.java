package gradus.nn.derivation;

import static gradus.nn.Nn.derive;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.mse;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.tanh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.tex.FormulaParser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TypesettingTest {

    @ParameterizedTest
    @ValueSource(strings = {
        "a_1 + b_1 \\, c_1 - \\frac{d_1}{e_1 + f_1} + g_1 \\odot \\left(a_2 - b_2 + c_2\\right) + d_2",
        "W_2^{\\top} \\, \\delta_2 \\odot \\left(1 - h_1^{2}\\right) \\odot W_3^{\\top} \\, \\delta_3",
        "\\sum_{i} \\left(\\left(a_{i} + b_{i} + c_{i}\\right) \\, \\left(d_{i} - e_{i} - f_{i}\\right)\\right)",
        "a_1 + \\frac{a_1 + b_1 + c_1 + d_1 + e_1}{\\sqrt{f_1 + 1}} \\odot x_1",
        "\\exp\\left(-a_1 - b_1 - c_1 - d_1 - e_1 - f_1 - g_1\\right) + 1",
        "{\\left(a_1 + b_1 + c_1 + d_1 + e_1 + f_1\\right)}^{2}"})
    void noLineIsTooWideAndTogetherTheyAreTheFormula(String formula) {
        for (double width = 9; width < 40; width += 2.5) {
            var lines = Typesetting.lines(formula, width);
            for (var line : lines) {
                assertTrue(FormulaWidth.of(line) <= width + 2.5, width + " em: " + line);
            }
            var joined = String.join(" ", lines);
            assertEquals(FormulaParser.parse(formula), FormulaParser.parse(joined), joined);
        }
        assertEquals(1, Typesetting.lines(formula, 100).size());
    }

    @Test
    void bracketsAreAsHighAsWhatTheyHold() {
        assertEquals("\\tanh(z^{(1)}) + {(a - f(b))}^{2}",
                Typesetting.line("\\tanh\\left(z^{(1)}\\right) + {\\left(a - f\\left(b\\right)\\right)}^{2}"));
        for (var high : List.of("\\left(\\frac{a}{b}\\right)", "\\left[\\sum_{i} a_{i}\\right]", "\\left|a\\right|",
                "\\left(a \\right.", "\\left. + b\\right)", "\\left\\lfloor a \\right\\rfloor")) {
            assertEquals(high, Typesetting.line(high));
        }
    }

    @Test
    void aLineBreaksAtTheLoosestOperator() {
        assertEquals(List.of("a \\, b", "+ c \\, d", "- e \\, f"),
                Typesetting.lines("a \\, b + c \\, d - e \\, f", 3.5));
        assertEquals(List.of("-a", "- b"), Typesetting.lines("-a - b", 2));
        assertEquals(List.of("\\tanh\\left(a \\right.", "\\left. + b\\right)"),
                Typesetting.lines("\\tanh\\left(a + b\\right)", 4));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', value = {
        "\\delta_{1} = W_2^{\\top} \\, \\delta_2 \\odot \\left(1 - h_1^{2}\\right)@δ₁ = W₂ᵀ δ₂ ⊙ (1 − h₁²)",
        "\\frac{\\partial L}{\\partial W_{1}}@∂L/∂W₁", "\\frac{1}{2} \\, \\left\\|x\\right\\|_2^2@1/2 ‖x‖₂²",
        "\\sum_{i, j} {x}_{ij}@Σ_{i, j} xᵢⱼ", "\\hat{y} - \\bar{x}_1@ŷ − x̄₁",
        "\\operatorname{softmax}\\left(z\\right)@softmax(z)",
        "\\sqrt{v + \\epsilon}@√(v + ε)", "\\frac{a + b}{c}@(a + b)/c", "W^{(2)}@W⁽²⁾", "x_{\\mathrm{train}}@x_train",
        "\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}@[1, 2; 3, 4]", "\\mathbf{1}_{x > 0}@1_{x > 0}", "x^{-1}@x⁻¹",
        "\\begin{bmatrix} 1 & \\cdots \\\\ \\vdots & \\ddots \\end{bmatrix}@[1, ⋯; ⋮, ⋱]",
        "\\frac{\\partial^{+} L}{\\partial h_{t}}@∂⁺L/∂hₜ", "\\delta^{f}_{t+1}@δᶠₜ₊₁",
        "\\begin{cases} x & x > 0 \\\\ 0 & \\text{otherwise} \\end{cases}@{x if x > 0; 0 if otherwise}", "''@''"})
    void aFormulaReadsAsText(String latex, String text) {
        assertEquals(text, Typesetting.text(latex));
    }

    @ParameterizedTest
    @CsvSource({"0.123456,0.1235", "-3.1e-7,-3.1 \\cdot 10^{-7}", "2,2", "1234567,1.235 \\cdot 10^{6}", "0,0",
        "120000,120000", "NaN,\\text{NaN}", "-Infinity,-\\infty", "1e-4,0.0001"})
    void aNumberHasFourDigits(double value, String latex) {
        assertEquals(latex, Typesetting.number(value));
    }

    @Test
    void aWideMatrixShowsItsEnds() {
        assertEquals("\\begin{bmatrix} 0 & 1 & \\cdots & 5 \\end{bmatrix}^{\\top}",
                Typesetting.value(Tensor.arange(6)));
        assertEquals("\\begin{bmatrix} 0 & 1 \\\\ 2 & 3 \\end{bmatrix}",
                Typesetting.value(Tensor.arange(4).reshape(2, 2)));
        assertTrue(Typesetting.value(Tensor.ones(90, 90)).contains("\\vdots & \\vdots & \\ddots & \\vdots"));
        assertEquals("1", Typesetting.value(Tensor.ones(1, 1)));
        assertEquals("\\in \\mathbb{R}^{2 \\times 3}", Typesetting.member(new Shape(2, 3)));
    }

    @Test
    void aDerivationIsAlignedInAConsole() {
        var net = sequential(linear(3, 4), tanh(), linear(4, 2));
        var derivation = derive(mse().of(net.apply(randn(seed(1), 5, 3)), randn(seed(2), 5, 2)));
        var lines = derivation.toString().lines().toList();
        assertEquals("Forward", lines.getFirst());
        assertTrue(lines.get(1).matches(" *z₁ = x W₁ᵀ \\+ b₁ +\\[5, 4] +✓ .*"), lines.get(1));
        assertEquals(lines.get(1).indexOf('='), lines.get(2).indexOf('='));
        assertTrue(lines.getLast().contains("lines hold"));
        assertTrue(derivation.tex().contains("z_{1} &= x \\, W_{1}^{\\top} + b_{1} "
                + "&& \\in \\mathbb{R}^{5 \\times 4} && \\checkmark"));
    }

    @Test
    void ofVeryManyLinesTheEndsAreShown() {
        var x = Tensor.parameter(randn(seed(1), 2)).named("x");
        var y = x;
        for (int i = 0; i < 100; i++) {
            y = y.times(0.99).plus(0.01).named("a_{" + i + "}");
        }
        var derivation = derive(y.sum().named("L"));
        assertEquals(101, derivation.steps(Step.Kind.FORWARD).size());
        var shown = derivation.toString();
        assertTrue(shown.contains("⋮ 41 more lines") && shown.contains("a₉₉ = "), shown);
        assertEquals(3, derivation.tex().lines().filter(line -> line.contains("more lines")).count());
        assertTrue(Typesetting.lines("x + ".repeat(2000) + "x", 30).getFirst().contains("8001 characters"));
    }
}
