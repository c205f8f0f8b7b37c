package gradus.kernel.api;

import java.util.List;

/**
 * What magics become: {@code %name arguments} in a cell is compiled as a call from here, on the same line.
 *
 * <p>Code may call these itself, {@code Magics.shell("ls")} say, where a magic's own form does not fit.
 */
public final class Magics {

    /** Code in a cell that has a value. */
    @FunctionalInterface
    public interface Code<T> {
        T run() throws Exception;
    }

    /** Code in a cell that has none. */
    @FunctionalInterface
    public interface Action {
        void run() throws Exception;
    }

    private Magics() {
    }

    /** The value of {@code %name arguments}. */
    public static Object line(String name, String arguments) throws Exception {
        return Session.current().line(name, arguments);
    }

    /** Runs {@code %name arguments} and shows its value. */
    public static void show(String name, String arguments) throws Exception {
        show(line(name, arguments));
    }

    /** Runs {@code %%name arguments} above {@code body} and shows its value. */
    public static void show(String name, String arguments, String body) throws Exception {
        show(Session.current().cell(name, arguments, body));
    }

    /** Shows a value below the cell, unless it is {@code null}. */
    public static void show(Object value) {
        if (value != null) {
            Notebook.display(value);
        }
    }

    /** What a command of the system's shell prints; its error stream is shown. */
    public static Lines shell(String command) throws Exception {
        return (Lines) line("sx", command);
    }

    /** Runs the code once and prints how long it took; returns its value. */
    public static <T> T time(Code<T> code) throws Exception {
        Stopwatch.start();
        var value = code.run();
        Stopwatch.stop();
        return value;
    }

    /** Runs the code once and prints how long it took. */
    public static void time(Action code) throws Exception {
        Stopwatch.start();
        code.run();
        Stopwatch.stop();
    }

    /** Starts to measure the lines below. */
    public static void start() {
        Stopwatch.start();
    }

    /** Prints how long the lines since {@link #start} took. */
    public static void stop() {
        Stopwatch.stop();
    }

    /** Prints how long the whole cell took if {@code %%time} began it, and forgets what an exception left unmeasured. */
    public static void stopAll() {
        Stopwatch.stopAll();
    }

    /** Measures code by running it often; the options are those of {@code %timeit}. */
    public static Timing timeit(String options, Code<?> code) throws Exception {
        return Timing.of(Timing.Plan.of(List.of(options.split("\\s+"))), code);
    }

    /** Measures code without a value by running it often. */
    public static Timing timeit(String options, Action code) throws Exception {
        return timeit(options, () -> {
            code.run();
            return null;
        });
    }
}
