package gradus.kernel.wire;

import gradus.kernel.Log;
import gradus.kernel.wire.Frames.Broken;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * One of the addresses of a kernel, TCP or Unix domain socket, with a thread for each client that has come.
 *
 * <p>Threads of the platform's, not virtual ones: a cell that keeps all carriers of virtual threads busy must not make
 * the kernel deaf to the interrupt that would stop it.
 */
final class Listener implements AutoCloseable {

    /** What is done for the clients of a socket, each call on the thread of its client. */
    interface Clients {

        /** What the socket is, in ZeroMQ's words. */
        String socketType();

        /** The kinds of socket that may talk to it. */
        Set<String> partners();

        void joined(Connection client);

        /** Throws {@link Broken} to have the client disconnected. */
        void received(Connection client, List<byte[]> message) throws Broken;

        void left(Connection client);
    }

    private static final Log LOG = new Log(Listener.class);
    private static final int MOST_CLIENTS = 512;   // each costs two threads; a notebook server has one or two per kernel
    private static final int MOST_GREETING = 32;
    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);

    private final String name;
    private final ConnectionFile connection;
    private final int port;
    private final ThreadFactory threads;
    private final Clients clients;
    private final Set<Connection> open = new HashSet<>();
    private final ArrayDeque<SocketChannel> greeting = new ArrayDeque<>();   // not yet through the handshake
    private final Set<String> said = new HashSet<>();
    private volatile ServerSocketChannel server;
    private volatile boolean closed;

    /** Binds; {@link #start} lets clients in. */
    Listener(String name, ConnectionFile connection, int port, ThreadFactory threads, Clients clients)
            throws IOException {
        this.name = name;
        this.connection = connection;
        this.port = port;
        this.threads = threads;
        this.clients = clients;
        this.server = bind();
    }

    private ServerSocketChannel bind() throws IOException {
        var address = connection.address(port);
        var channel = address instanceof UnixDomainSocketAddress
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
        try {
            if (address instanceof UnixDomainSocketAddress file) {
                removeStale(file);
                channel.bind(file);
                restrict(file.getPath());
            } else {
                channel.bind(address);
            }
            return channel;
        } catch (IOException | UnsupportedOperationException e) {
            channel.close();
            throw e;
        }
    }

    /** Removes the file of a kernel that ended without doing so. */
    private static void removeStale(UnixDomainSocketAddress address) throws IOException {
        var file = address.getPath();
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.isDirectory(file)) {
            throw new BindException("a file that is no socket is in the way");
        }
        try (var other = SocketChannel.open(address)) {
            throw new BindException("another process listens there");
        } catch (ConnectException e) {
            Files.delete(file);
        }
    }

    /** Only the user who runs the kernel may connect, and the file goes even if the kernel is told to end by a signal. */
    private static void restrict(Path file) throws IOException {
        file.toFile().deleteOnExit();
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    /** Begins to let clients in. */
    void start() {
        start(this::accept, "accepts");
    }

    private void start(Runnable task, String what) {
        var thread = threads.newThread(task);
        thread.setName("gradus " + name + " " + what);
        thread.start();
    }

    private void accept() {
        while (!closed) {
            try {
                admit(server.accept());
            } catch (ClosedChannelException e) {
                listenAgain();
            } catch (IOException | RuntimeException | Error e) {   // whatever it was, to end here is to be deaf
                say(name + " cannot let a client in: " + e);
                LockSupport.parkNanos(ACCEPT_PAUSE.toNanos());   // too many open files do not get fewer by haste
            }
        }
    }

    /** A cell may interrupt every thread that it finds; that closes our channel, but must not make the kernel deaf. */
    private void listenAgain() {
        Thread.interrupted();
        try {
            if (!closed) {
                server = bind();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "the kernel can no longer listen on " + connection.endpoint(port) + " ("
                    + e.getMessage() + ") and ends; start it again");
            System.exit(1);
        }
    }

    private void admit(SocketChannel channel) throws IOException {
        try {
            if (connection.transport().equals("tcp")) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            synchronized (this) {
                if (open.size() >= MOST_CLIENTS) {
                    throw new IOException("it has " + MOST_CLIENTS + " already");
                }
                greeting.add(channel);
                if (greeting.size() > MOST_GREETING) {   // who connects and is silent makes room for who speaks
                    greeting.remove().close();
                }
            }
            start(() -> serve(channel), "client");
        } catch (IOException | OutOfMemoryError e) {   // which also says that there can be no more threads
            channel.close();
            throw e;
        }
    }

    private void serve(SocketChannel channel) {
        try {
            var client = greeted(channel);
            try {
                clients.joined(client);
                while (true) {
                    clients.received(client, client.receive());
                }
            } catch (Broken e) {
                LOG.log(System.Logger.Level.WARNING,
                        "a client of " + name + " is disconnected: it sent " + e.getMessage());
            } finally {
                synchronized (this) {
                    open.remove(client);
                }
                clients.left(client);
                client.close();
            }
        } catch (Broken e) {
            say("a client of " + name + " is refused: " + e.getMessage());
        } catch (IOException | OutOfMemoryError e) {
            LOG.log(e instanceof IOException ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "a client of " + name + " has gone", e);
        } finally {
            closeQuietly(channel);
        }
    }

    private Connection greeted(SocketChannel channel) throws IOException {
        try {
            Mechanism mechanism = connection.curve().<Mechanism>map(Curve::new).orElseGet(Mechanism.Open::new);
            var client = new Connection(channel, mechanism, clients.socketType(), threads);
            if (!clients.partners().contains(client.peer().socketType())) {
                client.close();
                throw new Broken("a socket of a kind that does not belong here");
            }
            synchronized (this) {
                open.add(client);
            }
            return client;
        } finally {
            synchronized (this) {
                greeting.remove(channel);
            }
        }
    }

    /** A client that is refused tries again ten times a second, as ZeroMQ does; each reason is a warning once. */
    private synchronized void say(String message) {
        LOG.log(said.add(message) ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG, message);
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a connection could not be closed", e);
        }
    }

    /** Lets nobody in any more, and has all that is queued sent; {@link #awaitEnd} waits for it. */
    @Override
    public void close() {
        closed = true;
        try {
            server.close();
            if (connection.address(port) instanceof UnixDomainSocketAddress unix) {
                Files.deleteIfExists(unix.getPath());
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, name + " could not be closed", e);
        }
        synchronized (this) {
            greeting.forEach(Listener::closeQuietly);
            open.forEach(Connection::finish);
        }
    }

    /** Waits until what was queued at {@link #close} is sent, but no longer than until that moment; then cuts off. */
    void awaitEnd(Supplier<Duration> left) {
        Set<Connection> last;
        synchronized (this) {
            last = Set.copyOf(open);
        }
        last.forEach(client -> client.awaitEnd(left.get()));
    }
}
