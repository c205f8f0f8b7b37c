package gradus.kernel.engine;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;

/** How much memory a value holds, about: arrays to the byte, objects by their fields, at most {@value #MAX} of them. */
public final class Sizes {

    private static final int MAX = 100_000;
    private static final int HEADER = 16;

    private Sizes() {
    }

    /** The bytes that go when the value goes, if nobody else holds part of it; {@code 0} for {@code null}. */
    public static long estimate(Object value) {
        var seen = Collections.newSetFromMap(new IdentityHashMap<>());
        var open = new ArrayDeque<Object>();
        long bytes = 0;
        if (value != null) {
            open.add(value);
        }
        while (!open.isEmpty() && seen.size() < MAX) {
            var object = open.poll();
            if (seen.add(object)) {
                bytes += shallow(object, open);
            }
        }
        return bytes;
    }

    private static long shallow(Object object, ArrayDeque<Object> open) {
        var type = object.getClass();
        if (type.isArray()) {
            if (object instanceof Object[] elements) {
                addAll(elements, open);
            }
            return HEADER + (long) Array.getLength(object) * width(type.getComponentType());
        }
        switch (object) {
            case String text -> {
                return 2L * HEADER + 8 + text.length();
            }
            case Collection<?> elements -> {
                addAll(elements.toArray(), open);
                return HEADER + 8L + 24L * elements.size();
            }
            case Map<?, ?> map -> {
                addAll(map.keySet().toArray(), open);
                addAll(map.values().toArray(), open);
                return HEADER + 32L + 40L * map.size();
            }
            case Class<?> ignored -> {
                return 0;
            }
            default -> {
                return HEADER + fields(object, type, open);
            }
        }
    }

    private static void addAll(Object[] elements, ArrayDeque<Object> open) {
        for (int i = 0; i < Math.min(elements.length, MAX); i++) {
            if (elements[i] != null) {
                open.add(elements[i]);
            }
        }
    }

    private static long fields(Object object, Class<?> type, ArrayDeque<Object> open) {
        long bytes = 0;
        for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
            for (Field field : c.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    bytes += width(field.getType());
                    if (!field.getType().isPrimitive()) {
                        follow(object, field, open);
                    }
                }
            }
        }
        return bytes;
    }

    private static void follow(Object object, Field field, ArrayDeque<Object> open) {
        try {
            field.setAccessible(true);
            var value = field.get(object);
            if (value != null && !(value instanceof Thread) && !(value instanceof ClassLoader)) {
                open.add(value);
            }
        } catch (InaccessibleObjectException | IllegalAccessException e) {
            // inside the JDK: its own width is all that can be told
        }
    }

    private static int width(Class<?> type) {
        return switch (type.descriptorString()) {
            case "B", "Z" -> 1;
            case "S", "C" -> 2;
            case "J", "D" -> 8;
            default -> 4;   // int, float, and a compressed reference
        };
    }
}
