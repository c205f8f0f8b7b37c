package gradus.nn.backend;

import java.util.List;
import java.util.function.BiFunction;

/**
 * The scalar functions that backends know, from which all elementwise operations are made. Each says how it is derived;
 * a kink's derivative is 0 unless said otherwise.
 */
public enum Fn {

    NEG(1, (x, y) -> List.of(Expr.constant(-1))),
    /** |x|, with derivative 0 at 0. */
    ABS(1, (x, y) -> List.of(x[0].sign())),
    /** −1, 0 or 1. */
    SIGN(1, (x, y) -> List.of(Expr.ZERO)),
    SQUARE(1, (x, y) -> List.of(x[0].times(2))),
    SQRT(1, (x, y) -> List.of(y.reciprocal().times(0.5))),
    RECIPROCAL(1, (x, y) -> List.of(y.square().neg())),
    /** 1/√x. */
    RSQRT(1, (x, y) -> List.of(y.times(y.square()).times(-0.5))),
    EXP(1, (x, y) -> List.of(y)),
    /** eˣ − 1. */
    EXPM1(1, (x, y) -> List.of(y.plus(1))),
    LOG(1, (x, y) -> List.of(x[0].reciprocal())),
    /** ln(1 + x). */
    LOG1P(1, (x, y) -> List.of(Expr.ONE.plus(x[0]).reciprocal())),
    LOG2(1, (x, y) -> List.of(x[0].reciprocal().times(1 / Math.log(2)))),
    LOG10(1, (x, y) -> List.of(x[0].reciprocal().times(1 / Math.log(10)))),
    /** 2/√π ∫₀ˣ e^{−t²} dt. */
    ERF(1, (x, y) -> List.of(x[0].square().neg().exp().times(2 / Math.sqrt(Math.PI)))),
    SIN(1, (x, y) -> List.of(x[0].cos())),
    COS(1, (x, y) -> List.of(x[0].sin().neg())),
    TAN(1, (x, y) -> List.of(Expr.ONE.plus(y.square()))),
    ASIN(1, (x, y) -> List.of(Expr.ONE.minus(x[0].square()).rsqrt())),
    ACOS(1, (x, y) -> List.of(Expr.ONE.minus(x[0].square()).rsqrt().neg())),
    ATAN(1, (x, y) -> List.of(Expr.ONE.plus(x[0].square()).reciprocal())),
    SINH(1, (x, y) -> List.of(x[0].cosh())),
    COSH(1, (x, y) -> List.of(x[0].sinh())),
    TANH(1, (x, y) -> List.of(Expr.ONE.minus(y.square()))),
    /** 1/(1 + e⁻ˣ). */
    SIGMOID(1, (x, y) -> List.of(y.times(Expr.ONE.minus(y)))),
    /** ln(1 + eˣ). */
    SOFTPLUS(1, (x, y) -> List.of(x[0].sigmoid())),
    /** The nearest whole number, of two the even one. */
    RINT(1, (x, y) -> List.of(Expr.ZERO)),
    FLOOR(1, (x, y) -> List.of(Expr.ZERO)),
    CEIL(1, (x, y) -> List.of(Expr.ZERO)),
    /** The next whole number towards 0. */
    TRUNC(1, (x, y) -> List.of(Expr.ZERO)),

    ADD(2, (x, y) -> List.of(Expr.ONE, Expr.ONE)),
    SUB(2, (x, y) -> List.of(Expr.ONE, Expr.constant(-1))),
    MUL(2, (x, y) -> List.of(x[1], x[0])),
    DIV(2, (x, y) -> List.of(x[1].reciprocal(), y.div(x[1]).neg())),
    /** The larger, NaN if one is; at a tie half of the derivative each. */
    MAX(2, (x, y) -> List.of(share(x[0].gt(x[1]), x[0].eq(x[1])), share(x[1].gt(x[0]), x[0].eq(x[1])))),
    /** The smaller, NaN if one is; at a tie half of the derivative each. */
    MIN(2, (x, y) -> List.of(share(x[0].lt(x[1]), x[0].eq(x[1])), share(x[1].lt(x[0]), x[0].eq(x[1])))),
    /** x to the power of y; both derivatives at x = y = 0 are taken as 0. */
    POW(2, (x, y) -> List.of(x[1].eq(Expr.ZERO).select(Expr.ZERO, x[1].times(x[0].pow(x[1].minus(1)))),
            x[0].eq(Expr.ZERO).select(Expr.ZERO, y.times(x[0].log())))),
    /** x − ⌊x/y⌋ y exactly: what whole multiples of y leave, with y's sign. */
    REMAINDER(2, (x, y) -> List.of(Expr.ONE, x[0].div(x[1]).floor().neg())),
    /** The angle of the point (y, x): its first argument is the ordinate. */
    ATAN2(2, (x, y) -> List.of(x[1].div(x[0].square().plus(x[1].square())),
            x[0].div(x[0].square().plus(x[1].square())).neg())),
    /** 1 where x > y, else 0. */
    GT(2, (x, y) -> List.of(Expr.ZERO, Expr.ZERO)),
    /** 1 where x ≥ y, else 0. */
    GE(2, (x, y) -> List.of(Expr.ZERO, Expr.ZERO)),
    /** 1 where x = y, else 0. */
    EQ(2, (x, y) -> List.of(Expr.ZERO, Expr.ZERO)),

    /** y where x is not 0, else z. */
    SELECT(3, (x, y) -> List.of(Expr.ZERO, x[0].select(Expr.ONE, Expr.ZERO), x[0].select(Expr.ZERO, Expr.ONE)));

    private final int arity;
    private final BiFunction<Expr[], Expr, List<Expr>> derivatives;

    Fn(int arity, BiFunction<Expr[], Expr, List<Expr>> derivatives) {
        this.arity = arity;
        this.derivatives = derivatives;
    }

    private static Expr share(Expr wins, Expr ties) {
        return wins.plus(ties.times(0.5));
    }

    /** How many arguments it takes. */
    public int arity() {
        return arity;
    }

    /** The derivative in each argument, in terms of the arguments and of the value y. */
    public List<Expr> derivatives(Expr[] arguments, Expr y) {
        return derivatives.apply(arguments, y);
    }
}
