package gradus.nn.calculus;

import gradus.nn.calculus.Expression.Apply;
import gradus.nn.calculus.Expression.Constant;
import gradus.nn.calculus.Expression.Number;
import gradus.nn.calculus.Expression.Power;
import gradus.nn.calculus.Expression.Product;
import gradus.nn.calculus.Expression.Quotient;
import gradus.nn.calculus.Expression.Sum;
import gradus.nn.calculus.Expression.Variable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The real zeros of an expression in one variable where school algebra finds them all: factors, fractions,
 * exponentials, logarithms, polynomials with rational zeros and a rest of degree 2.
 */
final class Roots {

    /** Whole numbers above this are not split into divisors. */
    private static final long LARGEST = 1_000_000;

    private Roots() {
    }

    /** All of them, or nothing when this algebra does not reach. A root found may lie outside the domain of g. */
    static Optional<List<Expression>> of(Expression g, Variable x) {
        return switch (g) {
            case Number(var value) when value.signum() == 0 -> Optional.empty();
            case Number _, Constant _ -> Optional.of(List.of());
            case Variable variable -> Optional.of(variable.equals(x) ? List.of(Expression.ZERO) : List.of());
            case Product(var factors) -> all(factors.stream().map(factor -> of(factor, x)).toList());
            case Quotient(var n, var _) -> of(n, x);
            case Power(var base, var _) when base == Constant.E -> Optional.of(List.of());
            case Power(var base, Number(var n)) -> n.signum() > 0 ? of(base, x) : Optional.of(List.of());
            case Apply(var f, var argument) when f == Elementary.LN -> of(argument.minus(1).simplified(), x);
            case Apply(var f, var argument) when f == Elementary.TANH || f == Elementary.SINH
                    || f == Elementary.ARCTAN ->
                    of(argument, x);
            case Apply(var f, var _) when f == Elementary.SIGMOID || f == Elementary.COSH -> Optional.of(List.of());
            case Sum _ -> sum(g, x);
            default -> Optional.empty();
        };
    }

    private static Optional<List<Expression>> all(List<Optional<List<Expression>>> parts) {
        return parts.stream().allMatch(Optional::isPresent)
                ? Optional.of(parts.stream().flatMap(part -> part.get().stream()).distinct().toList())
                : Optional.empty();
    }

    private static Optional<List<Expression>> sum(Expression g, Variable x) {
        var product = Simplifier.factored(g);
        if (product instanceof Product) {
            return of(product, x);
        }
        var coefficients = coefficients(g, x);
        return coefficients.isPresent() ? polynomial(coefficients.get()) : linearIn(g, x);
    }

    /** a f(x) + b = 0 for f = e^u or ln(u): u = ln(−b/a) or u = e^(−b/a). */
    private static Optional<List<Expression>> linearIn(Expression g, Variable x) {
        if (!(g instanceof Sum(var terms)) || terms.size() != 2) {
            return Optional.empty();
        }
        var moving = terms.stream().filter(term -> term.contains(x)).toList();
        if (moving.size() != 1) {
            return Optional.empty();
        }
        var rest = terms.get(terms.indexOf(moving.getFirst()) == 0 ? 1 : 0);
        var scaled = moving.getFirst() instanceof Product(var factors) && factors.size() == 2
                && factors.getFirst() instanceof Number ? factors : List.of(Expression.ONE, moving.getFirst());
        var value = rest.neg().div(scaled.getFirst()).simplified();
        if (!(value instanceof Number(var number))) {
            return Optional.empty();
        }
        return switch (scaled.getLast()) {
            case Power(var base, var u) when base == Constant.E -> number.signum() <= 0 ? Optional.of(List.of())
                    : of(u.minus(value.log()).simplified(), x, value.log());
            case Apply(var f, var u) when f == Elementary.LN -> of(u.minus(value.exp()).simplified(), x, value.exp());
            default -> Optional.empty();
        };
    }

    /** The zeros of u − value, for u = x or a multiple of it. */
    private static Optional<List<Expression>> of(Expression difference, Variable x, Expression value) {
        var slope = Differentiation.derivative(difference, x);
        return slope instanceof Number && !slope.isZero()
                ? Optional.of(List.of(difference.with(Map.of(x, Expression.ZERO)).neg().div(slope).simplified()))
                : of(difference.simplified(), x).filter(roots -> value instanceof Number);
    }

    /** The coefficients of a polynomial in x by their degree, if all are rational. */
    static Optional<TreeMap<Integer, Rational>> coefficients(Expression g, Variable x) {
        var found = new TreeMap<Integer, Rational>();
        for (var term : Simplifier.opened(g)) {
            var degree = degree(term, x);
            var coefficient = degree.map(n -> term.div(x.pow(n)).simplified());
            if (coefficient.isEmpty() || !(coefficient.get() instanceof Number(var value))) {
                return Optional.empty();
            }
            found.merge(degree.get(), value, Rational::plus);
        }
        found.values().removeIf(value -> value.signum() == 0);
        return found.isEmpty() ? Optional.empty() : Optional.of(found);
    }

    private static Optional<Integer> degree(Expression term, Variable x) {
        return switch (term) {
            case Expression e when !e.contains(x) -> Optional.of(0);
            case Variable _ -> Optional.of(1);
            case Power(var base, Number(var n)) when base.equals(x) && n.isInteger() && n.signum() > 0
                    && n.numerator().bitLength() < 8 -> Optional.of(n.numerator().intValue());
            case Product(var factors) -> factors.stream().filter(factor -> factor.contains(x)).count() == 1
                    ? degree(factors.stream().filter(factor -> factor.contains(x)).findFirst().orElseThrow(), x)
                    : Optional.empty();
            case Quotient(var n, var d) when !d.contains(x) -> degree(n, x);
            default -> Optional.empty();
        };
    }

    private static Optional<List<Expression>> polynomial(TreeMap<Integer, Rational> coefficients) {
        var roots = new LinkedHashSet<Expression>();
        var dense = new ArrayList<Rational>();   // from degree 0 on
        for (int i = 0; i <= coefficients.lastKey(); i++) {
            dense.add(coefficients.getOrDefault(i, Rational.ZERO));
        }
        while (dense.getFirst().signum() == 0) {
            roots.add(Expression.ZERO);
            dense.removeFirst();
        }
        for (var candidate : candidates(dense)) {
            while (dense.size() > 3 && value(dense, candidate).signum() == 0) {
                roots.add(new Number(candidate));
                deflate(dense, candidate);
            }
        }
        int degree = dense.size() - 1;
        if (degree == 1) {
            roots.add(new Number(dense.get(0).negated().times(dense.get(1).reciprocal())));
        } else if (degree == 2) {
            quadratic(dense.get(2), dense.get(1), dense.get(0)).forEach(roots::add);
        } else if (degree > 2) {
            return Optional.empty();
        }
        return Optional.of(List.copyOf(roots));
    }

    private static List<Expression> quadratic(Rational a, Rational b, Rational c) {
        var discriminant = b.times(b).plus(a.times(c).times(Rational.of(-4)));
        if (discriminant.signum() < 0) {
            return List.of();
        }
        var root = new Number(discriminant).sqrt();
        var middle = new Number(b.negated());
        var below = new Number(a.times(Rational.of(2)));
        return Stream.of(middle.minus(root), middle.plus(root)).map(above -> above.div(below).simplified()).distinct()
                .toList();
    }

    /** Fractions of divisors of the last coefficient and of the first: the only rational zeros that there can be. */
    private static List<Rational> candidates(List<Rational> dense) {
        var scale = dense.stream().map(Rational::denominator).reduce(BigInteger.ONE, (a, b) -> a.multiply(b)
                .divide(a.gcd(b)));
        var last = dense.getFirst().numerator().multiply(scale).divide(dense.getFirst().denominator()).abs();
        var first = dense.getLast().numerator().multiply(scale).divide(dense.getLast().denominator()).abs();
        if (last.max(first).compareTo(BigInteger.valueOf(LARGEST)) > 0) {
            return List.of();
        }
        return divisors(last.longValue()).boxed().flatMap(p -> divisors(first.longValue()).boxed().flatMap(q ->
                Stream.of(p, -p).map(n -> Rational.of(n).times(Rational.of(q).reciprocal())))).distinct().sorted()
                        .toList();
    }

    private static LongStream divisors(long n) {
        return LongStream.rangeClosed(1, n).limit(LARGEST).filter(d -> n % d == 0);
    }

    private static Rational value(List<Rational> dense, Rational x) {
        return dense.reversed().stream().reduce(Rational.ZERO, (sum, a) -> sum.times(x).plus(a));
    }

    /** Divides by x − root. */
    private static void deflate(List<Rational> dense, Rational root) {
        for (int i = dense.size() - 2; i > 0; i--) {
            dense.set(i, dense.get(i).plus(dense.get(i + 1).times(root)));
        }
        dense.removeFirst();
    }
}
