package gradus.nn.backend.cpu;

import static gradus.nn.backend.cpu.GemmTiles.LENGTH;
import static gradus.nn.backend.cpu.GemmTiles.SPECIES;

import gradus.nn.backend.Fn;
import gradus.nn.backend.Kernel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * {@link Lstm} in float32 with vectors along the hidden numbers. A thread takes some rows of the batch through the whole
 * sequence, so that threads never wait for one another between steps. The bits are {@link Lstm}'s.
 */
record VectorLstm(int batch, int time, int hidden) {

    /** Whether the hidden numbers are whole vectors. */
    static boolean fits(int hidden) {
        return hidden % LENGTH == 0;
    }

    @FunctionalInterface
    private interface Sequence {

        void run(int fromRow, int rows);
    }

    private void eachPartOfTheBatch(Sequence sequence) {
        int rows = (batch + Threads.count() - 1) / Threads.count();
        Threads.run(rows == 0 ? 0 : (batch + rows - 1) / rows,
                part -> sequence.run(part * rows, Math.min(rows, batch - part * rows)));
    }

    void forward(Kernel.Lstm k) {
        var weight = Scratch.LEFT.floats(4 * hidden * hidden);   // [hidden, 4 hidden]
        Pack.interleave(k.weight().floats(), 0, hidden, 4 * hidden, 1, hidden, weight, 0, 4 * hidden);
        var before = k.before().floats();
        var h = k.h().floats();
        eachPartOfTheBatch((fromRow, rows) -> {
            var product = Scratch.RESULT.floats(rows * 4 * hidden);
            for (int t = 0; t < time; t++) {
                for (int row = 0; row < rows; row++) {
                    int now = (fromRow + row) * time + t;
                    System.arraycopy(t == 0 ? k.state().floats() : h, t == 0 ? 2 * (fromRow + row) * hidden : (now - 1) * hidden,
                            before, now * hidden, hidden);
                }
                SmallGemm.multiply(rows, 4 * hidden, hidden, before, (fromRow * time + t) * hidden, time * hidden, 1, weight, 0,
                        4 * hidden, 1, product, 0, 4 * hidden, false);
                for (int row = 0; row < rows; row++) {
                    int now = (fromRow + row) * time + t;
                    gates(k.z().floats(), product, row * 4 * hidden, k.gates().floats(), now * 4 * hidden, hidden);
                    cell(k.gates().floats(), now * 4 * hidden, t == 0 ? k.state().floats() : k.c().floats(),
                            t == 0 ? (2 * (fromRow + row) + 1) * hidden : (now - 1) * hidden, k.c().floats(), now * hidden, hidden);
                    VectorLoops.unary(Fn.TANH, k.c().floats(), now * hidden, k.tanhC().floats(), now * hidden, hidden);
                    VectorLoops.binary(Fn.MUL, k.gates().floats(), (4 * now + 3) * hidden, k.tanhC().floats(), now * hidden, h,
                            now * hidden, hidden);
                }
            }
        });
    }

    private static void gates(float[] z, float[] product, int from, float[] gates, int at, int n) {
        for (int i = 0; i < 4 * n; i += LENGTH) {
            FloatVector.fromArray(SPECIES, z, at + i).add(FloatVector.fromArray(SPECIES, product, from + i))
                    .intoArray(gates, at + i);
        }
        VectorLoops.unary(Fn.SIGMOID, gates, at, gates, at, 2 * n);
        VectorLoops.unary(Fn.TANH, gates, at + 2 * n, gates, at + 2 * n, n);
        VectorLoops.unary(Fn.SIGMOID, gates, at + 3 * n, gates, at + 3 * n, n);
    }

    /** c = f c + i g. */
    private static void cell(float[] gates, int gate, float[] before, int beforeAt, float[] c, int now, int n) {
        for (int j = 0; j < n; j += LENGTH) {
            var in = FloatVector.fromArray(SPECIES, gates, gate + j);
            var forget = FloatVector.fromArray(SPECIES, gates, gate + n + j);
            var g = FloatVector.fromArray(SPECIES, gates, gate + 2 * n + j);
            forget.mul(FloatVector.fromArray(SPECIES, before, beforeAt + j)).add(in.mul(g)).intoArray(c, now + j);
        }
    }

    void back(Kernel.LstmBack k) {
        var dz = k.dz().floats();
        eachPartOfTheBatch((fromRow, rows) -> {
            var dh = Scratch.RESULT.floats(rows * hidden);   // of h at step t, from step t + 1
            Arrays.fill(dh, 0, rows * hidden, 0);
            var dc = Scratch.IMAGE.floats(rows * hidden);
            System.arraycopy(k.dc().floats(), fromRow * hidden, dc, 0, rows * hidden);
            for (int t = time - 1; t >= 0; t--) {
                for (int row = 0; row < rows; row++) {
                    int now = (fromRow + row) * time + t;
                    stepBack(k.gates().floats(), now * 4 * hidden, t == 0 ? k.state().floats() : k.c().floats(),
                            t == 0 ? (2 * (fromRow + row) + 1) * hidden : (now - 1) * hidden, k.tanhC().floats(), k.dh().floats(),
                            now * hidden, dh, dc, row * hidden, dz, hidden);
                }
                SmallGemm.multiply(rows, hidden, 4 * hidden, dz, (fromRow * time + t) * 4 * hidden, time * 4 * hidden, 1,
                        k.weight().floats(), 0, hidden, 1, dh, 0, hidden, false);
            }
            for (int row = 0; row < rows; row++) {
                int at = 2 * (fromRow + row) * hidden;
                System.arraycopy(dh, row * hidden, k.dState().floats(), at, hidden);
                System.arraycopy(dc, row * hidden, k.dState().floats(), at + hidden, hidden);
            }
        });
    }

    private static void stepBack(float[] gates, int gate, float[] before, int beforeAt, float[] tanhC, float[] dhs, int now,
                                 float[] dhNext, float[] dcNext, int row, float[] dz, int n) {
        for (int j = 0; j < n; j += LENGTH) {
            var in = FloatVector.fromArray(SPECIES, gates, gate + j);
            var forget = FloatVector.fromArray(SPECIES, gates, gate + n + j);
            var g = FloatVector.fromArray(SPECIES, gates, gate + 2 * n + j);
            var out = FloatVector.fromArray(SPECIES, gates, gate + 3 * n + j);
            var tanh = FloatVector.fromArray(SPECIES, tanhC, now + j);
            var one = FloatVector.broadcast(SPECIES, 1f);
            var dh = FloatVector.fromArray(SPECIES, dhs, now + j).add(FloatVector.fromArray(SPECIES, dhNext, row + j));
            var dc = FloatVector.fromArray(SPECIES, dcNext, row + j).add(dh.mul(out).mul(one.sub(tanh.mul(tanh))));
            dc.mul(g).mul(in.sub(in.mul(in))).intoArray(dz, gate + j);
            dc.mul(FloatVector.fromArray(SPECIES, before, beforeAt + j)).mul(forget.sub(forget.mul(forget)))
                    .intoArray(dz, gate + n + j);
            dc.mul(in).mul(one.sub(g.mul(g))).intoArray(dz, gate + 2 * n + j);
            dh.mul(tanh).mul(out.sub(out.mul(out))).intoArray(dz, gate + 3 * n + j);
            dc.mul(forget).intoArray(dcNext, row + j);
        }
    }
}
