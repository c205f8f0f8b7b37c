package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.tex.Tex;
import java.util.List;

/**
 * One operation, whole: what it computes, how gradients flow back through it, how both are written, and on what it is
 * tested. What the reader sees rendered and what the machine computes come from the same object.
 *
 * <p>An operation is stateless; its parameters are the components of its record. To add one: write the record in the
 * file of its family and name it in {@link OpDb}; the tests do the rest.
 */
public interface Op {

    /** The field's name for it, {@code softmax} say. */
    String name();

    /** The result's shape; throws {@link gradus.nn.ShapeException} when the inputs do not fit. */
    Shape shape(Shape... in);

    /** Throws {@link gradus.nn.ShapeException} when the inputs do not fit. */
    default void check(Shape... in) {
        shape(in);
    }

    /** Whether input number {@code i} holds indices, which stay whole numbers. */
    default boolean takesIndices(int i) {
        return false;
    }

    /** Whether it only moves elements, so that int32 stays int32. */
    default boolean movesOnly() {
        return false;
    }

    /**
     * The result. The shapes have been checked; all inputs but indices have the same element type. It runs kernels or other
     * operations and looks at no number itself, so that a recording of the kernels does the same again.
     */
    Tensor forward(Tensor... in);

    /**
     * The vector–Jacobian products: for each input x the gradient {@code Σ δ ∂out/∂x}, written in tensor operations and so
     * differentiable again; {@code null} for an input that has none or wants none.
     *
     * @param out what {@link #forward} gave
     * @param d   δ, the gradient of the loss in {@code out}, of the same shape
     */
    Tensor[] vjp(Tensor[] in, Tensor out, Tensor d);

    /**
     * The operation applied, as a formula. Every input knows its shape, here and below; a test reads each formula back,
     * evaluates it and compares.
     */
    Tex tex(Tex... in);

    /**
     * For each input the derivative of the result in it, in terms of inputs and result. It is evaluated where elements stay
     * apart; elsewhere it is the Jacobian in the usual shorthand, {@code \cdot} being what it is applied to.
     */
    Tex[] localTex(Tex[] in, Tex out);

    /**
     * For each input its gradient in terms of δ: what {@link #vjp} computes. As written here, for an operation on elements:
     * δ ⊙ the local derivative, summed where the input was broadcast.
     */
    default Tex[] backTex(Tex[] in, Tex out, Tex d) {
        var local = localTex(in, out);
        var back = new Tex[local.length];
        for (int i = 0; i < local.length; i++) {
            back[i] = d.chain(local[i]).summed(out.shape(), in[i].shape());
        }
        return back;
    }

    /** What formulas speak of. */
    enum Formulas {
        /** The tensors as they are. */
        OF_ALL,
        /** Each matrix; axes before the last two are a batch. */
        OF_EACH_MATRIX,
        /** No numbers: they only name what no formula gives, sorting or a factorisation, and nothing checks them. */
        NAMES
    }

    /** What the formulas of this operation speak of; a test evaluates them accordingly. */
    default Formulas formulas() {
        return Formulas.OF_ALL;
    }

    /** Inputs on which this operation is tested, float64; kinks at a safe distance. */
    List<Tensor[]> samples();

    /** Shapes that it must refuse. */
    default List<Shape[]> misfits() {
        return List.of();
    }

    /** Whether the second derivative exists and is worth checking. */
    default boolean twiceDifferentiable() {
        return true;
    }
}
