package gradus.kernel.engine;

import java.lang.ref.SoftReference;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The values of the cells' last expressions: {@code $3} is that of cell 3, {@code $} the newest, {@code $$} and
 * {@code $$$} those before. The last {@value #KEPT} are kept, large ones only as long as nobody needs their memory.
 */
final class Results {

    /** A value and its type as source text. */
    record Result(String type, Object value) {
    }

    private static final int KEPT = 200;
    private static final long LARGE = 1 << 20;
    private static final int LOOKED_AT = 10_000;   // objects: a result must not cost the cell its time
    private static final Pattern NAME = Pattern.compile("\\$\\d+|\\${1,3}");

    private record Entry(String type, Object small, SoftReference<Object> large) {

        Object value() {
            return large == null ? small : large.get();
        }
    }

    private final LinkedHashMap<Integer, Entry> entries = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Entry> eldest) {
            return size() > KEPT;
        }
    };

    /** Remembers a cell's value; what is evaluated beside a cell, under its number, does not take its place. */
    synchronized void put(int number, String type, Object value) {
        if (!entries.containsKey(number)) {
            boolean isLarge = value instanceof Collection<?> all && all.size() > LOOKED_AT
                    || Footprint.of(value, LOOKED_AT).bytes() > LARGE;
            entries.put(number, new Entry(type, isLarge ? null : value, isLarge ? new SoftReference<>(value) : null));
        }
    }

    /** Whether a name is one of ours, whatever it stands for. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** What a name stands for now; empty when there is no such result, or not any more. */
    synchronized Optional<Result> get(String name) {
        if (!isName(name)) {
            return Optional.empty();
        }
        Integer number;
        if (name.chars().allMatch(c -> c == '$')) {
            var numbers = List.copyOf(entries.keySet());
            number = name.length() > numbers.size() ? null : numbers.get(numbers.size() - name.length());
        } else {
            number = Integer.valueOf(name.substring(1));
        }
        var entry = entries.get(number);
        return entry == null || entry.value() == null ? Optional.empty()
                : Optional.of(new Result(entry.type, entry.value()));
    }

    synchronized void clear() {
        entries.clear();
    }

    /** Gives up the large values. */
    synchronized void release() {
        entries.values().removeIf(entry -> entry.large != null);
    }

}
