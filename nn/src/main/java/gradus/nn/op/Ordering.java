package gradus.nn.op;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.tex.Tex;
import java.util.List;

/**
 * Where elements stand when they are compared: int32 results, which have no gradient; values chosen by them have theirs
 * through {@link Indexing.Gather}.
 */
public final class Ordering {

    private Ordering() {
    }

    /** An operation along an axis that tells places. */
    private interface Places extends WithoutGradient {

        int axis();

        /** The places for the {@code n} numbers {@code x[at]}, {@code x[at + step]}, … as indices 0 … n−1, to the same places. */
        void places(double[] x, int at, int step, int n, int[] places, int to, int toStep);

        @Override
        default Tensor forward(Tensor... in) {
            var along = Along.of(in[0].shape(), axis());
            var shape = shape(in[0].shape());
            int count = shape.dim(axis());
            return Scans.host(name(), shape, DType.INT32, (from, to) -> {
                var x = Scans.numbers(from[0]);
                var places = to[0].ints();
                for (int o = 0; o < along.outer(); o++) {
                    for (int i = 0; i < along.inner(); i++) {
                        places(x, o * along.n() * along.inner() + i, along.inner(), along.n(), places,
                                o * count * along.inner() + i, along.inner());
                    }
                }
            }, in);
        }

        @Override
        default Shape shape(Shape... in) {
            return in[0].with(axis(), in[0].dim(axis()));
        }

        @Override
        default boolean movesOnly() {
            return true;
        }

        @Override
        default Tex tex(Tex... in) {
            return Tex.call("\\operatorname{" + name() + "}", in[0]);
        }

        @Override
        default List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 4)), Samples.of(Samples.normal(4, 3).t()), Samples.of(Samples.normal(2, 3, 2)));
        }

        @Override
        default List<Shape[]> misfits() {
            return List.of(new Shape[][] {{Shape.SCALAR}});
        }
    }

    /** Whether {@code a} comes strictly before {@code b}; NaN comes last either way. */
    private static boolean before(double a, double b, boolean descending) {
        return Double.isNaN(b) ? !Double.isNaN(a) : descending ? a > b : a < b;
    }

    /** The indices that sort along an axis; equal elements keep their order, NaN comes last. */
    public record ArgSort(int axis, boolean descending) implements Places {
        @Override
        public String name() {
            return "argsort";
        }

        @Override
        public void places(double[] x, int at, int step, int n, int[] places, int to, int toStep) {
            var keys = new double[n];
            var order = new int[n];
            for (int i = 0; i < n; i++) {
                keys[i] = x[at + i * step];
                order[i] = i;
            }
            order = sorted(keys, order, new int[n]);
            for (int i = 0; i < n; i++) {
                places[to + i * toStep] = order[i];
            }
        }

        /** A merge sort from runs of one element up: stable, and without an object per index. */
        private int[] sorted(double[] keys, int[] order, int[] other) {
            int n = keys.length;
            for (long run = 1; run < n; run *= 2) {
                for (long start = 0; start < n; start += 2 * run) {
                    int left = (int) start;
                    int middle = (int) Math.min(start + run, n);
                    int right = middle;
                    int end = (int) Math.min(start + 2 * run, n);
                    for (int i = left; i < end; i++) {
                        boolean takeRight = left == middle
                                || right < end && before(keys[order[right]], keys[order[left]], descending);
                        other[i] = takeRight ? order[right++] : order[left++];
                    }
                }
                var swap = order;
                order = other;
                other = swap;
            }
            return order;
        }
    }

    /** Where along an axis, which keeps size 1, the largest element stands, or the smallest; the first of equals. NaN beats all. */
    public record ArgExtreme(int axis, boolean largest) implements Places {
        @Override
        public String name() {
            return largest ? "argmax" : "argmin";
        }

        @Override
        public Formulas formulas() {
            return Formulas.OF_ALL;
        }

        @Override
        public Tex tex(Tex... in) {
            var letters = List.of(Tex.indices(in[0].shape().rank()).split(""));
            return new Tex("\\arg\\" + (largest ? "max" : "min") + "_{" + letters.get(in[0].shape().axis(axis)) + "} "
                    + in[0].entry(String.join(", ", letters)), Tex.Binding.PREFIX);
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[0].dim(axis) == 0) {
                throw ShapeException.of(name(), "has nothing along axis " + axis, "choose an axis with elements", in[0]);
            }
            return in[0].with(axis, 1);
        }

        @Override
        public void places(double[] x, int at, int step, int n, int[] places, int to, int toStep) {
            int best = 0;
            double extreme = x[at];
            for (int i = 1; i < n && !Double.isNaN(extreme); i++) {
                double value = x[at + i * step];
                if (Double.isNaN(value) || (largest ? value > extreme : value < extreme)) {
                    best = i;
                    extreme = value;
                }
            }
            places[to] = best;
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{Shape.SCALAR}, {new Shape(0, 0)}});
        }
    }

    /** At each position along an axis, where the largest element up to there stands; the first of equals. NaN beats all. */
    public record CumulativeArgMax(int axis) implements Places {
        @Override
        public String name() {
            return "cumargmax";
        }

        @Override
        public void places(double[] x, int at, int step, int n, int[] places, int to, int toStep) {
            int best = 0;
            for (int i = 0; i < n; i++) {
                double value = x[at + i * step];
                double extreme = x[at + best * step];
                best = value > extreme || Double.isNaN(value) && !Double.isNaN(extreme) ? i : best;
                places[to + i * toStep] = best;
            }
        }
    }

    /**
     * How many elements fall into each of {@code bins} equal parts of [from, to], both ends included; those outside are not
     * counted.
     */
    public record Histogram(int bins, double from, double to) implements WithoutGradient {

        /** Throws {@link IllegalArgumentException} when there is no bin or no range. */
        public Histogram {
            if (bins < 1 || !(from < to)) {
                throw new IllegalArgumentException("histogram: " + bins + " bins from " + from + " to " + to
                        + "\nhelp: at least one bin, and the smaller bound first");
            }
        }

        @Override
        public String name() {
            return "histogram";
        }

        @Override
        public Shape shape(Shape... in) {
            return new Shape(bins);
        }

        @Override
        public Tensor forward(Tensor... in) {
            return Scans.host(name(), new Shape(bins), DType.INT32, (x, counts) -> {
                var all = counts[0].ints();
                for (double value : Scans.numbers(x[0])) {
                    if (value >= from && value <= to) {
                        int bin = (int) Math.min(bins - 1, (value - from) / (to - from) * bins);
                        all[bin]++;
                    }
                }
            }, in);
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\operatorname{histogram}", in[0]);
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(40)), Samples.of(Samples.normal(3, 4).t()), Samples.of(Samples.normal(0)));
        }
    }
}
