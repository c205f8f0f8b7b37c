package gradus.install.bench;

import static gradus.nn.Nn.adam;
import static gradus.nn.Nn.crossEntropy;
import static gradus.nn.Nn.fit;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.parameter;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.tanh;

import gradus.nn.data.Data;
import java.util.Locale;
import java.util.stream.DoubleStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The figures of {@code bench} that need no peer but this machine: {@code name;unit;figure;peer;figure}, a line for each.
 * The products stand beside what the processor multiplies and adds at most, the sums beside a plain loop.
 */
public final class Figures {

    private static final double WARM_SECONDS = 1.5;   // until C2 has compiled what is run
    private static final double BLOCK_SECONDS = 0.15;
    private static final int BLOCKS = 7;

    private Figures() {
    }

    public static void main(String[] words) {
        int rounds = 1_000_000;
        double peak = 12 * 2.0 * FloatVector.SPECIES_PREFERRED.length() * rounds / nanoseconds(() -> fmas(rounds));
        print("nn.fma-peak", "GFLOP/s", peak);
        for (int n = 64; n <= 4096; n *= 2) {
            gemm("nn.gemm-" + n, n, n, n, false, false, peak);
        }
        gemm("nn.gemm-odd", 577, 391, 1023, false, false, peak);
        gemm("nn.gemm-tn", 768, 768, 768, true, false, peak);
        gemm("nn.gemm-nt", 768, 768, 768, false, true, peak);
        gemm("nn.gemm-tt", 768, 768, 768, true, true, peak);
        plus("nn.plus-4Ki", 1 << 12);
        plus("nn.plus-16Mi", 1 << 24);
        var theta = parameter(randn(seed(1), 4));
        var x = randn(seed(2), 4);
        print("nn.op-overhead", "µs", nanoseconds(() -> theta.plus(x)) / 1e3);
        print("nn.quickstart-epoch", "ms", quickstartEpoch());
    }

    /** Rounds of twelve multiply–adds that do not wait for each other: enough for two pipes of four cycles. */
    private static float fmas(int rounds) {
        var x = FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, 0.999f);
        var y = FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, 0.001f);
        var a = y;
        var b = y;
        var c = y;
        var d = y;
        var e = y;
        var f = y;
        var g = y;
        var h = y;
        var i = y;
        var j = y;
        var k = y;
        var l = y;
        for (int round = 0; round < rounds; round++) {
            a = a.fma(x, y);
            b = b.fma(x, y);
            c = c.fma(x, y);
            d = d.fma(x, y);
            e = e.fma(x, y);
            f = f.fma(x, y);
            g = g.fma(x, y);
            h = h.fma(x, y);
            i = i.fma(x, y);
            j = j.fma(x, y);
            k = k.fma(x, y);
            l = l.fma(x, y);
        }
        return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l)
                .reduceLanes(VectorOperators.ADD);
    }

    private static void gemm(String name, int m, int n, int k, boolean aTransposed, boolean bTransposed, double peak) {
        var a = aTransposed ? randn(seed(1), k, m).t() : randn(seed(1), m, k);
        var b = bTransposed ? randn(seed(2), n, k).t() : randn(seed(2), k, n);
        print(name, "GFLOP/s", 2.0 * m * n * k / nanoseconds(() -> a.matmul(b)), "FMA peak", peak);
    }

    /** Twelve bytes an element, read and written. */
    private static void plus(String name, int n) {
        var a = randn(seed(1), n);
        var b = randn(seed(2), n);
        var floats = a.toFloatArray();
        var more = b.toFloatArray();
        var sum = new float[n];
        double triad = nanoseconds(() -> triad(floats, more, sum));
        print(name, "GB/s", 12.0 * n / nanoseconds(() -> a.plus(b)), "triad", 12.0 * n / triad);
    }

    private static void triad(float[] a, float[] b, float[] c) {
        for (int i = 0; i < c.length; i++) {
            c[i] = a[i] + 2 * b[i];
        }
    }

    /** An epoch of digits as the quickstart trains them, with its validation: the median of the second half of 100. */
    private static double quickstartEpoch() {
        var data = Data.digits().split(0.8, seed(1));
        var net = sequential(linear(64, 32), tanh(), linear(32, 10));
        var epochs = fit(net, data).loss(crossEntropy()).optimizer(adam(1e-3)).quiet().epochs(100).history().epochs();
        return epochs.stream().skip(50).mapToDouble(epoch -> 1e3 * epoch.seconds()).sorted().toArray()[25];
    }

    /** The median over blocks, each long enough for the clock and for a collection of garbage to show in all of them. */
    private static double nanoseconds(Runnable action) {
        Worker.milliseconds(action, WARM_SECONDS, 1);
        return 1e6 * DoubleStream.generate(() -> Worker.milliseconds(action, BLOCK_SECONDS, 1)).limit(BLOCKS).sorted()
                .toArray()[BLOCKS / 2];
    }

    private static void print(String name, String unit, double figure) {
        System.out.printf(Locale.ROOT, "%s;%s;%.4f%n", name, unit, figure);
    }

    private static void print(String name, String unit, double figure, String peer, double theirs) {
        System.out.printf(Locale.ROOT, "%s;%s;%.4f;%s;%.4f%n", name, unit, figure, peer, theirs);
    }
}
