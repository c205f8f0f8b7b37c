package gradus.nn.layer;

import static gradus.nn.Nn.bidirectional;
import static gradus.nn.Nn.grad;
import static gradus.nn.Nn.gru;
import static gradus.nn.Nn.lstm;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.rnn;
import static gradus.nn.Nn.seed;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.layer.Cell.Reset;
import gradus.nn.layer.Cell.Update;
import gradus.nn.layer.Recurrent.Sequence;
import gradus.nn.op.Recurrence;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecurrentTest {

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT64"})
    void aWholeLstmEqualsItsSteps(DType dtype) {
        var z = randn(seed(1), 3, 6, 20).as(dtype);
        var weight = randn(seed(2), 20, 5).as(dtype);
        var state = randn(seed(3), 3, 10).as(dtype);
        for (boolean withCell : new boolean[] {false, true}) {
            var op = new Recurrence.Lstm(withCell);
            double tolerance = dtype == DType.FLOAT32 ? 2e-6 : 1e-14;
            assertArrayEquals(op.unfused(z, weight, state).toDoubleArray(), Tensor.apply(op, z, weight, state).toDoubleArray(), tolerance);
            var gradients = new double[2][];
            for (int way = 0; way < 2; way++) {
                var w = Tensor.parameter(weight);
                var s = Tensor.parameter(state);
                var in = Tensor.parameter(z);
                var y = way == 0 ? op.unfused(in, w, s) : Tensor.apply(op, in, w, s);
                y.times(randn(seed(4), y.shape().dims()).as(dtype)).sum().backward();
                gradients[way] = Tensor.concat(0, in.grad().reshape(-1), w.grad().reshape(-1), s.grad().reshape(-1)).toDoubleArray();
            }
            assertArrayEquals(gradients[0], gradients[1], 20 * tolerance);
        }
    }

    /** One LSTM step as the formulas say, number by number. */
    @Test
    void gatesStandInTheOrderIFGO() {
        var cell = Cell.Lstm.of(1, 1, seed(5));
        var w = cell.inputWeight().toDoubleArray();
        var b = cell.bias().toDoubleArray();
        double[] z = {0.7 * w[0] + b[0], 0.7 * w[1] + b[1], 0.7 * w[2] + b[2], 0.7 * w[3] + b[3]};
        double c = sigmoid(z[0]) * Math.tanh(z[2]);
        assertEquals(sigmoid(z[3]) * Math.tanh(c), cell.apply(Tensor.of(0.7).reshape(1, 1)).item(), 1e-7);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @Test
    void oneBiasAndTwoDifferByTheSecond() {
        assertEquals(2480, lstm(10, 20).parameterCount());
        assertEquals(2560, lstm(10, 20).twoBiases().parameterCount());
    }

    /** The document's GRU and cuDNN's, with the same weights, are different nets. */
    @Test
    void resetBeforeAndAfterTheProductAreDifferentNets() {
        var cell = Cell.Gru.of(2, 3, seed(7));
        var x = randn(seed(1), 1, 2);
        var h = randn(seed(2), 1, 3);
        var after = cell.next(cell.inputs(x), h);
        var before = cell.convention(Reset.BEFORE, Update.OLD);
        assertTrue(after.minus(before.next(before.inputs(x), h)).abs().max().item() > 1e-3);
        var mirrored = cell.convention(Reset.AFTER, Update.NEW);   // z and 1 − z change places
        assertArrayEquals(h.toDoubleArray(),
                after.plus(mirrored.next(mirrored.inputs(x), h)).minus(fresh(cell, x, h)).toDoubleArray(), 1e-6);
    }

    private static Tensor fresh(Cell.Gru cell, Tensor x, Tensor h) {
        var in = cell.inputs(x);
        var product = h.matmul(cell.hiddenWeight().t());
        var r = in.slice(1, 0, 3).plus(product.slice(1, 0, 3)).sigmoid();
        return in.slice(1, 6, 9).plus(r.times(product.slice(1, 6, 9))).tanh();
    }

    /** The document's formula, transcribed: r before the product, z the share of the new. */
    @Test
    void gruResetsBeforeTheProduct() {
        var cell = Cell.Gru.of(1, 1, seed(3)).convention(Reset.BEFORE, Update.NEW);
        var w = cell.inputWeight().toDoubleArray();
        var u = cell.hiddenWeight().toDoubleArray();
        var b = cell.bias().toDoubleArray();
        double x = 0.4;
        double h = -0.8;
        double r = sigmoid(w[0] * x + b[0] + u[0] * h);
        double z = sigmoid(w[1] * x + b[1] + u[1] * h);
        double n = Math.tanh(w[2] * x + b[2] + u[2] * (r * h));
        assertEquals((1 - z) * h + z * n,
                cell.next(cell.inputs(Tensor.of(x).reshape(1, 1)), Tensor.of(h).reshape(1, 1)).item(), 1e-7);
    }

    private static List<Sequence> sequences() {
        return List.of(rnn(3, 4), lstm(3, 4), gru(3, 4), gru(3, 4, Reset.BEFORE, Update.NEW).learnedStart(), lstm(3, 4).learnedStart(),
                lstm(3, 4).twoBiases().reversed(), gru(3, 4).twoBiases().reversed());
    }

    @Test
    void goingOnFromAStateIsOneWalk() {
        var x = randn(seed(1), 2, 5, 3);
        for (var net : sequences()) {
            if (!net.backwards()) {
                var whole = net.walk(x);
                var first = net.walk(x.slice(1, 0, 2));
                var second = net.walk(x.slice(1, 2, 5), first.state());
                assertArrayEquals(whole.output().toDoubleArray(),
                        Tensor.concat(1, first.output(), second.output()).toDoubleArray(), 1e-6, net.toString());
                assertArrayEquals(whole.state().toDoubleArray(), second.state().toDoubleArray(), 1e-6, net.toString());
            }
        }
    }

    @Test
    void stepsBehindTheEndChangeNothing() {
        var x = randn(seed(1), 2, 5, 3);
        for (var net : sequences()) {
            var padded = net.walk(x, 2, 5);
            var alone = net.walk(x.slice(0, 0, 1).slice(1, 0, 2));
            assertArrayEquals(alone.output().toDoubleArray(), padded.output().slice(0, 0, 1).slice(1, 0, 2).toDoubleArray(), 1e-6, net.toString());
            assertArrayEquals(alone.state().toDoubleArray(), padded.state().slice(0, 0, 1).toDoubleArray(), 1e-6, net.toString());
            assertEquals(0, padded.output().slice(0, 0, 1).slice(1, 2, 5).abs().max().item());
            assertArrayEquals(net.apply(x).slice(0, 1, 2).toDoubleArray(), padded.output().slice(0, 1, 2).toDoubleArray(), 1e-6, net.toString());
            assertThrows(ShapeException.class, () -> net.walk(x, 6, 2));
        }
    }

    /** Long sequences are cut into pieces first. */
    @ParameterizedTest
    @ValueSource(ints = {8, 9, 11})
    void whateverTheLengthEachStepGetsItsInput(int time) {
        var x = Tensor.parameter(randn(seed(1), 2, time, 3));
        for (var net : List.of(rnn(3, 4), gru(3, 4), gru(3, 4).reversed())) {
            var outputs = new Tensor[time];
            var state = Tensor.zeros(2, 4);
            for (int step = 0; step < time; step++) {
                int t = net.backwards() ? time - 1 - step : step;
                state = net.cell().next(net.cell().inputs(x.slice(1, t, t + 1).squeeze(1)), state);
                outputs[t] = state;
            }
            var byHand = Tensor.stack(1, outputs);
            assertArrayEquals(byHand.toDoubleArray(), net.apply(x).toDoubleArray(), 1e-6);
            assertArrayEquals(grad(byHand.square().sum(), x)[0].toDoubleArray(),
                    grad(net.apply(x).square().sum(), x)[0].toDoubleArray(), 1e-5);
        }
    }

    @Test
    void gradientsReachEveryParameter() {
        for (var net : sequences()) {
            net.apply(randn(seed(1), 2, 4, 3)).square().sum().backward();
            net.namedParameters().forEach((name, p) ->
                    assertTrue(p.grad() != null && p.grad().abs().sum().item() > 0, net + " " + name));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void bothDirectionsStandSideBySide(int time) {
        var net = bidirectional(lstm(3, 2), lstm(3, 2));
        var x = randn(seed(1), 2, time, 3);
        assertEquals(new Shape(2, time, 4), net.apply(x).shape());
        var mirrored = x.select(1, IntStream.range(0, time).map(t -> time - 1 - t).toArray());
        var back = new Sequence(net.backward().cell(), Optional.empty(), false).apply(mirrored);
        assertArrayEquals(back.select(1, time - 1).toDoubleArray(), net.apply(x).slice(1, 0, 1).slice(2, 2, 4).toDoubleArray(), 1e-7);
    }

    @Test
    void whatIsNoSequenceIsRefused() {
        assertThrows(ShapeException.class, () -> lstm(3, 2).apply(Tensor.ones(4, 3)));
        assertThrows(ShapeException.class, () -> gru(3, 2).apply(Tensor.ones(4, 0, 3)));
        assertThrows(ShapeException.class, () -> rnn(3, 2).apply(Tensor.ones(4, 5, 2)));
    }
}
