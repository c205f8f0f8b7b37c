package gradus.kernel.engine;

import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Prelude;
import gradus.kernel.engine.CellParser.Fault;
import gradus.kernel.engine.CellParser.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.ExpressionSnippet;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.SubKind;
import jdk.jshell.SnippetEvent;
import jdk.jshell.VarSnippet;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;

/**
 * Evaluates cells with JShell, in this process.
 *
 * <p>JShell is not made for several threads, so one fair lock guards it, and is released while user code runs: that
 * keeps completion and inspection alive during a long cell.
 */
public final class JShellEngine implements Engine {

    private static final List<String> JAVA_IMPORTS = List.of("java.io.*", "java.math.*", "java.nio.file.*",
            "java.time.*", "java.util.*", "java.util.concurrent.*", "java.util.function.*", "java.util.stream.*",
            "static gradus.kernel.api.Notebook.*", "gradus.kernel.api.*");

    private static final String PRACTICE = "Thread.onSpinWait();";   // no value, so that no variable remains
    private static final int PRACTICE_ROUNDS = 40;

    private final ReentrantLock lock = new ReentrantLock(true);
    private final CellControl control;
    private final JShell shell;
    private final CellParser parser;
    private final Locations locations;
    private final Traceback tracebacks;
    private final Assistant assistant;
    private volatile Execution running;
    private volatile boolean used;

    /**
     * Starts JShell, makes the imports of every {@link Prelude}, and compiles a first snippet, so that the first cell
     * need not wait for all that.
     *
     * @param cellClassPath the jars and folders whose classes a cell may name
     */
    public JShellEngine(String cellClassPath) {
        var context = Thread.currentThread().getContextClassLoader();
        try {
            control = new CellControl(this::runUserCode);
        } finally {
            Thread.currentThread().setContextClassLoader(context);
        }
        shell = JShell.builder()
                .executionEngine(new InProcess(control), Map.of())
                .compilerOptions("-g", "--class-path", cellClassPath, "--add-modules", "ALL-SYSTEM", "-Xlint:-incubating")
                .build();
        parser = new CellParser(shell.sourceCodeAnalysis());
        locations = new Locations(shell);
        tracebacks = new Traceback(locations);
        assistant = new Assistant(shell, parser);
        Stream.concat(JAVA_IMPORTS.stream(), ServiceLoader.load(Prelude.class).stream()
                        .flatMap(prelude -> prelude.get().imports().stream()))
                .distinct().forEach(name -> shell.eval("import " + name + ";"));
        shell.eval(PRACTICE);
    }

    /**
     * Evaluates little things until the JIT has compiled what every cell needs. Meant for the idle time between the start
     * and the first cell: it ends as soon as there is one.
     */
    public void practise() {
        for (int i = 0; i < PRACTICE_ROUNDS && !used; i++) {
            locked(() -> shell.eval(PRACTICE));
        }
    }

    @Override
    public Outcome execute(Cell cell, Consumer<Object> result) {
        used = true;
        lock.lock();
        Thread.currentThread().setContextClassLoader(control.cells());
        Interruption.disarm();
        running = Execution.begin();
        try {
            return run(cell, result);
        } catch (CellInterrupted e) {
            return tracebacks.interrupted(e);
        } catch (Exception | LinkageError | StackOverflowError e) {
            return running.isStopped() ? tracebacks.interrupted(e) : tracebacks.thrown(e);
        } finally {
            running = null;
            control.forget();
            lock.unlock();
        }
    }

    private Outcome run(Cell cell, Consumer<Object> result) throws Exception {
        var parsed = parser.split(cell.source());
        if (parsed.pieces().size() > 1 || parsed.unfinished()) {   // JShell itself runs nothing of a single faulty piece
            var faults = parser.parse(cell.source()).faults();
            if (!faults.isEmpty()) {
                return tracebacks.notCompiled(cell, faults);
            }
        }
        Snippet last = null;
        for (var piece : parsed.pieces()) {
            control.forget();
            for (var event : shell.eval(piece.source())) {
                locations.add(event.snippet(), cell, piece);
                if (event.causeSnippet() == null) {
                    last = event.snippet();
                    var failure = failure(cell, piece, event);
                    if (failure.isPresent()) {
                        return failure.get();
                    }
                }
            }
            if (running.isStopped()) {
                throw new CellInterrupted();
            }
        }
        if (last instanceof ExpressionSnippet || isResult(last)) {
            if (last.subKind() != SubKind.ASSIGNMENT_SUBKIND && !parsed.pieces().getLast().silenced()) {
                var value = control.value();
                runUserCode(() -> {
                    result.accept(value);
                    return null;
                });
            }
        }
        return new Outcome.Done();
    }

    /** JShell keeps the value of a bare expression in a variable {@code $n} of its own. */
    private static boolean isResult(Snippet snippet) {
        return snippet != null && snippet.subKind() == SubKind.TEMP_VAR_EXPRESSION_SUBKIND;
    }

    /** What kept a piece from being done, if anything did. */
    private Optional<Outcome> failure(Cell cell, Piece piece, SnippetEvent event) {
        var snippet = event.snippet();
        var thrown = control.thrown();
        if (thrown != null) {
            if (snippet instanceof VarSnippet) {
                shell.drop(snippet);   // its initialiser failed: an undefined name is clearer than a null
            }
            return Optional.of(running.isStopped() ? tracebacks.interrupted(thrown) : tracebacks.thrown(thrown));
        }
        if (event.status() == Snippet.Status.REJECTED) {
            return Optional.of(tracebacks.notCompiled(cell, faults(snippet, piece)));
        }
        if (event.exception() != null) {
            return Optional.of(tracebacks.thrown(event.exception()));
        }
        if (snippet instanceof DeclarationSnippet declaration && event.status() != Snippet.Status.VALID) {
            return waiting(cell, piece, declaration);
        }
        return Optional.empty();
    }

    /** Errors of the compiler, moved from the snippet to the cell. */
    private List<Fault> faults(Snippet snippet, Piece piece) {
        var faults = new ArrayList<Fault>();
        shell.diagnostics(snippet).filter(d -> d.isError()).forEach(d -> faults.add(new Fault(
                d.getMessage(Locale.ROOT), piece.offset() + (int) Math.max(0, d.getStartPosition()),
                piece.offset() + (int) Math.max(0, d.getEndPosition()))));
        return faults.isEmpty() ? List.of(new Fault("cannot be compiled", piece.offset(), piece.offset())) : faults;
    }

    /** A definition whose names are not all known: a class or method may come before what it needs, a value may not. */
    private Optional<Outcome> waiting(Cell cell, Piece piece, DeclarationSnippet snippet) {
        var missing = shell.unresolvedDependencies(snippet).collect(Collectors.joining(", "));
        if (snippet instanceof VarSnippet) {
            shell.drop(snippet);
            return Optional.of(tracebacks.notCompiled(cell, List.of(new Fault("cannot find symbol: " + missing,
                    piece.offset(), piece.offset() + piece.source().length()))));
        }
        System.err.println(snippet.name() + " cannot be used yet: it waits for " + missing);
        return Optional.empty();
    }

    /** Runs something of the user's: stoppable, and with the compiler free for others meanwhile. */
    private Object runUserCode(CellControl.UserCode code) throws Exception {
        var execution = running;
        if (execution == null) {   // while the engine starts
            return code.call();
        }
        execution.enterUserCode();
        int holds = lock.getHoldCount();
        for (int i = 0; i < holds; i++) {
            lock.unlock();
        }
        try {
            return code.call();
        } finally {
            execution.leaveUserCode();
            for (int i = 0; i < holds; i++) {
                lock.lock();
            }
        }
    }

    @Override
    public void interrupt(Thread runner) {
        var execution = running;
        if (execution != null) {
            execution.stop();
        }
    }

    @Override
    public Completeness isComplete(String code) {
        return locked(() -> assistant.isComplete(code));
    }

    @Override
    public Completions complete(String code, int cursor) {
        return locked(() -> assistant.complete(code, cursor));
    }

    @Override
    public Optional<MimeBundle> inspect(String code, int cursor, int detail) {
        return locked(() -> assistant.inspect(code, cursor));
    }

    @Override
    public List<Variable> variables() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> imports() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void addClassPath(List<java.nio.file.Path> entries) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void reset() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<byte[]> bytecode(String name) {
        throw new UnsupportedOperationException();
    }

    private <T> T locked(Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        interrupt(null);
        locked(() -> {
            shell.close();
            return null;
        });
    }

    private record InProcess(CellControl control) implements ExecutionControlProvider {

        @Override
        public String name() {
            return "gradus";
        }

        @Override
        public ExecutionControl generate(ExecutionEnv environment, Map<String, String> parameters) {
            return control;
        }
    }
}
