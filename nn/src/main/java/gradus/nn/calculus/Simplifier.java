package gradus.nn.calculus;

import static gradus.nn.calculus.Expression.ONE;
import static gradus.nn.calculus.Expression.ZERO;
import static gradus.nn.calculus.Expression.product;
import static gradus.nn.calculus.Expression.sum;

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
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes an expression as a person would: collected, cancelled, and of the sum as it stands, multiplied out, or with
 * common factors taken out, the one that is shortest on paper; at a tie the first. The same input gives the same text.
 */
final class Simplifier {

    private static final int MOST_TERMS = 40;   // beyond that multiplying out is no longer tried

    private Simplifier() {
    }

    static Expression simplified(Expression e) {
        var inner = collected(e.withParts(Simplifier::simplified));
        var open = collected(sum(terms(inner)));
        var kept = shorter(inner, factored(inner), 1);
        return shorter(kept, shorter(open, factored(open), 1), 2);
    }

    /** The second if it saves so many characters: what is a product is not multiplied out for one. */
    private static Expression shorter(Expression first, Expression second, int saving) {
        return length(second) + saving <= length(first) ? second : first;
    }

    /** Characters on paper; a function's value squared counts twice, so that σ(1 − σ) is shorter than σ − σ². */
    static int length(Expression e) {
        return e.text().replace(" ", "").length() + repeated(e);
    }

    private static int repeated(Expression e) {
        return e.parts().stream().mapToInt(Simplifier::repeated).sum()
                + (e instanceof Power(Apply call, Number _) ? call.text().length() : 0);
    }

    /** A product with its powers gathered; sums in it stay sums. */
    static Expression gathered(Expression e) {
        return Monomial.of(e).expression();
    }

    /** Collected, its parts being simplified already. */
    static Expression collected(Expression e) {
        return switch (e) {
            case Sum(var terms) -> sumOf(terms);
            case Product _, Quotient _, Power _ -> Monomial.of(e).expression();
            case Apply(ScalarFunction f, var x) -> applied(f, x);
            case Cases(var then, var otherwise, var left, var right) when key(then).equals(key(otherwise)) -> then;
            case Cases(var then, var otherwise, Number(var left), Number(var right)) ->
                    left.compareTo(right) > 0 ? then : otherwise;
            default -> e;
        };
    }

    static Expression applied(ScalarFunction f, Expression x) {
        var negated = Rendering.negated(x);
        if (f instanceof Elementary g && negated.isPresent() && (g.isOdd() || g.isEven())) {
            var positive = applied(g, negated.get());
            return g.isOdd() ? collected(positive.neg()) : positive;
        }
        if (f == Elementary.LN && x == Constant.E || f instanceof ScalarFunction.Logarithm(var base)
                && base.equals(x)) {
            return ONE;
        }
        if (f == Elementary.LN && x instanceof Power(var base, var exponent) && base == Constant.E) {
            return exponent;
        }
        if (f == Elementary.SIN || f == Elementary.COS) {   // at multiples of π/2
            var turns = Monomial.of(x.times(2).div(Constant.PI));
            if (turns.factors().isEmpty() && turns.coefficient().isInteger()) {
                int quarter = turns.coefficient().numerator().mod(BigInteger.valueOf(4)).intValue()
                        + (f == Elementary.COS ? 1 : 0);
                return List.of(ZERO, ONE, ZERO, Expression.MINUS_ONE).get(quarter % 4);
            }
        }
        if (x instanceof Number(var value) && f instanceof Elementary) {
            double there = f.value(value.value(), Map.of());
            boolean exact = value.signum() == 0 && f != Elementary.ARCCOS || value.equals(Rational.ONE)
                    && f == Elementary.LN
                    || f == Elementary.ABS || f == Elementary.SIGN || f == Elementary.RELU;
            return exact ? f == Elementary.ABS || f == Elementary.RELU ? new Number(there == 0 ? Rational.ZERO
                    : value.signum() < 0 ? value.negated() : value) : Expression.number(there) : x.of(f);
        }
        return x.of(f);
    }

    /** Like terms collected; cos² + sin² and cosh² − sinh² are 1. */
    static Expression sumOf(List<Expression> terms) {
        var collected = new LinkedHashMap<String, Monomial>();
        terms.stream().flatMap(Simplifier::flat).map(Monomial::of).forEach(term ->
                collected.merge(term.key(), term, Monomial::plus));
        collected.values().removeIf(term -> term.coefficient().signum() == 0);
        pythagoras(collected, Elementary.SIN, Elementary.COS, Rational.ONE);
        pythagoras(collected, Elementary.COSH, Elementary.SINH, Rational.MINUS_ONE);
        return positiveFirst(collected.values().stream().map(Monomial::expression).toList());
    }

    /** A sum that begins with a minus only if all its terms do. */
    static Expression positiveFirst(List<Expression> terms) {
        var positive = terms.stream().filter(term -> Rendering.negated(term).isEmpty()).findFirst();
        return positive.isEmpty() || positive.get() == terms.getFirst() ? sum(terms)
                : sum(Stream.concat(Stream.of(positive.get()),
                terms.stream().filter(term -> term != positive.get())).toList());
    }

    /** The terms of a sum within a sum, also of a number times one. */
    private static Stream<Expression> flat(Expression term) {
        if (term instanceof Sum(var terms)) {
            return terms.stream().flatMap(Simplifier::flat);
        }
        return term instanceof Product(var factors) && factors.size() == 2
                && factors.getFirst() instanceof Number number
                && factors.getLast() instanceof Sum(var terms) ? terms.stream().map(number::times)
                .flatMap(Simplifier::flat)
                : Stream.of(term);
    }

    private static void pythagoras(Map<String, Monomial> terms, Elementary one, Elementary other, Rational sign) {
        for (var term : List.copyOf(terms.values())) {
            for (var factor : List.copyOf(term.factors().values())) {
                if (factor.base() instanceof Apply(var f, var x) && f == one && factor.exponent()
                        .equals(Expression.TWO)) {
                    var rest = term.times(new Monomial(Rational.ONE, factor.base(), Expression.number(-2)));
                    var partner = terms.get(rest.times(new Monomial(Rational.ONE, x.of(other), Expression.TWO)).key());
                    if (partner != null && partner.coefficient().equals(term.coefficient().times(sign))
                            && terms.containsKey(term.key())) {
                        terms.remove(term.key());
                        terms.remove(partner.key());
                        terms.merge(rest.key(), rest, Monomial::plus);
                        terms.values().removeIf(t -> t.coefficient().signum() == 0);
                    }
                }
            }
        }
    }

    /** The terms of a simplified expression, multiplied out and collected. */
    static List<Expression> opened(Expression e) {
        var open = collected(sum(terms(e)));
        return open instanceof Sum(var terms) ? terms : List.of(open);
    }

    /** The terms of an expression multiplied out, or itself alone when they would be too many. */
    static List<Expression> terms(Expression e) {
        List<Expression> terms = switch (e) {
            case Sum(var parts) -> parts.stream().flatMap(part -> terms(part).stream()).toList();
            case Product(var factors) -> factors.stream().map(Simplifier::terms)
                    .reduce(List.of(ONE), Simplifier::multiplied);
            case Power(Sum base, Number(var n)) when n.isInteger() && n.signum() > 0 && n.numerator().bitLength() < 3 ->
                    Stream.generate(() -> terms(base)).limit(n.numerator().intValue())
                            .reduce(List.of(ONE), Simplifier::multiplied);
            case Quotient(var above, var below) when isPlain(below) -> terms(above).stream()
                    .map(term -> term.div(below)).toList();
            default -> List.of(e);
        };
        return terms.isEmpty() || terms.size() > MOST_TERMS ? List.of(e) : terms;
    }

    /** Whether it is made of numbers and powers of variables: only over such a denominator is a fraction split. */
    private static boolean isPlain(Expression e) {
        return switch (e) {
            case Number _, Variable _ -> true;
            case Power(var base, var _) -> base instanceof Variable;
            case Product(var factors) -> factors.stream().allMatch(Simplifier::isPlain);
            default -> false;
        };
    }

    private static List<Expression> multiplied(List<Expression> left, List<Expression> right) {
        return left.size() * right.size() > MOST_TERMS || left.isEmpty() || right.isEmpty() ? List.of()
                : left.stream().flatMap(a -> right.stream().map(a::times)).toList();
    }

    /** A sum, or the sum above a line, with its greatest common monomial before it. */
    static Expression factored(Expression e) {
        if (e instanceof Quotient(var n, var d)) {
            return factored(n).div(d);
        }
        if (!(e instanceof Sum(var parts))) {
            return e;
        }
        var terms = parts.stream().map(Monomial::of).toList();
        var common = new Monomial(Rational.ONE);
        for (var factor : terms.getFirst().factors().values()) {
            var powers = terms.stream().map(term -> term.factors().get(factor.key())).toList();
            if (powers.stream().allMatch(power -> power != null)) {
                smallest(powers).ifPresent(exponent ->
                        common.factors().put(factor.key(), new Monomial.Factor(factor.base(), exponent)));
            }
        }
        var content = content(terms.stream().map(term -> term.coefficient()).toList());
        var divisor = common.times(new Monomial(content)).power(Rational.MINUS_ONE);
        var rest = sum(terms.stream().map(term -> term.times(divisor).expression()).toList());
        return common.factors().isEmpty() && content.equals(Rational.ONE) ? e
                : product(Stream.concat(factors(common.times(new Monomial(content)).expression()).stream(),
                Stream.of(rest))
                        .filter(factor -> !factor.equals(ONE)).toList());
    }

    static List<Expression> factors(Expression e) {
        return e instanceof Product(var factors) ? factors : List.of(e);
    }

    private static Optional<Expression> smallest(List<Monomial.Factor> powers) {
        if (powers.stream().allMatch(power -> power.exponent() instanceof Number(var n) && n.signum() > 0)) {
            return powers.stream().map(Monomial.Factor::exponent).min(Comparator.comparing(n -> ((Number) n).value()));
        }
        return powers.stream().allMatch(power -> power.exponent().equals(powers.getFirst().exponent()))
                && !(powers.getFirst().exponent() instanceof Number) ? Optional.of(powers.getFirst().exponent())
                : Optional.empty();
    }

    /** The greatest whole number that divides all, 1 if some is a fraction. */
    static Rational content(Collection<Rational> numbers) {
        return numbers.stream().allMatch(Rational::isInteger)
                ? new Rational(numbers.stream().map(Rational::numerator).reduce(BigInteger.ZERO, BigInteger::gcd)
                        .max(BigInteger.ONE), BigInteger.ONE) : Rational.ONE;
    }

    /** The same for expressions that differ only in the order of terms and factors. */
    static String key(Expression e) {
        return switch (e) {
            case Sum(var terms) -> terms.stream().map(Simplifier::key).sorted().toList().toString();
            case Product(var factors) -> "*" + factors.stream().map(Simplifier::key).sorted().toList();
            case Quotient(var n, var d) -> key(n) + "/" + key(d);
            case Power(var base, var exponent) -> "(" + key(base) + ")^(" + key(exponent) + ")";
            case Apply(var f, var x) -> f.plain() + "(" + key(x) + ")";
            case Cases(var a, var b, var c, var d) -> "{" + key(a) + "," + key(b) + "," + key(c) + "," + key(d) + "}";
            case Number _, Constant _, Variable _ -> e.text();
        };
    }
}
