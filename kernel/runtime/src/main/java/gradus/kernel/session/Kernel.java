package gradus.kernel.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gradus.kernel.Log;
import gradus.kernel.engine.Engine;
import gradus.kernel.wire.ConnectionFile;
import gradus.kernel.wire.Message;
import gradus.kernel.wire.Sockets;
import gradus.kernel.wire.Sockets.Channel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A running kernel: who does what for each message.
 *
 * <p>Cells and messages of comms are handled one after another on the threads of their {@link Shell}; what an editor
 * asks is answered on the thread {@code assist}, also while a cell runs; what may take long, deleting a subshell, has a
 * thread of its own; everything else is answered at once by the thread of the socket it came on.
 */
public final class Kernel implements AutoCloseable {

    private static final Log LOG = new Log(Kernel.class);

    private final ThreadGroup kernelThreads = new ThreadGroup("gradus kernel");
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(named("timer"));
    private final ExecutorService assist = Executors.newSingleThreadExecutor(named("assist"));
    private final CountDownLatch shutdown = new CountDownLatch(1);
    private final StandardStreams streams = new StandardStreams(kernelThreads);
    private final Thread lastWords = named("last words").newThread(this::tellThatItEnds);
    private final FutureTask<Engine> engine;
    private final Sockets sockets;
    private final Cells cells;
    private final Shells shells;
    private final Answers answers;

    /**
     * Binds the sockets; {@link #start} begins to answer.
     *
     * @param history closed together with this kernel
     */
    public Kernel(ConnectionFile connection, Supplier<Engine> engineStart, History history) throws Sockets.CannotBind {
        this.engine = new FutureTask<>(engineStart::get);
        this.sockets = new Sockets(connection, named("socket"), this::received);
        var frontEnds = new FrontEnds(sockets::publish, timer, new Values(), new OpenComms(),
                new AtomicInteger(FrontEnds.OUTPUT_LIMIT));
        this.cells = new Cells(engine, sockets, frontEnds, streams, new Questions(sockets), history,
                new LinkedBlockingQueue<>(), new AtomicInteger());
        this.shells = new Shells(cells);
        this.answers = new Answers(connection, cells);
    }

    /** Answers from now on; the engine starts beside that, and only the first cell waits for it. */
    public void start() {
        new Thread(engine, "gradus engine").start();
        Runtime.getRuntime().addShutdownHook(lastWords);
        sockets.start();
        status(Json.object(), "starting");
        shells.main().start();
    }

    /** Tells the reader something with the output of the next cell: there is nowhere else to say it. */
    public void tell(String notice) {
        cells.notices().add(notice);
    }

    /** Stops the cells that run. */
    public void interrupt() {
        shells.all().forEach(Shell::interrupt);
    }

    /** Waits for a shutdown request. */
    public void awaitShutdown() throws InterruptedException {
        shutdown.await();
    }

    /** Asks for the end, as a shutdown request does. */
    public void requestShutdown() {
        shutdown.countDown();
    }

    /** Interrupts what runs and closes the sockets, after what is queued has been sent. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(lastWords);
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.DEBUG, "the process is ending already");
        }
        interrupt();
        assist.shutdownNow();
        timer.shutdown();
        sockets.close();
        cells.engineNow().ifPresent(Engine::close);
        streams.close();
        cells.history().close();
    }

    private ThreadFactory named(String name) {
        return task -> {
            var thread = new Thread(kernelThreads, task, "gradus " + name);
            thread.setDaemon(true);
            return thread;
        };
    }

    private void received(Channel channel, Message message) {
        var request = new Request(channel, message);
        switch (request.type()) {
            case "input_reply" -> cells.questions().answered(message);
            case "execute_request", "comm_open", "comm_msg", "comm_close" ->
                    shells.of(request).ifPresentOrElse(shell -> shell.add(request), () -> refuse(request));
            case "complete_request", "inspect_request", "is_complete_request", "history_request" -> {
                if (shells.of(request).isPresent()) {
                    assist.execute(() -> handle(request));
                } else {
                    refuse(request);
                }
            }
            case "delete_subshell_request" -> named("subshell end").newThread(() -> handle(request)).start();
            default -> handle(request);
        }
    }

    /** Answers a request that is not a cell, between busy and idle. */
    private void handle(Request request) {
        status(request.header(), "busy");
        try {
            answer(request).ifPresent(content -> reply(request, content));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, request.type() + " failed", e);
            reply(request, Json.error(e.getClass().getName(), e.getMessage(), List.of(UserTrace.of(e))));
        } finally {
            status(request.header(), "idle");
        }
        if (request.type().equals("shutdown_request")) {
            requestShutdown();
        }
    }

    /** The content of the reply; none for messages that want none. */
    private Optional<ObjectNode> answer(Request request) {
        var content = request.content();
        return switch (request.type()) {
            case "kernel_info_request" -> Optional.of(KernelInfo.content());
            case "connect_request" -> Optional.of(answers.connectionPorts());
            case "usage_request" -> Optional.of(answers.usage());
            case "comm_info_request" -> Optional.of(answers.comms(content));
            case "is_complete_request" -> Optional.of(answers.isComplete(content));
            case "complete_request" -> Optional.of(answers.complete(content));
            case "inspect_request" -> Optional.of(answers.inspect(content));
            case "history_request" -> Optional.of(answers.history(content));
            case "create_subshell_request" -> Optional.of(Json.ok().put("subshell_id", shells.create()));
            case "delete_subshell_request" -> Optional.of(shells.delete(content.path("subshell_id").asText()));
            case "list_subshell_request" -> Optional.of(shells.list());
            case "interrupt_request" -> {
                interrupt();
                yield Optional.of(Json.ok());
            }
            case "shutdown_request" -> Optional.of(Json.ok().put("restart", content.path("restart").asBoolean()));
            default -> {
                LOG.log(System.Logger.Level.WARNING, "no answer to a " + request.type());
                yield Optional.empty();
            }
        };
    }

    /** A message to a subshell that is not there: a client must see that it is done with, so it gets what others get. */
    private void refuse(Request request) {
        var why = "there is no subshell " + request.subshell().orElse("");
        LOG.log(System.Logger.Level.WARNING, request.type() + " dropped: " + why);
        status(request.header(), "busy");
        reply(request, Json.error("UnknownSubshell", why, List.of()));
        status(request.header(), "idle");
    }

    private void status(ObjectNode parent, String state) {
        cells.frontEnds().status(parent, state);
    }

    private void reply(Request request, ObjectNode content) {
        request.replyType().ifPresent(type -> sockets.send(request.channel(), request.message().reply(type, content)));
    }

    /** The process ends without a shutdown request: code has called {@code System.exit}, or it was told to by a signal. */
    private void tellThatItEnds() {
        var why = ExitCall.now().map(call -> call + " called System.exit").orElse("the process was told to end")
                + "; all variables are lost";
        shells.all().forEach(shell -> shell.lastWords(why));
        sockets.close();
        cells.history().close();
    }
}
