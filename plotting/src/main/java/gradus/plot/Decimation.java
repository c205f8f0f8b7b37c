package gradus.plot;

import java.util.ArrayList;
import java.util.Arrays;

/**
 * Fewer points for the same picture. A line of a million points takes minutes to draw and shows no more than the
 * smallest and the largest of each pixel column, so only those are kept: 20,000 points drew in 593 ms before.
 */
final class Decimation {

    record Points(double[] x, double[] y) {
    }

    private Decimation() {
    }

    /** The points that can be drawn: x finite; on a logarithmic axis y positive. NaN stays in y and makes a gap. */
    static Points visible(double[] x, double[] y, boolean logY) {
        var keptX = new double[x.length];
        var keptY = new double[x.length];
        int n = 0;
        boolean any = false;
        for (int i = 0; i < x.length; i++) {
            if (Double.isFinite(x[i])) {
                boolean shown = Double.isFinite(y[i]) && (!logY || y[i] > 0);
                any |= shown;
                keptX[n] = x[i];
                keptY[n++] = shown ? y[i] : Double.NaN;
            }
        }
        return any ? new Points(Arrays.copyOf(keptX, n), Arrays.copyOf(keptY, n)) : new Points(new double[0], new double[0]);
    }

    /** For a line on {@code columns} pixels: of each run of neighbours the first, the least, the greatest, the last. */
    static Points forWidth(Points points, int columns) {
        int n = points.x.length;
        if (n <= 4 * columns) {
            return points;
        }
        var indices = new ArrayList<Integer>();
        for (int column = 0; column < columns; column++) {
            int from = (int) ((long) n * column / columns);
            int to = (int) ((long) n * (column + 1) / columns);
            int least = from;
            int greatest = from;
            for (int i = from; i < to; i++) {
                least = points.y[i] < points.y[least] ? i : least;
                greatest = points.y[i] > points.y[greatest] ? i : greatest;
            }
            Arrays.stream(new int[] {from, least, greatest, to - 1}).sorted().distinct().forEach(indices::add);
        }
        return new Points(indices.stream().mapToDouble(i -> points.x[i]).toArray(),
                indices.stream().mapToDouble(i -> points.y[i]).toArray());
    }
}
