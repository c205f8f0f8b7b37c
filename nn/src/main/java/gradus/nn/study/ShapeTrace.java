package gradus.nn.study;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.compile.Interpretation;
import gradus.nn.op.Convolutions;
import gradus.nn.op.Custom;
import gradus.nn.op.Einsum;
import gradus.nn.op.Heads;
import gradus.nn.op.Movement;
import gradus.nn.op.Op;
import gradus.nn.op.Products;
import gradus.nn.op.Recurrence;
import gradus.nn.op.Slicing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A computation on shapes alone: each operation is asked for its result's shape, and nothing is computed. */
final class ShapeTrace implements Interpretation {

    /** An operation that would have been done. */
    record Event(Op op, Tensor[] in, Tensor out) {

        /** The multiplications that are added up: those of products, convolutions and recurrences. */
        long multiplyAdds() {
            return switch (op) {
                case Products.MatMul _, Products.Linear _ -> (long) out.size() * in[0].shape().dim(-1);
                case Convolutions.Conv _ -> (long) out.size() * perRow(in[1]);
                case Convolutions.ConvInputGradient _ -> (long) in[0].size() * perRow(in[1]);
                case Recurrence.Lstm _ -> (long) in[0].size() * in[1].shape().dim(1);
                default -> 0;
            };
        }

        private static long perRow(Tensor weight) {
            return weight.shape().dim(0) == 0 ? 0 : weight.size() / weight.shape().dim(0);
        }

        /** What the result takes; nothing where it is the input's memory seen in another way. */
        long bytes() {
            return switch (op) {
                case Movement.Reshape _, Movement.Permute _, Movement.BroadcastTo _, Slicing.Slice _,
                        Heads.Split _ -> 0;
                default -> (long) out.size() * out.dtype().bytes();
            };
        }
    }

    private final List<Event> events = new ArrayList<>();

    List<Event> events() {
        return events;
    }

    /** A tensor of this shape over the memory of one number. */
    static Tensor tensor(Shape shape, DType dtype) {
        return Tensor.view(Tensor.scalar(0, dtype), shape, new int[shape.rank()], 0);
    }

    @Override
    public Tensor apply(Op op, Tensor... in) {
        if (op instanceof Einsum || op instanceof Custom) {   // they are made of other operations
            return interpret(() -> op.forward(in));
        }
        var out = tensor(op.shape(Arrays.stream(in).map(Tensor::shape).toArray(Shape[]::new)), dtype(op, in));
        events.add(new Event(op, in, out));
        return out;
    }

    private static DType dtype(Op op, Tensor[] in) {
        if (op instanceof Movement.Cast(var to)) {
            return to;
        }
        boolean wide = false;
        boolean whole = op.movesOnly();
        for (int i = 0; i < in.length; i++) {
            wide |= !op.takesIndices(i) && in[i].dtype() == DType.FLOAT64;
            whole &= in[i].dtype() == DType.INT32;
        }
        return whole ? DType.INT32 : wide ? DType.FLOAT64 : DType.FLOAT32;
    }

    @Override
    public Tensor of(Tensor x) {
        return x;
    }

    @Override
    public void read() {
        throw new IllegalStateException("it looks at numbers, which a shape has not"
                + "\nhelp: run it once on a small input and read the shape of what comes out");
    }
}
