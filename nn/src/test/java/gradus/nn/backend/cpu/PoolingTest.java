package gradus.nn.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.ShapeException;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.ConvGeometry;
import gradus.nn.backend.ConvGeometry.Axis;
import gradus.nn.backend.Kernel;
import gradus.nn.backend.Kernel.MaxPositions;
import gradus.nn.backend.Kernel.WindowSum;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The fast pooling equals the formulas' plain loops, ties and NaN included. */
class PoolingTest {

    private static Axis axis(int in, int kernel, int stride, int pad, int dilation) {
        return new Axis(in, kernel, stride, pad, pad, dilation);
    }

    static List<ConvGeometry> geometries() {
        var none = Axis.NONE;
        return List.of(
                new ConvGeometry(3, 5, 5, 5, none, axis(32, 2, 2, 0, 1), axis(32, 2, 2, 0, 1)),
                new ConvGeometry(2, 3, 3, 3, none, axis(9, 3, 2, 0, 1), axis(13, 3, 2, 0, 2)),
                new ConvGeometry(2, 3, 3, 3, none, axis(9, 3, 1, 1, 1), axis(7, 2, 3, 1, 1)),
                new ConvGeometry(2, 2, 2, 2, axis(4, 2, 1, 0, 1), axis(5, 2, 2, 0, 1), axis(6, 3, 3, 0, 1)),
                new ConvGeometry(2, 4, 4, 4, none, axis(7, 7, 1, 0, 1), axis(7, 7, 1, 0, 1)),
                new ConvGeometry(1, 1, 1, 1, none, none, axis(20_000, 2, 1, 0, 1)),
                new ConvGeometry(0, 2, 2, 2, none, axis(4, 2, 2, 0, 1), axis(4, 2, 2, 0, 1)));
    }

    /** Few different numbers, so that there are ties, and some NaN, infinities and negative zeros. */
    private static float[] values(int n) {
        var values = GemmTest.normal(n, 1);
        for (int i = 0; i < n; i++) {
            values[i] = switch (i % 23) {
                case 3 -> Float.NaN;
                case 5 -> Float.NEGATIVE_INFINITY;
                case 7 -> Float.POSITIVE_INFINITY;
                case 11 -> -0f;
                case 12 -> 0f;
                default -> Math.round(values[i]);
            };
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void theLargestIsFoundWhereThePlainLoopsFindIt(ConvGeometry g) {
        var in = Buffer.of(values(g.batch() * g.inChannels() * g.inPlane()));
        var expected = new int[g.batch() * g.inChannels() * g.outPlane()];
        var actual = expected.clone();
        new PlainCpu().run(new MaxPositions(g, in, Buffer.of(expected)));
        new VectorCpu().run(new MaxPositions(g, in, Buffer.of(actual)));
        assertArrayEquals(expected, actual);
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void sumsOverWindowsAndTheirTransposeEqualThePlainLoops(ConvGeometry g) {
        for (boolean back : new boolean[] {false, true}) {
            int planes = g.batch() * g.inChannels();
            var in = Buffer.of(GemmTest.normal(planes * (back ? g.outPlane() : g.inPlane()), 1));
            var expected = new float[planes * (back ? g.inPlane() : g.outPlane())];
            var actual = expected.clone();
            new PlainCpu().run(new WindowSum(g, in, Buffer.of(expected), back));
            new VectorCpu().run(new WindowSum(g, in, Buffer.of(actual), back));
            assertArrayEquals(expected, actual);
        }
    }

    @Test
    void whatIsFetchedByPositionGoesBackThere() {
        int planes = 40;
        var index = new int[planes * 100];
        for (int i = 0; i < index.length; i++) {
            index[i] = i * 7 % 300;
        }
        var in = GemmTest.normal(planes * 300, 1);
        var fetched = new float[planes * 100];
        var back = new float[planes * 300];
        var cpu = new VectorCpu();
        cpu.run(new Kernel.Gather(Buffer.of(in), Buffer.of(index), Buffer.of(fetched), planes, 300, 100, 1, true));
        cpu.run(new Kernel.ScatterAdd(Buffer.of(fetched), Buffer.of(index), Buffer.of(back), planes, 300, 100, 1, true));
        var expected = new float[planes * 300];
        for (int i = 0; i < index.length; i++) {
            int at = i / 100 * 300 + index[i];
            assertEquals(in[at], fetched[i]);
            expected[at] += in[at];
        }
        assertArrayEquals(expected, back);
    }

    @Test
    void anIndexOutsideIsNamed() {
        var gather = new Kernel.Gather(Buffer.of(new float[6]), Buffer.of(new int[] {1, 3}), Buffer.of(new float[2]),
                1, 3, 2, 1, true);
        var thrown = assertThrows(ShapeException.class, () -> new VectorCpu().run(gather));
        assertTrue(thrown.getMessage().startsWith("index 3 is outside of 3 entries\nhelp: "), thrown.getMessage());
    }
}
