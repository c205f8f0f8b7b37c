package gradus.nn.backend.cpu;

import gradus.nn.DType;
import gradus.nn.backend.Fn;
import gradus.nn.backend.Kernel;
import gradus.nn.backend.Kernel.Reduction;
import gradus.nn.backend.Kernel.RowFunction;
import java.util.ArrayList;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The float32 kernels by the Vector API; results equal {@link PlainCpu}'s to the bit. */
final class VectorCpu extends PlainCpu {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LENGTH = SPECIES.length();

    /** Steps on numbers below which threads cost more than they gain: some 20 µs. */
    private static final long PARALLEL = 1 << 18;
    /** Columns that are reduced together: their sums stay in the first-level cache. */
    private static final int STRIP = 256;

    private static final ThreadLocal<float[]> EXPONENTIALS = ThreadLocal.withInitial(() -> new float[0]);

    @Override
    public String name() {
        return "cpu (vectors of " + SPECIES.vectorBitSize() + " bits)";
    }

    private static FloatVector load(float[] x, int i) {
        return FloatVector.fromArray(SPECIES, x, i);
    }

    @Override
    void map(Kernel.Map map) {
        if (map.out()[0].dtype() != DType.FLOAT32) {
            super.map(map);
        } else if (map.inner() > 0) {
            int pieces = MapTiles.pieces(map);
            int parts = parts((long) map.rows() * map.inner() * (2 + map.program().steps()), pieces);
            if (parts == 1) {
                MapTiles.run(map, 0, pieces);
            } else {
                Threads.run(parts, part -> MapTiles.run(map, first(part, parts, pieces), first(part + 1, parts, pieces)));
            }
        }
    }

    /** Into how many parts to cut so much work that falls into so many pieces: one, if it is done before others would begin. */
    private static int parts(long work, int pieces) {
        return work < PARALLEL ? 1 : Math.clamp(Threads.count() == 1 ? 1 : 4L * Threads.count(), 1, pieces);
    }

    private static int first(int part, int parts, int pieces) {
        return (int) ((long) pieces * part / parts);
    }

    @Override
    void unary(Fn f, float[] x, int xAt, float[] y, int yAt, int n) {
        VectorLoops.unary(f, x, xAt, y, yAt, n);
    }

    @Override
    void reduce(Kernel.Reduce r) {
        if (r.in().dtype() != DType.FLOAT32) {
            super.reduce(r);
            return;
        }
        var x = r.in().floats();
        var y = r.out().floats();
        long work = (long) r.outer() * r.n() * r.inner();
        if (r.inner() == 1) {
            int parts = parts(work, Math.max(1, r.outer()));
            Threads.run(parts, part -> {
                int to = first(part + 1, parts, r.outer());
                for (int o = first(part, parts, r.outer()); o < to; o++) {
                    y[o] = r.reduction() == Reduction.SUM ? sum(x, o * r.n(), r.n()) : fold(r.reduction(), x, o * r.n(), r.n());
                }
            });
            return;
        }
        int strips = (r.inner() + STRIP - 1) / STRIP;   // of columns, each of which is reduced row by row
        int pieces = r.outer() * strips;
        int parts = parts(work, Math.max(1, pieces));
        Threads.run(parts, part -> {
            int to = first(part + 1, parts, pieces);
            for (int piece = first(part, parts, pieces); piece < to; piece++) {
                int o = piece / strips;
                int i = piece % strips * STRIP;
                columns(r, x, o * r.n() * r.inner() + i, y, o * r.inner() + i, Math.min(STRIP, r.inner() - i));
            }
        });
    }

    private static void columns(Kernel.Reduce r, float[] x, int from, float[] y, int to, int n) {
        int summed = r.reduction() == Reduction.SUM ? sums(x, from, r.inner(), r.n(), y, to, n) : 0;
        from += summed;
        to += summed;
        n -= summed;
        Arrays.fill(y, to, to + n, neutral(r.reduction()));
        var f = function(r.reduction());
        for (int j = 0; j < r.n(); j++) {
            VectorLoops.binary(f, y, to, x, from + j * r.inner(), y, to, n);
        }
    }

    /** Sums of columns, four vectors of them at a time in registers; returns how many columns that are. */
    private static int sums(float[] x, int from, int step, int rows, float[] y, int to, int n) {
        int at = 0;
        for (; at + 4 * LENGTH <= n; at += 4 * LENGTH) {
            var a = FloatVector.zero(SPECIES);
            var b = a;
            var c = a;
            var d = a;
            for (int j = 0, i = from + at; j < rows; j++, i += step) {
                a = a.add(load(x, i));
                b = b.add(load(x, i + LENGTH));
                c = c.add(load(x, i + 2 * LENGTH));
                d = d.add(load(x, i + 3 * LENGTH));
            }
            a.intoArray(y, to + at);
            b.intoArray(y, to + at + LENGTH);
            c.intoArray(y, to + at + 2 * LENGTH);
            d.intoArray(y, to + at + 3 * LENGTH);
        }
        return at;
    }

    private static float fold(Reduction reduction, float[] x, int from, int n) {
        float result = neutral(reduction);
        var f = function(reduction);
        for (int i = from; i < from + n; i++) {
            result = Scalars.apply(f, result, x[i], 0);
        }
        return result;
    }

    private static float neutral(Reduction reduction) {
        return switch (reduction) {
            case SUM -> 0f;
            case PROD -> 1f;
            case MAX -> Float.NEGATIVE_INFINITY;
            case MIN -> Float.POSITIVE_INFINITY;
        };
    }

    private static Fn function(Reduction reduction) {
        return switch (reduction) {
            case SUM -> Fn.ADD;
            case PROD -> Fn.MUL;
            case MAX -> Fn.MAX;
            case MIN -> Fn.MIN;
        };
    }

    /** As in {@link PlainCpu}: as many vectors as make up the {@value PlainCpu#LANES} lanes. */
    @Override
    float sum(float[] x, int from, int n) {
        if (n < LANES || LENGTH > LANES) {
            return super.sum(x, from, n);
        }
        double total = 0;
        var lanes = new float[LANES];
        for (int begin = 0; begin < n; begin += SUM_BLOCK) {
            int end = Math.min(n, begin + SUM_BLOCK);
            int whole = begin + (end - begin) / LANES * LANES;
            for (int lane = 0; lane < LANES; lane += LENGTH) {
                var partial = FloatVector.zero(SPECIES);
                for (int j = begin; j < whole; j += LANES) {
                    partial = partial.add(load(x, from + j + lane));
                }
                partial.intoArray(lanes, lane);
            }
            for (int j = whole; j < end; j++) {
                lanes[j % LANES] += x[from + j];
            }
            total += acrossLanes(lanes);
        }
        return (float) total;
    }

    @Override
    void rowWise(Kernel.RowWise r) {
        if (r.in().dtype() != DType.FLOAT32) {
            super.rowWise(r);
            return;
        }
        var x = r.in().floats();
        var y = r.out().floats();
        int n = r.n();
        int together = Math.max(1, MapTiles.TILE / Math.max(1, n));   // short rows fill vectors only together
        int pieces = (r.rows() + together - 1) / together;
        int parts = parts((long) r.rows() * n * 16, Math.max(1, pieces));   // an exponential costs as much as some sixteen sums
        Threads.run(parts, part -> {
            int to = first(part + 1, parts, pieces);
            for (int piece = first(part, parts, pieces); piece < to; piece++) {
                int row = piece * together;
                rows(r.f(), x, y, row * n, Math.min(together, r.rows() - row), n);
            }
        });
    }

    private void rows(RowFunction f, float[] x, float[] y, int from, int rows, int n) {
        int to = from + rows * n;
        for (int at = from; at < to; at += n) {
            float max = Float.NEGATIVE_INFINITY;
            for (int i = at; i < at + n; i++) {
                max = Math.max(max, x[i]);
            }
            ScalarLoops.withNumber(Fn.SUB, x, at, max, y, at, n);
        }
        if (f == RowFunction.SOFTMAX) {
            VectorLoops.unary(Fn.EXP, y, from, y, from, rows * n);
            for (int at = from; at < to; at += n) {
                ScalarLoops.withNumber(Fn.DIV, y, at, sum(y, at, n), y, at, n);
            }
            return;
        }
        var exponentials = EXPONENTIALS.get();
        if (exponentials.length < rows * n) {
            exponentials = new float[rows * n];
            EXPONENTIALS.set(exponentials);
        }
        VectorLoops.unary(Fn.EXP, y, from, exponentials, 0, rows * n);
        for (int at = from; at < to; at += n) {
            ScalarLoops.withNumber(Fn.SUB, y, at, FloatMath.log(sum(exponentials, at - from, n)), y, at, n);
        }
    }

    @Override
    void matmul(Kernel.MatMul p) {
        if (p.c().dtype() != DType.FLOAT32) {
            super.matmul(p);
            return;
        }
        var starts = new ArrayList<int[]>();
        eachProduct(p, (a, b, c) -> starts.add(new int[] {a, b, c}));
        int together = (int) Math.clamp(Gemm.PARALLEL / Math.max(1, (long) p.m() * p.n() * p.k()), 1, Math.max(1, starts.size()));
        Threads.run((starts.size() + together - 1) / together, part -> {
            for (var at : starts.subList(part * together, Math.min(starts.size(), (part + 1) * together))) {
                Gemm.multiply(p.m(), p.n(), p.k(), p.a().buffer().floats(), at[0], p.a().row(), p.a().column(),
                        p.b().buffer().floats(), at[1], p.b().row(), p.b().column(), p.c().floats(), at[2], p.n(), false,
                        Gemm.RowsDone.NONE);
            }
        });
    }

    @Override
    void convolve(Kernel.Convolution c) {
        if (c.out().dtype() != DType.FLOAT32) {
            super.convolve(c);
            return;
        }
        var left = c.left().floats();
        var right = c.right().floats();
        var out = c.out().floats();
        switch (c.direction()) {
            case FORWARD -> Conv.forward(c.geometry(), left, right, out, Conv.Done.NONE);
            case INPUT_GRADIENT -> Conv.inputGradient(c.geometry(), left, right, out);
            case WEIGHT_GRADIENT -> Conv.weightGradient(c.geometry(), left, right, out);
        }
    }

    @Override
    void maxPositions(Kernel.MaxPositions max) {
        if (max.in().dtype() != DType.FLOAT32 || !Pooling.fits(max.geometry())) {
            super.maxPositions(max);
        } else {
            Pooling.run(max);
        }
    }

    @Override
    void windowSum(Kernel.WindowSum sum) {
        if (sum.in().dtype() != DType.FLOAT32) {
            super.windowSum(sum);
        } else {
            Pooling.run(sum);
        }
    }

    @Override
    void lstm(Kernel.Lstm k) {
        if (k.z().dtype() != DType.FLOAT32 || !VectorLstm.fits(k.hidden())) {
            super.lstm(k);
        } else {
            new VectorLstm(k.batch(), k.time(), k.hidden()).forward(k);
        }
    }

    @Override
    void lstmBack(Kernel.LstmBack k) {
        if (k.dz().dtype() != DType.FLOAT32 || !VectorLstm.fits(k.hidden())) {
            super.lstmBack(k);
        } else {
            new VectorLstm(k.batch(), k.time(), k.hidden()).back(k);
        }
    }
}
