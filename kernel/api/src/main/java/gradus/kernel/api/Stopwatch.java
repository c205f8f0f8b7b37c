package gradus.kernel.api;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/** Measures one run of something on the calling thread; measurements nest. */
final class Stopwatch {

    private record Reading(long wall, long cpu, long allocated) {

        static Reading now() {
            var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            return new Reading(System.nanoTime(), thread.getCurrentThreadCpuTime(),
                    thread.getCurrentThreadAllocatedBytes());
        }
    }

    private static final ThreadLocal<Deque<Reading>> STARTED = ThreadLocal.withInitial(ArrayDeque::new);

    private Stopwatch() {
    }

    static void start() {
        STARTED.get().push(Reading.now());
    }

    /** Prints what the first {@link #start} began to measure and forgets all later ones. */
    static void stopAll() {
        var started = STARTED.get();
        while (started.size() > 1) {
            started.pop();
        }
        stop();
    }

    /** Prints what the latest {@link #start} began to measure; nothing when there is none. */
    static void stop() {
        var end = Reading.now();
        var start = STARTED.get().poll();
        if (start != null) {
            System.out.println("wall " + Timing.text((end.wall - start.wall) / 1e9)
                    + ", CPU of this thread " + Timing.text((end.cpu - start.cpu) / 1e9)
                    + ", allocated " + bytes(end.allocated - start.allocated));
        }
    }

    private static String bytes(long n) {
        return n < 1000 ? n + " B"
                : n < 1_000_000 ? String.format(Locale.ROOT, "%.1f kB", n / 1e3)
                : n < 1_000_000_000 ? String.format(Locale.ROOT, "%.1f MB", n / 1e6)
                : String.format(Locale.ROOT, "%.2f GB", n / 1e9);
    }
}
