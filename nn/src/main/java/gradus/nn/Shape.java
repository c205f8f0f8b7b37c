package gradus.nn;

import java.util.Arrays;

/**
 * The sizes of a tensor along its axes, outermost first; a scalar has none.
 *
 * @param dims one size per axis, each ≥ 0; not to be modified
 */
public record Shape(int... dims) {

    public static final Shape SCALAR = new Shape();

    /** Throws {@link ShapeException} for a negative size and for more than 2³¹−1 elements. */
    public Shape {
        long size = 1;
        for (int dim : dims) {
            if (dim < 0) {
                throw new ShapeException("shape " + Arrays.toString(dims) + " has a negative size"
                        + "\nhelp: sizes are 0 or more; reshape(...) takes one -1");
            }
            size *= dim;
            if (size > Integer.MAX_VALUE) {
                throw new ShapeException("shape " + Arrays.toString(dims) + " has more than 2147483647 elements"
                        + "\nhelp: work on parts of it, several tensors or batches");
            }
        }
    }

    /** Size 1 along each of so many axes. */
    public static Shape ones(int rank) {
        var dims = new int[rank];
        Arrays.fill(dims, 1);
        return new Shape(dims);
    }

    /** How many axes there are. */
    public int rank() {
        return dims.length;
    }

    /** How many elements there are: the product of all sizes, 1 for a scalar. */
    public int size() {
        int size = 1;
        for (int dim : dims) {
            size *= dim;
        }
        return size;
    }

    /** The size along one axis; a negative axis counts from the end. */
    public int dim(int axis) {
        return dims[axis(axis)];
    }

    /** An axis as 0 … rank−1; throws {@link ShapeException} when there is no such axis. */
    public int axis(int axis) {
        int positive = axis < 0 ? axis + dims.length : axis;
        if (positive < 0 || positive >= dims.length) {
            throw new ShapeException("axis " + axis + " does not exist in shape " + this
                    + "\nhelp: axes go from " + -dims.length + " to " + (dims.length - 1));
        }
        return positive;
    }

    /** This shape with another size along one axis. */
    public Shape with(int axis, int size) {
        var changed = dims.clone();
        changed[axis(axis)] = size;
        return new Shape(changed);
    }

    /** This shape without one axis. */
    public Shape without(int axis) {
        int gone = axis(axis);
        var kept = new int[dims.length - 1];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = dims[i < gone ? i : i + 1];
        }
        return new Shape(kept);
    }

    /**
     * The shape of an elementwise operation on both: aligned at the last axis, each pair of sizes equal or one of
     * them 1 (NumPy's rule). Throws {@link ShapeException} otherwise.
     */
    public static Shape broadcast(String operation, Shape a, Shape b) {
        if (a.equals(b)) {
            return a;
        }
        var dims = new int[Math.max(a.rank(), b.rank())];
        for (int i = 1; i <= dims.length; i++) {
            int left = i <= a.rank() ? a.dims[a.rank() - i] : 1;
            int right = i <= b.rank() ? b.dims[b.rank() - i] : 1;
            if (left != right && left != 1 && right != 1) {
                throw ShapeException.of(operation, "do not broadcast: sizes " + left + " and " + right
                        + " meet at axis -" + i, "make them equal or one of them 1, with reshape(...) or t()", a, b);
            }
            dims[dims.length - i] = left == 1 ? right : left;
        }
        return new Shape(dims);
    }

    /** The distances in memory between neighbours along each axis when elements lie row by row. */
    public int[] strides() {
        var strides = new int[dims.length];
        int step = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = step;
            step *= dims[i];
        }
        return strides;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
