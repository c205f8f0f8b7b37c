package gradus.kernel.wire;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/** The five sockets of a kernel, each with its thread: messages in, messages out, heartbeats echoed. */
public final class Sockets implements AutoCloseable {

    /** The sockets on which requests or answers come in. */
    public enum Channel { SHELL, CONTROL, STDIN }

    /** Takes what comes in, on the thread of the socket; must not block. */
    public interface Receiver {
        void received(Channel channel, Message message);
    }

    /** A socket cannot listen where the connection file wants it. */
    public static final class CannotBind extends Exception {
        CannotBind(String endpoint, String why) {
            super("cannot listen on " + endpoint + ": " + why);
        }
    }

    private static final System.Logger LOG = System.getLogger(Sockets.class.getName());

    private static final int LINGER_MILLIS = 1_000;

    private final ZContext context = new ZContext();
    private final ThreadFactory threads;
    private final Codec codec;
    private final Map<Channel, SocketThread> channels = new EnumMap<>(Channel.class);
    private final SocketThread iopub;
    private final SocketThread heartbeat;

    /** Binds all five; {@link #start} lets messages in. */
    public Sockets(ConnectionFile connection, ThreadFactory threads, Receiver receiver) throws CannotBind {
        this.threads = threads;
        this.codec = new Codec(connection.key());
        context.setLinger(LINGER_MILLIS);
        context.setUncaughtExceptionHandler((thread, e) -> LOG.log(System.Logger.Level.WARNING, thread + " died", e));
        try {
            iopub = bind(SocketType.XPUB, connection.endpoint(connection.iopubPort()), this::subscribed);
            heartbeat = bind(SocketType.ROUTER, connection.endpoint(connection.heartbeatPort()), this::echo);
            for (var channel : Channel.values()) {
                var endpoint = connection.endpoint(switch (channel) {
                    case SHELL -> connection.shellPort();
                    case CONTROL -> connection.controlPort();
                    case STDIN -> connection.stdinPort();
                });
                channels.put(channel, bind(SocketType.ROUTER, endpoint, frames -> accept(channel, frames, receiver)));
            }
        } catch (CannotBind e) {
            context.close();
            throw e;
        }
    }

    private SocketThread bind(SocketType type, String endpoint, Consumer<List<byte[]>> received) throws CannotBind {
        var socket = context.createSocket(type);
        socket.setSndHWM(0);   // the default of 1000 would drop output silently, and idle messages with it
        socket.setRcvHWM(0);
        if (type == SocketType.XPUB) {
            socket.setXpubVerbose(true);   // every subscriber is to be welcomed, not only the first
        } else {
            socket.setRouterHandover(true);   // a client that reconnects under its name takes over
        }
        try {
            socket.bind(endpoint);
        } catch (ZMQException | IllegalArgumentException e) {
            throw new CannotBind(endpoint, e instanceof ZMQException z && z.getErrorCode() == ZMQ.Error.EADDRINUSE.getCode()
                    ? "the port is in use" : e.getMessage());
        }
        return new SocketThread(context, socket, threads, received);
    }

    /** Begins to receive. */
    public void start() {
        iopub.start();
        heartbeat.start();
        channels.values().forEach(SocketThread::start);
    }

    /** Queues a message to the one whom its identities name; from any thread. */
    public void send(Channel channel, Message message) {
        channels.get(channel).send(codec.encode(message));
    }

    /** Queues a message to all subscribers; from any thread. */
    public void publish(Message message) {
        iopub.send(codec.encode(message));
    }

    private void accept(Channel channel, List<byte[]> frames, Receiver receiver) {
        try {
            receiver.received(channel, codec.decode(frames));
        } catch (Codec.Rejected e) {
            LOG.log(System.Logger.Level.WARNING, "message on " + channel + " dropped: " + e.getMessage());
        }
    }

    /** A new subscriber learns by {@code iopub_welcome} that nothing it waits for will be missed from here on. */
    private void subscribed(List<byte[]> frames) {
        var subscription = frames.getFirst();
        if (subscription.length > 0 && subscription[0] == 1) {
            var topic = Arrays.copyOfRange(subscription, 1, subscription.length);
            ObjectNode content = JsonNodeFactory.instance.objectNode();
            content.put("subscription", new String(topic, StandardCharsets.UTF_8));
            publish(Message.of("iopub_welcome", List.of(topic), JsonNodeFactory.instance.objectNode(), content));
        }
    }

    private void echo(List<byte[]> frames) {
        heartbeat.send(frames);
    }

    /** Sends what is queued and closes everything. */
    @Override
    public void close() {
        channels.values().forEach(SocketThread::close);
        iopub.close();
        heartbeat.close();
        Thread closing = Thread.ofPlatform().daemon().start(context::close);
        try {
            // JeroMQ waits for its own thread without end if that has died of a key that was cancelled under it
            closing.join(Duration.ofMillis(2 * LINGER_MILLIS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
