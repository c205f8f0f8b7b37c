package gradus.kernel.session;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Exceptions outside of a cell's own run, in threads and handlers that it left behind: told by the user's frames. */
final class UserTrace {

    private static final int MAX_FRAMES = 12;

    /** How the engine names what it makes of cells: the number, and the class that the author wrote, if it is one. */
    private static final Pattern CELL = Pattern.compile("notebook\\.In(\\d+)(?:_\\d+)?(?:\\$(.+))?");
    private static final Pattern AROUND_CLASS = Pattern.compile("\\bnotebook\\.In\\d+(?:_\\d+)?\\$");

    private UserTrace() {
    }

    /** What a thread died of. */
    static String uncaught(Thread thread, Throwable thrown) {
        if (thrown.getClass().getName().startsWith("gradus.kernel.engine.")) {
            return "Thread \"" + thread.getName() + "\" was stopped\n";
        }
        return "Exception in thread \"" + thread.getName() + "\" " + of(thrown) + "\n";
    }

    /** The exception and its causes, each with the frames that are neither the JDK's nor the kernel's. */
    static String of(Throwable thrown) {
        Set<Throwable> chain = Collections.newSetFromMap(new IdentityHashMap<>());   // a cause may come back to itself
        var text = new StringBuilder();
        for (var each = thrown; each != null && chain.add(each); each = each.getCause()) {
            text.append(text.isEmpty() ? "" : "\nCaused by: ").append(title(each));
            userFrames(each.getStackTrace()).forEach(line -> text.append("\n    ").append(line));
        }
        return text.toString();
    }

    private static String title(Throwable thrown) {
        try {
            return AROUND_CLASS.matcher(thrown.toString()).replaceAll("");
        } catch (RuntimeException e) {
            return thrown.getClass().getName() + " (its getMessage threw " + e.getClass().getName() + ")";
        }
    }

    private static List<String> userFrames(StackTraceElement[] trace) {
        var frames = Arrays.stream(trace).filter(frame -> frame.getModuleName() == null)   // the JDK's have one
                .filter(frame -> !frame.getClassName().startsWith("gradus.kernel."))
                .filter(frame -> frame.getLineNumber() > 0)
                .map(UserTrace::line)
                .collect(Collectors.toList());
        if (frames.size() > MAX_FRAMES) {
            var more = "… " + (frames.size() - MAX_FRAMES) + " more";
            frames.subList(MAX_FRAMES, frames.size()).clear();
            frames.add(more);
        }
        return frames;
    }

    private static String line(StackTraceElement frame) {
        var cell = CELL.matcher(frame.getClassName());
        if (!cell.matches()) {
            var type = frame.getClassName();
            return "at " + type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName()
                    + "(" + frame.getFileName() + ":" + frame.getLineNumber() + ")";
        }
        var owner = cell.group(2) == null ? "" : cell.group(2).replace('$', '.') + ".";
        var method = frame.getMethodName().startsWith("lambda$") ? "lambda, "
                : frame.getMethodName().contains("$") ? ""   // the cell's own statements
                : owner + frame.getMethodName() + ", ";
        return "at " + method + "Cell In[" + cell.group(1) + "], line " + frame.getLineNumber();
    }
}
