package gradus.kernel.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One message on a {@link Comm}.
 *
 * @param data    plain Java, almost always a map: see {@link #get}
 * @param buffers bytes as they are; not copied
 */
public record CommMessage(Object data, Map<String, ?> metadata, List<byte[]> buffers) {

    /** Keeps the order of the metadata. */
    public CommMessage {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        buffers = List.copyOf(buffers);
    }

    /** The value of a key of the data; {@code null} when there is none, or the data is no map. */
    public Object get(String key) {
        return data instanceof Map<?, ?> map ? map.get(key) : null;
    }
}
