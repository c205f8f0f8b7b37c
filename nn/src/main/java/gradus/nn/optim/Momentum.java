package gradus.nn.optim;

/**
 * How a gradient descent remembers earlier steps. The conventions differ in where the learning rate η stands, which
 * matters as soon as η changes: after η drops, {@link LrInside} still carries steps of the old size.
 */
public sealed interface Momentum {

    /** No memory: θ ← θ − η g. */
    record None() implements Momentum {
        @Override
        public String toString() {
            return "θ ← θ - η g";
        }
    }

    /** The learning rate outside the velocity, as in PyTorch: v ← β v + g, θ ← θ − η v. */
    record LrOutside(double beta) implements Momentum {
        @Override
        public String toString() {
            return "v ← " + beta + " v + g, θ ← θ - η v";
        }
    }

    /** The learning rate inside the velocity (Sutskever et al. 2013): v ← β v + η g, θ ← θ − v. */
    record LrInside(double beta) implements Momentum {
        @Override
        public String toString() {
            return "v ← " + beta + " v + η g, θ ← θ - v";
        }
    }

    /** Nesterov's lookahead in PyTorch's form: v ← β v + g, θ ← θ − η (g + β v). */
    record Nesterov(double beta) implements Momentum {
        @Override
        public String toString() {
            return "v ← " + beta + " v + g, θ ← θ - η (g + " + beta + " v)";
        }
    }
}
