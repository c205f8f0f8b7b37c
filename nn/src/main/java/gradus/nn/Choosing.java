package gradus.nn;

import gradus.nn.op.Indexing;
import gradus.nn.op.Ordering;
import gradus.nn.op.Scans;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The verbs of {@link Tensor} that choose elements, put them in order, count them, and carry on from one to the next. */
sealed interface Choosing permits Tensor {

    private Tensor x() {
        return (Tensor) this;
    }

    // ---- by index ----

    /**
     * A part chosen along each axis, {@code x.at(all(), range(0, 5), -1)}: an {@link Index} or a number each; axes for which
     * nothing is said stay whole. Ranges and single entries are views, masks and picks are copies.
     */
    default Tensor at(Index first, Object... rest) {
        var indices = new ArrayList<Index>(List.of(first));
        for (var index : rest) {
            indices.add(switch (index) {
                case Index i -> i;
                case Integer i -> new Index.At(i);
                case Tensor mask when mask.dtype() != DType.INT32 -> new Index.Mask(mask);
                case Tensor picked -> new Index.Pick(picked);
                default -> throw new IllegalArgumentException("at: " + index + " is no index\nhelp: a whole number, all(),"
                        + " range(from, to), mask(tensor) or pick(indices)");
            });
        }
        var part = x();
        int axis = 0;
        for (var index : indices) {
            if (axis >= part.rank()) {
                throw ShapeException.of("at", "has too few axes for " + indices.size() + " indices", "give " + x().rank()
                        + " or fewer", x().shape());
            }
            int n = part.shape().dim(axis);
            switch (index) {
                case Index.All() -> axis++;
                case Index.At(var i) -> part = entry(part, axis, i < 0 ? i + n : i, i);
                case Index.Range(var from, var to, var step) -> {
                    part = part.slice(axis, clamped(from, n, step), clamped(to, n, step), step);
                    axis++;
                }
                case Index.Mask(var mask) -> part = masked(part, axis++, mask);
                case Index.Pick(var picked) -> {
                    part = part.select(axis, picked);
                    axis += picked.rank();
                }
            }
        }
        return part;
    }

    /** The same with a number for the first axis. */
    default Tensor at(int first, Index second, Object... rest) {
        var others = new ArrayList<Object>(List.of(second));
        others.addAll(List.of(rest));
        return at(new Index.At(first), others.toArray());
    }

    private static Tensor entry(Tensor x, int axis, int i, int given) {
        if (i < 0 || i >= x.shape().dim(axis)) {
            throw ShapeException.of("at", "has no index " + given + " along axis " + axis, "indices go from "
                    + -x.shape().dim(axis) + " to " + (x.shape().dim(axis) - 1), x.shape());
        }
        return x.slice(axis, i, i + 1).squeeze(axis);
    }

    /** A bound of a range as slices take it. */
    private static int clamped(int bound, int n, int step) {
        long counted = bound < 0 ? (long) bound + n : bound;
        return (int) (step > 0 ? Math.clamp(counted, 0, n) : Math.clamp(counted, -1, n - 1));
    }

    private static Tensor masked(Tensor x, int axis, Tensor mask) {
        var shape = x.shape();
        boolean fits = axis + mask.rank() <= shape.rank() && mask.rank() > 0;
        for (int i = 0; fits && i < mask.rank(); i++) {
            fits = mask.shape().dim(i) == shape.dim(axis + i);
        }
        if (!fits) {
            throw ShapeException.of("mask", "do not fit from axis " + axis + " on", "a mask has the sizes of the axes it covers",
                    shape, mask.shape());
        }
        var values = mask.toDoubleArray();
        int[] chosen = IntStream.range(0, values.length).filter(i -> values[i] != 0).toArray();
        return x.flatten(axis, axis + mask.rank() - 1).select(axis, chosen);
    }

    /** The entries along axis 0 with these indices, in this order. */
    default Tensor rows(int... indices) {
        return select(0, indices);
    }

    /** The entries along an axis with these indices, in this order. */
    default Tensor select(int axis, int... indices) {
        return select(axis, Tensor.indices(new Shape(indices.length), indices));
    }

    /**
     * The entries along an axis with these int32 indices, whose shape takes the axis's place: a table [words, d] by tokens
     * [batch, time] gives embeddings [batch, time, d].
     */
    default Tensor select(int axis, Tensor indices) {
        return Tensor.apply(new Indexing.Select(axis), x(), indices.as(DType.INT32));
    }

    /** Along an axis, for each position of the others its own indices, of the same shape but for the axis: NumPy's take_along_axis. */
    default Tensor gather(int axis, Tensor indices) {
        return Tensor.apply(new Indexing.Gather(axis), x(), indices.as(DType.INT32));
    }

    /**
     * Zeros with {@code size} entries along an axis, to which each element is added at its own index, one per element. The
     * order of addition is that along the axis, always.
     */
    default Tensor scatterAdd(int axis, Tensor indices, int size) {
        return Tensor.apply(new Indexing.ScatterAdd(axis, size), x(), indices.as(DType.INT32));
    }

    /** With this number where the mask, which broadcasts, is not 0. */
    default Tensor maskedFill(Tensor mask, double value) {
        return mask.where(Tensor.scalar(value, x().dtype()), x());
    }

    /** For whole numbers below {@code classes}: 1 at each one's place along a new last axis, else 0; float32. */
    default Tensor oneHot(int classes) {
        return Tensor.full(1, x().unsqueeze(-1).shape(), DType.FLOAT32).scatterAdd(-1, x().unsqueeze(-1), classes);
    }

    // ---- in order ----

    /** The values along an axis from the least to the greatest, NaN last. */
    default Tensor sort(int axis) {
        return gather(axis, argsort(axis));
    }

    /** The same, or from the greatest to the least. */
    default Tensor sort(int axis, boolean descending) {
        return gather(axis, argsort(axis, descending));
    }

    /** The int32 indices that sort along an axis from the least to the greatest; equal elements keep their order, NaN comes last. */
    default Tensor argsort(int axis) {
        return argsort(axis, false);
    }

    /** The same, or from the greatest to the least. */
    default Tensor argsort(int axis, boolean descending) {
        return Tensor.apply(new Ordering.ArgSort(axis, descending), x());
    }

    /** The k largest along an axis, the largest first, and where they stand. */
    default TopK topk(int axis, int k) {
        var indices = argsort(axis, true).slice(axis, 0, k);
        return new TopK(gather(axis, indices), indices);
    }

    /** The largest elements and their indices. */
    record TopK(Tensor values, Tensor indices) {
    }

    /** Where the largest element stands along an axis, which disappears: int32, the first of equals, the first NaN if there is one. */
    default Tensor argmax(int axis) {
        return Tensor.apply(new Ordering.ArgExtreme(axis, true), x()).squeeze(axis);
    }

    /** Where the smallest element stands along an axis, which disappears: int32, the first of equals, the first NaN if there is one. */
    default Tensor argmin(int axis) {
        return Tensor.apply(new Ordering.ArgExtreme(axis, false), x()).squeeze(axis);
    }

    // ---- counted ----

    /** The different values from the least to the greatest, which of them each element is, and how often each occurs. */
    default Unique unique() {
        var flat = x().detach().flatten();
        var order = flat.argsort(0).toIntArray();
        var values = flat.toDoubleArray();
        var place = new int[order.length];
        var first = new ArrayList<Integer>();
        for (int i = 0; i < order.length; i++) {
            double value = values[order[i]];
            if (i == 0 || value != values[order[i - 1]] && !(Double.isNaN(value) && Double.isNaN(values[order[i - 1]]))) {
                first.add(order[i]);
            }
            place[order[i]] = first.size() - 1;
        }
        var places = Tensor.indices(x().shape(), place);
        return new Unique(flat.select(0, first.stream().mapToInt(Integer::intValue).toArray()), places, places.bincount(first.size()));
    }

    /**
     * What is in a tensor.
     *
     * @param values  each different value once, in order
     * @param inverse for each element the index of its value
     * @param counts  for each value how often it occurs
     */
    record Unique(Tensor values, Tensor inverse, Tensor counts) {
    }

    /** How often each of 0 … size−1 occurs among whole numbers, int32. */
    default Tensor bincount(int size) {
        return Tensor.full(1, new Shape(x().size()), DType.FLOAT64).scatterAdd(0, x().flatten(), size).as(DType.INT32);
    }

    /** How many elements fall into each of {@code bins} equal parts of [from, to], both ends included, int32. */
    default Tensor histogram(int bins, double from, double to) {
        return Tensor.apply(new Ordering.Histogram(bins, from, to), x());
    }

    // ---- carried on ----

    /** The sum of all elements up to each one along an axis. */
    default Tensor cumsum(int axis) {
        return Tensor.apply(new Scans.CumulativeSum(axis, false), x());
    }

    /** The product of all elements up to each one along an axis. */
    default Tensor cumprod(int axis) {
        var last = x().movedim(axis, -1);
        int n = last.shape().dim(-1);
        if (n == 0) {
            return x();
        }
        var start = last.slice(-1, 0, 1).pad(-1, 0, n - 1);   // y_i = x_i y_{i−1}, begun by y_0 = x_0
        return Tensor.apply(new Scans.Recurrence(), last, start).movedim(-1, axis);
    }

    /** The largest element up to each one along an axis. */
    default Tensor cummax(int axis) {
        return gather(axis, Tensor.apply(new Ordering.CumulativeArgMax(axis), x()));
    }
}
