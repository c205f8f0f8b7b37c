package gradus.nn.calculus;

import gradus.nn.calculus.Expression.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Taylor polynomials of order 1 and 2 of a function at a point, with Lagrange's remainders:
 * R_k(x) = 1/(k+1)! Σ ∂^(k+1) f(ξ) (x − a)^(k+1) for some ξ between a and x.
 */
public final class Taylor implements Worked {

    private static final int SAMPLES = 1000;   // of the way from a to x, for the largest remainder
    private static final Variable T = new Variable("t");

    private final ScalarDerivation derivation;
    private final Map<Variable, Expression> at = new LinkedHashMap<>();
    private final Points points;
    private final List<Variable> between = new ArrayList<>();   // ξ, one per variable

    private Taylor(ScalarDerivation derivation, Expression... at) {
        this.derivation = derivation;
        for (int i = 0; i < at.length; i++) {
            var x = derivation.variables.get(i);
            this.at.put(x, at[i]);
            between.add(new Variable(at.length == 1 ? "\\xi" : "\\xi_" + x.name().replaceAll("[_{}\\\\]", "")));
        }
        var names = Arrays.stream(at).flatMap(a -> a.variables().stream()).toList();
        points = derivation.points.with(point -> {
            var all = new LinkedHashMap<>(point);
            // between the points of the function, so inside its domain mostly
            for (int i = 0; i < names.size(); i++) {
                int other = i;
                all.computeIfAbsent(names.get(i), name -> 0.8 * point.get(derivation.variables.get(
                        other % derivation.variables.size())));
            }
            return all;
        });
    }

    static Taylor of(ScalarDerivation derivation, Expression... at) {
        var f = derivation.f;
        var taylor = new Taylor(derivation, at);
        if (Arrays.stream(at).allMatch(a -> a.variables().isEmpty())
                && derivation.variables.containsAll(f.variables())) {
            var point = taylor.origin(Map.of());
            for (var x : derivation.variables) {
                if (!Double.isFinite(f.value(point)) || !Points.isSmooth(f, x, point)) {
                    throw new IllegalArgumentException("taylor: f = " + f.text() + " at " + taylor.at.values().stream()
                            .map(Expression::text).toList()
                            + " has no value or no derivative\nhelp: a point inside the domain, "
                            + "away from kinks and poles");
                }
            }
        }
        return taylor;
    }

    /** The point itself, given the values of the names in it. */
    private Map<Variable, Double> origin(Map<Variable, Double> values) {
        var origin = new LinkedHashMap<>(values);
        at.forEach((x, a) -> origin.put(x, a.value(values)));
        return origin;
    }

    private Map<Variable, Double> numbers(double... x) {
        var numbers = new LinkedHashMap<Variable, Double>();
        for (int i = 0; i < x.length; i++) {
            numbers.put(derivation.variables.get(i), x[i]);
        }
        return numbers;
    }

    /** The Taylor polynomial of order 0, 1 or 2. */
    public Expression polynomial(int order) {
        ordered(order);
        var terms = new ArrayList<Expression>();
        for (int k = 0; k <= order; k++) {
            terms.addAll(terms(k, at));
        }
        var written = terms.stream().filter(term -> !term.isZero()).toList();
        return Expression.sum(written);
    }

    /** What the polynomial of order 1 or 2 is short of, with ξ for the point between. */
    public Expression remainder(int order) {
        ordered(order);
        return Expression.sum(terms(order + 1, between()).stream().filter(term -> !term.isZero()).toList());
    }

    private static void ordered(int order) {
        if (order < 0 || order > 2) {
            throw new IllegalArgumentException("taylor: the order " + order + "\nhelp: 0, 1 or 2");
        }
    }

    /** The terms of degree k, the derivatives being taken at a place. */
    private List<Expression> terms(int k, Map<Variable, Expression> place) {
        return terms(derivation.f.simplified(), k, 0, Expression.ONE, place);
    }

    /** For the variables from {@code first} on; a derivative taken n times by one of them brings 1/n!. */
    private List<Expression> terms(Expression derived, int k, int first, Expression factor,
            Map<Variable, Expression> place) {
        if (k == 0) {
            return List.of(Simplifier.gathered(derived.with(place).simplified().times(factor)));
        }
        if (first == derivation.variables.size()) {
            return List.of();
        }
        var x = derivation.variables.get(first);
        var distance = at.get(x).isZero() ? x : x.minus(at.get(x));
        var all = new ArrayList<Expression>();
        var derivative = derived;
        var scale = factor;
        var levels = new ArrayList<List<Expression>>();
        for (int n = 0; n <= k; n++) {
            levels.add(terms(derivative, k - n, first + 1, scale, place));
            derivative = Differentiation.derivative(derivative, x);
            scale = factor.times(distance.pow(n + 1)).div(IntStream.rangeClosed(1, n + 1).reduce(1, (a, b) -> a * b));
        }
        levels.reversed().forEach(all::addAll);
        return all;
    }

    /** The value, the derivatives at the point, the polynomials and the remainders. */
    @Override
    public Calculation steps() {
        var lines = new ArrayList<Line>();
        var derivatives = new ArrayList<List<Variable>>(List.of(List.of()));
        for (var x : derivation.variables) {
            derivatives.add(List.of(x));
        }
        for (int i = 0; i < derivation.variables.size(); i++) {
            for (var y : derivation.variables.subList(i, derivation.variables.size())) {
                derivatives.add(List.of(derivation.variables.get(i), y));
            }
        }
        for (var by : derivatives) {
            var value = (by.isEmpty() ? derivation.f : derivation.partial(by.toArray(Variable[]::new))).with(at)
                    .simplified();
            var truth = Truth.derivative(derivation.f, by).at(this::origin);
            lines.add(line(head(by), value, by.isEmpty() ? "value" : "derivative at the point", points, truth));
        }
        var between = points.with(point -> on(point, 0.4));
        for (int order = 1; order <= 2; order++) {
            lines.add(line(named("T", order), polynomial(order), "Taylor polynomial of order " + order, points,
                    along(at, 0, order)));
            lines.add(line(named("R", order), remainder(order), "Lagrange's remainder", between,
                    along(between(), order + 1, order + 1)));
        }
        return new Calculation(lines, List.of(xi() + " lies between " + origin() + " and "
                + (at.size() == 1 ? derivation.variables.getFirst().text() : "the point") + "; f = T + R"));
    }

    private String xi() {
        return between.size() == 1 ? "ξ" : "ξ = (" + String.join(", ", between.stream().map(Expression::text).toList())
                + ")";
    }

    private String origin() {
        var numbers = String.join(", ", at.values().stream().map(Expression::text).toList());
        return at.size() == 1 ? numbers : "(" + numbers + ")";
    }

    private Map<Variable, Expression> between() {
        var place = new LinkedHashMap<Variable, Expression>();
        IntStream.range(0, between.size()).forEach(i -> place.put(derivation.variables.get(i), between.get(i)));
        return place;
    }

    /** Σ φ⁽ᵏ⁾(0)/k! from one order to the other, for φ(t) = f(place + t (x − a)). */
    private Truth along(Map<Variable, Expression> place, int from, int to) {
        var moved = new LinkedHashMap<Variable, Expression>();
        at.forEach((x, a) -> moved.put(x, place.get(x).plus(T.times(x.minus(a)))));
        var phi = derivation.f.with(moved);
        var all = ScalarDerivation.constant(0);
        double factorial = 1;
        for (int k = 0; k <= to; k++) {
            factorial *= Math.max(1, k);
            if (k >= from) {
                var by = Collections.nCopies(k, T);
                var derivative = new Truth(Truth.derivative(phi, by).autograd(), point -> Truth.central(phi, by, point,
                        length(point)));
                all = all.plus(derivative.at(point -> {
                    var start = new LinkedHashMap<>(point);
                    start.put(T, 0.0);
                    return start;
                }).times(1 / factorial));
            }
        }
        return all;
    }

    /** How far a point is from where the polynomial begins, at least 1: steps in t are so much shorter. */
    private double length(Map<Variable, Double> point) {
        return at.entrySet().stream().mapToDouble(e -> Math.abs(point.get(e.getKey()) - e.getValue().value(point)))
                .reduce(1, Math::max);
    }

    private Written head(List<Variable> by) {
        var tex = String.join(", ", at.values().stream().map(Expression::tex).toList());
        var base = derivation.variables.size() == 1 || by.isEmpty() ? new Written(Rendering.TEX.name(derivation.name)
                + "'".repeat(by.size()), Rendering.PLAIN.name(derivation.name) + "'".repeat(by.size()))
                : derivation.partialName(by);
        return new Written(base.tex() + "\\left(" + tex + "\\right)", base.text() + "("
                + String.join(", ", at.values().stream().map(Expression::text).toList()) + ")");
    }

    private Written named(String letter, int order) {
        var variables = derivation.variables;
        return new Written(letter + "_{" + order + "}" + variables.stream().map(Expression::tex)
                .collect(Collectors.joining(", ", "\\left(", "\\right)")), letter + "₀₁₂".charAt(order)
                + variables.stream().map(Expression::text).collect(Collectors.joining(", ", "(", ")")));
    }

    private static Line line(Written left, Expression right, String rule, Points points, Truth truth) {
        return new Line(left, Written.of(right), rule, points.check(right.tex(), truth));
    }

    /**
     * How good the polynomials are at a point: value, polynomial, remainder, the bound that the largest derivative on
     * the way gives, and the ξ for which the remainder is exact.
     *
     * @param x one number per variable
     */
    public Calculation at(double... x) {
        derivation.sized("a point", x);
        if (at.values().stream().anyMatch(a -> !a.variables().isEmpty())
                || !derivation.variables.containsAll(derivation.f.variables())) {
            throw new IllegalArgumentException("taylor: the remainder of " + derivation.f.text() + " at " + origin()
                    + " has no size while there are names in it\nhelp: taylor(0).at(1), and numbers in the place of parameters");
        }
        var point = numbers(x);
        double value = derivation.f.value(point);
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("taylor: f = " + derivation.f.text() + " has no value at " + point
                    + "\nhelp: a point of its domain");
        }
        var lines = new ArrayList<Line>();
        var here = new Points(List.of(point), derivation.f);
        var arguments = String.join(", ", point.values().stream().map(v -> Written.rounded(v).text()).toList());
        lines.add(rounded("f", arguments, value, "value", here, Truth.derivative(derivation.f, List.of())));
        var notes = new ArrayList<String>();
        for (int order = 1; order <= 2; order++) {
            double polynomial = polynomial(order).value(point);
            lines.add(rounded("T_{" + order + "}", arguments, polynomial, "Taylor polynomial", here,
                    along(at, 0, order)));
            lines.add(rounded("R_{" + order + "}", arguments, value - polynomial, "value minus polynomial", here,
                    Truth.derivative(derivation.f, List.of()).plus(along(at, 0, order).times(-1))));
            notes.add(size(order, point, value - polynomial));
        }
        return new Calculation(lines, notes);
    }

    private Line rounded(String letter, String arguments, double value, String rule, Points here, Truth truth) {
        var right = Written.rounded(value);
        var left = new Written(letter + "\\left(" + arguments + "\\right)", letter.replaceAll("_\\{1\\}", "₁")
                .replaceAll("_\\{2\\}", "₂") + "(" + arguments + ")");
        return new Line(left, right, true, rule, here.checkRounded(right.tex(), truth));
    }

    /** The largest remainder that some ξ on the way gives, and the ξ that gives the right one, found by bisection. */
    private String size(int order, Map<Variable, Double> point, double wanted) {
        var remainder = remainder(order);
        ToDoubleFunction<Double> at = theta -> remainder.value(on(point, theta));
        double largest = IntStream.rangeClosed(0, SAMPLES)
                .mapToDouble(i -> Math.abs(at.applyAsDouble((double) i / SAMPLES)))
                .max().orElse(0);
        Optional<Double> exact = IntStream.range(0, SAMPLES)
                .filter(i -> (at.applyAsDouble((double) i / SAMPLES) - wanted)
                * (at.applyAsDouble((i + 1.0) / SAMPLES) - wanted) <= 0).mapToObj(i -> {
                    double low = (double) i / SAMPLES;
                    double high = (i + 1.0) / SAMPLES;
                    boolean rising = at.applyAsDouble(high) > at.applyAsDouble(low);
                    for (int step = 0; step < 60; step++) {
                        double middle = (low + high) / 2;
                        boolean below = at.applyAsDouble(middle) < wanted;
                        low = below == rising ? middle : low;
                        high = below == rising ? high : middle;
                    }
                    return low;
                }).findFirst();
        return "|R" + "₁₂".charAt(order - 1) + "| ≤ " + Written.rounded(largest * (1 + 1e-6)).text()
                + " by the largest value on the way" + exact.map(theta -> "; exact for " + xiAt(point, theta))
                .orElse("");
    }

    private Map<Variable, Double> on(Map<Variable, Double> point, double theta) {
        var all = new LinkedHashMap<>(point);
        IntStream.range(0, between.size()).forEach(i -> {
            var x = derivation.variables.get(i);
            double a = at.get(x).value(point);
            all.put(between.get(i), a + theta * (point.get(x) - a));
        });
        return all;
    }

    private String xiAt(Map<Variable, Double> point, double theta) {
        var all = on(point, theta);
        return String.join(", ", between.stream().map(xi -> xi.text() + " ≈ " + Written.rounded(all.get(xi)).text())
                .toList());
    }

    @Override
    public String toString() {
        return steps().toString();
    }
}
