package gradus.kernel.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.management.UnixOperatingSystemMXBean;
import gradus.kernel.wire.Sockets.Channel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SocketsTest {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    @TempDir
    private Path folder;

    private static ConnectionFile tcp() throws IOException {
        var held = new ArrayList<ServerSocket>();
        for (int i = 0; i < 5; i++) {
            held.add(new ServerSocket(0));
        }
        var ports = held.stream().map(ServerSocket::getLocalPort).toList();
        for (var socket : held) {
            socket.close();
        }
        return new ConnectionFile("tcp", "127.0.0.1", ports.get(0), ports.get(1), ports.get(2), ports.get(3),
                ports.get(4), "hmac-sha256", "key", Optional.empty());
    }

    private ConnectionFile ipc() {
        return new ConnectionFile("ipc", folder.resolve("kernel").toString(), 1, 2, 3, 4, 5, "hmac-sha256", "key",
                Optional.empty());
    }

    private static Thread daemon(Runnable task) {
        var thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }

    /** Sockets that answer a question with the channel that it came on. */
    private static Sockets answering(ConnectionFile connection) throws Sockets.CannotBind {
        var self = new AtomicReference<Sockets>();
        self.set(new Sockets(connection, SocketsTest::daemon, (channel, message) -> self.get().send(channel,
                message.reply("answer", JSON.objectNode().put("channel", channel.name())))));
        self.get().start();
        return self.get();
    }

    private static Message question() {
        return Message.of("question", List.of(), JSON.objectNode(), JSON.objectNode());
    }

    private static String answer(ConnectionFile connection, int port) throws IOException, Codec.Rejected {
        try (var client = Client.asking(connection, port)) {
            client.send(question());
            return client.receive().content().path("channel").asText();
        }
    }

    @Test
    void eachChannelAnswersOnItsOwn() throws Exception {
        for (var connection : List.of(tcp(), ipc())) {
            try (var sockets = answering(connection)) {
                assertEquals("SHELL", answer(connection, connection.shellPort()));
                assertEquals("CONTROL", answer(connection, connection.controlPort()));
                assertEquals("STDIN", answer(connection, connection.stdinPort()));
            }
        }
    }

    @Test
    void everySubscriberIsWelcomedAndThenMissesNothing() throws Exception {
        var connection = tcp();
        try (var sockets = answering(connection);
             var first = Client.listening(connection)) {
            assertEquals("iopub_welcome", first.receive().type());
            try (var second = Client.listening(connection)) {
                assertEquals("iopub_welcome", second.receive().type());
                for (int i = 0; i < 5_000; i++) {   // more than the thousand that a socket of ZeroMQ keeps by default
                    sockets.publish(Message.broadcast("n" + i, JSON.objectNode(), JSON.objectNode()));
                }
                for (var subscriber : List.of(first, second)) {
                    for (int i = 0; i < 5_000; i++) {
                        assertEquals("n" + i, subscriber.receive().type());
                    }
                }
            }
        }
    }

    @Test
    void buffersTravelBothWays() throws Exception {
        var connection = ipc();
        BlockingQueue<Message> came = new LinkedBlockingQueue<>();
        try (var sockets = new Sockets(connection, SocketsTest::daemon, (channel, message) -> came.add(message))) {
            sockets.start();
            try (var client = Client.asking(connection, connection.shellPort())) {
                var big = new byte[3_000_000];
                big[2_999_999] = 7;
                client.send(question().withBuffers(List.of(new byte[0], big)));
                var message = came.take();
                assertArrayEquals(big, message.buffers().get(1));
                sockets.send(Channel.SHELL, message.reply("answer", JSON.objectNode()).withBuffers(List.of(big)));
                assertArrayEquals(big, client.receive().buffers().getFirst());
            }
        }
    }

    @Test
    void whatIsQueuedIsSentBeforeTheEnd() throws Exception {
        var connection = tcp();
        var sockets = answering(connection);
        try (var client = Client.listening(connection)) {
            assertEquals("iopub_welcome", client.receive().type());
            var text = "x".repeat(50_000);
            for (int i = 0; i < 100; i++) {
                sockets.publish(Message.broadcast("n", JSON.objectNode(), JSON.objectNode().put("text", text)));
            }
            var closing = daemon(sockets::close);
            closing.start();
            for (int i = 0; i < 100; i++) {
                assertEquals(50_000, client.receive().content().path("text").asText().length());
            }
            assertThrows(IOException.class, client::receive);
            closing.join();
        }
    }

    @Test
    void aHandlerThatFailsLosesItsOwnMessageOnly() throws Exception {
        var connection = tcp();
        BlockingQueue<String> came = new LinkedBlockingQueue<>();
        try (var sockets = new Sockets(connection, SocketsTest::daemon, (channel, message) -> {
            came.add(message.type());
            throw new IllegalStateException("on purpose");
        })) {
            sockets.start();
            try (var client = Client.asking(connection, connection.shellPort())) {
                client.send(question());
                client.send(question());
                assertEquals("question", came.poll(30, TimeUnit.SECONDS));
                assertEquals("question", came.poll(30, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void aTakenPortIsSaidAndTheOthersAreGivenBack() throws Exception {
        var connection = tcp();
        try (var other = new ServerSocket(connection.stdinPort())) {
            var fault = assertThrows(Sockets.CannotBind.class, () -> answering(connection));
            assertEquals("cannot listen on tcp://127.0.0.1:" + connection.stdinPort() + ": the port is in use",
                    fault.getMessage());
            new ServerSocket(connection.iopubPort()).close();
        }
    }

    @Test
    void fiftyLivesLeaveNoThreadNoDescriptorAndNoFile() throws Exception {
        answering(ipc()).close();   // what is loaded once is loaded now
        answering(tcp()).close();
        long threads = ourThreads();
        long descriptors = descriptors();
        for (int life = 0; life < 50; life++) {
            var connection = life % 2 == 0 ? ipc() : tcp();
            try (var sockets = answering(connection);
                 var silent = life % 2 == 0 ? new Socket() : new Socket("127.0.0.1", connection.shellPort())) {
                assertEquals("SHELL", answer(connection, connection.shellPort()));
            }
        }
        while (ourThreads() > threads || descriptors() > descriptors) {   // a thread ends a moment after its channel
            Thread.onSpinWait();
        }
        try (var files = Files.list(folder)) {
            assertTrue(files.toList().isEmpty());
        }
    }

    private static long ourThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("gradus ")).count();
    }

    private static long descriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount() : 0;
    }
}
