package gradus.kernel.session;

import gradus.kernel.Log;
import gradus.kernel.api.Frontend;
import gradus.kernel.session.CellOutput.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Leads {@code System.out}, {@code System.err} and {@code System.in} to the cell whose thread uses them, and what
 * threads of cells do not catch to the {@code stderr} of their cell. The kernel's own threads keep the process's streams,
 * where its log lines belong.
 */
final class StandardStreams implements AutoCloseable {

    /** Set while the kernel itself speaks on a thread of the user's. */
    private static final ScopedValue<Boolean> AS_KERNEL = ScopedValue.newInstance();

    private final PrintStream processOut = System.out;
    private final PrintStream processErr = System.err;
    private final InputStream processIn = System.in;
    private final Thread.UncaughtExceptionHandler processHandler = Thread.getDefaultUncaughtExceptionHandler();
    private final ThreadGroup kernelThreads;

    /** @param kernelThreads the group of the threads that never run user code */
    StandardStreams(ThreadGroup kernelThreads) {
        this.kernelThreads = kernelThreads;
        System.setOut(new PrintStream(new Routed(Stream.stdout, processOut), false, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new Routed(Stream.stderr, processErr), false, StandardCharsets.UTF_8));
        System.setIn(new Typed());
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> current().ifPresentOrElse(
                output -> output.write(Stream.stderr, UserTrace.uncaught(thread, thrown)),
                () -> thrown.printStackTrace(processErr)));
    }

    /** Logs into the process's stream, on whatever thread: what a user's code logs appears in its cell. */
    static void log(Log log, System.Logger.Level level, String line, Throwable thrown) {
        ScopedValue.where(AS_KERNEL, true).run(() -> log.log(level, line, thrown));
    }

    /** From now on the calling thread, and those that it starts, write into this output. */
    void bind(CellOutput output) {
        Frontend.bind(output);
    }

    /** As {@link #bind}; and so do the threads that belong to nobody. */
    void bindCell(CellOutput output) {
        Frontend.bind(output);
        Frontend.bindOthers(output);
    }

    private Optional<CellOutput> current() {
        boolean kernel = AS_KERNEL.isBound() || Thread.currentThread().getThreadGroup() == kernelThreads;
        return !kernel && Frontend.current() instanceof CellOutput output ? Optional.of(output) : Optional.empty();
    }

    @Override
    public void close() {
        System.setOut(processOut);
        System.setErr(processErr);
        System.setIn(processIn);
        Thread.setDefaultUncaughtExceptionHandler(processHandler);
        Frontend.bindOthers(Frontend.NONE);
    }

    private final class Routed extends OutputStream {

        private final Stream stream;
        private final PrintStream process;

        Routed(Stream stream, PrintStream process) {
            this.stream = stream;
            this.process = process;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            var output = current();
            if (output.isPresent()) {
                output.get().write(stream, bytes, offset, length);
            } else {
                process.write(bytes, offset, length);
                process.flush();
            }
        }
    }

    /** {@code System.in}: each cell has lines of its own. */
    private final class Typed extends InputStream {

        @Override
        public int read() throws IOException {
            return own().read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return own().read(bytes, offset, length);
        }

        @Override
        public int available() throws IOException {
            return own().available();
        }

        private InputStream own() throws IOException {
            return current().orElseThrow(() -> new IOException("no cell is running that could ask for input")).typed();
        }
    }
}
