package gradus.kernel.wire;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;

/** The other end of a kernel's sockets, for one who wants to talk to a kernel from Java; without encryption. */
public final class Client implements AutoCloseable {

    private final Codec codec;
    private final Connection server;

    private Client(ConnectionFile connection, int port, String socketType) throws IOException {
        this.codec = new Codec(connection.scheme(), connection.key());
        this.server = new Connection(SocketChannel.open(connection.address(port)), new Mechanism.Open(), socketType,
                Thread.ofPlatform().daemon().factory());
    }

    /** Asks and is answered on {@code port}, that of shell or control. */
    public static Client asking(ConnectionFile connection, int port) throws IOException {
        return new Client(connection, port, "DEALER");
    }

    /** Receives all that the kernel publishes. */
    public static Client listening(ConnectionFile connection) throws IOException {
        var client = new Client(connection, connection.iopubPort(), "SUB");
        client.server.send(Frames.Frame.message(List.of(new byte[] {1})));
        return client;
    }

    /** Sends a message. */
    public void send(Message message) {
        server.send(Frames.Frame.message(codec.encode(message)));
    }

    /** Waits for the next message. */
    public Message receive() throws IOException, Codec.Rejected {
        return codec.decode(server.receive());
    }

    @Override
    public void close() {
        server.close();
    }
}
