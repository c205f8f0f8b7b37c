package gradus.nn.loss;

import gradus.nn.Tensor;
import java.util.OptionalDouble;
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
     * The mean cross-entropy of class scores (logits): −(1/n) Σ ln softmax(z)_c. Targets are class numbers [n], or
     * distributions of the scores' shape [n, classes].
     */
    record CrossEntropy() implements Loss {

        @Override
        public Tensor of(Tensor scores, Tensor target) {
            return Tensor.crossEntropy(scores, target).mean();
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
            return "cross-entropy: -(1/n) Σ ln softmax(z)_c";
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
