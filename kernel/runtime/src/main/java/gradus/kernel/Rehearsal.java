package gradus.kernel;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gradus.kernel.session.History;
import gradus.kernel.session.Kernel;
import gradus.kernel.wire.Client;
import gradus.kernel.wire.Codec;
import gradus.kernel.wire.ConnectionFile;
import gradus.kernel.wire.Message;
import gradus.kernel.wire.Sockets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A kernel's first minute with itself as the client: what the JVM loads and links meanwhile is what it records for a
 * start-up archive ({@code -XX:AOTCacheOutput}), so that real starts find it ready.
 */
final class Rehearsal {

    private static final int ATTEMPTS = 5;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> CELLS = List.of(
            "1 + 1",
            "var xs = List.of(3, 1, 2);\nfor (int x : xs) System.out.println(x);\nxs.stream().sorted().toList()",
            "record Point(double x, double y) {}\nint twice(int n) { return 2 * n; }\nnew Point(twice(1), 0)",
            "throw new IllegalStateException(\"rehearsed\");",
            "undefined + 1",
            "display(\"shown\");");

    private Rehearsal() {
    }

    /** @param cells run besides our own, so that what libraries they use is found ready too */
    static void run(List<String> cells) throws Sockets.CannotBind {
        for (int attempt = 1; ; attempt++) {
            var ports = freePorts();
            try {
                run(new ConnectionFile("tcp", "127.0.0.1", ports.get(0), ports.get(1), ports.get(2), ports.get(3),
                        ports.get(4), "hmac-sha256", "rehearsal", Optional.empty()), cells);
                return;
            } catch (Sockets.CannotBind e) {   // another process was quicker
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static void run(ConnectionFile connection, List<String> cells) throws Sockets.CannotBind {
        var history = History.inMemory();
        try (var kernel = new Kernel(connection, Main.engine(history, List.of()), history)) {
            Main.scripts();   // found, not run
            Main.attend(kernel);
            kernel.start();
            try (var iopub = Client.listening(connection);
                 var shell = Client.asking(connection, connection.shellPort())) {
                iopub.receive();
                ask(shell, "kernel_info_request", JSON.objectNode());
                for (var cell : Stream.concat(CELLS.stream(), cells.stream()).toList()) {
                    ask(shell, "execute_request", JSON.objectNode().put("code", cell).put("stop_on_error", false));
                }
                ask(shell, "complete_request", JSON.objectNode().put("code", "xs.st").put("cursor_pos", 5));
                ask(shell, "inspect_request", JSON.objectNode().put("code", "xs.stream").put("cursor_pos", 9));
                ask(shell, "is_complete_request", JSON.objectNode().put("code", "for (;;) {"));
                ask(shell, "shutdown_request", JSON.objectNode().put("restart", false));
            }
        } catch (IOException | Codec.Rejected e) {
            throw new IllegalStateException("the kernel does not answer its rehearsal", e);
        }
    }

    private static void ask(Client shell, String type, ObjectNode content) throws IOException, Codec.Rejected {
        shell.send(Message.of(type, List.of(), JSON.objectNode(), content));
        shell.receive();
    }

    /** Five ports that nobody listens on, all held at once so that they differ. */
    private static List<Integer> freePorts() {
        var held = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < 5; i++) {
                held.add(new ServerSocket(0));
            }
            var ports = held.stream().map(ServerSocket::getLocalPort).toList();
            for (var socket : held) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
