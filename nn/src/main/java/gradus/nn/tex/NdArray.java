package gradus.nn.tex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * Float64 numbers with a shape, row by row, to evaluate formulas on: plain loops that share nothing with the tensors whose
 * formulas they check. One axis is a column vector. Sizes broadcast by NumPy's rule. Whatever does not fit throws
 * {@link IllegalArgumentException} in two lines.
 *
 * @param shape sizes, outermost first; none for a scalar
 * @param data  as many as the shape says; neither array is to be modified
 */
public record NdArray(int[] shape, double[] data) implements Value {

    public NdArray {
        if (data.length != size(shape)) {
            throw unfit(Arrays.toString(shape) + " needs " + size(shape) + " numbers, not " + data.length,
                    "give one number per element");
        }
    }

    public static NdArray scalar(double value) {
        return new NdArray(new int[0], new double[] {value});
    }

    /** A column vector. */
    public static NdArray vector(double... values) {
        return new NdArray(new int[] {values.length}, values);
    }

    /** The same number everywhere. */
    static NdArray full(double value, int... shape) {
        var data = new double[size(shape)];
        Arrays.fill(data, value);
        return new NdArray(shape, data);
    }

    static NdArray identity(int n) {
        var data = new double[n * n];
        for (int i = 0; i < n; i++) {
            data[i * n + i] = 1;
        }
        return new NdArray(new int[] {n, n}, data);
    }

    static IllegalArgumentException unfit(String what, String help) {
        return new IllegalArgumentException(what + "\nhelp: " + help);
    }

    static int size(int... shape) {
        int size = 1;
        for (int n : shape) {
            size *= n;
        }
        return size;
    }

    int rank() {
        return shape.length;
    }

    /** The size of an axis; negative ones count from the end. */
    int dim(int axis) {
        return shape[axis < 0 ? axis + shape.length : axis];
    }

    boolean isScalar() {
        return shape.length == 0;
    }

    /** The one number of a scalar. */
    public double item() {
        if (data.length != 1) {
            throw unfit("a number is wanted where the value is of shape " + Arrays.toString(shape), "index it");
        }
        return data[0];
    }

    NdArray reshape(int... to) {
        return new NdArray(to, data);
    }

    NdArray map(DoubleUnaryOperator f) {
        return new NdArray(shape, Arrays.stream(data).map(f).toArray());
    }

    /** A function of two arrays element by element. */
    NdArray with(NdArray other, DoubleBinaryOperator f) {
        var to = broadcast(shape, other.shape);
        var a = broadcastTo(to).data;
        var b = other.broadcastTo(to).data;
        var result = new double[a.length];
        Arrays.setAll(result, i -> f.applyAsDouble(a[i], b[i]));
        return new NdArray(to, result);
    }

    static int[] broadcast(int[] a, int[] b) {
        var to = new int[Math.max(a.length, b.length)];
        for (int i = 1; i <= to.length; i++) {
            int left = i <= a.length ? a[a.length - i] : 1;
            int right = i <= b.length ? b[b.length - i] : 1;
            if (left != right && left != 1 && right != 1) {
                throw unfit("shapes " + Arrays.toString(a) + " and " + Arrays.toString(b) + " do not broadcast",
                        "each pair of sizes, from the last, is equal or one of them 1");
            }
            to[to.length - i] = left == 1 ? right : left;
        }
        return to;
    }

    NdArray broadcastTo(int... to) {
        if (Arrays.equals(shape, to)) {
            return this;
        }
        if (!Arrays.equals(broadcast(shape, to), to)) {
            throw unfit("shape " + Arrays.toString(shape) + " does not broadcast to " + Arrays.toString(to), "sum first");
        }
        var result = new double[size(to)];
        Arrays.setAll(result, i -> data[source(i, to, shape)]);
        return new NdArray(to, result);
    }

    /** The sum over all that {@code broadcastTo} would repeat from this shape. */
    NdArray summedTo(int... to) {
        var result = new double[size(to)];
        for (int i = 0; i < data.length; i++) {
            result[source(i, shape, to)] += data[i];
        }
        return new NdArray(to, result);
    }

    /** Of element i of one shape, where it comes from in the shape that was broadcast to it. */
    private static int source(int i, int[] wide, int[] narrow) {
        int source = 0;
        int rest = i;
        int step = 1;
        for (int axis = 1; axis <= narrow.length; axis++) {   // from the last
            int n = narrow[narrow.length - axis];
            source += rest % wide[wide.length - axis] % n * step;
            rest /= wide[wide.length - axis];
            step *= n;
        }
        return source;
    }

    /** The axes in another order. */
    NdArray permute(int... order) {
        var to = Arrays.stream(order).map(axis -> shape[axis]).toArray();
        var result = new double[data.length];
        for (int i = 0; i < data.length; i++) {
            int rest = i;
            int from = 0;
            for (int axis = order.length - 1; axis >= 0; axis--) {
                int index = rest % to[axis];
                rest /= to[axis];
                from += index * size(Arrays.copyOfRange(shape, order[axis] + 1, shape.length));
            }
            result[i] = data[from];
        }
        return new NdArray(to, result);
    }

    /** The last two axes exchanged; of a column vector the row [1, n]; of a number itself. */
    NdArray transposed() {
        if (rank() < 2) {
            return isScalar() ? this : reshape(1, data.length);
        }
        var order = new int[rank()];
        Arrays.setAll(order, i -> i);
        order[rank() - 2] = rank() - 1;
        order[rank() - 1] = rank() - 2;
        return permute(order);
    }

    /** The part at one position of the first axis. */
    NdArray at(int index) {
        int block = size(Arrays.copyOfRange(shape, 1, shape.length));
        return new NdArray(Arrays.copyOfRange(shape, 1, shape.length),
                Arrays.copyOfRange(data, index * block, (index + 1) * block));
    }

    /** Of the first axes {@code size} entries from {@code from} on, each {@code by} further; the axes after stay whole. */
    NdArray part(int[] from, int[] size, int[] by) {
        int block = size(Arrays.copyOfRange(shape, from.length, shape.length));
        var result = new double[size(size) * block];
        for (int i = 0; i < result.length; i += block) {
            int rest = i / block;
            int at = 0;
            int step = block;
            for (int axis = from.length - 1; axis >= 0; axis--) {
                at += (from[axis] + rest % size[axis] * by[axis]) * step;
                rest /= size[axis];
                step *= shape[axis];
            }
            System.arraycopy(data, at, result, i, block);
        }
        return new NdArray(join(size, Arrays.copyOfRange(shape, from.length, shape.length)), result);
    }

    /** Parts of one shape along a new first axis. */
    static NdArray stack(List<NdArray> parts) {
        var shape = parts.isEmpty() ? new int[0] : parts.getFirst().shape;
        var to = new int[shape.length + 1];
        to[0] = parts.size();
        System.arraycopy(shape, 0, to, 1, shape.length);
        var result = new double[size(to)];
        int at = 0;
        for (var part : parts) {
            System.arraycopy(part.broadcastTo(shape).data, 0, result, at, part.data.length);
            at += part.data.length;
        }
        return new NdArray(to, result);
    }

    /** One behind the other along an axis. */
    static NdArray concat(int along, List<NdArray> parts) {
        int rank = parts.getFirst().rank();
        int axis = along < 0 ? along + rank : along;
        if (axis < 0 || axis >= rank) {
            throw unfit("blocks of " + rank + " axes do not join along axis " + along, "axes are counted from 0");
        }
        var order = new int[rank];   // the axis first, stack what lies along it, and back
        var back = new int[rank];
        for (int i = 0; i < rank; i++) {
            order[i] = i == 0 ? axis : i <= axis ? i - 1 : i;
            back[order[i]] = i;
        }
        var slices = new ArrayList<NdArray>();
        for (var part : parts) {
            if (part.rank() != rank) {
                throw unfit("blocks of " + rank + " and " + part.rank() + " axes do not join", "give blocks of one rank");
            }
            var turned = part.permute(order);
            for (int i = 0; i < turned.shape[0]; i++) {
                slices.add(turned.at(i));
            }
            if (!slices.isEmpty() && part.data.length > 0 && !Arrays.equals(slices.getFirst().shape, turned.at(0).shape)) {
                throw unfit("blocks " + Arrays.toString(parts.getFirst().shape) + " and " + Arrays.toString(part.shape)
                        + " do not join along axis " + axis, "all other sizes must be equal");
            }
        }
        if (slices.isEmpty()) {
            return parts.getFirst();
        }
        return stack(slices).permute(back);
    }

    /** A block matrix: vectors are n × 1, numbers 1 × 1; of a single column of these, a vector. */
    static NdArray blocks(List<List<NdArray>> rows) {
        boolean column = rows.stream().allMatch(row -> row.size() == 1 && row.getFirst().rank() < 2);
        var whole = concat(-2, rows.stream().map(row -> concat(-1, row.stream()
                .map(block -> block.rank() > 1 ? block : block.reshape(block.data.length, 1)).toList())).toList());
        return column ? whole.reshape(whole.data.length) : whole;
    }

    /**
     * The matrix product over the last two axes; axes before broadcast. A vector at the right is a column and gives a
     * vector (with a row before it, a number); at the left it is an n × 1 matrix. A number scales.
     */
    NdArray times(NdArray other) {
        if (isScalar() || other.isScalar()) {
            return with(other, (a, b) -> a * b);
        }
        var a = rank() == 1 ? reshape(shape[0], 1) : this;
        var b = other.rank() == 1 ? other.reshape(other.shape[0], 1) : other;
        int m = a.dim(-2);
        int k = a.dim(-1);
        int n = b.dim(-1);
        if (k != b.dim(-2)) {
            throw unfit("the product of " + Arrays.toString(shape) + " and " + Arrays.toString(other.shape)
                    + " does not exist: " + k + " columns meet " + b.dim(-2) + " rows",
                    "transpose one of them, or write \\odot for the product of elements");
        }
        var batch = broadcast(Arrays.copyOf(a.shape, a.rank() - 2), Arrays.copyOf(b.shape, b.rank() - 2));
        var left = a.broadcastTo(join(batch, m, k)).data;
        var right = b.broadcastTo(join(batch, k, n)).data;
        var result = new double[size(batch) * m * n];
        for (int at = 0; at < result.length; at++) {
            int block = at / (m * n);
            int i = at / n % m;
            int j = at % n;
            double sum = 0;
            for (int p = 0; p < k; p++) {
                sum += left[(block * m + i) * k + p] * right[(block * k + p) * n + j];
            }
            result[at] = sum;
        }
        if (other.rank() > 1) {
            return new NdArray(join(batch, m, n), result);
        }
        return new NdArray(m == 1 && batch.length == 0 ? batch : join(batch, m), result);
    }

    static int[] join(int[] first, int... then) {
        var joined = Arrays.copyOf(first, first.length + then.length);
        System.arraycopy(then, 0, joined, first.length, then.length);
        return joined;
    }

    /** A function of each vector along the last axis, which gives a vector or a number. */
    NdArray rows(UnaryOperator<double[]> f) {
        if (isScalar()) {
            throw unfit("a vector is wanted where the value is a number", "give an array with at least one axis");
        }
        int n = dim(-1);
        var parts = new ArrayList<double[]>();
        for (int i = 0; n > 0 && i < data.length; i += n) {
            parts.add(f.apply(Arrays.copyOfRange(data, i, i + n)));
        }
        if (parts.isEmpty()) {
            return this;
        }
        return new NdArray(join(Arrays.copyOf(shape, rank() - 1), parts.getFirst().length),
                parts.stream().flatMapToDouble(Arrays::stream).toArray());
    }
}
