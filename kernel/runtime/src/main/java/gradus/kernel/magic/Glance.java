package gradus.kernel.magic;

import java.lang.reflect.Array;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.StringJoiner;

/** A value in one short line, without building the text of a large one. */
final class Glance {

    private static final int MAX_CHARS = 72;
    private static final int MAX_ELEMENTS = 12;

    private Glance() {
    }

    static String of(Object value) {
        try {
            return shortened(text(value));
        } catch (RuntimeException | StackOverflowError e) {
            return "(its toString throws " + e.getClass().getName() + ")";
        }
    }

    private static String text(Object value) {
        return switch (value) {
            case null -> "null";
            case CharSequence text -> "\"" + text.subSequence(0, Math.min(text.length(), MAX_CHARS)) + "\"";
            case Collection<?> all when isJava(all) -> all.size() + (all.size() == 1 ? " element: " : " elements: ")
                    + first(all.iterator());
            case Map<?, ?> map when isJava(map) -> map.size() + (map.size() == 1 ? " entry: " : " entries: ")
                    + first(map.entrySet().iterator());
            default -> value.getClass().isArray() ? array(value) : String.valueOf(value);
        };
    }

    /** Classes of others may be views on something that is expensive to read. */
    private static boolean isJava(Object value) {
        return value.getClass().getName().startsWith("java.");
    }

    private static String first(Iterator<?> elements) {
        var text = new StringJoiner(", ");
        for (int i = 0; i < MAX_ELEMENTS && elements.hasNext(); i++) {
            text.add(shortened(String.valueOf(elements.next())));
        }
        return text + (elements.hasNext() ? ", …" : "");
    }

    private static String array(Object array) {
        var text = new StringJoiner(", ");
        int length = Array.getLength(array);
        for (int i = 0; i < Math.min(length, MAX_ELEMENTS); i++) {
            text.add(shortened(text(Array.get(array, i))));
        }
        return length + (length == 1 ? " element: " : " elements: ") + text + (length > MAX_ELEMENTS ? ", …" : "");
    }

    private static String shortened(String text) {
        var line = text.substring(0, Math.min(text.length(), MAX_CHARS + 1)).replaceAll("\\s+", " ");
        return line.length() > MAX_CHARS ? line.substring(0, MAX_CHARS - 1) + "…" : line;
    }
}
