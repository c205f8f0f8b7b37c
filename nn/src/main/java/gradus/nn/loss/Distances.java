package gradus.nn.loss;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.explanation.Formulas;
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
        public Formulas formulas(Tensor a, Tensor b) {
            int d = a.shape().dim(-1);
            var rows = new Shape(d == 0 ? 0 : a.size() / d, d);
            return Formulas.of("cosine loss").given("a", a, rows).given("b", b, rows).setting("n", rows.dim(0))
                    .where("A", "A_{i}", length("a"), "length of a row").where("B", "B_{i}", length("b"), "")
                    .where("C", "C_{i}", "\\sum_{j} \\frac{a_{ij} b_{ij}}{A_{i} B_{i}}", "cosine")
                    .result("L", reduction.factor() + "\\sum_{i} \\left(1 - C_{i}\\right)", () -> of(a, b))
                    .gradient("a", reduction.times("\\frac{C_{i} a_{ij}}{A_{i}^{2}} - \\frac{b_{ij}}{A_{i} B_{i}}"))
                    .convention("Squared lengths are at least 10⁻¹⁶: a zero vector is at right angles to all.");
        }

        private static String length(String vector) {
            return "\\sqrt{\\max\\left(10^{-16}, \\sum_{j} " + vector + "_{ij}^{2}\\right)}";
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

        /** The formulas of the loss of anchors, positives and negatives. */
        public Formulas formulas(Tensor anchor, Tensor positive, Tensor negative) {
            return Formulas.of("triplet loss (Schroff et al. 2015)").given("a", anchor).given("p", positive)
                    .given("q", negative).setting("n", anchor.shape().dim(0)).setting("m", margin)
                    .where("P", "P_{i}", length("p"), "distance to the positive")
                    .where("Q", "Q_{i}", length("q"), "to the negative")
                    .result("L", reduction.factor() + "\\sum_{i} \\max\\left(0, P_{i} - Q_{i} + m\\right)",
                            () -> of(anchor, positive, negative))
                    .gradient("a", reduction.factor() + ACTIVE + " \\left(" + direction("p", "P") + " - "
                            + direction("q", "Q") + "\\right)")
                    .gradient("p", "-" + reduction.factor() + ACTIVE + " " + direction("p", "P"))
                    .gradient("q", reduction.factor() + ACTIVE + " " + direction("q", "Q"))
                    .convention("Distances are not squared, and 10⁻⁶ is added to each difference, as in PyTorch.");
        }

        private static final String ACTIVE = "\\mathbf{1}_{P_{i} - Q_{i} + m > 0}";

        private static String length(String other) {
            return "\\sqrt{\\sum_{j} \\left(a_{ij} - " + other + "_{ij} + 10^{-6}\\right)^{2}}";
        }

        private static String direction(String other, String distance) {
            return "\\frac{a_{ij} - " + other + "_{ij} + 10^{-6}}{" + distance + "_{i}}";
        }

        @Override
        public String toString() {
            return "triplet: " + reduction + " max(0, ‖a - p‖ - ‖a - n‖ + " + margin + ")";
        }
    }
}
