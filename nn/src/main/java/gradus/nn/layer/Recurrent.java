package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.init.Initializer;
import gradus.nn.op.Recurrence;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Layers that walk along a sequence, [batch, time, in] → [batch, time, hidden], and remember in a state what they saw. A
 * {@link Cell} is one step, a {@link Sequence} all of them.
 *
 * <p>All parameters are uniform in ±1/√hidden at first, as in PyTorch.
 */
public final class Recurrent {

    private Recurrent() {
    }

    /** One step of a recurrent net. The state's first {@code hidden} numbers are the output h. */
    public sealed interface Cell extends Layer {

        int hidden();

        /** How many numbers the state has. */
        default int stateSize() {
            return hidden();
        }

        /** What a step gets from its input, for all steps at once: [.., in] → [.., gates · hidden]. */
        Tensor inputs(Tensor x);

        /** The state after a step: [batch, gates · hidden] from {@link #inputs}, and the state before, [batch, state]. */
        Tensor next(Tensor inputs, Tensor state);

        /** One step from a state of zeros: [batch, in] → [batch, hidden]. */
        @Override
        default Tensor apply(Tensor x) {
            return output(next(inputs(x), Tensor.full(0, new Shape(x.shape().dim(0), stateSize()), x.dtype())));
        }

        /** h of a state. */
        default Tensor output(Tensor state) {
            return stateSize() == hidden() ? state : state.slice(1, 0, hidden());
        }

        @Override
        default Cell reset(Seed seed) {
            var random = seed.stream("recurrent");
            double bound = 1 / Math.sqrt(hidden());
            parameters().forEach(parameter -> Initializer.fill(parameter, () -> bound * (2 * random.uniform() - 1)));
            return this;
        }
    }

    private static Tensor parameter(String name, int... dims) {
        return Tensor.parameter(Tensor.zeros(dims).named(name));
    }

    private static void check(int in, int hidden) {
        if (in < 1 || hidden < 1) {
            throw new IllegalArgumentException("a recurrent net from " + in + " to " + hidden + " features: both must be at least 1");
        }
    }

    /** The step that {@code W h + b'} belongs to: the product and the second bias where there is one. */
    private static Tensor recurrent(Tensor h, Tensor weight, Optional<Tensor> bias) {
        return bias.map(b -> h.linear(weight, b)).orElseGet(() -> h.matmul(weight.t()));
    }

    /**
     * The simple recurrent net: h ← tanh(W x + b + U h).
     *
     * @param inputWeight  W, [hidden, in]
     * @param hiddenWeight U, [hidden, hidden]
     * @param bias         b, [hidden]
     * @param hiddenBias   a second bias beside U h, as PyTorch has it
     */
    public record RnnCell(Tensor inputWeight, Tensor hiddenWeight, Tensor bias, Optional<Tensor> hiddenBias) implements Cell {

        /** A new cell with one bias. */
        public static RnnCell of(int in, int hidden, Seed seed) {
            check(in, hidden);
            var cell = new RnnCell(parameter("W", hidden, in), parameter("U", hidden, hidden), parameter("b", hidden), Optional.empty());
            cell.reset(seed);
            return cell;
        }

        @Override
        public int hidden() {
            return hiddenWeight.shape().dim(1);
        }

        @Override
        public Tensor inputs(Tensor x) {
            return x.linear(inputWeight, bias);
        }

        @Override
        public Tensor next(Tensor inputs, Tensor h) {
            return inputs.plus(recurrent(h, hiddenWeight, hiddenBias)).tanh();
        }

        @Override
        public String toString() {
            return "rnn(" + inputWeight.shape().dim(1) + ", " + hidden() + ")";
        }
    }

    /**
     * Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000): i, f, o = σ(W x + b +
     * U h), g = tanh(W x + b + U h), each with its own rows of W, U, b; c ← f c + i g; h ← o tanh c.
     *
     * @param inputWeight  W, [4 hidden, in], gates in the order i, f, g, o
     * @param hiddenWeight U, [4 hidden, hidden]
     * @param bias         b, [4 hidden]
     * @param hiddenBias   a second bias beside U h, as PyTorch has it
     */
    public record LstmCell(Tensor inputWeight, Tensor hiddenWeight, Tensor bias, Optional<Tensor> hiddenBias) implements Cell {

        /** A new cell with one bias. */
        public static LstmCell of(int in, int hidden, Seed seed) {
            check(in, hidden);
            var cell = new LstmCell(parameter("W", 4 * hidden, in), parameter("U", 4 * hidden, hidden), parameter("b", 4 * hidden),
                    Optional.empty());
            cell.reset(seed);
            return cell;
        }

        @Override
        public int hidden() {
            return hiddenWeight.shape().dim(1);
        }

        @Override
        public int stateSize() {
            return 2 * hidden();
        }

        @Override
        public Tensor inputs(Tensor x) {
            return x.linear(inputWeight, hiddenBias.map(bias::plus).orElse(bias));
        }

        @Override
        public Tensor next(Tensor inputs, Tensor state) {
            return Recurrence.Lstm.next(inputs, hiddenWeight, state);
        }

        @Override
        public String toString() {
            return "lstm(" + inputWeight.shape().dim(1) + ", " + hidden() + ")";
        }
    }

    /** Where the reset gate of a GRU acts. */
    public enum Reset {
        /** On h, before the product: tanh(W x + b + U (r ⊙ h)), as Cho et al. 2014 have it. */
        BEFORE,
        /** On the product: tanh(W x + b + r ⊙ (U h + b')), as cuDNN and PyTorch have it, where it is faster. */
        AFTER
    }

    /** What the update gate z of a GRU stands for. */
    public enum Update {
        /** The share of the new: h ← (1 − z) h + z n. */
        NEW,
        /** The share of the old: h ← (1 − z) n + z h, as in PyTorch. */
        OLD
    }

    /**
     * The gated recurrent unit (Cho et al. 2014): r, z = σ(W x + b + U h), n = tanh(W x + b + …U h…), each with its own rows of W,
     * U, b; h becomes a mean of h and n weighted by z. {@link Reset} and {@link Update} say where r acts and which of both z
     * weighs; weights learned under one convention do not fit another.
     *
     * @param inputWeight  W, [3 hidden, in], gates in the order r, z, n
     * @param hiddenWeight U, [3 hidden, hidden]
     * @param bias         b, [3 hidden]
     * @param hiddenBias   b', [3 hidden], a second bias beside U h, as PyTorch has it
     */
    public record GruCell(Tensor inputWeight, Tensor hiddenWeight, Tensor bias, Optional<Tensor> hiddenBias, Reset resets,
            Update update) implements Cell {

        /** A new cell with one bias; r acts after the product and z is the share of the old, as in PyTorch. */
        public static GruCell of(int in, int hidden, Seed seed) {
            check(in, hidden);
            var cell = new GruCell(parameter("W", 3 * hidden, in), parameter("U", 3 * hidden, hidden), parameter("b", 3 * hidden),
                    Optional.empty(), Reset.AFTER, Update.OLD);
            cell.reset(seed);
            return cell;
        }

        /** The same weights under other conventions. */
        public GruCell convention(Reset where, Update what) {
            return new GruCell(inputWeight, hiddenWeight, bias, hiddenBias, where, what);
        }

        @Override
        public int hidden() {
            return hiddenWeight.shape().dim(1);
        }

        @Override
        public Tensor inputs(Tensor x) {
            return x.linear(inputWeight, bias);
        }

        @Override
        public Tensor next(Tensor inputs, Tensor h) {
            int n = hidden();
            if (resets == Reset.AFTER) {
                var product = recurrent(h, hiddenWeight, hiddenBias);
                var rz = inputs.slice(1, 0, 2 * n).plus(product.slice(1, 0, 2 * n)).sigmoid();
                var fresh = inputs.slice(1, 2 * n, 3 * n).plus(rz.slice(1, 0, n).times(product.slice(1, 2 * n, 3 * n))).tanh();
                return mixed(h, fresh, rz.slice(1, n, 2 * n));
            }
            var rz = inputs.slice(1, 0, 2 * n).plus(recurrent(h, hiddenWeight.slice(0, 0, 2 * n),
                    hiddenBias.map(b -> b.slice(0, 0, 2 * n)))).sigmoid();
            var fresh = inputs.slice(1, 2 * n, 3 * n).plus(recurrent(rz.slice(1, 0, n).times(h),
                    hiddenWeight.slice(0, 2 * n, 3 * n), hiddenBias.map(b -> b.slice(0, 2 * n, 3 * n)))).tanh();
            return mixed(h, fresh, rz.slice(1, n, 2 * n));
        }

        private Tensor mixed(Tensor old, Tensor fresh, Tensor z) {
            return update == Update.NEW ? old.plus(z.times(fresh.minus(old))) : fresh.plus(z.times(old.minus(fresh)));
        }

        @Override
        public String toString() {
            return "gru(" + inputWeight.shape().dim(1) + ", " + hidden() + ")"
                    + (resets == Reset.AFTER && update == Update.OLD ? "" : ".convention(" + resets + ", " + update + ")");
        }
    }

    /**
     * What a sequence gave.
     *
     * @param output h of each step, [batch, time, hidden]; zeros behind a sequence's end
     * @param state  after each sequence's last step, [batch, state]: to go on from, {@code detach()}ed for truncated
     *               backpropagation
     */
    public record Walked(Tensor output, Tensor state) {
    }

    /**
     * A cell along a sequence: [batch, time, in] → [batch, time, hidden].
     *
     * @param start     the learned state before the first step, [state]; zeros without
     * @param backwards whether it begins at the end
     */
    public record Sequence(Cell cell, Optional<Tensor> start, boolean backwards) implements Layer {

        /** From a state of zeros, from the beginning. */
        public static Sequence of(Cell cell) {
            return new Sequence(cell, Optional.empty(), false);
        }

        /** The same with a state before the first step that is learned too; zeros at first. */
        public Sequence learnedStart() {
            return new Sequence(cell, Optional.of(parameter("h_0", cell.stateSize())), backwards);
        }

        /** The same with two biases, as PyTorch has them. */
        public Sequence twoBiases() {
            return new Sequence(switch (cell) {
                case RnnCell c -> new RnnCell(c.inputWeight, c.hiddenWeight, c.bias, Optional.of(second(c.bias)));
                case LstmCell c -> new LstmCell(c.inputWeight, c.hiddenWeight, c.bias, Optional.of(second(c.bias)));
                case GruCell c -> new GruCell(c.inputWeight, c.hiddenWeight, c.bias, Optional.of(second(c.bias)), c.resets, c.update);
            }, start, backwards);
        }

        private Tensor second(Tensor bias) {
            var random = Seed.next().stream("recurrent");
            double bound = 1 / Math.sqrt(cell.hidden());
            var other = parameter("b'", bias.size());
            Initializer.fill(other, () -> bound * (2 * random.uniform() - 1));
            return other;
        }

        /** The same from the end to the beginning; outputs stay in their places. */
        public Sequence reversed() {
            return new Sequence(cell, start, !backwards);
        }

        @Override
        public Tensor apply(Tensor x) {
            check(x);
            if (cell instanceof LstmCell lstm) {
                return turned(Tensor.apply(new Recurrence.Lstm(false), turned(lstm.inputs(x)), lstm.hiddenWeight, begin(x)));
            }
            return walk(x).output;
        }

        /** All outputs and the last state. */
        public Walked walk(Tensor x) {
            check(x);
            return walk(x, begin(x));
        }

        /** The same from a given state, [batch, state]. */
        public Walked walk(Tensor x, Tensor state) {
            check(x);
            int time = x.shape().dim(1);
            if (cell instanceof LstmCell lstm) {
                var all = Tensor.apply(new Recurrence.Lstm(true), turned(lstm.inputs(x)), lstm.hiddenWeight, state);
                var output = all.slice(1, 0, time);
                var last = all.slice(1, time - 1, time + 1).reshape(x.shape().dim(0), -1);
                return new Walked(turned(output), last);
            }
            return steps(x, state, Optional.empty());
        }

        /**
         * The same for sequences of different lengths, padded behind: steps behind a sequence's end leave its state alone and
         * give zeros.
         */
        public Walked walk(Tensor x, int... lengths) {
            check(x);
            int batch = x.shape().dim(0);
            int time = x.shape().dim(1);
            if (lengths.length != batch || IntStream.of(lengths).anyMatch(n -> n < 0 || n > time)) {
                throw new ShapeException("lengths " + Arrays.toString(lengths) + " do not fit " + batch + " sequences of "
                        + time + " steps\nhelp: give one length per sequence, from 0 to " + time);
            }
            var inside = new double[batch * time];
            for (int row = 0; row < batch; row++) {
                Arrays.fill(inside, row * time, row * time + lengths[row], 1);
            }
            return steps(x, begin(x), Optional.of(Tensor.of(new Shape(batch, time, 1), inside).as(x.dtype())));
        }

        /** Step by step; {@code inside} [batch, time, 1] is 1 for the steps that count. */
        private Walked steps(Tensor x, Tensor state, Optional<Tensor> inside) {
            int batch = x.shape().dim(0);
            int time = x.shape().dim(1);
            var inputs = cell.inputs(x);
            var outputs = new Tensor[time];
            for (int step = 0; step < time; step++) {
                int t = backwards ? time - 1 - step : step;
                var after = cell.next(inputs.slice(1, t, t + 1).reshape(batch, -1), state);
                if (inside.isPresent()) {
                    var counts = inside.get().slice(1, t, t + 1).reshape(batch, 1);
                    after = after.times(counts).plus(state.times(counts.neg().plus(1)));   // exact, unlike a difference
                    outputs[t] = cell.output(after).times(counts);
                } else {
                    outputs[t] = cell.output(after);
                }
                state = after;
            }
            return new Walked(Tensor.stack(1, outputs), state);
        }

        private Tensor turned(Tensor x) {
            return backwards ? x.flip(1) : x;
        }

        private Tensor begin(Tensor x) {
            var shape = new Shape(x.shape().dim(0), cell.stateSize());
            return start.map(s -> s.reshape(1, -1).broadcastTo(shape)).orElseGet(() -> Tensor.full(0, shape, x.dtype()));
        }

        private void check(Tensor x) {
            if (x.rank() != 3 || x.shape().dim(1) == 0) {
                throw ShapeException.of(cell.toString(), "is no batch of sequences",
                        "the input is [batch, time, features] with at least one step", x.shape());
            }
        }

        @Override
        public Sequence reset(Seed seed) {
            cell.reset(seed);
            start.ifPresent(s -> Initializer.fill(s, () -> 0));
            return this;
        }

        @Override
        public String toString() {
            return cell + (start.isPresent() ? ".learnedStart()" : "") + (backwards ? ".reversed()" : "");
        }
    }

    /** Two sequences in both directions, their outputs side by side: [batch, time, in] → [batch, time, 2 hidden]. */
    public record Bidirectional(Sequence forward, Sequence backward) implements Layer {

        @Override
        public Tensor apply(Tensor x) {
            return Tensor.concat(2, forward.apply(x), backward.apply(x));
        }

        @Override
        public String toString() {
            return "bidirectional(" + forward + ", " + backward + ")";
        }
    }

    /** The last step of a sequence: [batch, time, features] → [batch, features]. */
    public record LastStep() implements Layer {

        @Override
        public Tensor apply(Tensor x) {
            int time = x.shape().dim(1);
            return x.slice(1, time - 1, time).reshape(x.shape().dim(0), x.shape().dim(2));
        }

        @Override
        public String toString() {
            return "lastStep()";
        }
    }
}
