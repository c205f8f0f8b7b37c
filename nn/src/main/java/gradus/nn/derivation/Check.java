package gradus.nn.derivation;

import java.util.Locale;

/**
 * Whether a line of a derivation is true: its formula, read back from its LaTeX and evaluated in float64 at the recorded
 * values, against what was computed.
 */
public sealed interface Check {

    /** The largest relative error against automatic differentiation with which a line holds. */
    double COMPUTED = 1e-12;
    /** The largest relative error against central differences with which a line holds. */
    double CENTRAL = 1e-7;

    /**
     * The line is true.
     *
     * @param computed the relative error against the value, or the gradient, that the library computes in float64; in the
     *                 proof of a {@link Rule}, where it computes none, against the line before
     * @param central  the relative error against central differences of the loss, NaN where there are none
     * @param sampled  how many numbers were compared where they are too many for all; 0 when all were
     */
    record Holds(double computed, double central, long sampled) implements Check {

        /** All numbers were compared. */
        public Holds(double computed, double central) {
            this(computed, central, 0);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "✓ %s%s%s", digits(computed),
                    Double.isNaN(central) ? "" : ", " + digits(central), sampled == 0 ? "" : " at " + sampled + " numbers");
        }
    }

    /** The line is wrong, by these relative errors. */
    record Fails(double computed, double central) implements Check {

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "✗ %s%s", digits(computed),
                    Double.isNaN(central) ? "" : ", " + digits(central));
        }
    }

    /** Nobody knows. */
    record Open(String why) implements Check {

        @Override
        public String toString() {
            return "not checked: " + why;
        }
    }

    private static String digits(double error) {
        return error == 0 ? "0" : String.format(Locale.ROOT, "%.0e", error);
    }
}
