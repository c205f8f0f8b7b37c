package gradus.kernel.engine;

import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Prelude;
import gradus.kernel.engine.CellCompiler.NotCompiled;
import gradus.kernel.engine.CellCompiler.Program;
import gradus.kernel.engine.docs.Documentation;
import gradus.kernel.engine.docs.Sources;
import java.io.File;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Evaluates cells in this process: javac makes one class of a cell, the weaver makes it stoppable, and its statements
 * run on the calling thread.
 *
 * <p>JShell would do the same for one statement at a time, in 19 ms each on the machine where a whole cell takes 3. What
 * its users know holds here too: anything may be defined anew, a declaration may come before what it needs, and the value
 * of the last expression is the cell's unless a semicolon ends it.
 */
public final class JavaEngine implements Engine {

    private static final List<String> JAVA_IMPORTS = List.of("java.io.*", "java.math.*", "java.nio.file.*",
            "java.time.*", "java.util.*", "java.util.concurrent.*", "java.util.function.*", "java.util.stream.*",
            "static gradus.kernel.api.Notebook.*", "gradus.kernel.api.*");
    private static final String PRACTICE = "int a = %d;\nvar b = List.of(a);\nb.stream().map(x -> x + a).toList()";
    private static final int IDLE_MS = 1_500;
    private static final int PRACTICE_ROUNDS = 60;
    private static final int BALLAST = 8 << 20;

    private final ReentrantLock lock = new ReentrantLock(true);   // around everything that compiles
    private final StandingImports imports;
    private final Javac javac;
    private final CellReader reader;
    private final Definitions definitions = new Definitions();
    private final CellCompiler compiler;
    private final CellLoader loader;
    private final Results results = new Results();
    private final Map<String, Cell> origins = new ConcurrentHashMap<>();
    private final Map<Thread, Execution> running = new ConcurrentHashMap<>();
    private final Traceback tracebacks = new Traceback(origins::get);
    private final Sources sources;
    private final Assistant assistant;
    private final CountDownLatch used = new CountDownLatch(1);
    private volatile byte[] ballast = new byte[BALLAST];

    /**
     * Starts the compiler and compiles a first class, so that the first cell need not wait for all that. The imports of
     * every {@link Prelude} are made in each cell.
     *
     * @param cellClassPath the jars and folders whose classes a cell may name
     */
    public JavaEngine(String cellClassPath) {
        var options = options();
        var entries = Arrays.stream(cellClassPath.split(File.pathSeparator)).map(Path::of).toList();
        loader = new CellLoader(JavaEngine.class.getClassLoader(), entries);
        sources = new Sources(entries);
        // two halves side by side: javac's first compilation takes 150 ms of a cold JVM, all the rest 90
        var rest = CompletableFuture.supplyAsync(() -> {
            var cells = new CellReader(options);
            cells.read(PRACTICE.formatted(0));
            return cells;
        });
        javac = new Javac(entries, options);
        javac.compile(List.of(new Source("First", "package " + Javac.PACKAGE + "; class First { static int one = 1; }")),
                (source, tree) -> { });
        reader = rest.join();
        imports = new StandingImports(Stream.concat(JAVA_IMPORTS.stream(), ServiceLoader.load(Prelude.class).stream()
                .flatMap(found -> found.get().imports().stream())).distinct().toList(), loader);
        compiler = new CellCompiler(javac, reader, definitions, imports);
        assistant = new Assistant(javac, reader, definitions, imports.all(), new Documentation(sources));
    }

    private static List<String> options() {
        var options = new ArrayList<>(List.of("-proc:none", "-g", "-parameters", "-Xlint:none", "--add-modules", "ALL-SYSTEM",
                "-XDallowStringFolding=false"));
        if (previewIsOn()) {
            options.addAll(List.of("--enable-preview", "--source", String.valueOf(Runtime.version().feature())));
        }
        return List.copyOf(options);
    }

    /** Whether this JVM was started for preview features: only then does it load a class that uses them. */
    private static boolean previewIsOn() {
        var bytes = ClassFile.of().build(ClassDesc.of(JavaEngine.class.getPackageName(), "Preview"),
                type -> type.withVersion(ClassFile.latestMajorVersion(), ClassFile.PREVIEW_MINOR_VERSION));
        try {
            MethodHandles.lookup().defineHiddenClass(bytes, false);
            return true;
        } catch (UnsupportedClassVersionError e) {
            return false;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Runs a little cell, so that all that a cell needs is loaded, and in the idle time after that more of them, so that
     * the JIT compiles it: it would otherwise take the processor from a reader who does not wait. Ends with the first cell.
     */
    public void practise() {
        practise(0);
        try {
            for (int i = 1; i < PRACTICE_ROUNDS && !used.await(i == 1 ? IDLE_MS : 0, TimeUnit.MILLISECONDS); i++) {
                practise(i);
            }
            if (used.getCount() > 0) {
                locked(javac::index);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void practise(int round) {
        var program = locked(() -> {
            try {
                var compiled = compiler.apart().compile(new Cell(0, PRACTICE.formatted(round)), results);
                loader.add(compiled.classes());
                return compiled;
            } catch (NotCompiled e) {
                throw new IllegalStateException("the compiler cannot compile: " + e.faults(), e);
            }
        });
        try {
            call(program);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Outcome execute(Cell cell, Consumer<Object> result) {
        used.countDown();
        var thread = Thread.currentThread();
        var outer = running.get(thread);
        var execution = outer == null ? Execution.begin() : outer;
        running.put(thread, execution);
        thread.setContextClassLoader(loader);
        try {
            var program = locked(() -> compile(new Cell(cell.number(), cell.source().replace("\r\n", "\n"))));
            program.notes().forEach(System.err::println);
            try {
                run(program, cell, execution, result);
            } finally {
                program.dropped().forEach(variable -> set(variable, null));
            }
            return new Outcome.Done();
        } catch (CompilationFailed e) {
            return tracebacks.notCompiled(cell, locked(() -> Hints.add(e.failure.faults(), definitions, javac::index)));
        } catch (CellInterrupted e) {
            return tracebacks.interrupted(e);
        } catch (OutOfMemoryError e) {
            return outOfMemory(e);
        } catch (Throwable e) {
            return execution.isStopped() ? tracebacks.interrupted(e) : tracebacks.thrown(e);
        } finally {
            if (outer == null) {
                running.remove(thread);
                Interruption.disarm(execution);
                DeafCode.release();
            }
        }
    }

    /** Carries a {@link NotCompiled} out of a lambda. */
    private static final class CompilationFailed extends RuntimeException {

        private final transient NotCompiled failure;

        CompilationFailed(NotCompiled failure) {
            super(failure.getMessage(), failure, false, false);
            this.failure = failure;
        }
    }

    private Program compile(Cell cell) {
        try {
            assistant.forget();
            var program = compiler.compile(cell, results);
            loader.add(program.classes());
            origins.putAll(program.origins());
            program.methods().forEach(this::link);
            program.results().forEach(this::set);
            return program;
        } catch (NotCompiled e) {
            throw new CompilationFailed(e);
        }
    }

    private void link(Definitions.Defined method) {
        var owner = classAround(method.owner());
        try {
            var lookup = MethodHandles.privateLookupIn(owner, MethodHandles.lookup());
            for (var candidate : owner.getDeclaredMethods()) {
                if (candidate.getName().equals(method.name()) && !Modifier.isPrivate(candidate.getModifiers())) {
                    Linker.define(method.name(), lookup.unreflect(candidate), loader);
                }
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private Class<?> classAround(String simpleName) {
        try {
            return Class.forName(Javac.PACKAGE + "." + simpleName, true, loader);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private void run(Program program, Cell cell, Execution execution, Consumer<Object> result) throws Throwable {
        var around = classAround(program.className());
        execution.enterUserCode();
        try {
            var value = call(program);
            if (execution.isStopped()) {
                throw new CellInterrupted();
            }
            if (program.hasValue()) {
                results.put(cell.number(), program.valueType(), value);
                result.accept(value);
            }
        } catch (InvocationTargetException e) {
            forgetUnassigned(program, around);
            throw e.getCause();
        } finally {
            execution.leaveUserCode();
        }
    }

    private Object call(Program program) throws ReflectiveOperationException {
        var run = classAround(program.className()).getDeclaredMethod(CellNames.RUN);
        run.setAccessible(true);
        return run.invoke(null);
    }

    /** A variable whose initialiser was not reached, or failed, is not defined: that is clearer than a null. */
    private void forgetUnassigned(Program program, Class<?> around) {
        locked(() -> {
            try {
                var done = around.getDeclaredField(CellNames.DONE);
                done.setAccessible(true);
                for (int i = done.getInt(null); i < program.created().size(); i++) {
                    for (var name : program.created().get(i)) {
                        Optional.ofNullable(definitions.variables.remove(name)).ifPresent(variable -> set(variable, null));
                    }
                }
                return null;
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void set(Definitions.Variable variable, Object value) {
        if (value == null && variable.isPrimitive()) {
            return;
        }
        try {
            field(variable).set(null, value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private java.lang.reflect.Field field(Definitions.Variable variable) throws NoSuchFieldException {
        var field = classAround(variable.owner()).getDeclaredField(variable.name());
        field.setAccessible(true);
        return field;
    }

    /** Makes room first: the answer itself needs some. */
    private Outcome outOfMemory(OutOfMemoryError error) {
        ballast = null;
        results.release();
        var outcome = tracebacks.thrown(error, largest());
        try {
            ballast = new byte[BALLAST];
        } catch (OutOfMemoryError e) {
            // the next time there is none; better than failing now
        }
        return outcome;
    }

    private List<String> largest() {
        var sizes = variables().stream().map(v -> Map.entry(v, Footprint.of(v.value()).bytes()))
                .filter(entry -> entry.getValue() > 1 << 20)
                .sorted(Comparator.comparingLong((Map.Entry<Variable, Long> entry) -> entry.getValue()).reversed())
                .limit(5).map(entry -> "  %s %s: %s".formatted(entry.getKey().type(), entry.getKey().name(),
                        Footprint.text(entry.getValue()))).toList();
        return sizes.isEmpty() ? List.of() : Stream.concat(
                Stream.of("The largest variables, which you may set to null:"), sizes.stream()).toList();
    }

    @Override
    public void interrupt(Thread runner) {
        var execution = running.get(runner);
        if (execution != null && execution.stop()) {
            DeafCode.stop(runner);
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
        return locked(() -> assistant.inspect(code, cursor, detail));
    }

    @Override
    public List<Variable> variables() {
        return locked(() -> definitions.variables.values().stream().map(variable -> {
            try {
                return new Variable(variable.name(), TypeText.brief(variable.type()), field(variable).get(null));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }).toList());
    }

    @Override
    public List<String> imports() {
        return locked(() -> Stream.concat(imports.all().stream(), definitions.imports.values().stream()).distinct().toList());
    }

    @Override
    public void addClassPath(List<Path> entries) {
        locked(() -> {
            javac.addClassPath(entries);
            loader.addClassPath(entries);
            entries.forEach(sources::add);
            assistant.forget();
            return null;
        });
    }

    @Override
    public void reset() {
        locked(() -> {
            definitions.variables.values().forEach(variable -> set(variable, null));
            definitions.clear();
            assistant.forget();
            results.clear();
            return null;
        });
    }

    @Override
    public Optional<byte[]> bytecode(String name) {
        return locked(() -> Optional.ofNullable(definitions.declared.get(name)).filter(Definitions.Defined::isType)
                .flatMap(type -> javac.bytes(Javac.PACKAGE + "." + type.owner() + "$" + name)));
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
        running.keySet().forEach(this::interrupt);
        Linker.forget(loader);
        sources.close();
    }
}
