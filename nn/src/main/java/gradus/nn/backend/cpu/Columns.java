package gradus.nn.backend.cpu;

import static gradus.nn.backend.cpu.GemmTiles.LENGTH;
import static gradus.nn.backend.cpu.GemmTiles.SPECIES;

import gradus.nn.backend.ConvGeometry;
import gradus.nn.backend.ConvGeometry.Axis;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The matrix with which a convolution is a product ("im2col"): a row for every channel and window position, a column for
 * every position of the result, and in it the number of the source that they bring together, 0 where that lies outside.
 *
 * @param backward from the output's gradient to the input's, otherwise from the input to the output
 */
record Columns(ConvGeometry g, boolean backward) {

    /** Elements of one channel of what is read. */
    int sourcePlane() {
        return backward ? g.outPlane() : g.inPlane();
    }

    /** Elements of one channel of the result. */
    int targetPlane() {
        return backward ? g.inPlane() : g.outPlane();
    }

    /** Whether the matrix is the source itself. */
    boolean isSource() {
        return isSource(g.depth()) && isSource(g.height()) && isSource(g.width());
    }

    private static boolean isSource(Axis axis) {
        return axis.kernel() == 1 && axis.stride() == 1 && axis.padBefore() == 0 && axis.out() == axis.in();
    }

    private int length(Axis axis) {
        return backward ? axis.in() : axis.out();
    }

    /** The place along a source's axis that position i of the result and window position k bring together, or −1. */
    private int source(Axis axis, int i, int k) {
        int at = backward ? i + axis.padBefore() - k * axis.dilation()
                : i * axis.stride() - axis.padBefore() + k * axis.dilation();
        if (backward && axis.stride() > 1) {
            at = at < 0 || at % axis.stride() != 0 ? -1 : at / axis.stride();
        }
        return at < (backward ? axis.out() : axis.in()) ? at : -1;
    }

    /**
     * The rows from {@code row} to below {@code toRow} and the columns from {@code column} to below {@code toColumn}.
     *
     * @param at     where the source's first channel begins
     * @param toStep from one row of the result to the next
     */
    void fill(float[] from, int at, int row, int toRow, int column, int toColumn, float[] to, int toAt, int toStep) {
        int kernelWidth = g.width().kernel();
        int kernelHeight = g.height().kernel();
        int width = length(g.width());
        int plane = sourcePlane();
        // one window row further down sees what the row above saw, some lines later: a long copy instead of many short ones
        boolean shifts = g.height().stride() == 1 && length(g.depth()) == 1;
        int shift = Math.min(g.height().dilation() * width, toColumn - column);
        int kw = row % kernelWidth;
        int kh = row / kernelWidth % kernelHeight;
        int kd = row % g.window() / kernelWidth / kernelHeight;
        int channel = at + row / g.window() * plane;
        for (int r = row; r < toRow; r++) {
            int above = toAt - kernelWidth * toStep;
            if (!shifts || kh == 0 || r - kernelWidth < row) {
                lines(from, channel, kd, kh, kw, column, toColumn, to, toAt);
            } else if (backward) {
                lines(from, channel, kd, kh, kw, column, column + shift, to, toAt);
                System.arraycopy(to, above, to, toAt + shift, toColumn - column - shift);
            } else {
                System.arraycopy(to, above + shift, to, toAt, toColumn - column - shift);
                lines(from, channel, kd, kh, kw, toColumn - shift, toColumn, to, toAt + toColumn - column - shift);
            }
            toAt += toStep;
            if (++kw == kernelWidth) {
                kw = 0;
                if (++kh == kernelHeight) {
                    kh = 0;
                    if (++kd == g.depth().kernel()) {
                        kd = 0;
                        channel += plane;
                    }
                }
            }
        }
    }

    /** The columns of one row: pieces of the source's lines. */
    private void lines(float[] from, int channel, int kd, int kh, int kw, int column, int toColumn, float[] to, int toAt) {
        var axis = g.width();
        int width = length(axis);
        int height = length(g.height());
        int sourceWidth = backward ? axis.out() : axis.in();
        int sourceHeight = backward ? g.height().out() : g.height().in();
        int w = column % width;
        int h = column / width % height;
        int d = column / width / height;
        int offset = backward ? axis.padBefore() - kw * axis.dilation() : kw * axis.dilation() - axis.padBefore();
        for (int q = column; q < toColumn; ) {
            int count = Math.min(toColumn - q, width - w);
            int sourceH = source(g.height(), h, kh);
            int sourceD = source(g.depth(), d, kd);
            int line = channel + (sourceD * sourceHeight + sourceH) * sourceWidth;
            if (sourceH < 0 || sourceD < 0) {
                Arrays.fill(to, toAt, toAt + count, 0);
            } else if (axis.stride() == 1) {
                copy(from, line, offset + w, sourceWidth, to, toAt, count);
            } else if (!backward) {
                copy(from, line, offset + w * axis.stride(), axis.stride(), sourceWidth, to, toAt, count);
            } else {
                for (int i = 0; i < count; i++) {
                    int source = source(axis, w + i, kw);
                    to[toAt + i] = source < 0 ? 0 : from[line + source];
                }
            }
            q += count;
            toAt += count;
            w = 0;
            if (++h == height) {
                h = 0;
                d++;
            }
        }
    }

    /** {@code to[i] = from[first + i]}, 0 outside of the source's line; writes whole vectors. */
    private static void copy(float[] from, int line, int first, int sourceWidth, float[] to, int toAt, int count) {
        for (int i = 0; i < count; i += LENGTH) {
            var mask = SPECIES.indexInRange(first + i, sourceWidth);
            FloatVector.fromArray(SPECIES, from, line + first + i, mask).intoArray(to, toAt + i);
        }
    }

    private static void copy(float[] from, int line, int first, int stride, int sourceWidth, float[] to, int toAt, int count) {
        for (int i = 0; i < count; i++) {
            int source = first + i * stride;
            to[toAt + i] = source < 0 || source >= sourceWidth ? 0 : from[line + source];
        }
    }
}
