package gradus.nn.loss;

import gradus.nn.Tensor;
import gradus.nn.explanation.Formulas;
import gradus.nn.loss.Loss.Reduction;
import gradus.nn.op.ErrorTerms;

/** Losses for predicted numbers; the squared error is {@link Loss.SquaredError}. */
public final class Regression {

    private Regression() {
    }

    /** The absolute error: Σ |ŷ − y|, whose minimum is the median. */
    public record AbsoluteError(Reduction reduction) implements Loss {
        @Override
        public Tensor of(Tensor prediction, Tensor target) {
            return reduction.of(prediction.minus(Loss.aligned(target, prediction)).abs());
        }

        @Override
        public Formulas formulas(Tensor prediction, Tensor target) {
            return reduction.formulas(Loss.ofNumbers("absolute error", "\\hat{y}", prediction, "y", target),
                    "\\left|\\hat{y}_{i} - y_{i}\\right|", reduction.factor()
                    + "\\operatorname{sign}\\left(\\hat{y} - y\\right)",
                    () -> of(prediction, target)).convention("sign(0) = 0, as in PyTorch.");
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
            return reduction.of(Tensor.apply(new ErrorTerms.Huber(delta), prediction,
                    Loss.aligned(target, prediction)));
        }

        @Override
        public Formulas formulas(Tensor prediction, Tensor target) {
            return byError("Huber's loss", delta, prediction, target,
                    cases("\\frac{1}{2} r_{i}^{2}", "r_{i}", "d \\left(\\left|r_{i}\\right| - \\frac{d}{2}\\right)"),
                    cases("r", "r", "d \\operatorname{sign}\\left(r\\right)"), this, reduction)
                    .convention("d is δ of the literature; beyond it the slope is d, for d = 1 that of the absolute error.");
        }

        @Override
        public String toString() {
            return "Huber: " + reduction + " ½ r² where |r| ≤ " + delta + ", else " + delta + " (|r| - " + delta / 2
                    + "), r = ŷ - y";
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
        public Formulas formulas(Tensor prediction, Tensor target) {
            return byError("smooth absolute error", beta, prediction, target,
                    cases("\\frac{r_{i}^{2}}{2 d}", "r_{i}", "\\left|r_{i}\\right| - \\frac{d}{2}"),
                    cases("\\frac{r}{d}", "r", "\\operatorname{sign}\\left(r\\right)"), this, reduction)
                    .convention("d is PyTorch's beta: Huber's loss divided by d, so that far away the slope is 1 for every d.");
        }

        @Override
        public String toString() {
            return "smooth absolute error: " + reduction + " ½ r²/" + beta + " where |r| ≤ " + beta
                    + ", else |r| - " + beta / 2 + ", r = ŷ - y";
        }
    }

    /** The formulas of a loss in the error r that turns from one form to another at a border d. */
    private static Formulas byError(String title, double border, Tensor prediction, Tensor target, String term,
            String slope, Loss loss, Reduction reduction) {
        return reduction.formulas(Loss.ofNumbers(title, "\\hat{y}", prediction, "y", target).setting("d", border)
                .where("r", "\\hat{y} - y", ""), term, reduction.factor() + slope, () -> loss.of(prediction, target));
    }

    /** One formula near 0 and another beyond d, by the size of r. */
    private static String cases(String near, String r, String far) {
        return "\\begin{cases} " + near + " & \\left|" + r + "\\right| \\le d \\\\ " + far
                + " & \\text{otherwise} \\end{cases}";
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
            return reduction.of(Tensor.apply(new ErrorTerms.Poisson(), z, Loss.aligned(counts, z)));
        }

        @Override
        public Formulas formulas(Tensor z, Tensor counts) {
            return reduction.formulas(Loss.ofNumbers("Poisson's negative log-likelihood of counts y with mean e^z",
                    "z", z, "y", counts),
                    "\\left(e^{z_{i}} - y_{i} z_{i}\\right)", reduction.times("e^{z} - y"), () -> of(z, counts))
                    .convention("The constant ln y! is left out, as in PyTorch unless told (full=True).");
        }

        @Override
        public String toString() {
            return "Poisson: " + reduction + " eᶻ - y z";
        }
    }
}
