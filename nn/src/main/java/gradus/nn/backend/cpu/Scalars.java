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
            case EXP -> FloatMath.exp(a);
            case LOG -> FloatMath.log(a);
            case TANH -> FloatMath.tanh(a);
            case SIGMOID -> FloatMath.sigmoid(a);
            case SOFTPLUS -> FloatMath.softplus(a);
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
            case POW -> (float) StrictMath.pow(a, b);
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
            case EXP -> StrictMath.exp(a);
            case LOG -> StrictMath.log(a);
            case TANH -> StrictMath.tanh(a);
            case SIGMOID -> 1 / (1 + StrictMath.exp(-a));
            case SOFTPLUS -> Math.max(a, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(a)));
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
            case POW -> StrictMath.pow(a, b);
            case GT -> a > b ? 1 : 0;
            case GE -> a >= b ? 1 : 0;
            case EQ -> a == b ? 1 : 0;
            case SELECT -> a != 0 ? b : c;
        };
    }
}
