package gradus.nn.backend;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One elementary computation over buffers: what operations are made of and what a {@link Backend} runs. That it is a value
 * lets a training step be recorded as a list of kernels, planned, and replayed; and lets a device leave to the CPU
 * what it cannot do.
 *
 * <p>All float buffers of a kernel have the same element type.
 */
public sealed interface Kernel {

    /** The buffers whose numbers it needs. */
    Buffer[] reads();

    /** The buffers that it fills; one that is also read is changed in place. */
    Buffer[] writes();

    /** The same computation on other buffers. */
    Kernel on(UnaryOperator<Buffer> other);

    /** One that fills one buffer. */
    sealed interface ToOne extends Kernel {

        Buffer out();

        @Override
        default Buffer[] writes() {
            return new Buffer[] {out()};
        }
    }

    /** One that fills one buffer from one. */
    sealed interface OneToOne extends ToOne {

        Buffer in();

        @Override
        default Buffer[] reads() {
            return new Buffer[] {in()};
        }
    }

    /**
     * {@code out_k[o, i] = program_k(in_0[o, i], …)} for every index o below {@code outer} and i &lt; inner; the outputs are
     * dense. An output may be the buffer of a dense input: all reading of an element comes before its writing.
     */
    record Map(Program program, Operand[] in, Buffer[] out, int[] outer, int inner) implements Kernel {

        /** How many rows of {@code inner} elements there are. */
        public int rows() {
            int rows = 1;
            for (int size : outer) {
                rows *= size;
            }
            return rows;
        }

        @Override
        public Buffer[] reads() {
            return Arrays.stream(in).map(Operand::buffer).toArray(Buffer[]::new);
        }

        @Override
        public Buffer[] writes() {
            return out;
        }

        @Override
        public Map on(UnaryOperator<Buffer> other) {
            return new Map(program, Arrays.stream(in).map(x -> x.on(other)).toArray(Operand[]::new),
                    Kernel.on(out, other), outer, inner);
        }
    }

    /**
     * An input of {@link Map}: element [o, i] lies at {@code offset + Σ o·outerStrides + i·innerStride}; the inner stride is
     * 1 or, where a number repeats, 0.
     */
    record Operand(Buffer buffer, int offset, int[] outerStrides, int innerStride) {

        /** Where row number {@code row} of the rows {@code outer} begins. */
        public int start(int row, int[] outer) {
            int at = offset;
            for (int axis = outer.length - 1; axis >= 0; axis--) {
                at += row % outer[axis] * outerStrides[axis];
                row /= outer[axis];
            }
            return at;
        }

        /** Whether every row is the same. */
        public boolean repeats() {
            for (int stride : outerStrides) {
                if (stride != 0) {
                    return false;
                }
            }
            return true;
        }

        /** Whether its rows lie one behind the other. */
        public boolean isDense(int[] outer, int inner) {
            int step = inner;
            for (int axis = outer.length - 1; axis >= 0; axis--) {
                if (outerStrides[axis] != step && outer[axis] > 1) {
                    return false;
                }
                step *= outer[axis];
            }
            return innerStride == 1 || inner == 1;
        }

        private Operand on(UnaryOperator<Buffer> other) {
            return new Operand(other.apply(buffer), offset, outerStrides, innerStride);
        }
    }

    /** {@code out[o, i] = reduction over j of in[o, j, i]}, j &lt; n; of nothing its neutral element. */
    record Reduce(Reduction reduction, Buffer in, Buffer out, int outer, int n, int inner) implements OneToOne {
        @Override
        public Reduce on(UnaryOperator<Buffer> other) {
            return new Reduce(reduction, other.apply(in), other.apply(out), outer, n, inner);
        }
    }

    /** Many numbers to one. */
    enum Reduction {
        /** Of nothing 0. */
        SUM,
        /** Of nothing 1. */
        PROD,
        /** Of nothing −∞. */
        MAX,
        /** Of nothing ∞. */
        MIN
    }

    /** {@code out[r, ·] = f(in[r, ·])} for each of {@code rows} rows of {@code n} elements. */
    record RowWise(RowFunction f, Buffer in, Buffer out, int rows, int n) implements OneToOne {
        @Override
        public RowWise on(UnaryOperator<Buffer> other) {
            return new RowWise(f, other.apply(in), other.apply(out), rows, n);
        }
    }

    /** A row of numbers to a row. */
    enum RowFunction { SOFTMAX, LOG_SOFTMAX }

    /**
     * {@code C = A B} for every index of the batch axes: C is m × n, dense, one matrix behind the other; A is m × k and B
     * is k × n, laid out as they say.
     *
     * @param batch the sizes of the batch axes, empty for one product
     */
    record MatMul(int[] batch, int m, int n, int k, Matrix a, Matrix b, Buffer c) implements Kernel {
        @Override
        public Buffer[] reads() {
            return new Buffer[] {a.buffer, b.buffer};
        }

        @Override
        public Buffer[] writes() {
            return new Buffer[] {c};
        }

        @Override
        public MatMul on(UnaryOperator<Buffer> other) {
            return new MatMul(batch, m, n, k, a.on(other), b.on(other), other.apply(c));
        }
    }

    /** Matrices in a buffer: element [i, j] of a batch index lies at {@code offset + Σ index·batchStrides + i·row + j·column}. */
    record Matrix(Buffer buffer, int offset, int[] batchStrides, int row, int column) {

        private Matrix on(UnaryOperator<Buffer> other) {
            return new Matrix(other.apply(buffer), offset, batchStrides, row, column);
        }
    }

    /**
     * {@code out[outOffset + Σ index·outStrides] = in[inOffset + Σ index·inStrides]} for every index below {@code dims}: a view
     * laid out densely, or a block put into its place. Types may differ: numbers are converted. Where the region is not
     * the whole of {@code out}, the rest stays.
     */
    record Copy(int[] dims, Buffer in, int inOffset, int[] inStrides, Buffer out, int outOffset, int[] outStrides)
            implements OneToOne {
        @Override
        public Copy on(UnaryOperator<Buffer> other) {
            return new Copy(dims, other.apply(in), inOffset, inStrides, other.apply(out), outOffset, outStrides);
        }
    }

    /**
     * {@code out[o, c, i] = in[o, index[c], i]} for c &lt; count, with {@code in} of shape [outer, size, inner]; or, with an index
     * for every element, {@code in[o, index[o, c, i], i]}.
     */
    record Gather(Buffer in, Buffer index, Buffer out, int outer, int size, int count, int inner, boolean perElement)
            implements ToOne {
        @Override
        public Buffer[] reads() {
            return new Buffer[] {in, index};
        }

        @Override
        public Gather on(UnaryOperator<Buffer> other) {
            return new Gather(other.apply(in), other.apply(index), other.apply(out), outer, size, count, inner, perElement);
        }
    }

    /**
     * The transpose of {@link Gather}: {@code out[o, index[c], i] += in[o, c, i]} into zeros, with {@code out} of shape [outer,
     * size, inner]; terms that meet are added in ascending c.
     */
    record ScatterAdd(Buffer in, Buffer index, Buffer out, int outer, int size, int count, int inner, boolean perElement)
            implements ToOne {
        @Override
        public Buffer[] reads() {
            return new Buffer[] {in, index};
        }

        @Override
        public ScatterAdd on(UnaryOperator<Buffer> other) {
            return new ScatterAdd(other.apply(in), other.apply(index), other.apply(out), outer, size, count, inner, perElement);
        }
    }

    /**
     * A convolution (as in networks: a cross-correlation) or one of its two transposes, by {@code direction}; sums run over
     * in-group channels and window positions in ascending order.
     */
    record Convolution(Direction direction, ConvGeometry geometry, Buffer left, Buffer right, Buffer out) implements ToOne {
        @Override
        public Buffer[] reads() {
            return new Buffer[] {left, right};
        }

        @Override
        public Convolution on(UnaryOperator<Buffer> other) {
            return new Convolution(direction, geometry, other.apply(left), other.apply(right), other.apply(out));
        }
    }

    /** What a {@link Convolution} computes from what. */
    enum Direction {
        /** Output from input (left) and weight (right). */
        FORWARD,
        /** The input's gradient from the output's (left) and weight (right). */
        INPUT_GRADIENT,
        /** The weight's gradient from input (left) and the output's gradient (right). */
        WEIGHT_GRADIENT
    }

    /**
     * Where in each window the largest element lies, the first of several, NaN before all: its index in the plane of its
     * channel, int32. Windows lie over one channel each; what is outside of the input is never chosen.
     */
    record MaxPositions(ConvGeometry geometry, Buffer in, Buffer positions) implements Kernel {
        @Override
        public Buffer[] reads() {
            return new Buffer[] {in};
        }

        @Override
        public Buffer[] writes() {
            return new Buffer[] {positions};
        }

        @Override
        public MaxPositions on(UnaryOperator<Buffer> other) {
            return new MaxPositions(geometry, other.apply(in), other.apply(positions));
        }
    }

    /**
     * The sum over each window, which lies over one channel; or, if {@code back}, its transpose: every input position gets
     * the sum of the outputs whose windows hold it.
     */
    record WindowSum(ConvGeometry geometry, Buffer in, Buffer out, boolean back) implements OneToOne {
        @Override
        public WindowSum on(UnaryOperator<Buffer> other) {
            return new WindowSum(geometry, other.apply(in), other.apply(out), back);
        }
    }

    /**
     * Numbers of [outer, sets, inner], each set on its own brought to mean 0 and variance 1: y = (x − μ)/√(σ² + ε), with
     * σ² the mean of (x − μ)²; or, not {@code centred}, to mean square 1: y = x/√(mean x² + ε). With {@code gradient} δ, its
     * share in the input instead: (δ − mean δ − y mean(δ y))/√(σ² + ε), without the first mean where not centred.
     */
    record Standardize(Buffer in, Optional<Buffer> gradient, Buffer out, int outer, int sets, int inner, double epsilon,
            boolean centred) implements ToOne {
        @Override
        public Buffer[] reads() {
            return gradient.map(d -> new Buffer[] {in, d}).orElse(new Buffer[] {in});
        }

        @Override
        public Standardize on(UnaryOperator<Buffer> other) {
            return new Standardize(other.apply(in), gradient.map(other), other.apply(out), outer, sets, inner, epsilon, centred);
        }
    }

    /**
     * Uniform random numbers in [0, 1) with 24 bits, the same on every backend and in both float types: number i is word i mod
     * 4 of block i/4 of Philox4x32-10 (Salmon et al. 2011).
     *
     * @param state int32: the key's two words and the first block's number, low word first
     */
    record Uniform(Buffer state, Buffer out) implements ToOne {
        @Override
        public Buffer[] reads() {
            return new Buffer[] {state};
        }

        @Override
        public Uniform on(UnaryOperator<Buffer> other) {
            return new Uniform(other.apply(state), other.apply(out));
        }
    }

    /**
     * The recurrence of an LSTM over whole sequences: from z (what each step's gates get from outside of the recurrence) and the
     * state before, for t = 0, 1, …
     * <pre>
     * i, f, o = σ(z + h Wᵀ)   g = tanh(z + h Wᵀ)   c = f c + i g   h = o tanh c
     * </pre>
     * z and gates are [batch, time, 4 hidden] in the order i, f, g, o; h, c and tanh c are [batch, time, hidden]; W is [4 hidden,
     * hidden]; the state is [batch, 2 hidden], h before c. All others are filled: {@code before} with the h that each step begins
     * from, [batch, time, hidden], too.
     */
    record Lstm(Buffer z, Buffer weight, Buffer state, Buffer before, Buffer h, Buffer c, Buffer tanhC, Buffer gates, int batch,
            int time, int hidden) implements Kernel {
        @Override
        public Buffer[] reads() {
            return new Buffer[] {z, weight, state};
        }

        @Override
        public Buffer[] writes() {
            return new Buffer[] {before, h, c, tanhC, gates};
        }

        @Override
        public Lstm on(UnaryOperator<Buffer> other) {
            return new Lstm(other.apply(z), other.apply(weight), other.apply(state), other.apply(before), other.apply(h),
                    other.apply(c), other.apply(tanhC), other.apply(gates), batch, time, hidden);
        }
    }

    /**
     * The gradient of {@link Lstm}, from the last step to the first: from those of h, [batch, time, hidden], and of the last c,
     * [batch, hidden], to those of z and of the state before.
     */
    record LstmBack(Buffer weight, Buffer state, Buffer c, Buffer tanhC, Buffer gates, Buffer dh, Buffer dc, Buffer dz,
            Buffer dState, int batch, int time, int hidden) implements Kernel {
        @Override
        public Buffer[] reads() {
            return new Buffer[] {weight, state, c, tanhC, gates, dh, dc};
        }

        @Override
        public Buffer[] writes() {
            return new Buffer[] {dz, dState};
        }

        @Override
        public LstmBack on(UnaryOperator<Buffer> other) {
            return new LstmBack(other.apply(weight), other.apply(state), other.apply(c), other.apply(tanhC), other.apply(gates),
                    other.apply(dh), other.apply(dc), other.apply(dz), other.apply(dState), batch, time, hidden);
        }
    }

    /**
     * Any function in Java, for what has no kernel of its own: fills the arrays behind {@code out}, which are zeros, from
     * those behind {@code in}, and depends on nothing else.
     */
    record Host(String name, Buffer[] in, Buffer[] out, HostFunction function) implements Kernel {
        @Override
        public Buffer[] reads() {
            return in;
        }

        @Override
        public Buffer[] writes() {
            return out;
        }

        @Override
        public Host on(UnaryOperator<Buffer> other) {
            return new Host(name, Kernel.on(in, other), Kernel.on(out, other), function);
        }
    }

    /** The work of a {@link Host} kernel. */
    @FunctionalInterface
    interface HostFunction {

        void compute(Buffer[] in, Buffer[] out);
    }

    private static Buffer[] on(Buffer[] buffers, UnaryOperator<Buffer> other) {
        return Arrays.stream(buffers).map(other).toArray(Buffer[]::new);
    }
}
