package gradus.nn.backend.cpu;

import gradus.nn.DType;
import gradus.nn.backend.Kernel;

/**
 * The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011): block number c under key k is a fixed
 * function of both, so any part of the sequence is computed without what comes before it.
 */
final class Philox {

    private static final int ROUNDS = 10;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;

    private Philox() {
    }

    /** Replaces the four words of a counter by those of its block. */
    static void block(int key0, int key1, int[] words) {
        int a = words[0];
        int b = words[1];
        int c = words[2];
        int d = words[3];
        for (int round = 0; round < ROUNDS; round++) {
            long left = MULTIPLIER_0 * Integer.toUnsignedLong(a);
            long right = MULTIPLIER_1 * Integer.toUnsignedLong(c);
            a = (int) (right >>> 32) ^ b ^ key0;
            b = (int) right;
            c = (int) (left >>> 32) ^ d ^ key1;
            d = (int) left;
            key0 += WEYL_0;
            key1 += WEYL_1;
        }
        words[0] = a;
        words[1] = b;
        words[2] = c;
        words[3] = d;
    }

    static void uniform(Kernel.Uniform k) {
        var state = k.state().ints();
        long first = Integer.toUnsignedLong(state[2]) | (long) state[3] << 32;
        var words = new int[4];
        boolean single = k.out().dtype() == DType.FLOAT32;
        int n = k.out().length();
        for (int i = 0; i < n; i++) {
            if (i % 4 == 0) {
                long number = first + i / 4;
                words[0] = (int) number;
                words[1] = (int) (number >>> 32);
                words[2] = 0;
                words[3] = 0;
                block(state[0], state[1], words);
            }
            int bits = words[i % 4] >>> 8;
            if (single) {
                k.out().floats()[i] = bits * 0x1p-24f;
            } else {
                k.out().doubles()[i] = bits * 0x1p-24;
            }
        }
    }
}
