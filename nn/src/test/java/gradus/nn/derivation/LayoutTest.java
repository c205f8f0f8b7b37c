package gradus.nn.derivation;

import static gradus.nn.Nn.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import gradus.nn.Tensor;
import org.junit.jupiter.api.Test;

/** One recorded network in all ways of writing it. */
class LayoutTest {

    private static void holds(Derivation derivation) {
        for (var step : derivation.steps()) {
            assertInstanceOf(Check.Holds.class, step.check(), step::toString);
        }
    }

    private static String right(Derivation derivation, String left) {
        return derivation.steps().stream().filter(step -> step.left().text().equals(left)).findFirst().orElseThrow()
                .right().text();
    }

    /** Two layers on a batch of six samples, one per row. */
    private static Tensor rows() {
        var x = randn(seed(1), 6, 3).named("X");
        var y = randn(seed(2), 6, 2).named("Y");
        var w1 = parameter(randn(seed(3), 4, 3).named("W_1"));
        var b1 = parameter(randn(seed(4), 4).named("b_1"));
        var w2 = parameter(randn(seed(5), 2, 4).named("W_2"));
        var b2 = parameter(randn(seed(6), 2).named("b_2"));
        var h = x.linear(w1, b1).named("Z_1").tanh().named("H_1");
        return h.linear(w2, b2).named("Z_2").minus(y).square().sum().times(1.0 / 6).named("L");
    }

    /** The same with one sample per column. */
    private static Tensor columns(int samples) {
        var x = randn(seed(1), 3, samples).named("x");
        var y = randn(seed(2), 2, samples).named("y");
        var w1 = parameter(randn(seed(3), 4, 3).named("W_1"));
        var b1 = parameter(randn(seed(4), 4, 1).named("b_1"));
        var w2 = parameter(randn(seed(5), 2, 4).named("W_2"));
        var b2 = parameter(randn(seed(6), 2, 1).named("b_2"));
        var h = w1.matmul(x).plus(b1).named("z_1").tanh().named("h_1");
        return w2.matmul(h).plus(b2).named("z_2").minus(y).square().sum().times(0.5).named("L");
    }

    @Test
    void aBatchOfRowsReadsAsColumns() {
        var derivation = derive(rows());
        holds(derivation);
        var columns = derivation.layout(Layout.COLUMNS);
        holds(columns);
        assertEquals("W_1 \\, X + b_1", right(columns, "Z_1"));
    }

    @Test
    void columnsReadAsRows() {
        for (int samples : new int[] {1, 5}) {
            var derivation = derive(columns(samples));
            holds(derivation);
            holds(derivation.layout(Layout.ROWS));
        }
    }

    @Test
    void numeratorLayoutTransposesGradients() {
        holds(derive(columns(1)).numerator());
        holds(derive(rows()).layout(Layout.COLUMNS).numerator());
    }

    @Test
    void everyEntryIsASumOverIndices() {
        holds(derive(rows()).layout(Layout.INDICES));
        holds(derive(columns(1)).layout(Layout.INDICES));
    }

    @Test
    void differentialsAreCollectedUnderTheTrace() {
        holds(derive(rows()).layout(Layout.DIFFERENTIALS));
        holds(derive(columns(1)).layout(Layout.DIFFERENTIALS));
    }
}
