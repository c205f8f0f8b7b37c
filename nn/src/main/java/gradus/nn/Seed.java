package gradus.nn;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Where all random numbers of an experiment come from: the same seed gives the same weights, the same shuffles and
 * the same losses, on every machine.
 *
 * <p>The generator is SplitMix64 (Steele, Lea and Flood 2014), fixed for good. Each purpose has a stream of its own,
 * so drawing more numbers for one does not disturb another.
 */
public record Seed(long value) {

    private static final AtomicLong TAKEN = new AtomicLong();

    /**
     * The next seed of this process: 0, 1, … What was given none takes it, so a notebook that is run from its first cell
     * always gets the same numbers.
     */
    public static Seed next() {
        return new Seed(TAKEN.getAndIncrement());
    }

    /** The numbers for one purpose, {@code "shuffle"} say. */
    public Stream stream(String purpose) {
        long state = mix(value + GOLDEN_GAMMA);
        for (int i = 0; i < purpose.length(); i++) {
            state = mix(state ^ purpose.charAt(i)) + GOLDEN_GAMMA;
        }
        return new Stream(state);
    }

    /**
     * The state of the counter-based generator at its beginning, for random numbers inside of computations: a key of this
     * purpose and the counter 0, int32 [4].
     */
    public Tensor state(String purpose) {
        long key = stream(purpose).next();
        return Tensor.indices(new Shape(4), (int) key, (int) (key >>> 32), 0, 0);
    }

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** A sequence of random numbers. */
    public static final class Stream {

        private long state;

        private Stream(long state) {
            this.state = state;
        }

        private long next() {
            state += GOLDEN_GAMMA;
            return mix(state);
        }

        /** Uniform in [0, 1), with 53 random bits. */
        public double uniform() {
            return (next() >>> 11) * 0x1p-53;
        }

        /** Normal with mean 0 and variance 1, by Box and Muller's transform. */
        public double normal() {
            double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform()));
            return radius * StrictMath.cos(2 * Math.PI * uniform());
        }

        /** Uniform among 0 … bound−1. */
        public int below(int bound) {
            return (int) (uniform() * bound);
        }

        /** The numbers 0 … n−1 in random order (Fisher and Yates). */
        public int[] permutation(int n) {
            var order = IntStream.range(0, n).toArray();
            for (int i = n - 1; i > 0; i--) {
                int j = below(i + 1);
                int swapped = order[i];
                order[i] = order[j];
                order[j] = swapped;
            }
            return order;
        }
    }
}
