package gradus.kernel.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;

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

    private record Written(int line, String text, boolean isOutput) {
    }

    @FunctionalInterface
    private interface Query {
        List<Entry> ask() throws SQLException;
    }

    private static final System.Logger LOG = System.getLogger(History.class.getName());
    private static final int BUSY_MILLISECONDS = 10_000;
    private static final int CLOSE_SECONDS = 15;
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSxxx");
    private static final DateTimeFormatter IN_FILE_NAME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS");
    private static final List<String> SCHEMA = List.of("""
            CREATE TABLE IF NOT EXISTS sessions (session integer primary key autoincrement, start timestamp,
            end timestamp, num_cmds integer, remark text)""", """
            CREATE TABLE IF NOT EXISTS history (session integer, line integer, source text, source_raw text,
            PRIMARY KEY (session, line))""", """
            CREATE TABLE IF NOT EXISTS output_history (session integer, line integer, output text,
            PRIMARY KEY (session, line))""");

    private final LinkedBlockingQueue<Written> incoming = new LinkedBlockingQueue<>();
    private final ExecutorService writer = Executors.newSingleThreadExecutor(task -> {
        var thread = new Thread(task, "gradus history");
        thread.setDaemon(true);
        return thread;
    });

    // the writer's own
    private final List<Written> unsaved = new ArrayList<>();
    private Optional<Path> file;
    private Connection connection;
    private long session;
    private boolean delayLogged;

    private History(Optional<Path> file) {
        this.file = file;
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

    static Optional<Path> defaultFile(Map<String, String> environment, String system, Path home) {
        var named = environment.getOrDefault("GRADUS_HISTORY", "");
        if (!named.isBlank()) {
            return named.equals("off") ? Optional.empty() : Optional.of(Path.of(named));
        }
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
        return Optional.of(data.resolve("gradus").resolve("history.sqlite"));
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
        return query(() -> select(output, "", """
                ORDER BY session = ? DESC, session DESC, line DESC LIMIT ?""", session, Math.max(n, 0)).reversed());
    }

    /**
     * The entries of one session, in order.
     *
     * @param session 0 for this one, negative to count back from it, else a session's own number
     * @param start   the first line; negative to count back from the end
     * @param stop    the line behind the last one; 0 or {@link Integer#MAX_VALUE} for all, negative to count back
     */
    public List<Entry> range(long session, int start, int stop, boolean output) {
        return query(() -> {
            long number = session <= 0 ? session + this.session : session;
            long end = 1 + longOf("SELECT coalesce(max(line), 0) FROM history WHERE session = ?", number);
            long last = stop == 0 ? Integer.MAX_VALUE : stop < 0 ? stop + end : stop;
            return select(output, "", "WHERE session = ? AND line >= ? AND line < ? ORDER BY line",
                    number, start < 0 ? start + end : start, last);
        });
    }

    /**
     * The newest entries whose whole text matches a glob of {@code *}, {@code ?} and {@code [...]}, oldest first.
     *
     * @param n      how many at most; negative for all
     * @param unique leaves of equal texts only the newest
     */
    public List<Entry> search(String glob, int n, boolean unique, boolean output) {
        // SQLite takes the other columns of a group from the row where the maximum stands
        return query(() -> select(output, unique ? ", max(session * 131072 + line)" : "",
                "WHERE source_raw GLOB ?" + (unique ? " GROUP BY source_raw" : "")
                        + " ORDER BY session DESC, line DESC LIMIT ?", glob, n).reversed());
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
                LOG.log(System.Logger.Level.WARNING, "The history did not end in " + CLOSE_SECONDS
                        + " s: another program holds its file.\nThe last cells may be missing in it.");
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

    private List<Entry> query(Query query) {
        try {
            return writer.submit(() -> {
                flush();
                return answer(query);
            }).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "the history is closed");
        } catch (ExecutionException e) {
            LOG.log(System.Logger.Level.WARNING, "the history could not be read", e.getCause());
        }
        return List.of();
    }

    private List<Entry> answer(Query query) throws SQLException {
        connect();
        try {
            return query.ask();
        } catch (SQLException e) {
            recover(e);
            return query.ask();
        }
    }

    /** Writes all that waits, in one transaction. What cannot be written now is tried again the next time. */
    private void flush() {
        incoming.drainTo(unsaved);
        if (unsaved.isEmpty()) {
            return;
        }
        try {
            connect();
            try {
                inTransaction(this::write);
            } catch (SQLException e) {
                recover(e);
                inTransaction(this::write);
            }
            unsaved.clear();
        } catch (SQLException | LinkageError e) {
            if (!delayLogged) {
                LOG.log(System.Logger.Level.WARNING, "The history cannot be written now: " + e.getMessage()
                        + "\nIt is tried again with every cell; GRADUS_HISTORY=off ends that.");
                delayLogged = true;
            }
        }
    }

    private void write() throws SQLException {
        for (var written : unsaved) {
            if (written.isOutput()) {
                update("INSERT OR REPLACE INTO output_history VALUES (?, ?, ?)",
                        session, written.line(), written.text());
            } else if (insert(written) == 0) {
                endSession();
                startSession();
                insert(written);
            }
        }
    }

    private int insert(Written cell) throws SQLException {
        return update("INSERT OR IGNORE INTO history VALUES (?, ?, ?, ?)",
                session, cell.line(), cell.text(), cell.text());
    }

    private void end() {
        flush();
        if (connection != null) {
            try {
                inTransaction(this::endSession);
            } catch (SQLException e) {
                LOG.log(System.Logger.Level.WARNING, "the end of the session is not in the history", e);
            }
            disconnect();
        }
    }

    private void startSession() throws SQLException {
        update("INSERT INTO sessions VALUES (NULL, ?, NULL, NULL, '')", now());
        session = longOf("SELECT last_insert_rowid()");
    }

    private void endSession() throws SQLException {
        update("UPDATE sessions SET end = ?, num_cmds = (SELECT count(*) FROM history WHERE session = ?)"
                + " WHERE session = ?", now(), session, session);
    }

    private static String now() {
        return OffsetDateTime.now(ZoneOffset.UTC).format(TIMESTAMP);
    }

    /** @throws SQLException when another program holds the file for long: then the next attempt may succeed */
    private void connect() throws SQLException {
        if (connection != null) {
            return;
        }
        if (file.isPresent()) {
            var path = file.get().toAbsolutePath();
            try {
                Files.createDirectories(path.getParent());
                connect("jdbc:sqlite:" + path);
                return;
            } catch (SQLException | IOException e) {
                if (isPassing(e)) {
                    throw (SQLException) e;
                }
                if (isDamage(e) && setAside(path)) {
                    connect();
                    return;
                }
                LOG.log(System.Logger.Level.WARNING, "The history cannot be kept in " + path + ": " + e
                        + "\nIt ends with this kernel; GRADUS_HISTORY names another file, or is off.");
                file = Optional.empty();
            }
        }
        connect("jdbc:sqlite::memory:");
    }

    private void connect(String url) throws SQLException {
        var config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLISECONDS);
        var source = new SQLiteDataSource(config);   // asks no DriverManager, which would load drivers of cells
        source.setUrl(url);
        connection = source.getConnection();
        try {
            inTransaction(() -> {
                for (var table : SCHEMA) {
                    update(table);
                }
                startSession();
            });
        } catch (SQLException e) {
            disconnect();
            throw e;
        }
    }

    /** Opens anew after a failure that waiting does not heal. */
    private void recover(SQLException failure) throws SQLException {
        if (isPassing(failure) || file.isEmpty()) {
            throw failure;
        }
        disconnect();
        if (isDamage(failure)) {
            file.ifPresent(path -> setAside(path.toAbsolutePath()));
        }
        connect();
    }

    private void disconnect() {
        try (var closing = connection) {
            connection = null;
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.DEBUG, "the history's file did not close", e);
        }
    }

    private static boolean isPassing(Exception failure) {
        return hasCode(failure, SQLiteErrorCode.SQLITE_BUSY, SQLiteErrorCode.SQLITE_LOCKED, SQLiteErrorCode.SQLITE_FULL);
    }

    private static boolean isDamage(Exception failure) {
        return hasCode(failure, SQLiteErrorCode.SQLITE_CORRUPT, SQLiteErrorCode.SQLITE_NOTADB);
    }

    private static boolean hasCode(Exception failure, SQLiteErrorCode... codes) {
        return failure instanceof SQLException sql && List.of(codes).stream()
                .anyMatch(code -> code.code == (sql.getErrorCode() & 0xff));   // above: the extended code
    }

    /** Renames a damaged file, unless another kernel has done so meanwhile: then connects to the new one. */
    private boolean setAside(Path damaged) {
        try {
            connect("jdbc:sqlite:" + damaged);
            if (longOf("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") == 1) {
                return true;
            }
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.DEBUG, "damaged indeed", e);
        }
        disconnect();
        var name = damaged.getFileName().toString();
        int dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length();
        var aside = damaged.resolveSibling(name.substring(0, dot) + "-corrupt-"
                + OffsetDateTime.now(ZoneOffset.UTC).format(IN_FILE_NAME) + name.substring(dot));
        try {
            Files.move(damaged, aside);
            Files.deleteIfExists(damaged.resolveSibling(name + "-journal"));   // it would be played into the new file
            LOG.log(System.Logger.Level.WARNING, "The history in " + damaged + " was damaged.\nIt is now " + aside
                    + ", and a new one has begun.");
            return true;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot be renamed", e);
            return false;
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws SQLException;
    }

    /** Immediate: a transaction that only later wants to write fails at once when another one was quicker. */
    private void inTransaction(Work work) throws SQLException {
        long before = session;
        update("BEGIN IMMEDIATE");
        try {
            work.run();
            update("COMMIT");
        } catch (SQLException e) {
            session = before;
            try {
                update("ROLLBACK");
            } catch (SQLException alreadyRolledBack) {
                e.addSuppressed(alreadyRolledBack);
            }
            throw e;
        }
    }

    private int update(String sql, Object... values) throws SQLException {
        try (var statement = prepare(sql, values)) {
            return statement.executeUpdate();
        }
    }

    private long longOf(String sql, Object... values) throws SQLException {
        try (var statement = prepare(sql, values); var row = statement.executeQuery()) {
            return row.getLong(1);
        }
    }

    private List<Entry> select(boolean output, String more, String condition, Object... values) throws SQLException {
        var sql = "SELECT session, line, source_raw" + (output ? ", output" : "") + more + " FROM history "
                + (output ? "LEFT JOIN output_history USING (session, line) " : "") + condition;
        try (var statement = prepare(sql, values); var rows = statement.executeQuery()) {
            var entries = new ArrayList<Entry>();
            while (rows.next()) {
                entries.add(new Entry(rows.getLong(1), rows.getInt(2), rows.getString(3),
                        output ? Optional.ofNullable(rows.getString(4)) : Optional.empty()));
            }
            return entries;
        }
    }

    private PreparedStatement prepare(String sql, Object... values) throws SQLException {
        var statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
