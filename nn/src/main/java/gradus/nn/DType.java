package gradus.nn;

/** The type of a tensor's elements. */
public enum DType {

    /** 32-bit IEEE 754 numbers, 24 significant bits: the default, for training. */
    FLOAT32,

    /** 64-bit IEEE 754 numbers, 53 significant bits: for checking. */
    FLOAT64,

    /** 32-bit whole numbers: for indices and labels; arithmetic on them gives float32. */
    INT32;

    /** The bytes of one element. */
    public int bytes() {
        return this == FLOAT64 ? 8 : 4;
    }

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
