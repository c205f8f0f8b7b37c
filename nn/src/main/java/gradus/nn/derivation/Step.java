package gradus.nn.derivation;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.tex.Tex;
import java.util.Optional;

/**
 * One line of a derivation: {@code left = right}.
 *
 * @param left  what is derived
 * @param right its formula, in named tensors
 * @param shape the shape of both
 * @param value its numbers in float64, where they were computed
 * @param rule  the known result that the line cites
 * @param check whether the line is true
 */
public record Step(Kind kind, Tex left, Tex right, Shape shape, Optional<Tensor> value, Optional<Rule> rule, Check check) {

    /** What a line derives. */
    public enum Kind {
        /** A tensor from those before it. */
        FORWARD,
        /** The derivative of one tensor in the one before it. */
        LOCAL,
        /** δ, the gradient of the loss in a named tensor. */
        DELTA,
        /** The gradient of the loss in a parameter. */
        GRADIENT
    }

    @Override
    public String toString() {
        return left + " = " + right + "   " + shape + "   " + check;
    }
}
