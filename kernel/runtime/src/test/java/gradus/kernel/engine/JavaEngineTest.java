package gradus.kernel.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.engine.Engine.Cell;
import gradus.kernel.engine.Engine.Outcome;
import gradus.kernel.engine.Engine.Outcome.Done;
import gradus.kernel.engine.Engine.Outcome.Failed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
public class JavaEngineTest {

    /** Released by a cell to say that it runs; public, with its class, for the cell's sake. */
    public static volatile CountDownLatch running = new CountDownLatch(1);

    private static final Engine ENGINE = new JavaEngine(System.getProperty("java.class.path"));
    private static int number;

    private final List<Object> results = new ArrayList<>();

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    private Outcome run(String source) {
        return ENGINE.execute(new Cell(++number, source), results::add);
    }

    private Failed fail(String source) {
        return assertInstanceOf(Failed.class, run(source));
    }

    private Object value(String source) {
        assertInstanceOf(Done.class, run(source));
        return results.removeLast();
    }

    /** The traceback without its colours. */
    private static String text(Failed failed) {
        return String.join("\n", failed.traceback()).replaceAll("\u001b\\[[0-9;]*m", "");
    }

    @Test
    void theLastExpressionIsTheResultUnlessSilenced() {
        assertEquals(3, value("int a = 2;\na + 1"));
        assertInstanceOf(Done.class, run("a;"));
        assertInstanceOf(Done.class, run("a = 7"));
        assertInstanceOf(Done.class, run("System.nanoTime();"));
        assertEquals(List.of(), results);
        assertEquals(7, value("a"));
    }

    @Test
    void aSyntaxErrorInTheLastLineRunsNothing() {
        run("int touched = 0;");
        var failed = fail("touched = 1;\nint z = = 1;");
        assertEquals("CompilationError", failed.name());
        assertTrue(text(failed).contains("line 2"), text(failed));
        assertEquals(0, value("touched"));
    }

    @Test
    void anExceptionNamesItsClassItsCauseAndTheLineOfItsCell() {
        run("int divide(int x) {\n    return 10 / x;\n}");
        int defined = number;
        var failed = fail("\nint unused = 1;\ntry {\n    divide(0);\n} catch (ArithmeticException e) {\n"
                + "    throw new IllegalStateException(\"outer\", e);\n}");
        assertEquals("java.lang.IllegalStateException", failed.name());
        assertEquals("outer", failed.message());
        assertTrue(text(failed).contains("Cell In[" + number + "], line 6"), text(failed));
        assertTrue(text(failed).contains("Caused by: java.lang.ArithmeticException: / by zero"), text(failed));
        assertTrue(text(failed).contains("at divide, Cell In[" + defined + "], line 2"), text(failed));
        assertFalse(text(failed).contains("gradus.kernel") || text(failed).contains("jdk.jshell"), text(failed));
    }

    @Test
    void linesAreRightInLambdasConstructorsAndStaticInitialisers() {
        run("class Boom {\n    Boom() {\n        throw new IllegalStateException(\"ctor\");\n    }\n}");
        assertTrue(text(fail("new Boom()")).contains("at new Boom, Cell In[" + (number - 1) + "], line 3"));
        assertTrue(text(fail("Runnable r = () -> {\n    throw new IllegalStateException();\n};\nr.run();"))
                .contains("at lambda, Cell In[" + number + "], line 2"));
        assertTrue(text(fail("class Late {\n    static int x = Integer.parseInt(\"no\");\n}\nLate.x"))
                .contains("at static initialiser, Cell In[" + number + "], line 2"));
    }

    @Test
    void aDeclarationShowsItsLineOnce() {
        var failed = fail("\nvar x = Integer.parseInt(\"no\");");
        assertEquals(1, text(failed).split("Cell In", -1).length - 1, text(failed));
        assertTrue(text(failed).contains("at Cell In[" + number + "], line 2"), text(failed));
    }

    @Test
    void aTracebackNeverFloods() {
        var failed = fail("int down(int n) { return down(n + 1) + 1; }\ndown(0)");
        assertEquals("java.lang.StackOverflowError", failed.name());
        assertTrue(failed.traceback().size() <= 60);
    }

    @Test
    void aFailingInitialiserLeavesTheNameUndefined() {
        fail("var broken = Integer.parseInt(\"x\");");
        assertEquals("CompilationError", fail("broken").name());
    }

    @Test
    void aToStringThatThrowsIsTheCellsFailure() {
        var failed = assertInstanceOf(Failed.class, ENGINE.execute(
                new Cell(++number, "class Mute { public String toString() { throw new IllegalStateException(\"mute\"); } }\n"
                        + "new Mute()"), value -> value.toString()));
        assertEquals("mute", failed.message());
    }

    @Test
    void exitIsRefused() {
        for (var call : List.of("System.exit(3);", "Runtime.getRuntime().halt(1);", "Runtime.getRuntime().exit(1);")) {
            assertEquals("java.lang.SecurityException", fail(call).name());
        }
    }

    @Test
    void aClassMayWaitForAnother() {
        assertInstanceOf(Done.class, run("class First { Second second = new Second(); }"));
        assertInstanceOf(Done.class, run("class Second { int x = 5; }"));
        assertEquals(5, value("new First().second.x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "while (true) {}",
        "while (true) { try { while (true) {} } catch (Throwable t) {} }",
        "Thread.sleep(1_000_000);",
        "new Object() { synchronized void hang() throws Exception { wait(); } }.hang();",
        "Stream.iterate(1, i -> i + 1).forEach(i -> {});",
        "int down(int n) { try { return down(n + 1); } finally { down(n + 1); } }\ndown(0);"})
    void everyCellCanBeInterrupted(String endless) throws InterruptedException, ExecutionException {
        running = new CountDownLatch(1);
        var cell = new FutureTask<>(() -> run("gradus.kernel.engine.JavaEngineTest.running.countDown();\n" + endless));
        var thread = new Thread(cell);
        thread.start();
        assertTrue(running.await(30, TimeUnit.SECONDS));
        ENGINE.interrupt(thread);
        assertEquals("InterruptedException", assertInstanceOf(Failed.class, cell.get()).name());
        thread.join();
        assertEquals(4, value("2 + 2"));
    }

    @Test
    void anInterruptDuringCompilationIsNotLost() throws InterruptedException, ExecutionException {
        var started = new CountDownLatch(1);
        var cell = new FutureTask<>(() -> {
            started.countDown();
            return run("while (true) {}");
        });
        var thread = new Thread(cell);
        thread.start();
        started.await();
        while (!cell.isDone()) {   // whatever the cell is doing at each of these moments
            ENGINE.interrupt(thread);
            Thread.onSpinWait();
        }
        assertEquals("InterruptedException", assertInstanceOf(Failed.class, cell.get()).name());
        assertEquals(4, value("2 + 2"));
    }

    @Test
    void aSecondInterruptStopsLibraryCodeThatIsDeafToTheFirst() throws Exception {
        running = new CountDownLatch(1);
        var cell = new FutureTask<>(() -> run("gradus.kernel.engine.JavaEngineTest.running.countDown();\n"
                + "while (true) BigInteger.valueOf(3).pow(100_000_000);"));
        var thread = new Thread(cell);
        thread.start();
        assertTrue(running.await(30, TimeUnit.SECONDS));
        while (!inLibrary(thread)) {
            Thread.onSpinWait();
        }
        ENGINE.interrupt(thread);
        while (!cell.isDone()) {
            ENGINE.interrupt(thread);
            thread.join(500);
        }
        assertEquals("InterruptedException", assertInstanceOf(Failed.class, cell.get()).name());
        assertEquals(4, value("2 + 2"));
    }

    private static boolean inLibrary(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().startsWith("java.math."));
    }

    @Test
    void anInterruptAtRestIsHarmless() {
        ENGINE.interrupt(Thread.currentThread());
        assertEquals(2, value("1 + 1"));
    }

    @Test
    void completionKnowsNamesOfLinesAboveThatHaveNotRun() {
        var code = "var text = \"abc\";\ntext.toUpper";
        var completions = ENGINE.complete(code, code.length());
        assertEquals("toUpperCase(", completions.matches().getFirst().text());
        assertEquals(code.indexOf("toUpper"), completions.start());
        assertEquals(code.length(), completions.end());
    }

    @Test
    void inspectionFindsAMethodWithTheCursorAtItsEnd() {
        assertTrue(ENGINE.inspect("Math.max", 8, 0).orElseThrow().plain().contains("int Math.max(int a, int b)"));
        assertTrue(ENGINE.inspect("   ", 2, 0).isEmpty());
    }

    @Test
    void aTextIsCompleteInvalidOrIncomplete() {
        assertInstanceOf(Engine.Completeness.Complete.class, ENGINE.isComplete("1 + 1"));
        assertInstanceOf(Engine.Completeness.Invalid.class, ENGINE.isComplete("int x = = 3;"));
        assertEquals(new Engine.Completeness.Incomplete("    "), ENGINE.isComplete("for (;;) {"));
    }

    @Test
    void aMethodDefinedAnewIsWhatItsOldCallersCall() {
        run("int base() { return 1; }\nclass Caller { int call() { return base(); } }\nvar caller = new Caller();");
        run("int base() { return 2; }");
        assertEquals(2, value("caller.call()"));
    }

    @Test
    void aMethodOfAnotherTypeIsFoundByItsOldCallersToo() {
        run("int size() { return 1; }\ndouble half() { return size() / 2.0; }");
        run("double size() { return 3; }");
        assertEquals(1.5, value("half()"));
    }

    @Test
    void overloadsOfSeveralCellsAreOneMethod() {
        run("String kind(int x) { return \"int\"; }");
        run("String kind(String x) { return kind(x.length()) + \" of \" + x; }");
        assertEquals("int of abc", value("kind(\"abc\")"));
        run("String kind(int x) { return \"whole\"; }");
        assertEquals("whole of abc", value("kind(\"abc\")"));
    }

    @Test
    void aClassThatStaysTheSameKeepsItsObjects() {
        var declaration = "class Counter { int n; int next() { return ++n; } }";
        run(declaration + "\nvar counter = new Counter();\ncounter.next();");
        run(declaration);
        assertEquals(2, value("counter.next()"));
    }

    @Test
    void aClassThatChangesEmptiesItsVariablesAndSaysSo() {
        run("class Shape { }\nvar shapes = List.of(new Shape());");
        var said = new java.io.ByteArrayOutputStream();
        var before = System.err;
        System.setErr(new java.io.PrintStream(said));
        try {
            run("class Shape { int sides; }");
        } finally {
            System.setErr(before);
        }
        assertTrue(said.toString().contains("shapes"), said.toString());
        results.clear();
        assertEquals(null, value("shapes"));
    }

    @Test
    void earlierResultsHaveTheirTypes() {
        value("List.of(\"a\", \"b\")");
        assertEquals(2, value("$" + number + ".size()"));
        value("40");
        assertEquals(42, value("$ + 2"));
    }

    @Test
    void theHintKnowsWhatToImport() {
        assertTrue(fail("AtomicLong counter = null;").message().contains("import java.util.concurrent.atomic.AtomicLong;"));
    }

    @Test
    void aVariableOfTheSameTypeStaysWhereItsUsersLook() {
        run("double rate = 0.1;\ndouble twiceRate() { return 2 * rate; }");
        run("double rate = 0.5;");
        assertEquals(1.0, value("twiceRate()"));
        run("var rate = \"text\";");
        assertEquals("text", value("rate"));
    }

    @Test
    void anInitialiserThatNamesItsVariableMeansTheOldOne() {
        run("int step = 1;");
        run("var step = step + 1;");
        assertEquals(2, value("step"));
        run("var step = step + 0.5;");
        assertEquals(2.5, value("step"));
        run("String step = \"at \" + step;");
        assertEquals("at 2.5", value("step"));
    }

    @Test
    void thirtyStatementsAreOneClass() {
        var cell = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            cell.append("int v").append(i).append(" = ").append(i == 0 ? "1" : "v" + (i - 1) + " + 1").append(";\n");
        }
        assertEquals(30, value(cell + "v29"));
    }
}
