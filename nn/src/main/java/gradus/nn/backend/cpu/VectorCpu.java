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
            MapTiles.run(map, 0, MapTiles.pieces(map));
        }
    }

    @Override
    void reduce(Kernel.Reduce r) {
        if (r.reduction() != Reduction.SUM || r.inner() == 1 || r.in().dtype() != DType.FLOAT32) {
            super.reduce(r);
            return;
        }
        var x = r.in().floats();
        var y = r.out().floats();
        for (int o = 0; o < r.outer(); o++) {
            int to = o * r.inner();
            Arrays.fill(y, to, to + r.inner(), 0f);
            for (int j = 0; j < r.n(); j++) {
                VectorLoops.binary(Fn.ADD, y, to, x, (o * r.n() + j) * r.inner(), y, to, r.inner());
            }
        }
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
        for (int row = 0; row < r.rows(); row += together) {
            rows(r.f(), x, y, row * n, Math.min(together, r.rows() - row), n);
        }
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
}
