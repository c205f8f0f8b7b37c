package gradus.nn.backend;

import gradus.nn.DType;
import gradus.nn.MemoryException;

/**
 * The memory behind tensors; several tensors may be views of one. Its numbers lie in a Java array, in the memory of a
 * device, or in both with the same contents.
 */
public final class Buffer {

    /** Numbers that lie elsewhere than in a Java array. */
    public interface DeviceMemory {

        /** Writes all numbers into this array, which has the buffer's type and length. */
        void download(Object array);
    }

    private final DType dtype;
    private final int length;
    private volatile Object array; // float[], double[] or int[]; null while only the device has the numbers
    private DeviceMemory device;   // memory of its own on a device, null if it never needed any
    private boolean onDevice;      // whether that memory holds the numbers
    private int version;

    private Buffer(DType dtype, int length, Object array) {
        this.dtype = dtype;
        this.length = length;
        this.array = array;
    }

    /** New memory, all zeros. */
    public static Buffer allocate(DType dtype, int length) {
        return new Buffer(dtype, length, null);
    }

    /** Memory for float32; keeps the array. */
    public static Buffer of(float[] array) {
        return new Buffer(DType.FLOAT32, array.length, array);
    }

    /** Memory for float64; keeps the array. */
    public static Buffer of(double[] array) {
        return new Buffer(DType.FLOAT64, array.length, array);
    }

    /** Memory for int32; keeps the array. */
    public static Buffer of(int[] array) {
        return new Buffer(DType.INT32, array.length, array);
    }

    public DType dtype() {
        return dtype;
    }

    public int length() {
        return length;
    }

    /** The numbers of a float32 buffer; who writes into them calls {@link #arrayChanged}. */
    public float[] floats() {
        return (float[]) array();
    }

    /** The numbers of a float64 buffer; who writes into them calls {@link #arrayChanged}. */
    public double[] doubles() {
        return (double[]) array();
    }

    /** The numbers of an int32 buffer; who writes into them calls {@link #arrayChanged}. */
    public int[] ints() {
        return (int[]) array();
    }

    /** The numbers as an array of the type's kind, brought from the device when they are only there. */
    public Object array() {
        if (array == null) {
            materialize();
        }
        return array;
    }

    /** Once only: the threads of one kernel may all be the first to ask. */
    private synchronized void materialize() {
        if (array == null) {
            var fresh = zeros();
            if (onDevice) {
                device.download(fresh);
            }
            array = fresh;
        }
    }

    private Object zeros() {
        try {
            return switch (dtype) {
                case FLOAT32 -> new float[length];
                case FLOAT64 -> new double[length];
                case INT32 -> new int[length];
            };
        } catch (OutOfMemoryError e) {
            throw MemoryException.of(dtype, length, e);
        }
    }

    /** The array holds new numbers: what a device has is stale. */
    public void arrayChanged() {
        if (array != null) {   // else nobody has touched it
            onDevice = false;
        }
    }

    /** Lets other memory of the same type and length stand behind this buffer. */
    public void rebind(Object newArray) {
        array = newArray;
        onDevice = false;
    }

    /** Whether the numbers lie in an array; those that lie nowhere are zeros. */
    public boolean onHost() {
        return array != null;
    }

    /** Whether the numbers lie in {@link #device}. */
    public boolean onDevice() {
        return onDevice;
    }

    /** The memory that this buffer has on a device, {@code null} if it has none; it is kept while its numbers are stale. */
    public DeviceMemory device() {
        return device;
    }

    /** A device has a copy of the numbers. */
    public void alsoOn(DeviceMemory memory) {
        device = memory;
        onDevice = true;
    }

    /** A device holds new numbers: the array is stale and goes. */
    public void onlyOn(DeviceMemory memory) {
        alsoOn(memory);
        array = null;
    }

    /** How often the numbers were changed in place. */
    public int version() {
        return version;
    }

    /** The numbers were changed in place: gradients that still need the old ones must be refused. */
    public void changedInPlace() {
        version++;
    }

    public double get(int index) {
        return switch (dtype) {
            case FLOAT32 -> floats()[index];
            case FLOAT64 -> doubles()[index];
            case INT32 -> ints()[index];
        };
    }

    public void set(int index, double value) {
        switch (dtype) {
            case FLOAT32 -> floats()[index] = (float) value;
            case FLOAT64 -> doubles()[index] = value;
            case INT32 -> ints()[index] = (int) value;
        }
        onDevice = false;
    }
}
