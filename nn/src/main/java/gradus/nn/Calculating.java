package gradus.nn;

import gradus.nn.op.Arithmetic;
import gradus.nn.op.Elementwise.Rounding.Direction;
import gradus.nn.op.Elementwise;
import gradus.nn.op.Trigonometric;

/** The verbs of {@link Tensor} that compute element by element; those of two tensors broadcast by NumPy's rule. */
sealed interface Calculating permits Tensor {

    private Tensor x() {
        return (Tensor) this;
    }

    // ---- arithmetic; each broadcasts by NumPy's rule ----

    default Tensor plus(Tensor other) {
        return Tensor.apply(new Arithmetic.Add(), x(), other);
    }

    default Tensor plus(double number) {
        return Tensor.apply(new Elementwise.AddConstant(number), x());
    }

    default Tensor minus(Tensor other) {
        return Tensor.apply(new Arithmetic.Sub(), x(), other);
    }

    default Tensor minus(double number) {
        return plus(-number);
    }

    /** The elementwise product; for the matrix product see {@link Tensor#matmul}. */
    default Tensor times(Tensor other) {
        return Tensor.apply(new Arithmetic.Mul(), x(), other);
    }

    default Tensor times(double number) {
        return Tensor.apply(new Elementwise.Scale(number), x());
    }

    default Tensor div(Tensor other) {
        return Tensor.apply(new Arithmetic.Div(), x(), other);
    }

    default Tensor div(double number) {
        return times(1 / number);
    }

    /** The larger of both; at a tie each gets half of the gradient. */
    default Tensor maximum(Tensor other) {
        return Tensor.apply(new Arithmetic.Maximum(), x(), other);
    }

    /** The smaller of both; at a tie each gets half of the gradient. */
    default Tensor minimum(Tensor other) {
        return Tensor.apply(new Arithmetic.Minimum(), x(), other);
    }

    default Tensor pow(double exponent) {
        return Tensor.apply(new Elementwise.Power(exponent), x());
    }

    /** Each element to the power of another; a negative one needs a whole exponent. */
    default Tensor pow(Tensor exponent) {
        return Tensor.apply(new Arithmetic.Pow(), x(), exponent);
    }

    /** What whole multiples of the divisor leave, with its sign: a − ⌊a/b⌋ b. */
    default Tensor remainder(Tensor divisor) {
        return Tensor.apply(new Arithmetic.Remainder(), x(), divisor);
    }

    default Tensor remainder(double divisor) {
        return remainder(x().number(divisor));
    }

    /** The angle of the points with these ordinates and those abscissas, from −π to π. */
    default Tensor atan2(Tensor abscissa) {
        return Tensor.apply(new Arithmetic.Atan2(), x(), abscissa);
    }

    // ---- element by element ----

    default Tensor neg() {
        return Tensor.apply(new Elementwise.Neg(), x());
    }

    default Tensor abs() {
        return Tensor.apply(new Elementwise.Abs(), x());
    }

    /** −1, 0 or 1. */
    default Tensor sign() {
        return Tensor.apply(new Elementwise.Sign(), x());
    }

    default Tensor square() {
        return Tensor.apply(new Elementwise.Square(), x());
    }

    default Tensor sqrt() {
        return Tensor.apply(new Elementwise.Sqrt(), x());
    }

    /** 1/√x. */
    default Tensor rsqrt() {
        return Tensor.apply(new Elementwise.Rsqrt(), x());
    }

    /** 1/x. */
    default Tensor reciprocal() {
        return pow(-1);
    }

    default Tensor exp() {
        return Tensor.apply(new Elementwise.Exp(), x());
    }

    /** eˣ − 1 without cancellation near 0. */
    default Tensor expm1() {
        return Tensor.apply(new Elementwise.Expm1(), x());
    }

    /** The natural logarithm. */
    default Tensor log() {
        return Tensor.apply(new Elementwise.Log(), x());
    }

    /** The logarithm to this base. */
    default Tensor log(double base) {
        return Tensor.apply(new Elementwise.LogBase(base), x());
    }

    default Tensor log2() {
        return log(2);
    }

    default Tensor log10() {
        return log(10);
    }

    /** ln(1 + x) without cancellation near 0. */
    default Tensor log1p() {
        return Tensor.apply(new Elementwise.Log1p(), x());
    }

    /** The error function. */
    default Tensor erf() {
        return Tensor.apply(new Elementwise.Erf(), x());
    }

    /** Each element, but not below the one number nor above the other; use ±∞ for no limit. */
    default Tensor clip(double low, double high) {
        return Tensor.apply(new Elementwise.Clip(low, high), x());
    }

    /** The greatest whole numbers that are not above. */
    default Tensor floor() {
        return Tensor.apply(new Elementwise.Rounding(Direction.FLOOR), x());
    }

    /** The least whole numbers that are not below. */
    default Tensor ceil() {
        return Tensor.apply(new Elementwise.Rounding(Direction.CEIL), x());
    }

    /** The nearest whole numbers, of two the even one. */
    default Tensor round() {
        return Tensor.apply(new Elementwise.Rounding(Direction.ROUND), x());
    }

    /** The nearest whole numbers towards 0. */
    default Tensor trunc() {
        return Tensor.apply(new Elementwise.Rounding(Direction.TRUNC), x());
    }

    default Tensor sin() {
        return Tensor.apply(new Trigonometric.Sin(), x());
    }

    default Tensor cos() {
        return Tensor.apply(new Trigonometric.Cos(), x());
    }

    default Tensor tan() {
        return Tensor.apply(new Trigonometric.Tan(), x());
    }

    default Tensor asin() {
        return Tensor.apply(new Trigonometric.Asin(), x());
    }

    default Tensor acos() {
        return Tensor.apply(new Trigonometric.Acos(), x());
    }

    default Tensor atan() {
        return Tensor.apply(new Trigonometric.Atan(), x());
    }

    default Tensor sinh() {
        return Tensor.apply(new Trigonometric.Sinh(), x());
    }

    default Tensor cosh() {
        return Tensor.apply(new Trigonometric.Cosh(), x());
    }

    default Tensor tanh() {
        return Tensor.apply(new Trigonometric.Tanh(), x());
    }

    default Tensor asinh() {
        return Tensor.apply(new Trigonometric.Asinh(), x());
    }

    default Tensor acosh() {
        return Tensor.apply(new Trigonometric.Acosh(), x());
    }

    default Tensor atanh() {
        return Tensor.apply(new Trigonometric.Atanh(), x());
    }
}
