package gradus.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a JVM leaves behind that crashed in native code, {@code hs_err_pid123.log}, in one sentence. A front end only
 * sees that its kernel has gone, and starts another: that one tells why.
 */
final class CrashReport {

    private static final Log LOG = new Log(CrashReport.class);
    private static final Pattern NAME = Pattern.compile("hs_err_pid(\\d+)\\.log");
    private static final Pattern SIGNAL = Pattern.compile("^#\\s+((?:SIG|EXCEPTION_)\\w+|Internal Error[^,]*)", Pattern.MULTILINE);
    private static final Pattern FRAME = Pattern.compile("^# Problematic frame:\\s*^#\\s*(.+?)\\s*$", Pattern.MULTILINE);
    private static final Pattern MEMORY = Pattern.compile("^# There is insufficient memory", Pattern.MULTILINE);

    /** Older ones have nothing to do with why this kernel is started. */
    private static final Duration FRESH = Duration.ofHours(1);

    private CrashReport() {
    }

    /** A sentence for each fresh report in a folder; each is told once, by whichever kernel comes first. */
    static List<String> take(Path folder) {
        var sentences = new ArrayList<String>();
        try {
            Files.createDirectories(folder);   // the JVM writes into a folder that is there, and makes none
            try (var files = Files.newDirectoryStream(folder, "hs_err_pid*.log")) {
                for (var file : files) {
                    var name = NAME.matcher(file.getFileName().toString());
                    if (name.matches() && Files.getLastModifiedTime(file).toInstant().isAfter(Instant.now().minus(FRESH))) {
                        var told = Files.move(file, file.resolveSibling("hs_err_pid" + name.group(1) + ".told.log"));
                        sentences.add(sentence(Files.readString(told, StandardCharsets.ISO_8859_1), told));
                    }
                }
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "reports of crashes cannot be looked up in " + folder, e);
        }
        return sentences;
    }

    private static String sentence(String report, Path file) {
        var frame = FRAME.matcher(report);
        var signal = SIGNAL.matcher(report);
        String cause = MEMORY.matcher(report).find() ? "the machine had no memory left"
                : (signal.find() ? signal.group(1).strip() : "a fault")
                        + (frame.find() ? " in native code: " + frame.group(1) : "");
        return "The last kernel crashed (" + cause + "), and its variables are lost.\nThe JVM's own report is " + file;
    }
}
