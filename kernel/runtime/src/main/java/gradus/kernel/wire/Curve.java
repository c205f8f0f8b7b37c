package gradus.kernel.wire;

import gradus.kernel.wire.Frames.Broken;
import gradus.kernel.wire.Frames.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * The server's side of CurveZMQ: only who knows our public key gets in, and each message is encrypted with keys
 * that live as long as the connection.
 *
 * <p>Source: ZeroMQ RFC 26. C and S are the lasting keys of client and server, C′ and S′ those of the connection.
 */
final class Curve implements Mechanism {

    private final CurveKeys lasting;
    private final CurveKeys passing = CurveKeys.generate();
    private Box box;   // between C′ and S′
    private long sent;
    private long received;

    Curve(CurveKeys lasting) {
        this.lasting = lasting;
    }

    @Override
    public String name() {
        return "CURVE";
    }

    @Override
    public boolean isServer() {
        return true;
    }

    @Override
    public Peer handshake(Frames frames, Peer ourselves) throws IOException {
        try {
            return shake(frames, ourselves);
        } catch (GeneralSecurityException e) {
            throw new Broken("a handshake with a key that is none");
        }
    }

    private Peer shake(Frames frames, Peer ourselves) throws IOException, GeneralSecurityException {
        // HELLO: version (2), padding (72), C′ (32), nonce (8), box of 64 zeros (80)
        var hello = Mechanism.expect(frames, "HELLO", 194);
        var client = Arrays.copyOfRange(hello, 74, 106);
        var greeted = new Box(lasting, client);
        opened(greeted, hello, 114, "CurveZMQHELLO---", Arrays.copyOfRange(hello, 106, 114));
        box = new Box(passing, client);

        // the cookie frees a server from remembering whom it has welcomed; we remember, so that chance will do
        var cookie = CurveKeys.random(96);
        var nonce = CurveKeys.random(16);
        frames.write(Frame.command("WELCOME", nonce,
                greeted.seal(joined(passing.open(), cookie), joined(Frames.ascii("WELCOME-"), nonce))));
        frames.flush();

        // INITIATE: cookie (96), nonce (8), box of C (32), the vouch's nonce (16) and box (80), properties
        var initiate = Mechanism.expect(frames, "INITIATE", 248);
        if (!Arrays.equals(cookie, 0, 96, initiate, 0, 96)) {
            throw new Broken("a handshake with another's cookie");
        }
        var inside = opened(box, initiate, 104, "CurveZMQINITIATE", Arrays.copyOfRange(initiate, 96, 104));
        var vouched = opened(new Box(passing, Arrays.copyOf(inside, 32)), Arrays.copyOf(inside, 128), 48,
                "VOUCH---", Arrays.copyOfRange(inside, 32, 48));
        if (!Arrays.equals(vouched, joined(client, lasting.open()))) {
            throw new Broken("a handshake vouched for by nobody");
        }
        received = ByteBuffer.wrap(initiate, 96, 8).getLong();

        var count = count(++sent);
        frames.write(Frame.command("READY", count,
                box.seal(ourselves.written(), joined(Frames.ascii("CurveZMQREADY---"), count))));
        frames.flush();
        return Peer.read(Arrays.copyOfRange(inside, 128, inside.length));
    }

    private static byte[] opened(Box box, byte[] bytes, int from, String prefix, byte[] nonce) throws Broken {
        return box.open(Arrays.copyOfRange(bytes, from, bytes.length), joined(Frames.ascii(prefix), nonce))
                .orElseThrow(() -> new Broken("a box that was sealed with another key"));
    }

    @Override
    public Frame outgoing(Frame frame) {
        var count = count(++sent);
        var flags = new byte[] {(byte) ((frame.more() ? 1 : 0) | (frame.command() ? 2 : 0))};
        var command = Frame.command("MESSAGE", count,
                box.seal(joined(flags, frame.body()), joined(Frames.ascii("CurveZMQMESSAGES"), count)));
        return new Frame(false, false, command.body());   // libzmq sends it as a frame without flags
    }

    @Override
    public Frame incoming(Frame frame) throws Broken {
        if (!frame.isCommand("MESSAGE") || frame.body().length < 16 + Box.TAG_BYTES + 1) {
            throw new Broken("a frame that is not encrypted");
        }
        var message = frame.argument();
        long count = ByteBuffer.wrap(message).getLong();
        if (Long.compareUnsigned(count, received) <= 0) {
            throw new Broken("an encrypted frame that was sent before");
        }
        received = count;
        var plain = opened(box, message, 8, "CurveZMQMESSAGEC", Arrays.copyOf(message, 8));
        return new Frame((plain[0] & 1) != 0, (plain[0] & 2) != 0, Arrays.copyOfRange(plain, 1, plain.length));
    }

    private static byte[] count(long number) {
        return ByteBuffer.allocate(8).putLong(number).array();
    }

    private static byte[] joined(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    }
}
