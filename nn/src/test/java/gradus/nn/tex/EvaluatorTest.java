package gradus.nn.tex;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Notations against values worked out by hand. */
class EvaluatorTest {

    private static final NdArray A = new NdArray(new int[] {2, 3}, new double[] {1, 2, 3, 4, 5, 6});

    private static final Map<String, Value> NAMES = Map.ofEntries(Map.entry("a", NdArray.scalar(2)),
            Map.entry("n", NdArray.scalar(3)), Map.entry("x", NdArray.vector(1, -2, 3)), Map.entry("x_1", NdArray.scalar(7)),
            Map.entry("y", NdArray.vector(0.5, 1, 2)), Map.entry("\\hat{y}", NdArray.scalar(11)), Map.entry("A", A),
            Map.entry("S", new NdArray(new int[] {2, 2}, new double[] {2, 1, 0, 4})),
            Map.entry("\\mathbf{W}^{(2)}", A), Map.entry("h_0", NdArray.scalar(5)), Map.entry("h_1", NdArray.scalar(6)),
            Map.entry("\\partial L/\\partial x", NdArray.scalar(9)), Map.entry("c", NdArray.vector(2, 0)),
            Map.entry("\\delta^{f}_{1}", NdArray.scalar(3)), Map.entry("\\delta^f_2", NdArray.scalar(4)),
            Map.entry("\\frac{\\partial h_2}{\\partial h_1}", NdArray.scalar(8)),
            Map.entry("\\frac{\\partial L}{\\partial \\mathbf{X}}", NdArray.vector(2, 3)),
            Map.entry("f", (Value.Function) (p, in) -> in[0].map(v -> 10 * v)),
            Map.entry("g'", (Value.Function) (p, in) -> in[0].map(v -> 100 * v)));

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        // numbers, signs, precedence
        "2.5; 2.5", "1 + 2 \\cdot 3; 7", "-2^2; -4", "\\left(-2\\right)^{2}; 4", "2^{-1}; 0.5", "7 - 2 - 1; 4", "8/2/2; 2",
        "\\frac{1}{2} + \\tfrac12; 1", "2 \\, \\left(3 + 4\\right); 14", "1.5 \\cdot 10^{-3}; 0.0015", "--3; 3",
        "2 a \\odot 3 a; 24", "- a \\odot a + 1; -3",
        // names
        "x_1; 7", "{x}_{1} + x_{1}; 14", "\\hat{y}; 11", "\\hat y a; 22", "\\frac{\\partial L}{\\partial x}; 9",
        "\\partial L / \\partial x + 1; 10", "\\sum_{t=1}^{2} h_{t-1}; 11", "\\mathbf{W}^{(2)}_{1,2}; 2",
        "\\mathbf W_{2,1}^{(2)}; 4", "\\sum_{t=1}^{2} \\delta^{f}_{t}; 7", "\\sum_{t=1}^{1} \\frac{\\partial h_{t+1}}{\\partial h_t}; 8",
        "\\sum_{i} \\frac{\\partial L}{\\partial \\mathbf{X}[i]}; 5", "\\frac{\\partial L}{\\partial \\mathbf{X}[1]}; 3",
        // functions
        "\\exp(0) + e^{0}; 2", "\\ln e; 1", "\\log_{2} 8; 3", "\\sqrt{9} + \\sqrt[3]{8}; 5", "f(a + 1); 30", "g'(a); 200",
        "a(a + 1); 6", "\\tanh^{2}\\left(0\\right); 0", "\\sigma\\left(0\\right); 0.5", "\\operatorname{sign}(-a); -1",
        "\\max\\left(0, a, 1\\right); 2", "\\max(x); 3", "\\ln 2 a - \\ln(2 a); 0", "2 \\ln 1 + \\sin 0; 0",
        "\\operatorname{tr}(S); 6", "\\det(S); 8", "\\left|-a\\right| + |{-3}|; 5", "\\lfloor 2.7 \\rfloor; 2",
        "\\lceil 2.1 \\rceil; 3", "\\left\\lfloor 2.5 \\right\\rceil; 2", "\\|x\\|^{2}; 14", "\\left\\|x\\right\\|_{1}; 6",
        "\\|x\\|_\\infty; 3", "\\|S\\|_F^2; 21",
        // vectors
        "x^\\top y; 4.5", "x \\cdot y; 4.5", "y^{\\top} x \\, a; 9", "\\mathbf{1}^\\top x; 2", "x^{\\top} \\mathbf{1}; 2",
        "\\frac{1}{n} \\mathbf{1}^\\top A^\\top \\begin{bmatrix} 3 \\\\ 0 \\end{bmatrix}; 6",
        // indices
        "\\sum_{i} {x}_{i}; 2", "\\sum_{i=1}^{n} i^2; 14", "\\sum_{i=1}^n \\sum_{j=1}^{i} j; 10", "\\sum_{i,j} A_{ij}; 21",
        "\\sum_i x_i y_i + 1; 5.5", "\\prod_{i} x_i; -6", "\\max_i x_i; 3", "\\min_{i} {x}_{i} - 1; -3", "\\arg\\max_i y_i; 3",
        "\\sum_{i \\ne 1} {x}_{i}; 1", "\\sum_i \\sum_{j < i} x_i x_j; -5",
        "\\sum_{i, j, i + j = 4} x_i y_j; 1.5", "\\sum_{j} A_{2j}; 15", "\\sum_{i} A[0, i]; 6", "\\sum_{i=0}^{1} x[i + 1]; 1",
        "\\sum_{i,j} \\delta_{ij} A_{ij}; 6", "\\sum_{i} A[i, c[i]]; 7", "\\sum_{i=1}^{0} x_i; 0",
        "\\sum_{k_w=0}^{1} y[k_w]; 1.5", "\\sum_{i,j=1}^{2} A_{ij}; 12", "\\sum_i \\left(A A^\\top\\right)_{ii}; 91",
        // conditions
        "\\mathbf{1}_{a > 0}; 1", "0 < a \\le 1; 0", "\\mathbf{1}_{a = 2 \\land a \\ne 3}; 1", "\\sum_i \\mathbf{1}_{x_i > 0}; 2",
        "\\begin{cases} 1/0 & \\text{if } a < 0 \\\\ a^2, & \\text{otherwise} \\end{cases}; 4",
    })
    void anExpressionHasTheValueWorkedOutByHand(String latex, double value) {
        assertEquals(value, Evaluator.evaluate(latex, NAMES).item(), 1e-12);
    }

    private static void assertValue(String latex, int[] shape, double... values) {
        var found = Evaluator.evaluate(latex, NAMES);
        assertArrayEquals(shape, found.shape(), latex);
        assertArrayEquals(values, found.data(), 1e-12, latex);
    }

    @Test
    void aVectorIsAColumn() {
        assertValue("A x", new int[] {2}, 6, 12);
        assertValue("y \\, x^{\\top}", new int[] {3, 3}, 0.5, -1, 1.5, 1, -2, 3, 2, -4, 6);
        assertValue("x^\\top A^\\top", new int[] {1, 2}, 6, 12);
        assertValue("[x, a]", new int[] {4}, 1, -2, 3, 2);
        assertValue("\\begin{bmatrix} S & \\mathbf{0}_{2 \\times 1} \\\\ \\mathbf{1}_{1 \\times 2} & a \\end{bmatrix}",
                new int[] {3, 3}, 2, 1, 0, 0, 4, 0, 1, 1, 2);
    }

    @Test
    void functionsOfMatricesAndAxes() {
        assertValue("\\operatorname{mean}_{1}\\left(A\\right)", new int[] {2, 1}, 2, 5);
        assertValue("\\operatorname{pad}_{1, 0}\\left(x\\right)", new int[] {4}, 0, 1, -2, 3);
        assertValue("\\operatorname{reshape}_{3 \\times 2}\\left(A\\right)", new int[] {3, 2}, 1, 2, 3, 4, 5, 6);
        assertValue("\\operatorname{cholesky}\\left(S S^\\top\\right)", new int[] {2, 2},
                Math.sqrt(5), 0, 4 / Math.sqrt(5), Math.sqrt(16 - 16 / 5.0));
        assertValue("\\operatorname{expm}\\left(\\begin{bmatrix} 0 & a \\\\ 0 & 0 \\end{bmatrix}\\right)", new int[] {2, 2}, 1, 2, 0, 1);
        assertValue("\\operatorname{diag}\\left(S\\right)", new int[] {2}, 2, 4);
        assertValue("A^{+} A A^{+} - A^{+}", new int[] {3, 2}, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void elementsMeetElements() {
        assertValue("x \\odot y + a", new int[] {3}, 2.5, 0, 8);
        assertValue("A \\odot x", new int[] {2, 3}, 1, -4, 9, 4, -10, 18);
        assertValue("{S}^{2}", new int[] {2, 2}, 4, 1, 0, 16);
        assertValue("\\mathbf{1}_{x > 0}", new int[] {3}, 1, 0, 1);
        assertValue("\\begin{cases} x & x > 0 \\\\ -a & x \\le 0 \\end{cases}", new int[] {3}, 1, -2, 3);
    }

    @Test
    void theExponentMinusOneIsTheInverseOfAMatrix() {
        assertValue("{S}^{-1}", new int[] {2, 2}, 0.5, -0.125, 0, 0.25);
        assertValue("S^{-\\top}", new int[] {2, 2}, 0.5, 0, -0.125, 0.25);
        assertValue("y^{-1}", new int[] {3}, 2, 1, 0.5);
        assertValue("\\prod_{t=1}^{2} S", new int[] {2, 2}, 4, 6, 0, 16);
        assertValue("S^{-1} S - I", new int[] {2, 2}, 0, 0, 0, 0);
    }

    @Test
    void freeIndicesAreTheAxesOfTheValue() {
        assertValue("A_{ij} x_{j}", new int[] {2, 3}, 1, -4, 9, 4, -10, 18);
        assertValue("\\sum_{i} A_{ij}", new int[] {3}, 5, 7, 9);
        assertValue("A_{ji}", new int[] {3, 2}, 1, 4, 2, 5, 3, 6);
        assertValue("\\sum_{i} A_{i}", new int[] {3}, 5, 7, 9);
        assertValue("A_{:, 2:3}", new int[] {2, 2}, 2, 3, 5, 6);
        assertValue("A[:, 1:3]", new int[] {2, 2}, 2, 3, 5, 6);
        assertValue("A_{\\cdot j}", new int[] {3, 2}, 1, 4, 2, 5, 3, 6);
        assertValue("\\sum_{i} x_i \\delta_{ij}", new int[] {3}, 1, -2, 3);
        assertValue("\\sum_{k} x_k \\mathbf{1}_{k = i}", new int[] {3}, 1, -2, 3);
        assertValue("A_{1i} \\delta_{ij} x_j", new int[] {3, 3}, 1, 0, 0, 0, -4, 0, 0, 0, 9);
    }

    @Test
    void theShapeTellsTheRangeOfAnIndexThatRunsAlongNoAxis() {
        var conv = Evaluator.evaluate("\\sum_{m=0}^{1} x[i + m]", NAMES, 2);
        assertArrayEquals(new double[] {-1, 1}, conv.data());
        assertRefused("\\sum_{m=0}^{1} x[i + m]", 0, "the range of the index i shows nowhere");
    }

    private static void assertRefused(String latex, int position, String what) {
        var refused = assertThrows(FormulaException.class, () -> Evaluator.evaluate(latex, NAMES), latex);
        assertTrue(refused.getMessage().startsWith("formula at " + position + ": " + what), refused.getMessage());
        assertEquals(2, refused.getMessage().lines().count(), refused.getMessage());
        assertTrue(refused.getMessage().contains("\nhelp: "), refused.getMessage());
    }

    @Test
    void whatCannotBeReadIsToldWithItsPlace() {
        assertRefused("\\frac{1}{2", 10, "expected } but the formula ends");
        assertRefused("\\left(a + \\right)", 10, "expected a value but found )");
        assertRefused("x_1_2", 3, "expected only one such script");
        assertRefused("\\left(a\\right]", 7, "expected ) but found \\right]");
        assertRefused("a \\odot", 7, "expected a value but the formula ends");
        assertRefused("\\operatorname x", 14, "expected {…} after \\operatorname");
        assertRefused("\\ln x y", 6, "where the function's argument ends is not clear");
        assertRefused("", 0, "expected a value but the formula ends");
    }

    @Test
    void whatHasNoValueIsToldWithItsPlace() {
        assertRefused("a + q", 4, "q is not a name given here");
        assertRefused("a + x y", 6, "the product of [3] and [3] does not exist: 1 columns meet 3 rows");
        assertRefused("x + c", 2, "shapes [3] and [2] do not broadcast");
        assertRefused("\\sum_{i} A_{ii}", 0, "the index i runs over 1 … 2 and over 1 … 3");
        assertRefused("\\sum_{i} x_{i} y[i]", 0, "the index i runs over 1 … 3 and over 0 … 2");
        assertRefused("{x}_{4}", 0, "the index 4 lies outside 1 … 3 along axis 0 of shape [3]");
        assertRefused("x^{(2)}", 0, "a superscript in parentheses belongs to a name");
        assertRefused("\\sum_{i=1} x_i", 0, "one end of the range is missing");
        assertRefused("\\mathbf{1} + x", 0, "the size of \\mathbf{1} shows nowhere");
        assertRefused("\\sum_{2 \\cdot 3} a", 0, "2 3 is no index");
        assertRefused("f", 0, "f is a function");
        assertRefused("\\tanh^{-1}(a)", 0, "f^{-1} may be the inverse function or 1/f");
    }
}
