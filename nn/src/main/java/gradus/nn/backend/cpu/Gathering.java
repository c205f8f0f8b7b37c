package gradus.nn.backend.cpu;

import gradus.nn.DType;
import gradus.nn.ShapeException;
import gradus.nn.backend.Kernel;
import java.util.Arrays;
import java.util.function.IntConsumer;

/** Numbers fetched by index and its transpose; the outer index is shared among the threads. */
final class Gathering {

    /** Elements that a part moves at least. */
    private static final int PART = 16 * 1024;

    private Gathering() {
    }

    static void run(Kernel.Gather g) {
        eachOuter(g.outer(), g.count() * g.inner(), o -> {
            if (!g.perElement()) {
                rows(g, o);
            } else if (g.in().dtype() == DType.FLOAT32 && g.inner() == 1) {
                elements(g.in().floats(), o * g.size(), g.size(), g.index().ints(), o * g.count(), g.count(), g.out().floats());
            } else {
                elements(g, o);
            }
        });
    }

    private static void eachOuter(int outer, int elements, IntConsumer body) {
        int together = Math.clamp(PART / Math.max(1, elements), 1, Math.max(1, outer));
        Threads.run((outer + together - 1) / together, part -> {
            for (int o = part * together; o < Math.min(outer, (part + 1) * together); o++) {
                body.accept(o);
            }
        });
    }

    private static void rows(Kernel.Gather g, int o) {
        var index = g.index().ints();
        for (int c = 0; c < g.count(); c++) {
            System.arraycopy(g.in().array(), (o * g.size() + checked(index[c], g.size())) * g.inner(), g.out().array(),
                    (o * g.count() + c) * g.inner(), g.inner());
        }
    }

    private static void elements(float[] from, int at, int size, int[] index, int begin, int count, float[] to) {
        for (int i = begin; i < begin + count; i++) {
            to[i] = from[at + checked(index[i], size)];
        }
    }

    private static void elements(Kernel.Gather g, int o) {
        var index = g.index().ints();
        for (int at = o * g.count() * g.inner(); at < (o + 1) * g.count() * g.inner(); at++) {
            int row = checked(index[at], g.size());
            System.arraycopy(g.in().array(), (o * g.size() + row) * g.inner() + at % g.inner(), g.out().array(), at, 1);
        }
    }

    static void run(Kernel.ScatterAdd s) {
        eachOuter(s.outer(), s.size() * s.inner(), o -> {
            if (s.out().dtype() == DType.FLOAT32) {
                Arrays.fill(s.out().floats(), o * s.size() * s.inner(), (o + 1) * s.size() * s.inner(), 0);
                scatter(s, o, s.in().floats(), s.out().floats());
            } else {
                Arrays.fill(s.out().doubles(), o * s.size() * s.inner(), (o + 1) * s.size() * s.inner(), 0);
                scatter(s, o, s.in().doubles(), s.out().doubles());
            }
        });
    }

    private static void scatter(Kernel.ScatterAdd s, int o, float[] from, float[] to) {
        var index = s.index().ints();
        int inner = s.inner();
        for (int c = 0; c < s.count(); c++) {
            int at = (o * s.count() + c) * inner;
            int row = s.perElement() ? 0 : checked(index[c], s.size());
            for (int i = 0; i < inner; i++) {
                to[(o * s.size() + (s.perElement() ? checked(index[at + i], s.size()) : row)) * inner + i] += from[at + i];
            }
        }
    }

    private static void scatter(Kernel.ScatterAdd s, int o, double[] from, double[] to) {
        var index = s.index().ints();
        int inner = s.inner();
        for (int c = 0; c < s.count(); c++) {
            int at = (o * s.count() + c) * inner;
            int row = s.perElement() ? 0 : checked(index[c], s.size());
            for (int i = 0; i < inner; i++) {
                to[(o * s.size() + (s.perElement() ? checked(index[at + i], s.size()) : row)) * inner + i] += from[at + i];
            }
        }
    }

    private static int checked(int index, int size) {
        if (index < 0 || index >= size) {
            throw new ShapeException("index " + index + " is outside of " + size + " entries\nhelp: indices and class labels go"
                    + " from 0 to " + (size - 1));
        }
        return index;
    }
}
