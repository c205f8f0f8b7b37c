package gradus.nn;

/** The type of a tensor's elements. */
public enum DType {

    /** 32-bit IEEE 754 numbers, 24 significant bits: the default, for training. */
    FLOAT32,

    /** 64-bit IEEE 754 numbers, 53 significant bits: for checking. */
    FLOAT64;

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
