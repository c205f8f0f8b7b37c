package gradus.nn;

import gradus.nn.backend.Expr;
import gradus.nn.op.Diagonals;
import gradus.nn.op.Mapped;
import gradus.nn.op.Movement;
import gradus.nn.op.Slicing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The verbs of {@link Tensor} that move elements about; none computes, and a negative axis counts from the end. */
sealed interface Shaping permits Tensor {

    private Tensor x() {
        return (Tensor) this;
    }

    // ---- the whole ----

    /** The same elements in another shape; one size may be −1 and is then computed. No sizes make a scalar. */
    default Tensor reshape(int... dims) {
        var wanted = dims.clone();
        int open = IntStream.range(0, dims.length).filter(i -> dims[i] == -1).findFirst().orElse(-1);
        if (open >= 0) {
            int known = IntStream.range(0, dims.length).filter(i -> i != open).map(i -> dims[i]).reduce(1, (a, b) -> a * b);
            wanted[open] = known == 0 ? remaining(open, dims) : x().size() / known;
        }
        var to = new Shape(wanted);
        return to.equals(x().shape()) ? x() : Tensor.apply(new Movement.Reshape(to), x());
    }

    /** What −1 stands for where there is no element: the product of the sizes behind those that stay, else 0. */
    private int remaining(int open, int... dims) {
        var shape = x().shape();
        boolean stay = open == dims.length - 1 && open <= shape.rank()
                && IntStream.range(0, open).allMatch(i -> dims[i] == shape.dim(i));
        return stay ? IntStream.range(open, shape.rank()).map(shape::dim).reduce(1, (a, b) -> a * b) : 0;
    }

    /** The axes in another order: axis i of the result is axis {@code order[i]} of this. */
    default Tensor transpose(int... order) {
        return Tensor.apply(new Movement.Permute(order), x());
    }

    default Tensor broadcastTo(Shape wanted) {
        return wanted.equals(x().shape()) ? x() : Tensor.apply(new Movement.BroadcastTo(wanted), x());
    }

    /** The transpose: the last two axes swapped, as a view. */
    default Tensor t() {
        if (x().rank() < 2) {
            throw new ShapeException("t: shape " + x().shape() + " is no matrix\nhelp: a column is reshape(-1, 1)");
        }
        var order = IntStream.range(0, x().rank()).toArray();
        order[x().rank() - 1] = x().rank() - 2;
        order[x().rank() - 2] = x().rank() - 1;
        return transpose(order);
    }

    /** The same numbers, rounded where they must be, as another element type. */
    default Tensor as(DType dtype) {
        return dtype == x().dtype() ? x() : Tensor.apply(new Movement.Cast(dtype), x());
    }

    // ---- axes ----

    /** With one more axis, of size 1, that becomes axis {@code axis}. */
    default Tensor unsqueeze(int axis) {
        var dims = x().shape().dims();
        int at = new Shape(new int[dims.length + 1]).axis(axis);
        return x().reshape(IntStream.concat(IntStream.concat(Arrays.stream(dims, 0, at), IntStream.of(1)),
                Arrays.stream(dims, at, dims.length)).toArray());
    }

    /** Without all axes of size 1. */
    default Tensor squeeze() {
        return x().reshape(Arrays.stream(x().shape().dims()).filter(size -> size != 1).toArray());
    }

    /** Without these axes, each of size 1. */
    default Tensor squeeze(int... axes) {
        var shape = x().shape();
        var gone = Arrays.stream(axes).map(shape::axis).boxed().toList();
        for (int axis : gone) {
            if (shape.dim(axis) != 1) {
                throw ShapeException.of("squeeze", "has size " + shape.dim(axis) + " along axis " + axis,
                        "only axes of size 1 can go; at(...) chooses an entry", shape);
            }
        }
        return x().reshape(IntStream.range(0, shape.rank()).filter(axis -> !gone.contains(axis)).map(shape::dim).toArray());
    }

    /** With axis {@code from} at place {@code to}, the others in their order. */
    default Tensor movedim(int from, int to) {
        var order = new ArrayList<>(IntStream.range(0, x().rank()).boxed().toList());
        order.add(x().shape().axis(to), order.remove(x().shape().axis(from)));
        return x().transpose(order.stream().mapToInt(Integer::intValue).toArray());
    }

    /** As a vector. */
    default Tensor flatten() {
        return x().reshape(-1);
    }

    /** With the axes {@code from} to {@code to}, both included, as one. */
    default Tensor flatten(int from, int to) {
        var shape = x().shape();
        int first = shape.axis(from);
        int last = shape.axis(to);
        if (first > last) {
            throw ShapeException.of("flatten", "has no axes from " + from + " to " + to, "the first axis first", shape);
        }
        int product = IntStream.rangeClosed(first, last).map(shape::dim).reduce(1, (a, b) -> a * b);
        return x().reshape(IntStream.concat(IntStream.concat(IntStream.range(0, first).map(shape::dim), IntStream.of(product)),
                IntStream.range(last + 1, shape.rank()).map(shape::dim)).toArray());
    }

    /** Repeated along axes of size 1 to these sizes, as a view; −1 leaves a size, more sizes than axes add axes in front. */
    default Tensor expand(int... dims) {
        var wanted = dims.clone();
        int added = dims.length - x().rank();
        for (int i = Math.max(0, added); i < dims.length; i++) {
            wanted[i] = dims[i] == -1 ? x().shape().dim(i - added) : dims[i];
        }
        return x().broadcastTo(new Shape(wanted));
    }

    // ---- along an axis ----

    /** The elements {@code from} up to {@code to}, not included, along an axis. */
    default Tensor slice(int axis, int from, int to) {
        return slice(axis, from, to, 1);
    }

    /**
     * Every {@code step}-th element from {@code from} on, up to {@code to}, not included, along an axis; with a negative step
     * downwards, and then {@code to} may be −1, before the first element.
     */
    default Tensor slice(int axis, int from, int to, int step) {
        if (step == 0) {
            throw ShapeException.of("slice", "cannot be walked through by steps of 0", "a step of 1 or more, or of -1 or less",
                    x().shape());
        }
        int count = Math.max(0, Math.ceilDiv(to - from, step));
        return Tensor.apply(new Slicing.Slice(axis, from, step, count), x());
    }

    /** The last element first, along each of these axes; without any, along all. */
    default Tensor flip(int... axes) {
        var flipped = x();
        for (int axis : axes.length == 0 ? IntStream.range(0, x().rank()).toArray() : axes) {
            flipped = flipped.slice(axis, x().shape().dim(axis) - 1, -1, -1);
        }
        return flipped;
    }

    /** Each element {@code by} places further along an axis; those that leave at the end enter at the beginning. */
    default Tensor roll(int axis, int by) {
        int n = x().shape().dim(axis);
        int cut = n == 0 ? 0 : Math.floorMod(-by, n);
        return cut == 0 ? x() : Tensor.concat(axis, slice(axis, cut, n), slice(axis, 0, cut));
    }

    /** Parts of these sizes along an axis, which must add up to it. */
    default Tensor[] split(int axis, int... sizes) {
        if (Arrays.stream(sizes).anyMatch(size -> size < 0) || Arrays.stream(sizes).asLongStream().sum() != x().shape().dim(axis)) {
            throw ShapeException.of("split", "does not consist of parts " + Arrays.toString(sizes) + " along axis " + axis,
                    "the parts must add up to " + x().shape().dim(axis), x().shape());
        }
        var parts = new Tensor[sizes.length];
        int at = 0;
        for (int i = 0; i < parts.length; i++) {
            parts[i] = slice(axis, at, at + sizes[i]);
            at += sizes[i];
        }
        return parts;
    }

    /** At most {@code count} parts along an axis, all of one size but perhaps the last. */
    default Tensor[] chunk(int axis, int count) {
        if (count < 1) {
            throw ShapeException.of("chunk", "cannot be cut into " + count + " parts", "give 1 or more", x().shape());
        }
        int n = x().shape().dim(axis);
        int size = Math.max(1, Math.ceilDiv(n, count));
        return split(axis, IntStream.range(0, Math.max(1, Math.ceilDiv(n, size))).map(i -> Math.min(size, n - i * size)).toArray());
    }

    /** Each entry along an axis {@code times} times, one beside the other: a a b b. */
    default Tensor repeat(int axis, int times) {
        int at = x().shape().axis(axis);
        var wider = x().unsqueeze(at + 1);
        return wider.broadcastTo(wider.shape().with(at + 1, times)).flatten(at, at + 1);
    }

    /** The whole so many times along each axis: a b a b. More counts than axes add axes in front. */
    default Tensor tile(int... times) {
        int added = Math.max(0, times.length - x().rank());
        var tiled = x().reshape(IntStream.concat(IntStream.generate(() -> 1).limit(added), Arrays.stream(x().shape().dims())).toArray());
        int skipped = tiled.rank() - times.length;
        for (int i = 0; i < times.length; i++) {
            var wider = tiled.unsqueeze(skipped + i);
            tiled = wider.broadcastTo(wider.shape().with(skipped + i, times[i])).flatten(skipped + i, skipped + i + 1);
        }
        return tiled;
    }

    /** Zeros before and after along an axis. */
    default Tensor pad(int axis, int before, int after) {
        var shape = checkedPad(axis, before, after);
        return Tensor.apply(new Slicing.Inset(axis, before, 1, shape.dim(axis)), x());
    }

    /** Numbers before and after along an axis: a constant, or what continues the row. */
    default Tensor pad(int axis, int before, int after, Padding padding) {
        checkedPad(axis, before, after);
        var shape = x().shape();
        int n = shape.dim(axis);
        return switch (padding) {
            case Padding.Constant(var value) -> Tensor.concat(axis, Tensor.full(value, shape.with(axis, before), x().dtype()), x(),
                    Tensor.full(value, shape.with(axis, after), x().dtype()));
            case Padding.Continuing mode -> {
                int most = switch (mode) {
                    case REFLECT -> n - 1;
                    case REPLICATE -> n == 0 ? 0 : Integer.MAX_VALUE;
                    case CIRCULAR -> n;
                };
                if (Math.max(before, after) > most) {
                    throw ShapeException.of("pad", "has too little along axis " + axis + " to continue by "
                            + Math.max(before, after), "pad by at most " + Math.max(0, most), shape);
                }
                yield before + after == 0 ? x() : switch (mode) {
                    case REFLECT -> Tensor.concat(axis, slice(axis, before, 0, -1), x(), slice(axis, n - 2, n - 2 - after, -1));
                    case REPLICATE -> Tensor.concat(axis, slice(axis, 0, 1).broadcastTo(shape.with(axis, before)), x(),
                            slice(axis, n - 1, n).broadcastTo(shape.with(axis, after)));
                    case CIRCULAR -> Tensor.concat(axis, slice(axis, n - before, n), x(), slice(axis, 0, after));
                };
            }
        };
    }

    private Shape checkedPad(int axis, int before, int after) {
        if (before < 0 || after < 0) {
            throw ShapeException.of("pad", "cannot be padded by " + before + " and " + after, "to take away elements use slice",
                    x().shape());
        }
        return x().shape().with(axis, Math.addExact(Math.addExact(before, after), x().shape().dim(axis)));
    }

    // ---- matrices ----

    /** The main diagonal of each matrix, the last two axes: [.., m, n] → [.., min(m, n)]. */
    default Tensor diagonal() {
        return diagonal(0);
    }

    /** The diagonal {@code k} columns right of the main one, or −k rows below it. */
    default Tensor diagonal(int k) {
        return Tensor.apply(new Diagonals.Diagonal(k), x());
    }

    /** Square matrices with this on their main diagonal and zeros elsewhere: [.., n] → [.., n, n]. */
    default Tensor diag() {
        return diag(0);
    }

    /** The same on diagonal {@code k}: [.., n] → [.., n + |k|, n + |k|]. */
    default Tensor diag(int k) {
        int size = x().shape().dim(-1) + Math.abs(k);
        return Tensor.apply(new Diagonals.OnDiagonal(k, size, size), x());
    }

    /** The lower triangle of each matrix with its diagonal, zeros above. */
    default Tensor tril() {
        return tril(0);
    }

    /** What lies on and below diagonal {@code k}, zeros above it. */
    default Tensor tril(int k) {
        return triangle("tril", (row, column) -> column - row <= k);
    }

    /** The upper triangle of each matrix with its diagonal, zeros below. */
    default Tensor triu() {
        return triu(0);
    }

    /** What lies on and above diagonal {@code k}, zeros below it. */
    default Tensor triu(int k) {
        return triangle("triu", (row, column) -> column - row >= k);
    }

    /** Which places stay. */
    @FunctionalInterface
    interface Places {

        boolean contain(int row, int column);
    }

    private Tensor triangle(String name, Places places) {
        var shape = x().shape();
        if (shape.rank() < 2) {
            throw ShapeException.of(name, "is no matrix", "a matrix has two axes or more; reshape(...)", shape);
        }
        var mask = new float[shape.dim(-2) * shape.dim(-1)];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = places.contain(i / shape.dim(-1), i % shape.dim(-1)) ? 1 : 0;
        }
        // chosen, not multiplied: an infinity outside of the triangle must leave a 0
        return Tensor.apply(new Mapped(Expr.input(1).gt(Expr.ZERO).select(Expr.input(0), Expr.ZERO), 2), x(),
                Tensor.of(new Shape(shape.dim(-2), shape.dim(-1)), mask).as(x().dtype()));
    }
}
