package gradus.kernel.engine;

import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The switch behind every woven check. All checks are {@code invokedynamic} instructions bound to one call site: at
 * rest its target does nothing and the JIT compiles it away, so a vectorised loop in a cell costs what it costs
 * elsewhere (a volatile flag, read at each iteration, made such a loop 4.6 to 5.9 times slower). Armed, the
 * target throws in every thread of the run that is to stop; recompiling takes 1 to 2 ms.
 *
 * <p>Public because woven classes call {@link #bootstrap}; nobody else should.
 */
public final class Interruption {

    private static final MethodHandle NOTHING = MethodHandles.empty(MethodType.methodType(void.class));
    private static final MutableCallSite SITE = new MutableCallSite(NOTHING);
    private static final MethodHandle CHECK = checkHandle();

    private static volatile Set<Execution> stopping = Set.of();

    private Interruption() {
    }

    /** Links a woven check. */
    public static CallSite bootstrap(MethodHandles.Lookup lookup, String name, MethodType type) {
        return SITE;
    }

    /** From now on the checks stop this run's threads, again and again, so no {@code catch} outlasts them. */
    static synchronized void arm(Execution execution) {
        stopping = Stream.concat(stopping.stream(), Stream.of(execution)).collect(Collectors.toUnmodifiableSet());
        retarget(CHECK);
    }

    /** This run has ended. */
    static synchronized void disarm(Execution execution) {
        if (stopping.contains(execution)) {
            stopping = stopping.stream().filter(other -> other != execution).collect(Collectors.toUnmodifiableSet());
            if (stopping.isEmpty()) {
                retarget(NOTHING);
            }
        }
    }

    private static void retarget(MethodHandle target) {
        SITE.setTarget(target);
        MutableCallSite.syncAll(new MutableCallSite[] {SITE});
    }

    private static void check() {
        var targets = stopping;
        var own = Execution.ofCurrentThread();
        for (var target : targets) {
            if (own == null || own == target) {
                throw target.interrupted();
            }
        }
    }

    private static MethodHandle checkHandle() {
        try {
            return MethodHandles.lookup().findStatic(Interruption.class, "check", MethodType.methodType(void.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
