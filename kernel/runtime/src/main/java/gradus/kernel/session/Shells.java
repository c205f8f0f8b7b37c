package gradus.kernel.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The main shell and the subshells beside it. */
final class Shells {

    /** How long code in a subshell may be deaf to its interrupt before the deletion is said to have failed. */
    private static final Duration END_PATIENCE = Duration.ofSeconds(4);

    private final ThreadGroup userThreads = Thread.currentThread().getThreadGroup();   // not that of a socket's thread
    private final Cells cells;
    private final Shell main;
    private final Map<String, Shell> subshells = new ConcurrentHashMap<>();

    Shells(Cells cells) {
        this.cells = cells;
        this.main = new Shell(userThreads, "gradus shell", cells);
    }

    Shell main() {
        return main;
    }

    Stream<Shell> all() {
        return Stream.concat(Stream.of(main), subshells.values().stream());
    }

    /** The shell that is to handle a request; none when it names a subshell that does not exist. */
    Optional<Shell> of(Request request) {
        return request.subshell().map(id -> Optional.ofNullable(subshells.get(id))).orElse(Optional.of(main));
    }

    /** A new subshell, by its identity. */
    String create() {
        var id = UUID.randomUUID().toString();
        var shell = new Shell(userThreads, "gradus subshell " + id, cells);
        subshells.put(id, shell);
        shell.start();
        return id;
    }

    /** Stops what runs in a subshell and waits for its end; the content of the reply. */
    ObjectNode delete(String id) {
        var shell = subshells.remove(id);
        if (shell == null) {
            return Json.error("UnknownSubshell", "there is no subshell " + id, List.of());
        }
        try {
            return shell.end(END_PATIENCE) ? Json.ok() : Json.error("StillRunning", "the subshell takes no more requests, "
                    + "but its code has not stopped within " + END_PATIENCE.toSeconds() + " s", List.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Json.error("Interrupted", "the kernel is ending", List.of());
        }
    }

    ObjectNode list() {
        var content = Json.ok();
        subshells.keySet().forEach(content.putArray("subshell_id")::add);
        return content;
    }
}
