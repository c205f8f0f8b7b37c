package gradus.kernel;

import gradus.kernel.engine.Engine;
import gradus.kernel.engine.JavaEngine;
import gradus.kernel.magic.MagicEngine;
import gradus.kernel.magic.StartUp;
import gradus.kernel.session.History;
import gradus.kernel.session.Kernel;
import gradus.kernel.wire.ConnectionFile;
import gradus.kernel.wire.Sockets;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import sun.misc.Signal;

/** Starts a kernel: {@code java … gradus.kernel.Main CONNECTION_FILE}, as the kernelspec says. */
public final class Main {

    private static final String USAGE = "usage: gradus.kernel.Main CONNECTION_FILE | --rehearse [CELLS_FILE]";

    private static final int LOOK_AGAIN_MS = 200;

    private Main() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        boolean rehearses = arguments.length > 0 && arguments[0].equals("--rehearse");
        if (arguments.length < 1 || arguments.length > (rehearses ? 2 : 1)) {
            fail(USAGE);
        }
        try {
            if (rehearses) {
                Rehearsal.run(arguments.length < 2 ? List.of()
                        : List.of(Files.readString(Path.of(arguments[1])).split("(?m)^// ----.*\\R")));
            } else {
                var history = History.open();
                var connection = ConnectionFile.read(Path.of(arguments[0]));
                var kernel = new Kernel(connection, engine(history, scripts()), history);
                attend(kernel);
                kernel.start();
                Log.prepare();
                Optional.ofNullable(System.getProperty("gradus.crash.folder"))
                        .ifPresent(folder -> CrashReport.take(Path.of(folder)).forEach(kernel::tell));
                kernel.awaitShutdown();
                kernel.close();
            }
        } catch (IOException | ConnectionFile.Unusable | Sockets.CannotBind e) {
            fail(e.getMessage());
        }
        System.exit(0);   // threads of the user's must not keep the process
    }

    /**
     * The engine for cells that see the classes of {@code -Dgradus.cell.classpath}, else all of this process. It begins to
     * start at once, beside the sockets.
     */
    static Supplier<Engine> engine(History history, List<Path> scripts) {
        var classPath = System.getProperty("gradus.cell.classpath", System.getProperty("java.class.path"));
        var start = new FutureTask<>(() -> new JavaEngine(classPath));
        Thread.ofPlatform().daemon().name("gradus engine start").start(() -> {
            start.run();
            if (start.state() == Future.State.SUCCESS) {
                start.resultNow().practise();
            }
        });
        return () -> {
            try {
                return new MagicEngine(start.get(), history, scripts);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the engine was starting", e);
            } catch (ExecutionException e) {
                throw new IllegalStateException("the engine could not start", e.getCause());
            }
        };
    }

    static List<Path> scripts() {
        return StartUp.scripts(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    /** Has the kernel hear what comes from outside its sockets. */
    static void attend(Kernel kernel) {
        watchParent(kernel);
        Signal.handle(new Signal("INT"), signal -> kernel.interrupt());   // it ends the cell, not the process
    }

    /** A kernel whose server has died serves nobody: Jupyter names the server's process in the environment. */
    private static void watchParent(Kernel kernel) {
        Optional.ofNullable(System.getenv("JPY_PARENT_PID"))
                .filter(pid -> pid.matches("\\d{1,18}"))
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)))
                .ifPresent(parent -> watch(parent, kernel));
    }

    /** While a cell has as many files open as a process may, the JDK takes every other process for dead: look again. */
    private static void watch(ProcessHandle parent, Kernel kernel) {
        var later = CompletableFuture.delayedExecutor(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS,
                task -> Thread.ofPlatform().name("gradus parent watch").daemon().start(task));
        parent.onExit().thenRunAsync(() -> {
            if (canOpenFiles() && !parent.isAlive()) {
                kernel.requestShutdown();
            } else {
                watch(parent, kernel);
            }
        }, later);
    }

    private static boolean canOpenFiles() {
        try (var unused = SocketChannel.open()) {
            return unused.isOpen();
        } catch (IOException e) {
            return false;
        }
    }

    private static void fail(String why) {
        System.err.println("gradus: " + why);
        System.exit(1);
    }
}
