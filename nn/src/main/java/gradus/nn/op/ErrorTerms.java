package gradus.nn.op;

import gradus.nn.Tensor;
import gradus.nn.backend.Expr;
import java.util.Arrays;
import java.util.List;

/** What losses add up: how far one number is from its target. Inputs are the prediction and the target. */
public final class ErrorTerms {

    private ErrorTerms() {
    }

    /** ½ (ŷ − y)² up to a distance of δ, beyond it a straight line of slope δ (Huber 1964): outliers pull with bounded force. */
    public record Huber(double delta) implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "huber";
        }

        @Override
        public Expr value(Expr prediction, Expr target) {
            var distance = prediction.minus(target).abs();
            return distance.le(Expr.constant(delta)).select(distance.square().times(0.5),
                    distance.minus(delta / 2).times(delta));
        }
    }

    /** e^z − y z, the negative log-likelihood of a count y under Poisson's law with mean e^z, up to ln y!. */
    public record Poisson() implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "poissonNll";
        }

        @Override
        public Expr value(Expr z, Expr y) {
            return z.exp().minus(y.times(z));
        }
    }

    /** q (ln q − l) for a log-probability l and a probability q, 0 where q = 0: the terms of KL(q ‖ e^l). */
    public record Kl() implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "kl";
        }

        @Override
        public Expr value(Expr l, Expr q) {
            return q.gt(Expr.ZERO).select(q.times(q.log().minus(l)), Expr.ZERO);
        }

        @Override
        public Expr[] derivatives(Expr[] x, Expr y) {
            return new Expr[] {x[1].neg(), x[1].gt(Expr.ZERO).select(x[1].log().minus(x[0]).plus(1), Expr.ZERO)};
        }

        @Override
        public List<Tensor[]> samples() {
            return probabilities();
        }
    }

    /**
     * −t ln p − (1 − t) ln(1 − p) for a probability p and a target t in [0, 1]; logarithms below −100 count as −100, as in
     * PyTorch, so that a certain error costs 100 and not ∞. With scores use {@link Losses.BceWithLogits}, which needs no bound.
     */
    public record Bce() implements Pointwise.OfTwo {
        @Override
        public String name() {
            return "bce";
        }

        @Override
        public Expr value(Expr p, Expr t) {
            var bound = Expr.constant(-100);
            return t.times(p.log().max(bound)).plus(t.neg().plus(1).times(p.neg().plus(1).log().max(bound))).neg();
        }

        @Override
        public List<Tensor[]> samples() {
            return probabilities();
        }
    }

    private static List<Tensor[]> probabilities() {
        return Arrays.asList(Samples.of(Samples.normal(3, 4).sigmoid(), Samples.normal(4, 3).t().sigmoid()),
                Samples.of(Samples.normal(5).sigmoid(), Samples.normal().sigmoid()),
                Samples.of(Samples.normal(2, 1).sigmoid(), Samples.normal(0).sigmoid()));
    }
}
