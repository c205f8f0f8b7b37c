package gradus.kernel.magic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.engine.Engine.Outcome.Failed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileMagicsTest {

    private static final String NOTEBOOK = """
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
              {"cell_type": "markdown", "metadata": {}, "source": ["text"]},
              {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["int fromNotebook = 1;\\n", "fromNotebook++;"]},
              {"cell_type": "code", "metadata": {}, "outputs": [], "source": "fromNotebook += 10;"}]}
            """;

    @TempDir
    Path folder;

    private final CellRunner cells = new CellRunner(List.of());

    @BeforeEach
    void move() {
        cells.run("%cd " + folder);
    }

    @AfterEach
    void close() {
        cells.close();
    }

    private void file(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    @Test
    void aFileIsLoadedIntoTheNextCell() throws IOException {
        file("A.java", "one();\ntwo();\nthree();\n");
        cells.run("%load A.java");
        assertEquals("// %load A.java\none();\ntwo();\nthree();", cells.nextInput());
        cells.run("%load -r 2-3 A.java");
        assertEquals("// %load -r 2-3 A.java\ntwo();\nthree();", cells.nextInput());
        cells.run("%load " + folder.resolve("A.java").toUri());
        assertTrue(cells.nextInput().endsWith("three();"));
        file("n.ipynb", NOTEBOOK);
        cells.run("%load n.ipynb");
        assertEquals("// %load n.ipynb\nint fromNotebook = 1;\nfromNotebook++;\n\nfromNotebook += 10;", cells.nextInput());
        assertTrue(cells.fail("%load none.java").message().contains("there is no such file"));
        file("bad.ipynb", "no json");
        assertTrue(cells.fail("%load bad.ipynb").message().contains("is no notebook"));
    }

    @Test
    void aCellIsWrittenIntoAFile() throws IOException {
        cells.run("%%writefile \"deep/a file.txt\"\ngrüße\n  zwei");
        assertEquals("grüße\n  zwei\n", Files.readString(folder.resolve("deep/a file.txt")));
        cells.run("%%writefile -a \"deep/a file.txt\"\ndrei\n");
        assertEquals("grüße\n  zwei\ndrei\n", Files.readString(folder.resolve("deep/a file.txt")));
        assertTrue(cells.printed().startsWith("added to "), cells::printed);
        cells.run("%%writefile large.txt\n" + "0123456789\n".repeat(20_000));
        assertEquals(220_000, Files.size(folder.resolve("large.txt")));
        assertTrue(cells.fail("%%writefile\nx").message().contains("wants a file"));
        assertTrue(cells.fail("%%writefile deep\nx").message().contains("cannot be written"));
    }

    @Test
    void aNotebookRunsAsIfItStoodHere() throws IOException {
        file("n.ipynb", NOTEBOOK);
        assertEquals(22, cells.value("%run n.ipynb\nfromNotebook + 10"));
    }

    @Test
    void aScriptRunsWithoutTheCommandsOfJShell() throws IOException {
        file("s.jsh", "/set feedback silent\n/* a comment */\n// another\nint fromScript = 4;\n%cd " + folder + "\n/exit\n");
        assertEquals(5, cells.value("%run s.jsh\nfromScript + 1"));
        file("bad.jsh", "int fine = 1;\nint bad = 1 / 0;\n");
        var failed = cells.fail("%run bad.jsh");
        assertTrue(failed.message().startsWith("bad.jsh failed: java.lang.ArithmeticException: / by zero"), failed.message());
        assertTrue(cells.printed().contains("int bad = 1 / 0;"), cells::printed);
        assertTrue(cells.printed().contains("bad.jsh, line 2"), cells::printed);
        assertTrue(CellRunner.text(failed).contains("---->   1 %run bad.jsh"), CellRunner.text(failed));
    }

    @Test
    void theMainMethodOfASourceFileIsCalled() throws IOException {
        file("Main.java", """
                package some.where;

                import java.util.Arrays;

                public class Main {
                    static int calls;

                    public static void main(String[] arguments) {
                        calls++;
                        System.out.println(Arrays.toString(arguments));
                    }
                }
                """);
        assertEquals(1, cells.value("%run Main.java one \"two three\"\nMain.calls"));
        assertEquals("[one, two three]\n", cells.printed());
        file("Short.java", """
                String greeting() {
                    return "hello";
                }

                void main() {
                    System.out.println(greeting());
                }
                """);
        cells.run("%run Short.java");
        assertEquals("hello\n", cells.printed());
    }

    @Test
    void anInterruptReachesTheScriptThatRuns() throws Exception {
        file("loop.jsh", "int begun = 1;\nSystem.setProperty(\"gradus.test.loop\", \"runs\");\nwhile (true) {\n}\n");
        var cell = new FutureTask<>(() -> cells.outcome("%run loop.jsh"));
        var runner = new Thread(cell);
        runner.start();
        while (System.getProperty("gradus.test.loop") == null && runner.isAlive()) {
            Thread.onSpinWait();
        }
        cells.engine().interrupt(runner);
        assertEquals("InterruptedException", assertInstanceOf(Failed.class, cell.get()).name());
        assertEquals(2, cells.value("begun + 1"));
    }
}
