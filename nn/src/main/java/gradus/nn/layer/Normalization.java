package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.explanation.Formulas;
import gradus.nn.explanation.Formulas.Law;
import gradus.nn.grad.Gradients;
import gradus.nn.init.Initializer;
import gradus.nn.op.Normalization.Standardize;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
        return numbers.reshape(Shape.ones(rank - 1).with(0, numbers.size()).dims());
    }

    private static final String SCALED = "\\gamma \\odot \\hat{x} + \\beta";
    private static final String SPREAD = "\\sqrt{v + \\epsilon}";

    private static String mean(String axes, String of) {
        return "\\operatorname{mean}_{" + axes + "}\\left(" + of + "\\right)";
    }

    /** μ, v and x̂, for sets along these axes of x, or of what x is reshaped to. */
    private static Formulas standardized(Formulas all, String x, String axes, String standard) {
        return all.where("\\mu", mean(axes, x), "of each set")
                .where("v", mean(axes, "\\left(" + x + " - \\mu\\right)^{2}"),
                        "variance, divided by the number of elements")
                .where(standard, "\\frac{" + x + " - \\mu}{" + SPREAD + "}", "");
    }

    /** The gradient's three terms, for a g that arrives at x̂. */
    private static String threeTerms(String g, String axes, String standard) {
        return "\\frac{1}{" + SPREAD + "} \\odot \\left(" + g + " - " + mean(axes, g) + " - " + standard + " \\odot "
                + mean(axes, g + " \\odot " + standard) + "\\right)";
    }

    /** Axes that a weight has not, summed in what arrives at it. */
    private static Formulas affineGradients(Formulas all, int rank, IntPredicate summed) {
        var letters = "ijklnpq".substring(0, rank).chars().mapToObj(Character::toString).toList();
        var at = "[" + String.join(", ", letters) + "]";
        var over = IntStream.range(0, rank).filter(summed).mapToObj(letters::get).collect(Collectors.joining(", "));
        var sum = over.isEmpty() ? "" : "\\sum_{" + over + "} ";
        all = all.gradient("\\gamma", sum + "\\delta" + at + " \\hat{x}" + at);
        return all.all(Formulas.Given.class).stream().anyMatch(g -> g.name().equals("\\beta"))
                ? all.gradient("\\beta", sum + "\\delta" + at) : all;
    }

    private static Formulas initially(Formulas all) {
        return all.initially("\\gamma", Law.EQUAL, "1").initially("\\beta", Law.EQUAL, "0");
    }

    private static String axes(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).collect(Collectors.joining(", "));
    }

    /** [1, channels, 1…]. */
    private static Shape channelShape(int channels, int rank) {
        return Shape.ones(rank).with(1, channels);
    }

    private static final String BIASED = "The variance is divided by n, not n - 1, as in PyTorch.";

    private static void checkChannels(String layer, Tensor x, int channels) {
        if (x.rank() < 2 || x.shape().dim(1) != channels) {
            throw ShapeException.of(layer, "has not " + channels + " channels", "the input is [batch, " + channels
                    + ", ..]", x.shape());
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
    public record BatchNorm(Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar, double momentum,
            double epsilon)
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
        public Formulas formulas(Tensor x) {
            int rank = x.rank();
            checkChannels(toString(), x, weight.size());
            var per = channelShape(weight.size(), rank);
            var axes = rank == 2 ? "0" : "0, " + Normalization.axes(2, rank);
            var all = Normalization.standardized(Formulas.of(toString()).given("x", x).given("\\gamma", weight, per)
                    .given("\\beta", bias, per)
                    .given("\\bar{\\mu}", runningMean, per).given("\\bar{v}", runningVar, per)
                    .setting("\\epsilon", epsilon)
                    .setting("m", momentum).setting("n", x.size() / Math.max(1, weight.size())), "x", axes, "\\hat{x}")
                    .result("y", "", SCALED, "while learning", () -> Mode.training(() -> apply(x)));
            all = affineGradients(all, rank, axis -> axis != 1).gradient("x", "\\gamma \\odot "
                    + threeTerms("\\delta", axes, "\\hat{x}"))
                    .result("\\bar{\\mu}_{\\text{new}}", "", "\\left(1 - m\\right) \\bar{\\mu} + m \\mu",
                            "n numbers per channel",
                            () -> runningMean)
                    .result("\\bar{v}_{\\text{new}}", "", "\\left(1 - m\\right) \\bar{v} + m \\frac{n}{n - 1} v", "",
                            () -> runningVar)
                    .result("y_{\\text{use}}", "",
                            "\\gamma \\odot \\frac{x - \\bar{\\mu}_{\\text{new}}}{\\sqrt{\\bar{v}_{\\text{new}} +"
                            + " \\epsilon}} + \\beta",
                            "in use", () -> Mode.evaluating(() -> apply(x)));
            return initially(all).convention("The variance divided by n normalises, the one divided by n - 1 goes into"
                    + " the running one, as in PyTorch; Flax takes the first for both.")
                    .convention("m is the share of the newest batch, 0.1, as in PyTorch; in Keras and Flax it is that"
                            + " of the old, 0.99.");
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return Tensor.normal(random, 0, 1, 5, weight.size());
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
            return affine(standardized(x, 1, weight.size() == 0 ? 0 : x.size() / weight.size(), epsilon, true), weight,
                    bias);
        }

        @Override
        public LayerNorm reset(Seed seed) {
            startAtOne(weight);
            Initializer.fill(bias, () -> 0);
            return this;
        }

        @Override
        public Formulas formulas(Tensor x) {
            var axes = Normalization.axes(x.rank() - weight.rank(), x.rank());
            var all = Normalization.standardized(Formulas.of(toString()).given("x", x).given("\\gamma", weight)
                    .given("\\beta", bias)
                    .setting("\\epsilon", epsilon), "x", axes, "\\hat{x}").result("y", SCALED, () -> apply(x));
            int before = x.rank() - weight.rank();
            return initially(affineGradients(all, x.rank(), axis -> axis < before)
                    .where("g", "\\delta \\odot \\gamma", "arrives at x̂")
                    .gradient("x", threeTerms("g", axes, "\\hat{x}"))).convention(BIASED)
                    .convention("Each sample by itself: nothing differs between learning and use.");
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return threeSamples(random, weight);
        }

        @Override
        public String toString() {
            return "layerNorm(" + weight.shape().toString().replaceAll("[\\[\\]]", "") + ")";
        }
    }

    private static Tensor threeSamples(Seed.Stream random, Tensor weight) {
        return Tensor.normal(random, 0, 1, IntStream.concat(IntStream.of(3), Arrays.stream(weight.shape().dims()))
                .toArray());
    }

    private static void checkLast(String layer, Tensor x, Tensor weight) {
        int before = x.rank() - weight.rank();
        if (before < 0 || !Arrays.equals(Arrays.copyOfRange(x.shape().dims(), before, x.rank()),
                weight.shape().dims())) {
            throw ShapeException.of(layer, "do not fit", "the input's last sizes are the weight's", x.shape(),
                    weight.shape());
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
        public Formulas formulas(Tensor x) {
            var axes = Normalization.axes(x.rank() - weight.rank(), x.rank());
            int before = x.rank() - weight.rank();
            var all = Formulas.of(toString()).given("x", x).given("\\gamma", weight).setting("\\epsilon", epsilon)
                    .where("s", "\\sqrt{" + mean(axes, "x^{2}") + " + \\epsilon}", "of each set")
                    .where("\\hat{x}", "\\frac{x}{s}", "").result("y", "\\gamma \\odot \\hat{x}", () -> apply(x));
            return affineGradients(all, x.rank(), axis -> axis < before)
                    .where("g", "\\delta \\odot \\gamma", "arrives at x̂")
                    .gradient("x", "\\frac{g - \\hat{x} \\odot " + mean(axes, "g \\odot \\hat{x}") + "}{s}")
                    .initially("\\gamma", Law.EQUAL, "1")
                    .convention("Without mean and bias; ε stands inside of the root.");
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return threeSamples(random, weight);
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
        public Formulas formulas(Tensor x) {
            checkChannels(toString(), x, weight.size());
            var per = channelShape(weight.size(), x.rank());
            int n = x.shape().dim(0);
            var there = "\\operatorname{reshape}_{" + n + " \\times " + groups + " \\times "
                    + (n == 0 ? 0 : x.size() / n / groups) + "}";
            var back = "\\operatorname{reshape}_{" + Arrays.stream(x.shape().dims()).mapToObj(String::valueOf)
                    .collect(Collectors.joining(" \\times ")) + "}";
            var all = Normalization.standardized(Formulas.of(toString()).given("x", x).given("\\gamma", weight, per)
                    .given("\\beta", bias, per)
                    .setting("\\epsilon", epsilon).where("r", there + "\\left(x\\right)", "a row for each group"),
                    "r", "2", "\\hat{r}")
                    .where("\\hat{x}", back + "\\left(\\hat{r}\\right)", "").result("y", SCALED, () -> apply(x));
            return initially(affineGradients(all, x.rank(), axis -> axis != 1)
                    .where("g", there + "\\left(\\delta \\odot \\gamma\\right)", "arrives at r̂")
                    .gradient("x", back + "\\left(" + threeTerms("g", "2", "\\hat{r}") + "\\right)")).convention(BIASED)
                    .convention("One group is layer normalisation over channels and positions, a group per channel"
                            + " instance normalisation.");
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return Tensor.normal(random, 0, 1, 2, weight.size(), 3);
        }

        @Override
        public String toString() {
            return "groupNorm(" + groups + ", " + weight.size() + ")";
        }
    }
}
