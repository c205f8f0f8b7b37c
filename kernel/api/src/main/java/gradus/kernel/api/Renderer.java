package gradus.kernel.api;

/**
 * How values of one type look in a notebook, for types that cannot be {@link Displayable} themselves.
 *
 * <p>Found by {@link java.util.ServiceLoader}: name the class in
 * {@code META-INF/services/gradus.kernel.api.Renderer}. Of several that fit a value, the most specific type wins.
 *
 * @param <T> the type, an interface as well as a class
 */
public interface Renderer<T> {

    /** Values of this type and its subtypes are rendered here. */
    Class<T> type();

    /** All forms of the value. An exception from here is reported beside the value's plain text. */
    MimeBundle render(T value);
}
