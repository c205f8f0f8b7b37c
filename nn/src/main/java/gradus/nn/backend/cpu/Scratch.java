package gradus.nn.backend.cpu;

/**
 * Working memory of a thread, kept from call to call: allocating and clearing it anew costs more than a small product.
 * Its content is whatever the last use left there.
 */
enum Scratch {

    /** Packed panels of a product's left operand. */
    LEFT,
    /** Packed panels of a product's right operand. */
    RIGHT,
    /** Lines on their way into a panel. */
    STRIPS,
    /** A tile that sticks out over the border of the result. */
    EDGE,
    /** A padded image. */
    IMAGE,
    /** Results on their way to where they belong. */
    RESULT;

    private final ThreadLocal<float[]> floats = ThreadLocal.withInitial(() -> new float[0]);

    /** At least {@code length} numbers, the calling thread's own until it asks this slot again. */
    float[] floats(int length) {
        var kept = floats.get();
        if (kept.length < length) {
            kept = new float[length];
            floats.set(kept);
        }
        return kept;
    }
}
