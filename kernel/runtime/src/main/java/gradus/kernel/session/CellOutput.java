package gradus.kernel.session;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gradus.kernel.api.Display;
import gradus.kernel.api.Frontend;
import gradus.kernel.api.MimeBundle;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Everything that one cell puts out, from any of its threads, during its run and after: each message carries the
 * request of that cell as its parent. Text is collected and sent when there is much of it, when it is
 * {@value #MAX_AGE_MS} ms old, and before anything else is sent, so the reader sees all in the order of the program.
 */
final class CellOutput implements Frontend {

    /** {@code stdout} or {@code stderr}. */
    enum Stream { stdout, stderr }

    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_AGE_MS = 40;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** How to ask the reader for a line: a prompt, and whether the answer is hidden. */
    interface Ask {
        String line(String prompt, boolean hidden);
    }

    private final BiConsumer<String, ObjectNode> publish;
    private final ScheduledExecutorService timer;
    private final Values values;
    private final Ask ask;
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private final byte[][] unfinished = {new byte[0], new byte[0]};   // of a character, per stream
    private Stream stream = Stream.stdout;
    private boolean flushPlanned;

    /** @param publish sends a message of this type and content to all front ends, as output of this cell */
    CellOutput(BiConsumer<String, ObjectNode> publish, ScheduledExecutorService timer, Values values, Ask ask) {
        this.publish = publish;
        this.timer = timer;
        this.values = values;
        this.ask = ask;
    }

    synchronized void write(Stream to, byte[] bytes, int offset, int length) {
        if (to != stream) {
            flush();
            stream = to;
        }
        waiting.write(bytes, offset, length);
        if (waiting.size() >= MAX_BYTES) {
            flush();
        } else if (!flushPlanned) {
            flushPlanned = true;
            timer.schedule(this::flushLater, MAX_AGE_MS, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void flushLater() {
        flushPlanned = false;
        flush();
    }

    /** Sends the text that waits; of a character whose bytes have come only in part, the part waits on. */
    synchronized void flush() {
        if (waiting.size() == 0) {
            return;
        }
        var before = unfinished[stream.ordinal()];
        var bytes = new byte[before.length + waiting.size()];
        System.arraycopy(before, 0, bytes, 0, before.length);
        System.arraycopy(waiting.toByteArray(), 0, bytes, before.length, waiting.size());
        waiting.reset();
        int whole = wholeCharacters(bytes);
        unfinished[stream.ordinal()] = Arrays.copyOfRange(bytes, whole, bytes.length);
        if (whole > 0) {
            var content = JSON.objectNode();
            content.put("name", stream.name());
            content.put("text", new String(bytes, 0, whole, StandardCharsets.UTF_8));
            publish.accept("stream", content);
        }
    }

    /** How many of the bytes are whole UTF-8 characters: all but at most the last three. */
    private static int wholeCharacters(byte[] bytes) {
        for (int back = 1; back <= Math.min(3, bytes.length); back++) {
            int b = bytes[bytes.length - back] & 0xFF;
            if (b >= 0xC0) {   // the first byte of a character, which says how many belong to it
                int needed = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
                return needed > back ? bytes.length - back : bytes.length;
            }
            if (b < 0x80) {
                return bytes.length;
            }
        }
        return bytes.length;
    }

    @Override
    public Display display(Object value) {
        var id = UUID.randomUUID().toString();
        show("display_data", value, id);
        return new Display() {
            @Override
            public String id() {
                return id;
            }

            @Override
            public void update(Object newValue) {
                show("update_display_data", newValue, id);
            }
        };
    }

    private void show(String type, Object value, String id) {
        var content = content(values.render(value));
        content.putObject("transient").put("display_id", id);
        send(type, content);
    }

    /** Shows the value of the cell's last expression. */
    void result(Object value, int executionCount) {
        var content = content(values.render(value));
        content.put("execution_count", executionCount);
        send("execute_result", content);
    }

    @Override
    public void clearOutput(boolean wait) {
        send("clear_output", JSON.objectNode().put("wait", wait));
    }

    @Override
    public String input(String prompt, boolean hidden) {
        flush();
        return ask.line(prompt, hidden);
    }

    /** Sends a message behind the text that waits. */
    synchronized void send(String type, ObjectNode content) {
        flush();
        publish.accept(type, content);
    }

    private static ObjectNode content(MimeBundle bundle) {
        var content = JSON.objectNode();
        content.set("data", Json.tree(bundle.data()));
        content.set("metadata", Json.tree(bundle.metadata()));
        return content;
    }
}
