package gradus.nn;

/** What is put around a tensor when it is padded. */
public sealed interface Padding {

    /** The same number everywhere. */
    record Constant(double value) implements Padding {
    }

    /** What continues a row {@code a b c d}. */
    enum Continuing implements Padding {
        /** Mirrored without the edge: {@code c b | a b c d | c b}. */
        REFLECT,
        /** The edge: {@code a a | a b c d | d d}. */
        REPLICATE,
        /** From the other end: {@code c d | a b c d | a b}. */
        CIRCULAR
    }
}
