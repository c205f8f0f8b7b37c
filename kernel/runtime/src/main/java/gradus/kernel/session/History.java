package gradus.kernel.session;

import gradus.kernel.Log;
import gradus.kernel.session.HistoryDatabase.Written;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * What was run, in this session and in those before it, kept in a SQLite file of IPython's schema.
 *
 * <p>All methods may be called by several threads. {@link #add} and {@link #output} return at once: one thread of its
 * own talks to the database, which it opens when there is something to write or to look up. Nothing here throws: a
 * file that is damaged is set aside, and where none can be written the history lives in memory; the log says so once.
 *
 * <p>Several kernels may write one file. It is kept with SQLite's rollback journal, not its write-ahead log, which
 * needs memory shared by all writers and so cannot serve a home folder on a network.
 */
public final class History implements AutoCloseable {

    /** One cell that was run; the output only where it was asked for and there was one. */
    public record Entry(long session, int line, String input, Optional<String> output) {
    }

    private static final Log LOG = new Log(History.class);
    private static final int CLOSE_SECONDS = 15;

    private final LinkedBlockingQueue<Written> incoming = new LinkedBlockingQueue<>();
    // a cell's call may be the first and so start the thread, which must not keep that cell's class loader alive
    private final ExecutorService writer = Executors.newSingleThreadExecutor(Thread.ofPlatform()
            .name("gradus history").daemon().inheritInheritableThreadLocals(false).factory());

    // the writer's own
    private final List<Written> unsaved = new ArrayList<>();
    private final HistoryDatabase database;
    private boolean delayLogged;

    private History(Optional<Path> file) {
        this.database = new HistoryDatabase(file);
    }

    /** The history of this user, where {@link #defaultFile} says. */
    public static History open() {
        return new History(defaultFile());
    }

    /** The history in this file, which is made when it does not exist. */
    public static History open(Path file) {
        return new History(Optional.of(file));
    }

    /** A history that ends with this kernel. */
    public static History inMemory() {
        return new History(Optional.empty());
    }

    /**
     * Where this user's history belongs: the file that the environment's {@code GRADUS_HISTORY} names, else the usual
     * place of the system for data. Nowhere when {@code GRADUS_HISTORY} is {@code off}.
     */
    public static Optional<Path> defaultFile() {
        return defaultFile(System.getenv(), System.getProperty("os.name"), Path.of(System.getProperty("user.home")));
    }

    static Path dataFolder() {
        return dataFolder(System.getenv(), System.getProperty("os.name"), Path.of(System.getProperty("user.home")));
    }

    static Optional<Path> defaultFile(Map<String, String> environment, String system, Path home) {
        var named = environment.getOrDefault("GRADUS_HISTORY", "");
        if (!named.isBlank()) {
            return named.equals("off") ? Optional.empty() : Optional.of(Path.of(named));
        }
        return Optional.of(dataFolder(environment, system, home).resolve("history.sqlite"));
    }

    /** Where the system wants a program to keep what is this user's. */
    static Path dataFolder(Map<String, String> environment, String system, Path home) {
        Path data;
        if (system.startsWith("Windows")) {
            var local = environment.getOrDefault("LOCALAPPDATA", "");
            data = local.isBlank() ? home.resolve("AppData").resolve("Local") : Path.of(local);
        } else if (system.startsWith("Mac")) {
            data = home.resolve("Library").resolve("Application Support");
        } else {
            var shared = environment.getOrDefault("XDG_DATA_HOME", "");
            data = shared.isBlank() ? home.resolve(".local").resolve("share") : Path.of(shared);
        }
        return data.resolve("gradus");
    }

    /** Notes a cell that is run. A number that this session has had already begins a new session. */
    public void add(int line, String input) {
        note(new Written(line, input, false));
    }

    /** Notes the text of a cell's result, in place of an earlier one. */
    public void output(int line, String text) {
        note(new Written(line, text, true));
    }

    /** The newest {@code n} entries, oldest first: this session's last, before them those of the sessions before. */
    public List<Entry> tail(int n, boolean output) {
        return query(() -> database.tail(n, output));
    }

    /**
     * The entries of one session, in order.
     *
     * @param session 0 for this one, negative to count back from it, else a session's own number
     * @param start   the first line; negative to count back from the end
     * @param stop    the line behind the last one; 0 or {@link Integer#MAX_VALUE} for all, negative to count back
     */
    public List<Entry> range(long session, int start, int stop, boolean output) {
        return query(() -> database.range(session, start, stop, output));
    }

    /**
     * The newest entries whose whole text matches a glob of {@code *}, {@code ?} and {@code [...]}, oldest first.
     *
     * @param n      how many at most; negative for all
     * @param unique leaves of equal texts only the newest
     */
    public List<Entry> search(String glob, int n, boolean unique, boolean output) {
        return query(() -> database.search(glob, n, unique, output));
    }

    /** Writes what is not yet written and the end of the session. */
    @Override
    public void close() {
        if (writer.isShutdown()) {
            return;
        }
        writer.execute(this::end);
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                warn("The history did not end in " + CLOSE_SECONDS + " s: another program holds its file.\n"
                        + "The last cells may be missing in it.", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void note(Written written) {
        incoming.add(written);
        try {
            writer.execute(this::flush);
        } catch (RejectedExecutionException e) {   // closed: the kernel is ending
            incoming.clear();
        }
    }

    private List<Entry> query(Callable<List<Entry>> question) {
        try {
            return writer.submit(() -> {
                flush();
                return question.call();
            }).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RejectedExecutionException e) {   // closed: the kernel is ending
            return List.of();
        } catch (ExecutionException e) {
            warn("the history could not be read", e.getCause());
        }
        return List.of();
    }

    /** Writes all that waits. What cannot be written now is tried again the next time. */
    private void flush() {
        incoming.drainTo(unsaved);
        if (unsaved.isEmpty()) {
            return;
        }
        try {
            database.write(unsaved);
            unsaved.clear();
        } catch (SQLException | LinkageError e) {   // the latter: no SQLite for this machine
            if (!delayLogged) {
                warn("The history cannot be written now: " + e.getMessage()
                        + "\nIt is tried again with every cell; GRADUS_HISTORY=off ends that.", null);
                delayLogged = true;
            }
        }
    }

    private void end() {
        flush();
        try {
            database.close();
        } catch (SQLException e) {
            warn("the end of the session is not in the history", e);
        }
    }

    private static void warn(String line, Throwable thrown) {
        StandardStreams.log(LOG, System.Logger.Level.WARNING, line, thrown);
    }
}
