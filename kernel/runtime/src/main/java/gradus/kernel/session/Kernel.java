package gradus.kernel.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gradus.kernel.engine.Engine;
import gradus.kernel.engine.Engine.Completeness;
import gradus.kernel.engine.Engine.Outcome;
import gradus.kernel.wire.ConnectionFile;
import gradus.kernel.wire.Message;
import gradus.kernel.wire.Sockets;
import gradus.kernel.wire.Sockets.Channel;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;

/**
 * A running kernel: what is done for each request.
 *
 * <p>Cells run one after another on the thread {@code shell}; what an editor asks is answered on the thread
 * {@code assist}, also while a cell runs; everything else is answered at once by the thread of the socket it came on.
 */
public final class Kernel implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Kernel.class.getName());
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ThreadGroup kernelThreads = new ThreadGroup("gradus kernel");
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(named("timer"));
    private final ExecutorService assist = Executors.newSingleThreadExecutor(named("assist"));
    private final LinkedBlockingQueue<Message> cells = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final CountDownLatch shutdown = new CountDownLatch(1);
    private final Values values = new Values();
    private final StandardStreams streams = new StandardStreams(kernelThreads);
    private final FutureTask<Engine> engine;
    private final Sockets sockets;
    private final Thread shell = new Thread(this::runCells, "gradus shell");
    private int executionCount;

    /** Binds the sockets; {@link #start} begins to answer. */
    public Kernel(ConnectionFile connection, Supplier<Engine> engineStart) throws Sockets.CannotBind {
        this.engine = new FutureTask<>(engineStart::get);
        this.sockets = new Sockets(connection, named("socket"), this::received);
    }

    /** Answers from now on; the engine starts beside that, and only the first cell waits for it. */
    public void start() {
        new Thread(engine, "gradus engine start").start();
        sockets.start();
        status(JSON.objectNode(), "starting");
        shell.setDaemon(true);
        shell.start();
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
        if (engine.state() == FutureTask.State.SUCCESS) {
            engine.resultNow().interrupt(shell);
        }
        assist.shutdownNow();
        timer.shutdown();
        sockets.close();
        streams.close();
    }

    private ThreadFactory named(String name) {
        return task -> {
            var thread = new Thread(kernelThreads, task, "gradus " + name);
            thread.setDaemon(true);
            return thread;
        };
    }

    private void received(Channel channel, Message message) {
        switch (message.type()) {
            case "input_reply" -> answers.add(message.content().path("value").asText());
            case "execute_request" -> cells.add(message);
            case "complete_request", "inspect_request", "is_complete_request" ->
                    assist.execute(() -> handle(channel, message));
            default -> handle(channel, message);
        }
    }

    private Engine engine() {
        try {
            return engine.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the engine could not start", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the engine was starting", e);
        }
    }

    /** Answers a request that is not a cell, between busy and idle. */
    private void handle(Channel channel, Message request) {
        status(request.header(), "busy");
        try {
            var content = answer(request);
            if (content != null) {
                sockets.send(channel, request.reply(replyType(request), content));
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, request.type() + " failed", e);
            sockets.send(channel, request.reply(replyType(request), error(e.getClass().getName(), e.getMessage())));
        } finally {
            status(request.header(), "idle");
        }
        if (request.type().equals("shutdown_request")) {
            requestShutdown();
        }
    }

    private static String replyType(Message request) {
        return request.type().replaceFirst("_request$", "_reply");
    }

    /** The content of the reply, {@code null} for messages that want none. */
    private ObjectNode answer(Message request) {
        var content = request.content();
        return switch (request.type()) {
            case "kernel_info_request" -> KernelInfo.content();
            case "is_complete_request" -> isComplete(content.path("code").asText());
            case "complete_request" -> complete(content.path("code").asText(), content.path("cursor_pos"));
            case "inspect_request" -> inspect(content.path("code").asText(), content.path("cursor_pos"));
            case "comm_info_request" -> ok().set("comms", JSON.objectNode());
            case "interrupt_request" -> {
                interrupt();
                yield ok();
            }
            case "shutdown_request" -> ok().put("restart", content.path("restart").asBoolean());
            case "comm_open" -> {   // nobody here knows the target, so the front end may forget it
                sockets.publish(Message.broadcast("comm_close", request.header(), JSON.objectNode()
                        .put("comm_id", content.path("comm_id").asText()).set("data", JSON.objectNode())));
                yield null;
            }
            case "comm_msg", "comm_close" -> null;
            default -> {
                LOG.log(System.Logger.Level.WARNING, "no answer to a " + request.type());
                yield null;
            }
        };
    }

    private void interrupt() {
        if (engine.isDone()) {
            engine().interrupt(shell);
        }
    }

    private ObjectNode isComplete(String code) {
        return switch (engine().isComplete(code)) {
            case Completeness.Complete() -> JSON.objectNode().put("status", "complete");
            case Completeness.Invalid() -> JSON.objectNode().put("status", "invalid");
            case Completeness.Incomplete(var indent) ->
                    JSON.objectNode().put("status", "incomplete").put("indent", indent);
        };
    }

    private ObjectNode complete(String code, JsonNode cursor) {
        var found = engine().complete(code, CodePoints.offset(code, cursor));
        var content = ok();
        var matches = content.putArray("matches");
        found.matches().forEach(match -> matches.add(match.text()));
        content.put("cursor_start", code.codePointCount(0, found.start()));
        content.put("cursor_end", code.codePointCount(0, found.end()));
        content.putObject("metadata");
        return content;
    }

    private ObjectNode inspect(String code, JsonNode cursor) {
        var found = engine().inspect(code, CodePoints.offset(code, cursor), 0);
        var content = ok().put("found", found.isPresent());
        content.set("data", found.map(bundle -> Json.tree(bundle.data())).orElse(JSON.objectNode()));
        content.set("metadata", found.map(bundle -> Json.tree(bundle.metadata())).orElse(JSON.objectNode()));
        return content;
    }

    private void runCells() {
        while (true) {
            try {
                execute(cells.take());
            } catch (InterruptedException e) {
                LOG.log(System.Logger.Level.DEBUG, "an interrupt between two cells has nothing to stop");
            } catch (RuntimeException | LinkageError e) {
                LOG.log(System.Logger.Level.ERROR, "a cell could not be handled", e);
            }
        }
    }

    private void execute(Message request) {
        var content = request.content();
        var code = content.path("code").asText();
        boolean silent = content.path("silent").asBoolean(false);
        boolean counted = !silent && content.path("store_history").asBoolean(true);
        int number = counted ? ++executionCount : Math.max(1, executionCount);
        status(request.header(), "busy");
        if (!silent) {
            sockets.publish(Message.broadcast("execute_input", request.header(),
                    JSON.objectNode().put("code", code).put("execution_count", number)));
        }
        var output = new CellOutput((type, message) ->
                sockets.publish(Message.broadcast(type, request.header(), message)),
                timer, values, (prompt, hidden) -> ask(request, prompt, hidden));
        streams.bind(output);
        ObjectNode reply;
        try {
            var outcome = engine().execute(new Engine.Cell(number, code),
                    value -> { if (!silent) { output.result(value, number); } });
            reply = switch (outcome) {
                case Outcome.Done() -> ok();
                case Outcome.Failed failed -> failed(output, failed);
            };
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the engine failed on a cell", e);
            reply = error(e.getClass().getName(), e.getMessage());
        }
        reply.put("execution_count", number);
        if (reply.path("status").asText().equals("ok")) {
            reply.putArray("payload");
            reply.putObject("user_expressions");
        }
        output.flush();
        var aborted = new ArrayList<Message>();
        if (reply.path("status").asText().equals("error") && content.path("stop_on_error").asBoolean(true)) {
            cells.drainTo(aborted);   // before the reply: what a client sends once it has that is not meant
        }
        sockets.send(Channel.SHELL, request.reply("execute_reply", reply));
        status(request.header(), "idle");
        aborted.forEach(this::abort);
    }

    private static ObjectNode failed(CellOutput output, Outcome.Failed failed) {
        var content = error(failed.name(), failed.message());
        var traceback = content.putArray("traceback");
        failed.traceback().forEach(traceback::add);
        var published = content.deepCopy();
        published.remove("status");
        output.send("error", published);
        return content;
    }

    /** A cell that was queued behind one that failed is not run: it most likely builds on it. */
    private void abort(Message request) {
        status(request.header(), "busy");
        sockets.send(Channel.SHELL, request.reply("execute_reply",
                error("Aborted", "not run, because a cell before it failed").put("execution_count", executionCount)));
        status(request.header(), "idle");
    }

    private String ask(Message request, String prompt, boolean hidden) {
        if (!request.content().path("allow_stdin").asBoolean(true)) {
            throw new IllegalStateException("the cell asks for input, but this front end cannot answer; "
                    + "run it where somebody can type");
        }
        answers.clear();
        sockets.send(Channel.STDIN, request.reply("input_request",
                JSON.objectNode().put("prompt", prompt).put("password", hidden)));
        try {
            return answers.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for input", e);
        }
    }

    private void status(ObjectNode parent, String state) {
        sockets.publish(Message.broadcast("status", parent, JSON.objectNode().put("execution_state", state)));
    }

    private static ObjectNode ok() {
        return JSON.objectNode().put("status", "ok");
    }

    private static ObjectNode error(String name, String message) {
        var content = JSON.objectNode().put("status", "error").put("ename", name)
                .put("evalue", message == null ? "" : message);
        content.putArray("traceback");
        return content;
    }
}
