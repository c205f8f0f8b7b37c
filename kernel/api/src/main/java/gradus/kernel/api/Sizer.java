package gradus.kernel.api;

/**
 * How much memory values of one type hold, for {@code %mem}.
 *
 * <p>Found by {@link java.util.ServiceLoader}: name the class in {@code META-INF/services/gradus.kernel.api.Sizer}. Of
 * several that fit a value, the most specific type wins.
 *
 * @param <T> the type, an interface as well as a class
 */
public interface Sizer<T> {

    /** Values of this type and its subtypes are measured here. */
    Class<T> type();

    /** The bytes that the value holds, on the heap and off it; what several values share counts for each. */
    long bytes(T value);
}
