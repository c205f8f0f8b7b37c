package gradus.kernel.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What is expected was computed by libsodium, through PyNaCl 1.6. */
class BoxTest {

    private static final byte[] ALICE_OPEN = hex("8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f");
    private static final byte[] BOB_OPEN = hex("358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254");
    private static final CurveKeys ALICE = new CurveKeys(counted(0, 32), ALICE_OPEN);
    private static final CurveKeys BOB = new CurveKeys(counted(32, 32), BOB_OPEN);

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] counted(int from, int length) {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (from + i);
        }
        return bytes;
    }

    private static byte[] filled(int length, int value) {
        var bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void boxesOfEveryLengthUpToAThousandAreThoseOfLibsodium() throws GeneralSecurityException {
        var box = new Box(ALICE, BOB_OPEN);
        var all = MessageDigest.getInstance("SHA-256");
        for (int length = 0; length < 1000; length++) {
            var message = new byte[length];
            for (int i = 0; i < length; i++) {
                message[i] = (byte) (7 * i + length);
            }
            var nonce = MessageDigest.getInstance("SHA-256")
                    .digest(("nonce" + length).getBytes(StandardCharsets.US_ASCII));
            all.update(box.seal(message, Arrays.copyOf(nonce, 24)));
        }
        assertEquals("cffc6740719754a862a7d72ac58a1396cefca37e1dd8fb3762fb944d95541f9f",
                HexFormat.of().formatHex(all.digest()));
    }

    @Test
    void aMillionBytesOfOnesAreThoseOfLibsodium() throws GeneralSecurityException {
        var boxed = new Box(ALICE, BOB_OPEN).seal(filled(1_000_000, 0xFF), filled(24, 'n'));
        assertEquals("a30aae148413033cea2699c874372114bca23c6ccf3bc15c54b4e2a899cbd325",
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(boxed)));
    }

    @Test
    void onlyTheOtherKeyOpensItAndOnlyUnchanged() throws GeneralSecurityException {
        var nonce = new byte[24];
        var hello = "hello".getBytes(StandardCharsets.US_ASCII);
        var boxed = new Box(ALICE, BOB_OPEN).seal(hello, nonce);
        assertArrayEquals(hex("878ba4038244f9d6458a18e9dabc4b19d706f36a18"), boxed);
        assertArrayEquals(hello, new Box(BOB, ALICE_OPEN).open(boxed, nonce).orElseThrow());
        assertTrue(new Box(CurveKeys.generate(), ALICE_OPEN).open(boxed, nonce).isEmpty());
        assertTrue(new Box(BOB, ALICE_OPEN).open(boxed, filled(24, 1)).isEmpty());
        assertTrue(new Box(BOB, ALICE_OPEN).open(Arrays.copyOf(boxed, 15), nonce).isEmpty());
        for (int i = 0; i < boxed.length; i++) {
            var changed = boxed.clone();
            changed[i] ^= 1;
            assertTrue(new Box(BOB, ALICE_OPEN).open(changed, nonce).isEmpty(), "byte " + i);
        }
    }

    @Test
    void aKeyOfSmallOrderIsRefused() {
        assertThrows(GeneralSecurityException.class, () -> new Box(ALICE, new byte[32]));
        assertThrows(GeneralSecurityException.class, () -> new Box(ALICE, Arrays.copyOf(new byte[] {1}, 32)));
    }

    @Test
    void keysAreReadFromZ85() {
        // the pair of ZeroMQ's own documentation of zmq_z85_encode and of its test_security_curve
        var keys = CurveKeys.of("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
        assertArrayEquals(hex("8e0bdd697628b91d8f245587ee95c5b04d48963f79259877b49cd9063aead3b7"), keys.secret());
    }
}
