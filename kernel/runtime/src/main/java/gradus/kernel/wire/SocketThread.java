package gradus.kernel.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * The one thread that touches a socket, as ZeroMQ demands: it waits for the socket and for a pipe at once, so whoever
 * queues frames to be sent wakes it, and nothing is ever polled on a timer.
 */
final class SocketThread implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(SocketThread.class.getName());

    private final ZContext context;
    private final ZMQ.Socket socket;
    private final Consumer<List<byte[]>> received;
    private final ConcurrentLinkedQueue<List<byte[]>> outgoing = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Pipe wake;
    private final Thread thread;
    private volatile boolean closing;

    /**
     * Takes over a bound socket, which the caller must not touch again.
     *
     * @param received called on the owner thread with each multipart message; must not block
     */
    SocketThread(ZContext context, ZMQ.Socket socket, ThreadFactory threads, Consumer<List<byte[]>> received) {
        this.context = context;
        this.socket = socket;
        this.received = received;
        try {
            this.wake = Pipe.open();
            wake.source().configureBlocking(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.thread = threads.newThread(this::run);
    }

    /** Begins to receive and to send. */
    void start() {
        thread.start();
    }

    /** Queues one multipart message; from any thread, in the order of the calls, without ever blocking. */
    void send(List<byte[]> frames) {
        outgoing.add(frames);
        wakeUp();
    }

    /** Sends what is queued, closes the socket and ends the thread; waits for that. */
    @Override
    public void close() {
        closing = true;
        wakeUp();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void wakeUp() {
        if (woken.compareAndSet(false, true)) {
            try {
                wake.sink().write(ByteBuffer.wrap(new byte[1]));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "socket thread has ended; nothing to wake", e);
            }
        }
    }

    private void run() {
        try (var poller = context.createPoller(2)) {
            poller.register(socket, ZMQ.Poller.POLLIN);
            poller.register(wake.source(), ZMQ.Poller.POLLIN);
            var scratch = ByteBuffer.allocate(16);
            while (!closing) {
                poller.poll(-1);
                if (woken.get()) {
                    wake.source().read(scratch.clear());
                    woken.set(false);   // before the queue is drained: what is queued from here on wakes again
                }
                sendQueued();
                receiveWaiting();
            }
            sendQueued();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            context.destroySocket(socket);
        }
    }

    private void sendQueued() {
        for (var frames = outgoing.poll(); frames != null; frames = outgoing.poll()) {
            for (int i = 0; i < frames.size(); i++) {
                socket.send(frames.get(i), i < frames.size() - 1 ? ZMQ.SNDMORE : 0);
            }
        }
    }

    private void receiveWaiting() {
        for (var first = socket.recv(ZMQ.DONTWAIT); first != null; first = socket.recv(ZMQ.DONTWAIT)) {
            var frames = new ArrayList<byte[]>();
            frames.add(first);
            while (socket.hasReceiveMore()) {
                frames.add(socket.recv());
            }
            try {
                received.accept(frames);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "a handler failed on a received message", e);
            }
            sendQueued();
        }
    }
}
