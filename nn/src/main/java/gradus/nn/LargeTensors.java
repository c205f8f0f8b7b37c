package gradus.nn;

import gradus.nn.backend.Buffer;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Which tensors of 1 MiB or more are alive: remembered without keeping them, for the message when memory runs out. */
final class LargeTensors {

    private static final long LARGE = 1 << 20;
    private static final int SHOWN = 10;
    private static final Set<WeakReference<Tensor>> ALIVE = ConcurrentHashMap.newKeySet();
    private static final ReferenceQueue<Tensor> GONE = new ReferenceQueue<>();

    private LargeTensors() {
    }

    private static long bytes(Buffer buffer) {
        return (long) buffer.length() * buffer.dtype().bytes();
    }

    static void remember(Tensor x) {
        if (bytes(x.buffer()) >= LARGE) {
            for (var gone = GONE.poll(); gone != null; gone = GONE.poll()) {
                ALIVE.remove(gone);
            }
            ALIVE.add(new WeakReference<>(x, GONE));
        }
    }

    /** The largest, one line each; of several that share memory the one that says most. */
    static String table() {
        Map<Buffer, Tensor> byMemory = new IdentityHashMap<>();
        for (var reference : ALIVE) {
            var x = reference.get();
            if (x != null) {
                byMemory.merge(x.buffer(), x, (a, b) -> says(a) >= says(b) ? a : b);
            }
        }
        return byMemory.values().stream().sorted(Comparator.comparingLong((Tensor x) -> -bytes(x.buffer()))).limit(SHOWN)
                .map(LargeTensors::line).collect(Collectors.joining("\n"));
    }

    private static int says(Tensor x) {
        return (x.name().isEmpty() ? 0 : 2) + (x.op() == null ? 0 : 1);
    }

    private static String line(Tensor x) {
        return String.format("%10s  %s %s%s%s", size(bytes(x.buffer())), x.dtype(), x.shape(),
                x.name().isEmpty() ? "" : "  " + x.name(), x.op() == null ? "" : "  from " + x.op().name());
    }

    /** {@code 3.0 GiB}. */
    static String size(long bytes) {
        return bytes >= 1L << 30 ? String.format(Locale.ROOT, "%.1f GiB", bytes / 0x1p30)
                : String.format(Locale.ROOT, "%.1f MiB", bytes / 0x1p20);
    }
}
