package gradus.kernel.magic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.engine.Engine.Outcome.Failed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class ShellMagicsTest {

    private static final CellRunner CELLS = new CellRunner(List.of());

    @AfterAll
    static void close() {
        CELLS.close();
    }

    @Test
    void aCommandPrintsAndItsStatusIsAnError() {
        CELLS.run("!echo one && echo two >&2");
        assertEquals(List.of("one", "two"), CELLS.printed().lines().sorted().toList());
        var failed = CELLS.fail("!exit 3");
        assertTrue(failed.message().startsWith("the command ended with status 3"), failed.message());
        assertTrue(CELLS.fail("!no-such-command-here").message().contains("the shell does not know"));
        CELLS.run("!cat");   // it has no input to wait for
    }

    @Test
    void linesAreAList() {
        assertEquals(List.of("a", "b c"), CELLS.value("List<String> lines = !printf 'a\\nb c\\n'\nlines"));
        assertEquals(3, CELLS.value("var l = !echo x; exit 3\nl.exitStatus()"));
        assertEquals("", CELLS.printed());
    }

    @Test
    void aScriptRunsAsACell() {
        CELLS.run("%%bash first second\nfor i in 1 2; do\n  echo \"$i $2\"\ndone");
        assertEquals("1 second\n2 second\n", CELLS.printed());
        assertTrue(CELLS.fail("%%bash\nfalse").message().startsWith("the script ended with status 1"));
    }

    @Test
    void anInterruptKillsTheCommand(@TempDir Path folder) throws Exception {
        var pid = folder.resolve("pid");
        var cell = new FutureTask<>(() -> CELLS.outcome("%%bash\necho $$ > " + pid + ".new\nmv " + pid + ".new " + pid
                + "\nsleep 1000\n"));
        var runner = new Thread(cell);
        try (var watch = folder.getFileSystem().newWatchService()) {
            folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            runner.start();
            while (!Files.exists(pid)) {
                watch.take().reset();
            }
        }
        var process = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        var children = process.descendants().toList();
        CELLS.engine().interrupt(runner);
        assertEquals("InterruptedException", assertInstanceOf(Failed.class, cell.get()).name());
        process.onExit().get();
        for (var child : children) {
            child.onExit().get();
        }
    }

    @Test
    void theFolderIsThatOfCommandsAndMagics(@TempDir Path folder) throws IOException {
        var real = folder.toRealPath();
        Files.createDirectories(real.resolve("inner"));
        CELLS.run("%cd " + real);
        assertEquals(real, CELLS.value("var here = %pwd\nhere"));
        CELLS.run("%cd inner");
        assertEquals(real.resolve("inner") + "\n", CELLS.printed());
        assertEquals(List.of(real.resolve("inner").toString()), CELLS.value("var w = !pwd\nw"));
        CELLS.run("%cd -");
        assertEquals(real + "\n", CELLS.printed());
        assertTrue(CELLS.fail("%cd nowhere").message().contains("does not exist"));
        Files.delete(real.resolve("inner"));
        CELLS.run("%cd");   // for the other tests too: this folder will be deleted
        assertEquals(Path.of(System.getProperty("user.home")) + "\n", CELLS.printed());
    }

    @Test
    void theEnvironmentIsThatOfCommands() {
        CELLS.run("%env GRADUS_A=one two");
        assertEquals(List.of("one two"), CELLS.value("var v = !echo $GRADUS_A\nv"));
        CELLS.run("%env GRADUS_A");
        assertEquals("one two", CELLS.shown().getLast());
        CELLS.run("%env MY_TOKEN=secret");
        CELLS.run("%env");
        assertTrue(CELLS.plain().contains("GRADUS_A"), CELLS::plain);
        assertFalse(CELLS.plain().contains("secret"), CELLS::plain);
        CELLS.run("%env -u GRADUS_A");
        assertTrue(CELLS.fail("%env GRADUS_A").message().contains("%env GRADUS_A=VALUE"));
    }
}
