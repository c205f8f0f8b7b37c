package gradus.nn.loss;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.op.Losses.SmoothedCrossEntropy;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
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

    /** What becomes of the losses of single numbers or samples. */
    enum Reduction {
        /** (1/n) Σ. */
        MEAN,
        /** Σ. */
        SUM;

        Tensor of(Tensor terms) {
            return this == MEAN ? terms.mean() : terms.sum();
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
                throw new IllegalArgumentException("label smoothing of " + smoothing + "\nhelp: a number from 0 to 1; 0.1, say");
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
            var softened = smoothing == 0 ? target : target.times(1 - smoothing).plus(smoothing / scores.shape().dim(1));
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
        public String toString() {
            return "cross-entropy: -(1/n) Σ " + (weights.isPresent() ? "w_c " : "")
                    + (smoothing == 0 ? "ln softmax(z)_c" : "((1-ε) ln softmax(z)_c + (ε/K) Σ ln softmax(z)_j), ε = " + smoothing)
                    + (ignored.isPresent() ? " without label " + ignored.getAsInt() : "");
        }
    }

    /** The mean binary cross-entropy of scores z with targets t in [0, 1]: (1/n) Σ softplus(z) − z t. */
    record BceWithLogits() implements Loss {

        @Override
        public Tensor of(Tensor scores, Tensor target) {
            return Tensor.bceWithLogits(scores, target.size() == scores.size()
                    ? target.reshape(scores.shape().dims()) : target).mean();
        }

        @Override
        public OptionalDouble accuracy(Tensor scores, Tensor target) {
            var z = scores.toDoubleArray();
            var t = target.toDoubleArray();
            long right = IntStream.range(0, z.length).filter(i -> z[i] > 0 == t[i] > 0.5).count();
            return OptionalDouble.of((double) right / z.length);
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
            var squares = prediction.minus(target.size() == prediction.size()
                    ? target.reshape(prediction.shape().dims()) : target).square();
            return switch (scaling) {
                case MEAN -> squares.mean();
                case SUM -> squares.sum();
                case HALF_SUM -> squares.sum().times(0.5);
            };
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
