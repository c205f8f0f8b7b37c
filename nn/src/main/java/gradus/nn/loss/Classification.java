package gradus.nn.loss;

import gradus.nn.DType;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.explanation.Formulas;
import gradus.nn.loss.Loss.Reduction;
import gradus.nn.op.ErrorTerms;
import java.util.List;
import java.util.OptionalDouble;

/** Losses for classes and distributions; cross-entropies of scores are in {@link Loss}. */
public final class Classification {

    private Classification() {
    }

    /** Each row's number of its class: [n, classes] and class numbers [n] → [n]. */
    private static Tensor chosen(Tensor x, Tensor classes) {
        return x.gather(1, classes.as(DType.INT32).reshape(-1, 1)).reshape(-1);
    }

    private static Tensor classes() {
        return Tensor.indices(new Shape(4), 2, 0, 1, 0);
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
        public Formulas formulas(Tensor logs, Tensor target) {
            return Formulas.of("negative log-likelihood of log-probabilities l with classes c").given("l", logs)
                    .given("c", target).setting("n", logs.shape().dim(0))
                    .result("L", "-" + reduction.factor() + "\\sum_{i} l[i, c[i]]", () -> of(logs, target))
                    .gradient("l", "i, j", "-" + reduction.factor() + "\\mathbf{1}_{j = c[i]}")
                    .convention("It takes ln p, as logSoftmax gives it; crossEntropy() takes scores.");
        }

        @Override
        public List<Tensor> sample(Seed.Stream random) {
            return List.of(Tensor.normal(random, 0, 1, 4, 3).logSoftmax(-1), classes());
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
                throw ShapeException.of("kl", "do not fit",
                        "log-probabilities and probabilities are both [samples, classes]", logs.shape(), q.shape());
            }
            return reduction.of(Tensor.apply(new ErrorTerms.Kl(), logs, q).reshape(logs.shape().dim(0), -1).sum(1));
        }

        @Override
        public Formulas formulas(Tensor logs, Tensor q) {
            var rows = new Shape(logs.shape().dim(0), logs.shape().dim(0) == 0 ? 0 : logs.size() / logs.shape().dim(0));
            return Formulas.of("Kullback-Leibler divergence of distributions q from e^l").given("l", logs, rows)
                    .given("q", q, rows).setting("n", rows.dim(0))
                    .result("L", reduction.factor()
                            + "\\sum_{i, j} \\begin{cases} q_{ij} \\left(\\ln q_{ij} - l_{ij}\\right) & q_{ij} > 0"
                            + " \\\\ 0 & \\text{otherwise} \\end{cases}", () -> of(logs, q))
                    .gradient("l", "-" + reduction.factor() + "q")
                    .convention("The mean is over samples, PyTorch's batchmean; its own mean is over all numbers.")
                    .convention("Natural logarithms; where texts take log₂, the divergence is 1.4427 times as large.");
        }

        @Override
        public List<Tensor> sample(Seed.Stream random) {
            return List.of(Tensor.normal(random, 0, 1, 4, 3).logSoftmax(-1), Tensor.normal(random, 0, 1, 4, 3)
                    .softmax(-1));
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
            return reduction.of(Tensor.apply(new ErrorTerms.Bce(), p, Loss.aligned(target, p)));
        }

        @Override
        public OptionalDouble accuracy(Tensor p, Tensor target) {
            return new Loss.BceWithLogits().accuracy(p.minus(0.5), target);
        }

        @Override
        public Formulas formulas(Tensor p, Tensor target) {
            return reduction.formulas(Loss.ofNumbers("binary cross-entropy of probabilities p with targets t", "p", p,
                    "t", target),
                    "\\left(-t_{i} \\max\\left(\\ln p_{i}, -100\\right) - \\left(1 - t_{i}\\right)"
                    + " \\max\\left(\\ln\\left(1 - p_{i}\\right), -100\\right)\\right)",
                    reduction.factor() + "\\frac{p - t}{p \\odot \\left(1 - p\\right)}", () -> of(p, target))
                    .convention("Logarithms below -100 count as -100, as in PyTorch, and their slope is then 0.")
                    .convention("After a sigmoid the fraction meets σ' = p (1 - p), and p - t is left:"
                            + " bceWithLogits() does both at once.");
        }

        @Override
        public List<Tensor> sample(Seed.Stream random) {
            return List.of(Tensor.uniform(random, 0.1, 0.9, 6), Tensor.uniform(random, 0, 1, 6));
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
            var slack = scores.times(Loss.aligned(target, scores)).neg().plus(1).relu();
            return reduction.of(squared ? slack.square() : slack);
        }

        @Override
        public OptionalDouble accuracy(Tensor scores, Tensor target) {
            return new Loss.BceWithLogits().accuracy(scores, target);
        }

        @Override
        public Formulas formulas(Tensor scores, Tensor target) {
            return reduction.formulas(Loss.ofNumbers("hinge of scores s with targets t of ±1", "s", scores, "t",
                    target),
                    "\\max\\left(0, 1 - t_{i} s_{i}\\right)" + (squared ? "^{2}" : ""),
                    squared ? reduction.times("-2 t \\odot \\max\\left(0, 1 - t \\odot s\\right)")
                            : reduction.times("-t \\odot \\mathbf{1}_{t \\odot s < 1}"), () -> of(scores, target))
                    .convention("Targets are -1 and 1, not 0 and 1; at the corner t s = 1 the slope is 0.");
        }

        @Override
        public List<Tensor> sample(Seed.Stream random) {
            return List.of(Tensor.normal(random, 0, 1, 6), Tensor.of(1, -1, 1, -1, 1, 1));
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
        public Formulas formulas(Tensor scores, Tensor target) {
            var factor = reduction == Reduction.MEAN ? "\\frac{1}{n K} " : "\\frac{1}{K} ";
            return Formulas.of("hinge of scores s with classes c").given("s", scores).given("c", target)
                    .setting("n", scores.shape().dim(0)).setting("K", scores.shape().dim(1)).setting("m", margin)
                    .result("L", factor + "\\sum_{i} \\sum_{j \\ne c[i]} \\max\\left(0, m - s[i, c[i]] + s[i,"
                            + " j]\\right)",
                            () -> of(scores, target))
                    .gradient("s", "i, j", factor
                            + "\\left(\\mathbf{1}_{j \\ne c[i] \\land m - s[i, c[i]] + s[i, j] > 0} - \\mathbf{1}_{j ="
                            + " c[i]} \\sum_{k \\ne c[i]} \\mathbf{1}_{m - s[i, c[i]] + s[i, k] > 0}\\right)")
                    .convention("The sum is divided by K, as in PyTorch; many texts leave that out.");
        }

        @Override
        public List<Tensor> sample(Seed.Stream random) {
            return List.of(Tensor.normal(random, 0, 1, 4, 3), classes());
        }

        @Override
        public String toString() {
            return "hinge: " + reduction + " (1/K) Σ_{j≠c} max(0, " + margin + " - s_c + s_j)";
        }
    }
}
