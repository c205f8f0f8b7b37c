package gradus.kernel.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gradus.kernel.Log;
import gradus.kernel.engine.Engine;
import gradus.kernel.engine.Engine.Cell;
import gradus.kernel.engine.Engine.Outcome;
import gradus.kernel.session.CellOutput.Stream;
import gradus.kernel.wire.Message;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** One {@code execute_request}, from busy to idle. */
final class CellRun {

    private static final Log LOG = new Log(CellRun.class);

    private final Request request;
    private final Cells cells;
    private final CellOutput output;
    private final Cell cell;
    private final boolean silent;
    private final boolean counted;
    private final Instant started = Instant.now().truncatedTo(ChronoUnit.MICROS);
    private final AtomicBoolean answered = new AtomicBoolean();
    private ObjectNode reply = Json.object();

    CellRun(Request request, Cells cells) {
        this.request = request;
        this.cells = cells;
        var content = request.content();
        silent = content.path("silent").asBoolean(false);
        counted = !silent && content.path("store_history").asBoolean(true);
        int number = counted ? cells.counter().incrementAndGet() : Math.max(1, cells.counter().get());
        cell = new Cell(number, content.path("code").asText());
        output = new CellOutput(request.header(), cells.frontEnds(),
                (prompt, hidden) -> cells.questions().ask(request.message(), prompt, hidden));
    }

    /** The identity that the front end gives the cell, which stays when it is run again. */
    Optional<String> cellId() {
        return Optional.ofNullable(request.message().metadata().path("cellId").textValue());
    }

    /** Tells that the cell begins. */
    void begin() {
        cells.frontEnds().status(request.header(), "busy");
        if (!silent) {
            output.send("execute_input", Json.object().put("code", cell.source()).put("execution_count", cell.number()));
        }
        if (counted && !cell.source().isBlank()) {
            cells.history().add(cell.number(), cell.source());
        }
        cells.streams().bindCell(output);
        if (!silent) {
            for (var notice = cells.notices().poll(); notice != null; notice = cells.notices().poll()) {
                output.write(Stream.stderr, notice + "\n");
            }
        }
    }

    /** Runs the cell on the calling thread; what it comes to is kept for {@link #answer}. */
    void run(Engine engine) {
        try {
            var outcome = engine.execute(cell, this::result);
            if (outcome instanceof Outcome.Failed(var name, var message, var traceback)) {
                fail(name, message, traceback);
            } else {
                var expressions = userExpressions(engine);
                reply = Json.ok();
                reply.set("user_expressions", expressions);
            }
        } catch (RuntimeException | Error e) {   // whatever it is, somebody waits for the reply
            StandardStreams.log(LOG, System.Logger.Level.ERROR, "the engine failed on a cell", e);
            fail(e.getClass().getName(), e.getMessage(), List.of(UserTrace.of(e)));
        }
    }

    private void result(Object value) {
        var bundle = cells.frontEnds().values().render(value);
        if (!silent) {
            output.result(bundle, cell.number());
        }
        if (counted) {
            cells.history().output(cell.number(), bundle.plain());
        }
    }

    /** Each expression with the forms of its value, or with the error that it ended in. */
    private ObjectNode userExpressions(Engine engine) {
        var results = Json.object();
        request.content().path("user_expressions").properties().forEach(expression ->
                results.set(expression.getKey(), value(engine, expression.getValue().asText())));
        return results;
    }

    private ObjectNode value(Engine engine, String expression) {
        var found = new AtomicReference<ObjectNode>(Json.error("NoValue", "\"" + expression + "\" has no value", List.of()));
        var outcome = engine.execute(new Cell(cell.number(), expression),
                value -> found.set(Json.with(Json.ok(), cells.frontEnds().values().render(value))));
        return outcome instanceof Outcome.Failed(var name, var message, var traceback)
                ? Json.error(name, message, traceback) : found.get();
    }

    /** The cell has come to a bad end, which is shown below it and told in the reply. */
    void fail(String name, String message, List<String> traceback) {
        reply = Json.error(name, message, traceback);
        var published = reply.deepCopy();
        published.remove("status");
        output.send("error", published);
    }

    /** Whether the cells that are queued behind it are not to run. */
    boolean stopsOthers() {
        return !silent && reply.path("status").asText().equals("error")
                && request.content().path("stop_on_error").asBoolean(true);
    }

    /** Sends what is still to be seen, the reply, and idle; a second call does nothing. */
    void answer() {
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        var payload = output.end();
        reply.put("execution_count", cell.number());
        reply.set("payload", payload);
        cells.sockets().send(request.channel(), request.message().reply("execute_reply", reply)
                .withMetadata(metadata(started, reply)));
        cells.frontEnds().status(request.header(), "idle");
    }

    /** The process ends while the cell runs: whoever waits for it is told, as far as it has come. */
    void lastWords(String why) {
        if (!answered.get()) {
            fail("KernelEnded", why, List.of("KernelEnded: " + why));
            answer();
        }
    }

    /** Answers a request that is not run, because a cell before it failed: it most likely builds on that. */
    static void abort(Request request, Cells cells, String why) {
        cells.frontEnds().status(request.header(), "busy");
        var reply = Json.error("Aborted", why, List.of("Aborted: " + why)).put("execution_count", cells.counter().get());
        cells.sockets().send(request.channel(), request.message().reply("execute_reply", reply)
                .withMetadata(metadata(Instant.now().truncatedTo(ChronoUnit.MICROS), reply)));
        cells.frontEnds().status(request.header(), "idle");
    }

    private static ObjectNode metadata(Instant started, ObjectNode reply) {
        return Json.object().put("started", started.toString()).put("dependencies_met", true)
                .put("engine", Message.SESSION).put("status", reply.path("status").asText());
    }
}
