package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.explanation.Formulas;
import gradus.nn.op.Regularization;
import gradus.nn.op.Regularization.Uniform;

/** Layers that set random numbers to 0 while a net learns, so that no unit can rely on another; {@link Mode} says when that is. */
public final class Dropout {

    private Dropout() {
    }

    private static void check(String layer, double p) {
        if (!(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException(layer + "(" + p
                    + "): that is no probability\nhelp: a number from 0 to 1");
        }
    }

    private static Tensor dropped(Tensor x, double p, Tensor random, Shape shape) {
        return Tensor.apply(new Regularization.Drop(p), x, Regularization.uniform(random, shape, x.dtype()));
    }

    private static void restart(Tensor random, Seed seed) {
        random.assign(seed.state("dropout"));
    }

    /** Of a layer that learns by dropping parts of x and in use does nothing. */
    private static Formulas ofDropping(Layer layer, double p, Tensor x, Tensor random, Shape shape) {
        return Formulas.of(layer.toString()).given("x", x).setting("p", p)
                .given("u", Tensor.apply(new Uniform(shape, x.dtype()), random.detach()))
                .result("y", "", kept("x", p), "while learning; u is uniform in [0, 1)",
                        () -> Mode.training(() -> layer.apply(x)))
                .gradient("x", kept("\\delta", p))
                .result("y_{\\text{use}}", "", "x", "in use", () -> Mode.evaluating(() -> layer.apply(x)))
                .convention("p is the probability of a 0, as in PyTorch; dropoutKeeping(..) takes that of staying, as"
                        + " some texts have it.")
                .convention("What stays grows while learning (inverted dropout), so nothing is to be done in use; the"
                        + " original paper multiplies by 1 - p in use instead.");
    }

    /** x where it stays, made larger; at p = 1 nothing does. */
    private static String kept(String x, double p) {
        return p == 1 ? "0 \\, " + x : "\\frac{" + x + " \\odot \\mathbf{1}_{u \\ge p}}{1 - p}";
    }

    /**
     * Each number becomes 0 with probability p, the others x/(1 − p); in use y = x (inverted dropout, Srivastava et al. 2014).
     *
     * @param p      the probability of a 0; {@link #keeping} takes that of staying
     * @param random where in its sequence the generator is, int32 [4]
     */
    public record Elements(double p, Tensor random) implements Layer {

        public Elements {
            check("dropout", p);
        }

        /** A new layer by the probability of a 0. */
        public static Elements dropping(double p) {
            return new Elements(p, Seed.next().state("dropout"));
        }

        /** A new layer by the probability of staying, as some texts have it. */
        public static Elements keeping(double keep) {
            return dropping(1 - keep);
        }

        @Override
        public Tensor apply(Tensor x) {
            return p == 0 ? x : Mode.isTraining() ? dropped(x, p, random, x.shape()) : Mode.used(this, x);
        }

        @Override
        public Elements reset(Seed seed) {
            restart(random, seed);
            return this;
        }

        @Override
        public Formulas formulas(Tensor x) {
            return ofDropping(this, p, x, random, x.shape());
        }

        @Override
        public String toString() {
            return "dropout(" + p + ")";
        }
    }

    /**
     * Each channel as a whole becomes 0 with probability p, the others x/(1 − p), [batch, channels, ..]: neighbours in a plane
     * are too alike for dropping single ones to matter (Tompson et al. 2015).
     *
     * @param p      the probability of a 0
     * @param random where in its sequence the generator is, int32 [4]
     */
    public record Channels(double p, Tensor random) implements Layer {

        public Channels {
            check("spatialDropout", p);
        }

        /** A new layer by the probability of a 0. */
        public static Channels dropping(double p) {
            return new Channels(p, Seed.next().state("dropout"));
        }

        @Override
        public Tensor apply(Tensor x) {
            if (x.rank() < 2) {
                throw ShapeException.of("spatialDropout", "has no channels", "the input is [batch, channels, ..]",
                        x.shape());
            }
            return Mode.isTraining() ? dropped(x, p, random, channels(x)) : Mode.used(this, x);
        }

        @Override
        public Channels reset(Seed seed) {
            restart(random, seed);
            return this;
        }

        @Override
        public Formulas formulas(Tensor x) {
            return ofDropping(this, p, x, random, channels(x))
                    .convention("One u per channel: shape " + channels(x) + ".");
        }

        /** One number per channel, for broadcasting. */
        private static Shape channels(Tensor x) {
            return Shape.ones(x.rank()).with(0, x.shape().dim(0)).with(1, x.shape().dim(1));
        }

        @Override
        public Tensor sample(Seed.Stream stream) {
            return Tensor.normal(stream, 0, 1, 2, 3, 4);
        }

        @Override
        public String toString() {
            return "spatialDropout(" + p + ")";
        }
    }

    /**
     * A linear layer whose weights become 0 with probability p, the others w/(1 − p), anew for every batch; in use it is the
     * linear layer (DropConnect, Wan et al. 2013).
     *
     * @param p      the probability of a 0
     * @param random where in its sequence the generator is, int32 [4]
     */
    public record Connections(Linear linear, double p, Tensor random) implements Layer {

        public Connections {
            check("dropConnect", p);
        }

        /** The same layer with dropped weights. */
        public static Connections of(Linear linear, double p) {
            return new Connections(linear, p, Seed.next().state("dropout"));
        }

        @Override
        public Tensor apply(Tensor x) {
            return Mode.isTraining()
                    ? x.linear(dropped(linear.weight(), p, random, linear.weight().shape()), linear.bias())
                    : Mode.used(this, linear.apply(x));
        }

        @Override
        public Connections reset(Seed seed) {
            linear.reset(seed);
            restart(random, seed);
            return this;
        }

        @Override
        public Formulas formulas(Tensor x) {
            var w = linear.weight();
            var rows = new Shape(x.size() / w.shape().dim(1), w.shape().dim(1));
            return Formulas.of(toString()).given("x", x, rows).given("W", w).given("b", linear.bias()).setting("p", p)
                    .given("u", Tensor.apply(new Uniform(w.shape(), w.dtype()), random.detach()))
                    .where("V", kept("W", p), "the weights that stay")
                    .result("y", "", "x V^{\\top} + b", "while learning", () -> Mode.training(() -> apply(x))
                            .reshape(rows.dim(0), w.shape().dim(0)))
                    .gradient("W", kept("\\left(\\delta^{\\top} x\\right)", p)).gradient("b", "\\sum_{i} \\delta_{i}")
                    .gradient("x", "\\delta V")
                    .result("y_{\\text{use}}", "", "x W^{\\top} + b", "in use", () -> Mode.evaluating(() -> apply(x)))
                    .convention("In use the weights are the mean of those while learning; the paper samples a normal"
                            + " law instead.");
        }

        @Override
        public Tensor sample(Seed.Stream stream) {
            return linear.sample(stream);
        }

        @Override
        public String toString() {
            return "dropConnect(" + linear + ", " + p + ")";
        }
    }
}
