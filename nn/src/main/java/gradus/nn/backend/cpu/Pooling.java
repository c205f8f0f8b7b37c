package gradus.nn.backend.cpu;

import gradus.nn.backend.ConvGeometry;
import gradus.nn.backend.ConvGeometry.Axis;
import gradus.nn.backend.Fn;
import gradus.nn.backend.Kernel;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Windows over one channel each, in float32: the columns of {@link Columns} once more, added or compared row by row, so that
 * vectors run over neighbouring windows.
 */
final class Pooling {

    /** Floats of the columns that are made at a time. */
    private static final int PIECE = 16 * 1024;

    private Pooling() {
    }

    static void run(Kernel.WindowSum sum) {
        var columns = new Columns(sum.geometry(), sum.back());
        var from = sum.in().floats();
        var to = sum.out().floats();
        eachPiece(columns, (plane, column, toColumn, rows, step) -> {
            int at = plane * columns.targetPlane() + column;
            Arrays.fill(to, at, at + toColumn - column, 0);
            for (int k = 0; k < sum.geometry().window(); k++) {
                VectorLoops.binary(Fn.ADD, to, at, rows, k * step, to, at, toColumn - column);
            }
        }, from);
    }

    /** Whether {@link #run(Kernel.MaxPositions)} can: no window sticks out, and positions are exact as float32. */
    static boolean fits(ConvGeometry g) {
        return isInside(g.depth()) && isInside(g.height()) && isInside(g.width()) && g.inPlane() < 1 << 24;
    }

    private static boolean isInside(Axis axis) {
        return axis.padBefore() == 0 && (axis.out() - 1) * axis.stride() + (axis.kernel() - 1) * axis.dilation() < axis.in();
    }

    static void run(Kernel.MaxPositions max) {
        var g = max.geometry();
        var positions = max.positions().ints();
        var first = new int[g.outPlane()];   // where each window begins
        for (int at = 0; at < first.length; at++) {
            first[at] = PlainConv.place(g, at, 0);
        }
        var offset = new float[g.window()];   // and where its positions lie from there
        for (int k = 0; k < offset.length && first.length > 0; k++) {
            offset[k] = PlainConv.place(g, 0, k) - first[0];
        }
        eachPiece(new Columns(g, false), (plane, column, toColumn, rows, step) -> {
            var best = Scratch.RESULT.floats(2 * step);
            int n = toColumn - column;
            System.arraycopy(rows, 0, best, 0, n);
            Arrays.fill(best, step, step + n, 0);
            for (int k = 1; k < offset.length; k++) {
                takeLarger(rows, k * step, offset[k], best, step, n);
            }
            int at = plane * g.outPlane() + column;
            for (int i = 0; i < n; i++) {
                positions[at + i] = first[column + i] + (int) best[step + i];
            }
        }, max.in().floats());
    }

    /** NaN is larger than all numbers; of equal ones the earlier stays. Whole vectors: what lies beyond n is not used. */
    private static void takeLarger(float[] x, int xAt, float offset, float[] best, int offsetsAt, int n) {
        for (int i = 0; i < n; i += GemmTiles.LENGTH) {
            var value = FloatVector.fromArray(GemmTiles.SPECIES, x, xAt + i);
            var largest = FloatVector.fromArray(GemmTiles.SPECIES, best, i);
            // not (value <= largest) holds for larger ones and for NaN of either; a NaN that is there stays
            var larger = value.compare(VectorOperators.LE, largest).not().and(largest.test(VectorOperators.IS_NAN).not());
            largest.blend(value, larger).intoArray(best, i);
            FloatVector.fromArray(GemmTiles.SPECIES, best, offsetsAt + i).blend(offset, larger).intoArray(best, offsetsAt + i);
        }
    }

    @FunctionalInterface
    private interface Piece {

        /** The columns of some windows of a plane: row k begins at {@code k * step}. */
        void reduce(int plane, int column, int toColumn, float[] rows, int step);
    }

    private static void eachPiece(Columns columns, Piece piece, float[] from) {
        var g = columns.g();
        int window = g.window();
        int target = columns.targetPlane();
        int width = Math.clamp(PIECE / window, 1, Math.max(1, target));
        int pieces = (target + width - 1) / width;
        int step = width + GemmTiles.LENGTH;
        int all = target == 0 ? 0 : g.batch() * g.inChannels() * pieces;
        int together = Math.max(1, PIECE / (width * window));
        Threads.run((all + together - 1) / together, part -> {
            var rows = Scratch.IMAGE.floats((window + 1) * step);
            for (int i = part * together; i < Math.min(all, (part + 1) * together); i++) {
                int plane = i / pieces;
                int column = i % pieces * width;
                int toColumn = Math.min(target, column + width);
                columns.fill(from, plane * columns.sourcePlane(), 0, window, column, toColumn, rows, 0, step);
                piece.reduce(plane, column, toColumn, rows, step);
            }
        });
    }
}
