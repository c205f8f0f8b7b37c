package gradus.kernel.engine;

import gradus.kernel.api.Sizer;
import java.awt.image.BufferedImage;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.nio.Buffer;
import java.nio.CharBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How much memory a value holds, roughly: arrays, texts, boxes, Java's collections and maps with all they hold, the fields
 * of other objects, and what a {@link Sizer} measures. The JDK keeps its own fields to itself: such objects count as their
 * head alone.
 *
 * @param complete whether everything was counted
 */
public record Footprint(long bytes, boolean complete) {

    /** Objects that are looked at before the estimate gives up: about 0.1 s. */
    private static final int MAX_OBJECTS = 1_000_000;

    // of a 64-bit JVM with compressed references
    private static final int OBJECT = 16;
    private static final int REFERENCE = 4;
    private static final int LIST_HEAD = 24 + 16;
    private static final int MAP_HEAD = 48 + 16;
    private static final int MAP_ENTRY = 32 + 8;

    public static Footprint of(Object value) {
        return of(value, MAX_OBJECTS);
    }

    /** @param objects as many are looked at, at most */
    static Footprint of(Object value, int objects) {
        return new Walk(objects).of(value);
    }

    private static final class Walk {

        private final int limit;

        private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Deque<Object> waiting = new ArrayDeque<>();
        private long bytes;
        private boolean complete = true;

        Walk(int limit) {
            this.limit = limit;
        }

        Footprint of(Object value) {
            add(value);
            while (!waiting.isEmpty()) {
                if (seen.size() > limit) {
                    return new Footprint(bytes, false);
                }
                weigh(waiting.pop());
            }
            return new Footprint(bytes, complete);
        }

        private void add(Object value) {
            boolean isShared = value instanceof Enum<?> || value instanceof Class<?> || value instanceof Thread
                    || value instanceof ClassLoader;
            if (value != null && !isShared && seen.add(value)) {
                waiting.push(value);
            }
        }

        private void weigh(Object value) {
            var sizer = sizer(value);
            if (sizer.isPresent()) {
                bytes += sizer.get();
                return;
            }
            switch (value) {
                case String text -> bytes += 24 + 16 + (text.chars().allMatch(c -> c < 256) ? 1L : 2L) * text.length();
                case Long _, Double _ -> bytes += 24;
                case Number _, Character _, Boolean _ -> bytes += OBJECT;
                case Object[] array -> {
                    bytes += OBJECT + (long) REFERENCE * array.length;
                    addAll(Arrays.asList(array));
                }
                case Collection<?> all when value.getClass().getName().startsWith("java.util.") -> {
                    bytes += LIST_HEAD + (long) REFERENCE * all.size();
                    addAll(all);
                }
                case Map<?, ?> map when value.getClass().getName().startsWith("java.util.") -> {
                    bytes += MAP_HEAD + (long) MAP_ENTRY * map.size();
                    addAll(map.keySet());
                    addAll(map.values());
                }
                case Buffer buffer -> bytes += 64 + (buffer.isDirect() ? width(buffer) * buffer.capacity() : 0);
                case BufferedImage image -> bytes += (long) image.getWidth() * image.getHeight()
                        * image.getColorModel().getPixelSize() / 8;
                default -> weighOther(value);
            }
        }

        private void weighOther(Object value) {
            var element = value.getClass().getComponentType();
            if (element == null) {
                bytes += OBJECT;
                for (Class<?> type = value.getClass(); type != Object.class; type = type.getSuperclass()) {
                    Stream.of(type.getDeclaredFields()).filter(field -> !Modifier.isStatic(field.getModifiers()))
                            .forEach(field -> follow(value, field));
                }
            } else {
                bytes += OBJECT + (long) width(element) * Array.getLength(value);
            }
        }

        private void follow(Object value, Field field) {
            bytes += width(field.getType());
            if (!field.getType().isPrimitive()) {
                try {
                    field.setAccessible(true);
                    add(field.get(value));
                } catch (InaccessibleObjectException | IllegalAccessException e) {
                    complete = false;
                }
            }
        }

        /** Stops at what is too much to look at, rather than putting all of it aside first. */
        private void addAll(Collection<?> values) {
            for (var value : values) {
                if (seen.size() > limit) {
                    return;
                }
                add(value);
            }
        }

        private static Optional<Long> sizer(Object value) {
            Sizer<?> best = null;
            for (var sizer : Sizers.ALL) {
                if (sizer.type().isInstance(value) && (best == null || best.type().isAssignableFrom(sizer.type()))) {
                    best = sizer;
                }
            }
            return Optional.ofNullable(best).map(sizer -> measured(sizer, value));
        }

        private static <T> long measured(Sizer<T> sizer, Object value) {
            return sizer.bytes(sizer.type().cast(value));
        }
    }

    /** Found when first needed: that means opening every jar. */
    private static final class Sizers {
        private static final List<Sizer<?>> ALL = ServiceLoader.load(Sizer.class).stream()
                .<Sizer<?>>map(ServiceLoader.Provider::get).toList();
    }

    private static int width(Class<?> element) {
        return element == long.class || element == double.class ? 8
                : element == int.class || element == float.class ? 4
                : element == short.class || element == char.class ? 2
                : element.isPrimitive() ? 1 : REFERENCE;
    }

    private static long width(Buffer buffer) {
        return switch (buffer) {
            case LongBuffer _, DoubleBuffer _ -> 8;
            case IntBuffer _, FloatBuffer _ -> 4;
            case ShortBuffer _, CharBuffer _ -> 2;
            default -> 1;
        };
    }

    /** Bytes with a unit: {@code 1.2 MB}. */
    public static String text(long bytes) {
        double scaled = bytes;
        for (var unit : new String[] {"B", "kB", "MB", "GB"}) {
            if (scaled < 1000) {
                return unit.equals("B") ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", scaled, unit);
            }
            scaled /= 1000;
        }
        return String.format(Locale.ROOT, "%.1f TB", scaled);
    }

    /** {@code ≥} stands before a sum to which something could not be added. */
    @Override
    public String toString() {
        return (complete ? "" : "≥ ") + text(bytes);
    }
}
