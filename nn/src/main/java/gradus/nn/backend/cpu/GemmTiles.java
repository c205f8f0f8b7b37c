package gradus.nn.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of a float32 product: some rows by two vectors of C, held in registers while k terms are added in ascending order.
 *
 * <p>The loops are written out and call nothing, nothing is decided after them, and no vector is masked: a tile at the border
 * is computed aside and copied. Otherwise HotSpot stops inlining or loses track of the vectors' type, and boxes them: with a
 * two-line helper for the stores 10–15 instead of 86–100 GFLOP/s on one Zen 4 core; with masked stores 43 instead of 136 from
 * the moment on that the first border came by. For the same reason all of a program's float vectors have one length: vectors
 * of 128 bits elsewhere halved these loops, whose calls are bound by the types that were seen.
 *
 * <p>On one Zen 5 core, of a peak of 265 GFLOP/s with vectors of 512 bits: {@link #panel} 239, {@link #rows} 215; of a peak of
 * 120 with 256 bits: {@code rows} 83 to 118, and a panel would spill its registers.
 */
final class GemmTiles {

    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int LENGTH = SPECIES.length();
    static final int COLUMNS = 2 * LENGTH;
    /** Whether there are the registers for {@link #panel}; with fewer the rows of A are read as they lie. */
    static final boolean PANELS = LENGTH >= 16;
    static final int PANEL_ROWS = 12;
    static final int ROWS = 6;

    private GemmTiles() {
    }

    /**
     * {@code C = A B} or {@code C += A B} over at most {@link Gemm#BLOCK} terms: first {@code full} rows of A in panels of
     * {@link #PANEL_ROWS}, then {@code rest} rows that lie as they are.
     *
     * @param panelRow  from one row of the panels to the next, counted at the panels' first rows: k if each lies by itself
     * @param panelStep from one term of a panel to the next
     * @param bPanel    from the columns of one tile to those of the next; within, rows are {@code bStep} apart and whole
     *                  vectors are read
     */
    static void cover(int full, int rest, int n, int k, float[] panels, int panelsAt, int panelRow, int panelStep, float[] a,
                      int aAt, int aRow, float[] b, int bAt, int bStep, int bPanel, float[] c, int cAt, int ldc, boolean add) {
        for (int j = 0; j < n; j += COLUMNS) {
            int columns = Math.min(COLUMNS, n - j);
            boolean whole = columns == COLUMNS || columns == LENGTH && full == 0;   // others stick out: they are computed aside
            var to = whole ? c : Scratch.EDGE.floats(PANEL_ROWS * COLUMNS);
            int step = whole ? ldc : COLUMNS;
            boolean onto = whole && add;
            for (int i = 0; i < full + rest; ) {
                int rows = i < full ? PANEL_ROWS : Math.min(ROWS, full + rest - i);
                int at = cAt + j + i * ldc;
                int toAt = whole ? at : 0;
                if (i < full) {
                    panel(panels, panelsAt + i * panelRow, panelStep, b, bAt, bStep, k, to, toAt, step, onto);
                } else if (columns > LENGTH) {
                    rows(a, aAt + (i - full) * aRow, aRow, b, bAt, bStep, k, to, toAt, step, onto, rows);
                } else {
                    narrow(a, aAt + (i - full) * aRow, aRow, b, bAt, bStep, k, to, toAt, step, onto, rows);
                }
                if (!whole) {
                    copy(to, c, at, ldc, add, rows, columns);
                }
                i += rows;
            }
            bAt += bPanel;
        }
    }

    private static void copy(float[] tile, float[] c, int cAt, int ldc, boolean add, int rows, int columns) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j += LENGTH) {
                var mask = SPECIES.indexInRange(j, columns);
                var sum = FloatVector.fromArray(SPECIES, tile, i * COLUMNS + j);
                if (add) {
                    sum = sum.add(FloatVector.fromArray(SPECIES, c, cAt + i * ldc + j, mask));
                }
                sum.intoArray(c, cAt + i * ldc + j, mask);
            }
        }
    }

    /** 12 rows × 2 vectors; a term's 12 numbers of A lie side by side, those of two terms {@code aStep} apart; needs 27 registers. */
    static void panel(float[] a, int aAt, int aStep, float[] b, int bAt, int bStep, int k, float[] c, int cAt, int ldc, boolean add) {
        var zero = FloatVector.zero(SPECIES);
        FloatVector c0 = zero, d0 = zero;
        FloatVector c1 = zero, d1 = zero;
        FloatVector c2 = zero, d2 = zero;
        FloatVector c3 = zero, d3 = zero;
        FloatVector c4 = zero, d4 = zero;
        FloatVector c5 = zero, d5 = zero;
        FloatVector c6 = zero, d6 = zero;
        FloatVector c7 = zero, d7 = zero;
        FloatVector c8 = zero, d8 = zero;
        FloatVector c9 = zero, d9 = zero;
        FloatVector c10 = zero, d10 = zero;
        FloatVector c11 = zero, d11 = zero;
        for (int p = 0; p < k; p++) {
            var left = FloatVector.fromArray(SPECIES, b, bAt);
            var right = FloatVector.fromArray(SPECIES, b, bAt + LENGTH);
            var a0 = FloatVector.broadcast(SPECIES, a[aAt]);
            c0 = a0.fma(left, c0);
            d0 = a0.fma(right, d0);
            var a1 = FloatVector.broadcast(SPECIES, a[aAt + 1]);
            c1 = a1.fma(left, c1);
            d1 = a1.fma(right, d1);
            var a2 = FloatVector.broadcast(SPECIES, a[aAt + 2]);
            c2 = a2.fma(left, c2);
            d2 = a2.fma(right, d2);
            var a3 = FloatVector.broadcast(SPECIES, a[aAt + 3]);
            c3 = a3.fma(left, c3);
            d3 = a3.fma(right, d3);
            var a4 = FloatVector.broadcast(SPECIES, a[aAt + 4]);
            c4 = a4.fma(left, c4);
            d4 = a4.fma(right, d4);
            var a5 = FloatVector.broadcast(SPECIES, a[aAt + 5]);
            c5 = a5.fma(left, c5);
            d5 = a5.fma(right, d5);
            var a6 = FloatVector.broadcast(SPECIES, a[aAt + 6]);
            c6 = a6.fma(left, c6);
            d6 = a6.fma(right, d6);
            var a7 = FloatVector.broadcast(SPECIES, a[aAt + 7]);
            c7 = a7.fma(left, c7);
            d7 = a7.fma(right, d7);
            var a8 = FloatVector.broadcast(SPECIES, a[aAt + 8]);
            c8 = a8.fma(left, c8);
            d8 = a8.fma(right, d8);
            var a9 = FloatVector.broadcast(SPECIES, a[aAt + 9]);
            c9 = a9.fma(left, c9);
            d9 = a9.fma(right, d9);
            var a10 = FloatVector.broadcast(SPECIES, a[aAt + 10]);
            c10 = a10.fma(left, c10);
            d10 = a10.fma(right, d10);
            var a11 = FloatVector.broadcast(SPECIES, a[aAt + 11]);
            c11 = a11.fma(left, c11);
            d11 = a11.fma(right, d11);
            aAt += aStep;
            bAt += bStep;
        }
        if (add) {
            c0 = c0.add(FloatVector.fromArray(SPECIES, c, cAt));
            d0 = d0.add(FloatVector.fromArray(SPECIES, c, cAt + LENGTH));
            c1 = c1.add(FloatVector.fromArray(SPECIES, c, cAt + ldc));
            d1 = d1.add(FloatVector.fromArray(SPECIES, c, cAt + ldc + LENGTH));
            c2 = c2.add(FloatVector.fromArray(SPECIES, c, cAt + 2 * ldc));
            d2 = d2.add(FloatVector.fromArray(SPECIES, c, cAt + 2 * ldc + LENGTH));
            c3 = c3.add(FloatVector.fromArray(SPECIES, c, cAt + 3 * ldc));
            d3 = d3.add(FloatVector.fromArray(SPECIES, c, cAt + 3 * ldc + LENGTH));
            c4 = c4.add(FloatVector.fromArray(SPECIES, c, cAt + 4 * ldc));
            d4 = d4.add(FloatVector.fromArray(SPECIES, c, cAt + 4 * ldc + LENGTH));
            c5 = c5.add(FloatVector.fromArray(SPECIES, c, cAt + 5 * ldc));
            d5 = d5.add(FloatVector.fromArray(SPECIES, c, cAt + 5 * ldc + LENGTH));
            c6 = c6.add(FloatVector.fromArray(SPECIES, c, cAt + 6 * ldc));
            d6 = d6.add(FloatVector.fromArray(SPECIES, c, cAt + 6 * ldc + LENGTH));
            c7 = c7.add(FloatVector.fromArray(SPECIES, c, cAt + 7 * ldc));
            d7 = d7.add(FloatVector.fromArray(SPECIES, c, cAt + 7 * ldc + LENGTH));
            c8 = c8.add(FloatVector.fromArray(SPECIES, c, cAt + 8 * ldc));
            d8 = d8.add(FloatVector.fromArray(SPECIES, c, cAt + 8 * ldc + LENGTH));
            c9 = c9.add(FloatVector.fromArray(SPECIES, c, cAt + 9 * ldc));
            d9 = d9.add(FloatVector.fromArray(SPECIES, c, cAt + 9 * ldc + LENGTH));
            c10 = c10.add(FloatVector.fromArray(SPECIES, c, cAt + 10 * ldc));
            d10 = d10.add(FloatVector.fromArray(SPECIES, c, cAt + 10 * ldc + LENGTH));
            c11 = c11.add(FloatVector.fromArray(SPECIES, c, cAt + 11 * ldc));
            d11 = d11.add(FloatVector.fromArray(SPECIES, c, cAt + 11 * ldc + LENGTH));
        }
        c0.intoArray(c, cAt);
        d0.intoArray(c, cAt + LENGTH);
        c1.intoArray(c, cAt + ldc);
        d1.intoArray(c, cAt + ldc + LENGTH);
        c2.intoArray(c, cAt + 2 * ldc);
        d2.intoArray(c, cAt + 2 * ldc + LENGTH);
        c3.intoArray(c, cAt + 3 * ldc);
        d3.intoArray(c, cAt + 3 * ldc + LENGTH);
        c4.intoArray(c, cAt + 4 * ldc);
        d4.intoArray(c, cAt + 4 * ldc + LENGTH);
        c5.intoArray(c, cAt + 5 * ldc);
        d5.intoArray(c, cAt + 5 * ldc + LENGTH);
        c6.intoArray(c, cAt + 6 * ldc);
        d6.intoArray(c, cAt + 6 * ldc + LENGTH);
        c7.intoArray(c, cAt + 7 * ldc);
        d7.intoArray(c, cAt + 7 * ldc + LENGTH);
        c8.intoArray(c, cAt + 8 * ldc);
        d8.intoArray(c, cAt + 8 * ldc + LENGTH);
        c9.intoArray(c, cAt + 9 * ldc);
        d9.intoArray(c, cAt + 9 * ldc + LENGTH);
        c10.intoArray(c, cAt + 10 * ldc);
        d10.intoArray(c, cAt + 10 * ldc + LENGTH);
        c11.intoArray(c, cAt + 11 * ldc);
        d11.intoArray(c, cAt + 11 * ldc + LENGTH);
    }

    /**
     * 1 to 6 rows × 2 vectors; a row's k numbers of A lie side by side, needs 15 registers.
     * Rows that are not there repeat the last one, so that nothing is decided after the loop.
     */
    static void rows(float[] a, int aAt, int aRow, float[] b, int bAt, int bStep, int k, float[] c, int cAt, int ldc,
                     boolean add, int rows) {
        int last = rows - 1;
        int row1 = aAt + Math.min(1, last) * aRow;
        int row2 = aAt + Math.min(2, last) * aRow;
        int row3 = aAt + Math.min(3, last) * aRow;
        int row4 = aAt + Math.min(4, last) * aRow;
        int row5 = aAt + Math.min(5, last) * aRow;
        var zero = FloatVector.zero(SPECIES);
        FloatVector c0 = zero, d0 = zero;
        FloatVector c1 = zero, d1 = zero;
        FloatVector c2 = zero, d2 = zero;
        FloatVector c3 = zero, d3 = zero;
        FloatVector c4 = zero, d4 = zero;
        FloatVector c5 = zero, d5 = zero;
        for (int p = 0; p < k; p++) {
            var left = FloatVector.fromArray(SPECIES, b, bAt);
            var right = FloatVector.fromArray(SPECIES, b, bAt + LENGTH);
            var a0 = FloatVector.broadcast(SPECIES, a[aAt + p]);
            c0 = a0.fma(left, c0);
            d0 = a0.fma(right, d0);
            var a1 = FloatVector.broadcast(SPECIES, a[row1 + p]);
            c1 = a1.fma(left, c1);
            d1 = a1.fma(right, d1);
            var a2 = FloatVector.broadcast(SPECIES, a[row2 + p]);
            c2 = a2.fma(left, c2);
            d2 = a2.fma(right, d2);
            var a3 = FloatVector.broadcast(SPECIES, a[row3 + p]);
            c3 = a3.fma(left, c3);
            d3 = a3.fma(right, d3);
            var a4 = FloatVector.broadcast(SPECIES, a[row4 + p]);
            c4 = a4.fma(left, c4);
            d4 = a4.fma(right, d4);
            var a5 = FloatVector.broadcast(SPECIES, a[row5 + p]);
            c5 = a5.fma(left, c5);
            d5 = a5.fma(right, d5);
            bAt += bStep;
        }
        int to1 = cAt + Math.min(1, last) * ldc;
        int to2 = cAt + Math.min(2, last) * ldc;
        int to3 = cAt + Math.min(3, last) * ldc;
        int to4 = cAt + Math.min(4, last) * ldc;
        int to5 = cAt + Math.min(5, last) * ldc;
        if (add) {
            c0 = c0.add(FloatVector.fromArray(SPECIES, c, cAt));
            d0 = d0.add(FloatVector.fromArray(SPECIES, c, cAt + LENGTH));
            c1 = c1.add(FloatVector.fromArray(SPECIES, c, to1));
            d1 = d1.add(FloatVector.fromArray(SPECIES, c, to1 + LENGTH));
            c2 = c2.add(FloatVector.fromArray(SPECIES, c, to2));
            d2 = d2.add(FloatVector.fromArray(SPECIES, c, to2 + LENGTH));
            c3 = c3.add(FloatVector.fromArray(SPECIES, c, to3));
            d3 = d3.add(FloatVector.fromArray(SPECIES, c, to3 + LENGTH));
            c4 = c4.add(FloatVector.fromArray(SPECIES, c, to4));
            d4 = d4.add(FloatVector.fromArray(SPECIES, c, to4 + LENGTH));
            c5 = c5.add(FloatVector.fromArray(SPECIES, c, to5));
            d5 = d5.add(FloatVector.fromArray(SPECIES, c, to5 + LENGTH));
        }
        c0.intoArray(c, cAt);
        d0.intoArray(c, cAt + LENGTH);
        c1.intoArray(c, to1);
        d1.intoArray(c, to1 + LENGTH);
        c2.intoArray(c, to2);
        d2.intoArray(c, to2 + LENGTH);
        c3.intoArray(c, to3);
        d3.intoArray(c, to3 + LENGTH);
        c4.intoArray(c, to4);
        d4.intoArray(c, to4 + LENGTH);
        c5.intoArray(c, to5);
        d5.intoArray(c, to5 + LENGTH);
    }

    /** As {@link #rows} with 1 vector. */
    static void narrow(float[] a, int aAt, int aRow, float[] b, int bAt, int bStep, int k, float[] c, int cAt, int ldc,
                       boolean add, int rows) {
        int last = rows - 1;
        int row1 = aAt + Math.min(1, last) * aRow;
        int row2 = aAt + Math.min(2, last) * aRow;
        int row3 = aAt + Math.min(3, last) * aRow;
        int row4 = aAt + Math.min(4, last) * aRow;
        int row5 = aAt + Math.min(5, last) * aRow;
        var zero = FloatVector.zero(SPECIES);
        var c0 = zero;
        var c1 = zero;
        var c2 = zero;
        var c3 = zero;
        var c4 = zero;
        var c5 = zero;
        for (int p = 0; p < k; p++) {
            var left = FloatVector.fromArray(SPECIES, b, bAt);
            var a0 = FloatVector.broadcast(SPECIES, a[aAt + p]);
            c0 = a0.fma(left, c0);
            var a1 = FloatVector.broadcast(SPECIES, a[row1 + p]);
            c1 = a1.fma(left, c1);
            var a2 = FloatVector.broadcast(SPECIES, a[row2 + p]);
            c2 = a2.fma(left, c2);
            var a3 = FloatVector.broadcast(SPECIES, a[row3 + p]);
            c3 = a3.fma(left, c3);
            var a4 = FloatVector.broadcast(SPECIES, a[row4 + p]);
            c4 = a4.fma(left, c4);
            var a5 = FloatVector.broadcast(SPECIES, a[row5 + p]);
            c5 = a5.fma(left, c5);
            bAt += bStep;
        }
        int to1 = cAt + Math.min(1, last) * ldc;
        int to2 = cAt + Math.min(2, last) * ldc;
        int to3 = cAt + Math.min(3, last) * ldc;
        int to4 = cAt + Math.min(4, last) * ldc;
        int to5 = cAt + Math.min(5, last) * ldc;
        if (add) {
            c0 = c0.add(FloatVector.fromArray(SPECIES, c, cAt));
            c1 = c1.add(FloatVector.fromArray(SPECIES, c, to1));
            c2 = c2.add(FloatVector.fromArray(SPECIES, c, to2));
            c3 = c3.add(FloatVector.fromArray(SPECIES, c, to3));
            c4 = c4.add(FloatVector.fromArray(SPECIES, c, to4));
            c5 = c5.add(FloatVector.fromArray(SPECIES, c, to5));
        }
        c0.intoArray(c, cAt);
        c1.intoArray(c, to1);
        c2.intoArray(c, to2);
        c3.intoArray(c, to3);
        c4.intoArray(c, to4);
        c5.intoArray(c, to5);
    }
}
