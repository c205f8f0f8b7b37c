package gradus.kernel.magic;

import gradus.kernel.api.Magic;
import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Session;
import gradus.kernel.engine.Engine;
import gradus.kernel.engine.Engine.Cell;
import gradus.kernel.engine.Engine.Outcome.Failed;
import gradus.kernel.session.History;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;

/** The session that magics see: an engine, a folder, an environment, and what was run. */
final class NotebookSession implements Session {

    private final MagicEngine runner;
    private final Engine engine;
    private final Catalog magics;
    private final History history;
    private final List<Path> classPath = new CopyOnWriteArrayList<>();
    private final Map<String, String> environment = new ConcurrentHashMap<>(System.getenv());
    private volatile Path folder = Path.of("").toAbsolutePath();
    private volatile int number;

    NotebookSession(MagicEngine runner, Engine engine, Catalog magics, History history) {
        this.runner = runner;
        this.magics = magics;
        this.engine = engine;
        this.history = history;
    }

    /** A cell of the reader's is about to run. */
    void begins(Cell cell) {
        number = cell.number();
    }

    @Override
    public Object line(String name, String arguments) throws Exception {
        return magic(name).line(arguments, this);
    }

    @Override
    public Object cell(String name, String arguments, String body) throws Exception {
        return magic(name).cell(arguments, body, this);
    }

    private Magic magic(String name) {
        var magic = magics.find(name);
        if (magic.isEmpty()) {
            throw new IllegalArgumentException(magics.unknown(name));
        }
        return magic.get();
    }

    /**
     * On a thread of its own, because an engine runs one cell per thread and the caller is in one; an interrupt of the
     * caller is passed on.
     */
    @Override
    public Object evaluate(String code) {
        var value = new AtomicReference<Object>();
        int within = number;
        var run = new FutureTask<>(() -> runner.runWithin(new Cell(within, code), value::set));
        var thread = new Thread(run, "gradus evaluation");
        thread.setDaemon(true);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.start();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                engine.interrupt(thread);
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (run.state() == FutureTask.State.FAILED) {
            throw new IllegalStateException("the engine failed on: " + code, run.exceptionNow());
        }
        if (run.resultNow() instanceof Failed failed) {
            throw new Failure(failed.name() + ": " + failed.message(), failed.traceback().stream()
                    .map(line -> line.replace("Cell In[" + within + "]", Failure.PLACE)).toList());
        }
        return value.get();
    }

    @Override
    public List<Magic> magics() {
        return magics.all();
    }

    @Override
    public List<Variable> variables() {
        return engine.variables().stream().map(v -> new Variable(v.name(), v.type(), v.value())).toList();
    }

    @Override
    public List<String> imports() {
        return engine.imports();
    }

    @Override
    public List<Path> classPath() {
        return List.copyOf(classPath);
    }

    @Override
    public void addClassPath(List<Path> entries) {
        var added = entries.stream().map(entry -> folder.resolve(entry).normalize())
                .filter(entry -> !classPath.contains(entry)).distinct().toList();
        if (!added.isEmpty()) {
            engine.addClassPath(added);
            classPath.addAll(added);
            try {
                magics.discover(Thread.currentThread().getContextClassLoader());
            } catch (ServiceConfigurationError e) {
                System.err.println("a magic in " + added + " cannot be used: " + e.getMessage());
            }
        }
    }

    @Override
    public void reset() {
        engine.reset();
    }

    @Override
    public Path workingDirectory() {
        return folder;
    }

    @Override
    public void changeDirectory(Path to) {
        var target = folder.resolve(to).normalize();
        if (!Files.isDirectory(target)) {
            throw new IllegalArgumentException(target + (Files.exists(target) ? " is a file" : " does not exist")
                    + "\n%pwd says where you are; !ls what is there");
        }
        folder = target;
    }

    @Override
    public Map<String, String> environment() {
        return environment;
    }

    @Override
    public List<Input> history() {
        return inputs(history.range(0, 1, Integer.MAX_VALUE, false));
    }

    @Override
    public List<Input> history(String pattern, int limit) {
        return inputs(history.search(pattern, limit, false, false));
    }

    private static List<Input> inputs(List<History.Entry> entries) {
        return entries.stream().map(entry -> new Input(entry.session(), entry.line(), entry.input())).toList();
    }

    @Override
    public Optional<byte[]> bytecode(String name) {
        return engine.bytecode(name);
    }

    @Override
    public Optional<MimeBundle> inspect(String name, boolean source) {
        return engine.inspect(name, name.length(), source ? 1 : 0);
    }
}
