package gradus.kernel.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/**
 * NaCl's {@code crypto_box} between two key pairs: X25519, XSalsa20 and Poly1305, which the JDK has only in part.
 *
 * <p>Source: D. J. Bernstein, "Cryptography in NaCl", sections 5 to 10. A boxed message is the 16 bytes of the
 * authenticator and then the ciphertext. Every nonce of 24 bytes may be used once.
 */
final class Box {

    static final int TAG_BYTES = 16;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int[] SIGMA = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};   // "expand 32-byte k"
    private static final int BLOCK = 64;
    private static final int MASK = 0x3FF_FFFF;   // 26 bits: five such limbs hold a number modulo 2¹³⁰ - 5

    private final byte[] key;

    Box(CurveKeys ours, byte[] theirs) throws GeneralSecurityException {
        this.key = hSalsa(ours.shared(theirs), new byte[16]);
    }

    byte[] seal(byte[] message, byte[] nonce) {
        var padded = new byte[2 * TAG_BYTES + message.length];   // the key of Poly1305 comes out of the first 32 bytes
        System.arraycopy(message, 0, padded, 2 * TAG_BYTES, message.length);
        xor(padded, nonce);
        System.arraycopy(authenticator(padded), 0, padded, TAG_BYTES, TAG_BYTES);
        return Arrays.copyOfRange(padded, TAG_BYTES, padded.length);
    }

    /** The message in the box; empty when it was not sealed with this nonce by the owner of the other key. */
    Optional<byte[]> open(byte[] boxed, byte[] nonce) {
        if (boxed.length < TAG_BYTES) {
            return Optional.empty();
        }
        var padded = new byte[TAG_BYTES + boxed.length];
        System.arraycopy(boxed, TAG_BYTES, padded, 2 * TAG_BYTES, boxed.length - TAG_BYTES);
        var plain = padded.clone();
        xor(plain, nonce);
        System.arraycopy(plain, 0, padded, 0, 2 * TAG_BYTES);
        return MessageDigest.isEqual(authenticator(padded), Arrays.copyOf(boxed, TAG_BYTES))
                ? Optional.of(Arrays.copyOfRange(plain, 2 * TAG_BYTES, plain.length)) : Optional.empty();
    }

    /** XSalsa20: the stream of Salsa20 for a key that the first 16 bytes of the nonce change. */
    private void xor(byte[] data, byte[] nonce) {
        var state = state(hSalsa(key, nonce), (int) INT.get(nonce, 16), (int) INT.get(nonce, 20), 0, 0);
        var block = new int[16];
        var stream = new byte[BLOCK];
        for (int at = 0; at < data.length; at += BLOCK) {
            System.arraycopy(state, 0, block, 0, 16);
            mix(block);
            for (int i = 0; i < 16; i++) {
                INT.set(stream, 4 * i, block[i] + state[i]);
            }
            for (int i = 0; i < Math.min(BLOCK, data.length - at); i++) {
                data[at + i] ^= stream[i];
            }
            if (++state[8] == 0) {   // the counter of blocks
                state[9]++;
            }
        }
    }

    /** A key of 32 bytes and the first 16 of a nonce give another key. */
    private static byte[] hSalsa(byte[] key, byte[] nonce) {
        var state = state(key, (int) INT.get(nonce, 0), (int) INT.get(nonce, 4), (int) INT.get(nonce, 8),
                (int) INT.get(nonce, 12));
        mix(state);
        var derived = new byte[32];
        int[] taken = {0, 5, 10, 15, 6, 7, 8, 9};
        for (int i = 0; i < 8; i++) {
            INT.set(derived, 4 * i, state[taken[i]]);
        }
        return derived;
    }

    private static int[] state(byte[] key, int n0, int n1, int n2, int n3) {
        var state = new int[16];
        for (int i = 0; i < 4; i++) {
            state[5 * i] = SIGMA[i];
            state[1 + i] = (int) INT.get(key, 4 * i);
            state[11 + i] = (int) INT.get(key, 16 + 4 * i);
        }
        state[6] = n0;
        state[7] = n1;
        state[8] = n2;
        state[9] = n3;
        return state;
    }

    /** The twenty rounds of Salsa20: columns, then rows, ten times. */
    private static void mix(int[] x) {
        for (int round = 0; round < 20; round += 2) {
            quarter(x, 0, 4, 8, 12);
            quarter(x, 5, 9, 13, 1);
            quarter(x, 10, 14, 2, 6);
            quarter(x, 15, 3, 7, 11);
            quarter(x, 0, 1, 2, 3);
            quarter(x, 5, 6, 7, 4);
            quarter(x, 10, 11, 8, 9);
            quarter(x, 15, 12, 13, 14);
        }
    }

    private static void quarter(int[] x, int a, int b, int c, int d) {
        x[b] ^= Integer.rotateLeft(x[a] + x[d], 7);
        x[c] ^= Integer.rotateLeft(x[b] + x[a], 9);
        x[d] ^= Integer.rotateLeft(x[c] + x[b], 13);
        x[a] ^= Integer.rotateLeft(x[d] + x[c], 18);
    }

    /** Poly1305 of what is behind the first 32 bytes, its key (r, s): {@code (…((m₁·r + m₂)·r + …)·r + s) mod 2¹²⁸}. */
    private static byte[] authenticator(byte[] keyed) {
        long r0 = word(keyed, 0) & 0x3FFFFFF;
        long r1 = word(keyed, 3) >>> 2 & 0x3FFFF03;
        long r2 = word(keyed, 6) >>> 4 & 0x3FFC0FF;
        long r3 = word(keyed, 9) >>> 6 & 0x3F03FFF;
        long r4 = word(keyed, 12) >>> 8 & 0x00FFFFF;
        long h0 = 0;
        long h1 = 0;
        long h2 = 0;
        long h3 = 0;
        long h4 = 0;
        for (int at = 32; at < keyed.length; at += 16) {
            var block = new byte[17];   // a one behind the message's bytes tells short blocks from zeros
            int length = Math.min(16, keyed.length - at);
            System.arraycopy(keyed, at, block, 0, length);
            block[length] = 1;
            h0 += word(block, 0) & MASK;
            h1 += word(block, 3) >>> 2 & MASK;
            h2 += word(block, 6) >>> 4 & MASK;
            h3 += word(block, 9) >>> 6 & MASK;
            h4 += word(block, 12) >>> 8 | (long) block[16] << 24;
            // what a product has beyond 2¹³⁰ comes back five times
            long d0 = h0 * r0 + 5 * (h1 * r4 + h2 * r3 + h3 * r2 + h4 * r1);
            long d1 = h0 * r1 + h1 * r0 + 5 * (h2 * r4 + h3 * r3 + h4 * r2);
            long d2 = h0 * r2 + h1 * r1 + h2 * r0 + 5 * (h3 * r4 + h4 * r3);
            long d3 = h0 * r3 + h1 * r2 + h2 * r1 + h3 * r0 + 5 * h4 * r4;
            long d4 = h0 * r4 + h1 * r3 + h2 * r2 + h3 * r1 + h4 * r0;
            d1 += d0 >>> 26;
            d2 += d1 >>> 26;
            d3 += d2 >>> 26;
            d4 += d3 >>> 26;
            h0 = (d0 & MASK) + 5 * (d4 >>> 26);
            h1 = (d1 & MASK) + (h0 >>> 26);
            h0 &= MASK;
            h2 = d2 & MASK;
            h3 = d3 & MASK;
            h4 = d4 & MASK;
        }
        return sum(new long[] {h0, h1, h2, h3, h4}, keyed);
    }

    /** The number, brought below 2¹³⁰ - 5, plus the second half of the key, modulo 2¹²⁸. */
    private static byte[] sum(long[] h, byte[] keyed) {
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < 4; i++) {
                h[i + 1] += h[i] >>> 26;
                h[i] &= MASK;
            }
            h[0] += 5 * (h[4] >>> 26);
            h[4] &= MASK;
        }
        h[1] += h[0] >>> 26;
        h[0] &= MASK;
        var less = new long[5];   // h + 5 - 2¹³⁰, which is negative when h is below the modulus already
        long carry = 5;
        for (int i = 0; i < 5; i++) {
            carry += h[i];
            less[i] = carry & MASK;
            carry >>>= 26;
        }
        long keep = carry - 1;   // all ones without a carry: chosen without a branch, so that time tells nothing
        for (int i = 0; i < 5; i++) {
            h[i] = h[i] & keep | less[i] & ~keep;
        }
        long[] words =
                {h[0] | h[1] << 26, h[1] >>> 6 | h[2] << 20, h[2] >>> 12 | h[3] << 14, h[3] >>> 18 | h[4] << 8};
        var tag = new byte[TAG_BYTES];
        long total = 0;
        for (int i = 0; i < 4; i++) {
            total += (words[i] & 0xFFFF_FFFFL) + word(keyed, 16 + 4 * i);
            INT.set(tag, 4 * i, (int) total);
            total >>>= 32;
        }
        return tag;
    }

    private static long word(byte[] bytes, int at) {
        return (int) INT.get(bytes, at) & 0xFFFF_FFFFL;
    }
}
