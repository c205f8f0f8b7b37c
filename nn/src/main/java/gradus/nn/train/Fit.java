package gradus.nn.train;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Tensor;
import gradus.nn.compile.Compiled;
import gradus.nn.data.Dataset;
import gradus.nn.data.Split;
import gradus.nn.grad.Gradients;
import gradus.nn.layer.Mode;
import gradus.nn.loss.Loss;
import gradus.nn.optim.Optimizer;
import gradus.nn.optim.ReduceOnPlateau;
import gradus.nn.optim.Schedule;
import gradus.nn.optim.Stepper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.ServiceLoader;
import java.util.function.LongToDoubleFunction;

/**
 * A training to be: say how, then {@link #epochs} does it.
 * {@snippet :
 * var run = fit(net, data).loss(crossEntropy()).optimizer(adam(1e-3)).batch(32).epochs(30);
 * }
 * Without saying so: cross-entropy, Adam with η = 0.001, batches of 32, shuffled by seed 0. The same net, data, settings
 * and seed give the same losses to the bit.
 */
public final class Fit {

    private final Layer net;
    private final Dataset train;
    private final Optional<Dataset> validation;
    private final List<TrainingListener> listeners = new ArrayList<>();
    private Loss loss = new Loss.CrossEntropy();
    private Optimizer optimizer = new Optimizer.Adam(1e-3, 0.9, 0.999, 1e-8);
    private Pace pace = _ -> _ -> optimizer.lr();
    private int batch = 32;
    private Seed seed = new Seed(0);
    private boolean quiet;

    /** The learning rates of an epoch's steps, by the steps made before, given the epochs before. */
    private interface Pace {
        LongToDoubleFunction of(List<Epoch> before);
    }

    public Fit(Layer net, Dataset train, Optional<Dataset> validation) {
        this.net = net;
        this.train = train;
        this.validation = validation;
        if (train.size() == 0) {
            throw new IllegalArgumentException("fit: there are no training samples\nhelp: look at the split");
        }
    }

    public Fit(Layer net, Split data) {
        this(net, data.train(), Optional.of(data.validation()).filter(d -> d.size() > 0));
    }

    public Fit loss(Loss newLoss) {
        loss = newLoss;
        return this;
    }

    public Fit optimizer(Optimizer newOptimizer) {
        optimizer = newOptimizer;
        return this;
    }

    /**
     * A learning rate for each epoch, in place of the optimizer's: {@code schedule(new Schedule.Cosine(1e-3, 0, 30))}.
     * t counts epochs, from {@link Schedule#first}.
     */
    public Fit schedule(Schedule schedule) {
        pace = before -> _ -> schedule.at(schedule.first() + before.size());
        return this;
    }

    /** A learning rate for each step, in place of the optimizer's: t counts batches, from {@link Schedule#first}. */
    public Fit schedulePerStep(Schedule schedule) {
        pace = _ -> steps -> schedule.at(schedule.first() + steps);
        return this;
    }

    /**
     * A smaller learning rate than the optimizer's once the loss of the validation samples no longer falls; without
     * any, that of the training samples.
     */
    public Fit schedule(ReduceOnPlateau plateau) {
        pace = before -> {
            double lr = plateau.after(optimizer.lr(), before.stream()
                    .mapToDouble(epoch -> epoch.validationLoss().orElse(epoch.loss())).toArray());
            return _ -> lr;
        };
        return this;
    }

    /** How many samples one step learns from. */
    public Fit batch(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("fit: a batch of " + size + " samples\nhelp: at least 1; 32, say");
        }
        batch = size;
        return this;
    }

    /** Fixes the order in which samples are shuffled. */
    public Fit seed(long value) {
        seed = new Seed(value);
        return this;
    }

    public Fit listener(TrainingListener listener) {
        listeners.add(listener);
        return this;
    }

    /** Without the curve that a notebook would show. */
    public Fit quiet() {
        quiet = true;
        return this;
    }

    /**
     * Trains for this many passes over the data.
     *
     * @throws TrainingStopped when the thread is interrupted, and when the loss or a parameter becomes NaN or infinite:
     *                         the net then has the parameters of the last good step
     */
    public Run epochs(int epochs) {
        if (epochs < 0) {
            throw new IllegalArgumentException("fit: " + epochs + " epochs\nhelp: 0 or more; 30, say");
        }
        var watching = new ArrayList<>(listeners);
        if (!quiet) {
            ServiceLoader.load(TrainingListener.Provider.class, Fit.class.getClassLoader())
                    .forEach(provider -> watching.add(provider.listener()));
        }
        var course = new Course();
        var done = new ArrayList<Epoch>();
        watching.forEach(listener -> listener.started(epochs));
        try {
            while (done.size() < epochs) {
                done.add(course.epoch(List.copyOf(done)));
                var soFar = new History(done, epochs);
                watching.forEach(listener -> listener.epochEnded(soFar));
            }
        } finally {
            var whole = new History(done, epochs);
            watching.forEach(listener -> listener.ended(whole));
        }
        return new Run(net, new History(done, epochs));
    }

    /** One training on its way. */
    private final class Course {

        private final Stepper stepper = optimizer.over(net);
        private final Compiled step = new Compiled(in -> Mode.training(() -> {
            var prediction = net.apply(in[0]);
            return new Tensor[] {stepper.step(loss.of(prediction, in[1])), prediction.detach()};
        }));
        private final Seed.Stream random = seed.stream("shuffle");
        private final Lookout lookout = new Lookout(net, loss);
        private long steps;

        Epoch epoch(List<Epoch> before) {
            long start = System.nanoTime();
            int number = before.size() + 1;
            var rates = pace.of(before);
            var order = random.permutation(train.size());
            var mean = new Mean();
            double lr = 0;
            for (int from = 0; from < order.length; from += batch) {
                var rows = train.rows(Arrays.copyOfRange(order, from, Math.min(order.length, from + batch)));
                var place = "epoch " + number + ", batch " + (from / batch + 1);
                lr = rates.applyAsDouble(steps++);
                stepper.lr(lr);
                lookout.before(place, rows);
                var made = step.all(rows.x(), rows.y());
                if (Thread.currentThread().isInterrupted()) {
                    throw new TrainingStopped("training was interrupted in " + place
                            + "; the net keeps what it has learned");
                }
                lookout.after(made[0].item());
                mean.add(made[0], loss.accuracy(made[1], rows.y()), rows.size());
            }
            lookout.afterEpoch();
            var held = validation.map(data -> evaluate(data));
            return new Epoch(number, lr, mean.loss(),
                    held.map(Mean::loss).map(OptionalDouble::of).orElse(OptionalDouble.empty()), mean.accuracy(),
                    held.map(Mean::accuracy).orElse(OptionalDouble.empty()), (System.nanoTime() - start) * 1e-9);
        }
    }

    private Mean evaluate(Dataset data) {
        return Mode.evaluating(() -> Gradients.noGrad(() -> {
            var mean = new Mean();
            for (int from = 0; from < data.size(); from += 1024) {
                var rows = data.slice(from, Math.min(data.size(), from + 1024));
                var prediction = net.apply(rows.x());
                mean.add(loss.of(prediction, rows.y()), loss.accuracy(prediction, rows.y()), rows.size());
            }
            return mean;
        }));
    }

    /** Means over samples, gathered batch by batch. */
    private static final class Mean {

        private double losses;
        private double right;
        private boolean classifies = true;
        private int samples;

        void add(Tensor loss, OptionalDouble accuracy, int size) {
            losses += loss.item() * size;
            right += accuracy.orElse(0) * size;
            classifies &= accuracy.isPresent();
            samples += size;
        }

        double loss() {
            return losses / samples;
        }

        OptionalDouble accuracy() {
            return classifies ? OptionalDouble.of(right / samples) : OptionalDouble.empty();
        }
    }
}
