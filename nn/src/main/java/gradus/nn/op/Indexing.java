package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Buffer;
import gradus.nn.tex.Tex;
import java.util.List;

/** Operations that choose elements by whole-number indices, and their transposes, which put them back. */
public final class Indexing {

    private Indexing() {
    }

    private static void check(String operation, int[] indices, int bound, Shape shape) {
        for (int index : indices) {
            if (index < 0 || index >= bound) {
                throw ShapeException.of(operation, "has no index " + index, "indices go from 0 to " + (bound - 1), shape);
            }
        }
    }

    private static List<Tensor[]> matrices() {
        return List.of(Samples.of(Samples.normal(4, 3)), Samples.of(Samples.normal(3, 4).t()));
    }

    private static Tex[] unchanged() {
        return new Tex[] {Tex.number(1)};
    }

    /** The chosen entries along axis 0, in the order given; one may be chosen several times. */
    public record Rows(int... indices) implements Op {
        @Override
        public String name() {
            return "rows";
        }

        @Override
        public Shape shape(Shape... in) {
            check("rows", indices, in[0].dim(0), in[0]);
            return in[0].with(0, indices.length);
        }

        @Override
        public Tensor forward(Tensor... in) {
            var x = in[0].dense();
            var shape = shape(x.shape());
            var out = Buffer.allocate(x.dtype(), shape.size());
            int row = indices.length == 0 ? 0 : shape.size() / indices.length;
            for (int i = 0; i < indices.length; i++) {
                switch (x.buffer()) {
                    case Buffer.Floats(var from) ->
                            System.arraycopy(from, indices[i] * row, ((Buffer.Floats) out).array(), i * row, row);
                    case Buffer.Doubles(var from) ->
                            System.arraycopy(from, indices[i] * row, ((Buffer.Doubles) out).array(), i * row, row);
                }
            }
            return Tensor.dense(shape, out);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new ScatterRows(in[0].shape().dim(0), indices), d)};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].sub("i");
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return unchanged();
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {Tex.call("\\operatorname{scatter}", d)};
        }

        @Override
        public List<Tensor[]> samples() {
            return matrices();
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(1, 3)}, {Shape.SCALAR}});
        }
    }

    /** Adds row i of the input to row {@code indices[i]} of {@code size} rows of zeros, in the order of i. */
    public record ScatterRows(int size, int... indices) implements Op {
        @Override
        public String name() {
            return "scatterRows";
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[0].dim(0) != indices.length) {
                throw ShapeException.of("scatterRows", "needs " + indices.length + " rows", "give one row per index", in[0]);
            }
            return in[0].with(0, size);
        }

        @Override
        public Tensor forward(Tensor... in) {
            var x = in[0].dense();
            var shape = shape(x.shape());
            var out = Buffer.allocate(x.dtype(), shape.size());
            int row = indices.length == 0 ? 0 : x.size() / indices.length;
            for (int i = 0; i < indices.length; i++) {
                for (int j = 0; j < row; j++) {
                    int to = indices[i] * row + j;
                    out.set(to, out.get(to) + x.buffer().get(i * row + j));
                }
            }
            return Tensor.dense(shape, out);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new Rows(indices), d)};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\operatorname{scatter}", in[0]);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return unchanged();
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {d.sub("i")};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(indices.length, 3)), Samples.of(Samples.normal(indices.length)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(indices.length + 1, 3)}, {Shape.SCALAR}});
        }
    }
}
