package gradus.kernel.session;

import gradus.kernel.Log;
import gradus.kernel.session.History.Entry;
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
import java.util.Optional;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;

/**
 * The history's SQLite database of IPython's schema, and the session in it. Of one thread; opened when it is first
 * asked for something.
 *
 * <p>A file that is damaged is set aside, and where none can be written the database is in memory. What is thrown is
 * what may have passed when the same is tried again: a file that another program holds, a full disk.
 */
final class HistoryDatabase {

    /** A cell's text or its output's. */
    record Written(int line, String text, boolean isOutput) {
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws SQLException;
    }

    private static final Log LOG = new Log(HistoryDatabase.class);
    private static final int BUSY_MILLISECONDS = 10_000;
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSxxx");
    private static final DateTimeFormatter IN_FILE_NAME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS");
    private static final List<String> SCHEMA = List.of("""
            CREATE TABLE IF NOT EXISTS sessions (session integer primary key autoincrement, start timestamp,
            end timestamp, num_cmds integer, remark text)""", """
            CREATE TABLE IF NOT EXISTS history (session integer, line integer, source text, source_raw text,
            PRIMARY KEY (session, line))""", """
            CREATE TABLE IF NOT EXISTS output_history (session integer, line integer, output text,
            PRIMARY KEY (session, line))""");

    private Optional<Path> file;
    private Connection connection;
    private long session;

    /** @param file empty for a database in memory */
    HistoryDatabase(Optional<Path> file) {
        this.file = file;
    }

    /** In one transaction. */
    void write(List<Written> batch) throws SQLException {
        recovering(() -> inTransaction(() -> {
            for (var written : batch) {
                write(written);
            }
        }));
    }

    List<Entry> tail(int n, boolean output) throws SQLException {
        return recovering(() -> select(output, "", "ORDER BY session = ? DESC, session DESC, line DESC LIMIT ?",
                session, Math.max(n, 0)).reversed());
    }

    List<Entry> range(long session, int start, int stop, boolean output) throws SQLException {
        return recovering(() -> {
            long number = session <= 0 ? session + this.session : session;
            long end = 1 + longOf("SELECT coalesce(max(line), 0) FROM history WHERE session = ?", number);
            long last = stop == 0 ? Integer.MAX_VALUE : stop < 0 ? stop + end : stop;
            return select(output, "", "WHERE session = ? AND line >= ? AND line < ? ORDER BY line",
                    number, start < 0 ? start + end : start, last);
        });
    }

    List<Entry> search(String glob, int n, boolean unique, boolean output) throws SQLException {
        // SQLite takes the other columns of a group from the row where the maximum stands
        return recovering(() -> select(output, unique ? ", max(session * 131072 + line)" : "",
                "WHERE source_raw GLOB ?" + (unique ? " GROUP BY source_raw" : "")
                        + " ORDER BY session DESC, line DESC LIMIT ?", glob, n).reversed());
    }

    /** Notes the end of the session, when there was one. */
    void close() throws SQLException {
        if (connection != null) {
            try {
                inTransaction(this::endSession);
            } finally {
                disconnect();
            }
        }
    }

    private void write(Written written) throws SQLException {
        if (written.isOutput()) {
            update("INSERT OR REPLACE INTO output_history VALUES (?, ?, ?)", session, written.line(), written.text());
        } else if (insert(written) == 0) {   // the session has had this number
            endSession();
            startSession();
            insert(written);
        }
    }

    private int insert(Written cell) throws SQLException {
        return update("INSERT OR IGNORE INTO history VALUES (?, ?, ?, ?)",
                session, cell.line(), cell.text(), cell.text());
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
                log(System.Logger.Level.WARNING, "The history cannot be kept in " + path + ": " + e
                        + "\nIt ends with this kernel; GRADUS_HISTORY names another file, or is off.", null);
                file = Optional.empty();
            }
        }
        connect("jdbc:sqlite::memory:");
    }

    private void connect(String url) throws SQLException {
        SqliteLibrary.load(History.dataFolder());
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

    /** Tries once more after a failure that waiting would not heal. */
    private <T> T recovering(Work<T> work) throws SQLException {
        connect();
        try {
            return work.run();
        } catch (SQLException e) {
            if (isPassing(e) || file.isEmpty()) {
                throw e;
            }
            disconnect();
            if (isDamage(e)) {
                setAside(file.get().toAbsolutePath());
            }
            connect();
            return work.run();
        }
    }

    private void disconnect() {
        try (var closing = connection) {
            connection = null;
        } catch (SQLException e) {
            log(System.Logger.Level.DEBUG, "the history's file did not close", e);
        }
    }

    private static boolean isPassing(Exception failure) {
        return hasCode(failure, SQLiteErrorCode.SQLITE_BUSY, SQLiteErrorCode.SQLITE_LOCKED,
                SQLiteErrorCode.SQLITE_FULL);
    }

    private static boolean isDamage(Exception failure) {
        return hasCode(failure, SQLiteErrorCode.SQLITE_CORRUPT, SQLiteErrorCode.SQLITE_NOTADB);
    }

    private static boolean hasCode(Exception failure, SQLiteErrorCode... codes) {
        return failure instanceof SQLException sql && List.of(codes).stream()
                .anyMatch(code -> code.code == (sql.getErrorCode() & 0xff));   // above: the extended code
    }

    /** Renames a damaged file, unless another kernel has done so meanwhile: then connects to the new one. */
    private boolean setAside(Path damaged) throws SQLException {
        try {
            connect("jdbc:sqlite:" + damaged);
            if (longOf("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") == 1) {
                return true;
            }
        } catch (SQLException e) {
            if (isPassing(e)) {
                throw e;
            }
            log(System.Logger.Level.DEBUG, "damaged indeed", e);
        }
        disconnect();
        var name = damaged.getFileName().toString();
        int dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length();
        var aside = damaged.resolveSibling(name.substring(0, dot) + "-corrupt-"
                + OffsetDateTime.now(ZoneOffset.UTC).format(IN_FILE_NAME) + name.substring(dot));
        try {
            Files.move(damaged, aside);
            Files.deleteIfExists(damaged.resolveSibling(name + "-journal"));   // it would be played into the new file
            log(System.Logger.Level.WARNING, "The history in " + damaged + " was damaged.\nIt is now " + aside
                    + ", and a new one has begun.", null);
            return true;
        } catch (IOException e) {
            log(System.Logger.Level.DEBUG, "cannot be renamed", e);
            return false;
        }
    }

    @FunctionalInterface
    private interface Steps {
        void run() throws SQLException;
    }

    /** Immediate: a transaction that only later wants to write fails at once when another one was quicker. */
    private Void inTransaction(Steps steps) throws SQLException {
        long before = session;
        update("BEGIN IMMEDIATE");
        try {
            steps.run();
            update("COMMIT");
            return null;
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
            row.next();
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

    private static void log(System.Logger.Level level, String line, Throwable thrown) {
        StandardStreams.log(LOG, level, line, thrown);
    }
}
