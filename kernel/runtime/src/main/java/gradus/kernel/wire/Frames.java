package gradus.kernel.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The frames of ZMTP 3.1 on a stream of bytes: {@code flags size body}, the size in one byte or, for more than 255, in
 * eight. One thread may read while another writes.
 */
final class Frames {

    /** One frame; {@code more} of its message follow, or it is a {@code command} to the other end and no message. */
    record Frame(boolean more, boolean command, byte[] body) {

        /** The frames of a message. */
        static List<Frame> message(List<byte[]> bodies) {
            return IntStream.range(0, bodies.size())
                    .mapToObj(i -> new Frame(i < bodies.size() - 1, false, bodies.get(i))).toList();
        }

        /** A command: its name behind the name's length, then what belongs to it. */
        static Frame command(String name, byte[]... parts) {
            var body = ByteBuffer.allocate(1 + name.length() + Arrays.stream(parts).mapToInt(p -> p.length).sum());
            body.put((byte) name.length()).put(ascii(name));
            Arrays.stream(parts).forEach(body::put);
            return new Frame(false, true, body.array());
        }

        boolean isCommand(String name) {
            var start = ascii(name);
            return body.length > start.length && body[0] == start.length
                    && Arrays.equals(body, 1, 1 + start.length, start, 0, start.length);
        }

        /** What stands behind the name of a command. */
        byte[] argument() {
            return Arrays.copyOfRange(body, 1 + body[0], body.length);
        }
    }

    /** The other end does not keep to the protocol, so nothing more can be read from it. */
    static final class Broken extends IOException {
        Broken(String why) {
            super(why);
        }
    }

    private static final int MORE = 1;
    private static final int LONG = 2;
    private static final int COMMAND = 4;
    private static final int BUFFER = 64 * 1024;

    private final ByteChannel channel;
    private final ByteBuffer in = ByteBuffer.allocate(BUFFER).limit(0);
    private final ByteBuffer out = ByteBuffer.allocate(BUFFER);

    Frames(ByteChannel channel) {
        this.channel = channel;
    }

    /** A name as the bytes that go over the wire. */
    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The next frame; {@link Broken} if its body has more bytes than are {@code left} of the {@code most} there may be. */
    Frame next(long left, long most) throws IOException {
        int flags = bytes(1)[0];
        if ((flags & ~(MORE | LONG | COMMAND)) != 0) {
            throw new Broken("a frame with unknown flags");
        }
        long size = (flags & LONG) == 0 ? bytes(1)[0] & 0xFF : ByteBuffer.wrap(bytes(8)).getLong();
        if (size < 0 || size > left) {
            throw new Broken("a message of more than " + most + " bytes");
        }
        return new Frame((flags & MORE) != 0, (flags & COMMAND) != 0, bytes((int) size));
    }

    /** So many bytes. Memory is taken as they come: to announce many costs the other end as much as us. */
    byte[] bytes(int count) throws IOException {
        var bytes = new byte[Math.min(count, BUFFER)];
        for (int have = 0; have < count; ) {
            if (have == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(count, 2L * have));
            }
            if (!in.hasRemaining()) {
                fill();
            }
            int part = Math.min(in.remaining(), bytes.length - have);
            in.get(bytes, have, part);
            have += part;
        }
        return bytes;
    }

    private void fill() throws IOException {
        int count = channel.read(in.clear());
        in.flip();
        if (count < 0) {
            throw new EOFException();
        }
    }

    /** Writes a frame; {@link #flush} sends it. */
    void write(Frame frame) throws IOException {
        int size = frame.body().length;
        boolean isLong = size > 255;
        int flags = (frame.more() ? MORE : 0) | (isLong ? LONG : 0) | (frame.command() ? COMMAND : 0);
        write(isLong ? ByteBuffer.allocate(9).put((byte) flags).putLong(size).array()
                : new byte[] {(byte) flags, (byte) size});
        write(frame.body());
    }

    void write(byte[] bytes) throws IOException {
        for (int from = 0; from < bytes.length; ) {
            int part = Math.min(out.remaining(), bytes.length - from);
            out.put(bytes, from, part);
            from += part;
            if (!out.hasRemaining()) {
                flush();
            }
        }
    }

    void flush() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        out.clear();
    }
}
