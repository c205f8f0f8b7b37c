package gradus.kernel.wire;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gradus.kernel.Log;
import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadFactory;

/**
 * The five sockets of a kernel: messages in, messages out, heartbeats echoed.
 *
 * <p>They speak ZMTP themselves, with blocking threads, and not by way of JeroMQ: a client without a key makes that deaf
 * with nine bytes (it announces a frame of 2³¹ - 1 bytes, and JeroMQ's one thread ends by an OutOfMemoryError), and its
 * ipc is TCP, which libzmq does not find.
 */
public final class Sockets implements AutoCloseable {

    /** The sockets on which requests or answers come in. */
    public enum Channel { SHELL, CONTROL, STDIN }

    /** Takes what comes in, one message of a channel after the other; must not block. */
    public interface Receiver {
        void received(Channel channel, Message message);
    }

    /** A socket cannot listen where the connection file wants it. */
    public static final class CannotBind extends Exception {
        CannotBind(String endpoint, String why) {
            super("cannot listen on " + endpoint + ": " + why);
        }
    }

    private static final Log LOG = new Log(Sockets.class);
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final ConnectionFile connection;
    private final ThreadFactory threads;
    private final Codec codec;
    private final Map<Channel, Router> routers = new EnumMap<>(Channel.class);
    private final Router heartbeat = new Router(this::echo);
    private final Publisher iopub = new Publisher(this::welcome);
    private final List<Listener> listeners = new ArrayList<>();

    /** Binds all five; {@link #start} lets messages in. */
    public Sockets(ConnectionFile connection, ThreadFactory threads, Receiver receiver) throws CannotBind {
        this.connection = connection;
        this.threads = threads;
        this.codec = new Codec(connection.scheme(), connection.key());
        try {
            listen("iopub", connection.iopubPort(), iopub);
            listen("heartbeat", connection.heartbeatPort(), heartbeat);
            for (var channel : Channel.values()) {
                var router = new Router(frames -> accept(channel, frames, receiver));
                routers.put(channel, router);
                listen(channel.name().toLowerCase(Locale.ROOT), switch (channel) {
                    case SHELL -> connection.shellPort();
                    case CONTROL -> connection.controlPort();
                    case STDIN -> connection.stdinPort();
                }, router);
            }
        } catch (CannotBind e) {
            listeners.forEach(Listener::close);
            throw e;
        }
    }

    private void listen(String name, int port, Listener.Clients clients) throws CannotBind {
        try {
            listeners.add(new Listener(name, connection, port, threads, clients));
        } catch (BindException e) {
            throw new CannotBind(connection.endpoint(port), e.getMessage().contains("already in use")
                    ? "the port is in use" : e.getMessage());
        } catch (UnknownHostException e) {
            throw new CannotBind(connection.endpoint(port), "no machine has this name");
        } catch (UnsupportedOperationException e) {
            throw new CannotBind(connection.endpoint(port), "this system has no Unix domain sockets, use tcp");
        } catch (IOException | IllegalArgumentException e) {
            throw new CannotBind(connection.endpoint(port), e.getMessage());
        }
    }

    /** Begins to receive. */
    public void start() {
        listeners.forEach(Listener::start);
    }

    /** Queues a message to the one whom its identities name; from any thread. */
    public void send(Channel channel, Message message) {
        routers.get(channel).send(codec.encode(message));
    }

    /** Queues a message to all subscribers; from any thread. */
    public void publish(Message message) {
        iopub.publish(codec.encode(message));
    }

    private void accept(Channel channel, List<byte[]> frames, Receiver receiver) {
        try {
            receiver.received(channel, codec.decode(frames));
        } catch (Codec.Rejected e) {
            LOG.log(System.Logger.Level.WARNING, "message on " + channel + " dropped: " + e.getMessage());
        }
    }

    /** A new subscriber learns by {@code iopub_welcome} that nothing it waits for will be missed from here on. */
    private List<byte[]> welcome(byte[] topic) {
        var json = JsonNodeFactory.instance;
        return codec.encode(Message.of("iopub_welcome", List.of(topic), json.objectNode(),
                json.objectNode().put("subscription", new String(topic, StandardCharsets.UTF_8))));
    }

    private void echo(List<byte[]> frames) {
        heartbeat.send(frames);
    }

    /** Sends what is queued, for a second at most, and closes everything. */
    @Override
    public void close() {
        listeners.forEach(Listener::close);
        long end = System.nanoTime() + LINGER.toNanos();
        listeners.forEach(listener -> listener.awaitEnd(() -> Duration.ofNanos(Math.max(1, end - System.nanoTime()))));
    }
}
