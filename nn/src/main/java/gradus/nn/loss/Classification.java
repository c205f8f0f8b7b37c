package gradus.nn.loss;

import gradus.nn.DType;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.loss.Loss.Reduction;
import gradus.nn.op.ErrorTerms;
import java.util.OptionalDouble;

/** Losses for classes and distributions; cross-entropies of scores are in {@link Loss}. */
public final class Classification {

    private Classification() {
    }

    /** Each row's number of its class: [n, classes] and class numbers [n] → [n]. */
    private static Tensor chosen(Tensor x, Tensor classes) {
        return x.gather(1, classes.as(DType.INT32).reshape(-1, 1)).reshape(-1);
    }

    /** The negative log-likelihood: −Σ l_c, for log-probabilities l [n, classes], as logSoftmax gives them, and class numbers [n]. */
    public record Nll(Reduction reduction) implements Loss {
        @Override
        public Tensor of(Tensor logs, Tensor target) {
            return reduction.of(chosen(logs, target).neg());
        }

        @Override
        public OptionalDouble accuracy(Tensor logs, Tensor target) {
            return new Loss.CrossEntropy().accuracy(logs, target);
        }

        @Override
        public String toString() {
            return "negative log-likelihood: -" + reduction + " l_c";
        }
    }

    /**
     * The divergence of a distribution q from e^l: Σ q (ln q − l), for log-probabilities l and probabilities q of one shape [n,
     * classes]; the mean is over samples (PyTorch's {@code batchmean}).
     */
    public record Kl(Reduction reduction) implements Loss {
        @Override
        public Tensor of(Tensor logs, Tensor q) {
            if (logs.rank() == 0 || !logs.shape().equals(q.shape())) {
                throw ShapeException.of("kl", "do not fit", "log-probabilities and probabilities are both [samples, classes]",
                        logs.shape(), q.shape());
            }
            return reduction.of(Tensor.apply(new ErrorTerms.Kl(), logs, q).reshape(logs.shape().dim(0), -1).sum(1));
        }

        @Override
        public String toString() {
            return "Kullback-Leibler: " + reduction + " q (ln q - l)";
        }
    }

    /** Binary cross-entropy of probabilities: −Σ t ln p + (1 − t) ln(1 − p), logarithms bounded by −100; of scores: {@link Loss.BceWithLogits}. */
    public record Bce(Reduction reduction) implements Loss {
        @Override
        public Tensor of(Tensor p, Tensor target) {
            return reduction.of(Tensor.apply(new ErrorTerms.Bce(), p,
                    target.size() == p.size() ? target.reshape(p.shape().dims()) : target));
        }

        @Override
        public OptionalDouble accuracy(Tensor p, Tensor target) {
            return new Loss.BceWithLogits().accuracy(p.minus(0.5), target);
        }

        @Override
        public String toString() {
            return "binary cross-entropy: -" + reduction + " t ln p + (1-t) ln(1-p)";
        }
    }

    /**
     * The hinge of support vector machines: Σ max(0, 1 − t s), for scores s and targets t of −1 and 1 of one shape.
     *
     * @param squared whether each term is squared
     */
    public record Hinge(boolean squared, Reduction reduction) implements Loss {
        @Override
        public Tensor of(Tensor scores, Tensor target) {
            var t = target.size() == scores.size() ? target.reshape(scores.shape().dims()) : target;
            var slack = scores.times(t).neg().plus(1).relu();
            return reduction.of(squared ? slack.square() : slack);
        }

        @Override
        public OptionalDouble accuracy(Tensor scores, Tensor target) {
            return new Loss.BceWithLogits().accuracy(scores, target);
        }

        @Override
        public String toString() {
            return "hinge: " + reduction + " max(0, 1 - t s)" + (squared ? "²" : "");
        }
    }

    /**
     * The hinge for K classes: (1/K) Σ_{j≠c} max(0, margin − s_c + s_j) for each sample, for scores [n, K] and class numbers [n], as
     * in PyTorch.
     */
    public record MultiClassHinge(double margin, Reduction reduction) implements Loss {
        @Override
        public Tensor of(Tensor scores, Tensor target) {
            var right = chosen(scores, target).reshape(-1, 1);
            var slack = scores.minus(right).plus(margin).relu().sum(1);   // the true class adds the margin, too
            return reduction.of(slack.minus(Math.max(0, margin)).times(1.0 / scores.shape().dim(1)));
        }

        @Override
        public OptionalDouble accuracy(Tensor scores, Tensor target) {
            return new Loss.CrossEntropy().accuracy(scores, target);
        }

        @Override
        public String toString() {
            return "hinge: " + reduction + " (1/K) Σ_{j≠c} max(0, " + margin + " - s_c + s_j)";
        }
    }
}
