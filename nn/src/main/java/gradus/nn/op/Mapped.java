package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Expr;
import gradus.nn.backend.Kernel;
import gradus.nn.backend.Kernel.Operand;
import gradus.nn.backend.Program;
import gradus.nn.tex.Tex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Any expression at each element: what {@link Pointwise} operations compute, and what their gradients are. It is closed
 * under differentiation, so gradients of any order stay elementwise kernels.
 */
public final class Mapped implements Op {

    /** What each operation's value is, and its gradient in each input; operations with constants may be many. */
    private static final Map<Object, Object> KNOWN = new ConcurrentHashMap<>();
    private static final int KNOWN_LIMIT = 4096;

    private final Expr expr;
    private final int inputs;
    private final Program program;

    /** An expression of so many inputs. */
    public Mapped(Expr expr, int inputs) {
        this.expr = expr;
        this.inputs = inputs;
        this.program = Program.of(inputs, expr);
    }

    /** A gradient as an operation on some of the inputs, the output and δ: those numbered {@code used}. */
    private record Share(Mapped mapped, int[] used) {
    }

    private record ShareOf(Op op, int inputs, int input) {
    }

    static Mapped value(Pointwise op, int inputs) {
        return (Mapped) known(op, () -> new Mapped(op.value(inputs(inputs)), inputs));
    }

    static Expr[] inputs(int count) {
        return IntStream.range(0, count).mapToObj(Expr::input).toArray(Expr[]::new);
    }

    private static Object known(Object key, java.util.function.Supplier<Object> made) {
        var found = KNOWN.get(key);
        if (found == null) {
            if (KNOWN.size() >= KNOWN_LIMIT) {
                KNOWN.clear();
            }
            found = made.get();
            KNOWN.put(key, found);
        }
        return found;
    }

    /** The gradient of input number {@code i}: Σ over what broadcasting repeated of δ · ∂value/∂xᵢ. */
    static Tensor share(Pointwise op, int i, Tensor[] in, Tensor out, Tensor d) {
        int n = in.length;
        var share = (Share) known(new ShareOf(op, n, i), () ->
                share(op.derivatives(inputs(n), Expr.input(n))[i].times(Expr.input(n + 1)), n + 2));
        return share(share, in, out, d, in[i].shape());
    }

    private static Share share(Expr gradient, int inputs) {
        var used = new java.util.TreeSet<Integer>();
        collect(gradient, used);
        var renumbered = new Expr[inputs];
        int[] order = used.stream().mapToInt(Integer::intValue).toArray();
        for (int k = 0; k < order.length; k++) {
            renumbered[order[k]] = Expr.input(k);
        }
        return new Share(new Mapped(gradient.with(renumbered), order.length), order);
    }

    private static void collect(Expr e, java.util.Set<Integer> used) {
        switch (e) {
            case Expr.Input(var index) -> used.add(index);
            case Expr.Constant _ -> { }
            case Expr.Call(_, var a, var b, var c) -> {
                collect(a, used);
                collect(b, used);
                collect(c, used);
            }
        }
    }

    private static Tensor share(Share share, Tensor[] in, Tensor out, Tensor d, Shape wanted) {
        if (share.used.length == 0) {
            return null;   // a derivative of 0
        }
        var expr = share.mapped.expr;
        if (expr instanceof Expr.Input) {
            return d.sumTo(wanted);
        }
        var inputs = Arrays.stream(share.used)
                .mapToObj(k -> k < in.length ? in[k] : k == in.length ? out : d).toArray(Tensor[]::new);
        return Tensor.apply(share.mapped, inputs).sumTo(wanted);
    }

    @Override
    public String name() {
        return "map";
    }

    @Override
    public Shape shape(Shape... in) {
        var shape = in[0];
        for (int i = 1; i < in.length; i++) {
            shape = Shape.broadcast("elementwise operation", shape, in[i]);
        }
        return shape;
    }

    @Override
    public Tensor forward(Tensor... in) {
        var shape = in.length == 1 ? in[0].shape()
                : shape(Arrays.stream(in).map(Tensor::shape).toArray(Shape[]::new));
        var out = Buffer.allocate(in[0].dtype(), shape.size());
        if (shape.size() > 0) {
            run(program, shape, in, out);
        }
        return Tensor.dense(shape, out);
    }

    /** Runs a program on tensors that broadcast to this shape, into dense outputs. */
    public static void run(Program program, Shape shape, Tensor[] in, Buffer... out) {
        boolean plain = true;
        for (var x : in) {
            plain &= x.isDense() && x.shape().equals(shape);
        }
        if (plain) {
            var operands = new Operand[in.length];
            for (int i = 0; i < in.length; i++) {
                operands[i] = new Operand(in[i].buffer(), 0, NO_AXES, 1);
            }
            Backend.current().run(new Kernel.Map(program, operands, out, NO_AXES, shape.size()));
            return;
        }
        var strides = new int[in.length][];
        for (int i = 0; i < in.length; i++) {
            strides[i] = broadcastStrides(in[i], shape);
            if (!innerStrideIsPlain(strides[i], shape)) {
                in[i] = in[i].dense();
                strides[i] = broadcastStrides(in[i], shape);
            }
        }
        var axes = merged(shape, strides);
        int last = axes.size() - 1;
        var outer = axes.subList(0, Math.max(0, last)).stream().mapToInt(axis -> axis[0]).toArray();
        var operands = new Operand[in.length];
        for (int i = 0; i < in.length; i++) {
            int operand = i + 1;
            operands[i] = new Operand(in[i].buffer(), in[i].offset(), axes.subList(0, Math.max(0, last)).stream()
                    .mapToInt(axis -> axis[operand]).toArray(), last < 0 ? 0 : axes.get(last)[operand]);
        }
        Backend.current().run(new Kernel.Map(program, operands, out, outer, last < 0 ? 1 : axes.get(last)[0]));
    }

    private static final int[] NO_AXES = {};

    private static int[] broadcastStrides(Tensor x, Shape shape) {
        var strides = new int[shape.rank()];
        int added = shape.rank() - x.rank();
        for (int axis = added; axis < strides.length; axis++) {
            strides[axis] = x.shape().dims()[axis - added] == 1 ? 0 : x.strides()[axis - added];
        }
        return strides;
    }

    /** Whether neighbours along the last axis with more than one element lie side by side, or are one number. */
    private static boolean innerStrideIsPlain(int[] strides, Shape shape) {
        for (int axis = strides.length - 1; axis >= 0; axis--) {
            if (shape.dims()[axis] > 1) {
                return strides[axis] == 0 || strides[axis] == 1;
            }
        }
        return true;
    }

    /** The axes, each with its size and every input's stride; those that all inputs walk through as one are one. */
    private static List<int[]> merged(Shape shape, int[][] strides) {
        var axes = new ArrayList<int[]>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (shape.dims()[axis] == 1) {
                continue;
            }
            var next = new int[strides.length + 1];
            next[0] = shape.dims()[axis];
            for (int i = 0; i < strides.length; i++) {
                next[i + 1] = strides[i][axis];
            }
            var before = axes.isEmpty() ? null : axes.getLast();
            boolean together = before != null;
            for (int i = 1; together && i < next.length; i++) {
                together = before[i] == next[i] * next[0];
            }
            if (together) {
                next[0] *= before[0];
                axes.set(axes.size() - 1, next);
            } else {
                axes.add(next);
            }
        }
        return axes;
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
        var shares = new Tensor[in.length];
        for (int i = 0; i < in.length; i++) {
            if (in[i].requiresGrad()) {
                int input = i;
                var share = (Share) known(new ShareOf(this, inputs, i), () ->
                        share(expr.derivative(input).times(Expr.input(inputs + 1)), inputs + 2));
                shares[i] = share(share, in, out, d, in[i].shape());
            }
        }
        return shares;
    }

    @Override
    public Tex tex(Tex... in) {
        return ExprTex.of(expr, in);
    }

    @Override
    public Tex[] localTex(Tex[] in, Tex out) {
        return IntStream.range(0, inputs).mapToObj(i -> ExprTex.of(expr.derivative(i), in)).toArray(Tex[]::new);
    }

    @Override
    public List<Tensor[]> samples() {
        return Samples.pointwise().stream().map(in -> IntStream.range(0, inputs).mapToObj(i -> in[0].plus(0.1 * i))
                .toArray(Tensor[]::new)).toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mapped m && inputs == m.inputs && expr.equals(m.expr);
    }

    @Override
    public int hashCode() {
        return expr.hashCode();
    }

    @Override
    public String toString() {
        return "map " + tex(IntStream.range(0, inputs).mapToObj(i -> Tex.atom("x_" + (i + 1))).toArray(Tex[]::new));
    }
}
