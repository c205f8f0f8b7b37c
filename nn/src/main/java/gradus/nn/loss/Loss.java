package gradus.nn.loss;

import gradus.nn.DType;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.explanation.Formulas;
import gradus.nn.explanation.Recorded;
import gradus.nn.op.Losses.SmoothedCrossEntropy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** How far predictions are from targets: a scalar to be made small. A lambda is a loss. */
@FunctionalInterface
public interface Loss {

    /** The loss of a batch, shape []. */
    Tensor of(Tensor prediction, Tensor target);

    /** The fraction of samples that are classified right, for losses that classify. */
    default OptionalDouble accuracy(Tensor prediction, Tensor target) {
        return OptionalDouble.empty();
    }

    /**
     * The formula of the loss L of this batch, and of its derivative by the prediction; a lambda's operations give
     * theirs.
     */
    default Formulas formulas(Tensor prediction, Tensor target) {
        return Recorded.of("loss", "\\hat{y}", prediction, "L", of(prediction, target));
    }

    /** A small batch, prediction and target, such as this loss takes. */
    default List<Tensor> sample(Seed.Stream random) {
        return List.of(Tensor.normal(random, 0, 1, 4, 3), Tensor.normal(random, 0, 1, 4, 3));
    }

    /** Targets of as many numbers take the prediction's shape: [n] and [n, 1] are not to broadcast to [n, n]. */
    static Tensor aligned(Tensor target, Tensor prediction) {
        return target.size() == prediction.size() ? target.reshape(prediction.shape().dims()) : target;
    }

    /** The beginning of formulas for a loss of n numbers and as many targets. */
    static Formulas ofNumbers(String title, String name, Tensor prediction, String targetName, Tensor target) {
        int n = prediction.size();
        var targets = target.size() == n ? target : target.broadcastTo(prediction.shape());
        return Formulas.of(title).given(name, prediction, new Shape(n)).given(targetName, targets, new Shape(n))
                .setting("n", n);
    }

    /** What becomes of the losses of single numbers or samples. */
    enum Reduction {
        /** (1/n) Σ. */
        MEAN,
        /** Σ. */
        SUM;

        Tensor of(Tensor terms) {
            return this == MEAN ? terms.mean() : terms.sum();
        }

        /** 1/n or nothing, as LaTeX. */
        String factor() {
            return this == MEAN ? "\\frac{1}{n} " : "";
        }

        /** The same before a sum or something with a sign. */
        String times(String sum) {
            return this == MEAN ? factor() + "\\left(" + sum + "\\right)" : sum;
        }

        /**
         * The loss of n numbers from the formula of the i-th one's; and its derivative by all predictions, factor
         * included.
         */
        Formulas formulas(Formulas names, String term, String slope, Supplier<Tensor> loss) {
            var name = names.all(Formulas.Given.class).getFirst().name();
            return names.result("L", factor() + "\\sum_{i} " + term, loss).gradient(name, slope);
        }

        @Override
        public String toString() {
            return this == MEAN ? "(1/n) Σ" : "Σ";
        }
    }

    /**
     * The mean cross-entropy of class scores (logits): −(1/n) Σ ln softmax(z)_c. Targets are class numbers [n], or
     * distributions of the scores' shape [n, classes].
     *
     * @param smoothing ε: the true class counts 1 − ε + ε/K and every other of the K classes ε/K
     * @param weights   how much each class counts, [classes]; the mean is then weighted too, Σ w_c l / Σ w_c, as in PyTorch
     * @param ignored   samples with this label do not count
     */
    record CrossEntropy(double smoothing, Optional<Tensor> weights, OptionalInt ignored) implements Loss {

        /** All classes and samples alike, without smoothing. */
        public CrossEntropy() {
            this(0, Optional.empty(), OptionalInt.empty());
        }

        public CrossEntropy {
            if (!(smoothing >= 0 && smoothing <= 1)) {
                throw new IllegalArgumentException("label smoothing of " + smoothing
                        + "\nhelp: a number from 0 to 1; 0.1, say");
            }
        }

        /** The same with the labels softened by ε. */
        public CrossEntropy smoothing(double epsilon) {
            return new CrossEntropy(epsilon, weights, ignored);
        }

        /** The same with a weight for each class. */
        public CrossEntropy weights(Tensor perClass) {
            return new CrossEntropy(smoothing, Optional.of(perClass), ignored);
        }

        /** The same without the samples that have this label, which may be no class at all. */
        public CrossEntropy ignoring(int label) {
            return new CrossEntropy(smoothing, weights, OptionalInt.of(label));
        }

        @Override
        public Tensor of(Tensor scores, Tensor target) {
            if (target.rank() == 2) {
                return ofDistributions(scores, target);
            }
            var labels = target.as(DType.INT32);
            var counts = Optional.<Tensor>empty();
            if (ignored.isPresent()) {
                var counted = labels.ne(ignored.getAsInt());
                labels = counted.where(labels, Tensor.indices(Shape.SCALAR, 0)).as(DType.INT32);
                counts = Optional.of(counted);
            }
            if (weights.isPresent()) {
                var w = weights.get().select(0, labels);
                counts = Optional.of(counts.map(w::times).orElse(w));
            }
            var terms = terms(scores, labels);
            return counts.map(w -> weighted(terms, w)).orElseGet(terms::mean);
        }

        /** The terms divided by the class weights, where there are any. */
        private Tensor terms(Tensor scores, Tensor labels) {
            if (smoothing == 0) {
                return Tensor.crossEntropy(scores, labels);
            }
            if (weights.isEmpty()) {
                return Tensor.apply(new SmoothedCrossEntropy(smoothing), scores, labels);
            }
            var all = scores.logSoftmax(-1).matmul(weights.get().reshape(-1, 1)).reshape(-1);   // Σ_j w_j ln p_j
            return Tensor.crossEntropy(scores, labels).times(1 - smoothing)
                    .minus(all.div(weights.get().select(0, labels)).times(smoothing / scores.shape().dim(1)));
        }

        private static Tensor weighted(Tensor terms, Tensor w) {
            return terms.times(w).sum().div(w.sum());
        }

        private Tensor ofDistributions(Tensor scores, Tensor target) {
            var softened = smoothing == 0 ? target
                    : target.times(1 - smoothing).plus(smoothing / scores.shape().dim(1));
            return Tensor.crossEntropy(scores, weights.map(softened::times).orElse(softened)).mean();
        }

        @Override
        public OptionalDouble accuracy(Tensor scores, Tensor target) {
            var predicted = scores.argmax(1).toIntArray();
            var truth = target.rank() == 2 ? target.argmax(1).toIntArray() : target.toIntArray();
            long right = IntStream.range(0, truth.length).filter(i -> predicted[i] == truth[i]).count();
            return OptionalDouble.of((double) right / truth.length);
        }

        @Override
        public Formulas formulas(Tensor scores, Tensor target) {
            boolean labels = target.rank() != 2;
            int classes = scores.shape().dim(1);
            var all = Formulas.of("cross-entropy of scores z with " + (labels ? "classes c" : "distributions t"))
                    .given("z", scores).given(labels ? "c" : "t", target).setting("n", scores.shape().dim(0));
            if (smoothing > 0) {
                all = all.setting("K", classes).setting("\\epsilon", smoothing);
            }
            if (weights.isPresent()) {
                all = all.given("w", weights.get());
            }
            var share = labels ? "\\mathbf{1}_{j = c[i]}" : "t[i, j]";
            share = smoothing == 0 ? share : "\\left(\\left(1 - \\epsilon\\right) " + share
                    + " + \\frac{\\epsilon}{K}\\right)";
            boolean skips = labels && ignored.isPresent();
            var counted = skips ? "c[i] \\ne " + ignored.getAsInt() : "";
            var q = (skips ? "\\mathbf{1}_{" + counted + "} \\, " : "") + (weights.isPresent() ? "w[j] \\, " : "")
                    + share;
            var over = "i" + (skips ? ",\\; " + counted : "");
            all = all.where("p", "\\operatorname{softmax}\\left(z\\right)", "along each row")
                    .where("q", "q[i, j]", q, "the share that class j of sample i is to have", scores.shape().dims());
            if (labels && (weights.isPresent() || skips)) {
                all = all.where("N", weights.isEmpty() ? "\\sum_{i} \\mathbf{1}_{" + counted + "}" : "\\sum_{" + over
                        + "} w[c[i]]", "");
            }
            var factor = labels && (weights.isPresent() || skips) ? "\\frac{1}{N} " : "\\frac{1}{n} ";
            all = all.result("L", "-" + factor + "\\sum_{i, j} q[i, j] \\ln p[i, j]", () -> of(scores, target))
                    .gradient("z", weights.isEmpty() && !skips && labels ? "" : "i, j", factor
                            + (weights.isEmpty() && !skips && labels ? "\\left(p - q\\right)"
                            : "\\left(p[i, j] \\sum_{k} q[i, k] - q[i, j]\\right)"));
            return all.convention("It takes scores and applies softmax itself, as in PyTorch; where probabilities are"
                    + " given, as in Keras unless told, softmax is to come before, and the gradient is no more p - q.")
                    .convention(weights.isEmpty() || !labels ? "The mean is over the samples"
                            + (skips ? " that count." : ".")
                            : "The mean is weighted too, Σ w_c l / Σ w_c, as in PyTorch.");
        }

        @Override
        public List<Tensor> sample(Seed.Stream random) {
            int classes = weights.map(Tensor::size).orElse(3);
            return List.of(Tensor.normal(random, 0, 1, 4, classes), Tensor.indices(new Shape(4), 0, classes - 1,
                    ignored.orElse(classes / 2), classes / 2));
        }

        @Override
        public String toString() {
            return "cross-entropy: -(1/n) Σ " + (weights.isPresent() ? "w_c " : "")
                    + (smoothing == 0 ? "ln softmax(z)_c"
                            : "((1-ε) ln softmax(z)_c + (ε/K) Σ ln softmax(z)_j), ε = " + smoothing)
                    + (ignored.isPresent() ? " without label " + ignored.getAsInt() : "");
        }
    }

    /** The mean binary cross-entropy of scores z with targets t in [0, 1]: (1/n) Σ softplus(z) − z t. */
    record BceWithLogits() implements Loss {

        @Override
        public Tensor of(Tensor scores, Tensor target) {
            return Tensor.bceWithLogits(scores, aligned(target, scores)).mean();
        }

        @Override
        public OptionalDouble accuracy(Tensor scores, Tensor target) {
            var z = scores.toDoubleArray();
            var t = target.toDoubleArray();
            long right = IntStream.range(0, z.length).filter(i -> z[i] > 0 == t[i] > 0.5).count();
            return OptionalDouble.of((double) right / z.length);
        }

        @Override
        public Formulas formulas(Tensor scores, Tensor target) {
            return Reduction.MEAN.formulas(ofNumbers("binary cross-entropy of scores z with targets t", "z", scores,
                    "t", target)
                    .where("a", "\\sigma\\left(z\\right)", "the probability of 1"),
                    "\\left(-t_{i} \\ln a_{i} - \\left(1 - t_{i}\\right) \\ln\\left(1 - a_{i}\\right)\\right)",
                    Reduction.MEAN.times("a - t"), () -> of(scores, target))
                    .convention("It takes scores and applies σ itself; computed as softplus(z) - z t, it does not"
                            + " overflow.");
        }

        @Override
        public List<Tensor> sample(Seed.Stream random) {
            return List.of(Tensor.normal(random, 0, 1, 6), Tensor.uniform(random, 0, 1, 6));
        }

        @Override
        public String toString() {
            return "binary cross-entropy: -(1/n) Σ t ln σ(z) + (1-t) ln(1-σ(z))";
        }
    }

    /** The squared error in one of the scalings that the literature uses. */
    record SquaredError(Scaling scaling) implements Loss {

        /** What stands before Σ (ŷ − y)². */
        public enum Scaling {
            /** 1/n over all n numbers: the mean, as PyTorch has it. */
            MEAN,
            /** 1. */
            SUM,
            /** ½: the gradient is then ŷ − y. */
            HALF_SUM
        }

        @Override
        public Tensor of(Tensor prediction, Tensor target) {
            var squares = prediction.minus(aligned(target, prediction)).square();
            return switch (scaling) {
                case MEAN -> squares.mean();
                case SUM -> squares.sum();
                case HALF_SUM -> squares.sum().times(0.5);
            };
        }

        @Override
        public Formulas formulas(Tensor prediction, Tensor target) {
            var factor = switch (scaling) {
                case MEAN -> "\\frac{1}{n} ";
                case SUM -> "";
                case HALF_SUM -> "\\frac{1}{2} ";
            };
            var slope = scaling == Scaling.MEAN ? "\\frac{2}{n} " : "2 ";
            return ofNumbers("squared error", "\\hat{y}", prediction, "y", target)
                    .result("L", factor + "\\sum_{i} \\left(\\hat{y}_{i} - y_{i}\\right)^{2}",
                            () -> of(prediction, target))
                    .gradient("\\hat{y}", scaling == Scaling.HALF_SUM ? "\\hat{y} - y" : slope
                            + "\\left(\\hat{y} - y\\right)")
                    .convention("Texts write 1/n, 1/(2n), 1/2 or nothing before the sum, n being numbers or samples;"
                            + " gradients, and"
                            + " with them the right η, differ by the same factor. PyTorch's mean is over all numbers.");
        }

        @Override
        public String toString() {
            return "squared error: " + switch (scaling) {
                case MEAN -> "(1/n) ";
                case SUM -> "";
                case HALF_SUM -> "1/2 ";
            } + "Σ (ŷ - y)²";
        }
    }
}
