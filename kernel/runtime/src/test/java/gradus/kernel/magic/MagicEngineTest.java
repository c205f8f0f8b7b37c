package gradus.kernel.magic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.api.Timing;
import gradus.kernel.engine.Engine.Completeness;
import gradus.kernel.engine.Engine.Match;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MagicEngineTest {

    private static final CellRunner CELLS = new CellRunner(List.of());

    @AfterAll
    static void close() {
        CELLS.close();
    }

    @Test
    void javaRunsAsBefore() {
        assertEquals(3, CELLS.value("int a = 2;\na + 1"));
    }

    @Test
    void timedExpressionsKeepTheirValue() {
        assertEquals("cba", CELLS.value("%time new StringBuilder(\"abc\").reverse().toString()"));
        assertTrue(CELLS.printed().matches("(?s)wall .* CPU of this thread .* allocated .*B\n"), CELLS::printed);
        CELLS.run("%time var kept = List.of(1, 2);");
        assertEquals(List.of(1, 2), CELLS.value("kept"));
        CELLS.run("%time System.out.print(\"no value\")");
        assertTrue(CELLS.printed().startsWith("no valuewall "), CELLS::printed);
    }

    @Test
    void aTimedCellShowsItsValueAndTime() {
        assertEquals(7, CELLS.value("%%time\nint timed = 3;\ntimed + 4"));
        assertTrue(CELLS.printed().startsWith("wall "), CELLS::printed);
        assertEquals(3, CELLS.value("timed"));
        CELLS.run("int nothing = 0;");
        assertEquals("", CELLS.printed());
    }

    @Test
    void measuringReturnsWhatItMeasured() {
        var timing = assertInstanceOf(Timing.class, CELLS.value("var t = %timeit -n 3 -r 2 Math.sqrt(2)\nt"));
        assertEquals(3, timing.loops());
        assertEquals(2, timing.seconds().size());
        assertTrue(timing.toString().contains("per loop (median of 2 runs of 3 loops"), timing::toString);
        assertInstanceOf(Timing.class,
                CELLS.value("%%timeit -n 2 -r 1\nint s = 0;\nfor (int i = 0; i < 9; i++) {\n  s += i;\n}\ns"));
        assertInstanceOf(Timing.class, CELLS.value("%%timeit -n 2 -r 1\nvar l = new ArrayList<>(List.of(2, 1));\nl.sort(null)"));
    }

    @Test
    void anErrorStandsAtItsOwnLine() {
        var failed = CELLS.fail("int before = 1;\n%cd /nowhere/at/all\nint after = 2;");
        assertTrue(failed.message().contains("/nowhere/at/all does not exist"), failed.message());
        assertTrue(CellRunner.text(failed).contains("---->   2 %cd /nowhere/at/all"), CellRunner.text(failed));
        failed = CELLS.fail("int x1 = 1;\n%time noSuchName + 1");
        assertTrue(CellRunner.text(failed).contains("---->   2 %time noSuchName + 1\n                ^"), CellRunner.text(failed));
    }

    @Test
    void anUnknownMagicRunsNothing() {
        CELLS.run("int touched = 0;");
        var failed = CELLS.fail("touched = 1;\n%tmie f()");
        assertEquals("MagicError", failed.name());
        assertTrue(CellRunner.text(failed).contains("did you mean %time"), CellRunner.text(failed));
        assertTrue(CellRunner.text(failed).contains("line 2\n---->   2 %tmie f()"), CellRunner.text(failed));
        assertEquals(0, CELLS.value("touched"));
    }

    @Test
    void aSyntaxErrorBelowAMagicRunsNothing(@TempDir Path folder) {
        var failed = CELLS.fail("%classpath " + folder + "\nint z = = 1;");
        assertEquals("CompilationError", failed.name());
        assertEquals("", CELLS.printed());
    }

    @Test
    void namesAndFilesAreCompleted(@TempDir Path folder) throws IOException {
        assertEquals(List.of("%%time", "%%timeit"), texts("%%ti", 4));
        assertEquals(List.of("%maven"), texts("int a;\n%mav", 11));
        assertEquals(List.of("%pwd"), texts("var x = %pw", 11));
        Files.createDirectories(folder.resolve("data/inner"));
        Files.writeString(folder.resolve("data/digits.csv"), "");
        CELLS.run("%cd " + folder);
        assertEquals(List.of("data/"), texts("%run da", 7));
        assertEquals(List.of("digits.csv", "inner/"), texts("!cat data/", 10));
        assertTrue(texts("%env PAT", 8).contains("PATH"));
        assertTrue(texts("!echo $PAT", 10).contains("$PATH"));
        assertTrue(texts("%time \"abc\".substr", 18).stream().anyMatch(text -> text.startsWith("substring")));
    }

    private static List<String> texts(String code, int cursor) {
        return CELLS.engine().complete(code, cursor).matches().stream().map(Match::text).toList();
    }

    @Test
    void completionsReplaceWhatTheAuthorTyped() {
        var found = CELLS.engine().complete("int a;\n%time \"abc\".substr", 25);
        assertEquals("substr", "int a;\n%time \"abc\".substr".substring(found.start(), found.end()));
        found = CELLS.engine().complete("%%bas", 5);
        assertEquals(0, found.start());
    }

    @Test
    void aMagicIsInspectedAtItsName() {
        var help = CELLS.engine().inspect("int a;\n%timeit f()", 10, 0).orElseThrow().plain();
        assertTrue(help.startsWith("%timeit [-n LOOPS]"), help);
        assertTrue(CELLS.engine().inspect("%time String.join(\"\")", 15, 0).orElseThrow().plain().contains("join"));
    }

    @Test
    void completenessSeesTheTranslation() {
        assertInstanceOf(Completeness.Complete.class, CELLS.engine().isComplete("%cd x"));
        assertInstanceOf(Completeness.Complete.class, CELLS.engine().isComplete("!ls \"a"));
        assertInstanceOf(Completeness.Incomplete.class, CELLS.engine().isComplete("for (;;) {\n %cd x"));
        assertInstanceOf(Completeness.Incomplete.class, CELLS.engine().isComplete("%%bash\nls"));
        assertInstanceOf(Completeness.Complete.class, CELLS.engine().isComplete("%%bash\nls\n"));
    }

    @Test
    void startUpScriptsRunOnceAndTheirErrorsAreShown(@TempDir Path folder) throws IOException {
        var good = Files.writeString(folder.resolve("good.jsh"), "int fromScript = 5;\n");
        var bad = Files.writeString(folder.resolve("bad.jsh"), "int broken = 1 / 0;\n");
        try (var cells = new CellRunner(List.of(good, bad, folder.resolve("none.jsh")))) {
            assertEquals(6, cells.value("fromScript + 1"));
            assertTrue(cells.printed().contains("bad.jsh failed:"), cells::printed);
            assertTrue(cells.printed().contains("/ by zero"), cells::printed);
            assertTrue(cells.printed().contains("bad.jsh, line 1"), cells::printed);
            assertTrue(cells.printed().contains("none.jsh cannot be read: there is no such file"), cells::printed);
            cells.run("int again = 1;");
            assertEquals("", cells.printed());
        }
    }

    @Test
    void startUpScriptsAreNamedByTheEnvironment(@TempDir Path home) throws IOException {
        assertEquals(List.of(), StartUp.scripts(Map.of(), home));
        var own = home.resolve(".config/gradus/startup.jsh");
        Files.createDirectories(own.getParent());
        Files.writeString(own, "");
        assertEquals(List.of(Path.of("a.jsh"), Path.of("b.jsh"), own), StartUp.scripts(
                Map.of("GRADUS_STARTUP", "a.jsh" + File.pathSeparator + "b.jsh"), home));
    }
}
