package gradus.kernel.api;

/**
 * A command of the notebook's: {@code %name arguments} on a line of a cell, {@code %%name arguments} above a whole cell.
 *
 * <p>Found by {@link java.util.ServiceLoader}: name the class in {@code META-INF/services/gradus.kernel.api.Magic}. What a
 * magic returns is shown below the cell, unless it is {@code null}; in {@code var x = %name …} it is the value of x.
 */
public interface Magic {

    /** What follows the percent sign. */
    String name();

    /** What {@code %name?} shows: the usage on the first line, on the second what it does, then options and examples. */
    String help();

    /**
     * Runs {@code %name arguments}.
     *
     * @param arguments the rest of the line, without blanks around it
     */
    default Object line(String arguments, Session session) throws Exception {
        throw new IllegalArgumentException("%" + name() + " wants a cell of its own below it:\nbegin the cell with %%" + name());
    }

    /** Runs {@code %%name arguments} with all lines below it. */
    default Object cell(String arguments, String body, Session session) throws Exception {
        throw new IllegalArgumentException("%%" + name() + " takes no cell below it:\nwrite %" + name() + " on a line of its own");
    }

    /**
     * Whether it may change which names the lines below it can use, by adding to the class path say: those lines are
     * compiled only after it has run.
     */
    default boolean defines() {
        return false;
    }
}
