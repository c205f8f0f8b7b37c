package gradus.nn.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import gradus.nn.DType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** How a file stores a number: its size, and the way to and from the arrays behind tensors. */
enum Element {
    BOOL(1), U8(1), I8(1), I16(2), U16(2), F16(2), BF16(2), I32(4), U32(4), F32(4), I64(8), U64(8), F64(8);

    final int bytes;

    Element(int bytes) {
        this.bytes = bytes;
    }

    /** How tensors of this type are written. */
    static Element of(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> F32;
            case FLOAT64 -> F64;
            case INT32 -> I32;
        };
    }

    boolean isWhole() {
        return switch (this) {
            case F16, BF16, F32, F64 -> false;
            default -> true;
        };
    }

    /** The type that such numbers are read as: the one that holds them exactly, for whole ones if they are not too large. */
    DType natural() {
        return isWhole() ? DType.INT32 : this == F64 ? DType.FLOAT64 : DType.FLOAT32;
    }

    /**
     * Converts {@code n} numbers that begin at byte {@code at} of {@code from} into {@code array}, from element {@code start}
     * on: floating-point numbers into an array of their natural type, whole ones into any. Throws
     * {@link ArithmeticException}, which names the number, when one does not fit an {@code int[]}.
     */
    void read(MemorySegment from, long at, ByteOrder order, Object array, int start, int n) {
        var shorts = JAVA_SHORT_UNALIGNED.withOrder(order);
        switch (this) {
            case F32 -> MemorySegment.copy(from, JAVA_FLOAT_UNALIGNED.withOrder(order), at, array, start, n);
            case F64 -> MemorySegment.copy(from, JAVA_DOUBLE_UNALIGNED.withOrder(order), at, array, start, n);
            case F16 -> {
                for (int i = 0; i < n; i++) {
                    ((float[]) array)[start + i] = Float.float16ToFloat(from.get(shorts, at + 2L * i));
                }
            }
            case BF16 -> {
                for (int i = 0; i < n; i++) {
                    ((float[]) array)[start + i] = Float.intBitsToFloat(from.get(shorts, at + 2L * i) << 16);
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    put(whole(from, at + (long) bytes * i, order), array, start + i);
                }
            }
        }
    }

    private long whole(MemorySegment from, long at, ByteOrder order) {
        return switch (this) {
            case BOOL -> from.get(JAVA_BYTE, at) == 0 ? 0 : 1;
            case I8 -> from.get(JAVA_BYTE, at);
            case U8 -> from.get(JAVA_BYTE, at) & 0xff;
            case I16 -> from.get(JAVA_SHORT_UNALIGNED.withOrder(order), at);
            case U16 -> from.get(JAVA_SHORT_UNALIGNED.withOrder(order), at) & 0xffff;
            case I32 -> from.get(JAVA_INT_UNALIGNED.withOrder(order), at);
            case U32 -> from.get(JAVA_INT_UNALIGNED.withOrder(order), at) & 0xffff_ffffL;
            case I64, U64 -> from.get(JAVA_LONG_UNALIGNED.withOrder(order), at);
            default -> throw new IllegalStateException(name());
        };
    }

    private void put(long value, Object array, int i) {
        boolean unsigned = this == U64 && value < 0;   // then the number is 2⁶⁴ more
        double real = unsigned ? (value >>> 1 | value & 1) * 2.0 : value;
        switch (array) {
            case float[] floats -> floats[i] = unsigned ? (float) real : value;
            case double[] doubles -> doubles[i] = real;
            default -> {
                if (unsigned || value != (int) value) {
                    throw new ArithmeticException(this == U64 ? Long.toUnsignedString(value) : Long.toString(value));
                }
                ((int[]) array)[i] = (int) value;
            }
        }
    }
}
