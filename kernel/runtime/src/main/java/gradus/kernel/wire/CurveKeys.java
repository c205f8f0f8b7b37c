package gradus.kernel.wire;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/**
 * A key pair on Curve25519, little-endian as RFC 7748 writes it.
 *
 * @param secret 32 bytes that only their owner knows
 * @param open   32 bytes for everybody else
 */
record CurveKeys(byte[] secret, byte[] open) {

    static final int BYTES = 32;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] BASE_POINT = ByteBuffer.allocate(BYTES).put((byte) 9).array();
    private static final String Z85 =
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

    /** A pair that nobody has had before. */
    static CurveKeys generate() {
        try {
            var secret = random(BYTES);
            return new CurveKeys(secret, multiply(secret, BASE_POINT));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no X25519", e);
        }
    }

    /** The pair that a connection file names in Z85; throws IllegalArgumentException, saying what is wrong. */
    static CurveKeys of(String secretText, String openText) {
        var secret = decoded("curve_secretkey", secretText);
        var open = decoded("curve_publickey", openText);
        try {
            if (!Arrays.equals(multiply(secret, BASE_POINT), open)) {
                throw new IllegalArgumentException("curve_publickey does not belong to curve_secretkey");
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("curve_secretkey is no key", e);
        }
        return new CurveKeys(secret, open);
    }

    /** What only the owners of these two secrets can compute. */
    byte[] shared(byte[] theirs) throws GeneralSecurityException {
        return multiply(secret, theirs);
    }

    static byte[] random(int bytes) {
        var random = new byte[bytes];
        RANDOM.nextBytes(random);
        return random;
    }

    /** X25519; refuses points of small order, whose product everybody knows. */
    private static byte[] multiply(byte[] secret, byte[] point) throws GeneralSecurityException {
        var bigEndian = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bigEndian[i] = point[BYTES - 1 - i];
        }
        bigEndian[0] &= 0x7F;   // RFC 7748 §5: the highest bit is to be ignored
        var keys = KeyFactory.getInstance("X25519");
        var agreement = KeyAgreement.getInstance("X25519");
        agreement.init(keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, secret)));
        agreement.doPhase(keys.generatePublic(
                new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, bigEndian))), true);
        return agreement.generateSecret();
    }

    /** Z85 (ZeroMQ RFC 32): five characters in base 85 for four bytes. */
    private static byte[] decoded(String name, String text) {
        var bytes = ByteBuffer.allocate(BYTES);
        if (text.length() != BYTES / 4 * 5) {
            throw new IllegalArgumentException(name + " has " + text.length() + " characters, 40 of Z85 are needed");
        }
        for (int start = 0; start < text.length(); start += 5) {
            long value = 0;
            for (char digit : text.substring(start, start + 5).toCharArray()) {
                if (Z85.indexOf(digit) < 0) {
                    throw new IllegalArgumentException(name + " is not written in Z85");
                }
                value = value * 85 + Z85.indexOf(digit);
            }
            if (value > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException(name + " is not written in Z85");
            }
            bytes.putInt((int) value);
        }
        return bytes.array();
    }
}
