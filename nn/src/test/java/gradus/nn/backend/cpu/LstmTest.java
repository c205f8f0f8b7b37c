package gradus.nn.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel.Lstm;
import gradus.nn.backend.Kernel.LstmBack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sequences of an LSTM: vectors against plain loops to the bit, float32 against a float64 transcription of the formulas. */
class LstmTest {

    private final int threads = Threads.count();

    @AfterEach
    void restoreThreads() {
        Threads.use(threads);
    }

    /** One sequence, forward and back, with everything that it reads and fills. */
    private record Run(Lstm forward, LstmBack back) {

        static Run of(int batch, int time, int hidden) {
            int n = batch * time * hidden;
            var weight = Buffer.of(small(4 * hidden * hidden, 2));
            var state = Buffer.of(small(2 * batch * hidden, 3));
            var c = Buffer.of(new float[n]);
            var tanhC = Buffer.of(new float[n]);
            var gates = Buffer.of(new float[4 * n]);
            return new Run(new Lstm(Buffer.of(small(4 * n, 1)), weight, state, Buffer.of(new float[n]), Buffer.of(new float[n]), c,
                    tanhC, gates, batch, time, hidden), new LstmBack(weight, state, c, tanhC, gates, Buffer.of(small(n, 4)),
                    Buffer.of(small(batch * hidden, 5)), Buffer.of(new float[4 * n]), Buffer.of(new float[2 * batch * hidden]), batch, time, hidden));
        }

        private static float[] small(int n, long seed) {
            var values = GemmTest.normal(n, seed);
            for (int i = 0; i < n; i++) {
                values[i] *= 0.2f;
            }
            return values;
        }

        Run on(PlainCpu cpu) {
            cpu.run(forward);
            cpu.run(back);
            return this;
        }
    }

    @ParameterizedTest
    @CsvSource({"32,5,64", "7,3,48", "1,4,16", "3,2,5", "5,0,16", "0,3,16"})
    void vectorsAndThreadsGiveThePlainLoopsBits(int batch, int time, int hidden) {
        var expected = Run.of(batch, time, hidden).on(new PlainCpu());
        for (int used : new int[] {1, threads}) {
            Threads.use(used);
            var actual = Run.of(batch, time, hidden).on(new VectorCpu());
            for (int i = 0; i < 5; i++) {
                assertArrayEquals(expected.forward.writes()[i].floats(), actual.forward.writes()[i].floats());
            }
            assertArrayEquals(expected.back.dz().floats(), actual.back.dz().floats());
            assertArrayEquals(expected.back.dState().floats(), actual.back.dState().floats());
        }
    }

    @Test
    void aSequenceIsItsFormulas() {
        int batch = 3;
        int time = 4;
        int hidden = 16;
        var run = Run.of(batch, time, hidden).on(new VectorCpu());
        for (int row = 0; row < batch; row++) {
            var h = new double[hidden];
            var c = new double[hidden];
            for (int i = 0; i < hidden; i++) {
                h[i] = run.forward.state().get(2 * row * hidden + i);
                c[i] = run.forward.state().get((2 * row + 1) * hidden + i);
            }
            for (int t = 0; t < time; t++) {
                int at = row * time + t;
                var z = new double[4 * hidden];
                for (int g = 0; g < 4 * hidden; g++) {
                    z[g] = run.forward.z().get(at * 4 * hidden + g);
                    for (int j = 0; j < hidden; j++) {
                        z[g] += run.forward.weight().get(g * hidden + j) * h[j];
                    }
                }
                for (int i = 0; i < hidden; i++) {
                    c[i] = sigmoid(z[hidden + i]) * c[i] + sigmoid(z[i]) * Math.tanh(z[2 * hidden + i]);
                    h[i] = sigmoid(z[3 * hidden + i]) * Math.tanh(c[i]);
                    assertEquals(h[i], run.forward.h().get(at * hidden + i), 1e-6);
                    assertEquals(c[i], run.forward.c().get(at * hidden + i), 1e-6);
                }
            }
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
