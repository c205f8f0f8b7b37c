package gradus.nn.derivation.rules;

import gradus.nn.Tensor;
import gradus.nn.op.Elementwise;
import gradus.nn.op.Movement;
import gradus.nn.op.Op;
import gradus.nn.op.Reductions;
import gradus.nn.tex.Tex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A number as factor · Σ terms: a mean, a sum, half a sum of squares.
 *
 * @param covered the results between the number and the terms
 */
record Total(double factor, Tensor terms, List<Tensor> covered) {

    /** What a number sums, up to a sum that has a name of its own; itself with the factor 1 when it sums nothing. */
    static Optional<Total> of(Tensor number) {
        if (number.size() != 1 || number.op() == null) {
            return Optional.empty();
        }
        double factor = 1;
        var x = number;
        var covered = new ArrayList<Tensor>();
        while (isStep(x.op()) && x.inputs().length > 0 && (x == number || x.name().isEmpty())) {
            factor *= x.op() instanceof Elementwise.Scale(var constant) ? constant
                    : x.op() instanceof Elementwise.Neg ? -1 : 1;
            x = x.inputs()[0];
            covered.add(x);
        }
        if (!covered.isEmpty()) {
            covered.removeLast();
        }
        return x.inputs().length == 0 || !Double.isFinite(factor) ? Optional.empty() : Optional.of(new Total(factor, x, covered));
    }

    private static boolean isStep(Op op) {
        return op instanceof Movement.Reshape || op instanceof Elementwise.Scale || op instanceof Elementwise.Neg
                || op instanceof Reductions.Sum;
    }

    /** A factor as a person writes it, 2/5 rather than 0.4, times δ of the number, times a formula. */
    static Tex scaled(double factor, Tex delta, Tex formula) {
        if (factor < 0) {
            return scaled(-factor, delta, formula).neg();
        }
        var all = new ArrayList<Tex>();
        if (factor != 1) {
            all.add(fraction(factor));
        }
        if (!delta.text().equals("1")) {
            all.add(delta);
        }
        all.addAll(formula.factors());
        return all.stream().reduce(Tex::times).orElseThrow();
    }

    private static Tex fraction(double factor) {
        for (int numerator = 1; numerator <= 4; numerator++) {
            double below = Math.rint(numerator / factor);
            if (below > 1 && below < 1e9 && numerator / below == factor) {
                return Tex.number(numerator).over(Tex.number(below));
            }
        }
        return Tex.number(factor);
    }
}
