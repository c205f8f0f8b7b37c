package gradus.nn.linalg;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Rows} by the Vector API, with the same bits: HotSpot leaves these loops scalar, because it cannot see that rows at
 * different places of one array do not overlap. To be touched only where the module is present.
 */
final class VectorRows {

    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
    private static final int WIDTH = SPECIES.length();

    private VectorRows() {
    }

    /** Into {@code lanes}: lane k of {@link Rows#LANES} gets Σ a_i b_i over i ≡ k; returns how many terms were taken. */
    static int dot(double[] a, int aAt, double[] b, int bAt, int n, double[] lanes) {
        int end = n - n % Rows.LANES;
        for (int lane = 0; lane < Rows.LANES; lane += 2 * WIDTH) {   // two sums at a time, lest each wait for itself
            var s0 = DoubleVector.zero(SPECIES);
            var s1 = DoubleVector.zero(SPECIES);
            for (int i = lane; i < end; i += Rows.LANES) {
                s0 = DoubleVector.fromArray(SPECIES, a, aAt + i).fma(DoubleVector.fromArray(SPECIES, b, bAt + i), s0);
                s1 = DoubleVector.fromArray(SPECIES, a, aAt + i + WIDTH)
                        .fma(DoubleVector.fromArray(SPECIES, b, bAt + i + WIDTH), s1);
            }
            s0.intoArray(lanes, lane);
            s1.intoArray(lanes, lane + WIDTH);
        }
        return end;
    }

    /** Returns how many elements were changed. */
    static int add(double factor, double[] x, int xAt, double[] y, int yAt, int n) {
        int end = SPECIES.loopBound(n);
        var f = DoubleVector.broadcast(SPECIES, factor);
        for (int i = 0; i < end; i += WIDTH) {
            DoubleVector.fromArray(SPECIES, x, xAt + i).fma(f, DoubleVector.fromArray(SPECIES, y, yAt + i)).intoArray(y, yAt + i);
        }
        return end;
    }

    /** Four {@link #add} at once: y ← y + Σ factors[at + j] · row j of x, which lie n apart. */
    static int addFour(double[] factors, int at, double[] x, int xAt, double[] y, int yAt, int n) {
        int end = SPECIES.loopBound(n);
        var f0 = DoubleVector.broadcast(SPECIES, factors[at]);
        var f1 = DoubleVector.broadcast(SPECIES, factors[at + 1]);
        var f2 = DoubleVector.broadcast(SPECIES, factors[at + 2]);
        var f3 = DoubleVector.broadcast(SPECIES, factors[at + 3]);
        for (int i = 0; i < end; i += WIDTH) {
            var sum = DoubleVector.fromArray(SPECIES, x, xAt + i).fma(f0, DoubleVector.fromArray(SPECIES, y, yAt + i));
            sum = DoubleVector.fromArray(SPECIES, x, xAt + n + i).fma(f1, sum);
            sum = DoubleVector.fromArray(SPECIES, x, xAt + 2 * n + i).fma(f2, sum);
            DoubleVector.fromArray(SPECIES, x, xAt + 3 * n + i).fma(f3, sum).intoArray(y, yAt + i);
        }
        return end;
    }

    /** Returns how many elements were changed. */
    static int rotate(double c, double s, double[] x, int xAt, double[] y, int yAt, int n) {
        int end = SPECIES.loopBound(n);
        for (int i = 0; i < end; i += WIDTH) {
            var left = DoubleVector.fromArray(SPECIES, x, xAt + i);
            var right = DoubleVector.fromArray(SPECIES, y, yAt + i);
            left.mul(c).sub(right.mul(s)).intoArray(x, xAt + i);
            left.mul(s).add(right.mul(c)).intoArray(y, yAt + i);
        }
        return end;
    }
}
