package gradus.kernel.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gradus.kernel.engine.Engine;
import gradus.kernel.engine.Engine.Completeness;
import gradus.kernel.engine.Engine.Match;
import gradus.kernel.wire.ConnectionFile;
import java.util.List;

/** What is replied to questions: about the kernel, about code that is being written, about what was run. */
final class Answers {

    private final ConnectionFile connection;
    private final Cells cells;
    private final Usage usage = new Usage();

    Answers(ConnectionFile connection, Cells cells) {
        this.connection = connection;
        this.cells = cells;
    }

    ObjectNode connectionPorts() {
        return Json.ok().put("shell_port", connection.shellPort()).put("iopub_port", connection.iopubPort())
                .put("stdin_port", connection.stdinPort()).put("hb_port", connection.heartbeatPort())
                .put("control_port", connection.controlPort());
    }

    ObjectNode usage() {
        return usage.content();
    }

    ObjectNode comms(ObjectNode question) {
        return Json.ok().set("comms", cells.frontEnds().comms().info(question.path("target_name")));
    }

    ObjectNode isComplete(ObjectNode question) {
        return switch (engine().isComplete(question.path("code").asText())) {
            case Completeness.Complete() -> Json.object().put("status", "complete");
            case Completeness.Invalid() -> Json.object().put("status", "invalid");
            case Completeness.Incomplete(var indent) -> Json.object().put("status", "incomplete").put("indent", indent);
        };
    }

    ObjectNode complete(ObjectNode question) {
        var code = question.path("code").asText();
        var found = engine().complete(code, CodePoints.offset(code, question.path("cursor_pos")));
        int start = code.codePointCount(0, found.start());
        int end = code.codePointCount(0, found.end());
        var content = Json.ok().put("cursor_start", start).put("cursor_end", end);
        var matches = content.putArray("matches");
        found.matches().forEach(match -> matches.add(match.text()));
        // JupyterLab, and those who follow it, show these with an icon and the signature
        var typed = content.putObject("metadata").putArray("_jupyter_types_experimental");
        for (Match match : found.matches()) {
            typed.addObject().put("start", start).put("end", end).put("text", match.text()).put("type", match.type())
                    .put("signature", match.signature());
        }
        return content;
    }

    ObjectNode inspect(ObjectNode question) {
        var code = question.path("code").asText();
        var found = engine().inspect(code, CodePoints.offset(code, question.path("cursor_pos")),
                question.path("detail_level").asInt(0));
        var content = Json.ok().put("found", found.isPresent());
        content.putObject("data");
        content.putObject("metadata");
        return found.map(bundle -> Json.with(content, bundle)).orElse(content);
    }

    /** The raw input is all there is: a cell is kept as it was typed. */
    ObjectNode history(ObjectNode question) {
        boolean output = question.path("output").asBoolean(false);
        var history = cells.history();
        List<History.Entry> found = switch (question.path("hist_access_type").asText()) {
            case "tail" -> history.tail(question.path("n").asInt(10), output);
            case "range" -> history.range(question.path("session").asLong(0), question.path("start").asInt(0),
                    question.path("stop").asInt(Integer.MAX_VALUE), output);
            case "search" -> history.search(question.path("pattern").asText("*"), question.path("n").asInt(-1),
                    question.path("unique").asBoolean(false), output);
            default -> throw new IllegalArgumentException("hist_access_type is " + question.path("hist_access_type")
                    + ": it must be tail, range or search");
        };
        var content = Json.ok();
        var entries = content.putArray("history");
        for (var entry : found) {
            var line = entries.addArray().add(entry.session()).add(entry.line());
            if (output) {
                line.addArray().add(entry.input()).add(entry.output().orElse(null));
            } else {
                line.add(entry.input());
            }
        }
        return content;
    }

    private Engine engine() {
        try {
            return cells.startedEngine();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the engine was starting", e);
        }
    }
}
