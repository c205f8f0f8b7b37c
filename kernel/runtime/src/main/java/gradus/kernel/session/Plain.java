package gradus.kernel.session;

import java.lang.reflect.Array;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A value as text: what its {@code toString} gives, but arrays with their elements wherever they stand, and never more
 * than a reader can use. Of a large value only the part that is shown is turned into text.
 */
final class Plain {

    private static final int MAX_CHARS = 20_000;
    private static final int MAX_ELEMENTS = 1_000;
    private static final int MAX_DEPTH = 40;

    private final StringBuilder text = new StringBuilder();
    private final Set<Object> around = Collections.newSetFromMap(new IdentityHashMap<>());   // what we are inside of
    private final int maxChars;

    private Plain(int maxChars) {
        this.maxChars = maxChars;
    }

    /** The text of a value that stands alone. */
    static String text(Object value) {
        return text(value, MAX_CHARS);
    }

    /** The text of a value in at most about {@code maxChars} characters. */
    static String text(Object value, int maxChars) {
        var plain = new Plain(maxChars);
        plain.append(value);
        return plain.text.toString();
    }

    private void append(Object value) {
        if (value == null) {
            text.append("null");
        } else if (around.size() >= MAX_DEPTH) {
            text.append('…');
        } else if (!isContainer(value)) {
            appendCut(String.valueOf(value));
        } else if (!around.add(value)) {
            text.append("(this one)");
        } else {
            try {
                appendContainer(value);
            } finally {
                around.remove(value);
            }
        }
    }

    /** Whether we may write it ourselves: a collection of the JDK's, not one whose author may have a word of his own. */
    private static boolean isContainer(Object value) {
        var type = value.getClass();
        return type.isArray() || type.isRecord()
                || (value instanceof Collection || value instanceof Map) && type.getModule().equals(Object.class.getModule());
    }

    private void appendContainer(Object value) {
        switch (value) {
            case Collection<?> collection -> elements('[', collection.iterator(), collection.size(), ']', this::append);
            case Map<?, ?> map -> elements('{', map.entrySet().iterator(), map.size(), '}', entry -> {
                append(entry.getKey());
                text.append('=');
                append(entry.getValue());
            });
            case Record record -> appendRecord(record);
            default -> {
                int length = Array.getLength(value);
                elements('[', IntStream.range(0, length).iterator(), length, ']', i -> append(Array.get(value, i)));
            }
        }
    }

    private <T> void elements(char open, Iterator<T> elements, int size, char close, Consumer<T> append) {
        text.append(open);
        for (int i = 0; elements.hasNext(); i++) {
            text.append(i == 0 ? "" : ", ");
            if (i == MAX_ELEMENTS || text.length() >= maxChars) {
                text.append("… ").append(size).append(" elements in all");
                break;
            }
            append.accept(elements.next());
        }
        text.append(close);
    }

    /** A record says itself what it looks like, unless it has the {@code toString} that the compiler gives it. */
    private void appendRecord(Record record) {
        var own = record.toString();
        var components = record.getClass().getRecordComponents();
        if (own == null || components.length == 0
                || !own.startsWith(record.getClass().getSimpleName() + "[" + components[0].getName() + "=")) {
            appendCut(String.valueOf(own));
            return;
        }
        Object[] values;
        try {
            values = Arrays.stream(components).map(component -> value(record, component)).toArray();
        } catch (InaccessibleObjectException | UnsupportedOperationException e) {
            appendCut(own);
            return;
        }
        text.append(record.getClass().getSimpleName()).append('[');
        for (int i = 0; i < values.length; i++) {
            text.append(i == 0 ? "" : ", ").append(components[i].getName()).append('=');
            append(values[i]);
        }
        text.append(']');
    }

    /** @throws UnsupportedOperationException when its accessor gives nothing */
    static Object value(Record record, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new UnsupportedOperationException(component.getName() + " of " + record.getClass().getSimpleName()
                    + " cannot be read", e);
        }
    }

    private void appendCut(String whole) {
        int room = Math.max(1, maxChars - text.length());
        if (whole.length() <= room) {
            text.append(whole);
        } else {
            int end = Character.isHighSurrogate(whole.charAt(room - 1)) ? room - 1 : room;
            text.append(whole, 0, end).append(around.isEmpty() ? "\n… " : "… ").append(whole.length())
                    .append(" characters in all");
        }
    }
}
