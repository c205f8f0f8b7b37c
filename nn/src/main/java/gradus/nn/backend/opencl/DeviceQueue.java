package gradus.nn.backend.opencl;

import static org.jocl.CL.CL_COMPLETE;
import static org.jocl.CL.CL_CONTEXT_PLATFORM;
import static org.jocl.CL.CL_DEVICE_DOUBLE_FP_CONFIG;
import static org.jocl.CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE;
import static org.jocl.CL.CL_DEVICE_MAX_PARAMETER_SIZE;
import static org.jocl.CL.CL_DEVICE_SINGLE_FP_CONFIG;
import static org.jocl.CL.CL_EVENT_COMMAND_EXECUTION_STATUS;
import static org.jocl.CL.CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT;
import static org.jocl.CL.clCreateCommandQueue;
import static org.jocl.CL.clCreateContext;
import static org.jocl.CL.clEnqueueCopyBuffer;
import static org.jocl.CL.clEnqueueFillBuffer;
import static org.jocl.CL.clEnqueueMarkerWithWaitList;
import static org.jocl.CL.clEnqueueNDRangeKernel;
import static org.jocl.CL.clEnqueueReadBuffer;
import static org.jocl.CL.clEnqueueWriteBuffer;
import static org.jocl.CL.clFlush;
import static org.jocl.CL.clGetEventInfo;
import static org.jocl.CL.clReleaseEvent;

import gradus.nn.ShapeException;
import gradus.nn.backend.Buffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_event;

/**
 * A device at work: its context, its memory, its programs, and its one queue, in which commands run in the order given.
 * Commands are given asynchronously; only reading waits. Who uses it from several threads synchronizes on it.
 */
final class DeviceQueue {

    /** Commands are handed on to the device in groups of this many. */
    private static final int FLUSH_AFTER = 64;
    /** And at most this many wait there: a marker is awaited now and then. */
    private static final int WAIT_AFTER = 2048;
    private static final long FIRST_NAP_NANOS = 20_000;
    private static final long LONGEST_NAP_NANOS = 1_000_000;
    /** What an interrupted thread waits for all the same: most results come sooner, and a loop's own check follows. */
    private static final long INTERRUPTED_NANOS = 200_000_000;
    private static final Pointer ZERO = Pointer.to(new int[1]);

    private final Platforms.Device device;
    private final cl_command_queue queue;
    private final MemoryPool pool;
    private final Programs programs;
    private final Buffer wrong = Buffer.of(new int[3]);   // what a gather found outside of its table: (1, index, size)
    private final long largest;
    private final int parameterBytes;
    private final boolean float64;
    private final long[] global = new long[3];
    private final long[] local = new long[3];
    private boolean indexed;   // whether a kernel may have written into it
    private int commands;
    private int awaited;       // the commands known to be done

    DeviceQueue(Platforms.Device device, Optional<Path> programFolder, long memoryLimit) {
        CL.setExceptionsEnabled(true);
        this.device = device;
        var properties = new cl_context_properties();
        properties.addProperty(CL_CONTEXT_PLATFORM, device.platformId());
        cl_context context = clCreateContext(properties, 1, new cl_device_id[] {device.id()}, null, null, null);
        queue = clCreateCommandQueue(context, device.id(), 0, null);
        largest = device.number(CL_DEVICE_MAX_MEM_ALLOC_SIZE, Long.BYTES);
        parameterBytes = (int) device.number(CL_DEVICE_MAX_PARAMETER_SIZE, Long.BYTES);
        float64 = device.number(CL_DEVICE_DOUBLE_FP_CONFIG, Long.BYTES) != 0;
        boolean exactDivision = (device.number(CL_DEVICE_SINGLE_FP_CONFIG, Long.BYTES)
                & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0;
        programs = new Programs(device, context, exactDivision ? "-cl-fp32-correctly-rounded-divide-sqrt" : "",
                programFolder);
        pool = new MemoryPool(this, context, memoryLimit);
    }

    Platforms.Device device() {
        return device;
    }

    MemoryPool pool() {
        return pool;
    }

    boolean hasFloat64() {
        return float64;
    }

    /** Whether a buffer of so many bytes can lie on the device at all. */
    boolean canHold(long bytes) {
        return MemoryPool.sizeClass(bytes) <= largest;
    }

    /** The bytes that a kernel's arguments may have. */
    int parameterBytes() {
        return parameterBytes;
    }

    DeviceKernel kernel(Source source) {
        return programs.kernel(source).with();
    }

    /** Where kernels tell of a wrong index; who reads next hears of it. */
    MemoryPool.Block wrong() {
        var block = holding(wrong);
        wrong.onlyOn(wrong.device());
        indexed = true;
        return block;
    }

    // ---- memory ----

    /** The memory of a buffer with its numbers in it. */
    MemoryPool.Block holding(Buffer buffer) {
        if (buffer.onDevice() && buffer.device() instanceof Allocation memory && memory.device() == this) {
            return memory.block();
        }
        boolean zeros = !buffer.onHost() && !buffer.onDevice();
        var memory = own(buffer);
        if (zeros) {
            fillZeros(memory.block());
        } else if (buffer.length() > 0) {
            await();   // here, where an interrupt is heard
            clEnqueueWriteBuffer(queue, memory.block().memory, true, 0, bytes(buffer), pointer(buffer.array()), 0, null, null);
        }
        buffer.alsoOn(memory);
        return memory.block();
    }

    /** The memory of a buffer whose numbers are about to be replaced. */
    Allocation own(Buffer buffer) {
        return buffer.device() instanceof Allocation memory && memory.device() == this ? memory
                : pool.allocate(buffer.dtype(), buffer.length());
    }

    private static long bytes(Buffer buffer) {
        return (long) buffer.length() * buffer.dtype().bytes();
    }

    private static Pointer pointer(Object array) {
        return switch (array) {
            case float[] floats -> Pointer.to(floats);
            case double[] doubles -> Pointer.to(doubles);
            case int[] ints -> Pointer.to(ints);
            default -> throw new IllegalArgumentException(array.getClass().toString());
        };
    }

    private static long bytes(Object array) {
        return switch (array) {
            case float[] floats -> (long) floats.length * Float.BYTES;
            case double[] doubles -> (long) doubles.length * Double.BYTES;
            case int[] ints -> (long) ints.length * Integer.BYTES;
            default -> throw new IllegalArgumentException(array.getClass().toString());
        };
    }

    private void fillZeros(MemoryPool.Block block) {
        clEnqueueFillBuffer(queue, block.memory, ZERO, Integer.BYTES, 0, block.bytes / Integer.BYTES * Integer.BYTES, 0, null,
                null);
        given();
    }

    /** Copies so many bytes. */
    void copy(MemoryPool.Block from, long fromByte, MemoryPool.Block to, long toByte, long bytes) {
        clEnqueueCopyBuffer(queue, from.memory, to.memory, fromByte, toByte, bytes, 0, null, null);
        given();
    }

    /** Waits for all that was asked for and brings numbers to the host. */
    synchronized void read(MemoryPool.Block block, Object array) {
        await();
        check();
        if (bytes(array) > 0) {
            clEnqueueReadBuffer(queue, block.memory, true, 0, bytes(array), pointer(array), 0, null, null);
        }
    }

    /** Throws what a gather has found. */
    private void check() {
        if (!indexed) {
            return;
        }
        indexed = false;
        var found = wrong.ints();
        if (found[0] != 0) {
            found[0] = 0;
            wrong.arrayChanged();
            throw new ShapeException("index " + found[1] + " is outside of " + found[2]
                    + " entries\nhelp: indices and class labels go from 0 to " + (found[2] - 1));
        }
    }

    // ---- commands ----

    /** Runs so many work items in groups; both along one axis. */
    void run(DeviceKernel kernel, long items, int group) {
        run(kernel, 1, items, 1, 1, group, 1);
    }

    /** Runs work items along up to three axes in groups along two. */
    void run(DeviceKernel kernel, int axes, long x, long y, long z, int groupX, int groupY) {
        global[0] = x;
        global[1] = y;
        global[2] = z;
        local[0] = groupX;
        local[1] = groupY;
        local[2] = 1;
        try {
            clEnqueueNDRangeKernel(queue, kernel.kernel, axes, null, global, local, 0, null, null);
        } catch (CLException e) {
            if (!MemoryPool.isExhaustion(e)) {
                throw failure(e);
            }
            pool.freeIdle();   // a device may take memory only when a command needs it
            await();
            try {
                clEnqueueNDRangeKernel(queue, kernel.kernel, axes, null, global, local, 0, null, null);
            } catch (CLException again) {
                throw failure(again);
            }
        }
        given();
    }

    private void given() {
        commands++;
        if (commands % WAIT_AFTER == 0) {
            await();
        } else if (commands % FLUSH_AFTER == 0) {
            clFlush(queue);
        }
    }

    /** Waits until the device has done all that it was given, in naps that an interrupt ends. */
    private void await() {
        if (awaited == commands) {
            return;
        }
        var done = new cl_event();
        clEnqueueMarkerWithWaitList(queue, 0, null, done);
        clFlush(queue);
        long nap = FIRST_NAP_NANOS;
        long interruptedAt = 0;
        try {
            var status = new int[1];
            while (true) {
                clGetEventInfo(done, CL_EVENT_COMMAND_EXECUTION_STATUS, Integer.BYTES, Pointer.to(status), null);
                if (status[0] <= CL_COMPLETE) {
                    break;
                }
                if (Thread.currentThread().isInterrupted()) {
                    interruptedAt = interruptedAt == 0 ? System.nanoTime() : interruptedAt;
                    if (System.nanoTime() - interruptedAt > INTERRUPTED_NANOS) {
                        throw new CancellationException("interrupted while " + device.name() + " computed; it ends what it"
                                + " has begun");
                    }
                    Thread.onSpinWait();   // an interrupted thread cannot nap
                } else {
                    LockSupport.parkNanos(nap);
                    nap = Math.min(2 * nap, LONGEST_NAP_NANOS);
                }
            }
            awaited = commands;
            if (status[0] < 0) {
                throw failure(new CLException(CL.stringFor_errorCode(status[0]), status[0]));
            }
        } catch (CLException e) {
            throw failure(e);
        } finally {
            clReleaseEvent(done);
        }
    }

    private OpenClException failure(CLException e) {
        return new OpenClException(device.name() + " failed while computing: " + e.getMessage()
                + "\nhelp: what it was to compute is lost; run the cell again, with smaller batches if memory is short");
    }
}
