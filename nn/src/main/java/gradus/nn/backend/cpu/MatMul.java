package gradus.nn.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Matrix product in float32 after the BLIS scheme: blocks of A and B are packed into panels in the order in which a
 * tile of C, held in registers, walks through them.
 *
 * <p>The tile is 12 × 2 vectors with 512-bit registers, of which there are 32, and 6 × 2 with the 16 of 256 bits. Its
 * loop is written out and calls nothing: with so much as a two-line helper for the stores HotSpot stops inlining,
 * boxes every vector, and speed falls from 86–100 to 10–15 GFLOP/s (measured on one Zen 4 core).
 */
final class MatMul {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LENGTH = SPECIES.length();
    private static final int TILE_ROWS = LENGTH >= 16 ? 12 : 6;
    private static final int TILE_COLUMNS = 2 * LENGTH;
    /** Rows of A packed at a time: 96 × 384 floats are 144 KiB, which stay in the second-level cache. */
    private static final int ROW_BLOCK = 96;

    /** Packed panels, kept per thread: allocating them anew costs more than a small product. */
    private final ThreadLocal<Panels> panels = ThreadLocal.withInitial(Panels::new);

    private static final class Panels {

        private float[] a = new float[0];
        private float[] b = new float[0];
        private final float[] edge = new float[TILE_ROWS * TILE_COLUMNS];

        private void grow(int aLength, int bLength) {
            if (a.length < aLength) {
                a = new float[aLength];
            }
            if (b.length < bLength) {
                b = new float[bLength];
            }
        }
    }

    /** {@code C = A B}, C dense, A and B with any strides. */
    void multiply(int m, int n, int k, float[] a, int aOffset, int rowStepA, int columnStepA, float[] b, int bOffset,
                  int rowStepB, int columnStepB, float[] c, int cOffset) {
        var packed = panels.get();
        int block = Math.min(k, PlainCpu.K_BLOCK);
        packed.grow(roundUp(Math.min(m, ROW_BLOCK), TILE_ROWS) * block, roundUp(n, TILE_COLUMNS) * block);
        for (int p = 0; p < k; p += PlainCpu.K_BLOCK) {
            int kc = Math.min(PlainCpu.K_BLOCK, k - p);
            pack(b, bOffset + p * rowStepB, columnStepB, rowStepB, n, kc, TILE_COLUMNS, packed.b);
            for (int i = 0; i < m; i += ROW_BLOCK) {
                int mc = Math.min(ROW_BLOCK, m - i);
                pack(a, aOffset + i * rowStepA + p * columnStepA, rowStepA, columnStepA, mc, kc, TILE_ROWS, packed.a);
                tiles(packed, mc, n, kc, c, cOffset + i * n, p > 0);
            }
        }
    }

    private static int roundUp(int n, int multiple) {
        return (n + multiple - 1) / multiple * multiple;
    }

    /** Panels of {@code width} lines side by side, each line's {@code kc} terms one below the other, zeros beyond. */
    private static void pack(float[] from, int offset, int lineStep, int termStep, int lines, int kc, int width,
                             float[] to) {
        int at = 0;
        for (int line = 0; line < lines; line += width) {
            int present = Math.min(width, lines - line);
            int start = offset + line * lineStep;
            if (lineStep == 1) {
                for (int p = 0; p < kc; p++) {
                    System.arraycopy(from, start + p * termStep, to, at + p * width, present);
                }
            } else {
                for (int i = 0; i < present; i++) {
                    for (int p = 0; p < kc; p++) {
                        to[at + p * width + i] = from[start + i * lineStep + p * termStep];
                    }
                }
            }
            if (present < width) {
                for (int p = 0; p < kc; p++) {
                    for (int i = present; i < width; i++) {
                        to[at + p * width + i] = 0;
                    }
                }
            }
            at += kc * width;
        }
    }

    private static void tiles(Panels packed, int m, int n, int kc, float[] c, int cOffset, boolean add) {
        for (int j = 0; j < n; j += TILE_COLUMNS) {
            for (int i = 0; i < m; i += TILE_ROWS) {
                if (i + TILE_ROWS <= m && j + TILE_COLUMNS <= n) {
                    tile(packed.a, i * kc, packed.b, j * kc, kc, c, cOffset + i * n + j, n, add);
                } else {
                    tile(packed.a, i * kc, packed.b, j * kc, kc, packed.edge, 0, TILE_COLUMNS, false);
                    copyEdge(packed.edge, Math.min(TILE_ROWS, m - i), Math.min(TILE_COLUMNS, n - j), c,
                            cOffset + i * n + j, n, add);
                }
            }
        }
    }

    private static void copyEdge(float[] edge, int rows, int columns, float[] c, int cAt, int ldc, boolean add) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                float value = edge[i * TILE_COLUMNS + j];
                c[cAt + i * ldc + j] = add ? c[cAt + i * ldc + j] + value : value;
            }
        }
    }

    private static void tile(float[] a, int aAt, float[] b, int bAt, int k, float[] c, int cAt, int ldc, boolean add) {
        if (TILE_ROWS == 12) {
            tile12(a, aAt, b, bAt, k, c, cAt, ldc, add);
        } else {
            tile6(a, aAt, b, bAt, k, c, cAt, ldc, add);
        }
    }

    /** 12 rows × 2 vectors of C from a panel of A and a panel of B, over k terms. */
    private static void tile12(float[] a, int aAt, float[] b, int bAt, int k, float[] c, int cAt, int ldc,
                               boolean add) {
        var c0l = FloatVector.zero(SPECIES);
        var c0r = FloatVector.zero(SPECIES);
        var c1l = FloatVector.zero(SPECIES);
        var c1r = FloatVector.zero(SPECIES);
        var c2l = FloatVector.zero(SPECIES);
        var c2r = FloatVector.zero(SPECIES);
        var c3l = FloatVector.zero(SPECIES);
        var c3r = FloatVector.zero(SPECIES);
        var c4l = FloatVector.zero(SPECIES);
        var c4r = FloatVector.zero(SPECIES);
        var c5l = FloatVector.zero(SPECIES);
        var c5r = FloatVector.zero(SPECIES);
        var c6l = FloatVector.zero(SPECIES);
        var c6r = FloatVector.zero(SPECIES);
        var c7l = FloatVector.zero(SPECIES);
        var c7r = FloatVector.zero(SPECIES);
        var c8l = FloatVector.zero(SPECIES);
        var c8r = FloatVector.zero(SPECIES);
        var c9l = FloatVector.zero(SPECIES);
        var c9r = FloatVector.zero(SPECIES);
        var c10l = FloatVector.zero(SPECIES);
        var c10r = FloatVector.zero(SPECIES);
        var c11l = FloatVector.zero(SPECIES);
        var c11r = FloatVector.zero(SPECIES);
        for (int p = 0; p < k; p++) {
            var left = FloatVector.fromArray(SPECIES, b, bAt);
            var right = FloatVector.fromArray(SPECIES, b, bAt + LENGTH);
            var a0 = FloatVector.broadcast(SPECIES, a[aAt + 0]);
            c0l = a0.fma(left, c0l);
            c0r = a0.fma(right, c0r);
            var a1 = FloatVector.broadcast(SPECIES, a[aAt + 1]);
            c1l = a1.fma(left, c1l);
            c1r = a1.fma(right, c1r);
            var a2 = FloatVector.broadcast(SPECIES, a[aAt + 2]);
            c2l = a2.fma(left, c2l);
            c2r = a2.fma(right, c2r);
            var a3 = FloatVector.broadcast(SPECIES, a[aAt + 3]);
            c3l = a3.fma(left, c3l);
            c3r = a3.fma(right, c3r);
            var a4 = FloatVector.broadcast(SPECIES, a[aAt + 4]);
            c4l = a4.fma(left, c4l);
            c4r = a4.fma(right, c4r);
            var a5 = FloatVector.broadcast(SPECIES, a[aAt + 5]);
            c5l = a5.fma(left, c5l);
            c5r = a5.fma(right, c5r);
            var a6 = FloatVector.broadcast(SPECIES, a[aAt + 6]);
            c6l = a6.fma(left, c6l);
            c6r = a6.fma(right, c6r);
            var a7 = FloatVector.broadcast(SPECIES, a[aAt + 7]);
            c7l = a7.fma(left, c7l);
            c7r = a7.fma(right, c7r);
            var a8 = FloatVector.broadcast(SPECIES, a[aAt + 8]);
            c8l = a8.fma(left, c8l);
            c8r = a8.fma(right, c8r);
            var a9 = FloatVector.broadcast(SPECIES, a[aAt + 9]);
            c9l = a9.fma(left, c9l);
            c9r = a9.fma(right, c9r);
            var a10 = FloatVector.broadcast(SPECIES, a[aAt + 10]);
            c10l = a10.fma(left, c10l);
            c10r = a10.fma(right, c10r);
            var a11 = FloatVector.broadcast(SPECIES, a[aAt + 11]);
            c11l = a11.fma(left, c11l);
            c11r = a11.fma(right, c11r);
            aAt += 12;
            bAt += 2 * LENGTH;
        }
        if (add) {
            c0l = c0l.add(FloatVector.fromArray(SPECIES, c, cAt));
            c0r = c0r.add(FloatVector.fromArray(SPECIES, c, cAt + LENGTH));
            c1l = c1l.add(FloatVector.fromArray(SPECIES, c, cAt + ldc));
            c1r = c1r.add(FloatVector.fromArray(SPECIES, c, cAt + ldc + LENGTH));
            c2l = c2l.add(FloatVector.fromArray(SPECIES, c, cAt + 2 * ldc));
            c2r = c2r.add(FloatVector.fromArray(SPECIES, c, cAt + 2 * ldc + LENGTH));
            c3l = c3l.add(FloatVector.fromArray(SPECIES, c, cAt + 3 * ldc));
            c3r = c3r.add(FloatVector.fromArray(SPECIES, c, cAt + 3 * ldc + LENGTH));
            c4l = c4l.add(FloatVector.fromArray(SPECIES, c, cAt + 4 * ldc));
            c4r = c4r.add(FloatVector.fromArray(SPECIES, c, cAt + 4 * ldc + LENGTH));
            c5l = c5l.add(FloatVector.fromArray(SPECIES, c, cAt + 5 * ldc));
            c5r = c5r.add(FloatVector.fromArray(SPECIES, c, cAt + 5 * ldc + LENGTH));
            c6l = c6l.add(FloatVector.fromArray(SPECIES, c, cAt + 6 * ldc));
            c6r = c6r.add(FloatVector.fromArray(SPECIES, c, cAt + 6 * ldc + LENGTH));
            c7l = c7l.add(FloatVector.fromArray(SPECIES, c, cAt + 7 * ldc));
            c7r = c7r.add(FloatVector.fromArray(SPECIES, c, cAt + 7 * ldc + LENGTH));
            c8l = c8l.add(FloatVector.fromArray(SPECIES, c, cAt + 8 * ldc));
            c8r = c8r.add(FloatVector.fromArray(SPECIES, c, cAt + 8 * ldc + LENGTH));
            c9l = c9l.add(FloatVector.fromArray(SPECIES, c, cAt + 9 * ldc));
            c9r = c9r.add(FloatVector.fromArray(SPECIES, c, cAt + 9 * ldc + LENGTH));
            c10l = c10l.add(FloatVector.fromArray(SPECIES, c, cAt + 10 * ldc));
            c10r = c10r.add(FloatVector.fromArray(SPECIES, c, cAt + 10 * ldc + LENGTH));
            c11l = c11l.add(FloatVector.fromArray(SPECIES, c, cAt + 11 * ldc));
            c11r = c11r.add(FloatVector.fromArray(SPECIES, c, cAt + 11 * ldc + LENGTH));
        }
        c0l.intoArray(c, cAt);
        c0r.intoArray(c, cAt + LENGTH);
        c1l.intoArray(c, cAt + ldc);
        c1r.intoArray(c, cAt + ldc + LENGTH);
        c2l.intoArray(c, cAt + 2 * ldc);
        c2r.intoArray(c, cAt + 2 * ldc + LENGTH);
        c3l.intoArray(c, cAt + 3 * ldc);
        c3r.intoArray(c, cAt + 3 * ldc + LENGTH);
        c4l.intoArray(c, cAt + 4 * ldc);
        c4r.intoArray(c, cAt + 4 * ldc + LENGTH);
        c5l.intoArray(c, cAt + 5 * ldc);
        c5r.intoArray(c, cAt + 5 * ldc + LENGTH);
        c6l.intoArray(c, cAt + 6 * ldc);
        c6r.intoArray(c, cAt + 6 * ldc + LENGTH);
        c7l.intoArray(c, cAt + 7 * ldc);
        c7r.intoArray(c, cAt + 7 * ldc + LENGTH);
        c8l.intoArray(c, cAt + 8 * ldc);
        c8r.intoArray(c, cAt + 8 * ldc + LENGTH);
        c9l.intoArray(c, cAt + 9 * ldc);
        c9r.intoArray(c, cAt + 9 * ldc + LENGTH);
        c10l.intoArray(c, cAt + 10 * ldc);
        c10r.intoArray(c, cAt + 10 * ldc + LENGTH);
        c11l.intoArray(c, cAt + 11 * ldc);
        c11r.intoArray(c, cAt + 11 * ldc + LENGTH);
    }

    /** 6 rows × 2 vectors of C from a panel of A and a panel of B, over k terms. */
    private static void tile6(float[] a, int aAt, float[] b, int bAt, int k, float[] c, int cAt, int ldc,
                              boolean add) {
        var c0l = FloatVector.zero(SPECIES);
        var c0r = FloatVector.zero(SPECIES);
        var c1l = FloatVector.zero(SPECIES);
        var c1r = FloatVector.zero(SPECIES);
        var c2l = FloatVector.zero(SPECIES);
        var c2r = FloatVector.zero(SPECIES);
        var c3l = FloatVector.zero(SPECIES);
        var c3r = FloatVector.zero(SPECIES);
        var c4l = FloatVector.zero(SPECIES);
        var c4r = FloatVector.zero(SPECIES);
        var c5l = FloatVector.zero(SPECIES);
        var c5r = FloatVector.zero(SPECIES);
        for (int p = 0; p < k; p++) {
            var left = FloatVector.fromArray(SPECIES, b, bAt);
            var right = FloatVector.fromArray(SPECIES, b, bAt + LENGTH);
            var a0 = FloatVector.broadcast(SPECIES, a[aAt + 0]);
            c0l = a0.fma(left, c0l);
            c0r = a0.fma(right, c0r);
            var a1 = FloatVector.broadcast(SPECIES, a[aAt + 1]);
            c1l = a1.fma(left, c1l);
            c1r = a1.fma(right, c1r);
            var a2 = FloatVector.broadcast(SPECIES, a[aAt + 2]);
            c2l = a2.fma(left, c2l);
            c2r = a2.fma(right, c2r);
            var a3 = FloatVector.broadcast(SPECIES, a[aAt + 3]);
            c3l = a3.fma(left, c3l);
            c3r = a3.fma(right, c3r);
            var a4 = FloatVector.broadcast(SPECIES, a[aAt + 4]);
            c4l = a4.fma(left, c4l);
            c4r = a4.fma(right, c4r);
            var a5 = FloatVector.broadcast(SPECIES, a[aAt + 5]);
            c5l = a5.fma(left, c5l);
            c5r = a5.fma(right, c5r);
            aAt += 6;
            bAt += 2 * LENGTH;
        }
        if (add) {
            c0l = c0l.add(FloatVector.fromArray(SPECIES, c, cAt));
            c0r = c0r.add(FloatVector.fromArray(SPECIES, c, cAt + LENGTH));
            c1l = c1l.add(FloatVector.fromArray(SPECIES, c, cAt + ldc));
            c1r = c1r.add(FloatVector.fromArray(SPECIES, c, cAt + ldc + LENGTH));
            c2l = c2l.add(FloatVector.fromArray(SPECIES, c, cAt + 2 * ldc));
            c2r = c2r.add(FloatVector.fromArray(SPECIES, c, cAt + 2 * ldc + LENGTH));
            c3l = c3l.add(FloatVector.fromArray(SPECIES, c, cAt + 3 * ldc));
            c3r = c3r.add(FloatVector.fromArray(SPECIES, c, cAt + 3 * ldc + LENGTH));
            c4l = c4l.add(FloatVector.fromArray(SPECIES, c, cAt + 4 * ldc));
            c4r = c4r.add(FloatVector.fromArray(SPECIES, c, cAt + 4 * ldc + LENGTH));
            c5l = c5l.add(FloatVector.fromArray(SPECIES, c, cAt + 5 * ldc));
            c5r = c5r.add(FloatVector.fromArray(SPECIES, c, cAt + 5 * ldc + LENGTH));
        }
        c0l.intoArray(c, cAt);
        c0r.intoArray(c, cAt + LENGTH);
        c1l.intoArray(c, cAt + ldc);
        c1r.intoArray(c, cAt + ldc + LENGTH);
        c2l.intoArray(c, cAt + 2 * ldc);
        c2r.intoArray(c, cAt + 2 * ldc + LENGTH);
        c3l.intoArray(c, cAt + 3 * ldc);
        c3r.intoArray(c, cAt + 3 * ldc + LENGTH);
        c4l.intoArray(c, cAt + 4 * ldc);
        c4r.intoArray(c, cAt + 4 * ldc + LENGTH);
        c5l.intoArray(c, cAt + 5 * ldc);
        c5r.intoArray(c, cAt + 5 * ldc + LENGTH);
    }
}
