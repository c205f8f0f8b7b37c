package gradus.nn.optim;

import gradus.nn.Layer;
import gradus.nn.Tensor;
import gradus.nn.backend.Expr;
import gradus.nn.explanation.Formulas;
import java.util.List;

/** A rule by which gradients change parameters: settings only; {@link #over} makes the steps. */
public sealed interface Optimizer {

    /** The learning rate η. */
    double lr();

    /** Applies this rule to these parameters, with a memory of its own. */
    default Stepper over(List<Tensor> parameters) {
        return new Stepper(this, parameters);
    }

    /** Applies this rule to all parameters of a net. */
    default Stepper over(Layer net) {
        return over(net.parameters());
    }

    /** How many numbers it remembers of each parameter. */
    int memories();

    /**
     * The rule at one number of a parameter: its memories anew, and last θ anew.
     *
     * @param rates what {@link #rates} gave for this step
     */
    Expr[] rule(Expr theta, Expr g, Expr[] memory, Expr[] rates);

    /** The numbers in the rule that change from step to step; steps count from 1. */
    double[] rates(double lr, long step);

    /**
     * The rule as recurrences from step t − 1 to t, g_t being the gradient at θ_{t−1}; memories in their order, θ
     * last.
     */
    Formulas formulas();

    private static void positive(double lr) {
        if (!(lr > 0) || Double.isInfinite(lr)) {
            throw new IllegalArgumentException("learning rate " + lr + " is not positive\nhelp: 0.1 or 0.001, say");
        }
    }

    private static void fraction(String name, double beta) {
        if (!(beta >= 0 && beta < 1)) {
            throw new IllegalArgumentException(name + " = " + beta + " is outside [0, 1)\nhelp: 0.9, say");
        }
    }

    /** Stochastic gradient descent, perhaps with momentum. */
    record Sgd(double lr, Momentum momentum) implements Optimizer {

        public Sgd {
            positive(lr);
            switch (momentum) {
                case Momentum.None() -> { }
                case Momentum.LrOutside(var beta) -> fraction("β", beta);
                case Momentum.LrInside(var beta) -> fraction("β", beta);
                case Momentum.Nesterov(var beta) -> fraction("β", beta);
            }
        }

        /** The same with momentum: v ← β v + g, θ ← θ − η v. */
        public Sgd momentum(double beta) {
            return momentum(new Momentum.LrOutside(beta));
        }

        /** The same with a momentum of another convention. */
        public Sgd momentum(Momentum kind) {
            return new Sgd(lr, kind);
        }

        /** The same with Nesterov's lookahead: v ← β v + g, θ ← θ − η (g + β v). */
        public Sgd nesterov(double beta) {
            return momentum(new Momentum.Nesterov(beta));
        }

        @Override
        public int memories() {
            return momentum instanceof Momentum.None ? 0 : 1;
        }

        @Override
        public double[] rates(double newLr, long step) {
            return new double[] {newLr};
        }

        @Override
        public Expr[] rule(Expr theta, Expr g, Expr[] memory, Expr[] rates) {
            var eta = rates[0];
            return switch (momentum) {
                case Momentum.None() -> new Expr[] {theta.minus(eta.times(g))};
                case Momentum.LrOutside(var beta) -> {
                    var v = memory[0].times(beta).plus(g);
                    yield new Expr[] {v, theta.minus(eta.times(v))};
                }
                case Momentum.LrInside(var beta) -> {
                    var v = memory[0].times(beta).plus(eta.times(g));
                    yield new Expr[] {v, theta.minus(v)};
                }
                case Momentum.Nesterov(var beta) -> {
                    var v = memory[0].times(beta).plus(g);
                    yield new Expr[] {v, theta.minus(eta.times(g.plus(v.times(beta))))};
                }
            };
        }

        @Override
        public Formulas formulas() {
            return momentum.formulas().setting("\\eta", lr);
        }

        @Override
        public String toString() {
            return "SGD: " + momentum + ", η = " + lr;
        }
    }

    /**
     * Adam (Kingma and Ba 2015), bias-corrected: m ← β₁ m + (1−β₁) g, v ← β₂ v + (1−β₂) g²,
     * θ ← θ − η (m / (1−β₁ᵗ)) / (√(v / (1−β₂ᵗ)) + ε).
     */
    record Adam(double lr, double beta1, double beta2, double epsilon) implements Optimizer {

        public Adam {
            positive(lr);
            fraction("β1", beta1);
            fraction("β2", beta2);
            if (!(epsilon >= 0)) {
                throw new IllegalArgumentException("ε = " + epsilon + " is not a number from 0 on\nhelp: 1e-8, say");
            }
        }

        @Override
        public int memories() {
            return 2;
        }

        /** η / (1−β₁ᵗ) and 1 / √(1−β₂ᵗ). */
        @Override
        public double[] rates(double newLr, long step) {
            return new double[] {newLr / (1 - StrictMath.pow(beta1, step)), 1 / Math.sqrt(1 - StrictMath.pow(beta2, step))};
        }

        @Override
        public Expr[] rule(Expr theta, Expr g, Expr[] memory, Expr[] rates) {
            var m = memory[0].times(beta1).plus(g.times(1 - beta1));
            var v = memory[1].times(beta2).plus(g.square().times(1 - beta2));
            return new Expr[] {m, v, theta.minus(rates[0].times(m).div(v.sqrt().times(rates[1]).plus(epsilon)))};
        }

        @Override
        public Formulas formulas() {
            return Formulas.of("Adam (Kingma and Ba 2015)").setting("\\eta", lr).setting("\\beta_1", beta1)
                    .setting("\\beta_2", beta2).setting("\\epsilon", epsilon)
                    .recurrence("m_t", "\\beta_1 m_{t-1} + \\left(1 - \\beta_1\\right) g_t",
                            "mean of gradients, m₀ = 0")
                    .recurrence("v_t", "\\beta_2 v_{t-1} + \\left(1 - \\beta_2\\right) g_t^{2}",
                            "mean of squares, element by element, v₀ = 0")
                    .recurrence("\\hat{m}_t", "\\frac{m_t}{1 - \\beta_1^{t}}", "without the bias towards 0")
                    .recurrence("\\hat{v}_t", "\\frac{v_t}{1 - \\beta_2^{t}}", "")
                    .recurrence("\\theta_t",
                            "\\theta_{t-1} - \\eta \\frac{\\hat{m}_t}{\\sqrt{\\hat{v}_t} + \\epsilon}", "")
                    .convention("ε stands outside of the root, as in the paper and in PyTorch.")
                    .convention("Without the two divisions the first step would be (1 - β₁)/√(1 - β₂) as long, 3.16"
                            + " times with 0.9 and 0.999; MLX leaves them out unless told.")
                    .convention("v is the mean of g², not the variance of g.");
        }

        @Override
        public String toString() {
            return "Adam: m ← " + beta1 + " m + (1-" + beta1 + ") g, v ← " + beta2 + " v + (1-" + beta2
                    + ") g², θ ← θ - η m̂ / (√v̂ + " + epsilon + "), η = " + lr;
        }
    }
}
