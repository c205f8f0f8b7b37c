package gradus.nn.op;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import gradus.nn.tex.Tex;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The same elements in other shapes, orders and types; most results are views that copy nothing. */
public final class Movement {

    private Movement() {
    }

    static List<Tensor[]> matrices() {
        return List.of(Samples.of(Samples.normal(4, 6)), Samples.of(Samples.normal(6, 4).t()));
    }

    /** Sizes as they stand below a symbol: {@code 3 \times 4}. */
    static String sizes(int... dims) {
        return String.join(" \\times ", Arrays.stream(dims).mapToObj(Integer::toString).toList());
    }

    /** An array of ones. */
    static Tex ones(int... dims) {
        return Tex.ones(new Shape(dims), sizes(dims));
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
            if (to.size() == 1 && x.shape().size() == 1) {   // a number is a number
                return x.of(to);
            }
            var factor = x.withoutOnes(x.shape());
            if (factor != x && factor.inferred().filter(shape -> shape.rank() == 0).isPresent()) {
                return factor.odot(ones(to.dims())).of(to);
            }
            var inner = x.form() instanceof Tex.Form.Call(var f, var of) && f.startsWith("\\operatorname{reshape}")
                    && of.getFirst().known().isPresent() ? of.getFirst() : x;
            return inner.shape().equals(to) ? inner
                    : Tex.call("\\operatorname{reshape}" + (to.rank() == 0 ? "" : "_{" + sizes(to.dims()) + "}"), inner);
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
