package gradus.kernel.api;

/**
 * A place in the notebook's output whose content can be replaced: by later code, from any thread, after its cell has
 * ended too. Made by {@link Notebook#display}.
 */
public interface Display {

    /** The identity under which the front end knows this place. */
    String id();

    /** Shows {@code value} in this place instead of what is there. */
    void update(Object value);
}
