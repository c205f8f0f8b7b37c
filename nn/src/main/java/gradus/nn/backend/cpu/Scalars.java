package gradus.nn.backend.cpu;

import gradus.nn.backend.Fn;

/** Every {@link Fn} of single numbers: what the vectorised loops must equal to the bit. */
final class Scalars {

    private Scalars() {
    }

    static float apply(Fn f, float a, float b, float c) {
        return switch (f) {
            case NEG -> -a;
            case ABS -> Math.abs(a);
            case SIGN -> Math.signum(a);
            case SQUARE -> a * a;
            case SQRT -> (float) Math.sqrt(a);
            case RECIPROCAL -> 1f / a;
            case RSQRT -> FloatMath.rsqrt(a);
            case EXP -> FloatMath.exp(a);
            case EXPM1 -> FloatMath.expm1(a);
            case LOG -> FloatMath.log(a);
            case LOG1P -> FloatMath.log1p(a);
            case LOG2 -> FloatMath.log2(a);
            case LOG10 -> FloatMath.log10(a);
            case ERF -> FloatMath.erf(a);
            case SIN -> FloatMath.sin(a);
            case COS -> FloatMath.cos(a);
            case TAN -> FloatMath.tan(a);
            case ASIN -> FloatMath.asin(a);
            case ACOS -> FloatMath.acos(a);
            case ATAN -> FloatMath.atan(a);
            case SINH -> FloatMath.sinh(a);
            case COSH -> FloatMath.cosh(a);
            case TANH -> FloatMath.tanh(a);
            case SIGMOID -> FloatMath.sigmoid(a);
            case SOFTPLUS -> FloatMath.softplus(a);
            case RINT -> FloatMath.rint(a);
            case FLOOR -> FloatMath.floor(a);
            case CEIL -> FloatMath.ceil(a);
            case TRUNC -> FloatMath.trunc(a);
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
            case POW -> FloatMath.pow(a, b);
            case REMAINDER -> FloatMath.remainder(a, b);
            case ATAN2 -> FloatMath.atan2(a, b);
            case GT -> a > b ? 1f : 0f;
            case GE -> a >= b ? 1f : 0f;
            case EQ -> a == b ? 1f : 0f;
            case SELECT -> a != 0f ? b : c;
        };
    }

    static double apply(Fn f, double a, double b, double c) {
        return switch (f) {
            case NEG -> -a;
            case ABS -> Math.abs(a);
            case SIGN -> Math.signum(a);
            case SQUARE -> a * a;
            case SQRT -> Math.sqrt(a);
            case RECIPROCAL -> 1 / a;
            case RSQRT -> 1 / Math.sqrt(a);
            case EXP -> StrictMath.exp(a);
            case EXPM1 -> StrictMath.expm1(a);
            case LOG -> StrictMath.log(a);
            case LOG1P -> StrictMath.log1p(a);
            case LOG2 -> DoubleMath.log2(a);
            case LOG10 -> StrictMath.log10(a);
            case ERF -> DoubleMath.erf(a);
            case SIN -> StrictMath.sin(a);
            case COS -> StrictMath.cos(a);
            case TAN -> StrictMath.tan(a);
            case ASIN -> StrictMath.asin(a);
            case ACOS -> StrictMath.acos(a);
            case ATAN -> StrictMath.atan(a);
            case SINH -> StrictMath.sinh(a);
            case COSH -> StrictMath.cosh(a);
            case TANH -> StrictMath.tanh(a);
            case SIGMOID -> DoubleMath.sigmoid(a);
            case SOFTPLUS -> Math.max(a, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(a)));
            case RINT -> Math.rint(a);
            case FLOOR -> Math.floor(a);
            case CEIL -> Math.ceil(a);
            case TRUNC -> a < 0 ? Math.ceil(a) : Math.floor(a);
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
            case POW -> StrictMath.pow(a, b);
            case REMAINDER -> DoubleMath.remainder(a, b);
            case ATAN2 -> StrictMath.atan2(a, b);
            case GT -> a > b ? 1 : 0;
            case GE -> a >= b ? 1 : 0;
            case EQ -> a == b ? 1 : 0;
            case SELECT -> a != 0 ? b : c;
        };
    }
}
