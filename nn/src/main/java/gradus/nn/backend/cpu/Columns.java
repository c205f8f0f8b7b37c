package gradus.nn.backend.cpu;

import gradus.nn.backend.ConvGeometry;
import gradus.nn.backend.ConvGeometry.Axis;
import java.util.Arrays;

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
        if (!backward) {
            int at = i * axis.stride() - axis.padBefore() + k * axis.dilation();
            return at < axis.in() ? at : -1;
        }
        int steps = i + axis.padBefore() - k * axis.dilation();
        return steps < 0 || steps % axis.stride() != 0 || steps / axis.stride() >= axis.out() ? -1 : steps / axis.stride();
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
        // one window row further down sees what the row above saw, some lines later: a long copy instead of many short ones
        boolean shifts = g.height().stride() == 1 && length(g.depth()) == 1;
        int shift = g.height().dilation() * width;
        for (int r = row; r < toRow; r++) {
            int to0 = toAt + (r - row) * toStep - column;   // column 0 would lie there
            int window = r % g.window();
            int kw = window % kernelWidth;
            int kh = window / kernelWidth % kernelHeight;
            int kd = window / kernelWidth / kernelHeight;
            int begin = column;
            int end = toColumn;
            int above = to0 - kernelWidth * toStep;
            boolean shifted = shifts && kh > 0 && r - kernelWidth >= row && toColumn - column > shift;
            if (shifted && backward) {
                end = column + shift;
            } else if (shifted) {
                begin = toColumn - shift;
                System.arraycopy(to, above + column + shift, to, to0 + column, begin - column);
            }
            for (int q = begin; q < end; ) {
                int w = q % width;
                int line = q / width;
                int count = Math.min(end - q, width - w);
                int h = source(g.height(), line % length(g.height()), kh);
                int d = source(g.depth(), line / length(g.height()), kd);
                if (h < 0 || d < 0) {
                    Arrays.fill(to, to0 + q, to0 + q + count, 0);
                } else {
                    int sourceLine = at + r / g.window() * sourcePlane() + (backward ? d * g.height().out() + h : d * g.height().in() + h)
                            * (backward ? g.width().out() : g.width().in());
                    line(from, sourceLine, w, kw, count, to, to0 + q);
                }
                q += count;
            }
            if (shifted && backward) {
                System.arraycopy(to, above + column, to, to0 + end, toColumn - end);
            }
        }
    }

    /** The positions w, w + 1, … of one line of the result. */
    private void line(float[] from, int at, int w, int k, int count, float[] to, int toAt) {
        var axis = g.width();
        if (backward && axis.stride() > 1) {
            for (int i = 0; i < count; i++) {
                int source = source(axis, w + i, k);
                to[toAt + i] = source < 0 ? 0 : from[at + source];
            }
            return;
        }
        int stride = axis.stride();
        int first = w * stride + (backward ? axis.padBefore() - k * axis.dilation() : k * axis.dilation() - axis.padBefore());
        int length = backward ? axis.out() : axis.in();
        int begin = Math.clamp(-Math.floorDiv(first, stride), 0, count);
        int end = Math.clamp(Math.floorDiv(length - 1 - first, stride) + 1, begin, count);
        for (int i = 0; i < begin; i++) {
            to[toAt + i] = 0;
        }
        if (stride == 1) {
            System.arraycopy(from, at + first + begin, to, toAt + begin, end - begin);
        } else {
            for (int i = begin; i < end; i++) {
                to[toAt + i] = from[at + first + i * stride];
            }
        }
        for (int i = end; i < count; i++) {
            to[toAt + i] = 0;
        }
    }
}
