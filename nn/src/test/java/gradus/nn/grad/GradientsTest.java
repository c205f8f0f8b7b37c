package gradus.nn.grad;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import org.junit.jupiter.api.Test;

class GradientsTest {

    private static Tensor parameter(double... values) {
        return Tensor.parameter(Tensor.of(new Shape(values.length), values));
    }

    @Test
    void aSharedInputGathersBothShares() {
        var x = parameter(3);
        x.times(x).plus(x).sum().backward();   // x² + x
        assertArrayEquals(new double[] {7}, x.grad().toDoubleArray());
    }

    @Test
    void backwardAddsToWhatIsThere() {
        var x = parameter(2);
        x.square().sum().backward();
        x.square().sum().backward();
        assertEquals(8, x.grad().item());
        x.clearGrad();
        assertNull(x.grad());
    }

    @Test
    void aGraphOfAHundredThousandOperationsDoesNotOverflow() {
        var x = parameter(1);
        var y = x;
        for (int i = 0; i < 100_000; i++) {
            y = y.plus(1);
        }
        y.sum().backward();
        assertEquals(1, x.grad().item());
    }

    @Test
    void broadcastInputsSumTheirGradient() {
        var row = Tensor.parameter(Tensor.of(new Shape(3), new double[] {1, 2, 3}));
        var column = Tensor.parameter(Tensor.of(new Shape(2, 1), new double[] {10, 20}));
        row.times(column).sum().backward();
        assertArrayEquals(new double[] {30, 30, 30}, row.grad().toDoubleArray());
        assertArrayEquals(new double[] {6, 6}, column.grad().toDoubleArray());
        assertEquals(new Shape(2, 1), column.grad().shape());
    }

    @Test
    void gradientsCanBeDifferentiatedAgain() {
        var x = parameter(2);
        var first = Gradients.withGraph(x.pow(3).sum(), x)[0];
        var second = Gradients.withGraph(first.sum(), x)[0];
        var third = Gradients.of(second.sum(), x)[0];
        assertEquals(12, first.item(), 1e-12);
        assertEquals(12, second.item(), 1e-12);
        assertEquals(6, third.item(), 1e-12);
    }

    @Test
    void intermediatesHaveGradientsToo() {
        var x = parameter(1, 2);
        var h = x.square();
        assertArrayEquals(new double[] {3, 3}, Gradients.of(h.times(3).sum(), h)[0].toDoubleArray());
    }

    @Test
    void whatIsNotUsedHasGradientZero() {
        var x = parameter(1);
        var unused = parameter(4, 5);
        assertArrayEquals(new double[] {0, 0}, Gradients.of(x.sum(), unused)[0].toDoubleArray());
    }

    @Test
    void noGradRecordsNothingAndDetachForgets() {
        var x = parameter(1);
        assertFalse(Gradients.noGrad(() -> x.exp()).requiresGrad());
        assertFalse(x.detach().exp().requiresGrad());
        assertTrue(x.exp().requiresGrad());
    }

    @Test
    void kinksHaveTheirConventions() {
        var zero = parameter(0);
        assertEquals(0, Gradients.of(zero.relu().sum(), zero)[0].item());
        assertEquals(0, Gradients.of(zero.abs().sum(), zero)[0].item());
        var tie = parameter(5, 5, 1);
        assertArrayEquals(new double[] {0.5, 0.5, 0}, Gradients.of(tie.max(), tie)[0].toDoubleArray());
        var a = parameter(1);
        assertEquals(0.5, Gradients.of(a.maximum(Tensor.of(1)).sum(), a)[0].item());
    }

    @Test
    void misuseSaysWhatToDo() {
        var x = parameter(1, 2);
        assertTrue(assertThrows(ShapeException.class, () -> x.exp().backward()).getMessage().contains("[2]"));
        assertTrue(assertThrows(IllegalStateException.class, () -> Tensor.of(1).sum().backward()).getMessage()
                .contains("depends on no parameter"));
        var loss = x.square().sum();
        loss.backward();
        assertTrue(assertThrows(IllegalStateException.class, loss::backward).getMessage().contains("used and released"));
    }

    @Test
    void theCheckFindsAWrongGradient() {
        var report = GradCheck.check(in -> in[0].square().plus(in[0].detach().pow(3)), parameter(1, 2));
        assertFalse(report.passed());
        assertEquals(1, report.elements().stream().max((a, b) -> Double.compare(a.error(), b.error())).orElseThrow().index());
    }

    @Test
    void theCheckSkipsKinks() {
        var report = GradCheck.check(in -> in[0].relu(), parameter(-1, 0, 1));
        assertTrue(report.passed());
        assertEquals(1, report.kinks());
    }
}
