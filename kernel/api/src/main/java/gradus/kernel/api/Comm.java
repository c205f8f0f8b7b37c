package gradus.kernel.api;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A line of its own between code in the kernel and code in the front end, a widget say: both ends send whenever they
 * like, as often as they like, in order.
 *
 * <p>Data is plain Java: maps with string keys, lists, strings, numbers, booleans and {@code null}. Bytes travel beside
 * it as they are. Messages from the front end are handled one after another on the thread of the shell that they came
 * on; what a handler prints and shows belongs to the message that it handles.
 */
public interface Comm {

    /** Opens a comm to what the front end knows under this name, {@code jupyter.widget} say. */
    static Comm open(String target, Map<String, ?> data) {
        return open(target, data, Map.of(), List.of());
    }

    /** Opens a comm, with metadata and bytes beside the data. */
    static Comm open(String target, Map<String, ?> data, Map<String, ?> metadata, List<byte[]> buffers) {
        return Frontend.current().openComm(target, new CommMessage(data, metadata, buffers));
    }

    /** The identity under which both ends know this comm. */
    String id();

    /** The name under which it was opened. */
    String target();

    /** What it was opened with, by either end. */
    CommMessage opening();

    /** Whether neither end has closed it. */
    boolean isOpen();

    /** Sends data; throws {@link IllegalStateException} when the comm is closed. */
    default void send(Object data) {
        send(data, Map.of(), List.of());
    }

    /** Sends data, metadata and bytes; throws {@link IllegalStateException} when the comm is closed. */
    void send(Object data, Map<String, ?> metadata, List<byte[]> buffers);

    /** From now on messages of the front end come here, and nowhere else. */
    void onMessage(Consumer<CommMessage> handler);

    /** When the front end closes the comm, this is told, and nobody else. */
    void onClose(Consumer<CommMessage> handler);

    /** Closes both ends. */
    default void close() {
        close(Map.of());
    }

    /** Closes both ends, with a last word; does nothing to a closed comm. */
    void close(Object data);
}
