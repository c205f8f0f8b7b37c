package gradus.nn.optim;

import gradus.nn.explanation.Formulas;

/**
 * How the learning rate η changes as training goes on: a function of t, the number of steps or of epochs, for
 * {@code fit(..).schedule(..)}, or in a loop of one's own for {@link Stepper#lr(double)}. Decays begin at t = 0, warm-ups
 * at t = 1, for at 0 their rate is 0.
 */
public sealed interface Schedule {

    /** The learning rate η_t. */
    double at(long t);

    /** t of the first step. */
    default long first() {
        return 0;
    }

    /** The formula of η_t. */
    Formulas formulas();

    private static void positive(String what, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("schedule: " + what + " of " + value
                    + " is not positive\nhelp: give a number above 0");
        }
    }

    /** A factor again and again: η₀ γ^⌊t/s⌋, after every s steps. */
    record Step(double lr, double factor, int every) implements Schedule {

        public Step {
            positive("a learning rate", lr);
            positive("a factor", factor);
            positive("a step size", every);
        }

        @Override
        public double at(long t) {
            return lr * Math.pow(factor, Math.floorDiv(t, (long) every));
        }

        @Override
        public Formulas formulas() {
            return Formulas.of("step decay").setting("\\eta_0", lr).setting("\\gamma", factor).setting("s", every)
                    .recurrence("\\eta_t", "\\eta_0 \\gamma^{\\lfloor t/s \\rfloor}", "constant for s steps")
                    .convention(finite(factor, "s η₀/(1 - γ)"));
        }
    }

    /** A factor at every step: η₀ γᵗ. */
    record Exponential(double lr, double factor) implements Schedule {

        public Exponential {
            positive("a learning rate", lr);
            positive("a factor", factor);
        }

        @Override
        public double at(long t) {
            return lr * Math.pow(factor, t);
        }

        @Override
        public Formulas formulas() {
            return Formulas.of("exponential decay").setting("\\eta_0", lr).setting("\\gamma", factor)
                    .recurrence("\\eta_t", "\\eta_0 \\gamma^{t}", "").convention(finite(factor, "η₀/(1 - γ)"));
        }
    }

    private static String finite(double factor, String sum) {
        return factor < 1 ? "All rates together are finite, Σ η_t = " + sum + ": training can stop short of the minimum"
                + " (the convergence of SGD is proved for Σ η_t = ∞, Σ η_t² < ∞)." : "The rate never falls: γ ≥ 1.";
    }

    /** As one over time: η₀/(1 + k t), slow enough to get anywhere and fast enough to stay (Robbins and Monro 1951). */
    record InverseTime(double lr, double decay) implements Schedule {

        public InverseTime {
            positive("a learning rate", lr);
            positive("a decay", decay);
        }

        @Override
        public double at(long t) {
            return lr / (1 + decay * t);
        }

        @Override
        public Formulas formulas() {
            return Formulas.of("inverse-time decay (Robbins and Monro 1951)").setting("\\eta_0", lr).setting("k", decay)
                    .recurrence("\\eta_t", "\\frac{\\eta_0}{1 + k t}", "Σ η_t = ∞ and Σ η_t² < ∞");
        }
    }

    /** Half a cosine from the largest rate to the smallest in T steps, and the smallest from then on. */
    record Cosine(double most, double least, int period) implements Schedule {

        public Cosine {
            ends(most, least, period);
        }

        @Override
        public double at(long t) {
            return wave(most, least, (double) Math.min(t, period) / period);
        }

        @Override
        public Formulas formulas() {
            return waving("cosine annealing (Loshchilov and Hutter 2017)", most, least).setting("T", period)
                    .recurrence("\\eta_t", wave("\\min\\left(t, T\\right)", "T"), "")
                    .convention("After T the rate stays at its least; PyTorch's CosineAnnealingLR rises again.");
        }
    }

    /** The cosine again and again, each run {@code multiple} times as long as the one before (SGDR). */
    record WarmRestarts(double most, double least, int period, int multiple) implements Schedule {

        public WarmRestarts {
            ends(most, least, period);
            positive("a multiple", multiple);
        }

        @Override
        public double at(long t) {
            long start = 0;
            long length = period;
            while (start + length <= t) {
                start += length;
                length *= multiple;
            }
            return wave(most, least, (double) (t - start) / length);
        }

        @Override
        public Formulas formulas() {
            boolean grows = multiple > 1;
            var all = waving("cosine annealing with warm restarts (Loshchilov and Hutter 2017)", most, least)
                    .setting("T", period);
            return (grows ? all.setting("m", multiple) : all)
                    .recurrence("r", "\\sum_{k=1}^{t} \\mathbf{1}_{" + start("k", grows) + " \\le t}",
                            "restarts so far")
                    .recurrence("T_r", grows ? "T m^{r}" : "T", "length of this run")
                    .recurrence("T_{\\text{cur}}", "t - " + start("r", grows), "steps since its start")
                    .recurrence("\\eta_t", wave("T_{\\text{cur}}", "T_r"), "");
        }

        private static String start(String run, boolean grows) {
            return grows ? "T \\frac{m^{" + run + "} - 1}{m - 1}" : run + " T";
        }
    }

    private static void ends(double most, double least, int period) {
        positive("a largest rate", most);
        positive("a period", period);
        if (!(least >= 0 && least <= most)) {
            throw new IllegalArgumentException("schedule: from " + most + " down to " + least
                    + "\nhelp: the smallest rate lies between 0 and the largest");
        }
    }

    private static double wave(double most, double least, double part) {
        return least + 0.5 * (most - least) * (1 + Math.cos(Math.PI * part));
    }

    private static String wave(String now, String period) {
        return "\\eta_{\\min} + \\frac{1}{2} \\left(\\eta_{\\max} - \\eta_{\\min}\\right) \\left(1 + \\cos\\left(\\pi"
                + " \\frac{" + now
                + "}{" + period + "}\\right)\\right)";
    }

    private static Formulas waving(String title, double most, double least) {
        return Formulas.of(title).setting("\\eta_{\\max}", most).setting("\\eta_{\\min}", least);
    }

    /** A straight rise to the rate in w steps, t = 1 … w, and that rate from then on. */
    record Warmup(double lr, int steps) implements Schedule {

        public Warmup {
            positive("a learning rate", lr);
            positive("a number of steps", steps);
        }

        @Override
        public long first() {
            return 1;
        }

        @Override
        public double at(long t) {
            return lr * Math.min(1, (double) t / steps);
        }

        @Override
        public Formulas formulas() {
            return Formulas.of("linear warm-up").setting("\\eta", lr).setting("w", steps)
                    .recurrence("\\eta_t", "\\eta \\min\\left(1, \\frac{t}{w}\\right)", "t = 1, 2, …");
        }
    }

    /**
     * The Transformer's: d^{−1/2} min(t^{−1/2}, t w^{−3/2}), a straight rise for w steps, then 1/√t (Vaswani et al.
     * 2017).
     */
    record Noam(int d, int warmup) implements Schedule {

        public Noam {
            positive("a model size", d);
            positive("a number of steps", warmup);
        }

        @Override
        public long first() {
            return 1;
        }

        @Override
        public double at(long t) {
            return Math.min(1 / Math.sqrt(t), t * Math.pow(warmup, -1.5)) / Math.sqrt(d);
        }

        @Override
        public Formulas formulas() {
            return Formulas.of("the Transformer's schedule (Vaswani et al. 2017)").setting("d", d).setting("w", warmup)
                    .recurrence("\\eta_t", "d^{-0.5} \\min\\left(t^{-0.5}, t w^{-1.5}\\right)",
                            "t = 1, 2, …; greatest at t = w");
        }
    }
}
