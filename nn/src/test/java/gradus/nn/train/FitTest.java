package gradus.nn.train;

import static gradus.nn.Nn.adam;
import static gradus.nn.Nn.batchNorm;
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
import gradus.nn.Tensor;
import gradus.nn.data.Data;
import gradus.nn.data.Dataset;
import gradus.nn.optim.ReduceOnPlateau;
import gradus.nn.optim.Schedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
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

    private static final Dataset LINE = Dataset.of(tensor(new double[][] {{0}, {1}, {2}, {3}}),
            tensor(new double[][] {{1}, {3}, {5}, {7}}));

    private static double[] byHand(Schedule schedule) {
        var net = linear(1, 1, seed(1));
        var stepper = sgd(1).over(net);
        for (int step = 0; step < 12; step++) {
            stepper.lr(schedule.at(schedule.first() + step));
            stepper.step(mse().of(net.apply(LINE.x()), LINE.y()));
        }
        return net.weight().toDoubleArray();
    }

    @Test
    void aScheduleCountsEpochsOrSteps() {
        var twice = Dataset.of(Tensor.concat(0, LINE.x(), LINE.x()), Tensor.concat(0, LINE.y(), LINE.y()));
        for (var schedule : List.of(new Schedule.Step(0.05, 0.5, 2), new Schedule.Warmup(0.05, 4),
                new Schedule.Noam(64, 3))) {
            var net = linear(1, 1, seed(1));
            var run = fit(net, LINE).loss(mse()).schedule(schedule).optimizer(sgd(1)).batch(4).quiet().epochs(12);
            assertArrayEquals(byHand(schedule), net.weight().toDoubleArray(), 1e-6);
            assertArrayEquals(LongStream.range(schedule.first(), schedule.first() + 12).mapToDouble(schedule::at).toArray(),
                    run.history().learningRates());
            var steps = fit(linear(1, 1, seed(1)), twice).loss(mse()).schedulePerStep(schedule).optimizer(sgd(1)).batch(4)
                    .quiet().epochs(6);   // of two steps each
            assertArrayEquals(LongStream.range(0, 6).mapToDouble(t -> schedule.at(schedule.first() + 2 * t + 1)).toArray(),
                    steps.history().learningRates());
        }
    }

    @Test
    void theLearningRateFallsWhereTheLossDoesNot() {
        var net = linear(1, 1, seed(1));
        var plateau = new ReduceOnPlateau(0.5, 1);
        var run = fit(net, LINE).loss(mse()).optimizer(sgd(0.5)).schedule(plateau).batch(4).quiet().epochs(40);
        var losses = run.history().losses();
        for (int epoch = 0; epoch < 40; epoch++) {
            assertEquals(plateau.after(0.5, Arrays.copyOf(losses, epoch)), run.history().learningRates()[epoch]);
        }
        assertTrue(run.history().learningRates()[39] < 0.5);   // beyond 2/λ of the largest curvature: it climbed first
        assertTrue(run.history().last().loss() < 1e-2, run.history().toString());
    }

    @Test
    void whatIsNoSettingIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> fit(linear(1, 1), LINE).epochs(-1));
        assertThrows(IllegalArgumentException.class, () -> sgd(0.1).over(linear(1, 1)).lr(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> adam(0.1, 0.9, 0.999, -1));
        assertThrows(IllegalArgumentException.class, () -> new ReduceOnPlateau(1, 3));
        assertEquals(0, fit(linear(1, 1), LINE).quiet().epochs(0).history().epochs().size());
    }

    private static String stopped(Fit training) {
        return assertThrows(TrainingStopped.class, () -> training.quiet().epochs(30)).getMessage();
    }

    @Test
    void aLossThatExplodesLeavesTheLastGoodStep() {
        var net = sequential(linear(64, 32), relu(), batchNorm(32), linear(32, 10)).reset(seed(1));
        var message = stopped(fit(net, Data.digits()).optimizer(sgd(1e15)));
        assertTrue(message.matches("the loss is (NaN|Infinity) in epoch 1, batch [2-9]: the first that is not finite is the"
                + " output of \\w+, .*, (with|after) [0-3]\\.\\w+\nhelp: a smaller learning rate.*"), message);
        net.state().forEach((name, x) -> assertEquals(1, x.isFinite().min().item(), name));
    }

    @Test
    void aMissingNumberIsFoundInTheData() {
        var x = Tensor.of(new double[][] {{0}, {1}, {Double.NaN}, {3}});
        var net = linear(1, 1, seed(1));
        var before = net.weight().toDoubleArray();
        assertEquals("the loss is NaN in epoch 1, batch 1: features of this batch are not finite"
                + "\nhelp: look at the data; no number of a sample may be missing",
                stopped(fit(net, Dataset.of(x, LINE.y())).loss(mse()).batch(4)));
        assertArrayEquals(before, net.weight().toDoubleArray());
    }

    @Test
    void aGradientThatIsNotFiniteIsFoundOneStepLater() {
        var net = sequential(linear(1, 1, seed(1)), linear(1, 1, seed(2)), x -> x.relu().sqrt());
        net.parameters().forEach(p -> p.assign(Tensor.full(0.5, p.shape(), p.dtype())));
        net.parameters().getLast().assign(Tensor.of(-0.25));   // sqrt(relu(0)) at x = -1
        var data = Dataset.of(tensor(new double[][] {{-1}, {-1}}), tensor(new double[][] {{1}, {1}}));
        var message = stopped(fit(net, data).loss(mse()).optimizer(sgd(0.1)).batch(1));
        assertEquals("in epoch 1, batch 1 the loss is finite, but its gradient is not: the first on the way back is that of"
                + " 1.bias\nhelp: a root, logarithm or quotient stands at its edge, √0 say; add a small number inside",
                message);
        assertArrayEquals(new double[] {0.5, 0.5, 0.5, -0.25},
                net.parameters().stream().mapToDouble(Tensor::item).toArray());
    }

    @Test
    void masksMayBeInfinite() {
        var mask = Tensor.of(0, Double.NEGATIVE_INFINITY, 0);
        var net = sequential(linear(1, 3, seed(1)), x -> x.plus(mask).softmax(-1).sum(true, 1),
                x -> x.minus(1e30).square());
        assertTrue(stopped(fit(net, LINE).loss(mse())).startsWith("the loss is Infinity in epoch 1, batch 1: the first"
                + " that is not finite is the output of square, [4, 1], after 0."));
    }
}
