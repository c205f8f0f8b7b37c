package gradus.nn.backend;

import gradus.nn.Tensor;
import gradus.nn.backend.Kernels.Binary;
import gradus.nn.backend.Kernels.Layout;
import gradus.nn.backend.Kernels.MomentumKind;
import gradus.nn.backend.Kernels.Reduction;
import gradus.nn.backend.Kernels.RowWise;
import gradus.nn.backend.Kernels.Unary;

/**
 * What computes: a handful of kernels over dense memory, row by row. Operations know shapes and formulas, a backend
 * knows numbers and hardware. Input and output buffers of a call have the same element type.
 */
public interface Backend {

    /** The backend of this process: vectorised where the JDK's Vector API is present, else plain Java. */
    static Backend current() {
        return Chosen.BACKEND;
    }

    String name();

    /** {@code out[i] = f(in[i])} for i &lt; n. */
    void unary(Unary f, double constant, Buffer in, Buffer out, int n);

    /** {@code out[o, i] = f(a[o, i], b[o, i])}, each operand laid out as said. */
    void binary(Binary f, Buffer a, Layout aLayout, Buffer b, Layout bLayout, Buffer out, int outer, int inner);

    /** {@code out[o, i] = reduction over j of in[o, j, i]}, j &lt; n; an empty sum is 0, an empty maximum −∞. */
    void reduce(Reduction reduction, Buffer in, Buffer out, int outer, int n, int inner);

    /** {@code out[r, ·] = f(in[r, ·])} for each of {@code rows} rows of {@code n} elements. */
    void rowWise(RowWise f, Buffer in, Buffer out, int rows, int n);

    /**
     * {@code C = op(A) op(B)}: C is m × n, op(A) m × k, op(B) k × n; {@code transposeA} says that A is stored as k × m,
     * {@code transposeB} that B is stored as n × k. Matrices begin at the offsets.
     */
    void matmul(boolean transposeA, boolean transposeB, int m, int n, int k, Buffer a, int aOffset, Buffer b,
                int bOffset, Buffer c, int cOffset);

    /** {@code out[i] = in[offset + Σ index(i)·strides]}: a view laid out densely. */
    void copy(Buffer in, int offset, int[] dims, int[] strides, Buffer out);

    /** Overwrites parameters and velocity with one step of SGD with momentum; a {@code null} velocity means none. */
    void sgdStep(Tensor theta, Tensor gradient, Tensor velocity, double lr, MomentumKind kind, double beta);

    /** Overwrites parameters and moments with step number {@code step} (from 1) of bias-corrected Adam. */
    void adamStep(Tensor theta, Tensor gradient, Tensor m, Tensor v, double lr, double beta1, double beta2,
                  double epsilon, long step);
}
