package gradus.nn.backend;

import java.util.HashMap;
import java.util.Map;

/**
 * A scalar function of some inputs, as an expression: what an elementwise operation computes at each element. From it come
 * the loops of the CPU, the source text for OpenCL, fused chains, and derivatives of any order.
 *
 * <p>Expressions compare by value. Those with constants simplify as they are made: x + 0, 1 x, 0 x, −(−x).
 */
public sealed interface Expr {

    Expr ZERO = new Constant(0);
    Expr ONE = new Constant(1);

    /** Input number {@code index}. */
    record Input(int index) implements Expr {
    }

    record Constant(double value) implements Expr {
    }

    /** A function of one, two or three expressions; the unused arguments are {@link #ZERO}. */
    record Call(Fn f, Expr a, Expr b, Expr c) implements Expr {

        private Expr[] arguments() {
            return switch (f.arity()) {
                case 1 -> new Expr[] {a};
                case 2 -> new Expr[] {a, b};
                default -> new Expr[] {a, b, c};
            };
        }
    }

    static Expr input(int index) {
        return new Input(index);
    }

    static Expr constant(double value) {
        return value == 0 ? ZERO : value == 1 ? ONE : new Constant(value);
    }

    private static Expr call(Fn f, Expr a) {
        return new Call(f, a, ZERO, ZERO);
    }

    private static Expr call(Fn f, Expr a, Expr b) {
        return new Call(f, a, b, ZERO);
    }

    private boolean is(double value) {
        return this instanceof Constant(var v) && v == value;
    }

    // ---- functions ----

    default Expr plus(Expr other) {
        return is(0) ? other : other.is(0) ? this
                : this instanceof Constant(var a) && other instanceof Constant(var b) ? constant(a + b)
                : call(Fn.ADD, this, other);
    }

    default Expr plus(double number) {
        return plus(constant(number));
    }

    default Expr minus(Expr other) {
        return other.is(0) ? this : is(0) ? other.neg()
                : this instanceof Constant(var a) && other instanceof Constant(var b) ? constant(a - b)
                : call(Fn.SUB, this, other);
    }

    default Expr minus(double number) {
        return minus(constant(number));
    }

    default Expr times(Expr other) {
        return is(0) || other.is(0) ? ZERO : is(1) ? other : other.is(1) ? this : is(-1) ? other.neg()
                : other.is(-1) ? neg()
                : this instanceof Constant(var a) && other instanceof Constant(var b) ? constant(a * b)
                : call(Fn.MUL, this, other);
    }

    default Expr times(double number) {
        return times(constant(number));
    }

    default Expr div(Expr other) {
        return other.is(1) ? this : call(Fn.DIV, this, other);
    }

    default Expr neg() {
        return this instanceof Constant(var v) ? constant(-v)
                : this instanceof Call(var f, var x, _, _) && f == Fn.NEG ? x : call(Fn.NEG, this);
    }

    default Expr abs() {
        return call(Fn.ABS, this);
    }

    default Expr sign() {
        return call(Fn.SIGN, this);
    }

    default Expr square() {
        return call(Fn.SQUARE, this);
    }

    default Expr sqrt() {
        return call(Fn.SQRT, this);
    }

    default Expr reciprocal() {
        return call(Fn.RECIPROCAL, this);
    }

    default Expr exp() {
        return call(Fn.EXP, this);
    }

    default Expr log() {
        return call(Fn.LOG, this);
    }

    default Expr rsqrt() {
        return call(Fn.RSQRT, this);
    }

    default Expr expm1() {
        return call(Fn.EXPM1, this);
    }

    default Expr log1p() {
        return call(Fn.LOG1P, this);
    }

    default Expr log2() {
        return call(Fn.LOG2, this);
    }

    default Expr log10() {
        return call(Fn.LOG10, this);
    }

    default Expr erf() {
        return call(Fn.ERF, this);
    }

    default Expr sin() {
        return call(Fn.SIN, this);
    }

    default Expr cos() {
        return call(Fn.COS, this);
    }

    default Expr tan() {
        return call(Fn.TAN, this);
    }

    default Expr asin() {
        return call(Fn.ASIN, this);
    }

    default Expr acos() {
        return call(Fn.ACOS, this);
    }

    default Expr atan() {
        return call(Fn.ATAN, this);
    }

    default Expr sinh() {
        return call(Fn.SINH, this);
    }

    default Expr cosh() {
        return call(Fn.COSH, this);
    }

    default Expr tanh() {
        return call(Fn.TANH, this);
    }

    default Expr sigmoid() {
        return call(Fn.SIGMOID, this);
    }

    default Expr softplus() {
        return call(Fn.SOFTPLUS, this);
    }

    default Expr rint() {
        return call(Fn.RINT, this);
    }

    default Expr floor() {
        return call(Fn.FLOOR, this);
    }

    default Expr ceil() {
        return call(Fn.CEIL, this);
    }

    default Expr trunc() {
        return call(Fn.TRUNC, this);
    }

    default Expr max(Expr other) {
        return call(Fn.MAX, this, other);
    }

    default Expr min(Expr other) {
        return call(Fn.MIN, this, other);
    }

    default Expr pow(Expr exponent) {
        return exponent.is(1) ? this : exponent.is(2) ? square() : exponent.is(0.5) ? sqrt()
                : exponent.is(-1) ? reciprocal() : exponent.is(-0.5) ? rsqrt() : exponent.is(0) ? ONE : call(Fn.POW, this, exponent);
    }

    default Expr remainder(Expr divisor) {
        return call(Fn.REMAINDER, this, divisor);
    }

    /** The angle of the point whose ordinate this is. */
    default Expr atan2(Expr abscissa) {
        return call(Fn.ATAN2, this, abscissa);
    }

    default Expr gt(Expr other) {
        return call(Fn.GT, this, other);
    }

    default Expr ge(Expr other) {
        return call(Fn.GE, this, other);
    }

    default Expr lt(Expr other) {
        return other.gt(this);
    }

    default Expr le(Expr other) {
        return other.ge(this);
    }

    default Expr eq(Expr other) {
        return this instanceof Constant(var a) && other instanceof Constant(var b) ? constant(a == b ? 1 : 0)
                : call(Fn.EQ, this, other);
    }

    /** One where this is not 0, else the other. */
    default Expr select(Expr then, Expr otherwise) {
        return then.equals(otherwise) ? then : this instanceof Constant ? is(0) ? otherwise : then : new Call(Fn.SELECT, this, then, otherwise);
    }

    // ---- calculus ----

    /** The derivative in one input. */
    default Expr derivative(int input) {
        return derivative(input, this);
    }

    /** The same in terms of the inputs and of y, which stands for the value of this expression. */
    default Expr derivative(int input, Expr y) {
        return derivative(this, y, input, new HashMap<>());
    }

    private static Expr derivative(Expr e, Expr y, int input, Map<Expr, Expr> known) {
        return switch (e) {
            case Input(var index) -> index == input ? ONE : ZERO;
            case Constant _ -> ZERO;
            case Call call -> {
                var found = known.get(call);
                if (found == null) {
                    var arguments = call.arguments();
                    var outer = call.f.derivatives(arguments, y);
                    found = ZERO;
                    for (int i = 0; i < arguments.length; i++) {
                        found = found.plus(outer.get(i).times(derivative(arguments[i], arguments[i], input, known)));
                    }
                    known.put(call, found);
                }
                yield found;
            }
        };
    }

    /** The same with other expressions for the inputs. */
    default Expr with(Expr... inputs) {
        return switch (this) {
            case Input(var index) -> inputs[index];
            case Constant constant -> constant;
            case Call(var f, var a, var b, var c) -> new Call(f, a.with(inputs), b.with(inputs), c.with(inputs));
        };
    }
}
