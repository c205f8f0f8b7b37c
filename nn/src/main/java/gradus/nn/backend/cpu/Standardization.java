package gradus.nn.backend.cpu;

import gradus.nn.DType;
import gradus.nn.backend.Kernel;
import java.util.function.IntToDoubleFunction;

/** {@link Kernel.Standardize}: each set passes through the cache once, statistics and all. */
final class Standardization {

    /** Numbers below which threads cost more than they gain. */
    private static final int PARALLEL = 1 << 15;

    private final PlainCpu cpu;
    private final Kernel.Standardize k;
    private final int n;

    Standardization(PlainCpu cpu, Kernel.Standardize k) {
        this.cpu = cpu;
        this.k = k;
        this.n = k.outer() * k.inner();
    }

    void run() {
        if (n == 0 || k.sets() == 0) {
            return;
        }
        if (k.in().dtype() == DType.FLOAT32) {
            int parts = (long) n * k.sets() < PARALLEL ? 1 : Math.min(k.sets(), 4 * Threads.count());
            Threads.run(parts, part -> {
                var terms = new float[k.inner()];
                int to = (int) ((long) k.sets() * (part + 1) / parts);
                for (int set = (int) ((long) k.sets() * part / parts); set < to; set++) {
                    if (k.gradient().isPresent()) {
                        back(k.in().floats(), k.gradient().get().floats(), k.out().floats(), set, terms);
                    } else {
                        forward(k.in().floats(), k.out().floats(), set, terms);
                    }
                }
            });
        } else {
            for (int set = 0; set < k.sets(); set++) {
                exact(k.in().doubles(), k.gradient().isPresent() ? k.gradient().get().doubles() : null, k.out().doubles(), set);
            }
        }
    }

    /** Where in the outer row {@code o} the numbers of a set begin. */
    private int at(int o, int set) {
        return (o * k.sets() + set) * k.inner();
    }

    private float mean(float[] x, int set) {
        double sum = 0;
        for (int o = 0; o < k.outer(); o++) {
            sum += cpu.sum(x, at(o, set), k.inner());
        }
        return (float) (sum / n);
    }

    /** 1/√(mean (x − center)² + ε). */
    private float scale(float[] x, int set, float center, float[] terms) {
        double sum = 0;
        for (int o = 0; o < k.outer(); o++) {
            int from = at(o, set);
            for (int i = 0; i < terms.length; i++) {
                float distance = x[from + i] - center;
                terms[i] = distance * distance;
            }
            sum += cpu.sum(terms, 0, terms.length);
        }
        return (float) (1 / Math.sqrt(sum / n + k.epsilon()));
    }

    private void forward(float[] x, float[] y, int set, float[] terms) {
        float center = k.centred() ? mean(x, set) : 0;
        float scale = scale(x, set, center, terms);
        for (int o = 0; o < k.outer(); o++) {
            int from = at(o, set);
            for (int i = from; i < from + k.inner(); i++) {
                y[i] = (x[i] - center) * scale;
            }
        }
    }

    private void back(float[] x, float[] d, float[] dx, int set, float[] terms) {
        float center = k.centred() ? mean(x, set) : 0;
        float scale = scale(x, set, center, terms);
        float meanD = k.centred() ? mean(d, set) : 0;
        double sum = 0;
        for (int o = 0; o < k.outer(); o++) {
            int from = at(o, set);
            for (int i = 0; i < terms.length; i++) {
                terms[i] = d[from + i] * ((x[from + i] - center) * scale);
            }
            sum += cpu.sum(terms, 0, terms.length);
        }
        float meanDy = (float) (sum / n);
        for (int o = 0; o < k.outer(); o++) {
            int from = at(o, set);
            for (int i = from; i < from + k.inner(); i++) {
                dx[i] = scale * (d[i] - meanD - (x[i] - center) * scale * meanDy);
            }
        }
    }

    /** The same in float64; {@code d} is null on the way forward. */
    private void exact(double[] x, double[] d, double[] out, int set) {
        double center = k.centred() ? sum(set, i -> x[i]) / n : 0;
        double scale = 1 / Math.sqrt(sum(set, i -> (x[i] - center) * (x[i] - center)) / n + k.epsilon());
        double meanD = d == null || !k.centred() ? 0 : sum(set, i -> d[i]) / n;
        double meanDy = d == null ? 0 : sum(set, i -> d[i] * (x[i] - center) * scale) / n;
        for (int o = 0; o < k.outer(); o++) {
            int from = at(o, set);
            for (int i = from; i < from + k.inner(); i++) {
                double y = (x[i] - center) * scale;
                out[i] = d == null ? y : scale * (d[i] - meanD - y * meanDy);
            }
        }
    }

    private double sum(int set, IntToDoubleFunction term) {
        double sum = 0;
        for (int o = 0; o < k.outer(); o++) {
            int from = at(o, set);
            for (int i = from; i < from + k.inner(); i++) {
                sum += term.applyAsDouble(i);
            }
        }
        return sum;
    }
}
