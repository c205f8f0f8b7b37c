package gradus.nn.backend.cpu;

import java.util.Arrays;

/**
 * Matrix product in float32: {@code C = A B} or {@code C += A B} with A [m, k], B [k, n], C [m, n].
 *
 * <p>A and B are views with any strides, so a transposed matrix is multiplied as it lies. A sum has one order whatever the
 * path, the tile, the vectors and the threads: within blocks of {@link #BLOCK} terms fused multiply-adds in ascending order
 * from zero, the blocks' sums added in ascending order. Results are therefore equal to the bit everywhere.
 */
public final class Gemm {

    /**
     * Terms summed before they are added to C. A panel of B of 768 × 32 floats, 96 KiB, comes from the second-level cache, fast
     * enough; with 384 terms it would fit the first, but C be read and written twice as often: 768³ took 6 % longer, 1536³ 9 %.
     */
    static final int BLOCK = PlainCpu.K_BLOCK;

    /** Multiply-adds below which cutting into blocks and packing cost more than they save. */
    private static final long SMALL = 40_000;

    /** Multiply-adds from which a second thread pays: 0.2 MFLOP, a few times what starting it costs. */
    static final long PARALLEL = 100_000;

    private Gemm() {
    }

    /** What to do with rows of C that are complete, while they are in the cache: add a bias, apply an activation. */
    @FunctionalInterface
    public interface RowsDone {

        /** Nothing. */
        RowsDone NONE = (fromRow, toRow) -> { };

        /** The rows from {@code fromRow} to below {@code toRow} have their last value; called on the thread that made it. */
        void done(int fromRow, int toRow);
    }

    /**
     * {@code C = A B}, or {@code C += A B} with {@code add}.
     *
     * @param a element (i, p) of A at {@code aAt + i * aRow + p * aColumn}
     * @param b element (p, j) of B at {@code bAt + p * bRow + j * bColumn}
     * @param c element (i, j) of C at {@code cAt + i * ldc + j}
     */
    public static void multiply(int m, int n, int k, float[] a, int aAt, int aRow, int aColumn, float[] b, int bAt, int bRow,
                                int bColumn, float[] c, int cAt, int ldc, boolean add, RowsDone after) {
        if (m == 0 || n == 0) {
            return;
        }
        if (k == 0) {
            for (int i = 0; i < m && !add; i++) {
                Arrays.fill(c, cAt + i * ldc, cAt + i * ldc + n, 0);
            }
            after.done(0, m);
        } else if (n == 1 && m > 1 && ldc == 1 && aRow == 1) {   // a column is a row: one with vectors
            multiply(1, m, k, b, bAt, bColumn, bRow, a, aAt, aColumn, aRow, c, cAt, m, add, RowsDone.NONE);
            after.done(0, m);
        } else if ((long) m * n * k <= SMALL) {
            SmallGemm.multiply(m, n, k, a, aAt, aRow, aColumn, b, bAt, bRow, bColumn, c, cAt, ldc, add);
            after.done(0, m);
        } else {
            BlockedGemm.multiply(m, n, k, a, aAt, aRow, aColumn, b, bAt, bRow, bColumn, c, cAt, ldc, add, after);
        }
    }
}
