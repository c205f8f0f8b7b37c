package gradus.kernel.wire;

import gradus.kernel.Log;
import gradus.kernel.wire.Frames.Frame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Clients with names: a message that comes in begins with its sender's, one that goes out with its receiver's. */
final class Router implements Listener.Clients {

    private static final Log LOG = new Log(Router.class);

    private final Consumer<List<byte[]>> received;
    private final Map<String, Connection> byName = new HashMap<>();
    private final Map<Connection, byte[]> names = new HashMap<>();
    private final Object receiving = new Object();
    private int nameless;

    /** @param received called with one message after the other; must not block */
    Router(Consumer<List<byte[]>> received) {
        this.received = received;
    }

    @Override
    public String socketType() {
        return "ROUTER";
    }

    @Override
    public Set<String> partners() {
        return Set.of("DEALER", "REQ", "ROUTER");
    }

    /** A client that comes back under its name takes over from the connection that had it. */
    @Override
    public synchronized void joined(Connection client) {
        var name = client.peer().identity();
        if (name.length == 0) {
            name = ("\0" + nameless++).getBytes(StandardCharsets.ISO_8859_1);
        }
        names.put(client, name);
        var before = byName.put(text(name), client);
        if (before != null) {
            before.close();
        }
    }

    @Override
    public synchronized void left(Connection client) {
        byName.remove(text(names.remove(client)), client);
    }

    @Override
    public void received(Connection client, List<byte[]> message) {
        var frames = new ArrayList<byte[]>(message.size() + 1);
        synchronized (this) {
            frames.add(names.get(client));
        }
        frames.addAll(message);
        synchronized (receiving) {
            try {
                received.accept(frames);
            } catch (RuntimeException | Error e) {   // a request that fails must not cut its client off
                LOG.log(System.Logger.Level.WARNING, "a handler failed on a received message", e);
            }
        }
    }

    /** Queues a message to the client that its first frame names; nothing happens when that is gone. */
    void send(List<byte[]> frames) {
        Connection client;
        synchronized (this) {
            client = byName.get(text(frames.getFirst()));
        }
        if (client != null) {
            client.send(Frame.message(frames.subList(1, frames.size())));
        }
    }

    private static String text(byte[] name) {
        return new String(name, StandardCharsets.ISO_8859_1);
    }
}
