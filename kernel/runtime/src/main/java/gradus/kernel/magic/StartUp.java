package gradus.kernel.magic;

import gradus.kernel.engine.Engine.Cell;
import gradus.kernel.engine.Engine.Outcome;
import gradus.kernel.engine.Engine.Outcome.Failed;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The scripts that are run once, before the first cell. */
public final class StartUp {

    private static final int NUMBER = 0;   // of no cell of the reader's

    private final FutureTask<List<String>> done;
    private final AtomicBoolean told = new AtomicBoolean();

    StartUp(List<Path> scripts, BiFunction<Cell, Consumer<Object>, Outcome> engine) {
        this.done = new FutureTask<>(() -> {
            var complaints = new ArrayList<String>();
            for (var script : scripts) {
                run(script, engine).ifPresent(complaints::add);
            }
            return complaints;
        });
    }

    /**
     * The files that {@code GRADUS_STARTUP} lists, separated as paths are on this system, and
     * {@code ~/.config/gradus/startup.jsh} if it is there.
     */
    public static List<Path> scripts(Map<String, String> environment, Path home) {
        var named = environment.getOrDefault("GRADUS_STARTUP", "").split(File.pathSeparator);
        var configuration = Optional.ofNullable(environment.get("XDG_CONFIG_HOME")).filter(folder -> !folder.isBlank())
                .map(Path::of).orElse(home.resolve(".config"));
        return Stream.concat(Stream.of(named).filter(name -> !name.isBlank()).map(Path::of),
                Stream.of(configuration.resolve("gradus/startup.jsh")).filter(Files::exists)).toList();
    }

    /** Runs the scripts, unless that was done or another thread is about it. */
    void run() {
        done.run();
    }

    /** Waits until the scripts have run and prints what went wrong, once. */
    void complain() {
        try {
            var complaints = done.get();
            if (!told.getAndSet(true)) {
                complaints.forEach(System.err::println);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            System.err.println("the start-up scripts failed: " + e.getCause());
        }
    }

    private static Optional<String> run(Path script, BiFunction<Cell, Consumer<Object>, Outcome> engine) {
        try {
            var outcome = engine.apply(new Cell(NUMBER, Files.readString(script)), value -> { });
            return outcome instanceof Failed failed
                    ? Optional.of("start-up script " + script + " failed:\n" + String.join("\n", failed.traceback())
                            .replace("Cell In[" + NUMBER + "]", String.valueOf(script.getFileName())))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of("start-up script " + script + " cannot be read: " + FileMagics.reason(e)
                    + "\ncorrect GRADUS_STARTUP in the kernel's environment");
        }
    }
}
