package gradus.nn.backend.opencl;

import static org.jocl.CL.clSetKernelArg;

import java.util.Arrays;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;

/**
 * A compiled kernel and the arguments that it was given last: setting one costs a microsecond, so what is unchanged is not
 * set again. Not safe for several threads: {@link DeviceQueue} guards it.
 */
final class DeviceKernel {

    private static final int MOST_ARGUMENTS = 8;

    final cl_kernel kernel;
    private Object[] last = new Object[MOST_ARGUMENTS];
    private int count;

    DeviceKernel(cl_kernel kernel) {
        this.kernel = kernel;
    }

    /** Begins anew with the first argument. */
    DeviceKernel with() {
        count = 0;
        return this;
    }

    /** The next argument: memory. */
    DeviceKernel memory(MemoryPool.Block block) {
        if (next() != block) {
            clSetKernelArg(kernel, count, Sizeof.cl_mem, block.pointer);
            last[count] = block;
        }
        count++;
        return this;
    }

    /** The next argument: a number, or a struct of numbers. */
    DeviceKernel ints(int... values) {
        if (!(next() instanceof int[] before && Arrays.equals(before, values))) {
            clSetKernelArg(kernel, count, (long) Integer.BYTES * values.length, Pointer.to(values));
            last[count] = values;
        }
        count++;
        return this;
    }

    /** The next argument: a struct of float32 numbers. */
    DeviceKernel floats(float... values) {
        if (!(next() instanceof float[] before && Arrays.equals(before, values))) {
            clSetKernelArg(kernel, count, (long) Float.BYTES * values.length, Pointer.to(values));
            last[count] = values;
        }
        count++;
        return this;
    }

    /** The next argument: a struct of float64 numbers. */
    DeviceKernel doubles(double... values) {
        if (!(next() instanceof double[] before && Arrays.equals(before, values))) {
            clSetKernelArg(kernel, count, (long) Double.BYTES * values.length, Pointer.to(values));
            last[count] = values;
        }
        count++;
        return this;
    }

    private Object next() {
        if (count == last.length) {
            last = Arrays.copyOf(last, 2 * count);
        }
        return last[count];
    }
}
