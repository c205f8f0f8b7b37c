package gradus.kernel.api;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How long a piece of code takes: what {@code %timeit} measures and shows.
 *
 * @param seconds   per loop, one figure for each run, ascending
 * @param loops     how often each run executed the code
 * @param compiling milliseconds that the JIT compiler spent beside the measured runs
 */
public record Timing(List<Double> seconds, long loops, long compiling) {

    /** Shorter runs are dominated by the clock, the scheduler and single collections of garbage. */
    private static final double SHORTEST_RUN = 0.2;
    private static final double WARM_UP = 0.5;
    private static final int RUNS = 7;

    /** The latest result: somebody uses it, as far as the JIT can tell. A volatile write would cost more than the call. */
    private static Object kept;

    /**
     * How to measure.
     *
     * @param loops 0 to choose so many that a run takes at least {@value #SHORTEST_RUN} s
     */
    record Plan(long loops, int runs) {

        static Plan of(List<String> options) {
            long loops = 0;
            int runs = RUNS;
            for (var words = options.iterator(); words.hasNext(); ) {
                switch (words.next()) {
                    case "" -> { }
                    case "-n" -> loops = number("-n", words.hasNext() ? words.next() : "");
                    case "-r" -> runs = (int) number("-r", words.hasNext() ? words.next() : "");
                    case String other when other.matches("-n\\d+") -> loops = number("-n", other.substring(2));
                    case String other when other.matches("-r\\d+") -> runs = (int) number("-r", other.substring(2));
                    case String other -> throw new IllegalArgumentException("%timeit has no option " + other
                            + "\nit takes -n LOOPS and -r RUNS, then the code");
                }
            }
            return new Plan(loops, runs);
        }

        private static long number(String option, String text) {
            if (!text.matches("[1-9]\\d{0,8}")) {
                throw new IllegalArgumentException("%timeit " + option + " wants a number above 0, not \"" + text
                        + "\"\nsuch as: %timeit " + option + " 10 code");
            }
            return Long.parseLong(text);
        }
    }

    /**
     * Measures: warms up until the code has run for {@value #WARM_UP} s, chooses how often one run repeats it, then
     * takes the runs. With a number of loops given, warming up is one run.
     */
    static Timing of(Plan plan, Magics.Code<?> code) throws Exception {
        mixUp();
        long loops = plan.loops > 0 ? plan.loops : 1;
        double last = run(code, loops);
        for (double spent = last; plan.loops == 0 && (spent < WARM_UP || last < SHORTEST_RUN) && last < 2; spent += last) {
            loops = last >= SHORTEST_RUN ? loops
                    : Math.max(loops + 1, (long) (loops * Math.min(10, 1.2 * SHORTEST_RUN / Math.max(last, 1e-9))));
            last = run(code, loops);
        }
        long compiledBefore = compilationTime();
        var seconds = new ArrayList<Double>();
        for (int i = 0; i < plan.runs; i++) {
            seconds.add(run(code, loops) / loops);
        }
        seconds.sort(null);
        return new Timing(List.copyOf(seconds), loops, compilationTime() - compiledBefore);
    }

    private static double run(Magics.Code<?> code, long loops) throws Exception {
        long start = System.nanoTime();
        for (long i = 0; i < loops; i++) {
            kept = code.run();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        kept = null;
        return seconds;
    }

    /**
     * Shows the JIT several receivers at the call in {@link #run}, so that it makes a call there: inlined, the code could
     * be lifted out of the loop whole and a run would measure nothing.
     */
    private static void mixUp() throws Exception {
        Object boxed = 1;
        for (Magics.Code<?> receiver : List.<Magics.Code<?>>of(() -> boxed, () -> null, () -> "", () -> RUNS)) {
            run(receiver, 100);
        }
    }

    private static long compilationTime() {
        var compiler = ManagementFactory.getCompilationMXBean();
        return compiler == null ? 0 : compiler.getTotalCompilationTime();
    }

    /** The middle run: half of them were faster. */
    public double median() {
        int n = seconds.size();
        return (seconds.get((n - 1) / 2) + seconds.get(n / 2)) / 2;
    }

    /** {@code 12.3 µs per loop (median of 7 runs of 20,000 loops; 12.1 µs to 12.9 µs)} */
    @Override
    public String toString() {
        var text = String.format(Locale.ROOT, "%s per loop (median of %d run%s of %,d loop%s; %s to %s)", text(median()),
                seconds.size(), seconds.size() == 1 ? "" : "s", loops, loops == 1 ? "" : "s",
                text(seconds.getFirst()), text(seconds.getLast()));
        double total = seconds.stream().mapToDouble(s -> s * loops).sum();
        if (compiling > 20 && compiling > 50 * total) {   // milliseconds: 5 % of the whole
            text += "\nthe JIT compiler was still at work for " + compiling + " ms of it; run it again for a steadier figure";
        }
        if (median() < 5e-11) {
            text += "\nthe JIT compiler has removed the code, since nobody uses what it computes: end it with an expression";
        } else if (median() < 5e-9) {
            text += "\nmost of this is the loop and the call themselves: measure more work at once";
        }
        return text;
    }

    /** A duration with three digits and the unit that fits. */
    static String text(double seconds) {
        if (seconds >= 60) {
            return String.format(Locale.ROOT, "%d min %d s", (long) seconds / 60, (long) seconds % 60);
        }
        double scaled = seconds;
        for (var unit : List.of("s", "ms", "µs")) {
            if (scaled >= 0.9995) {
                return String.format(Locale.ROOT, scaled >= 99.95 ? "%.0f %s" : scaled >= 9.995 ? "%.1f %s" : "%.2f %s",
                        scaled, unit);
            }
            scaled *= 1000;
        }
        return String.format(Locale.ROOT, scaled >= 9.995 ? "%.1f ns" : "%.2f ns", scaled);
    }
}
