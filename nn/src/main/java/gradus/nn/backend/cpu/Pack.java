package gradus.nn.backend.cpu;

import static gradus.nn.backend.cpu.GemmTiles.LENGTH;
import static gradus.nn.backend.cpu.GemmTiles.SPECIES;

import jdk.incubator.vector.FloatVector;

/** Copies of operands in the order in which a kernel reads them. */
final class Pack {

    /** Terms copied before the next lines follow: what is written stays in the first-level cache. */
    private static final int STRIP = 64;

    /** Lines whose terms are transposed in registers, four by four and then joined. */
    private static final int JOINED = 16;
    private static final boolean TRANSPOSES = LENGTH == JOINED;

    // of two vectors the lanes of the lower or the upper halves in turn: single ones, pairs, fours, eights
    private static final FloatVector LOW_1 = alternately(1, 0);
    private static final FloatVector HIGH_1 = alternately(1, LENGTH / 2);
    private static final FloatVector LOW_2 = alternately(2, 0);
    private static final FloatVector HIGH_2 = alternately(2, LENGTH / 2);
    private static final FloatVector LOW_4 = alternately(4, 0);
    private static final FloatVector HIGH_4 = alternately(4, LENGTH / 2);
    private static final FloatVector LOW_8 = alternately(8, 0);
    private static final FloatVector HIGH_8 = alternately(8, LENGTH / 2);
    // of two vectors fours of lanes, those of the second counted from 4: three vectors in turn take two such steps
    private static final FloatVector TWELVE_1 = fours(0, 4, 0, 1);
    private static final FloatVector TWELVE_1_THIRD = fours(0, 1, 4, 3);
    private static final FloatVector TWELVE_2 = fours(5, 0, 2, 6);
    private static final FloatVector TWELVE_2_THIRD = fours(0, 5, 2, 3);
    private static final FloatVector TWELVE_3 = fours(0, 3, 7, 0);
    private static final FloatVector TWELVE_3_THIRD = fours(6, 1, 2, 7);

    private Pack() {
    }

    private static FloatVector alternately(int together, int from) {
        var lanes = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            lanes[i] = (from + i / (2 * together) * together + i % together + i / together % 2 * LENGTH) % (2 * LENGTH);
        }
        return FloatVector.fromArray(SPECIES, lanes, 0);
    }

    private static FloatVector fours(int... fours) {
        var lanes = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            lanes[i] = (fours[i / 4 % 4] * 4 + i % 4) % (2 * LENGTH);
        }
        return FloatVector.fromArray(SPECIES, lanes, 0);
    }

    /**
     * Lines laid side by side: {@code to[toAt + p * width + i] = from[at + i * lineStep + p * termStep]} for all lines i and
     * terms p. Made for lines that are contiguous themselves.
     */
    static void interleave(float[] from, int at, int lineStep, int lines, int termStep, int terms, float[] to, int toAt,
                           int width) {
        boolean panel = lines == GemmTiles.PANEL_ROWS && width == lines;
        int joined = !TRANSPOSES || termStep != 1 || terms < LENGTH ? 0 : panel ? lines : lines / JOINED * JOINED;
        int whole = joined == 0 ? 0 : SPECIES.loopBound(terms);
        var strips = joined == 0 ? null : Scratch.STRIPS.floats(JOINED * STRIP);
        for (int p = 0; p < whole; p += STRIP) {
            int strip = Math.min(STRIP, whole - p);
            for (int i = 0; i < joined; i += JOINED) {
                for (int four = 0; four < Math.min(JOINED, joined); four += 4) {
                    transpose(from, at + (i + four) * lineStep + p, lineStep, strip, strips, four * STRIP);
                }
                if (panel) {
                    joinTwelve(strips, strip, to, toAt + p * width);
                } else {
                    joinSixteen(strips, strip, to, toAt + p * width + i, width);
                }
            }
        }
        one(from, at + whole * termStep, lineStep, joined, termStep, terms - whole, to, toAt + whole * width, width);
        one(from, at + joined * lineStep, lineStep, lines - joined, termStep, terms, to, toAt + joined, width);
    }

    /** Four lines' numbers of a term side by side, term after term. */
    private static void transpose(float[] from, int at, int lineStep, int terms, float[] to, int toAt) {
        for (int p = 0; p < terms; p += LENGTH) {
            var line0 = FloatVector.fromArray(SPECIES, from, at + p);
            var line1 = FloatVector.fromArray(SPECIES, from, at + p + lineStep);
            var line2 = FloatVector.fromArray(SPECIES, from, at + p + 2 * lineStep);
            var line3 = FloatVector.fromArray(SPECIES, from, at + p + 3 * lineStep);
            var low01 = LOW_1.selectFrom(line0, line1);
            var high01 = HIGH_1.selectFrom(line0, line1);
            var low23 = LOW_1.selectFrom(line2, line3);
            var high23 = HIGH_1.selectFrom(line2, line3);
            LOW_2.selectFrom(low01, low23).intoArray(to, toAt + 4 * p);
            HIGH_2.selectFrom(low01, low23).intoArray(to, toAt + 4 * p + LENGTH);
            LOW_2.selectFrom(high01, high23).intoArray(to, toAt + 4 * p + 2 * LENGTH);
            HIGH_2.selectFrom(high01, high23).intoArray(to, toAt + 4 * p + 3 * LENGTH);
        }
    }

    /** Of three times four lines, each {@link #transpose}d, the twelve numbers of a term side by side. */
    private static void joinTwelve(float[] fours, int terms, float[] to, int toAt) {
        for (int p = 0; p < 4 * terms; p += LENGTH) {
            var lines0 = FloatVector.fromArray(SPECIES, fours, p);
            var lines4 = FloatVector.fromArray(SPECIES, fours, p + 4 * STRIP);
            var lines8 = FloatVector.fromArray(SPECIES, fours, p + 8 * STRIP);
            TWELVE_1_THIRD.selectFrom(TWELVE_1.selectFrom(lines0, lines4), lines8).intoArray(to, toAt);
            TWELVE_2_THIRD.selectFrom(TWELVE_2.selectFrom(lines0, lines4), lines8).intoArray(to, toAt + LENGTH);
            TWELVE_3_THIRD.selectFrom(TWELVE_3.selectFrom(lines0, lines4), lines8).intoArray(to, toAt + 2 * LENGTH);
            toAt += 3 * LENGTH;
        }
    }

    /** Of four times four lines, each {@link #transpose}d, the sixteen numbers of a term side by side. */
    private static void joinSixteen(float[] fours, int terms, float[] to, int toAt, int width) {
        for (int p = 0; p < 4 * terms; p += LENGTH) {
            var lines0 = FloatVector.fromArray(SPECIES, fours, p);
            var lines4 = FloatVector.fromArray(SPECIES, fours, p + 4 * STRIP);
            var lines8 = FloatVector.fromArray(SPECIES, fours, p + 8 * STRIP);
            var lines12 = FloatVector.fromArray(SPECIES, fours, p + 12 * STRIP);
            var low0 = LOW_4.selectFrom(lines0, lines4);
            var high0 = HIGH_4.selectFrom(lines0, lines4);
            var low8 = LOW_4.selectFrom(lines8, lines12);
            var high8 = HIGH_4.selectFrom(lines8, lines12);
            LOW_8.selectFrom(low0, low8).intoArray(to, toAt);
            HIGH_8.selectFrom(low0, low8).intoArray(to, toAt + width);
            LOW_8.selectFrom(high0, high8).intoArray(to, toAt + 2 * width);
            HIGH_8.selectFrom(high0, high8).intoArray(to, toAt + 3 * width);
            toAt += 4 * width;
        }
    }

    /** As {@link #interleave}, number by number. */
    private static void one(float[] from, int at, int lineStep, int lines, int termStep, int terms, float[] to, int toAt,
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
            var left = FloatVector.fromArray(SPECIES, from, at);
            var right = FloatVector.fromArray(SPECIES, from, at + LENGTH);
            left.intoArray(to, toAt);
            right.intoArray(to, toAt + LENGTH);
            at += fromStep;
            toAt += GemmTiles.COLUMNS;
        }
    }

    /** Rows of up to one vector, {@code fromStep} apart, {@code toStep} apart. */
    static void narrow(float[] from, int at, int fromStep, int columns, int terms, float[] to, int toAt, int toStep) {
        var mask = SPECIES.indexInRange(0, columns);
        for (int p = 0; p < terms; p++) {
            FloatVector.fromArray(SPECIES, from, at, mask).intoArray(to, toAt, mask);
            at += fromStep;
            toAt += toStep;
        }
    }
}
