package gradus.nn.optim;

import gradus.nn.explanation.Formulas;

/**
 * How a gradient descent remembers earlier steps. The conventions differ in where the learning rate η stands, which
 * matters as soon as η changes: after η drops, {@link LrInside} still carries steps of the old size.
 */
public sealed interface Momentum {

    /** The steps as recurrences, with the settings of this kind. */
    Formulas formulas();

    /** No memory: θ ← θ − η g. */
    record None() implements Momentum {
        @Override
        public Formulas formulas() {
            return Formulas.of("stochastic gradient descent").recurrence("\\theta_t", "\\theta_{t-1} - \\eta g_t", "");
        }

        @Override
        public String toString() {
            return "θ ← θ - η g";
        }
    }

    /** The learning rate outside the velocity, as in PyTorch: v ← β v + g, θ ← θ − η v. */
    record LrOutside(double beta) implements Momentum {
        @Override
        public Formulas formulas() {
            return velocity("gradient descent with momentum", beta)
                    .recurrence("\\theta_t", "\\theta_{t-1} - \\eta v_t", "")
                    .convention("η stands outside of the velocity, as in PyTorch: a smaller η acts on the whole next"
                            + " step. With η inside (Sutskever et al. 2013) v still carries steps of the old size; the"
                            + " same while η is constant.")
                    .convention("v sums gradients, it is no mean: g ever the same makes v grow to g/(1 - β), so steps"
                            + " are 1/(1 - β) times as long as without momentum.");
        }

        @Override
        public String toString() {
            return "v ← " + beta + " v + g, θ ← θ - η v";
        }
    }

    /** The learning rate inside the velocity (Sutskever et al. 2013): v ← β v + η g, θ ← θ − v. */
    record LrInside(double beta) implements Momentum {
        @Override
        public Formulas formulas() {
            return Formulas.of("gradient descent with momentum (Sutskever et al. 2013)").setting("\\beta", beta)
                    .recurrence("v_t", "\\beta v_{t-1} + \\eta g_t", "velocity, v₀ = 0")
                    .recurrence("\\theta_t", "\\theta_{t-1} - v_t", "")
                    .convention("η stands inside of the velocity: after η drops, v still carries steps of the old size."
                            + " PyTorch has it outside, θ ← θ - η v; the same while η is constant.");
        }

        @Override
        public String toString() {
            return "v ← " + beta + " v + η g, θ ← θ - v";
        }
    }

    /** Nesterov's lookahead in PyTorch's form: v ← β v + g, θ ← θ − η (g + β v). */
    record Nesterov(double beta) implements Momentum {
        @Override
        public Formulas formulas() {
            return velocity("gradient descent with Nesterov's momentum", beta)
                    .recurrence("\\theta_t", "\\theta_{t-1} - \\eta \\left(g_t + \\beta v_t\\right)", "")
                    .convention("PyTorch's form: θ is the point that is looked ahead to, so the gradient is taken where"
                            + " the parameters are. Texts that write g(θ - η β v) keep the other point; both walk the"
                            + " same way while η is constant. g(θ - β v) without η belongs to η inside of the velocity"
                            + " only.");
        }

        @Override
        public String toString() {
            return "v ← " + beta + " v + g, θ ← θ - η (g + " + beta + " v)";
        }
    }

    private static Formulas velocity(String title, double beta) {
        return Formulas.of(title).setting("\\beta", beta).recurrence("v_t", "\\beta v_{t-1} + g_t", "velocity, v₀ = 0");
    }
}
