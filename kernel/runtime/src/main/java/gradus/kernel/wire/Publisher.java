package gradus.kernel.wire;

import gradus.kernel.Log;
import gradus.kernel.wire.Frames.Broken;
import gradus.kernel.wire.Frames.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Clients that subscribe: each gets what begins with one of its topics, and first of all a welcome. */
final class Publisher implements Listener.Clients {

    private static final Log LOG = new Log(Publisher.class);
    private static final int MOST_TOPICS = 1_000;
    private static final int MOST_TOPIC_BYTES = 1_000;

    private final Function<byte[], List<byte[]>> welcome;
    private final Map<Connection, List<byte[]>> topics = new HashMap<>();

    /** @param welcome makes the message that tells a client that nothing of this topic is missed from here on */
    Publisher(Function<byte[], List<byte[]>> welcome) {
        this.welcome = welcome;
    }

    @Override
    public String socketType() {
        return "XPUB";
    }

    @Override
    public Set<String> partners() {
        return Set.of("SUB", "XSUB");
    }

    @Override
    public synchronized void joined(Connection client) {
        topics.put(client, new ArrayList<>());
    }

    @Override
    public synchronized void left(Connection client) {
        topics.remove(client);
    }

    @Override
    public synchronized void received(Connection client, List<byte[]> message) throws Broken {
        var subscription = message.getFirst();
        var wanted = topics.get(client);
        if (message.size() > 1 || subscription.length == 0 || subscription[0] < 0 || subscription[0] > 1) {
            LOG.log(System.Logger.Level.WARNING, "message on iopub dropped: it is no subscription");
        } else if (subscription[0] == 0) {
            remove(wanted, Arrays.copyOfRange(subscription, 1, subscription.length));
        } else if (wanted.size() >= MOST_TOPICS || subscription.length > MOST_TOPIC_BYTES) {
            throw new Broken("more subscriptions, or longer ones, than anybody needs");
        } else {
            var topic = Arrays.copyOfRange(subscription, 1, subscription.length);
            client.send(Frame.message(welcome.apply(topic)));
            wanted.add(topic);
        }
    }

    private static void remove(List<byte[]> wanted, byte[] topic) {
        for (int i = 0; i < wanted.size(); i++) {
            if (Arrays.equals(wanted.get(i), topic)) {
                wanted.remove(i);   // only one: who has subscribed twice cancels twice
                return;
            }
        }
    }

    /** Queues a message to all who want it, in the same order for each of them. */
    synchronized void publish(List<byte[]> frames) {
        var message = Frame.message(frames);
        var topic = frames.getFirst();
        topics.forEach((client, wanted) -> {
            if (wanted.stream().anyMatch(start -> startsWith(topic, start))) {
                client.send(message);
            }
        });
    }

    private static boolean startsWith(byte[] topic, byte[] start) {
        return topic.length >= start.length && Arrays.equals(topic, 0, start.length, start, 0, start.length);
    }
}
