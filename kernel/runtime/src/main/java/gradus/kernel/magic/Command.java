package gradus.kernel.magic;

import gradus.kernel.api.Lines;
import gradus.kernel.api.Session;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A process that a magic starts: in the session's folder and environment, its output live, killed by an interrupt. */
final class Command {

    private static final boolean WINDOWS = File.separatorChar == '\\';
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final List<String> words;
    private final Session session;

    private Command(List<String> words, Session session) {
        this.words = words;
        this.session = session;
    }

    /** A line of the system's shell. */
    static Command line(String line, Session session) {
        return new Command(WINDOWS ? List.of("cmd", "/c", line) : List.of(shell(), "-c", line), session);
    }

    /** A file for an interpreter, with arguments. */
    static Command script(String interpreter, Path file, List<String> arguments, Session session) {
        var words = new ArrayList<>(List.of(interpreter, file.toString()));
        words.addAll(arguments);
        return new Command(words, session);
    }

    private static String shell() {
        return Files.isExecutable(Path.of("/bin/bash")) ? "/bin/bash" : "/bin/sh";
    }

    /** Runs it to its end; a status other than 0 is an error. */
    void run(String named) throws IOException, InterruptedException {
        int status = run(System.out);
        if (status != 0) {
            throw new IllegalStateException(named + " ended with status " + status
                    + (status == 127 ? "\nthe shell does not know the command; !echo $PATH says where it looks"
                    : "\nadd  || true  when that is expected"));
        }
    }

    /** Runs it to its end; only what it prints as errors is shown. */
    Lines lines() throws IOException, InterruptedException {
        var printed = new ByteArrayOutputStream();
        int status = run(printed);
        return new Lines(printed.toString(StandardCharsets.UTF_8).lines().toList(), status);
    }

    private int run(OutputStream output) throws IOException, InterruptedException {
        if (!Files.isDirectory(session.workingDirectory())) {
            throw new IllegalStateException("the folder " + session.workingDirectory() + " is gone\n%cd moves to another one");
        }
        var builder = new ProcessBuilder(words).directory(session.workingDirectory().toFile())
                .redirectInput(new File(WINDOWS ? "NUL" : "/dev/null"));
        builder.environment().clear();
        builder.environment().putAll(session.environment());
        var process = builder.start();
        var pumps = List.of(pump(process.getInputStream(), output), pump(process.getErrorStream(), System.err));
        try {
            int status = process.waitFor();
            for (var pump : pumps) {
                pump.join(PATIENCE);   // a process left in the background may hold the pipe for ever
            }
            output.flush();
            return status;
        } catch (InterruptedException e) {
            kill(process);
            throw e;
        }
    }

    /** Started on the cell's thread, so what it writes belongs to the cell. */
    private static Thread pump(InputStream from, OutputStream to) {
        var pump = new Thread(() -> {
            var bytes = new byte[8192];
            try (from) {
                for (int n = from.read(bytes); n >= 0; n = from.read(bytes)) {
                    to.write(bytes, 0, n);
                    to.flush();
                }
            } catch (IOException e) {
                System.err.println("the output of a command broke off: " + e.getMessage());
            }
        }, "gradus command output");
        pump.setDaemon(true);
        pump.start();
        return pump;
    }

    /** Politely first; what does not obey in time is not asked again. */
    private static void kill(Process process) {
        var all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroy);
        try {
            process.waitFor(PATIENCE);
        } catch (InterruptedException e) {   // the reader is in a hurry
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }
}
