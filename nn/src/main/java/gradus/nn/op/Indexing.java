package gradus.nn.op;

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
import java.util.stream.IntStream;

/** Operations that choose elements by whole-number indices, and their transposes, which put them back and add where they meet. */
public final class Indexing {

    private Indexing() {
    }

    /** An operation on numbers and the int32 indices that choose among them. */
    private interface ByIndex extends Moving {

        @Override
        default boolean takesIndices(int i) {
            return i == 1;
        }

        @Override
        default Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1), Tex.number(0)};
        }
    }

    /** {@code x[i, c[j, k]]}: the entries that indices name along an axis. */
    private static Tex chosen(Tex x, Tex indices, int axis) {
        int at = x.shape().axis(axis);
        var letters = letters(at + indices.shape().rank());
        var named = indices.shape().rank() == 0 ? indices : indices.entry(String.join(", ", letters.subList(at, letters.size())));
        var entry = new ArrayList<>(letters.subList(0, at));
        entry.add(named.text());
        return x.entry(String.join(", ", entry));
    }

    /** {@code \sum_{m} \mathbf{1}_{c[m] = j} x[i, m]}: each entry added where its index says. */
    private static Tex scattered(Tex x, Tex indices, int axis) {
        int rank = indices.shape().rank();
        var letters = letters(x.shape().rank() - rank + 1);
        var to = letters.remove(axis);
        var summed = List.of("m", "n", "p", "q").subList(0, rank);
        letters.addAll(axis, summed);
        return added(summed, rank == 0 ? indices : indices.entry(String.join(", ", summed)), to, x, letters);
    }

    /** {@code \sum_{m} \mathbf{1}_{c[i, m] = j} x[i, m]}: the same with an index for each element. */
    private static Tex scatteredEach(Tex x, Tex indices, int axis) {
        var letters = letters(x.shape().rank());
        var to = letters.set(x.shape().axis(axis), "m");
        return added(List.of("m"), indices.entry(String.join(", ", letters)), to, x, letters);
    }

    private static Tex added(List<String> summed, Tex index, String to, Tex x, List<String> letters) {
        var hit = Tex.call("\\mathbf{1}_{#1 = #2}", index.and(Tex.atom(to)))
                .times(letters.isEmpty() ? x : x.entry(String.join(", ", letters)));
        return summed.isEmpty() ? hit : hit.total("\\sum_{" + String.join(", ", summed) + "}");
    }

    private static Tex chosenEach(Tex x, Tex indices, int axis) {
        var letters = letters(x.shape().rank());
        letters.set(x.shape().axis(axis), indices.entry(String.join(", ", letters)).text());
        return x.entry(String.join(", ", letters));
    }

    private static List<String> letters(int axes) {
        return new ArrayList<>(Arrays.asList(Tex.indices(axes).split("")).subList(0, axes));
    }

    /** By {@link Kernel.Gather}: {@code count} entries along the axis of x, by indices. */
    private static Tensor gathered(Tensor[] in, Shape shape, int axis, int count, boolean perElement) {
        var along = Along.of(in[0].shape(), axis);
        var out = Buffer.allocate(in[0].dtype(), shape.size());
        Backend.current().run(new Kernel.Gather(in[0].dense().buffer(), in[1].dense().buffer(), out, along.outer(), along.n(),
                count, along.inner(), perElement));
        return Tensor.dense(shape, out);
    }

    /** By {@link Kernel.ScatterAdd}: {@code count} entries added by indices along the axis of the result. */
    private static Tensor scattered(Tensor[] in, Shape shape, int axis, int count, boolean perElement) {
        var along = Along.of(shape, axis);
        var out = Buffer.allocate(in[0].dtype(), shape.size());
        Backend.current().run(new Kernel.ScatterAdd(in[0].dense().buffer(), in[1].dense().buffer(), out, along.outer(), along.n(),
                count, along.inner(), perElement));
        return Tensor.dense(shape, out);
    }

    private static Tensor indices(int[] dims, int... values) {
        return Tensor.indices(new Shape(dims), values);
    }

    private static Tensor indices(int... values) {
        return indices(new int[] {values.length}, values);
    }

    /**
     * The entries with these indices along an axis; one may be chosen several times. Inputs x and indices of any shape, which
     * takes the place of the axis: rows of a matrix [n, d] by indices [a, b] are [a, b, d].
     */
    public record Select(int axis) implements ByIndex {
        @Override
        public String name() {
            return "select";
        }

        @Override
        public Shape shape(Shape... in) {
            int at = in[0].axis(axis);
            var dims = in[0].dims();
            return new Shape(IntStream.concat(IntStream.concat(Arrays.stream(dims, 0, at), Arrays.stream(in[1].dims())),
                    Arrays.stream(dims, at + 1, dims.length)).toArray());
        }

        @Override
        public Tensor forward(Tensor... in) {
            return gathered(in, shape(in[0].shape(), in[1].shape()), axis, in[1].size(), false);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            int at = in[0].shape().axis(axis);
            return new Tensor[] {Tensor.apply(new SelectBack(at, in[0].shape().dim(at)), d, in[1]), null};
        }

        @Override
        public Tex tex(Tex... in) {
            return chosen(in[0], in[1], axis);
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {scattered(d, in[1], in[0].shape().axis(axis)), Tex.number(0)};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(4, 3), indices(2, 0, 2)),
                    Samples.of(Samples.normal(3, 4).t(), indices(1)), Samples.of(Samples.normal(4, 3), indices()),
                    Samples.of(Samples.normal(4, 3), indices(new int[] {2, 2}, 3, 0, 3, 1)),
                    Samples.of(Samples.normal(4), indices(new int[0], 2)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{Shape.SCALAR, new Shape(2)}});
        }
    }

    /** The transpose of {@link Select}: adds entry c of the input to entry index[c] of {@code size} entries of zeros, in the order of c. */
    public record SelectBack(int axis, int size) implements ByIndex {
        @Override
        public String name() {
            return "selectBack";
        }

        @Override
        public Shape shape(Shape... in) {
            int after = axis + in[1].rank();
            var dims = in[0].dims();
            if (after > dims.length || !Arrays.equals(dims, axis, after, in[1].dims(), 0, in[1].rank())) {
                throw ShapeException.of("selectBack", "do not fit", "give one index per entry along axis " + axis, in[0], in[1]);
            }
            return new Shape(IntStream.concat(IntStream.concat(Arrays.stream(dims, 0, axis), IntStream.of(size)),
                    Arrays.stream(dims, after, dims.length)).toArray());
        }

        @Override
        public Tensor forward(Tensor... in) {
            return scattered(in, shape(in[0].shape(), in[1].shape()), axis, in[1].size(), false);
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
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {chosen(d, in[1], axis), Tex.number(0)};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 3), indices(2, 0, 2)), Samples.of(Samples.normal(2), indices(0, 3)),
                    Samples.of(Samples.normal(2, 2, 3), indices(new int[] {2, 2}, 3, 0, 3, 1)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(4, 3), new Shape(3)}, {Shape.SCALAR, new Shape(1)}});
        }
    }

    /**
     * Along an axis, for each position of the others its own choice: y[i, c] = x[i, index[i, c]]. Inputs x and indices, which
     * agree in all sizes but that of the axis.
     */
    public record Gather(int axis) implements ByIndex {
        @Override
        public String name() {
            return "gather";
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[0].rank() != in[1].rank() || !in[0].with(axis, 0).equals(in[1].with(axis, 0))) {
                throw ShapeException.of("gather", "do not fit", "indices differ from what they choose from only along axis " + axis,
                        in[0], in[1]);
            }
            return in[1];
        }

        @Override
        public Tensor forward(Tensor... in) {
            return gathered(in, in[1].shape(), axis, in[1].shape().dim(axis), true);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new ScatterAdd(axis, in[0].shape().dim(axis)), d, in[1]), null};
        }

        @Override
        public Tex tex(Tex... in) {
            return chosenEach(in[0], in[1], axis);
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {scatteredEach(d, in[1], axis), Tex.number(0)};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 4), indices(new int[] {3, 2}, 1, 1, 0, 3, 2, 0)),
                    Samples.of(Samples.normal(4, 3).t(), indices(new int[] {3, 1}, 3, 3, 0)),
                    Samples.of(Samples.normal(2, 4, 2), indices(new int[] {2, 1, 2}, 3, 0, 1, 1)),
                    Samples.of(Samples.normal(0, 3), Tensor.indices(new Shape(0, 2))));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(3, 4), new Shape(4, 4)}, {new Shape(3), new Shape(3)}});
        }
    }

    /**
     * The transpose of {@link Gather}: y[i, index[i, c]] += x[i, c] into zeros with {@code size} entries along the axis; terms
     * that meet are added in ascending c, so that the result is always the same. Inputs of one shape.
     */
    public record ScatterAdd(int axis, int size) implements ByIndex {
        @Override
        public String name() {
            return "scatterAdd";
        }

        @Override
        public Shape shape(Shape... in) {
            if (!in[0].equals(in[1])) {
                throw ShapeException.of("scatterAdd", "do not fit", "give one index per number", in[0], in[1]);
            }
            return in[0].with(axis, size);
        }

        @Override
        public Tensor forward(Tensor... in) {
            return scattered(in, shape(in[0].shape(), in[1].shape()), axis, in[1].shape().dim(axis), true);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new Gather(axis), d, in[1]), null};
        }

        @Override
        public Tex tex(Tex... in) {
            return scatteredEach(in[0], in[1], axis);
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {chosenEach(d, in[1], axis), Tex.number(0)};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 3), indices(new int[] {3, 3}, 1, 0, 1, 2, 2, 2, 3, 0, 1)),
                    Samples.of(Samples.normal(1, 2).t(), indices(new int[] {2, 1}, 3, 3)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(3, 4), new Shape(4, 3)}, {Shape.SCALAR, Shape.SCALAR}});
        }
    }
}
