package gradus.nn.backend.cpu;

import static gradus.nn.backend.cpu.GemmTiles.COLUMNS;
import static gradus.nn.backend.cpu.GemmTiles.LENGTH;
import static gradus.nn.backend.cpu.GemmTiles.PANELS;
import static gradus.nn.backend.cpu.GemmTiles.PANEL_ROWS;

import gradus.nn.backend.ConvGeometry;
import gradus.nn.backend.Fn;
import java.util.Arrays;

/**
 * Convolutions in float32 as products with the matrix of {@link Columns}, made piece by piece so that a piece stays in the
 * second-level cache. Sums have the order of {@link PlainConv}, so results are equal to the bit and do not depend on threads.
 */
public final class Conv {

    /** Floats of a piece: 384 KiB. */
    private static final int PIECE = 96 * 1024;
    /** Floats of a weight's gradients from single blocks of terms, which wait to be added in order: 4 MiB. */
    private static final int WAITING = 1 << 20;

    private Conv() {
    }

    /** What to do with numbers of an output that are complete, while they are in the cache: add a bias, apply an activation. */
    @FunctionalInterface
    public interface Done {

        /** Nothing. */
        Done NONE = (channel, from, to) -> { };

        /** The elements from {@code from} to below {@code to}, of one channel, have their last value. */
        void done(int channel, int from, int to);
    }

    /**
     * The output y [batch, outChannels, out…] of the input x [batch, inChannels, in…] and the weight w [outChannels,
     * inChannels/groups, kernel…].
     */
    public static void forward(ConvGeometry g, float[] x, float[] w, float[] y, Done after) {
        convolve(new Columns(g, false), x, w, y, g.inChannels() / g.groups(), g.outChannels() / g.groups(), after);
    }

    /** The input's gradient of the output's gradient dy. */
    public static void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
        int in = g.inChannels() / g.groups();
        int out = g.outChannels() / g.groups();
        int window = g.window();
        var turned = new float[w.length];   // [groups, in, out, window] from [groups, out, in, window]
        for (int group = 0; group < g.groups(); group++) {
            for (int i = 0; i < in; i++) {
                for (int o = 0; o < out; o++) {
                    System.arraycopy(w, ((group * out + o) * in + i) * window, turned, ((group * in + i) * out + o) * window,
                            window);
                }
            }
        }
        convolve(new Columns(g, true), dy, turned, dx, out, in, Done.NONE);
    }

    /** {@code to = w · columns} for each image and group, w [groups, rows, channels · window]. */
    private static void convolve(Columns columns, float[] from, float[] w, float[] to, int channels, int rows, Done after) {
        var g = columns.g();
        int terms = channels * g.window();
        int plane = columns.targetPlane();
        if (terms == 0) {
            Arrays.fill(to, 0);
        }
        int full = PANELS ? rows / PANEL_ROWS * PANEL_ROWS : 0;
        var panels = panels(w, g.groups(), rows, full, terms);
        int deepest = Math.min(terms, Gemm.BLOCK);
        int images = g.batch() * g.groups();
        int width = Math.clamp(PIECE / Math.max(1, deepest), 1, Math.max(1, plane));
        if (images < 2 * Threads.count()) {   // an image alone is cut so that all have something to do
            width = Math.min(width, plane * images / (4 * Threads.count()) + 1);
        }
        int columnsEach = (width + COLUMNS - 1) / COLUMNS * COLUMNS;
        int pieces = (plane + columnsEach - 1) / columnsEach;
        int step = columnsEach + LENGTH;   // no power of two, whose rows would share few lines of the cache
        Threads.run(terms == 0 ? 0 : images * pieces, part -> {
            int image = part / pieces;   // counts groups too
            int group = image % g.groups();
            int column = part % pieces * columnsEach;
            int toColumn = Math.min(plane, column + columnsEach);
            int fromAt = image * channels * columns.sourcePlane();
            int toAt = image * rows * plane + column;
            for (int t = 0; t < terms; t += Gemm.BLOCK) {
                int count = Math.min(Gemm.BLOCK, terms - t);
                var right = from;
                int rightAt = fromAt + t * plane + column;
                int rightStep = plane;
                if (!columns.isSource() || SmallGemm.beyond(toColumn - column, count, rightAt, plane) > from.length) {
                    right = Scratch.IMAGE.floats(deepest * step + COLUMNS);
                    rightAt = 0;
                    rightStep = step;
                    columns.fill(from, fromAt, t, t + count, column, toColumn, right, 0, step);
                }
                GemmTiles.cover(full, rows - full, toColumn - column, count, panels, (group * terms + t) * full, count, PANEL_ROWS, w,
                        (group * rows + full) * terms + t, terms, right, rightAt, rightStep, COLUMNS, to, toAt, plane, t > 0);
            }
            for (int i = 0; i < rows; i++) {
                after.done(group * rows + i, toAt + i * plane, toAt + i * plane + toColumn - column);
            }
        });
    }

    /** The whole tiles of each group's rows, in blocks of terms. */
    private static float[] panels(float[] w, int groups, int rows, int full, int terms) {
        var panels = Scratch.LEFT.floats(groups * full * terms);
        for (int group = 0; group < groups && full > 0; group++) {
            for (int t = 0; t < terms; t += Gemm.BLOCK) {
                int count = Math.min(Gemm.BLOCK, terms - t);
                for (int i = 0; i < full; i += PANEL_ROWS) {
                    Pack.interleave(w, (group * rows + i) * terms + t, terms, PANEL_ROWS, 1, count, panels,
                            (group * terms + t) * full + i * count, PANEL_ROWS);
                }
            }
        }
        return panels;
    }

    /**
     * The weight's gradient of input x and the output's gradient dy. Its sums run over all images' positions, in blocks; the
     * gradients of many blocks are computed at the same time and then added in the blocks' order.
     */
    public static void weightGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
        int in = g.inChannels() / g.groups();
        int out = g.outChannels() / g.groups();
        int rows = in * g.window();
        int plane = g.outPlane();
        int terms = g.batch() * plane;
        int blocks = (terms + Gemm.BLOCK - 1) / Gemm.BLOCK;
        int size = g.groups() * rows * out;
        if (blocks == 0) {
            Arrays.fill(dw, 0);
        }
        int together = Math.clamp(WAITING / Math.max(1, size), 1, Math.max(1, blocks));
        int pieces = (rows + Gemm.BLOCK - 1) / Gemm.BLOCK;
        var columns = new Columns(g, false);
        var waiting = Scratch.RESULT.floats(together * size);
        for (int first = 0; first < blocks && size > 0; first += together) {
            int begin = first;
            int count = Math.min(together, blocks - first);
            Threads.run(count * g.groups() * pieces, part -> {
                int block = part / pieces / g.groups();
                int group = part / pieces % g.groups();
                int row = part % pieces * Gemm.BLOCK;
                int toRow = Math.min(rows, row + Gemm.BLOCK);
                int term = (begin + block) * Gemm.BLOCK;
                blockGradient(columns, x, dy, group, row, toRow, term, Math.min(terms, term + Gemm.BLOCK), waiting,
                        block * size + (group * rows + row) * out);
            });
            int share = (g.groups() * rows + 63) / 64;
            Threads.run((g.groups() * rows + share - 1) / share, part -> {
                int from = part * share * out;
                int to = Math.min(size, from + share * out);
                for (int block = 1; block < count; block++) {
                    VectorLoops.binary(Fn.ADD, waiting, from, waiting, block * size + from, waiting, from, to - from);
                }
                for (int i = from; i < to; i++) {
                    int at = (i / out / rows * out + i % out) * rows + i / out % rows;
                    dw[at] = begin == 0 ? waiting[i] : dw[at] + waiting[i];
                }
            });
        }
    }

    /** {@code to[row, o] = Σ columns[row, term] · dy[o, term]} for one block of terms: of positions, image after image. */
    private static void blockGradient(Columns columns, float[] x, float[] dy, int group, int row, int toRow, int term, int toTerm,
                                      float[] to, int toAt) {
        var g = columns.g();
        int out = g.outChannels() / g.groups();
        int in = g.inChannels() / g.groups();
        int plane = g.outPlane();
        int count = toTerm - term;
        int step = count + LENGTH;
        var left = Scratch.IMAGE.floats((toRow - row) * step);
        var right = Scratch.RIGHT.floats(count * out + COLUMNS);
        for (int t = term; t < toTerm; ) {
            int image = t / plane;
            int q = t % plane;
            int length = Math.min(toTerm - t, plane - q);
            columns.fill(x, (image * g.inChannels() + group * in) * g.inPlane(), row, toRow, q, q + length, left, t - term,
                    step);
            Pack.interleave(dy, (image * g.outChannels() + group * out) * plane + q, plane, out, 1, length, right,
                    (t - term) * out, out);
            t += length;
        }
        GemmTiles.cover(0, toRow - row, out, count, left, 0, 0, 0, left, 0, step, right, 0, out, COLUMNS, to, toAt, out, false);
    }
}
