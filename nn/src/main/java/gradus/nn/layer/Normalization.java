package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.grad.Gradients;
import gradus.nn.init.Initializer;
import gradus.nn.op.Normalization.Standardize;
import java.util.Arrays;

/**
 * Layers that bring numbers to mean 0 and variance 1, then scale and shift them: y = (x − μ)/√(σ² + ε) ⊙ weight + bias. They
 * differ in the sets that μ and σ² belong to.
 */
public final class Normalization {

    private Normalization() {
    }

    private static void startAtOne(Tensor weight) {
        Initializer.fill(weight, () -> 1);
    }

    private static Tensor weight(int... dims) {
        return Tensor.parameter(Tensor.ones(dims).named("\\gamma"));
    }

    private static Tensor bias(int... dims) {
        return Tensor.parameter(Tensor.zeros(dims).named("\\beta"));
    }

    private static Tensor standardized(Tensor x, int outer, int sets, double epsilon, boolean centred) {
        var ordered = outer * sets == 0 ? new Shape(outer, sets, 0) : new Shape(outer, sets, x.size() / (outer * sets));
        return Tensor.apply(new Standardize(epsilon, centred), x.reshape(ordered.dims())).reshape(x.shape().dims());
    }

    private static Tensor affine(Tensor x, Tensor weight, Tensor bias) {
        return gradus.nn.op.Normalization.affine(x, weight, bias);
    }

    /** A number per channel for tensors [batch, channels, ..] of this rank. */
    private static Tensor perChannel(Tensor numbers, int rank) {
        var dims = new int[rank - 1];
        Arrays.fill(dims, 1);
        dims[0] = numbers.size();
        return numbers.reshape(dims);
    }

    private static void checkChannels(String layer, Tensor x, int channels) {
        if (x.rank() < 2 || x.shape().dim(1) != channels) {
            throw ShapeException.of(layer, "has not " + channels + " channels", "the input is [batch, " + channels + ", ..]", x.shape());
        }
    }

    /**
     * Batch normalisation: each channel over the batch and all positions, [batch, channels, ..] (Ioffe and Szegedy 2015).
     *
     * <p>While learning, μ and σ² are the batch's, σ² = (1/n) Σ (x − μ)²; and they are mixed into the running ones, the variance
     * as (1/(n−1)) Σ (x − μ)², as PyTorch does: running ← (1 − momentum) running + momentum · batch. In use, the running
     * ones take their place. {@link Mode} says which.
     *
     * @param weight       γ, [channels], 1 at first
     * @param bias         β, [channels], 0 at first
     * @param runningMean  [channels], 0 at first
     * @param runningVar   [channels], 1 at first
     * @param momentum     the share of the newest batch in the running statistics
     * @param epsilon      ε, inside of the root
     */
    public record BatchNorm(Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar, double momentum, double epsilon)
            implements Layer {

        /** A new layer for so many channels, with momentum 0.1 and ε = 1e-5. */
        public static BatchNorm of(int channels) {
            return new BatchNorm(Normalization.weight(channels), Normalization.bias(channels), Tensor.zeros(channels),
                    Tensor.ones(channels), 0.1, 1e-5);
        }

        /** The same with another share of the newest batch in the running statistics. */
        public BatchNorm momentum(double share) {
            return new BatchNorm(weight, bias, runningMean, runningVar, share, epsilon);
        }

        /** The same with another ε. */
        public BatchNorm epsilon(double newEpsilon) {
            return new BatchNorm(weight, bias, runningMean, runningVar, momentum, newEpsilon);
        }

        @Override
        public Tensor apply(Tensor x) {
            int channels = weight.size();
            checkChannels("batchNorm(" + channels + ")", x, channels);
            if (!Mode.isTraining()) {
                var scale = weight.div(runningVar.plus(epsilon).sqrt());
                return Mode.used(this, affine(x, perChannel(scale, x.rank()),
                        perChannel(bias.minus(runningMean.times(scale)), x.rank())));
            }
            int n = x.size() / channels;
            if (n < 2) {
                throw ShapeException.of("batchNorm(" + channels + ")", "has no variance: " + n + " number per channel",
                        "learn from batches of at least 2 samples", x.shape());
            }
            mixIn(x.detach().reshape(x.shape().dim(0), channels, -1), n);
            return affine(standardized(x, x.shape().dim(0), channels, epsilon, true), perChannel(weight, x.rank()),
                    perChannel(bias, x.rank()));
        }

        private void mixIn(Tensor x, int n) {
            Gradients.noGrad(() -> {
                var mean = x.mean(0, 2);
                var var = x.minus(mean.reshape(-1, 1)).square().sum(0, 2).times(1.0 / (n - 1));
                runningMean.assign(runningMean.times(1 - momentum).plus(mean.times(momentum).as(runningMean.dtype())));
                runningVar.assign(runningVar.times(1 - momentum).plus(var.times(momentum).as(runningVar.dtype())));
                return x;
            });
        }

        @Override
        public BatchNorm reset(Seed seed) {
            startAtOne(weight);
            startAtOne(runningVar);
            Initializer.fill(bias, () -> 0);
            Initializer.fill(runningMean, () -> 0);
            return this;
        }

        @Override
        public String toString() {
            return "batchNorm(" + weight.size() + ")";
        }
    }

    /**
     * Layer normalisation: each sample over its last axes, those of the weight (Ba, Kiros and Hinton 2016).
     *
     * @param weight  γ, [last sizes…], 1 at first
     * @param bias    β, [last sizes…], 0 at first
     * @param epsilon ε, inside of the root
     */
    public record LayerNorm(Tensor weight, Tensor bias, double epsilon) implements Layer {

        /** A new layer over the last axes with these sizes, with ε = 1e-5. */
        public static LayerNorm of(int... sizes) {
            return new LayerNorm(Normalization.weight(sizes), Normalization.bias(sizes), 1e-5);
        }

        /** The same with another ε. */
        public LayerNorm epsilon(double newEpsilon) {
            return new LayerNorm(weight, bias, newEpsilon);
        }

        @Override
        public Tensor apply(Tensor x) {
            checkLast("layerNorm", x, weight);
            return affine(standardized(x, 1, weight.size() == 0 ? 0 : x.size() / weight.size(), epsilon, true), weight, bias);
        }

        @Override
        public LayerNorm reset(Seed seed) {
            startAtOne(weight);
            Initializer.fill(bias, () -> 0);
            return this;
        }

        @Override
        public String toString() {
            return "layerNorm(" + weight.shape().toString().replaceAll("[\\[\\]]", "") + ")";
        }
    }

    private static void checkLast(String layer, Tensor x, Tensor weight) {
        int before = x.rank() - weight.rank();
        if (before < 0 || !Arrays.equals(Arrays.copyOfRange(x.shape().dims(), before, x.rank()), weight.shape().dims())) {
            throw ShapeException.of(layer, "do not fit", "the input's last sizes are the weight's", x.shape(), weight.shape());
        }
    }

    /**
     * Root-mean-square normalisation: each sample over its last axes, without a mean: y = x/√(mean x² + ε) ⊙ weight (Zhang and
     * Sennrich 2019).
     *
     * @param weight  γ, [last sizes…], 1 at first
     * @param epsilon ε, inside of the root
     */
    public record RmsNorm(Tensor weight, double epsilon) implements Layer {

        /** A new layer over the last axes with these sizes, with ε = 1e-6. */
        public static RmsNorm of(int... sizes) {
            return new RmsNorm(Normalization.weight(sizes), 1e-6);
        }

        /** The same with another ε. */
        public RmsNorm epsilon(double newEpsilon) {
            return new RmsNorm(weight, newEpsilon);
        }

        @Override
        public Tensor apply(Tensor x) {
            checkLast("rmsNorm", x, weight);
            return standardized(x, 1, weight.size() == 0 ? 0 : x.size() / weight.size(), epsilon, false).times(weight);
        }

        @Override
        public RmsNorm reset(Seed seed) {
            startAtOne(weight);
            return this;
        }

        @Override
        public String toString() {
            return "rmsNorm(" + weight.shape().toString().replaceAll("[\\[\\]]", "") + ")";
        }
    }

    /**
     * Group normalisation: each sample's channels in groups, over a group's channels and all positions, [batch, channels, ..]
     * (Wu and He 2018). One group per channel is instance normalisation.
     *
     * @param groups  how many; they divide the channels
     * @param weight  γ, [channels], 1 at first
     * @param bias    β, [channels], 0 at first
     * @param epsilon ε, inside of the root
     */
    public record GroupNorm(int groups, Tensor weight, Tensor bias, double epsilon) implements Layer {

        public GroupNorm {
            if (groups < 1 || weight.size() % groups != 0) {
                throw new ShapeException("groupNorm: " + groups + " groups of " + weight.size() + " channels"
                        + "\nhelp: groups divide the channels");
            }
        }

        /** A new layer for so many channels, with ε = 1e-5. */
        public static GroupNorm of(int groups, int channels) {
            return new GroupNorm(groups, Normalization.weight(channels), Normalization.bias(channels), 1e-5);
        }

        /** The same with another ε. */
        public GroupNorm epsilon(double newEpsilon) {
            return new GroupNorm(groups, weight, bias, newEpsilon);
        }

        @Override
        public Tensor apply(Tensor x) {
            checkChannels("groupNorm(" + groups + ", " + weight.size() + ")", x, weight.size());
            return affine(standardized(x, 1, x.shape().dim(0) * groups, epsilon, true), perChannel(weight, x.rank()),
                    perChannel(bias, x.rank()));
        }

        @Override
        public GroupNorm reset(Seed seed) {
            startAtOne(weight);
            Initializer.fill(bias, () -> 0);
            return this;
        }

        @Override
        public String toString() {
            return "groupNorm(" + groups + ", " + weight.size() + ")";
        }
    }
}
