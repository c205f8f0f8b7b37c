package gradus.nn.calculus;

import java.util.List;

/**
 * The words of symbolic calculus, for {@code import static gradus.nn.calculus.Calculus.*} beside {@link
 * gradus.nn.Nn}'s, whose {@code derive(x -> sin(x).exp())} takes functions of x, and of x and y.
 */
public final class Calculus {

    private Calculus() {
    }

    /** Euler's number. */
    public static Expression e() {
        return Expression.Constant.E;
    }

    /** The circle's number. */
    public static Expression pi() {
        return Expression.Constant.PI;
    }

    /**
     * A variable or a parameter by its name: {@code x}, {@code w_1}, {@code λ} or {@code \lambda}, {@code \hat{y}}.
     *
     * @throws IllegalArgumentException when it is no such name, or e, which is Euler's number
     */
    public static Expression.Variable variable(String name) {
        if (!name.matches("(\\p{L}|\\\\[A-Za-z]+|\\\\hat\\{\\p{L}\\}|\\p{L}{2,})(_(\\w|\\{\\w+\\}|\\d+))?")
                || name.equals("e")
                || name.matches("π|\\\\pi")) {
            throw new IllegalArgumentException("\"" + name + "\" cannot be the name of a variable"
                    + "\nhelp: a letter, a Greek letter or a word, with an index if need be: x, λ, w_1; the numbers are e() and pi()");
        }
        return new Expression.Variable(name.replaceAll("[{}]", "").startsWith("\\hat") ? name
                : name.replaceAll("_\\{(.*)\\}", "_$1"));
    }

    /** An unknown function of this name at x, for rules as such: {@code function("f", x).times(function("g", x))}. */
    public static Expression function(String name, Expression x) {
        return x.of(new ScalarFunction.Unknown(variable(name).name(), 0));
    }

    /** A number; 0.1 means one tenth. */
    public static Expression number(double value) {
        return Expression.number(value);
    }

    public static Expression sqrt(Expression x) {
        return x.sqrt();
    }

    /** e to the power of x. */
    public static Expression exp(Expression x) {
        return x.exp();
    }

    /** The natural logarithm. */
    public static Expression ln(Expression x) {
        return x.log();
    }

    /** The logarithm of x to a base. */
    public static Expression log(Expression base, Expression x) {
        return x.log(base);
    }

    public static Expression sin(Expression x) {
        return x.sin();
    }

    public static Expression cos(Expression x) {
        return x.cos();
    }

    public static Expression tan(Expression x) {
        return x.tan();
    }

    public static Expression sinh(Expression x) {
        return x.sinh();
    }

    public static Expression cosh(Expression x) {
        return x.cosh();
    }

    public static Expression tanh(Expression x) {
        return x.tanh();
    }

    public static Expression arctan(Expression x) {
        return x.atan();
    }

    /** 1 / (1 + e⁻ˣ). */
    public static Expression sigmoid(Expression x) {
        return x.sigmoid();
    }

    /** max(0, x). */
    public static Expression relu(Expression x) {
        return x.relu();
    }

    public static Expression abs(Expression x) {
        return x.abs();
    }

    public static Expression max(Expression a, Expression b) {
        return a.maximum(b);
    }

    public static Expression min(Expression a, Expression b) {
        return a.minimum(b);
    }

    /** A function of three variables, x, y and z. */
    @FunctionalInterface
    public interface Ternary {
        Expression apply(Expression x, Expression y, Expression z);
    }

    /** The calculus of a function of x, y and z. */
    public static ScalarDerivation derive(Ternary f) {
        var xyz = new Expression.Variable[] {variable("x"), variable("y"), variable("z")};
        return ScalarDerivation.of(f.apply(xyz[0], xyz[1], xyz[2]), xyz);
    }

    /**
     * The calculus of an expression in these variables, the others being parameters; in all of them if none are given.
     */
    public static ScalarDerivation derive(Expression f, Expression.Variable... variables) {
        return ScalarDerivation.of(f, variables);
    }

    /**
     * The matrix of the derivatives of several functions, a row for each, a column for each variable as they are read.
     */
    public static Calculation jacobian(Expression... functions) {
        return ScalarDerivation.jacobian(List.of(functions));
    }
}
