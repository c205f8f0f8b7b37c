package gradus.kernel;

/**
 * A class's way to the log. The logger is looked up when there is something to say: the first lookup in a JVM takes
 * 30 ms, which a start has better uses for.
 */
public record Log(Class<?> speaker) {

    /** Looks up a logger once, so that later ones are found also when the process has no file left to open. */
    static void prepare() {
        new Log(Log.class).logger().isLoggable(System.Logger.Level.WARNING);
    }

    public void log(System.Logger.Level level, String line) {
        logger().log(level, line);
    }

    public void log(System.Logger.Level level, String line, Throwable thrown) {
        logger().log(level, line, thrown);
    }

    private System.Logger logger() {
        return System.getLogger(speaker.getName());
    }
}
