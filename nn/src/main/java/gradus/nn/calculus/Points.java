package gradus.nn.calculus;

import gradus.nn.calculus.Expression.Variable;
import gradus.nn.derivation.Check;
import gradus.nn.tex.Evaluator;
import gradus.nn.tex.FormulaException;
import gradus.nn.tex.NdArray;
import gradus.nn.tex.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A few points in the domain of a function, away from its kinks and poles, at which every line about it is checked. */
record Points(List<Map<Variable, Double>> points, Expression f) {

    private static final int WANTED = 4;
    private static final int TRIED = 240;
    /** Intervals tried in turn. */
    private static final double[][] BOXES = {{-2, 2}, {0.2, 2.5}, {-0.9, 0.9}, {1.1, 4}, {0.05, 0.95}, {-0.2, 0.2}};
    /** Tried when these fail, in the last sixth of the attempts. */
    private static final double[] WIDE = {-60, 60};
    private static final int[] PRIMES = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47};

    /** Points where f and everything in it has a value and differences that do not depend on their step. */
    static Points of(Expression f, Collection<Variable> variables) {
        var parts = f.within().stream().filter(part -> !part.parts().isEmpty()).toList().reversed();
        var found = new ArrayList<Map<Variable, Double>>();
        for (int i = 1; i <= TRIED && found.size() < WANTED; i++) {
            var box = i > TRIED * 5 / 6 ? WIDE : BOXES[i % BOXES.length];
            var point = new LinkedHashMap<Variable, Double>();
            for (var variable : variables) {
                double u = halton(i, PRIMES[point.size() % PRIMES.length]);
                point.put(variable, Math.rint((box[0] + (box[1] - box[0]) * u) * 1e4) / 1e4);
            }
            if (parts.stream().allMatch(part -> part.variables().stream().allMatch(x -> isSmooth(part, x, point)))) {
                found.add(point);
            }
        }
        return new Points(List.copyOf(found), f);
    }

    /** The i-th number of van der Corput's sequence, evenly spread over 0 to 1. */
    private static double halton(int i, int base) {
        double value = 0;
        double digit = 1.0 / base;
        for (int rest = i; rest > 0; rest /= base, digit /= base) {
            value += digit * (rest % base);
        }
        return value;
    }

    /** Whether the differences of f in x do not depend on their step there. */
    static boolean isSmooth(Expression f, Variable x, Map<Variable, Double> at) {
        double value = f.value(at);
        double fine = Truth.difference(f, List.of(x), at, 1e-3);
        double finest = Truth.difference(f, List.of(x), at, 1e-4);   // a coarse one may miss whole periods
        double coarse = Truth.difference(f, List.of(x), at, 5e-3);
        double right = slope(f, x, at, 1e-6);
        double left = slope(f, x, at, -1e-6);
        double size = Math.max(1, Math.abs(fine));
        return Math.abs(value) < 1e4 && Math.abs(fine) < 1e4 && Math.abs(fine - coarse) <= 5e-6 * size
                && Math.abs(fine - finest) <= 1e-7 * size
                && Math.abs(right - left) <= 1e-2 * size;
    }

    private static double slope(Expression f, Variable x, Map<Variable, Double> at, double h) {
        var beside = new HashMap<>(at);
        beside.merge(x, h, Double::sum);
        return (f.value(beside) - f.value(at)) / h;
    }

    /** The same points with more variables, whose values follow from the others. */
    Points with(UnaryOperator<Map<Variable, Double>> more) {
        return new Points(points.stream().map(more).toList(), f);
    }

    /** Whether a formula read back from its LaTeX has these values, element by element, at all points. */
    Check check(String tex, Truth... values) {
        return check(tex, Check.COMPUTED, Check.CENTRAL, values);
    }

    /** The same for numbers written with {@link Written#DIGITS} digits. */
    Check checkRounded(String tex, Truth... values) {
        return check(tex, Written.ROUNDING, Written.ROUNDING, values);
    }

    private Check check(String tex, double computed, double near, Truth... values) {
        if (points.isEmpty()) {
            return new Check.Open("no point was found where " + f + " and its differences have a value");
        }
        double autograd = 0;
        double central = 0;
        try {
            for (var point : points) {
                var read = Evaluator.evaluate(tex, names(point)).data();
                if (read.length != values.length) {
                    return new Check.Open("it was read as " + read.length + " numbers, not " + values.length);
                }
                for (int i = 0; i < read.length; i++) {
                    autograd = Math.max(autograd, deviation(read[i], values[i].autograd().applyAsDouble(point)));
                    central = Math.max(central, deviation(read[i], values[i].central().applyAsDouble(point)));
                }
            }
        } catch (FormulaException e) {
            return new Check.Open(e.getMessage().lines().findFirst().orElse(""));
        }
        return autograd <= computed && central <= near ? new Check.Holds(autograd, central)
                : new Check.Fails(autograd, central);
    }

    /** Relative to the value, or absolute below 1; infinite for NaN. */
    private static double deviation(double read, double wanted) {
        double deviation = Math.abs(read - wanted) / Math.max(1, Math.abs(wanted));
        return Double.isNaN(deviation) ? Double.POSITIVE_INFINITY : deviation;
    }

    private Map<String, Value> names(Map<Variable, Double> point) {
        var names = new HashMap<String, Value>();
        names.put("\\pi", NdArray.scalar(Math.PI));
        point.forEach((variable, value) -> names.put(variable.tex(), NdArray.scalar(value)));
        f.within().stream().forEach(part -> {
            if (part instanceof Expression.Apply(ScalarFunction.Unknown(var name, int order), var x)) {
                for (int k = order; k < order + 4; k++) {
                    var derivative = new ScalarFunction.Unknown(name, k);
                    names.put(Rendering.TEX.function(derivative), (Value.Function) (parameters, in) ->
                            NdArray.scalar(derivative.value(in[0].item(), Map.of())));
                }
            }
        });
        return names;
    }
}
