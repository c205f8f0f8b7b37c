package gradus.nn.train;

import static gradus.nn.Nn.adam;
import static gradus.nn.Nn.bceWithLogits;
import static gradus.nn.Nn.crossEntropy;
import static gradus.nn.Nn.fit;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.mse;
import static gradus.nn.Nn.relu;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.sgd;
import static gradus.nn.Nn.tanh;
import static gradus.nn.Nn.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Layer;
import gradus.nn.data.Data;
import gradus.nn.data.Dataset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FitTest {

    private static Layer digitsNet(long seed) {
        return sequential(linear(64, 32), tanh(), linear(32, 10)).reset(seed(seed));
    }

    @Test
    void digitsAreLearned() {
        var data = Data.digits().split(0.8, seed(1));
        var run = fit(digitsNet(1), data).loss(crossEntropy()).optimizer(adam(1e-3)).quiet().epochs(30);
        assertTrue(run.history().last().validationAccuracy().orElseThrow() > 0.95, run.history().toString());
        assertEquals(30, run.history().losses().length);
        assertEquals(30, run.history().validationLosses().length);
    }

    @Test
    void theSameSeedGivesTheSameBits() {
        var data = Data.digits().split(0.5, seed(1));
        var first = fit(digitsNet(4), data).seed(2).quiet().epochs(3).history();
        var second = fit(digitsNet(4), data).seed(2).quiet().epochs(3).history();
        var other = fit(digitsNet(4), data).seed(3).quiet().epochs(3).history();
        assertArrayEquals(first.losses(), second.losses());
        assertArrayEquals(first.validationLosses(), second.validationLosses());
        assertFalse(first.last().loss() == other.last().loss());
    }

    @Test
    void exclusiveOrIsLearned() {
        var data = Dataset.of(tensor(new double[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}}),
                tensor(new double[][] {{0}, {1}, {1}, {0}}));
        var net = sequential(linear(2, 8), tanh(), linear(8, 1)).reset(seed(5));
        var run = fit(net, data).loss(bceWithLogits()).optimizer(sgd(0.5).momentum(0.9)).batch(4).quiet().epochs(300);
        assertEquals(1, run.history().last().accuracy().orElseThrow());
        assertEquals(0, run.history().validationLosses().length);
    }

    @Test
    void aLineIsFitted() {
        var x = tensor(new double[][] {{0}, {1}, {2}, {3}});
        var net = linear(1, 1, seed(1));
        fit(net, Dataset.of(x, x.times(2).plus(1))).loss(mse()).optimizer(sgd(0.1)).batch(4).quiet().epochs(500);
        assertEquals(2, net.weight().item(), 1e-3);
        assertEquals(1, net.bias().item(), 1e-3);
    }

    /** Writes down what it is told. */
    private static final class Diary implements TrainingListener {

        private final List<String> entries = new ArrayList<>();

        @Override
        public void started(int epochs) {
            entries.add("started " + epochs);
        }

        @Override
        public void epochEnded(History soFar) {
            entries.add("epoch " + soFar.last().number());
            if (soFar.last().number() == 2) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void ended(History whole) {
            entries.add("ended after " + whole.epochs().size() + " of " + whole.planned());
        }
    }

    @Test
    void anInterruptStopsBetweenTwoBatchesAndTheListenerHears() {
        var diary = new Diary();
        var training = fit(digitsNet(1), Data.digits()).quiet().listener(diary);
        var stopped = assertThrows(TrainingStopped.class, () -> training.epochs(9));
        assertTrue(Thread.interrupted());
        assertEquals("training was interrupted in epoch 3, batch 1; the net keeps what it has learned", stopped.getMessage());
        assertEquals(List.of("started 9", "epoch 1", "epoch 2", "ended after 2 of 9"), diary.entries);
    }

    @Test
    void aLossThatExplodesIsSaid() {
        var net = sequential(linear(64, 32), relu(), linear(32, 10)).reset(seed(1));
        var training = fit(net, Data.digits()).optimizer(sgd(1e30)).quiet();
        assertTrue(assertThrows(TrainingStopped.class, () -> training.epochs(3)).getMessage()
                .matches("the loss is (NaN|Infinity) in epoch 1, batch \\d+\nhelp: a smaller learning rate.*"));
    }
}
