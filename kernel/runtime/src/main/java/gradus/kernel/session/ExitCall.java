package gradus.kernel.session;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** Finds who ends the process. */
final class ExitCall {

    private static final Set<String> OWN = Set.of("java.lang.System", "java.lang.Runtime", "java.lang.Shutdown",
            "java.lang.ApplicationShutdownHooks");

    private ExitCall() {
    }

    /** The method that has called {@code System.exit} and waits there for the process to end, if one has. */
    static Optional<String> now() {
        return Thread.getAllStackTraces().values().stream()
                .filter(trace -> Arrays.stream(trace).anyMatch(frame ->
                        frame.getClassName().equals("java.lang.Runtime") && frame.getMethodName().equals("exit")))
                .flatMap(trace -> Arrays.stream(trace)
                        .dropWhile(frame -> !frame.getClassName().equals("java.lang.Runtime"))
                        .filter(frame -> !OWN.contains(frame.getClassName())).limit(1))
                .map(frame -> frame.getClassName() + "." + frame.getMethodName())
                .findFirst();
    }
}
