package gradus.nn.backend;

/** The elementary computations that a backend must know, by name. */
public final class Kernels {

    private Kernels() {
    }

    /** One number to one number; {@code c} is the kernel's constant. */
    public enum Unary {
        NEG, EXP, LOG, SQRT, ABS, SQUARE, TANH, SIGMOID, RELU, SOFTPLUS,
        /** −1, 0 or 1. */
        SIGN,
        /** 1 where x > 0, else 0. */
        STEP,
        /** x + c. */
        ADD,
        /** c x. */
        SCALE,
        /** x to the power of c. */
        POW
    }

    /** Two numbers to one. */
    public enum Binary { ADD, SUB, MUL, DIV, MAX }

    /** How one operand of a binary kernel on {@code outer × inner} elements is laid out. */
    public enum Layout {
        /** All elements. */
        FULL,
        /** {@code inner} elements, repeated for each outer index. */
        ROW,
        /** {@code outer} elements, each repeated along the inner axis. */
        COLUMN
    }

    /** Many numbers to one. */
    public enum Reduction { SUM, MAX }

    /** A row of numbers to a row. */
    public enum RowWise { SOFTMAX, LOG_SOFTMAX }

    /** How momentum enters: the learning rate outside the velocity, inside it, or Nesterov's lookahead. */
    public enum MomentumKind { LR_OUTSIDE, LR_INSIDE, NESTEROV }
}
