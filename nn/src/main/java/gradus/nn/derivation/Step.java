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

    /** The same with indices on the left, {@code z[i, j] = …}, where the formula is that of one element. */
    Step indexed() {
        if (!FreeIndices.of(left).isEmpty()) {
            return this;
        }
        var text = left.text();
        int name = text.lastIndexOf("\\partial ") + 9;
        var of = text.startsWith("\\frac{\\partial ") ? Tex.atom(text.substring(0, name)
                + FreeIndices.put(Tex.atom(text.substring(name, text.length() - 1)), shape, right) + "}")
                : FreeIndices.put(left, shape, right);
        return new Step(kind, of, right, shape, value, rule, check);
    }

    @Override
    public String toString() {
        return left + " = " + right + "   " + shape + "   " + check;
    }
}
