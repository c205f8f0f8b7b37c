package gradus.nn;

import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import gradus.nn.compile.Tracer;
import gradus.nn.grad.Gradients;
import gradus.nn.op.Einsum;
import gradus.nn.op.Losses;
import gradus.nn.op.Op;
import gradus.nn.op.Slicing;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/**
 * An array of numbers with any number of axes, and the memory of how it was computed, from which gradients and
 * derivations are made.
 *
 * <p>Operations compute at once and return new tensors; a tensor's numbers change only when an optimizer updates a
 * parameter. Elements are float32 unless made or cast otherwise; a plain Java number in an operation takes the
 * tensor's type. Of two tensors with different types the result is float64. Shapes that do not fit throw
 * {@link ShapeException}, which names the operation and both shapes.
 *
 * <p>Memory: row by row, seen through strides. {@code x[i, j]} lies at {@code offset + i·strides[0] + j·strides[1]}, so
 * transposing, slicing and broadcasting copy nothing.
 */
public final class Tensor implements Calculating, Comparing, Activating, Multiplying, Reducing, Shaping, Choosing {

    private static final Tensor[] NOTHING = {};

    private Buffer buffer;      // changes only in a tensor of a compiled step, when its numbers are known at last
    private final Shape shape;
    private final int[] strides;
    private final int offset;
    private Op op;            // what computed it, null for given values
    private Tensor[] inputs;  // from what
    private int versions;     // how often these had been changed in place by then
    private Tensor[] kept = NOTHING;   // what its gradient needs besides
    private boolean requiresGrad;
    private boolean retainsGrad;
    private Tensor grad;
    private String name = "";

    private Tensor(Buffer buffer, Shape shape, int[] strides, int offset) {
        this.buffer = buffer;
        this.shape = shape;
        this.strides = strides;
        this.offset = offset;
        LargeTensors.remember(this);
    }

    // ---- made of numbers ----

    /** A vector, float32. */
    public static Tensor of(double... values) {
        var floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return of(new Shape(values.length), floats);
    }

    /** A matrix, float32, from its rows, which must be equally long. */
    public static Tensor of(double[][] rows) {
        int columns = rows.length == 0 ? 0 : rows[0].length;
        var floats = new float[rows.length * columns];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != columns) {
                throw new ShapeException("tensor: row 0 has " + columns + " numbers, row " + i + " has " + rows[i].length
                        + "\nhelp: all rows of a matrix are equally long");
            }
            for (int j = 0; j < columns; j++) {
                floats[i * columns + j] = (float) rows[i][j];
            }
        }
        return of(new Shape(rows.length, columns), floats);
    }

    /** A float32 tensor of these numbers, row by row; keeps the array. */
    public static Tensor of(Shape shape, float[] values) {
        return dense(shape, Buffer.of(values));
    }

    /** A float64 tensor of these numbers, row by row; keeps the array. */
    public static Tensor of(Shape shape, double[] values) {
        return dense(shape, Buffer.of(values));
    }

    /** An int32 tensor of these whole numbers, row by row, to be used as indices or labels; keeps the array. */
    public static Tensor indices(Shape shape, int... values) {
        return dense(shape, Buffer.of(values));
    }

    /** A tensor over the whole buffer, row by row. */
    public static Tensor dense(Shape shape, Buffer buffer) {
        if (shape.size() != buffer.length()) {
            throw new ShapeException("tensor: shape " + shape + " has " + shape.size() + " elements, but "
                    + buffer.length() + " numbers are given\nhelp: give as many numbers as the shape has elements");
        }
        return new Tensor(buffer, shape, shape.strides(), 0);
    }

    /** Other shape, strides and offset over the memory of {@code x}: for the operations that move elements. */
    public static Tensor view(Tensor x, Shape shape, int[] strides, int offset) {
        return new Tensor(x.buffer, shape, strides, offset);
    }

    /** A single number, float32. */
    public static Tensor scalar(double value) {
        return scalar(value, DType.FLOAT32);
    }

    public static Tensor scalar(double value, DType dtype) {
        return full(value, Shape.SCALAR, dtype);
    }

    public static Tensor full(double value, Shape shape, DType dtype) {
        var buffer = Buffer.allocate(dtype, shape.size());
        if (value != 0 || 1 / value < 0) {
            switch (dtype) {
                case FLOAT32 -> Arrays.fill(buffer.floats(), (float) value);
                case FLOAT64 -> Arrays.fill(buffer.doubles(), value);
                case INT32 -> Arrays.fill(buffer.ints(), (int) value);
            }
        }
        return dense(shape, buffer);
    }

    public static Tensor full(double value, int... dims) {
        return full(value, new Shape(dims), DType.FLOAT32);
    }

    public static Tensor zeros(int... dims) {
        return full(0, dims);
    }

    public static Tensor ones(int... dims) {
        return full(1, dims);
    }

    /** 0, 1, … n−1. */
    public static Tensor arange(int n) {
        return of(IntStream.range(0, n).asDoubleStream().toArray());
    }

    /** n numbers from {@code from} to {@code to}, both included, equally spaced. */
    public static Tensor linspace(double from, double to, int n) {
        return of(IntStream.range(0, n).mapToDouble(i -> n == 1 ? from : from + (to - from) * i / (n - 1)).toArray());
    }

    /** Uniform random numbers in [from, to). */
    public static Tensor uniform(Seed.Stream random, double from, double to, int... dims) {
        return filled(new Shape(dims), DType.FLOAT32, () -> from + (to - from) * random.uniform());
    }

    /** Normal random numbers. */
    public static Tensor normal(Seed.Stream random, double mean, double standardDeviation, int... dims) {
        return filled(new Shape(dims), DType.FLOAT32, () -> mean + standardDeviation * random.normal());
    }

    private static Tensor filled(Shape shape, DType dtype, DoubleSupplier values) {
        var buffer = Buffer.allocate(dtype, shape.size());
        for (int i = 0; i < buffer.length(); i++) {
            buffer.set(i, values.getAsDouble());
        }
        return dense(shape, buffer);
    }

    /** A parameter: a copy of these numbers that gradients are computed for and that optimizers may change. */
    public static Tensor parameter(Tensor initial) {
        var parameter = initial.copy();
        parameter.requiresGrad = true;
        return parameter.named(initial.name);
    }

    // ---- seen from outside ----

    public Shape shape() {
        return shape;
    }

    public DType dtype() {
        return buffer.dtype();
    }

    public int rank() {
        return shape.rank();
    }

    public int size() {
        return shape.size();
    }

    /** The number in a tensor of one element; throws {@link ShapeException} for any other. */
    public double item() {
        Tracer.read();
        if (size() != 1) {
            throw new ShapeException("item: shape " + shape + " has " + size() + " elements, not one"
                    + "\nhelp: choose one with at(...), or reduce with sum() or mean()");
        }
        return buffer.get(offset);
    }

    /** One element; a negative index counts from the end of its axis. */
    public double at(int... index) {
        Tracer.read();
        if (index.length != rank()) {
            throw new ShapeException("at: " + index.length + " indices for shape " + shape + "\nhelp: give " + rank());
        }
        int at = offset;
        for (int axis = 0; axis < index.length; axis++) {
            int i = index[axis] < 0 ? index[axis] + shape.dim(axis) : index[axis];
            if (i < 0 || i >= shape.dim(axis)) {
                throw new ShapeException("at: index " + index[axis] + " is outside axis " + axis + " of shape " + shape
                        + "\nhelp: indices go from 0 to " + (shape.dim(axis) - 1));
            }
            at += i * strides[axis];
        }
        return buffer.get(at);
    }

    /** A copy of the elements, row by row. */
    public double[] toDoubleArray() {
        Tracer.read();
        var dense = dense().buffer;
        var values = new double[size()];
        Arrays.setAll(values, dense::get);
        return values;
    }

    /** A copy of the elements, row by row. */
    public float[] toFloatArray() {
        Tracer.read();
        return as(DType.FLOAT32).dense().buffer.floats().clone();
    }

    /** The memory; of a view, more than the view shows. */
    public Buffer buffer() {
        return buffer;
    }

    public int[] strides() {
        return strides;
    }

    public int offset() {
        return offset;
    }

    /** Whether the elements fill the whole memory, row by row. */
    public boolean isDense() {
        return offset == 0 && buffer.length() == size() && Arrays.equals(strides, shape.strides());
    }

    /** This tensor if it is dense, else a dense copy, which is no part of any graph. */
    public Tensor dense() {
        if (isDense()) {
            return this;
        }
        return copy();
    }

    private Tensor copy() {
        var copy = dense(shape, Buffer.allocate(dtype(), size()));
        Backend.current().run(new Kernel.Copy(shape.dims(), buffer, offset, strides, copy.buffer, 0, copy.strides));
        return copy;
    }

    /** A copy of the elements of an int32 tensor, row by row. */
    public int[] toIntArray() {
        Tracer.read();
        return as(DType.INT32).dense().buffer.ints().clone();
    }

    /**
     * Overwrites the numbers of this tensor, a dense parameter or state of a layer, with those of another of the same shape.
     * Gradients of what was computed from the old numbers can no longer be asked for.
     */
    public void assign(Tensor values) {
        if (!values.shape.equals(shape) || !isDense()) {
            throw ShapeException.of("assign", "do not fit", "the target must be dense and of the same shape", shape, values.shape);
        }
        if (Tracer.isTracing()) {
            Tracer.assign(this, values);
        } else {
            overwrite(values);
        }
    }

    /** {@link #assign} outside of any trace. */
    public void overwrite(Tensor values) {
        Backend.current().run(new Kernel.Copy(shape.dims(), values.buffer, values.offset, values.strides, buffer, 0, strides));
        buffer.changedInPlace();
    }

    /** Gives this tensor the name it has in formulas, {@code W_1} say. */
    public Tensor named(String newName) {
        name = newName;
        return this;
    }

    /** The name given, or an empty string. */
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        Tracer.read();
        return TensorText.of(this);
    }

    // ---- gradients ----

    /** Applies an operation and records it when a gradient may be asked for. */
    public static Tensor apply(Op op, Tensor... in) {
        return Tracer.isTracing() ? Tracer.apply(op, in) : compute(op, in);
    }

    /** {@link #apply} outside of any trace: computes at once. */
    public static Tensor compute(Op op, Tensor... in) {
        in = sameType(op, in);
        boolean recorded = checked(op, in);
        if (!recorded) {
            return op.forward(in);
        }
        var values = new Tensor[in.length];   // what forward does inside is not to be recorded again
        for (int i = 0; i < in.length; i++) {
            values[i] = in[i].requiresGrad ? in[i].detach() : in[i];
        }
        var out = op.forward(values);
        if (out.dtype() == DType.INT32) {
            return out;   // whole numbers have no gradient
        }
        if (Arrays.asList(values).contains(out)) {
            out = out.detach();
        }
        out.op = op;
        out.inputs = in;
        out.versions = versions(in);
        out.requiresGrad = true;
        return out;
    }

    /** Throws unless the shapes fit; says whether the operation is to be recorded. */
    private static boolean checked(Op op, Tensor[] in) {
        var shapes = new Shape[in.length];
        boolean recorded = false;
        for (int i = 0; i < in.length; i++) {
            shapes[i] = in[i].shape;
            recorded |= in[i].requiresGrad;
        }
        op.check(shapes);   // throws before anything is computed
        return recorded && Gradients.recording();
    }

    /** Changes whenever one of these is changed in place. */
    private static int versions(Tensor[] in) {
        int sum = 0;
        for (var x : in) {
            sum += x.buffer.version();
        }
        return sum;
    }

    /** All inputs but indices with one type: float64 if one is, else float32. */
    private static Tensor[] sameType(Op op, Tensor[] in) {
        if (op.movesOnly() && Arrays.stream(in).allMatch(x -> x.dtype() == DType.INT32)) {
            return in;
        }
        DType wanted = null;
        boolean mixed = false;
        for (int i = 0; i < in.length; i++) {
            if (!op.takesIndices(i)) {
                var dtype = in[i].dtype() == DType.INT32 ? DType.FLOAT32 : in[i].dtype();
                mixed |= dtype != in[i].dtype() || (wanted != null && dtype != wanted);
                wanted = dtype == DType.FLOAT64 || wanted == null ? dtype : wanted;
            }
        }
        if (!mixed) {
            return in;
        }
        var same = in.clone();
        for (int i = 0; i < in.length; i++) {
            if (!op.takesIndices(i)) {
                same[i] = in[i].as(wanted);
            }
        }
        return same;
    }

    /** Whether gradients with respect to this tensor can be asked for. */
    public boolean requiresGrad() {
        return requiresGrad;
    }

    /** The operation that computed this tensor, {@code null} for one that was given. */
    public Op op() {
        return op;
    }

    /** The inputs of {@link #op}; empty once {@link #backward} has passed. */
    public Tensor[] inputs() {
        return inputs == null ? new Tensor[0] : inputs;
    }

    /** Throws if an input of {@link #op} was changed in place since: gradients would be those of other numbers. */
    public void checkInputs() {
        if (inputs != null && versions(inputs) != versions) {
            throw new IllegalStateException("gradient: an input of " + op.name() + " was changed by an optimizer after "
                    + op.name() + " used it\nhelp: compute the loss again after the step");
        }
    }

    /** A tensor of this layout whose numbers a compiled step has yet to compute: for {@code gradus.nn.compile}. */
    public static Tensor pending(Tensor like, Buffer buffer) {
        var pending = new Tensor(buffer, like.shape, like.strides, like.offset);
        pending.requiresGrad = like.requiresGrad;
        return pending;
    }

    /** Takes the numbers and the history of a tensor of the same layout: for {@code gradus.nn.compile}. */
    public void become(Tensor computed) {
        buffer = computed.buffer;
        op = computed.op;
        inputs = computed.inputs;
        versions = computed.versions;
        kept = computed.kept;
        requiresGrad = computed.requiresGrad;
    }

    /** Keeps with this result what its operation's gradient needs of how it was computed; returns this. */
    public Tensor keeping(Tensor... more) {
        kept = more;
        return this;
    }

    /** What the operation that computed this has kept. */
    public Tensor[] kept() {
        return kept;
    }

    /** Lets go of the inputs, so that memory is free as soon as nothing needs it: for the backward pass. */
    public void releaseInputs() {
        inputs = null;
        kept = NOTHING;
    }

    /**
     * Adds the gradient of this scalar to {@link #grad} of every parameter it was computed from, and releases the graph:
     * for a second gradient use {@link Gradients#of} or compute the loss again.
     */
    public void backward() {
        Gradients.accumulate(this);
    }

    /** The gradient that {@link #backward} has gathered, {@code null} before. */
    public Tensor grad() {
        return grad;
    }

    /** Lets {@link #backward} keep the gradient of this intermediate result in {@link #grad}, as it does for parameters. */
    public Tensor retainGrad() {
        retainsGrad = true;
        return this;
    }

    public boolean retainsGrad() {
        return retainsGrad;
    }

    /** Sets the gradient: for the backward pass, and for those who clip it. */
    public void setGrad(Tensor gradient) {
        grad = gradient;
    }

    public void clearGrad() {
        grad = null;
    }

    /** The same numbers without their history: a constant as far as gradients go. */
    public Tensor detach() {
        return Tracer.isTracing() ? Tracer.detach(this) : new Tensor(buffer, shape, strides, offset).named(name);
    }

    Tensor number(double value) {
        return scalar(value, dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32);
    }

    // ---- of several tensors ----

    /**
     * Products summed over letters: {@code einsum("bij,bjk->bik", a, b)} multiplies batches of matrices. Each operand has a
     * letter per axis, or three dots for several; letters that the result lacks are summed over, one that comes twice in an
     * operand takes its diagonal. Throws {@link ShapeException} when letters and axes do not fit.
     */
    public static Tensor einsum(String subscripts, Tensor... operands) {
        return apply(new Einsum(subscripts), operands);
    }

    /** One behind the other along an axis. */
    public static Tensor concat(int axis, Tensor... parts) {
        return apply(new Slicing.Concat(axis), parts);
    }

    /** One beside the other along a new axis; a negative one counts from the end of the result's. */
    public static Tensor stack(int axis, Tensor... parts) {
        return concat(axis, Arrays.stream(parts).map(part -> part.unsqueeze(axis)).toArray(Tensor[]::new));
    }

    // ---- losses of one operation ----

    /**
     * −ln softmax(scores) at the true class of each row, for labels [n]; −Σ q ln softmax(scores), for distributions
     * [n, classes]. [n, classes] → [n].
     */
    public static Tensor crossEntropy(Tensor scores, Tensor target) {
        return target.rank() == 2 ? apply(new Losses.CrossEntropyWithDistribution(), scores, target)
                : apply(new Losses.CrossEntropy(), scores, target.as(DType.INT32));
    }

    /** −t ln σ(z) − (1−t) ln(1−σ(z)), element by element. */
    public static Tensor bceWithLogits(Tensor scores, Tensor targets) {
        return apply(new Losses.BceWithLogits(), scores, targets);
    }
}
