package gradus.nn.calculus;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Optional;

/**
 * An exact fraction in lowest terms, its denominator positive: so that 1/3 stays a third and coefficients cancel.
 *
 * @param numerator   any sign
 * @param denominator at least 1
 */
public record Rational(BigInteger numerator, BigInteger denominator) implements Comparable<Rational> {

    public static final Rational ZERO = of(0);
    public static final Rational ONE = of(1);
    public static final Rational MINUS_ONE = of(-1);

    /** Beyond this many bits a power is left standing as a power. */
    private static final int MAX_BITS = 256;

    public Rational {
        if (denominator.signum() == 0) {
            throw new ArithmeticException(numerator + " is divided by 0\nhelp: a denominator other than 0");
        }
        var common = numerator.gcd(denominator).max(BigInteger.ONE);
        common = denominator.signum() < 0 ? common.negate() : common;
        numerator = numerator.divide(common);
        denominator = denominator.divide(common);
    }

    public static Rational of(long value) {
        return new Rational(BigInteger.valueOf(value), BigInteger.ONE);
    }

    /** The fraction that the decimal digits of a number mean: 0.1 is one tenth. */
    public static Rational of(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("the number " + value
                    + " cannot stand in an expression\nhelp: a finite number");
        }
        var decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        return decimal.scale() <= 0 ? new Rational(decimal.toBigInteger(), BigInteger.ONE)
                : new Rational(decimal.unscaledValue(), BigInteger.TEN.pow(decimal.scale()));
    }

    public Rational plus(Rational other) {
        return new Rational(numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
                denominator.multiply(other.denominator));
    }

    public Rational times(Rational other) {
        return new Rational(numerator.multiply(other.numerator), denominator.multiply(other.denominator));
    }

    public Rational negated() {
        return new Rational(numerator.negate(), denominator);
    }

    /** One over this; throws {@link ArithmeticException} for 0. */
    public Rational reciprocal() {
        return new Rational(denominator, numerator);
    }

    /** The power, if it is a fraction again and of moderate size: 8^(1/3) is 2, the root of 2 is nothing. */
    public Optional<Rational> power(Rational exponent) {
        if (!exponent.isInteger()) {
            return exponent.denominator.bitLength() > 5 || signum() < 0 ? Optional.empty()
                    : root(numerator, exponent.denominator.intValue()).flatMap(n ->
                            root(denominator, exponent.denominator.intValue()).flatMap(d ->
                                    new Rational(n, d).power(new Rational(exponent.numerator, BigInteger.ONE))));
        }
        if (exponent.signum() < 0) {
            return reciprocal().power(exponent.negated());
        }
        if (exponent.signum() == 0) {
            return Optional.of(ONE);
        }
        int bits = Math.max(numerator.bitLength(), denominator.bitLength());
        if (bits <= 1) {   // −1, 0 and 1 have every power
            return Optional.of(exponent.numerator.testBit(0) ? this : times(this));
        }
        return exponent.numerator.bitLength() > 16 || (long) bits * exponent.numerator.intValue() > MAX_BITS
                ? Optional.empty()
                : Optional.of(new Rational(numerator.pow(exponent.numerator.intValue()),
                        denominator.pow(exponent.numerator.intValue())));
    }

    private static Optional<BigInteger> root(BigInteger value, int degree) {
        var near = BigDecimal.valueOf(Math.rint(Math.pow(value.doubleValue(), 1.0 / degree)));
        return near.precision() < 16 && near.toBigInteger().pow(degree).equals(value) ? Optional.of(near.toBigInteger())
                : Optional.empty();
    }

    public boolean isInteger() {
        return denominator.equals(BigInteger.ONE);
    }

    public int signum() {
        return numerator.signum();
    }

    /** Whether a person writes it with a point, 0.01 say, rather than as a fraction as 1/4. */
    boolean isDecimal() {
        var rest = denominator;
        for (var prime : new BigInteger[] {BigInteger.TWO, BigInteger.valueOf(5)}) {
            while (rest.mod(prime).signum() == 0) {
                rest = rest.divide(prime);
            }
        }
        return denominator.compareTo(BigInteger.valueOf(9)) > 0 && rest.equals(BigInteger.ONE);
    }

    public double value() {
        return new BigDecimal(numerator).divide(new BigDecimal(denominator), MathContext.DECIMAL128).doubleValue();
    }

    @Override
    public int compareTo(Rational other) {
        return numerator.multiply(other.denominator).compareTo(other.numerator.multiply(denominator));
    }

    /** {@code 3}, {@code 0.01} or {@code 2/3}. */
    @Override
    public String toString() {
        return isInteger() ? numerator.toString() : isDecimal()
                ? new BigDecimal(numerator).divide(new BigDecimal(denominator)).toPlainString() 
                : numerator + "/" + denominator;
    }
}
