package gradus.nn.calculus;

import static gradus.nn.calculus.Expression.ONE;

import gradus.nn.calculus.Expression.Quotient;
import gradus.nn.calculus.Expression.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How derivatives of the table follow from that of eˣ. */
final class Proofs {

    private static final Variable X = Calculus.variable("x");

    private Proofs() {
    }

    /** The proof that a function's derivative is what the table says, for those made of eˣ. */
    static Optional<Calculation> of(Elementary f) {
        return switch (f) {
            case SIGMOID -> Optional.of(sigmoid());
            case TANH -> Optional.of(tanh());
            default -> Optional.empty();
        };
    }

    /** By the quotient rule, one factor split off, the other being 1 − σ. */
    private static Calculation sigmoid() {
        var e = X.neg().exp();
        var below = ONE.plus(e);
        var derivation = ScalarDerivation.of(ONE.div(below), X).named("σ");
        var slope = Truth.derivative(derivation.f, List.of(X));
        var rest = e.div(below);
        var second = Truth.derivative(rest, List.of());
        var lines = new ArrayList<>(derivation.steps().lines());
        lines.add(derivation.line(Written.NOTHING, ONE.div(below).times(rest), "one factor split off", slope));
        lines.add(derivation.line(Written.NOTHING, X.sigmoid().times(rest), "definition of the sigmoid", slope));
        lines.add(derivation.line(Written.of(rest), below.minus(1).div(below), "1 added and taken away", second));
        lines.add(derivation.line(Written.NOTHING, ONE.minus(ONE.div(below)), "fraction split", second));
        lines.add(derivation.line(Written.NOTHING, ONE.minus(X.sigmoid()), "definition of the sigmoid", second));
        lines.add(derivation.line(derivation.derivative(X), X.sigmoid().times(ONE.minus(X.sigmoid())), "both together",
                slope));
        return new Calculation(lines, List.of());
    }

    /** By the quotient rule, whose first term is 1 and whose second is tanh². */
    private static Calculation tanh() {
        var above = X.exp().minus(X.neg().exp());
        var below = X.exp().plus(X.neg().exp());
        var derivation = ScalarDerivation.of(new Quotient(above, below), X).named("tanh");
        var slope = Truth.derivative(derivation.f, List.of(X));
        var lines = new ArrayList<>(derivation.steps().lines());
        lines.add(derivation.line(Written.NOTHING, ONE.minus(above.square().div(below.square())), "fraction split",
                slope));
        lines.add(derivation.line(Written.NOTHING, ONE.minus(X.tanh().square()), "definition of tanh", slope));
        return new Calculation(lines, List.of());
    }
}
