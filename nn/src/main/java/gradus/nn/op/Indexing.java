package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import gradus.nn.tex.Tex;
import java.util.ArrayList;
import java.util.List;

/** Operations that choose elements by whole-number indices, and their transposes, which put them back. */
public final class Indexing {

    private Indexing() {
    }

    private static int product(Shape shape, int from, int to) {
        int product = 1;
        for (int axis = from; axis < to; axis++) {
            product *= shape.dims()[axis];
        }
        return product;
    }

    /** {@code x[i, c[j]]}: the entries that indices name along an axis. */
    private static Tex chosen(Tex x, Tex indices, int axis) {
        var letters = letters(x.shape().axis(axis) + 1);
        letters.add(indices.entry(letters.removeLast()).text());
        return x.entry(String.join(", ", letters));
    }

    /** {@code \sum_{m} \mathbf{1}_{c[m] = j} x[i, m]}: each entry added where its index says. */
    private static Tex scattered(Tex x, Tex indices, int axis) {
        var letters = letters(x.shape().rank());
        var to = letters.set(x.shape().axis(axis), "m");
        return new Tex("\\sum_{m} " + hit(indices.entry("m"), to) + " \\, " + x.entry(String.join(", ", letters)),
                Tex.Binding.PREFIX);
    }

    private static Tex placed(Tex x, Tex indices) {
        return hit(indices.entry("i"), "j").times(x.entry("i"));
    }

    private static Tex hit(Tex index, String letter) {
        return Tex.atom("\\mathbf{1}_{" + index + " = " + letter + "}");
    }

    private static List<String> letters(int axes) {
        return new ArrayList<>(List.of(Tex.indices(axes).split("")));
    }

    private static Tensor indices(int... values) {
        return Tensor.indices(new Shape(values.length), values);
    }

    /**
     * The entries with these indices along an axis, in the order given; one may be chosen several times. Inputs x and
     * indices [count].
     */
    public record Select(int axis) implements Op {
        @Override
        public String name() {
            return "select";
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[1].rank() != 1) {
                throw ShapeException.of("select", "do not fit: the indices must be a vector", "reshape(-1) them", in[0], in[1]);
            }
            return in[0].with(axis, in[1].dim(0));
        }

        @Override
        public boolean takesIndices(int i) {
            return i == 1;
        }

        @Override
        public Tensor forward(Tensor... in) {
            var x = in[0].dense();
            int at = x.shape().axis(axis);
            var shape = shape(x.shape(), in[1].shape());
            var out = Buffer.allocate(x.dtype(), shape.size());
            Backend.current().run(new Kernel.Gather(x.buffer(), in[1].dense().buffer(), out, product(shape, 0, at),
                    x.shape().dim(at), in[1].size(), product(shape, at + 1, shape.rank()), false));
            return Tensor.dense(shape, out);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new SelectBack(axis, in[0].shape().dim(axis)), d, in[1]), null};
        }

        @Override
        public Tex tex(Tex... in) {
            return chosen(in[0], in[1], axis);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1), Tex.number(0)};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {scattered(d, in[1], axis), Tex.number(0)};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(4, 3), indices(2, 0, 2)),
                    Samples.of(Samples.normal(3, 4).t(), indices(1)), Samples.of(Samples.normal(4, 3), indices()));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{Shape.SCALAR, new Shape(2)}, {new Shape(4, 3), new Shape(2, 2)}});
        }
    }

    /** The transpose of {@link Select}: adds entry c of the input to entry index[c] of {@code size} entries of zeros, in the order of c. */
    public record SelectBack(int axis, int size) implements Op {
        @Override
        public String name() {
            return "scatterAdd";
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[1].rank() != 1 || in[0].dim(axis) != in[1].dim(0)) {
                throw ShapeException.of("scatterAdd", "do not fit", "give one index per entry", in[0], in[1]);
            }
            return in[0].with(axis, size);
        }

        @Override
        public boolean takesIndices(int i) {
            return i == 1;
        }

        @Override
        public Tensor forward(Tensor... in) {
            var x = in[0].dense();
            int at = x.shape().axis(axis);
            var shape = shape(x.shape(), in[1].shape());
            var out = Buffer.allocate(x.dtype(), shape.size());
            Backend.current().run(new Kernel.ScatterAdd(x.buffer(), in[1].dense().buffer(), out, product(shape, 0, at),
                    size, in[1].size(), product(shape, at + 1, shape.rank()), false));
            return Tensor.dense(shape, out);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new Select(axis), d, in[1]), null};
        }

        @Override
        public Tex tex(Tex... in) {
            return scattered(in[0], in[1], axis);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1), Tex.number(0)};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {chosen(d, in[1], axis), Tex.number(0)};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 3), indices(2, 0, 2)), Samples.of(Samples.normal(2), indices(0, 3)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(4, 3), new Shape(3)}, {Shape.SCALAR, new Shape(1)}});
        }
    }

    /** One element of each row by the row's own index: [n, k] and indices [n] → [n]. */
    public record Pick() implements Op {
        @Override
        public String name() {
            return "pick";
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[0].rank() != 2 || in[1].rank() != 1 || in[0].dim(0) != in[1].dim(0)) {
                throw ShapeException.of("pick", "do not fit: rows [n, k] need indices [n]", "give one index per row", in[0], in[1]);
            }
            return in[1];
        }

        @Override
        public boolean takesIndices(int i) {
            return i == 1;
        }

        @Override
        public Tensor forward(Tensor... in) {
            var out = Buffer.allocate(in[0].dtype(), in[1].size());
            Backend.current().run(new Kernel.Gather(in[0].dense().buffer(), in[1].dense().buffer(), out, in[1].size(),
                    in[0].shape().dim(1), 1, 1, true));
            return Tensor.dense(in[1].shape(), out);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new Place(in[0].shape().dim(1)), d, in[1]), null};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].entry("i, " + in[1].entry("i"));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1), Tex.number(0)};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {placed(d, in[1]), Tex.number(0)};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 4), indices(1, 0, 3)), Samples.of(Samples.normal(4, 2).t(), indices(3, 3)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(3, 4), new Shape(4)}, {new Shape(3), new Shape(3)}});
        }
    }

    /** The transpose of {@link Pick}: row i has its number at the place that its index says, and zeros elsewhere. [n] and indices [n] → [n, k]. */
    public record Place(int size) implements Op {
        @Override
        public String name() {
            return "place";
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[0].rank() != 1 || !in[0].equals(in[1])) {
                throw ShapeException.of("place", "do not fit", "give one index per number", in[0], in[1]);
            }
            return new Shape(in[0].dim(0), size);
        }

        @Override
        public boolean takesIndices(int i) {
            return i == 1;
        }

        @Override
        public Tensor forward(Tensor... in) {
            var shape = new Shape(in[0].size(), size);
            var out = Buffer.allocate(in[0].dtype(), shape.size());
            Backend.current().run(new Kernel.ScatterAdd(in[0].dense().buffer(), in[1].dense().buffer(), out, in[0].size(), size,
                    1, 1, true));
            return Tensor.dense(shape, out);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new Pick(), d, in[1]), null};
        }

        @Override
        public Tex tex(Tex... in) {
            return placed(in[0], in[1]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1), Tex.number(0)};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {d.entry("i, " + in[1].entry("i")), Tex.number(0)};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.<Tensor[]>of(Samples.of(Samples.normal(3), indices(1, 0, 1)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(3), new Shape(4)}, {new Shape(3, 1), new Shape(3, 1)}});
        }
    }
}
