package gradus.nn;

import gradus.nn.op.Op;
import gradus.nn.op.Reductions;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The verbs of {@link Tensor} that draw elements together. Axes that are named disappear, or stay with size 1 where
 * {@code keep} says so; where none is named all elements become one. A negative axis counts from the end.
 */
sealed interface Reducing permits Tensor {

    private Tensor x() {
        return (Tensor) this;
    }

    // ---- sums ----

    /** The sum along these axes, or of all elements; of nothing 0. */
    default Tensor sum(int... axes) {
        return sum(false, axes);
    }

    default Tensor sum(boolean keep, int... axes) {
        if (axes.length == 0) {
            return Tensor.apply(new Reductions.Sum(0), x().reshape(-1)).reshape(rest(keep));
        }
        if (Arrays.stream(axes).map(x().shape()::axis).distinct().count() < axes.length) {
            throw ShapeException.of("sum", "is to lose an axis twice, of " + Arrays.toString(axes),
                    "name each axis once", x().shape());
        }
        var sum = x();
        for (int axis : axes) {
            sum = Tensor.apply(new Reductions.Sum(x().shape().axis(axis)), sum);
        }
        return keep ? sum : sum.squeeze(axes);
    }

    /** Sums what broadcasting from {@code wanted} to this shape repeats: the gradient of a broadcast. */
    default Tensor sumTo(Shape wanted) {
        var shape = x().shape();
        int rank = shape.rank();
        int added = rank - wanted.rank();
        if (added > 1) {   // leading axes go at once
            var rows = x().reshape(IntStream.concat(IntStream.of(-1), IntStream.range(added, rank).map(shape::dim)).toArray());
            return rows.sum(true, 0).reshape(Arrays.copyOfRange(shape.dims(), added, rank)).sumTo(wanted);
        }
        var sum = x();
        for (int axis = 0; axis < rank; axis++) {
            if (axis < added || (wanted.dim(axis - added) == 1 && shape.dim(axis) != 1)) {
                sum = Tensor.apply(new Reductions.Sum(axis), sum);
            }
        }
        return sum.reshape(wanted.dims());
    }

    /** The arithmetic mean along these axes, or of all elements; NaN for none. */
    default Tensor mean(int... axes) {
        return mean(false, axes);
    }

    default Tensor mean(boolean keep, int... axes) {
        return sum(keep, axes).times(1.0 / count(axes));
    }

    /**
     * The variance Σ (x − μ)² / (n − ddof): with {@code ddof} 0 that of the numbers themselves, with 1 the unbiased estimate
     * from a sample; NaN where n = ddof.
     */
    default Tensor var(int ddof, int... axes) {
        return var(ddof, false, axes);
    }

    default Tensor var(int ddof, boolean keep, int... axes) {
        var centred = x().minus(x().mean(true, axes));
        return centred.square().sum(keep, axes).times(1.0 / Math.max(0, count(axes) - ddof));
    }

    /** The standard deviation, the root of {@link #var(int, int...)}. */
    default Tensor std(int ddof, int... axes) {
        return std(ddof, false, axes);
    }

    default Tensor std(int ddof, boolean keep, int... axes) {
        return var(ddof, keep, axes).sqrt();
    }

    /** ln Σ eˣ along these axes, or over all elements, without overflow. */
    default Tensor logSumExp(int... axes) {
        if (count(axes) == 0) {
            return x().sum(axes).log();   // of nothing −∞; a maximum it has not
        }
        var max = x().detach().max(true, axes);
        var shift = max.isFinite().where(max, Tensor.scalar(0, max.dtype()));   // ±∞ − ±∞ would be NaN
        return x().minus(shift).exp().sum(true, axes).log().plus(shift).reshape(rest(false, axes));
    }

    /** The product along these axes, or of all elements; of nothing 1. */
    default Tensor prod(int... axes) {
        var rows = joined(axes);
        int n = rows.shape().dim(-1);
        return n == 0 ? Tensor.full(1, new Shape(rest(false, axes)), x().dtype())
                : rows.cumprod(-1).slice(-1, n - 1, n).squeeze(-1);
    }

    // ---- extremes ----

    /** The largest element along these axes, or of all; those that tie share the gradient equally. */
    default Tensor max(int... axes) {
        return max(false, axes);
    }

    default Tensor max(boolean keep, int... axes) {
        if (axes.length == 1) {
            var max = Tensor.apply(new Reductions.Max(x().shape().axis(axes[0])), x());
            return keep ? max : max.squeeze(axes);
        }
        var rows = joined(axes);   // one after the other the axes would share by halves of halves
        return Tensor.apply(new Reductions.Max(rows.rank() - 1), rows).reshape(rest(keep, axes));
    }

    /** The smallest element along these axes, or of all; those that tie share the gradient equally. */
    default Tensor min(int... axes) {
        return min(false, axes);
    }

    default Tensor min(boolean keep, int... axes) {
        return x().neg().max(keep, axes).neg();
    }

    // ---- norms ----

    /** The Euclidean length √Σ x² of all elements. */
    default Tensor norm() {
        return norm(2);
    }

    /**
     * The norm ‖x‖ₚ = (Σ |x|ᵖ)^(1/p) along these axes, or of all elements, for p ≥ 1; {@code Double.POSITIVE_INFINITY} gives
     * the largest |x|. Neither overflows nor underflows on the way; its gradient at 0 is 0.
     */
    default Tensor norm(double p, int... axes) {
        if (!(p >= 1)) {
            throw new IllegalArgumentException("norm: p = " + p + " gives no norm\nhelp: 1, 2, 3, .. or Double.POSITIVE_INFINITY");
        }
        if (p == 1 || count(axes) == 0) {
            return x().abs().sum(axes);
        }
        if (Double.isInfinite(p)) {
            return x().abs().max(axes);
        }
        var rows = joined(axes);
        var largest = rows.detach().norm(Double.POSITIVE_INFINITY, -1).unsqueeze(-1);
        var scale = largest.isFinite().and(largest).where(largest, Tensor.scalar(1, largest.dtype()));
        var parts = rows.div(scale);
        var sum = (p == 2 ? parts.square() : parts.abs().pow(p)).sum(-1);
        var nothing = sum.eq(0);   // there the root has no derivative: it is taken of 1 instead
        return (p == 2 ? sum.plus(nothing).sqrt() : sum.plus(nothing).pow(1 / p)).minus(nothing).times(scale.squeeze(-1));
    }

    // ---- distributions ----

    /** e^x / Σ e^x along an axis. */
    default Tensor softmax(int axis) {
        return alongLast(axis, new Reductions.Softmax());
    }

    /** ln softmax along an axis, more accurate than the logarithm of it. */
    default Tensor logSoftmax(int axis) {
        return alongLast(axis, new Reductions.LogSoftmax());
    }

    private Tensor alongLast(int axis, Op op) {
        int wanted = x().shape().axis(axis);
        int last = x().rank() - 1;
        if (wanted == last) {
            return Tensor.apply(op, x());
        }
        var swap = IntStream.range(0, x().rank()).map(i -> i == wanted ? last : i == last ? wanted : i).toArray();
        return Tensor.apply(op, x().transpose(swap)).transpose(swap);
    }

    // ---- axes ----

    private int count(int... axes) {
        return axes.length == 0 ? x().size() : Arrays.stream(axes).map(x().shape()::dim).reduce(1, (a, b) -> a * b);
    }

    private boolean goes(int axis, int... axes) {
        return axes.length == 0 || Arrays.stream(axes).anyMatch(gone -> x().shape().axis(gone) == axis);
    }

    /** The sizes without these axes, or with ones in their places. */
    private int[] rest(boolean keep, int... axes) {
        return IntStream.range(0, x().rank()).filter(axis -> keep || !goes(axis, axes))
                .map(axis -> goes(axis, axes) ? 1 : x().shape().dim(axis)).toArray();
    }

    /** These axes as one, the last. */
    private Tensor joined(int... axes) {
        if (axes.length == 0) {
            return x().reshape(-1);
        }
        var order = IntStream.concat(IntStream.range(0, x().rank()).filter(axis -> !goes(axis, axes)),
                Arrays.stream(axes).map(x().shape()::axis)).toArray();
        var dims = IntStream.concat(Arrays.stream(rest(false, axes)), IntStream.of(count(axes))).toArray();
        return x().transpose(order).reshape(dims);
    }
}
