package gradus.nn.backend;

import gradus.nn.DType;

/** The memory behind tensors; several tensors may be views of one. */
public sealed interface Buffer {

    int length();

    DType dtype();

    /** Memory for {@code FLOAT32}. */
    record Floats(float[] array) implements Buffer {
        @Override
        public int length() {
            return array.length;
        }

        @Override
        public DType dtype() {
            return DType.FLOAT32;
        }
    }

    /** Memory for {@code FLOAT64}. */
    record Doubles(double[] array) implements Buffer {
        @Override
        public int length() {
            return array.length;
        }

        @Override
        public DType dtype() {
            return DType.FLOAT64;
        }
    }

    /** New memory, all zeros. */
    static Buffer allocate(DType dtype, int length) {
        return switch (dtype) {
            case FLOAT32 -> new Floats(new float[length]);
            case FLOAT64 -> new Doubles(new double[length]);
        };
    }

    default double get(int index) {
        return switch (this) {
            case Floats(var array) -> array[index];
            case Doubles(var array) -> array[index];
        };
    }

    default void set(int index, double value) {
        switch (this) {
            case Floats(var array) -> array[index] = (float) value;
            case Doubles(var array) -> array[index] = value;
        }
    }
}
