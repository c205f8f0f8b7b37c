package gradus.nn;

/**
 * What is chosen along an axis, for {@link Choosing#at(Index, Object...)}: {@code x.at(all(), range(0, 5), -1)}. Each
 * chooses along its own axis, whatever is chosen along the others. Negative numbers count from the end.
 */
public sealed interface Index {

    /** Everything. */
    record All() implements Index {
    }

    /** One entry; the axis disappears. */
    record At(int i) implements Index {
    }

    /**
     * Every {@code step}-th entry from {@code from} up to {@code to}, not included; downwards for a negative step. Bounds
     * beyond the axis are those of the axis.
     */
    record Range(int from, int to, int step) implements Index {

        /** Throws {@link IllegalArgumentException} for a step of 0. */
        public Range {
            if (step == 0) {
                throw new IllegalArgumentException("range: a step of 0 goes nowhere\nhelp: 1 or more, or -1 or less");
            }
        }
    }

    /** The entries where the mask, of as many axes as it covers, is not 0; these axes become one. */
    record Mask(Tensor mask) implements Index {
    }

    /** The entries with these int32 indices, whose axes take the place of the axis. */
    record Pick(Tensor indices) implements Index {
    }
}
