package gradus.kernel.wire;

import gradus.kernel.Log;
import gradus.kernel.wire.Frames.Broken;
import gradus.kernel.wire.Frames.Frame;
import gradus.kernel.wire.Mechanism.Peer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One connection with a client: the handshake, then messages in on the thread that calls {@link #receive} and out on
 * a thread of its own, so that who sends never waits for a client that does not read.
 */
final class Connection {

    private static final Log LOG = new Log(Connection.class);

    /** What one message may hold; a notebook server passes on 10 MB at most. */
    private static final long MOST_MESSAGE_BYTES = Math.min(128L << 20, Runtime.getRuntime().maxMemory() / 4);
    /** What may wait for a client that does not read: without a limit it would end as an OutOfMemoryError in a cell. */
    private static final long MOST_WAITING_BYTES = Runtime.getRuntime().maxMemory() / 4;
    private static final int FRAME_COST = 64;   // bytes that even an empty frame takes here
    private static final List<Frame> END = List.of();

    private final SocketChannel channel;
    private final Frames frames;
    private final Mechanism mechanism;
    private final LinkedBlockingQueue<List<Frame>> outgoing = new LinkedBlockingQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private volatile boolean tooSlow;
    private final Peer peer;
    private final Thread writer;

    /**
     * Shakes hands and begins to send what {@link #send} is given.
     *
     * @param socketType what we are, in ZeroMQ's words
     */
    Connection(SocketChannel channel, Mechanism mechanism, String socketType, ThreadFactory threads)
            throws IOException {
        this.channel = channel;
        this.frames = new Frames(channel);
        this.mechanism = mechanism;
        greet();
        this.peer = mechanism.handshake(frames, new Peer(socketType, new byte[0]));
        this.writer = threads.newThread(this::write);
        writer.start();
    }

    /** Both ends say first: 0xFF, 8 bytes for older versions, 0x7F, version 3.1, mechanism (20), server or not. */
    private void greet() throws IOException {
        frames.write(ByteBuffer.allocate(64).put((byte) 0xFF).putLong(1).put((byte) 0x7F).put((byte) 3).put((byte) 1)
                .put(Frames.ascii(mechanism.name())).put(32, (byte) (mechanism.isServer() ? 1 : 0)).array());
        frames.flush();
        var signature = frames.bytes(11);
        if (signature[0] != (byte) 0xFF || (signature[9] & 1) == 0 || signature[10] < 3) {
            throw new Broken("a greeting that is not ZMTP 3");
        }
        var theirs = new String(Arrays.copyOfRange(frames.bytes(53), 1, 21), StandardCharsets.US_ASCII).trim();
        if (!theirs.equals(mechanism.name())) {
            throw new Broken(mechanism.isServer() ? "a client without the keys of the connection file"
                    : "a client that wants encryption, for which the connection file has no keys");
        }
    }

    /** What the client says it is. */
    Peer peer() {
        return peer;
    }

    /** The next message; a subscription is one too, as {@code 1 topic} or {@code 0 topic}. */
    List<byte[]> receive() throws IOException {
        var message = new ArrayList<byte[]>();
        long left = MOST_MESSAGE_BYTES;
        while (true) {
            var frame = mechanism.incoming(frames.next(left, MOST_MESSAGE_BYTES));
            left -= FRAME_COST + frame.body().length;   // below nothing, no next frame is small enough
            if (!frame.command()) {
                message.add(frame.body());
                if (!frame.more()) {
                    return message;
                }
            } else if (frame.isCommand("SUBSCRIBE")) {
                return List.of(marked(1, frame.argument()));
            } else if (frame.isCommand("CANCEL")) {
                return List.of(marked(0, frame.argument()));
            } else if (frame.isCommand("PING") && frame.argument().length >= 2) {
                var ping = frame.argument();   // a time to live (2), then up to 16 bytes to be echoed
                send(List.of(Frame.command("PONG", Arrays.copyOfRange(ping, 2, Math.min(ping.length, 18)))));
            }
        }
    }

    private static byte[] marked(int mark, byte[] topic) {
        return ByteBuffer.allocate(1 + topic.length).put((byte) mark).put(topic).array();
    }

    /** Queues a message; from any thread, in the order of the calls, without ever blocking. */
    void send(List<Frame> message) {
        if (waitingBytes.getAndAdd(cost(message)) > MOST_WAITING_BYTES) {   // one message alone may be larger
            tooSlow = true;
            close();
        } else {
            outgoing.add(message);
        }
    }

    private static long cost(List<Frame> message) {
        return message.stream().mapToLong(frame -> FRAME_COST + frame.body().length).sum();
    }

    private void write() {
        try {
            for (var message = outgoing.take(); message != END; message = outgoing.take()) {
                for (var frame : message) {
                    frames.write(mechanism.outgoing(frame));
                }
                waitingBytes.addAndGet(-cost(message));
                if (outgoing.isEmpty()) {
                    frames.flush();
                }
            }
            frames.flush();
            channel.shutdownOutput();
        } catch (IOException | InterruptedException e) {
            LOG.log(System.Logger.Level.DEBUG, "a client cannot be written to any more", e);
        } finally {
            if (tooSlow) {   // said here, since send runs on threads whose log lines a cell would show
                LOG.log(System.Logger.Level.WARNING, "a client that has not read for " + (MOST_WAITING_BYTES >> 20)
                        + " MB is disconnected; it misses what is sent until it comes back");
            }
            close();
        }
    }

    /** Lets what is queued be sent, and then closes the connection. */
    void finish() {
        outgoing.add(END);
    }

    /** Waits until what was queued before {@link #finish} is sent, but no longer than this, and closes. */
    void awaitEnd(Duration patience) {
        try {
            writer.join(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    /** Closes the connection at once, which ends both threads. */
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a connection could not be closed", e);
        }
        outgoing.clear();
        outgoing.add(END);
    }
}
