package gradus.nn.backend.cpu;

import static gradus.nn.backend.cpu.GemmTiles.COLUMNS;
import static gradus.nn.backend.cpu.GemmTiles.LENGTH;

/** A product on the calling thread that reads A and B where they lie if the kernels can. */
final class SmallGemm {

    private SmallGemm() {
    }

    /** As {@link Gemm#multiply}. */
    static void multiply(int m, int n, int k, float[] a, int aAt, int aRow, int aColumn, float[] b, int bAt, int bRow,
                         int bColumn, float[] c, int cAt, int ldc, boolean add) {
        if (aColumn != 1) {
            var copy = Scratch.LEFT.floats(m * k);
            Pack.interleave(a, aAt, aColumn, k, aRow, m, copy, 0, k);
            a = copy;
            aAt = 0;
            aRow = k;
        }
        if (bColumn != 1) {
            var copy = Scratch.RIGHT.floats(k * n + COLUMNS);
            Pack.interleave(b, bAt, bColumn, n, bRow, k, copy, 0, n);
            b = copy;
            bAt = 0;
            bRow = n;
        } else if (beyond(n, k, bAt, bRow) > b.length) {
            var copy = Scratch.RIGHT.floats(k * n + COLUMNS);
            Pack.columns(b, bAt, bRow, n, k, copy, 0, n);
            b = copy;
            bAt = 0;
            bRow = n;
        }
        for (int p = 0; p < k; p += Gemm.BLOCK) {
            GemmTiles.cover(0, m, n, Math.min(Gemm.BLOCK, k - p), a, 0, 0, 0, a, aAt + p, aRow, b, bAt + p * bRow, bRow, COLUMNS,
                    c, cAt, ldc, add || p > 0);
        }
    }

    /** The end of what {@link GemmTiles#cover} reads of a B with contiguous rows: whole vectors. */
    static int beyond(int n, int k, int bAt, int bRow) {
        return bAt + (k - 1) * bRow + (n + LENGTH - 1) / LENGTH * LENGTH;
    }
}
