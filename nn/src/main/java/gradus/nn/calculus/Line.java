package gradus.nn.calculus;

import gradus.nn.derivation.Check;

/**
 * One line of a calculation.
 *
 * @param left     what is equal; empty where the line continues the one before
 * @param right    its formula
 * @param rounded  whether right is rounded, and so the line reads ≈
 * @param rule     the rules by which it follows
 * @param check    whether it is true
 */
public record Line(Written left, Written right, boolean rounded, String rule, Check check) {

    Line(Written left, Written right, String rule, Check check) {
        this(left, right, false, rule, check);
    }

    /** {@code f'(x) = 2x}. */
    @Override
    public String toString() {
        return (left.text() + (rounded ? " ≈ " : " = ") + right.text()).strip();
    }
}
