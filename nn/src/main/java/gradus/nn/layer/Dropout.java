package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.op.Regularization;
import java.util.Arrays;

/** Layers that set random numbers to 0 while a net learns, so that no unit can rely on another; {@link Mode} says when that is. */
public final class Dropout {

    private Dropout() {
    }

    private static void check(String layer, double p) {
        if (!(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException(layer + "(" + p + "): that is no probability\nhelp: a number from 0 to 1");
        }
    }

    private static Tensor dropped(Tensor x, double p, Tensor random, Shape shape) {
        return Tensor.apply(new Regularization.Drop(p), x, Regularization.uniform(random, shape, x.dtype()));
    }

    private static void restart(Tensor random, Seed seed) {
        random.assign(seed.state("dropout"));
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
                throw ShapeException.of("spatialDropout", "has no channels", "the input is [batch, channels, ..]", x.shape());
            }
            var dims = new int[x.rank()];
            Arrays.fill(dims, 1);
            dims[0] = x.shape().dim(0);
            dims[1] = x.shape().dim(1);
            return Mode.isTraining() ? dropped(x, p, random, new Shape(dims)) : Mode.used(this, x);
        }

        @Override
        public Channels reset(Seed seed) {
            restart(random, seed);
            return this;
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
        public String toString() {
            return "dropConnect(" + linear + ", " + p + ")";
        }
    }
}
