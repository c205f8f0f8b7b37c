package gradus.nn.loss;

import gradus.nn.Tensor;
import gradus.nn.loss.Loss.Reduction;

/** Losses for vectors that are to be near or far, [n, size]. */
public final class Distances {

    private Distances() {
    }

    /** The squared length below which a vector has no direction. */
    private static final double NOTHING = 1e-16;

    /** a·b/(‖a‖ ‖b‖) along the last axis; each squared length is at least 10⁻¹⁶, so that a zero vector is at right angles to all. */
    public static Tensor cosine(Tensor a, Tensor b) {
        return a.times(b).sum(-1).div(lengths(a).times(lengths(b)));
    }

    private static Tensor lengths(Tensor a) {
        var squares = a.square().sum(-1);
        return squares.maximum(Tensor.full(NOTHING, squares.shape(), squares.dtype())).sqrt();
    }

    /** Vectors that are to point the same way: Σ 1 − cos(a, b). */
    public record Cosine(Reduction reduction) implements Loss {
        @Override
        public Tensor of(Tensor a, Tensor b) {
            return reduction.of(cosine(a, b).neg().plus(1));
        }

        /** Pairs that are to point the same way where t = 1 and at least at right angles, or {@code margin}, where t = −1; t [n]. */
        public Tensor of(Tensor a, Tensor b, Tensor t, double margin) {
            var cos = cosine(a, b);
            return reduction.of(t.gt(0).where(cos.neg().plus(1), cos.minus(margin).relu()));
        }

        @Override
        public String toString() {
            return "cosine: " + reduction + " 1 - cos(a, b)";
        }
    }

    /**
     * A vector that is to be nearer to one than to another: Σ max(0, ‖a − p‖ − ‖a − n‖ + margin) (Schroff et al. 2015, with
     * distances as PyTorch has them: 10⁻⁶ is added to each difference).
     */
    public record Triplet(double margin, Reduction reduction) {

        /** The loss of anchors, positives and negatives, each [n, size]. */
        public Tensor of(Tensor anchor, Tensor positive, Tensor negative) {
            return reduction.of(distance(anchor, positive).minus(distance(anchor, negative)).plus(margin).relu());
        }

        private static Tensor distance(Tensor a, Tensor b) {
            return a.minus(b).plus(1e-6).square().sum(-1).sqrt();
        }

        @Override
        public String toString() {
            return "triplet: " + reduction + " max(0, ‖a - p‖ - ‖a - n‖ + " + margin + ")";
        }
    }
}
