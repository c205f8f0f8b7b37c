package gradus.nn.op;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import gradus.nn.tex.Tex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Operations that move elements and compute nothing; most are views that copy nothing either. */
public final class Movement {

    private Movement() {
    }

    private static List<Tensor[]> matrices() {
        return List.of(Samples.of(Samples.normal(4, 6)), Samples.of(Samples.normal(6, 4).t()));
    }

    /** Sizes as they stand below a symbol: {@code 3 \times 4}. */
    private static String sizes(int... dims) {
        return String.join(" \\times ", Arrays.stream(dims).mapToObj(Integer::toString).toList());
    }

    /** An array of ones. */
    static Tex ones(int... dims) {
        return Tex.atom("\\mathbf{1}_{" + sizes(dims) + "}");
    }

    /** Blocks one behind the other along an axis: a block matrix, if there are no more than two axes. */
    private static Tex joined(int axis, Tex... blocks) {
        int at = blocks[0].shape().axis(axis);
        var texts = Arrays.stream(blocks).map(Tex::text).toList();
        return blocks[0].shape().rank() > 2
                ? Tex.call("\\operatorname{concat}_{" + at + "}", Tex.atom(String.join(", ", texts)))
                : Tex.atom("\\begin{bmatrix} " + String.join(at == 0 ? " \\\\ " : " & ", texts) + " \\end{bmatrix}");
    }

    /** Zeros along an axis but for the elements of x at {@code from}, {@code from + step}, … */
    private static Tex inset(Tex x, int axis, int from, int step, int size) {
        int at = x.shape().axis(axis);
        if (step == 1) {
            var blocks = new ArrayList<Tex>(List.of(x));
            zeros(x.shape().with(at, from)).ifPresent(blocks::addFirst);
            zeros(x.shape().with(at, size - from - x.shape().dim(at))).ifPresent(blocks::add);
            return joined(at, blocks.toArray(Tex[]::new));
        }
        var letters = Tex.indices(x.shape().rank());
        var inner = letters.substring(0, at) + "m" + letters.substring(at + 1);
        return new Tex("\\sum_{m} \\mathbf{1}_{" + letters.charAt(at) + " = " + from + (step < 0 ? " - " : " + ")
                + Math.abs(step) + " m} \\, " + x.entry(String.join(", ", inner.split(""))), Tex.Binding.PREFIX);
    }

    private static Optional<Tex> zeros(Shape shape) {
        return shape.size() == 0 ? Optional.empty()
                : Optional.of(Tex.symbol("\\mathbf{0}_{" + sizes(shape.dims()) + "}", shape));
    }

    /** The same elements, row by row, in another shape of the same size. */
    public record Reshape(Shape to) implements Moving {
        @Override
        public String name() {
            return "reshape";
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[0].size() != to.size()) {
                throw ShapeException.of("reshape", "have " + in[0].size() + " and " + to.size() + " elements",
                        "both sizes must be the same; one dimension may be given as -1", in[0], to);
            }
            return to;
        }

        @Override
        public Tensor forward(Tensor... in) {
            return strides(in[0].shape().dims(), in[0].strides()).map(strides -> Tensor.view(in[0], to, strides, in[0].offset()))
                    .orElseGet(() -> Tensor.dense(to, in[0].dense().buffer()));
        }

        /** The strides that show the elements in the other shape, if there are such: always for dense memory. */
        private Optional<int[]> strides(int[] from, int[] strides) {
            var shown = to.strides();
            int wanted = shown.length - 1;
            int end = from.length - 1;
            while (end >= 0) {   // axes end, end − 1, … that lie in memory like one axis, matched with axes of the same size together
                int step = strides[end];
                int size = from[end--];
                while (end >= 0 && (from[end] == 1 || size == 1 || strides[end] == size * step)) {
                    step = size == 1 ? strides[end] : step;
                    size *= from[end--];
                }
                int matched = 1;
                while (wanted >= 0 && (matched < size || to.dims()[wanted] == 1)) {
                    shown[wanted] = matched * step;
                    matched *= to.dims()[wanted--];
                }
                if (matched != size) {
                    return Optional.empty();
                }
            }
            return Optional.of(shown);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {d.reshape(in[0].shape().dims())};
        }

        @Override
        public Tex tex(Tex... in) {
            return reshaped(in[0], to);
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {reshaped(d, in[0].shape())};
        }

        private static Tex reshaped(Tex x, Shape to) {
            return Tex.call("\\operatorname{reshape}" + (to.rank() == 0 ? "" : "_{" + sizes(to.dims()) + "}"), x);
        }

        @Override
        public List<Tensor[]> samples() {
            return matrices();
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(to.size() + 1)}});
        }
    }

    /** The axes in another order, as a view; {@code order[i]} says which old axis becomes axis i. */
    public record Permute(int... order) implements Moving {
        @Override
        public boolean equals(Object other) {
            return other instanceof Permute p && Arrays.equals(order, p.order);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(order);
        }

        @Override
        public String name() {
            return "transpose";
        }

        @Override
        public Shape shape(Shape... in) {
            var sorted = order.clone();
            Arrays.sort(sorted);
            for (int i = 0; i < sorted.length; i++) {
                if (sorted.length != in[0].rank() || sorted[i] != i) {
                    throw ShapeException.of("transpose", "cannot be ordered as " + Arrays.toString(order),
                            "name each axis from 0 to " + (in[0].rank() - 1) + " once", in[0]);
                }
            }
            return new Shape(Arrays.stream(order).map(axis -> in[0].dims()[axis]).toArray());
        }

        @Override
        public Tensor forward(Tensor... in) {
            var strides = Arrays.stream(order).map(axis -> in[0].strides()[axis]).toArray();
            return Tensor.view(in[0], shape(in[0].shape()), strides, in[0].offset());
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {d.transpose(inverse())};
        }

        private int[] inverse() {
            var inverse = new int[order.length];
            for (int i = 0; i < order.length; i++) {
                inverse[order[i]] = i;
            }
            return inverse;
        }

        @Override
        public Tex tex(Tex... in) {
            return permuted(in[0], order);
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {permuted(d, inverse())};
        }

        /** Transposed, if just the last two axes change places; else with indices. */
        private static Tex permuted(Tex x, int... order) {
            int last = order.length - 1;
            boolean plain = last > 0 && order[last] == last - 1 && order[last - 1] == last;
            var letters = new char[order.length];
            for (int i = 0; i <= last; i++) {
                plain &= i >= last - 1 || order[i] == i;
                letters[order[i]] = Tex.indices(order.length).charAt(i);
            }
            return plain ? x.transposed() : last < 0 ? x : x.sub(new String(letters));
        }

        @Override
        public List<Tensor[]> samples() {
            return matrices();
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(2, 3, 4)}});
        }
    }

    /** Repeats along axes of size 1, and along new leading ones, as a view. */
    public record BroadcastTo(Shape to) implements Moving {
        @Override
        public String name() {
            return "broadcastTo";
        }

        @Override
        public Shape shape(Shape... in) {
            if (!Shape.broadcast(name(), in[0], to).equals(to)) {
                throw ShapeException.of(name(), "would shrink", "each size must be 1 or the wanted one", in[0], to);
            }
            return to;
        }

        @Override
        public Tensor forward(Tensor... in) {
            var strides = new int[to.rank()];
            int added = to.rank() - in[0].rank();
            for (int i = added; i < strides.length; i++) {
                strides[i] = in[0].shape().dims()[i - added] == 1 ? 0 : in[0].strides()[i - added];
            }
            return Tensor.view(in[0], to, strides, in[0].offset());
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {d.sumTo(in[0].shape())};
        }

        @Override
        public Tex tex(Tex... in) {
            return to.rank() == 0 ? in[0] : in[0].odot(ones(to.dims()));
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 1)), Samples.of(Samples.normal(1)), Samples.of(Samples.normal()),
                    Samples.of(Samples.normal(3, 4)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(5)}, {new Shape(2, 1, 1, 1)}});
        }
    }

    /** Of an axis the elements {@code from}, {@code from + step}, …, {@code count} of them, as a view; the step may be negative. */
    public record Slice(int axis, int from, int step, int count) implements Moving {
        @Override
        public String name() {
            return "slice";
        }

        @Override
        public Shape shape(Shape... in) {
            int size = in[0].dim(axis);
            long last = from + (count - 1L) * step;
            if (count < 0 || (count > 0 && (from < 0 || from >= size || last < 0 || last >= size))) {
                throw ShapeException.of("slice", "has no elements " + from + " to " + last + " along axis " + axis,
                        "indices go from 0 to " + (size - 1), in[0]);
            }
            return in[0].with(axis, count);
        }

        @Override
        public Tensor forward(Tensor... in) {
            int at = in[0].shape().axis(axis);
            var strides = in[0].strides().clone();
            int offset = in[0].offset() + (count == 0 ? 0 : from * strides[at]);
            strides[at] *= step;
            return Tensor.view(in[0], shape(in[0].shape()), strides, offset);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new Inset(axis, from, step, in[0].shape().dim(axis)), d)};
        }

        @Override
        public Tex tex(Tex... in) {
            int at = in[0].shape().axis(axis);
            var last = from + count * step;
            return Tex.atom(in[0].text() + "[" + ":, ".repeat(at) + from + ":" + (last < 0 ? "" : last)
                    + (step == 1 ? "" : ":" + step) + "]");
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {inset(d, axis, from, step, in[0].shape().dim(axis))};
        }

        @Override
        public List<Tensor[]> samples() {
            return matrices();
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(1, 1)}, {Shape.SCALAR}});
        }
    }

    /** The transpose of {@link Slice}: along an axis of {@code size} zeros, the input's elements at {@code from}, {@code from + step}, … */
    public record Inset(int axis, int from, int step, int size) implements Moving {
        @Override
        public String name() {
            return "pad";
        }

        @Override
        public Shape shape(Shape... in) {
            long last = from + (in[0].dim(axis) - 1L) * step;
            if (in[0].dim(axis) > 0 && (from < 0 || from >= size || last < 0 || last >= size)) {
                throw ShapeException.of("pad", "has no room in " + size + " elements along axis " + axis + " from " + from
                        + " to " + last, "pad by no less than 0 on either side", in[0]);
            }
            return in[0].with(axis, size);
        }

        @Override
        public Tensor forward(Tensor... in) {
            var shape = shape(in[0].shape());
            var out = Tensor.dense(shape, Buffer.allocate(in[0].dtype(), shape.size()));
            paste(in[0], out, in[0].shape().axis(axis), from, step);
            return out;
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new Slice(axis, from, step, in[0].shape().dim(axis)), d)};
        }

        @Override
        public Tex tex(Tex... in) {
            return inset(in[0], axis, from, step, size);
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {new Slice(axis, from, step, in[0].shape().dim(axis)).tex(d)};
        }

        @Override
        public List<Tensor[]> samples() {
            return matrices();
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{Shape.SCALAR}, {new Shape(100, 100)}});
        }
    }

    /** One behind the other along an axis. */
    public record Concat(int axis) implements Moving {
        @Override
        public String name() {
            return "concat";
        }

        @Override
        public Shape shape(Shape... in) {
            int total = 0;
            for (var shape : in) {
                if (shape.rank() != in[0].rank() || !shape.with(axis, 0).equals(in[0].with(axis, 0))) {
                    throw ShapeException.of("concat", "differ elsewhere than along axis " + axis,
                            "all other sizes must be equal; reshape(...) or broadcastTo(...) first", in[0], shape);
                }
                total += shape.dim(axis);
            }
            return in[0].with(axis, total);
        }

        @Override
        public Tensor forward(Tensor... in) {
            var shapes = Arrays.stream(in).map(Tensor::shape).toArray(Shape[]::new);
            var shape = shape(shapes);
            var out = Tensor.dense(shape, Buffer.allocate(in[0].dtype(), shape.size()));
            int at = 0;
            for (var part : in) {
                paste(part, out, shape.axis(axis), at, 1);
                at += part.shape().dim(axis);
            }
            return out;
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var gradients = new Tensor[in.length];
            int at = 0;
            for (int i = 0; i < in.length; i++) {
                int size = in[i].shape().dim(axis);
                gradients[i] = d.slice(axis, at, at + size);
                at += size;
            }
            return gradients;
        }

        @Override
        public Tex tex(Tex... in) {
            return joined(axis, in);
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            var back = new Tex[in.length];
            int at = 0;
            for (int i = 0; i < in.length; i++) {
                int size = in[i].shape().dim(axis);
                back[i] = new Slice(axis, at, 1, size).tex(d);
                at += size;
            }
            return back;
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 2), Samples.normal(3, 4)),
                    Samples.of(Samples.normal(3, 2), Samples.normal(5, 3).t(), Samples.normal(3, 0)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(3, 2), new Shape(4, 2)}, {new Shape(3, 2), new Shape(3)}});
        }
    }

    /** Copies {@code part} into the dense {@code whole}, to indices {@code at}, {@code at + step}, … along {@code axis}. */
    private static void paste(Tensor part, Tensor whole, int axis, int at, int step) {
        var strides = whole.strides().clone();
        int offset = part.size() == 0 ? 0 : at * strides[axis];
        strides[axis] *= step;
        Backend.current().run(new Kernel.Copy(part.shape().dims(), part.buffer(), part.offset(), part.strides(),
                whole.buffer(), offset, strides));
    }

    /** The same numbers in another element type. */
    public record Cast(DType to) implements Moving {
        @Override
        public String name() {
            return "as";
        }

        @Override
        public Shape shape(Shape... in) {
            return in[0];
        }

        @Override
        public Tensor forward(Tensor... in) {
            var out = Tensor.dense(in[0].shape(), Buffer.allocate(to, in[0].size()));
            Backend.current().run(new Kernel.Copy(in[0].shape().dims(), in[0].buffer(), in[0].offset(), in[0].strides(),
                    out.buffer(), 0, out.strides()));
            return out;
        }

        @Override
        public boolean takesIndices(int i) {
            return true;
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {d.as(in[0].dtype())};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0];
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {d};
        }

        @Override
        public List<Tensor[]> samples() {
            return matrices();
        }
    }
}
