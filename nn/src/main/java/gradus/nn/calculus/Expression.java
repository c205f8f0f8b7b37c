package gradus.nn.calculus;

import gradus.nn.tex.Typeset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A scalar expression as it was written, for symbolic calculus: {@code x.pow(2).times(sin(x))}. Values are immutable;
 * nothing is rearranged before {@link #simplified()} is asked for. The words of {@link Calculus} begin one.
 */
public sealed interface Expression extends Typeset {

    /** An exact number. */
    record Number(Rational value) implements Expression {
        @Override
        public String toString() {
            return text();
        }
    }

    /** Euler's number and the circle's. */
    enum Constant implements Expression {
        E(Math.E), PI(Math.PI);

        final double value;

        Constant(double value) {
            this.value = value;
        }

        @Override
        public String toString() {
            return text();
        }
    }

    /** A variable or a parameter by its name, {@code x}, {@code w_1} or {@code \lambda}. */
    record Variable(String name) implements Expression {
        @Override
        public String toString() {
            return text();
        }
    }

    /** A sum of two terms or more. */
    record Sum(List<Expression> terms) implements Expression {
        public Sum {
            terms = List.copyOf(terms);
        }

        @Override
        public String toString() {
            return text();
        }
    }

    /** A product of two factors or more. */
    record Product(List<Expression> factors) implements Expression {
        public Product {
            factors = List.copyOf(factors);
        }

        @Override
        public String toString() {
            return text();
        }
    }

    /** A fraction. */
    record Quotient(Expression numerator, Expression denominator) implements Expression {
        @Override
        public String toString() {
            return text();
        }
    }

    /** A power; a root is the power 1/2, and the exponential function a power of e. */
    record Power(Expression base, Expression exponent) implements Expression {
        @Override
        public String toString() {
            return text();
        }
    }

    /** A function's value. */
    record Apply(ScalarFunction function, Expression argument) implements Expression {
        @Override
        public String toString() {
            return text();
        }
    }

    /** {@code then} where left > right, {@code otherwise} elsewhere. */
    record Cases(Expression then, Expression otherwise, Expression left, Expression right) implements Expression {
        @Override
        public String toString() {
            return text();
        }
    }

    Number ZERO = number(0);
    Number ONE = number(1);
    Number TWO = number(2);
    Number MINUS_ONE = number(-1);
    Number HALF = new Number(Rational.of(2).reciprocal());

    /** A number; 0.1 means one tenth. Throws {@link IllegalArgumentException} for NaN and infinity. */
    static Number number(double value) {
        return new Number(Rational.of(value));
    }

    static Expression sum(Expression... terms) {
        return sum(List.of(terms));
    }

    /** The sum of any number of terms, 0 for none. */
    static Expression sum(List<Expression> terms) {
        return terms.isEmpty() ? ZERO : terms.size() == 1 ? terms.getFirst() : new Sum(terms);
    }

    static Expression product(Expression... factors) {
        return product(List.of(factors));
    }

    /** The product of any number of factors, 1 for none. */
    static Expression product(List<Expression> factors) {
        return factors.isEmpty() ? ONE : factors.size() == 1 ? factors.getFirst() : new Product(factors);
    }

    default Expression plus(Expression other) {
        return sum(this, other);
    }

    default Expression plus(double number) {
        return number < 0 ? minus(-number) : plus(number(number));
    }

    default Expression minus(Expression other) {
        return sum(this, other.neg());
    }

    default Expression minus(double number) {
        return sum(this, number(-number));
    }

    default Expression times(Expression other) {
        return product(this, other);
    }

    default Expression times(double number) {
        return product(number(number), this);
    }

    /** A fraction; throws {@link ArithmeticException} when the other is the number 0. */
    default Expression div(Expression other) {
        if (other.isZero()) {
            throw new ArithmeticException(this + " is divided by 0\nhelp: a denominator that is not 0 everywhere");
        }
        return new Quotient(this, other);
    }

    default Expression div(double number) {
        return div(number(number));
    }

    default Expression neg() {
        return this instanceof Number(var value) ? new Number(value.negated()) : product(MINUS_ONE, this);
    }

    /**
     * A power; throws {@link ArithmeticException} for 0 to a negative power, and for a negative number to anything but
     * a whole one.
     */
    default Expression pow(Expression exponent) {
        if (isZero() && exponent instanceof Number(var value) && value.signum() < 0) {
            throw new ArithmeticException("0 to the power of " + value + " divides by 0\nhelp: an exponent above 0");
        }
        if (this instanceof Number(var value) && value.signum() < 0
                && !(exponent instanceof Number(var n) && n.isInteger())) {
            throw new ArithmeticException(exponent.equals(HALF) ? "the square root of " + value + " is no real number"
                    + "\nhelp: a number from 0 on" : value + " to the power of " + exponent + " is no real number"
                    + "\nhelp: a base above 0, or a whole exponent");
        }
        return new Power(this, exponent);
    }

    default Expression pow(double exponent) {
        return pow(number(exponent));
    }

    default Expression square() {
        return pow(2);
    }

    /** Throws {@link ArithmeticException} for a negative number. */
    default Expression sqrt() {
        return pow(HALF);
    }

    /** e to this power. */
    default Expression exp() {
        return Constant.E.pow(this);
    }

    /** The natural logarithm; throws {@link ArithmeticException} for a number that is not positive. */
    default Expression log() {
        return of(Elementary.LN);
    }

    /** The logarithm to a base, a number or a name. */
    default Expression log(Expression base) {
        if (base instanceof Number(var value) && (value.signum() <= 0 || value.equals(Rational.ONE))) {
            throw new ArithmeticException("a logarithm cannot have the base " + value
                    + "\nhelp: a positive base other than 1: log(x, number(10))");
        }
        return of(new ScalarFunction.Logarithm(base));
    }

    default Expression sin() {
        return of(Elementary.SIN);
    }

    default Expression cos() {
        return of(Elementary.COS);
    }

    default Expression tan() {
        return of(Elementary.TAN);
    }

    default Expression asin() {
        return of(Elementary.ARCSIN);
    }

    default Expression acos() {
        return of(Elementary.ARCCOS);
    }

    default Expression atan() {
        return of(Elementary.ARCTAN);
    }

    default Expression sinh() {
        return of(Elementary.SINH);
    }

    default Expression cosh() {
        return of(Elementary.COSH);
    }

    default Expression tanh() {
        return of(Elementary.TANH);
    }

    default Expression sigmoid() {
        return of(Elementary.SIGMOID);
    }

    /** ln(1 + eˣ). */
    default Expression softplus() {
        return ONE.plus(exp()).log();
    }

    default Expression erf() {
        return of(Elementary.ERF);
    }

    default Expression relu() {
        return of(Elementary.RELU);
    }

    /** x where x > 0, slope · x elsewhere. */
    default Expression leakyRelu(double slope) {
        return new Cases(this, times(slope), this, ZERO);
    }

    default Expression abs() {
        return of(Elementary.ABS);
    }

    /** −1, 0 or 1. */
    default Expression sign() {
        return of(Elementary.SIGN);
    }

    default Expression maximum(Expression other) {
        return new Cases(this, other, this, other);
    }

    default Expression minimum(Expression other) {
        return new Cases(other, this, this, other);
    }

    /** A function of this; throws {@link ArithmeticException} for a number outside the function's domain. */
    default Expression of(ScalarFunction function) {
        if (this instanceof Number(var value) && Double.isNaN(function.value(value.value(), Map.of()))
                || isZero() && (function == Elementary.LN || function instanceof ScalarFunction.Logarithm)) {
            throw new ArithmeticException(function.plain() + "(" + this + ") is no real number\nhelp: "
                    + (function == Elementary.LN ? "a positive argument" : "an argument in the function's domain"));
        }
        return new Apply(function, this);
    }

    default boolean isZero() {
        return equals(ZERO);
    }

    /** As a person would write it: like terms collected, common factors taken out where that is shorter. */
    default Expression simplified() {
        return Simplifier.simplified(this);
    }

    /** The parts it is made of. */
    default List<Expression> parts() {
        return switch (this) {
            case Number _, Constant _, Variable _ -> List.of();
            case Sum(var terms) -> terms;
            case Product(var factors) -> factors;
            case Quotient(var n, var d) -> List.of(n, d);
            case Power(var base, var exponent) -> List.of(base, exponent);
            case Apply(ScalarFunction.Logarithm(var base), var x) -> List.of(base, x);
            case Apply(var _, var x) -> List.of(x);
            case Cases(var then, var otherwise, var left, var right) -> List.of(then, otherwise, left, right);
        };
    }

    /** The same with other parts. */
    default Expression withParts(UnaryOperator<Expression> f) {
        return switch (this) {
            case Number _, Constant _, Variable _ -> this;
            case Sum(var terms) -> sum(terms.stream().map(f).toList());
            case Product(var factors) -> product(factors.stream().map(f).toList());
            case Quotient(var n, var d) -> f.apply(n).div(f.apply(d));
            case Power(var base, var exponent) -> f.apply(base).pow(f.apply(exponent));
            case Apply(ScalarFunction.Logarithm(var base), var x) -> f.apply(x).log(f.apply(base));
            case Apply(var function, var x) -> f.apply(x).of(function);
            case Cases(var then, var otherwise, var left, var right) ->
                    new Cases(f.apply(then), f.apply(otherwise), f.apply(left), f.apply(right));
        };
    }

    /** The variables in it, in the order in which they are read. */
    default Set<Variable> variables() {
        var found = new LinkedHashSet<Variable>();
        if (this instanceof Variable variable) {
            found.add(variable);
        }
        parts().forEach(part -> found.addAll(part.variables()));
        return found;
    }

    default boolean contains(Variable variable) {
        return equals(variable) || parts().stream().anyMatch(part -> part.contains(variable));
    }

    /** The same with expressions in the place of variables. */
    default Expression with(Map<Variable, ? extends Expression> values) {
        return this instanceof Variable variable && values.containsKey(variable) ? values.get(variable)
                : withParts(part -> part.with(values));
    }

    /**
     * Its value in float64, NaN outside its domain; throws {@link IllegalArgumentException} when a variable has none.
     */
    default double value(Map<Variable, Double> at) {
        return switch (this) {
            case Number(var value) -> value.value();
            case Constant constant -> constant.value;
            case Variable variable -> {
                if (!at.containsKey(variable)) {
                    throw new IllegalArgumentException(variable.name + " has no value among " + at
                            + "\nhelp: give it one, Map.of(variable(\"" + variable.name + "\"), 1.0)");
                }
                yield at.get(variable);
            }
            case Sum(var terms) -> terms.stream().mapToDouble(term -> term.value(at)).reduce(0, Double::sum);
            case Product(var factors) -> factors.stream().mapToDouble(factor -> factor.value(at))
                    .reduce(1, (a, b) -> a * b);
            case Quotient(var n, var d) -> n.value(at) / d.value(at);
            case Power(Constant base, var exponent) when base == Constant.E -> Math.exp(exponent.value(at));
            case Power(var base, var exponent) -> Math.pow(base.value(at), exponent.value(at));
            case Apply(var function, var x) -> function.value(x.value(at), at);
            case Cases(var then, var otherwise, var left, var right) ->
                    (left.value(at) > right.value(at) ? then : otherwise).value(at);
        };
    }

    /** All expressions in it, the innermost first, each once. */
    default Set<Expression> within() {
        var found = new LinkedHashSet<Expression>();
        parts().forEach(part -> found.addAll(part.within()));
        found.add(this);
        return found;
    }

    @Override
    default String tex() {
        return Rendering.TEX.of(this);
    }

    @Override
    default String markdown() {
        return "$" + tex() + "$";
    }

    /** Plain text, {@code x²y + 3xy²}. */
    default String text() {
        return Rendering.PLAIN.of(this);
    }
}
