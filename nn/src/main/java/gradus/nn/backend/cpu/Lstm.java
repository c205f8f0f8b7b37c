package gradus.nn.backend.cpu;

import gradus.nn.DType;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Fn;
import gradus.nn.backend.Kernel;
import gradus.nn.backend.Kernel.Matrix;

/**
 * {@link Kernel.Lstm} and its gradient: one product per step for the whole batch, then the gates element by element. Of a
 * row of 4 hidden numbers the gates i, f, g, o begin at 0, hidden, 2 hidden and 3 hidden.
 */
final class Lstm {

    private final PlainCpu cpu;
    private final int batch;
    private final int time;
    private final int hidden;

    Lstm(PlainCpu cpu, int batch, int time, int hidden) {
        this.cpu = cpu;
        this.batch = batch;
        this.time = time;
        this.hidden = hidden;
    }

    private static final int[] ONE = {};

    /** Row {@code row} of step t in [batch, time, width]. */
    private int at(int row, int t, int width) {
        return (row * time + t) * width;
    }

    void forward(Kernel.Lstm k) {
        boolean single = k.z().dtype() == DType.FLOAT32;
        var product = Buffer.allocate(k.z().dtype(), batch * 4 * hidden);
        var transposed = new Matrix(k.weight(), 0, ONE, 1, hidden);
        for (int t = 0; t < time; t++) {
            for (int row = 0; row < batch; row++) {
                System.arraycopy(t == 0 ? k.state().array() : k.h().array(), t == 0 ? 2 * row * hidden : at(row, t - 1, hidden),
                        k.before().array(), at(row, t, hidden), hidden);
            }
            cpu.matmul(new Kernel.MatMul(ONE, batch, 4 * hidden, hidden,
                    new Matrix(k.before(), at(0, t, hidden), ONE, time * hidden, 1), transposed, product));
            for (int row = 0; row < batch; row++) {
                if (single) {
                    step(k, product.floats(), t, row);
                } else {
                    exactStep(k, product.doubles(), t, row);
                }
            }
        }
    }

    private void step(Kernel.Lstm k, float[] product, int t, int row) {
        var gates = k.gates().floats();
        int gate = at(row, t, 4 * hidden);
        int from = row * 4 * hidden;
        var z = k.z().floats();
        for (int i = 0; i < 4 * hidden; i++) {
            gates[gate + i] = z[gate + i] + product[from + i];
        }
        cpu.unary(Fn.SIGMOID, gates, gate, gates, gate, 2 * hidden);
        cpu.unary(Fn.TANH, gates, gate + 2 * hidden, gates, gate + 2 * hidden, hidden);
        cpu.unary(Fn.SIGMOID, gates, gate + 3 * hidden, gates, gate + 3 * hidden, hidden);
        int now = at(row, t, hidden);
        cell(gates, gate, t == 0 ? k.state().floats() : k.c().floats(), t == 0 ? (2 * row + 1) * hidden : now - hidden,
                k.c().floats(), now, hidden);
        cpu.unary(Fn.TANH, k.c().floats(), now, k.tanhC().floats(), now, hidden);
        var h = k.h().floats();
        var tanhC = k.tanhC().floats();
        for (int i = 0; i < hidden; i++) {
            h[now + i] = gates[gate + 3 * hidden + i] * tanhC[now + i];
        }
    }

    /** c = f c + i g. */
    private static void cell(float[] gates, int gate, float[] before, int beforeAt, float[] c, int now, int n) {
        for (int i = 0; i < n; i++) {
            c[now + i] = gates[gate + n + i] * before[beforeAt + i] + gates[gate + i] * gates[gate + 2 * n + i];
        }
    }

    private void exactStep(Kernel.Lstm k, double[] product, int t, int row) {
        var gates = k.gates().doubles();
        int gate = at(row, t, 4 * hidden);
        int now = at(row, t, hidden);
        for (int i = 0; i < 4 * hidden; i++) {
            double z = k.z().doubles()[gate + i] + product[row * 4 * hidden + i];
            gates[gate + i] = Scalars.apply(i / hidden == 2 ? Fn.TANH : Fn.SIGMOID, z, 0, 0);
        }
        for (int i = 0; i < hidden; i++) {
            double before = t == 0 ? k.state().doubles()[(2 * row + 1) * hidden + i] : k.c().doubles()[now - hidden + i];
            double c = gates[gate + hidden + i] * before + gates[gate + i] * gates[gate + 2 * hidden + i];
            k.c().doubles()[now + i] = c;
            k.tanhC().doubles()[now + i] = Scalars.apply(Fn.TANH, c, 0, 0);
            k.h().doubles()[now + i] = gates[gate + 3 * hidden + i] * k.tanhC().doubles()[now + i];
        }
    }

    void back(Kernel.LstmBack k) {
        var type = k.dz().dtype();
        var dh = Buffer.allocate(type, batch * hidden);   // of h at step t, from step t + 1
        var dc = Buffer.allocate(type, batch * hidden);
        System.arraycopy(k.dc().array(), 0, dc.array(), 0, batch * hidden);
        var weight = new Matrix(k.weight(), 0, ONE, hidden, 1);
        for (int t = time - 1; t >= 0; t--) {
            for (int row = 0; row < batch; row++) {
                if (type == DType.FLOAT32) {
                    stepBack(k, dh.floats(), dc.floats(), t, row);
                } else {
                    exactStepBack(k, dh.doubles(), dc.doubles(), t, row);
                }
            }
            cpu.matmul(new Kernel.MatMul(ONE, batch, hidden, 4 * hidden,
                    new Matrix(k.dz(), at(0, t, 4 * hidden), ONE, time * 4 * hidden, 1), weight, dh));
        }
        for (int row = 0; row < batch; row++) {
            System.arraycopy(dh.array(), row * hidden, k.dState().array(), 2 * row * hidden, hidden);
            System.arraycopy(dc.array(), row * hidden, k.dState().array(), (2 * row + 1) * hidden, hidden);
        }
    }

    private void stepBack(Kernel.LstmBack k, float[] dhNext, float[] dcNext, int t, int row) {
        int now = at(row, t, hidden);
        stepBack(k.gates().floats(), at(row, t, 4 * hidden), t == 0 ? k.state().floats() : k.c().floats(),
                t == 0 ? (2 * row + 1) * hidden : now - hidden, k.tanhC().floats(), k.dh().floats(), now, dhNext, dcNext,
                row * hidden, k.dz().floats(), hidden);
    }

    private static void stepBack(float[] gates, int gate, float[] before, int beforeAt, float[] tanhC, float[] dhs, int now,
            float[] dhNext, float[] dcNext, int row, float[] dz, int n) {
        for (int i = 0; i < n; i++) {
            float in = gates[gate + i];
            float forget = gates[gate + n + i];
            float g = gates[gate + 2 * n + i];
            float out = gates[gate + 3 * n + i];
            float tanh = tanhC[now + i];
            float dh = dhs[now + i] + dhNext[row + i];
            float dc = dcNext[row + i] + dh * out * (1 - tanh * tanh);
            dz[gate + i] = dc * g * (in - in * in);
            dz[gate + n + i] = dc * before[beforeAt + i] * (forget - forget * forget);
            dz[gate + 2 * n + i] = dc * in * (1 - g * g);
            dz[gate + 3 * n + i] = dh * tanh * (out - out * out);
            dcNext[row + i] = dc * forget;
        }
    }

    private void exactStepBack(Kernel.LstmBack k, double[] dhNext, double[] dcNext, int t, int row) {
        var gates = k.gates().doubles();
        var dz = k.dz().doubles();
        int gate = at(row, t, 4 * hidden);
        int now = at(row, t, hidden);
        for (int i = 0; i < hidden; i++) {
            double in = gates[gate + i];
            double forget = gates[gate + hidden + i];
            double g = gates[gate + 2 * hidden + i];
            double out = gates[gate + 3 * hidden + i];
            double tanh = k.tanhC().doubles()[now + i];
            double before = t == 0 ? k.state().doubles()[(2 * row + 1) * hidden + i] : k.c().doubles()[now - hidden + i];
            double dh = k.dh().doubles()[now + i] + dhNext[row * hidden + i];
            double dc = dcNext[row * hidden + i] + dh * out * (1 - tanh * tanh);
            dz[gate + i] = dc * g * (in - in * in);
            dz[gate + hidden + i] = dc * before * (forget - forget * forget);
            dz[gate + 2 * hidden + i] = dc * in * (1 - g * g);
            dz[gate + 3 * hidden + i] = dh * tanh * (out - out * out);
            dcNext[row * hidden + i] = dc * forget;
        }
    }
}
