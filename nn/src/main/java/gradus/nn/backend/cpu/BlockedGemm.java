package gradus.nn.backend.cpu;

import static gradus.nn.backend.cpu.GemmTiles.COLUMNS;
import static gradus.nn.backend.cpu.GemmTiles.PANELS;
import static gradus.nn.backend.cpu.GemmTiles.PANEL_ROWS;

import gradus.nn.backend.cpu.Gemm.RowsDone;

/**
 * A large product after the BLIS scheme: B is packed once, by all threads, into panels of two vectors' width; then the threads
 * take parts of C, pack the rows of A that a part needs, and walk the tiles.
 *
 * <p>On two Zen 5 cores, of a peak of 265 GFLOP/s each: 768³ 211 with one thread and 417 with two,
 * 577 × 391 × 1023 184 and 371, each with a new result.
 */
record BlockedGemm(int m, int n, int k, float[] a, int aAt, int aRow, int aColumn, float[] b, int bAt, int bRow, int bColumn,
                   float[] c, int cAt, int ldc) {

    private static final int TILE_ROWS = PANELS ? PANEL_ROWS : GemmTiles.ROWS;
    /** Rows of A packed at a time: 96 × 768 floats, 288 KiB, which stay in the second-level cache beside a panel of B. */
    private static final int MOST_TILES = 96 / TILE_ROWS;
    /** Floats of B packed at a time: 8 MiB, which stay in the third-level cache. */
    private static final int PACKED = 2 << 20;
    private static final int MOST_COLUMNS = PACKED / Gemm.BLOCK / COLUMNS * COLUMNS;
    /** Up to so many rows of C B is read where it lies: it would be read too few times to be packed. */
    private static final int UNPACKED_ROWS = 48;
    /** Up to so many columns of C a transposed A is read where it lies. */
    private static final int UNPACKED_COLUMNS = 128;

    /** As {@link Gemm#multiply}. */
    static void multiply(int m, int n, int k, float[] a, int aAt, int aRow, int aColumn, float[] b, int bAt, int bRow,
                         int bColumn, float[] c, int cAt, int ldc, boolean add, RowsDone after) {
        for (int j = 0; j < n; j += MOST_COLUMNS) {
            int columns = Math.min(MOST_COLUMNS, n - j);
            new BlockedGemm(m, columns, k, a, aAt, aRow, aColumn, b, bAt + j * bColumn, bRow, bColumn, c, cAt + j, ldc)
                    .multiply(add, j + columns == n ? after : RowsDone.NONE);
        }
    }

    private void multiply(boolean add, RowsDone after) {
        boolean pack = bColumn != 1 || m > UNPACKED_ROWS || SmallGemm.beyond(n, k, bAt, bRow) > b.length;
        int panels = (n + COLUMNS - 1) / COLUMNS;
        int span = pack ? Math.max(1, PACKED / (panels * COLUMNS) / Gemm.BLOCK) * Gemm.BLOCK : k;
        for (int p = 0; p < k; p += span) {
            int terms = Math.min(span, k - p);
            boolean last = p + terms == k;
            if (pack) {
                var packed = Scratch.RIGHT.floats(panels * COLUMNS * terms);
                pack(p, terms, panels, packed);
                parts(p, terms, packed, add || p > 0, last ? after : RowsDone.NONE);
            } else {
                parts(p, terms, null, add || p > 0, last ? after : RowsDone.NONE);
            }
        }
    }

    private static int ceiling(int n, int unit) {
        return (n + unit - 1) / unit;
    }

    /** Panel j of the block of terms that begins at p lies at {@code p * panels * COLUMNS + j * terms-of-the-block}. */
    private void pack(int p, int terms, int panels, float[] packed) {
        int blocks = ceiling(terms, Gemm.BLOCK);
        int parts = (long) terms * n < Gemm.PARALLEL / 4 ? 1 : Math.min(blocks * panels, 4 * Threads.count());
        Threads.run(parts, part -> {
            int to = (int) ((long) blocks * panels * (part + 1) / parts);
            for (int panel = (int) ((long) blocks * panels * part / parts); panel < to; panel++) {
                int q = panel / panels * Gemm.BLOCK;
                int j = panel % panels * COLUMNS;
                packPanel(p + q, Math.min(Gemm.BLOCK, terms - q), j, packed, q * panels * COLUMNS);
            }
        });
    }

    private void packPanel(int p, int terms, int j, float[] packed, int blockAt) {
        int from = bAt + p * bRow + j * bColumn;
        int columns = Math.min(COLUMNS, n - j);
        int to = blockAt + j * terms;
        if (bColumn == 1 && columns == COLUMNS) {
            Pack.panel(b, from, bRow, terms, packed, to);
        } else if (bColumn == 1) {
            Pack.columns(b, from, bRow, columns, terms, packed, to, COLUMNS);
        } else {
            Pack.interleave(b, from, bColumn, columns, bRow, terms, packed, to, COLUMNS);
        }
    }

    private void parts(int p, int terms, float[] packed, boolean add, RowsDone after) {
        int threads = (long) m * n * terms < Gemm.PARALLEL ? 1 : Threads.count();
        int tiles = ceiling(m, TILE_ROWS);
        int panels = ceiling(n, COLUMNS);
        int wanted = threads == 1 ? 1 : 4 * threads;   // so that a late thread costs little
        int tilesEach = Math.clamp(tiles / wanted, 1, MOST_TILES);
        int rowParts = ceiling(tiles, tilesEach);
        int columnParts = Math.min(panels, ceiling(wanted, rowParts));
        int rows = tilesEach * TILE_ROWS;
        Threads.run(rowParts * columnParts, part -> {
            int i = part / columnParts * rows;
            int j = panels * (part % columnParts) / columnParts * COLUMNS;
            int toRow = Math.min(m, i + rows);
            int toColumn = Math.min(n, panels * (part % columnParts + 1) / columnParts * COLUMNS);
            for (int q = 0; q < terms; q += Gemm.BLOCK) {
                block(i, toRow, j, toColumn, p + q, Math.min(Gemm.BLOCK, terms - q), packed, q * panels * COLUMNS, add || q > 0);
            }
            if (columnParts == 1) {
                after.done(i, toRow);
            }
        });
        if (columnParts > 1) {
            after.done(0, m);
        }
    }

    /** The part of C with the rows from {@code i} and the columns from {@code j}, the terms of one block. */
    private void block(int i, int toRow, int j, int toColumn, int p, int terms, float[] packed, int blockAt, boolean add) {
        int full = PANELS ? (toRow - i) / PANEL_ROWS * PANEL_ROWS : 0;
        int rest = toRow - i - full;
        int at = aAt + i * aRow + p * aColumn;
        boolean packs = aRow != 1 || toColumn - j > UNPACKED_COLUMNS;   // else a term's rows lie side by side already
        var panels = Scratch.LEFT.floats((toRow - i) * terms);
        if (packs) {
            packPanels(at, full, terms, panels);
        }
        var rows = a;
        int rowsAt = at + full * aRow;
        int rowStep = aRow;
        if (aColumn != 1 && rest > 0) {
            Pack.interleave(a, rowsAt, aColumn, terms, aRow, rest, panels, full * terms, terms);
            rows = panels;
            rowsAt = full * terms;
            rowStep = terms;
        }
        boolean unpacked = packed == null;
        GemmTiles.cover(full, rest, toColumn - j, terms, packs ? panels : a, packs ? 0 : at, packs ? terms : 1,
                packs ? PANEL_ROWS : aColumn, rows, rowsAt, rowStep, unpacked ? b : packed, unpacked ? bAt + p * bRow + j : blockAt + j * terms,
                unpacked ? bRow : COLUMNS, unpacked ? COLUMNS : COLUMNS * terms, c, cAt + i * ldc + j, ldc, add);
    }

    private void packPanels(int at, int rows, int terms, float[] to) {
        for (int i = 0; i < rows; i += PANEL_ROWS) {
            if (aRow == 1) {
                Pack.narrow(a, at + i, aColumn, PANEL_ROWS, terms, to, i * terms, PANEL_ROWS);
            } else {
                Pack.interleave(a, at + i * aRow, aRow, PANEL_ROWS, aColumn, terms, to, i * terms, PANEL_ROWS);
            }
        }
    }
}
