package gradus.nn.loss;

import gradus.nn.Tensor;
import gradus.nn.loss.Loss.Reduction;
import gradus.nn.op.ErrorTerms;
import java.util.function.BinaryOperator;

/** Losses for predicted numbers; the squared error is {@link Loss.SquaredError}. */
public final class Regression {

    private Regression() {
    }

    /** Targets of as many numbers take the prediction's shape: [n] and [n, 1] are not to broadcast to [n, n]. */
    private static Tensor reduced(Reduction reduction, BinaryOperator<Tensor> terms, Tensor prediction, Tensor target) {
        return reduction.of(terms.apply(prediction,
                target.size() == prediction.size() ? target.reshape(prediction.shape().dims()) : target));
    }

    /** The absolute error: Σ |ŷ − y|, whose minimum is the median. */
    public record AbsoluteError(Reduction reduction) implements Loss {
        @Override
        public Tensor of(Tensor prediction, Tensor target) {
            return reduced(reduction, (p, y) -> p.minus(y).abs(), prediction, target);
        }

        @Override
        public String toString() {
            return "absolute error: " + reduction + " |ŷ - y|";
        }
    }

    /** Huber's loss: ½ (ŷ − y)² up to |ŷ − y| = δ, beyond it δ (|ŷ − y| − δ/2). */
    public record Huber(double delta, Reduction reduction) implements Loss {

        public Huber {
            check("huber", delta);
        }

        @Override
        public Tensor of(Tensor prediction, Tensor target) {
            return reduced(reduction, (p, y) -> Tensor.apply(new ErrorTerms.Huber(delta), p, y), prediction, target);
        }

        @Override
        public String toString() {
            return "Huber: " + reduction + " ½ r² where |r| ≤ " + delta + ", else " + delta + " (|r| - " + delta / 2 + "), r = ŷ - y";
        }
    }

    /** The smooth absolute error: Huber's loss divided by β, ½ (ŷ − y)²/β up to |ŷ − y| = β, beyond it |ŷ − y| − β/2. */
    public record SmoothAbsoluteError(double beta, Reduction reduction) implements Loss {

        public SmoothAbsoluteError {
            check("smooth absolute error", beta);
        }

        @Override
        public Tensor of(Tensor prediction, Tensor target) {
            return new Huber(beta, reduction).of(prediction, target).times(1 / beta);
        }

        @Override
        public String toString() {
            return "smooth absolute error: " + reduction + " ½ r²/" + beta + " where |r| ≤ " + beta + ", else |r| - " + beta / 2
                    + ", r = ŷ - y";
        }
    }

    private static void check(String loss, double border) {
        if (!(border > 0)) {
            throw new IllegalArgumentException(loss + ": a border of " + border + "\nhelp: a number above 0; 1, say");
        }
    }

    /** The negative log-likelihood of counts y under Poisson's law with mean e^z, up to ln y!: Σ e^z − y z. */
    public record Poisson(Reduction reduction) implements Loss {
        @Override
        public Tensor of(Tensor z, Tensor counts) {
            return reduced(reduction, (p, y) -> Tensor.apply(new ErrorTerms.Poisson(), p, y), z, counts);
        }

        @Override
        public String toString() {
            return "Poisson: " + reduction + " eᶻ - y z";
        }
    }
}
