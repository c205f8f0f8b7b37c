package gradus.kernel.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.session.History.Entry;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("data").resolve("history.sqlite");
    }

    /** Three sessions, the last one open. */
    private History third() {
        try (var first = History.open(file())) {
            first.add(1, "int a = 1;");
            first.add(2, "a");
            first.output(2, "1");
        }
        try (var second = History.open(file())) {
            second.add(1, "b");
            second.add(2, "a");
            second.add(3, "c*");
        }
        var third = History.open(file());
        third.add(1, "d");
        third.add(2, "e");
        return third;
    }

    private static List<String> inputs(List<Entry> entries) {
        return entries.stream().map(entry -> entry.session() + "/" + entry.line() + " " + entry.input()).toList();
    }

    @Test
    void tailEndsWithTheNewestCellAndReachesIntoEarlierSessions() {
        try (var history = third()) {
            assertEquals(List.of("2/3 c*", "3/1 d", "3/2 e"), inputs(history.tail(3, false)));
            assertEquals(7, history.tail(100, false).size());
            assertEquals(List.of(), history.tail(0, false));
        }
    }

    @Test
    void tailPutsThisSessionLastAlsoWhenALaterOneHasBegun() {
        try (var early = History.open(file())) {
            early.add(1, "early");
            assertEquals(1, early.tail(5, false).size());   // from then on it has its session's number
            try (var late = History.open(file())) {
                late.add(1, "late");
                assertEquals(List.of("1/1 early", "2/1 late"), inputs(late.tail(5, false)));
                assertEquals(List.of("2/1 late", "1/1 early"), inputs(early.tail(5, false)));
            }
        }
    }

    @Test
    void rangeCountsSessionsBackAndLeavesOutItsStop() {
        try (var history = third()) {
            assertEquals(List.of("3/1 d", "3/2 e"), inputs(history.range(0, 1, Integer.MAX_VALUE, false)));
            assertEquals(List.of("2/1 b", "2/2 a"), inputs(history.range(-1, 1, 3, false)));
            assertEquals(List.of("2/1 b", "2/2 a"), inputs(history.range(-1, 1, -1, false)));
            assertEquals(List.of("2/3 c*"), inputs(history.range(-1, -1, 0, false)));
            assertEquals(List.of("1/2 a"), inputs(history.range(1, 2, 0, false)));
            assertEquals(List.of(), history.range(-9, 1, 5, false));
        }
    }

    @Test
    void searchGivesTheNewestInOrderAndEachTextOnceWhenAsked() {
        try (var history = third()) {
            assertEquals(List.of("1/2 a", "2/2 a"), inputs(history.search("a", -1, false, false)));
            assertEquals(List.of("2/2 a"), inputs(history.search("a", -1, true, false)));
            assertEquals(List.of("1/1 int a = 1;", "1/2 a", "2/2 a"), inputs(history.search("*a*", 10, false, false)));
            assertEquals(List.of("2/3 c*", "3/1 d", "3/2 e"), inputs(history.search("*", 3, true, false)));
            assertEquals(List.of("2/3 c*"), inputs(history.search("[a-c][*]", 9, false, false)));
            assertEquals(List.of(), history.search("nowhere", 3, false, false));
        }
    }

    @Test
    void outputsComeOnlyWhenAskedFor() {
        try (var history = third()) {
            assertEquals(Optional.of("1"), history.range(1, 2, 3, true).getFirst().output());
            assertEquals(Optional.empty(), history.range(1, 2, 3, false).getFirst().output());
            assertEquals(Optional.empty(), history.tail(1, true).getFirst().output());
            assertEquals(Optional.of("1"), history.search("a", 9, false, true).getFirst().output());
            history.output(2, "first");
            history.output(2, "second");
            assertEquals(Optional.of("second"), history.tail(1, true).getFirst().output());
        }
    }

    @Test
    void aNumberUsedTwiceBeginsANewSession() {
        try (var history = History.open(file())) {
            history.add(1, "before");
            history.add(1, "after");
            history.output(1, "shown");
            assertEquals(List.of(new Entry(1, 1, "before", Optional.empty()),
                    new Entry(2, 1, "after", Optional.of("shown"))), history.tail(9, true));
        }
    }

    @Test
    void theFileHasTheTablesOfIPythonAndTheEndOfTheSession() throws SQLException {
        third().close();
        try (var database = DriverManager.getConnection("jdbc:sqlite:" + file());
                var statement = database.createStatement()) {
            var columns = new ArrayList<String>();
            try (var rows = statement.executeQuery("SELECT m.name, p.name, p.type, p.pk FROM sqlite_master m"
                    + " JOIN pragma_table_info(m.name) p WHERE m.name NOT LIKE 'sqlite_%' ORDER BY m.name, p.cid")) {
                while (rows.next()) {
                    columns.add(rows.getString(1) + "." + rows.getString(2) + " " + rows.getString(3)
                            + " " + rows.getInt(4));
                }
            }
            assertEquals(List.of("history.session INTEGER 1", "history.line INTEGER 2", "history.source TEXT 0",
                    "history.source_raw TEXT 0", "output_history.session INTEGER 1", "output_history.line INTEGER 2",
                    "output_history.output TEXT 0", "sessions.session INTEGER 1", "sessions.start timestamp 0",
                    "sessions.end timestamp 0", "sessions.num_cmds INTEGER 0", "sessions.remark TEXT 0"),
                    columns);
            try (var row = statement.executeQuery("SELECT start, end, num_cmds FROM sessions WHERE session = 2")) {
                var start = OffsetDateTime.parse(row.getString(1).replace(' ', 'T'));
                assertFalse(OffsetDateTime.parse(row.getString(2).replace(' ', 'T')).isBefore(start));
                assertEquals(3, row.getInt(3));
            }
        }
    }

    @Test
    void severalHistoriesWriteOneFileWithoutLoss() throws InterruptedException {
        int writers = 6;
        int cells = 40;
        var threads = IntStream.range(0, writers).mapToObj(w -> Thread.ofPlatform().start(() -> {
            try (var history = History.open(file())) {
                for (int line = 1; line <= cells; line++) {
                    history.add(line, "writer " + w);
                    history.output(line, "result " + line);
                }
            }
        })).toList();
        for (var thread : threads) {
            thread.join();
        }
        try (var history = History.open(file())) {
            for (int w = 0; w < writers; w++) {
                var written = history.search("writer " + w, -1, false, true);
                assertEquals(IntStream.rangeClosed(1, cells).boxed().toList(),
                        written.stream().map(Entry::line).toList());
                assertTrue(written.stream().allMatch(e -> e.output().equals(Optional.of("result " + e.line()))));
                assertEquals(1, written.stream().map(Entry::session).distinct().count());
            }
        }
    }

    /** Started as programs of their own by the test below. */
    static final class Writer {
        public static void main(String[] arguments) {
            try (var history = History.open(Path.of(arguments[0]))) {
                for (int line = 1; line <= 50; line++) {
                    history.add(line, arguments[1]);
                }
            }
        }
    }

    @Test
    void severalProgramsWriteOneFileWithoutLossOrWarnings() throws IOException, InterruptedException {
        var home = Files.createDirectory(folder.resolve("home"));
        var temporary = Files.createDirectory(folder.resolve("temporary"));
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var programs = new ArrayList<Process>();
        for (var name : List.of("one", "two")) {
            var command = new ProcessBuilder(java, "--enable-native-access=ALL-UNNAMED", "-Duser.home=" + home,
                    "-Djava.io.tmpdir=" + temporary, "-cp", System.getProperty("java.class.path"),
                    Writer.class.getName(), file().toString(), name).redirectErrorStream(true);
            command.environment().keySet().removeAll(List.of("XDG_DATA_HOME", "LOCALAPPDATA"));
            programs.add(command.start());
        }
        for (var program : programs) {
            assertEquals("", new String(program.getInputStream().readAllBytes()));
            assertEquals(0, program.waitFor());
        }
        try (var history = History.open(file())) {
            assertEquals(50, history.search("one", -1, false, false).size());
            assertEquals(50, history.search("two", -1, false, false).size());
        }
        assertEquals(List.of(), filesIn(temporary), "each process has unpacked SQLite for itself");
        assertEquals(1, filesIn(home).size());
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void aDamagedFileIsSetAsideAndANewOneBegun() throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), "this is no database, ".repeat(200));
        try (var history = History.open(file())) {
            history.add(1, "kept");
            assertEquals(List.of("1/1 kept"), inputs(history.tail(9, false)));
        }
        try (var history = History.open(file()); var files = Files.list(file().getParent())) {
            assertEquals(List.of("1/1 kept"), inputs(history.tail(9, false)));
            assertEquals(List.of("this is no database"), files.filter(f -> f.toString().contains("-corrupt-"))
                    .map(HistoryTest::beginning).toList());
        }
    }

    private static String beginning(Path file) {
        try {
            return Files.readString(file).substring(0, 19);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void damageDuringASessionLosesNoLaterCell() throws IOException {
        try (var history = History.open(file())) {
            history.add(1, "before");
            assertEquals(1, history.tail(9, false).size());
            Files.writeString(file(), "overwritten, ".repeat(2000));
            history.add(2, "after");
            assertEquals(List.of("after"), history.tail(9, false).stream().map(Entry::input).toList());
        }
        try (var history = History.open(file())) {
            assertEquals(List.of("after"), history.tail(9, false).stream().map(Entry::input).toList());
        }
    }

    @Test
    void whereNoFileCanBeTheHistoryLivesInMemory() throws IOException {
        var taken = Files.writeString(folder.resolve("file"), "not a folder");
        try (var history = History.open(taken.resolve("history.sqlite"))) {
            history.add(1, "a");
            history.output(1, "b");
            assertEquals(List.of(new Entry(1, 1, "a", Optional.of("b"))), history.tail(9, true));
        }
        assertEquals("not a folder", Files.readString(taken));
    }

    @Test
    void offMeansInMemoryAndAPathThatFile() {
        var home = Path.of("home");
        assertEquals(Optional.empty(), History.defaultFile(Map.of("GRADUS_HISTORY", "off"), "Linux", home));
        assertEquals(Optional.of(Path.of("my.db")),
                History.defaultFile(Map.of("GRADUS_HISTORY", "my.db"), "Linux", home));
        assertEquals(Optional.of(Path.of("xdg/gradus/history.sqlite")),
                History.defaultFile(Map.of("XDG_DATA_HOME", "xdg"), "Linux", home));
        assertEquals(Optional.of(home.resolve(".local/share/gradus/history.sqlite")),
                History.defaultFile(Map.of(), "Linux", home));
        assertEquals(Optional.of(home.resolve("Library/Application Support/gradus/history.sqlite")),
                History.defaultFile(Map.of(), "Mac OS X", home));
        assertEquals(Optional.of(Path.of("local", "gradus", "history.sqlite")),
                History.defaultFile(Map.of("LOCALAPPDATA", "local"), "Windows 11", home));
        try (var history = History.inMemory()) {
            history.add(1, "a");
            assertEquals(1, history.tail(9, false).size());
        }
        assertEquals(0, new File(folder.toString()).list().length);
    }

    @Test
    void afterTheEndNothingIsThrown() {
        var history = History.inMemory();
        history.add(1, "a");
        history.close();
        history.close();
        history.add(2, "b");
        assertEquals(List.of(), history.tail(9, false));
    }
}
