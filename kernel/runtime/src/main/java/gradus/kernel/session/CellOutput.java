package gradus.kernel.session;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gradus.kernel.api.Comm;
import gradus.kernel.api.CommMessage;
import gradus.kernel.api.Display;
import gradus.kernel.api.Frontend;
import gradus.kernel.api.MimeBundle;
import gradus.kernel.wire.Message;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Everything that one cell puts out, from any of its threads, during its run and after: each message carries the
 * request of that cell as its parent. Text is collected and sent when there is much of it, when it is
 * {@value #MAX_AGE_MS} ms old, and before anything else is sent, so the reader sees all in the order of the program.
 *
 * <p>A message of a comm has such an output too, for what its handler prints.
 */
final class CellOutput implements Frontend {

    /** {@code stdout} or {@code stderr}. */
    enum Stream { stdout, stderr }

    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_AGE_MS = 40;

    /** How to ask the reader for a line: a prompt, and whether the answer is hidden. */
    interface Ask {
        String line(String prompt, boolean hidden);
    }

    private final ObjectNode parent;
    private final FrontEnds frontEnds;
    private final Ask ask;
    private final InputStream typed = new TypedInput(() -> input("", false));
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private final byte[][] unfinished = {new byte[0], new byte[0]};   // of a character, per stream
    private Stream stream = Stream.stdout;
    private boolean flushPlanned;
    private long printed;   // characters of text, without those in the overflow
    private Optional<Overflow> overflow = Optional.empty();
    private Optional<Display> overflowNotice = Optional.empty();
    private final ArrayNode payload = JsonNodeFactory.instance.arrayNode();
    private boolean replied;

    /** @param parent the header of the request whose output this is */
    CellOutput(ObjectNode parent, FrontEnds frontEnds, Ask ask) {
        this.parent = parent;
        this.frontEnds = frontEnds;
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
            frontEnds.timer().schedule(this::flushLater, MAX_AGE_MS, TimeUnit.MILLISECONDS);
        }
    }

    void write(Stream to, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        write(to, bytes, 0, bytes.length);
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
        text(new String(bytes, 0, whole, StandardCharsets.UTF_8));
    }

    /** Shows text as far as the limit lets it; the rest goes into a file. */
    private void text(String text) {
        int limit = frontEnds.outputLimit().get();
        int shown = (int) Math.clamp(limit - printed, 0, text.length());
        if (shown > 0 && shown < text.length() && Character.isHighSurrogate(text.charAt(shown - 1))) {
            shown--;
        }
        if (shown > 0) {
            publish("stream", Json.object().put("name", stream.name()).put("text", text.substring(0, shown)));
        }
        if (shown == text.length()) {
            printed += shown;
        } else {
            printed = Math.max(printed, limit);   // nothing behind the cut is to be shown before it
            overflow(limit, text.substring(shown));
        }
    }

    private void overflow(int limit, String text) {
        var file = overflow.orElseGet(() -> new Overflow(limit));
        overflow = Optional.of(file);
        file.append(text);
        if (overflowNotice.isEmpty()) {
            overflowNotice = Optional.of(display(MimeBundle.text(file.begun())));
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
        var content = Json.with(Json.object(), frontEnds.values().render(value));
        content.putObject("transient").put("display_id", id);
        send(type, content);
    }

    /** Shows the value of the cell's last expression. */
    void result(MimeBundle value, int executionCount) {
        send("execute_result", Json.with(Json.object(), value).put("execution_count", executionCount));
    }

    @Override
    public void clearOutput(boolean wait) {
        send("clear_output", Json.object().put("wait", wait));
    }

    @Override
    public String input(String prompt, boolean hidden) {
        flush();
        return ask.line(prompt, hidden);
    }

    /** What code of this cell reads from {@code System.in}. */
    InputStream typed() {
        return typed;
    }

    @Override
    public void page(Object value) {
        var bundle = frontEnds.values().render(value);
        synchronized (this) {
            if (!replied) {
                var page = Json.object().put("source", "page").put("start", 0);
                page.set("data", Json.tree(bundle.data()));
                payload.add(page);
                return;
            }
        }
        display(bundle);   // no reply will come that could bring it to the pager
    }

    @Override
    public synchronized void setNextInput(String code) {
        if (replied) {
            throw new IllegalStateException("the cell has ended, so nothing can be put below it; "
                    + "call setNextInput in the cell itself");
        }
        payload.add(Json.object().put("source", "set_next_input").put("text", code).put("replace", false));
    }

    @Override
    public void outputLimit(int characters) {
        if (characters < 0) {
            throw new IllegalArgumentException("outputLimit(" + characters + ") is below 0; "
                    + "outputLimit(Integer.MAX_VALUE) shows everything");
        }
        frontEnds.outputLimit().set(characters);
    }

    @Override
    public Comm openComm(String target, CommMessage opening) {
        return frontEnds.comms().open(target, opening);
    }

    @Override
    public void registerComm(String target, Consumer<Comm> opened) {
        frontEnds.comms().register(target, opened);
    }

    /** Sends what waits, and gives what the reply is to carry; from here on nothing more can be put into it. */
    synchronized ArrayNode end() {
        flush();
        overflowNotice.ifPresent(notice -> notice.update(MimeBundle.text(overflow.get().ended())));
        replied = true;
        return payload;
    }

    /** Sends a message behind the text that waits. */
    void send(String type, ObjectNode content) {
        send(Message.broadcast(type, parent, content));
    }

    /** Sends a message of a comm behind the text that waits. */
    void send(String type, ObjectNode content, CommMessage comm) {
        send(Message.broadcast(type, parent, content)
                .withMetadata((ObjectNode) Json.tree(comm.metadata())).withBuffers(comm.buffers()));
    }

    private synchronized void send(Message message) {
        flush();
        frontEnds.publish().accept(message);
    }

    private void publish(String type, ObjectNode content) {
        frontEnds.publish().accept(Message.broadcast(type, parent, content));
    }
}
