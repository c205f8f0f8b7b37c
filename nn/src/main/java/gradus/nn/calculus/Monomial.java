package gradus.nn.calculus;

import static gradus.nn.calculus.Expression.ONE;
import static gradus.nn.calculus.Expression.ZERO;
import static gradus.nn.calculus.Expression.product;

import gradus.nn.calculus.Expression.Apply;
import gradus.nn.calculus.Expression.Cases;
import gradus.nn.calculus.Expression.Constant;
import gradus.nn.calculus.Expression.Number;
import gradus.nn.calculus.Expression.Power;
import gradus.nn.calculus.Expression.Product;
import gradus.nn.calculus.Expression.Quotient;
import gradus.nn.calculus.Expression.Sum;
import gradus.nn.calculus.Expression.Variable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A number times powers of different bases, by their keys. */
record Monomial(Rational coefficient, Map<String, Factor> factors) {

    /** A base to a power. */
    record Factor(Expression base, Expression exponent) {
        String key() {
            return Simplifier.key(base);
        }
    }

    Monomial(Rational coefficient) {
        this(coefficient, new LinkedHashMap<>());
    }

    Monomial(Rational coefficient, Expression base, Expression exponent) {
        this(coefficient);
        if (!exponent.isZero()) {
            factors.put(Simplifier.key(base), new Factor(base, exponent));
        }
    }

    static Monomial of(Expression e) {
        return switch (e) {
            case Number(var value) -> new Monomial(value);
            case Product(var parts) -> parts.stream().map(Monomial::of).reduce(new Monomial(Rational.ONE),
                    Monomial::times);
            case Quotient(var n, var d) -> {
                var below = of(d);
                if (below.coefficient.signum() == 0) {
                    throw new ArithmeticException(n + " is divided by " + d + ", which is 0"
                            + "\nhelp: a denominator that is not 0 everywhere");
                }
                yield of(n).times(below.power(Rational.MINUS_ONE));
            }
            case Sum(var terms) -> {
                var monomials = terms.stream().map(Monomial::of).toList();
                var scale = Simplifier.content(monomials.stream().map(Monomial::coefficient).toList());
                scale = leading(monomials).coefficient.signum() < 0 ? scale.negated() : scale;
                var monic = new Monomial(scale.reciprocal());
                yield new Monomial(scale, Simplifier.positiveFirst(monomials.stream().map(term -> term.times(monic)
                        .expression()).toList()),
                        ONE);
            }
            case Power(var base, var exponent) -> ofPower(base, exponent);
            default -> new Monomial(Rational.ONE, e, ONE);
        };
    }

    /** The term whose sign a sum is given: as in x − 1, but 1 − tanh²; whatever the order of the terms. */
    private static Monomial leading(List<Monomial> terms) {
        boolean powers = terms.stream().flatMap(term -> term.factors.values().stream())
                .allMatch(f -> f.base instanceof Variable);
        return terms.stream().min(Comparator.comparing((Monomial term) -> term.factors.isEmpty() == powers)
                .thenComparing(Monomial::key)).orElseThrow();
    }

    private static Monomial ofPower(Expression base, Expression exponent) {
        if (exponent instanceof Number(var n)) {
            if (n.isInteger() && base != Constant.E) {
                var inner = of(base);
                if (inner.coefficient.signum() == 0 && n.signum() <= 0) {
                    throw new ArithmeticException("0 to the power of " + n
                            + " has no value\nhelp: an exponent above 0");
                }
                return inner.coefficient.power(n).isPresent() ? inner.power(n) : new Monomial(Rational.ONE, base,
                        exponent);
            }
            if (base instanceof Number(var value)) {
                var root = value.power(n);
                return root.isPresent() ? new Monomial(root.get()) : new Monomial(Rational.ONE, base, exponent);
            }
            if (base instanceof Power(var inner, Number(var m)) && n.times(m).equals(Rational.ONE)
                    && m.equals(Rational.of(2))) {
                return new Monomial(Rational.ONE, Simplifier.applied(Elementary.ABS, inner), ONE);
            }
        }
        if (base == Constant.E && exponent instanceof Apply(var f, var x) && f == Elementary.LN) {
            return of(x);
        }
        if (base == Constant.E && exponent instanceof Product(var parts) && parts.size() == 2
                && parts.getFirst() instanceof Number && parts.getLast() instanceof Apply(var f, var x)
                && f == Elementary.LN) {
            return ofPower(x, parts.getFirst());
        }
        if (base.equals(ONE)) {
            return new Monomial(Rational.ONE);
        }
        return base instanceof Power(Constant e, var inner) && e == Constant.E
                ? new Monomial(Rational.ONE, e, Simplifier.sumOf(Simplifier.terms(inner.times(exponent))))
                : new Monomial(Rational.ONE, base, exponent);
    }

    String key() {
        return factors.values().stream().map(f -> f.key() + "^" + Simplifier.key(f.exponent)).sorted().toList()
                .toString();
    }

    /** The sum with a term of the same factors. */
    Monomial plus(Monomial like) {
        return new Monomial(coefficient.plus(like.coefficient), factors);
    }

    Monomial times(Monomial other) {
        var all = new LinkedHashMap<>(factors);
        var number = coefficient.times(other.coefficient);
        for (var factor : other.factors.values()) {
            var before = all.get(factor.key());
            var exponent = before == null ? factor.exponent
                    : Simplifier.sumOf(List.of(before.exponent, factor.exponent));
            var folded = factor.base instanceof Number(var base) && exponent instanceof Number(var n) ? base.power(n)
                    : Optional.<Rational>empty();
            if (exponent.isZero() || folded.isPresent()) {
                all.remove(factor.key());
                number = number.times(folded.orElse(Rational.ONE));
            } else {
                all.put(factor.key(), new Factor(factor.base, exponent));
            }
        }
        return new Monomial(number, all);
    }

    /** To a whole power. */
    Monomial power(Rational n) {
        var powered = new Monomial(coefficient.power(n).orElseThrow());
        factors.values().forEach(factor -> powered.factors.put(factor.key(), new Factor(factor.base,
                Simplifier.sumOf(Simplifier.terms(Simplifier.collected(new Product(List.of(new Number(n),
                        factor.exponent))))))));
        powered.factors.values().removeIf(factor -> factor.exponent.isZero());
        return powered;
    }

    /** The factors with positive powers over those with negative ones; a person's order in both. */
    Expression expression() {
        if (coefficient.signum() == 0) {
            return ZERO;
        }
        var sorted = factors.values().stream().sorted(Comparator.comparing(Monomial::order)).toList();
        var above = new ArrayList<Expression>();
        var below = new ArrayList<Expression>();
        for (var factor : sorted) {
            boolean under = factor.exponent instanceof Number(var n) && n.signum() < 0;
            var exponent = under ? factor.exponent.neg() : factor.exponent;
            (under ? below : above).add(exponent.equals(ONE) ? factor.base : new Power(factor.base, exponent));
        }
        var size = coefficient.signum() < 0 ? coefficient.negated() : coefficient;
        boolean inFront = size.isDecimal() || above.isEmpty() && below.isEmpty();
        var top = inFront ? size : new Rational(size.numerator(), BigInteger.ONE);
        if (!top.equals(Rational.ONE)) {
            above.addFirst(new Number(top));
        }
        if (!inFront && !size.isInteger()) {
            below.addFirst(new Number(new Rational(size.denominator(), BigInteger.ONE)));
        }
        var value = below.isEmpty() ? product(above) : product(above).div(product(below));
        return coefficient.signum() > 0 ? value : negative(value);
    }

    /** A minus before it, or inside one of its sums where that is shorter. */
    private static Expression negative(Expression value) {
        if (value instanceof Number) {
            return value.neg();
        }
        var parts = Simplifier.factors(value instanceof Quotient(var n, var _) ? n : value);
        var best = value instanceof Product && parts.getFirst() instanceof Number(var n)
                ? replaced(parts, 0, new Number(n.negated()))
                : product(Stream.concat(Stream.of(Expression.MINUS_ONE), Simplifier.factors(value).stream()).toList());
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i) instanceof Sum(var terms)) {
                var above = replaced(parts, i, Simplifier.sumOf(terms.stream().map(Expression::neg).toList()));
                var flipped = value instanceof Quotient(var _, var d) ? above.div(d) : above;
                best = Simplifier.length(flipped) < Simplifier.length(best) ? flipped : best;
            }
        }
        return best;
    }

    private static Expression replaced(List<Expression> factors, int i, Expression other) {
        var list = new ArrayList<>(factors);
        list.set(i, other);
        return product(list);
    }

    /** Names by the alphabet with Greek first, then powers of unknown size, functions, sums, each as they came. */
    private static String order(Factor factor) {
        return switch (factor.base) {
            case Number _ -> "1";
            case Variable(var name) when factor.exponent instanceof Number || factor.exponent instanceof Sum ->
                    "2" + (Rendering.TEX.name(name).startsWith("\\") ? "0" : "1") + name;
            case Constant constant when constant == Constant.PI -> "20";
            case Variable _, Constant _ -> "3";
            case Sum _ -> "6";
            case Cases _ -> "5";
            default -> "4";
        };
    }
}
