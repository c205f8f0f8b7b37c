package gradus.kernel.session;

import gradus.kernel.Log;
import gradus.kernel.engine.Engine;
import gradus.kernel.session.CellOutput.Stream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A thread on which cells and messages of comms are handled one after another: the main shell, or a subshell beside
 * it. What one shell does never waits for another.
 */
final class Shell {

    private static final Log LOG = new Log(Shell.class);

    private final Cells cells;
    private final Thread thread;
    private final LinkedBlockingQueue<Request> queue = new LinkedBlockingQueue<>();
    private volatile boolean ending;
    private volatile Optional<CellRun> running = Optional.empty();
    private Optional<Engine> engineAtWork = Optional.empty();   // guarded by this, like the next
    private boolean interruptible;

    /** @param userThreads the group of its thread, and so of all threads that cells start */
    Shell(ThreadGroup userThreads, String name, Cells cells) {
        this.cells = cells;
        this.thread = new Thread(userThreads, this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void add(Request request) {
        queue.add(request);
    }

    private void run() {
        while (!ending) {
            try {
                handle(queue.take());
            } catch (InterruptedException e) {
                StandardStreams.log(LOG, System.Logger.Level.DEBUG, "an interrupt between two requests", e);
            } catch (RuntimeException | Error e) {
                StandardStreams.log(LOG, System.Logger.Level.ERROR, "a request could not be handled", e);
            }
        }
        queue.forEach(request -> skip(request, "not run, because its subshell was deleted"));
    }

    private void handle(Request request) {
        if (request.type().equals("execute_request")) {
            execute(request);
        } else {
            handleComm(request);
        }
    }

    private void execute(Request request) {
        var run = new CellRun(request, cells);
        running = Optional.of(run);
        run.begin();
        runStoppably(run);
        var behind = new ArrayList<Request>();
        if (run.stopsOthers()) {
            queue.drainTo(behind);   // before the reply: what a client sends once it has that is not meant
        }
        run.answer();
        running = Optional.empty();
        behind.forEach(each -> skip(each, "not run, because a cell before it failed"));
    }

    private void runStoppably(CellRun run) {
        try {
            stoppable(Optional.empty());
            var engine = cells.startedEngine();
            stoppable(Optional.of(engine));
            run.run(engine);
        } catch (InterruptedException e) {
            var why = "the cell was interrupted before it began";
            run.fail("InterruptedException", why, List.of("Interrupted: " + why));
        } catch (IllegalStateException e) {
            run.fail(e.getClass().getName(), e.getMessage(), List.of(UserTrace.of(e)));
        } finally {
            notStoppable();
        }
    }

    /** Leaves out a cell; a message of a comm is handled all the same. */
    private void skip(Request request, String why) {
        if (request.type().equals("execute_request")) {
            CellRun.abort(request, cells, why);
        } else {
            handleComm(request);
        }
    }

    private void handleComm(Request request) {
        cells.frontEnds().status(request.header(), "busy");
        var output = new CellOutput(request.header(), cells.frontEnds(), (prompt, hidden) -> {
            throw new IllegalStateException("only cells can ask for input; the handler of a comm cannot");
        });
        output.end();   // there is no reply that could carry anything
        cells.streams().bind(output);
        try {
            stoppable(Optional.empty());
            cells.frontEnds().comms().received(request.message());
        } catch (InterruptedException | RuntimeException | Error e) {
            output.write(Stream.stderr, "A handler of a comm failed: " + UserTrace.of(e) + "\n");
        } finally {
            notStoppable();
            output.flush();
            cells.frontEnds().status(request.header(), "idle");
        }
    }

    /** From now on an interrupt is led to the engine if it is at work, else to the thread itself. */
    private synchronized void stoppable(Optional<Engine> engine) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        engineAtWork = engine;
        interruptible = true;
    }

    private synchronized void notStoppable() {
        engineAtWork = Optional.empty();
        interruptible = false;
        Thread.interrupted();   // one that came too late must not hit the next request
    }

    /** Stops what runs; does nothing when nothing runs. Returns at once. */
    synchronized void interrupt() {
        if (interruptible) {
            engineAtWork.ifPresentOrElse(engine -> engine.interrupt(thread), thread::interrupt);
        }
    }

    /** Stops what runs, aborts what is queued, and waits for the end of the thread; whether that came in time. */
    boolean end(Duration patience) throws InterruptedException {
        ending = true;
        synchronized (this) {
            if (interruptible) {
                interrupt();
            } else {
                thread.interrupt();   // it waits for the next request
            }
        }
        if (thread.join(patience.dividedBy(2))) {
            return true;
        }
        interrupt();   // the second stops code that was deaf to the first
        return thread.join(patience.dividedBy(2));
    }

    /** The process ends: tells whoever waits for the cell that runs here. */
    void lastWords(String why) {
        running.ifPresent(run -> run.lastWords(why));
    }
}
