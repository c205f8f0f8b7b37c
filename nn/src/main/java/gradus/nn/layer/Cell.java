package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.explanation.Formulas;
import gradus.nn.explanation.Formulas.Law;
import gradus.nn.init.Initializer;
import gradus.nn.op.Recurrence;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One step of a recurrent net. The state's first {@code hidden} numbers are the output h.
 *
 * <p>Gates lie one behind the other in the rows of W, U and b. All parameters are uniform in ±1/√hidden at first, as in
 * PyTorch.
 */
public sealed interface Cell extends Layer {

    /** W, [gates · hidden, in]. */
    Tensor inputWeight();

    /** U, [gates · hidden, hidden]. */
    Tensor hiddenWeight();

    /** b, [gates · hidden]. */
    Tensor bias();

    /** A second bias beside U h, as PyTorch has it. */
    Optional<Tensor> hiddenBias();

    /** The same cell with other tensors in the place of its own. */
    Cell with(Tensor w, Tensor u, Tensor b, Optional<Tensor> second);

    /** The same cell with what becomes of each of its tensors. */
    default Cell map(UnaryOperator<Tensor> f) {
        return with(f.apply(inputWeight()), f.apply(hiddenWeight()), f.apply(bias()), hiddenBias().map(f));
    }

    /** The same cell with a second bias, newly drawn. */
    default Cell twoBiases() {
        var second = parameter("b'", bias().size());
        draw(second, Seed.next().stream("recurrent"));
        return with(inputWeight(), hiddenWeight(), bias(), Optional.of(second));
    }

    default int hidden() {
        return hiddenWeight().shape().dim(1);
    }

    /** How many numbers the state has. */
    default int stateSize() {
        return hidden();
    }

    /** What a step gets from its input, for all steps at once: [.., in] → [.., gates · hidden]. */
    default Tensor inputs(Tensor x) {
        return x.linear(inputWeight(), bias());
    }

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
    default Tensor sample(Seed.Stream random) {
        return Tensor.normal(random, 0, 1, 3, inputWeight().shape().dim(1));
    }

    @Override
    default Cell reset(Seed seed) {
        var random = seed.stream("recurrent");
        parameters().forEach(parameter -> draw(parameter, random));
        return this;
    }

    private void draw(Tensor parameter, Seed.Stream random) {
        double bound = 1 / Math.sqrt(hidden());
        Initializer.fill(parameter, () -> bound * (2 * random.uniform() - 1));
    }

    /** The columns of one gate. */
    private static String gate(String of, int number, int hidden) {
        return of + "_{:, " + (number * hidden + 1) + ":" + (number + 1) * hidden + "}";
    }

    private static Tensor parameter(String name, int... dims) {
        return Tensor.parameter(Tensor.zeros(dims).named(name));
    }

    private static void check(int in, int hidden) {
        if (in < 1 || hidden < 1) {
            throw new IllegalArgumentException("a recurrent net from " + in + " to " + hidden
                    + " features: a size is below 1"
                    + "\nhelp: lstm(32, 64) say");
        }
    }

    /** A state to show a step on: rows of numbers that nobody computed. */
    private static Tensor someState(Tensor x, int size) {
        var numbers = Tensor.normal(new Seed(2).stream("explain"), 0, 1, x.shape().dim(0), size);
        return Tensor.parameter(numbers.as(x.dtype()));
    }

    /** The names of a cell's tensors, of its input and of the h before. */
    private static Formulas named(Cell cell, Tensor x, Tensor h) {
        var all = Formulas.of(cell.toString()).given("x_t", x).given("h_{t-1}", h).given("W", cell.inputWeight())
                .given("U", cell.hiddenWeight()).given("b", cell.bias()).setting("H", cell.hidden());
        return cell.hiddenBias().map(second -> all.given("b'", second)).orElse(all);
    }

    private static String plus(Optional<Tensor> second) {
        return second.isEmpty() ? "" : " + b'";
    }

    /** What all cells have in common, for the gradient at W x + b and the one at U h + b'. */
    private static Formulas gradients(Formulas all, String atInput, String atState, Optional<Tensor> second) {
        var formulas = all.gradient("W", "{" + atInput + "}^{\\top} x_t").gradient("b", "\\sum_{k} " + atInput + "[k]");
        return second.isEmpty() ? formulas : formulas.gradient("b'", "\\sum_{k} " + atState + "[k]");
    }

    private static Formulas initially(Formulas all) {
        for (var name : List.of("W", "U", "b")) {
            all = all.initially(name, Law.UNIFORM, "\\frac{1}{\\sqrt{H}}");
        }
        return all.convention("One sample per row; all parameters uniform in ±1/√H at first, as in PyTorch. One bias b;"
                + " twoBiases() adds b' beside U h, as PyTorch has it.");
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
    record Rnn(Tensor inputWeight, Tensor hiddenWeight, Tensor bias, Optional<Tensor> hiddenBias) implements Cell {

        /** A new cell with one bias. */
        public static Rnn of(int in, int hidden, Seed seed) {
            check(in, hidden);
            var cell = new Rnn(parameter("W", hidden, in), parameter("U", hidden, hidden), parameter("b", hidden),
                    Optional.empty());
            cell.reset(seed);
            return cell;
        }

        @Override
        public Rnn with(Tensor w, Tensor u, Tensor b, Optional<Tensor> second) {
            return new Rnn(w, u, b, second);
        }

        @Override
        public Tensor next(Tensor inputs, Tensor h) {
            return inputs.plus(recurrent(h, hiddenWeight, hiddenBias)).tanh();
        }

        @Override
        public Formulas formulas(Tensor x) {
            var h = someState(x, hidden());
            var all = named(this, x, h)
                    .result("h_t", "", "\\tanh\\left(x_t W^{\\top} + b + h_{t-1} U^{\\top}" + plus(hiddenBias)
                            + "\\right)", "one step", () -> next(inputs(x), h))
                    .where("g", "\\delta \\odot \\left(1 - h_t^{2}\\right)", "arrives before tanh");
            return initially(gradients(all, "g", "g", hiddenBias).gradient("U", "g^{\\top} h_{t-1}")
                    .gradient("x_t", "g W").gradient("h_{t-1}", "g U"));
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
    record Lstm(Tensor inputWeight, Tensor hiddenWeight, Tensor bias, Optional<Tensor> hiddenBias) implements Cell {

        /** A new cell with one bias. */
        public static Lstm of(int in, int hidden, Seed seed) {
            check(in, hidden);
            var cell = new Lstm(parameter("W", 4 * hidden, in), parameter("U", 4 * hidden, hidden),
                    parameter("b", 4 * hidden), Optional.empty());
            cell.reset(seed);
            return cell;
        }

        @Override
        public Lstm with(Tensor w, Tensor u, Tensor b, Optional<Tensor> second) {
            return new Lstm(w, u, b, second);
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
        public Formulas formulas(Tensor x) {
            int n = hidden();
            var h = someState(x, n);
            var c = Tensor.parameter(h.detach().sin());
            var all = named(this, x, h).given("c_{t-1}", c)
                    .where("z", "x_t W^{\\top} + b + h_{t-1} U^{\\top}" + plus(hiddenBias),
                            "of four gates side by side")
                    .where("i_t", "\\sigma\\left(" + gate("z", 0, n) + "\\right)", "input gate")
                    .where("f_t", "\\sigma\\left(" + gate("z", 1, n) + "\\right)", "forget gate")
                    .where("g_t", "\\tanh\\left(" + gate("z", 2, n) + "\\right)", "candidate")
                    .where("o_t", "\\sigma\\left(" + gate("z", 3, n) + "\\right)", "output gate")
                    .where("c_t", "f_t \\odot c_{t-1} + i_t \\odot g_t", "")
                    .result("s_t", "", "\\operatorname{concat}_{1}\\left(o_t \\odot \\tanh\\left(c_t\\right),"
                            + " c_t\\right)", "the state, h and c side by side",
                            () -> next(inputs(x), Tensor.concat(1, h, c)))
                    .where("\\delta_h", gate("\\delta", 0, n), "arrives at h")
                    .where("\\delta_c", gate("\\delta", 1, n), "and at c")
                    .where("s", "\\delta_c + \\delta_h \\odot o_t \\odot \\left(1 -"
                            + " \\tanh^{2}\\left(c_t\\right)\\right)", "all that arrives at c")
                    .where("g_i", "s \\odot g_t \\odot i_t \\odot \\left(1 - i_t\\right)", "")
                    .where("g_f", "s \\odot c_{t-1} \\odot f_t \\odot \\left(1 - f_t\\right)", "")
                    .where("g_g", "s \\odot i_t \\odot \\left(1 - g_t^{2}\\right)", "")
                    .where("g_o", "\\delta_h \\odot \\tanh\\left(c_t\\right) \\odot o_t \\odot \\left(1 -"
                            + " o_t\\right)", "")
                    .where("g", "\\operatorname{concat}_{1}\\left(g_i, g_f, g_g, g_o\\right)", "arrives at z");
            return initially(gradients(all, "g", "g", hiddenBias).gradient("U", "g^{\\top} h_{t-1}")
                    .gradient("x_t", "g W").gradient("h_{t-1}", "g U")
                    .gradient("c_{t-1}", "s \\odot f_t"))
                    .convention("Gates in the order i, f, g, o, as in PyTorch; texts that multiply one matrix by [h,"
                            + " x] join U and W.")
                    .convention("The forget gate's bias begins like the others; Keras begins it at 1.");
        }

        @Override
        public String toString() {
            return "lstm(" + inputWeight.shape().dim(1) + ", " + hidden() + ")";
        }
    }

    /** Where the reset gate of a GRU acts. */
    enum Reset {
        /** On h, before the product: tanh(W x + b + U (r ⊙ h)), as Cho et al. 2014 have it. */
        BEFORE,
        /** On the product: tanh(W x + b + r ⊙ (U h + b')), as cuDNN and PyTorch have it, where it is faster. */
        AFTER
    }

    /** What the update gate z of a GRU stands for. */
    enum Update {
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
    record Gru(Tensor inputWeight, Tensor hiddenWeight, Tensor bias, Optional<Tensor> hiddenBias, Reset resets,
            Update update) implements Cell {

        /** A new cell with one bias; r acts after the product and z is the share of the old, as in PyTorch. */
        public static Gru of(int in, int hidden, Seed seed) {
            check(in, hidden);
            var cell = new Gru(parameter("W", 3 * hidden, in), parameter("U", 3 * hidden, hidden),
                    parameter("b", 3 * hidden), Optional.empty(), Reset.AFTER, Update.OLD);
            cell.reset(seed);
            return cell;
        }

        /** The same weights under other conventions. */
        public Gru convention(Reset where, Update what) {
            return new Gru(inputWeight, hiddenWeight, bias, hiddenBias, where, what);
        }

        @Override
        public Gru with(Tensor w, Tensor u, Tensor b, Optional<Tensor> second) {
            return new Gru(w, u, b, second, resets, update);
        }

        @Override
        public Tensor next(Tensor inputs, Tensor h) {
            int n = hidden();
            if (resets == Reset.AFTER) {
                var product = recurrent(h, hiddenWeight, hiddenBias);
                var rz = inputs.slice(1, 0, 2 * n).plus(product.slice(1, 0, 2 * n)).sigmoid();
                var fresh = inputs.slice(1, 2 * n, 3 * n).plus(rz.slice(1, 0, n).times(product.slice(1, 2 * n, 3 * n)))
                        .tanh();
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
        public Formulas formulas(Tensor x) {
            int n = hidden();
            var h = someState(x, n);
            boolean after = resets == Reset.AFTER;
            var all = named(this, x, h)
                    .where("a", "x_t W^{\\top} + b", "of r, z and n side by side")
                    .where("p", "h_{t-1} U^{\\top}" + plus(hiddenBias), "likewise")
                    .where("r_t", "\\sigma\\left(" + gate("a", 0, n) + " + " + gate("p", 0, n) + "\\right)",
                            "reset gate")
                    .where("z_t", "\\sigma\\left(" + gate("a", 1, n) + " + " + gate("p", 1, n) + "\\right)",
                            "update gate")
                    .where("U_n", "U_{" + (2 * n + 1) + ":" + 3 * n + "}", "rows of n")
                    .where("n_t", "\\tanh\\left(" + gate("a", 2, n) + " + " + (after ? "r_t \\odot " + gate("p", 2, n)
                            : "\\left(r_t \\odot h_{t-1}\\right) U_n^{\\top}"
                                    + (hiddenBias.isEmpty() ? "" : " + b'_{" + (2 * n + 1) + ":" + 3 * n + "}"))
                            + "\\right)", "what is new")
                    .result("h_t", "", update == Update.OLD ? "\\left(1 - z_t\\right) \\odot n_t + z_t \\odot h_{t-1}"
                            : "\\left(1 - z_t\\right) \\odot h_{t-1} + z_t \\odot n_t", "one step",
                            () -> next(inputs(x), h))
                    .where("g_n", "\\delta \\odot " + (update == Update.OLD ? "\\left(1 - z_t\\right)" : "z_t")
                            + " \\odot \\left(1 - n_t^{2}\\right)", "arrives before tanh")
                    .where("g_z", "\\delta \\odot \\left(" + (update == Update.OLD ? "h_{t-1} - n_t" : "n_t - h_{t-1}")
                            + "\\right) \\odot z_t \\odot \\left(1 - z_t\\right)", "");
            if (!after) {
                all = all.where("q", "g_n U_n", "arrives at r ⊙ h");
            }
            all = all.where("g_r", (after ? "g_n \\odot " + gate("p", 2, n) : "q \\odot h_{t-1}")
                    + " \\odot r_t \\odot \\left(1 - r_t\\right)", "")
                    .where("g", "\\operatorname{concat}_{1}\\left(g_r, g_z, g_n\\right)", "arrives at W x + b")
                    .where("u", "\\operatorname{concat}_{1}\\left(g_r, g_z" + (after ? ", g_n \\odot r_t" : "")
                    + "\\right)", "arrives at U h");
            var old = "\\delta \\odot " + (update == Update.OLD ? "z_t" : "\\left(1 - z_t\\right)");
            all = gradients(all, "g", after ? "u" : "g", hiddenBias).gradient("x_t", "g W");
            all = after ? all.gradient("U", "u^{\\top} h_{t-1}").gradient("h_{t-1}", old + " + u U")
                    : all.gradient("U", "\\operatorname{concat}_{0}\\left(u^{\\top} h_{t-1}, g_n^{\\top} \\left(r_t"
                            + " \\odot h_{t-1}\\right)\\right)")
                    .gradient("h_{t-1}", old + " + u U_{1:" + 2 * n + "} + q \\odot r_t");
            return initially(all)
                    .convention(after ? "r acts after the product U h, as in cuDNN and PyTorch; the paper has it before."
                            : "r acts on h before the product, as in the paper (Cho et al. 2014); PyTorch has it after.")
                    .convention(update == Update.OLD
                            ? "z is the share of the old, as in PyTorch; other texts give it to the new."
                            : "z is the share of the new; PyTorch gives it to the old.")
                    .convention("Weights learned under one convention do not fit another.");
        }

        @Override
        public String toString() {
            var gru = "gru(" + inputWeight.shape().dim(1) + ", " + hidden() + ")";
            return resets == Reset.AFTER && update == Update.OLD ? gru : gru + ".convention(" + resets + ", " + update + ")";
        }
    }
}
