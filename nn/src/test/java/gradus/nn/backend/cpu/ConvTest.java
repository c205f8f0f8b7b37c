package gradus.nn.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gradus.nn.backend.Buffer;
import gradus.nn.backend.ConvGeometry;
import gradus.nn.backend.ConvGeometry.Axis;
import gradus.nn.backend.Kernel.Convolution;
import gradus.nn.backend.Kernel.Direction;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The fast convolutions equal the formula's plain loops to the bit, with any number of threads. */
class ConvTest {

    private final int threads = Threads.count();

    @AfterEach
    void restoreThreads() {
        Threads.use(threads);
    }

    /** in, kernel, stride, padBefore, padAfter, dilation */
    private static Axis axis(int... of) {
        return new Axis(of[0], of[1], of[2], of[3], of[4], of[5]);
    }

    static List<ConvGeometry> geometries() {
        var none = Axis.NONE;
        return List.of(
                new ConvGeometry(2, 3, 5, 1, none, axis(7, 3, 1, 1, 1, 1), axis(9, 3, 1, 1, 1, 1)),
                new ConvGeometry(2, 4, 6, 2, none, axis(7, 3, 2, 1, 0, 1), axis(9, 3, 2, 2, 1, 2)),
                new ConvGeometry(3, 2, 14, 1, none, none, axis(300, 5, 1, 2, 2, 1)),
                new ConvGeometry(2, 2, 13, 1, axis(5, 2, 1, 0, 1, 1), axis(6, 3, 1, 1, 1, 2), axis(7, 2, 1, 1, 0, 1)),
                new ConvGeometry(1, 64, 30, 1, none, axis(8, 3, 1, 1, 1, 1), axis(8, 3, 1, 1, 1, 1)),
                new ConvGeometry(2, 40, 24, 1, none, axis(8, 1, 1, 0, 0, 1), axis(8, 1, 1, 0, 0, 1)),
                new ConvGeometry(2, 4, 4, 4, none, axis(8, 3, 1, 1, 1, 1), axis(8, 3, 1, 1, 1, 1)),
                new ConvGeometry(3, 4, 4, 1, none, axis(8, 1, 3, 0, 0, 1), axis(8, 1, 2, 0, 0, 1)),
                new ConvGeometry(1, 1, 1, 1, none, axis(40, 3, 1, 1, 1, 1), axis(40, 3, 1, 1, 1, 1)),
                new ConvGeometry(1, 2, 3, 1, none, axis(4, 3, 1, 4, 4, 1), axis(3, 3, 1, 5, 0, 1)),
                new ConvGeometry(0, 2, 3, 1, none, axis(4, 3, 1, 1, 1, 1), axis(3, 3, 1, 1, 1, 1)));
    }

    static float[] apply(Direction direction, ConvGeometry g, float[] left, float[] right, int size) {
        var out = new float[size];
        Arrays.fill(out, Float.NaN);   // what was there must not matter
        switch (direction) {
            case FORWARD -> Conv.forward(g, left, right, out, Conv.Done.NONE);
            case INPUT_GRADIENT -> Conv.inputGradient(g, left, right, out);
            case WEIGHT_GRADIENT -> Conv.weightGradient(g, left, right, out);
        }
        return out;
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void everyDirectionEqualsThePlainLoops(ConvGeometry g) {
        var x = GemmTest.normal(g.batch() * g.inChannels() * g.inPlane(), 1);
        var w = GemmTest.normal(g.outChannels() * (g.inChannels() / g.groups()) * g.window(), 2);
        var dy = GemmTest.normal(g.batch() * g.outChannels() * g.outPlane(), 3);
        for (var direction : Direction.values()) {
            var left = direction == Direction.INPUT_GRADIENT ? dy : x;
            var right = direction == Direction.WEIGHT_GRADIENT ? dy : w;
            var expected = new float[direction == Direction.FORWARD ? dy.length : direction == Direction.INPUT_GRADIENT ? x.length
                    : w.length];
            PlainConv.run(new Convolution(direction, g, Buffer.of(left), Buffer.of(right), Buffer.of(expected)));
            for (int used : new int[] {1, threads}) {
                Threads.use(used);
                assertArrayEquals(expected, apply(direction, g, left, right, expected.length), direction + " with " + used);
            }
        }
    }

    @Test
    void everyNumberOfAnOutputIsSaidToBeDoneOnceInItsChannel() {
        var g = geometries().get(1);
        var x = GemmTest.normal(2 * 4 * 63, 1);
        var w = GemmTest.normal(6 * 2 * 9, 2);
        var y = apply(Direction.FORWARD, g, x, w, 12 * g.outPlane());
        var finished = new float[y.length];
        Conv.forward(g, x, w, finished, (channel, from, to) -> {
            for (int i = from; i < to; i++) {
                assertEquals(channel, i / g.outPlane() % 6);
                finished[i] += 100 * (channel + 1);
            }
        });
        for (int i = 0; i < y.length; i++) {
            assertEquals(y[i] + 100 * (i / g.outPlane() % 6 + 1), finished[i]);
        }
    }
}
