package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import gradus.nn.tex.Tex;
import java.util.Arrays;
import java.util.List;

/** Diagonals of matrices, the last two axes of a tensor; number k lies k columns right of the main one, or −k rows below. */
public final class Diagonals {

    private Diagonals() {
    }

    private static int row(int k) {
        return Math.max(0, -k);
    }

    private static int column(int k) {
        return Math.max(0, k);
    }

    private static String shifted(char letter, int by) {
        return by == 0 ? String.valueOf(letter) : letter + " + " + by;
    }

    /** Entries of the square that the diagonal crosses. */
    private static Tex diagonal(Tex x, int k) {
        int length = new Diagonal(k).shape(x.shape()).dim(-1);
        boolean whole = x.shape().dim(-2) == length && x.shape().dim(-1) == length;
        var square = whole ? x : x.entry(":, ".repeat(x.shape().rank() - 2) + row(k) + ":" + (row(k) + length) + ", " + column(k)
                + ":" + (column(k) + length));
        var letters = Tex.indices(x.shape().rank() - 1);
        return square.entry(String.join(", ", (letters + letters.charAt(letters.length() - 1)).split("")));
    }

    /** A sum, so that no entry is named that does not exist. */
    private static Tex onDiagonal(Tex x, int k) {
        int rank = x.shape().rank();
        var letters = Tex.indices(rank + 1);
        var entry = (letters.substring(0, rank - 1) + "m").split("");
        return new Tex("\\sum_{m} \\mathbf{1}_{" + letters.charAt(rank - 1) + " = " + shifted('m', row(k)) + "} \\, \\mathbf{1}_{"
                + letters.charAt(rank) + " = " + shifted('m', column(k)) + "} \\, " + x.entry(String.join(", ", entry)), Tex.Binding.PREFIX);
    }

    /** The diagonal number {@code k} of each matrix, as a view: [.., m, n] → [.., length]. */
    public record Diagonal(int k) implements Moving {
        @Override
        public String name() {
            return "diagonal";
        }

        @Override
        public Shape shape(Shape... in) {
            int length = in[0].rank() < 2 ? -1 : Math.min(in[0].dim(-2) - row(k), in[0].dim(-1) - column(k));
            if (length < 0) {
                throw ShapeException.of("diagonal", "has no diagonal number " + k, "give a matrix; 0 is its main diagonal", in[0]);
            }
            return in[0].without(-1).with(-1, length);
        }

        @Override
        public Tensor forward(Tensor... in) {
            int last = in[0].rank() - 1;
            var shape = shape(in[0].shape());
            var strides = Arrays.copyOf(in[0].strides(), last);
            int offset = shape.size() == 0 ? 0 : row(k) * strides[last - 1] + column(k) * in[0].strides()[last];
            strides[last - 1] += in[0].strides()[last];
            return Tensor.view(in[0], shape, strides, in[0].offset() + offset);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new OnDiagonal(k, in[0].shape().dim(-2), in[0].shape().dim(-1)), d)};
        }

        @Override
        public Tex tex(Tex... in) {
            return diagonal(in[0], k);
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {onDiagonal(d, k)};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 4)), Samples.of(Samples.normal(2, 5).t()), Samples.of(Samples.normal(2, 3, 3)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{Shape.SCALAR}, {new Shape(3)}});
        }
    }

    /** The transpose of {@link Diagonal}: rows × columns zeros with the input on diagonal {@code k}: [.., length] → [.., rows, columns]. */
    public record OnDiagonal(int k, int rows, int columns) implements Moving {
        @Override
        public String name() {
            return "diag";
        }

        @Override
        public Shape shape(Shape... in) {
            int length = Math.min(rows - row(k), columns - column(k));
            if (in[0].rank() < 1 || in[0].dim(-1) != length) {
                throw ShapeException.of("diag", "is not as long as diagonal number " + k + " of " + rows + " rows and " + columns
                        + " columns", "that one has " + length + " elements", in[0]);
            }
            var dims = Arrays.copyOf(in[0].dims(), in[0].rank() + 1);
            dims[dims.length - 2] = rows;
            dims[dims.length - 1] = columns;
            return new Shape(dims);
        }

        @Override
        public Tensor forward(Tensor... in) {
            var shape = shape(in[0].shape());
            var out = Tensor.dense(shape, Buffer.allocate(in[0].dtype(), shape.size()));
            var strides = Arrays.copyOf(out.strides(), in[0].rank());
            strides[strides.length - 1] = columns + 1;
            Backend.current().run(new Kernel.Copy(in[0].shape().dims(), in[0].buffer(), in[0].offset(), in[0].strides(), out.buffer(),
                    in[0].size() == 0 ? 0 : row(k) * columns + column(k), strides));
            return out;
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new Diagonal(k), d)};
        }

        @Override
        public Tex tex(Tex... in) {
            return onDiagonal(in[0], k);
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {diagonal(d, k)};
        }

        @Override
        public List<Tensor[]> samples() {
            int length = Math.min(rows - row(k), columns - column(k));
            return List.of(Samples.of(Samples.normal(length)), Samples.of(Samples.normal(length, 2).t()));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{Shape.SCALAR}, {new Shape(rows + columns)}});
        }
    }
}
