package gradus.nn.backend.opencl;

import static org.junit.jupiter.api.Assumptions.abort;

import gradus.nn.DType;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Random;

/** The device that tests run on, and the same kernel run there and on the CPU. */
final class OnDevice {

    /** Whether this runs under Oclgrind, which interprets: sizes are smaller there. */
    static final boolean WATCHED = Boolean.getBoolean("opencl.watched");

    private static OpenClBackend found;

    private OnDevice() {
    }

    /** The first device. Where there is none the test is skipped, unless it is said to be required: then it fails. */
    static synchronized OpenClBackend backend() {
        try {
            found = found != null ? found : (OpenClBackend) OpenCl.device("");
            return found;
        } catch (OpenClException e) {
            if (Boolean.getBoolean("opencl.required")) {
                throw e;
            }
            return abort(e.getMessage());
        }
    }

    /** The outputs of a kernel computed on the CPU and on the device from the same inputs. */
    static double[][][] both(Kernel kernel) {
        var outputs = new double[2][][];
        Backend[] backends = {Backend.cpu(), backend()};
        for (int i = 0; i < 2; i++) {
            Map<Buffer, Buffer> copies = new IdentityHashMap<>();
            var own = kernel.on(buffer -> copies.computeIfAbsent(buffer, OnDevice::copy));
            backends[i].run(own);
            outputs[i] = Arrays.stream(own.writes()).map(OnDevice::numbers).toArray(double[][]::new);
        }
        return outputs;
    }

    private static Buffer copy(Buffer buffer) {
        return switch (buffer.dtype()) {
            case FLOAT32 -> Buffer.of(buffer.floats().clone());
            case FLOAT64 -> Buffer.of(buffer.doubles().clone());
            case INT32 -> Buffer.of(buffer.ints().clone());
        };
    }

    static double[] numbers(Buffer buffer) {
        var numbers = new double[buffer.length()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = buffer.get(i);
        }
        return numbers;
    }

    /** Normal random numbers. */
    static Buffer random(DType dtype, int length, long seed) {
        var random = new Random(seed);
        var buffer = Buffer.allocate(dtype, length);
        for (int i = 0; i < length; i++) {
            buffer.set(i, random.nextGaussian());
        }
        return buffer;
    }

    /** Random indices below {@code size}. */
    static Buffer indices(int length, int size, long seed) {
        return Buffer.of(new Random(seed).ints(length, 0, size).toArray());
    }
}
