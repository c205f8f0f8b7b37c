package gradus.kernel.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gradus.kernel.Log;
import gradus.kernel.api.Comm;
import gradus.kernel.api.CommMessage;
import gradus.kernel.api.Frontend;
import gradus.kernel.wire.Message;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The comms that are open, and who waits for the front end to open more. */
final class OpenComms {

    private static final Log LOG = new Log(OpenComms.class);

    private final Map<String, OpenComm> comms = new ConcurrentHashMap<>();
    private final Map<String, Consumer<Comm>> targets = new ConcurrentHashMap<>();

    Comm open(String target, CommMessage opening) {
        var comm = new OpenComm(UUID.randomUUID().toString(), target, opening);
        comms.put(comm.id, comm);
        try {
            comm.publish("comm_open", opening, content -> content.put("target_name", target).putNull("target_module"));
        } catch (IllegalArgumentException e) {   // the front end has not heard of it
            comms.remove(comm.id);
            throw e;
        }
        return comm;
    }

    void register(String target, Consumer<Comm> opened) {
        targets.put(target, opened);
    }

    /** Handles {@code comm_open}, {@code comm_msg} or {@code comm_close}; throws what the handler throws. */
    void received(Message message) {
        var id = message.content().path("comm_id").asText();
        var said = new CommMessage(Json.plain(message.content().path("data")), Json.map(message.metadata()),
                message.buffers());
        if (message.type().equals("comm_open")) {
            opened(new OpenComm(id, message.content().path("target_name").asText(), said));
            return;
        }
        var comm = comms.get(id);
        if (comm == null) {
            warn("a " + message.type() + " came for a comm that is not open: " + id);
        } else if (message.type().equals("comm_close")) {
            comms.remove(id);
            call(comm.closed, said);
        } else {
            call(comm.received, said);
        }
    }

    private void opened(OpenComm comm) {
        comms.put(comm.id, comm);
        var target = targets.get(comm.target);
        if (target == null) {
            warn("a comm to \"" + comm.target + "\" was closed: nobody registered that");
            comm.close();
            return;
        }
        try {
            call(target, comm);
        } catch (Throwable e) {   // nobody would listen to it
            comm.close();
            throw e;
        }
    }

    private static void warn(String line) {
        StandardStreams.log(LOG, System.Logger.Level.WARNING, line, null);
    }

    /** Runs a handler as the code of a cell runs: with the class loader that its own class came from. */
    private static <T> void call(Consumer<T> handler, T argument) {
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        thread.setContextClassLoader(handler.getClass().getClassLoader());
        try {
            handler.accept(argument);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Which comms are open, as {@code comm_info_reply} tells it; those of one target, or of all when it is empty. */
    ObjectNode info(JsonNode target) {
        var info = Json.object();
        comms.forEach((id, comm) -> {
            if (target.asText("").isEmpty() || target.asText().equals(comm.target)) {
                info.putObject(id).put("target_name", comm.target);
            }
        });
        return info;
    }

    private final class OpenComm implements Comm {

        private final String id;
        private final String target;
        private final CommMessage opening;
        private volatile Consumer<CommMessage> received = message -> { };
        private volatile Consumer<CommMessage> closed = message -> { };

        OpenComm(String id, String target, CommMessage opening) {
            this.id = id;
            this.target = target;
            this.opening = opening;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public String target() {
            return target;
        }

        @Override
        public CommMessage opening() {
            return opening;
        }

        @Override
        public boolean isOpen() {
            return comms.get(id) == this;
        }

        @Override
        public void send(Object data, Map<String, ?> metadata, List<byte[]> buffers) {
            if (!isOpen()) {
                throw new IllegalStateException("the comm to \"" + target + "\" is closed; ask isOpen() before you send");
            }
            publish("comm_msg", new CommMessage(data, metadata, buffers), content -> { });
        }

        @Override
        public void onMessage(Consumer<CommMessage> handler) {
            received = handler;
        }

        @Override
        public void onClose(Consumer<CommMessage> handler) {
            closed = handler;
        }

        @Override
        public void close(Object data) {
            if (comms.remove(id, this)) {
                publish("comm_close", new CommMessage(data, Map.of(), List.of()), content -> { });
            }
        }

        /** Sends on behalf of the request that the calling thread works for. */
        private void publish(String type, CommMessage message, Consumer<ObjectNode> more) {
            var content = Json.object().put("comm_id", id);
            more.accept(content);
            content.set("data", data(message.data()));
            if (Frontend.current() instanceof CellOutput output) {
                output.send(type, content, message);
            }
        }

        private static JsonNode data(Object data) {
            try {
                return Json.tree(data);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("comm data cannot be sent (" + e.getMessage()
                        + "); use maps, lists, strings, numbers, booleans and null", e);
            }
        }

        @Override
        public String toString() {
            return "Comm[" + target + ", " + id + (isOpen() ? "]" : ", closed]");
        }
    }
}
