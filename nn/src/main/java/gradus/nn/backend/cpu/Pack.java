package gradus.nn.backend.cpu;

import jdk.incubator.vector.FloatVector;

/** Copies of operands in the order in which a kernel reads them. */
final class Pack {

    /** Terms copied before the next lines follow: what is written stays in the first-level cache. */
    private static final int STRIP = 64;

    private Pack() {
    }

    /**
     * Lines laid side by side: {@code to[toAt + p * width + i] = from[at + i * lineStep + p * termStep]} for all lines i and
     * terms p. Made for lines that are contiguous themselves.
     */
    static void interleave(float[] from, int at, int lineStep, int lines, int termStep, int terms, float[] to, int toAt,
                           int width) {
        for (int p = 0; p < terms; p += STRIP) {
            int strip = Math.min(STRIP, terms - p);
            int i = 0;
            for (; i + 4 <= lines; i += 4) {
                four(from, at + i * lineStep + p * termStep, lineStep, termStep, strip, to, toAt + p * width + i, width);
            }
            for (; i < lines; i++) {
                for (int q = p; q < p + strip; q++) {
                    to[toAt + q * width + i] = from[at + i * lineStep + q * termStep];
                }
            }
        }
    }

    private static void four(float[] from, int at, int lineStep, int termStep, int terms, float[] to, int toAt, int width) {
        int line1 = at + lineStep;
        int line2 = line1 + lineStep;
        int line3 = line2 + lineStep;
        for (int p = 0; p < terms; p++) {
            int q = p * termStep;
            int t = toAt + p * width;
            to[t] = from[at + q];
            to[t + 1] = from[line1 + q];
            to[t + 2] = from[line2 + q];
            to[t + 3] = from[line3 + q];
        }
    }

    /** Rows of {@code columns} numbers, {@code fromStep} apart, {@code toStep} apart. */
    static void columns(float[] from, int at, int fromStep, int columns, int terms, float[] to, int toAt, int toStep) {
        if (fromStep == columns && toStep == columns) {
            System.arraycopy(from, at, to, toAt, terms * columns);
        } else {
            for (int p = 0; p < terms; p++) {
                System.arraycopy(from, at + p * fromStep, to, toAt + p * toStep, columns);
            }
        }
    }

    /** Rows of two vectors, {@code fromStep} apart, one below the other. */
    static void panel(float[] from, int at, int fromStep, int terms, float[] to, int toAt) {
        for (int p = 0; p < terms; p++) {
            var left = FloatVector.fromArray(GemmTiles.SPECIES, from, at);
            var right = FloatVector.fromArray(GemmTiles.SPECIES, from, at + GemmTiles.LENGTH);
            left.intoArray(to, toAt);
            right.intoArray(to, toAt + GemmTiles.LENGTH);
            at += fromStep;
            toAt += GemmTiles.COLUMNS;
        }
    }

    /** Rows of up to one vector, {@code fromStep} apart, {@code toStep} apart. */
    static void narrow(float[] from, int at, int fromStep, int columns, int terms, float[] to, int toAt, int toStep) {
        var mask = GemmTiles.SPECIES.indexInRange(0, columns);
        for (int p = 0; p < terms; p++) {
            FloatVector.fromArray(GemmTiles.SPECIES, from, at, mask).intoArray(to, toAt, mask);
            at += fromStep;
            toAt += toStep;
        }
    }
}
