package gradus.nn.backend.cpu;

import gradus.nn.DType;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import java.util.Arrays;

/** Moving elements between layouts and types. */
final class Copying {

    private Copying() {
    }

    static void run(Kernel.Copy copy) {
        int last = copy.dims().length - 1;
        for (int size : copy.dims()) {
            if (size == 0) {
                return;
            }
        }
        int n = last < 0 ? 1 : copy.dims()[last];
        int inStep = last < 0 ? 1 : copy.inStrides()[last];
        int outStep = last < 0 ? 1 : copy.outStrides()[last];
        int rows = 1;
        for (int axis = 0; axis < last; axis++) {
            rows *= copy.dims()[axis];
        }
        var index = new int[Math.max(0, last)];
        int from = copy.inOffset();
        int to = copy.outOffset();
        for (int row = 0; row < rows; row++) {
            row(copy.in(), from, inStep, copy.out(), to, outStep, n);
            for (int axis = last - 1; axis >= 0; axis--) {   // the next row, as an odometer counts
                from += copy.inStrides()[axis];
                to += copy.outStrides()[axis];
                if (++index[axis] < copy.dims()[axis]) {
                    break;
                }
                from -= copy.dims()[axis] * copy.inStrides()[axis];
                to -= copy.dims()[axis] * copy.outStrides()[axis];
                index[axis] = 0;
            }
        }
    }

    private static void row(Buffer in, int from, int inStep, Buffer out, int to, int outStep, int n) {
        if (in.dtype() != out.dtype()) {
            for (int i = 0; i < n; i++) {
                out.set(to + i * outStep, in.get(from + i * inStep));
            }
        } else if (inStep == 1 && outStep == 1) {
            System.arraycopy(in.array(), from, out.array(), to, n);
        } else if (in.dtype() == DType.FLOAT32) {
            strided(in.floats(), from, inStep, out.floats(), to, outStep, n);
        } else if (in.dtype() == DType.FLOAT64) {
            var x = in.doubles();
            var y = out.doubles();
            for (int i = 0; i < n; i++) {
                y[to + i * outStep] = x[from + i * inStep];
            }
        } else {
            var x = in.ints();
            var y = out.ints();
            for (int i = 0; i < n; i++) {
                y[to + i * outStep] = x[from + i * inStep];
            }
        }
    }

    private static void strided(float[] x, int from, int inStep, float[] y, int to, int outStep, int n) {
        if (inStep == 0 && outStep == 1) {
            Arrays.fill(y, to, to + n, x[from]);
            return;
        }
        for (int i = 0; i < n; i++) {
            y[to + i * outStep] = x[from + i * inStep];
        }
    }
}
