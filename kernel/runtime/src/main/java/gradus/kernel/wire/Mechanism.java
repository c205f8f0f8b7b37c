package gradus.kernel.wire;

import gradus.kernel.wire.Frames.Broken;
import gradus.kernel.wire.Frames.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** How the two ends of a connection make sure of each other, and what they do to each frame from then on. */
sealed interface Mechanism permits Mechanism.Open, Curve {

    /** What one end tells the other about itself: the kind of its socket, and under which name it wants its mail. */
    record Peer(String socketType, byte[] identity) {

        private static final int MOST_IDENTITY = 255;

        byte[] written() {
            var bytes = new ByteArrayOutputStream();
            bytes.writeBytes(property("Socket-Type", Frames.ascii(socketType)));
            bytes.writeBytes(property("Identity", identity));
            return bytes.toByteArray();
        }

        private static byte[] property(String name, byte[] value) {
            return ByteBuffer.allocate(1 + name.length() + 4 + value.length).put((byte) name.length())
                    .put(Frames.ascii(name)).putInt(value.length).put(value).array();
        }

        /** Reads a list of properties; names are compared without regard to case. */
        static Peer read(byte[] properties) throws Broken {
            var socketType = "";
            var identity = new byte[0];
            for (var rest = ByteBuffer.wrap(properties); rest.hasRemaining(); ) {
                var name = new String(slice(rest, rest.get() & 0xFF), StandardCharsets.US_ASCII);
                if (rest.remaining() < 4) {
                    throw new Broken("a property without a value");
                }
                var value = slice(rest, rest.getInt());
                if (name.equalsIgnoreCase("Socket-Type")) {
                    socketType = new String(value, StandardCharsets.US_ASCII);
                } else if (name.equalsIgnoreCase("Identity")) {
                    identity = value;
                }
            }
            if (identity.length > MOST_IDENTITY || identity.length > 0 && identity[0] == 0) {
                throw new Broken("an identity that no client may have");   // ours for nameless clients begin with 0
            }
            return new Peer(socketType, identity);
        }

        private static byte[] slice(ByteBuffer from, int length) throws Broken {
            if (length < 0 || length > from.remaining()) {
                throw new Broken("a property that is longer than its frame");
            }
            var bytes = new byte[length];
            from.get(bytes);
            return bytes;
        }
    }

    int MOST_HANDSHAKE_BYTES = 16 * 1024;

    /** As the greeting names it. */
    String name();

    /** Whether this end plays the part of the server, if the mechanism has one. */
    boolean isServer();

    /** Exchanges what comes before the first message; what the other end says of itself. */
    Peer handshake(Frames frames, Peer ourselves) throws IOException;

    /** The frame to be sent in place of this one. */
    Frame outgoing(Frame frame);

    /** The frame that was meant by this one, which was received. */
    Frame incoming(Frame frame) throws Broken;

    /** The next frame, which must be this command of the handshake; its argument. */
    static byte[] expect(Frames frames, String command, int fewestBytes) throws IOException {
        var frame = frames.next(MOST_HANDSHAKE_BYTES, MOST_HANDSHAKE_BYTES);
        if (!frame.command() || !frame.isCommand(command) || frame.argument().length < fewestBytes) {
            throw new Broken("a handshake without a good " + command);
        }
        return frame.argument();
    }

    /** The mechanism {@code NULL}: everybody may come, frames are sent as they are. */
    record Open() implements Mechanism {

        @Override
        public String name() {
            return "NULL";
        }

        @Override
        public boolean isServer() {
            return false;
        }

        @Override
        public Peer handshake(Frames frames, Peer ourselves) throws IOException {
            frames.write(Frame.command("READY", ourselves.written()));
            frames.flush();
            return Peer.read(expect(frames, "READY", 0));
        }

        @Override
        public Frame outgoing(Frame frame) {
            return frame;
        }

        @Override
        public Frame incoming(Frame frame) {
            return frame;
        }
    }
}
