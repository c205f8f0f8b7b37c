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
import java.util.Optional;

/** Parts along an axis: taken out, put among zeros, and put one behind the other. */
public final class Slicing {

    private Slicing() {
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
        var place = Tex.number(from).plus(Tex.number(step).times(Tex.atom("m")));
        return Tex.call("\\mathbf{1}_{#1 = #2}", Tex.atom(letters.substring(at, at + 1)).and(place))
                .times(x.entry(String.join(", ", inner.split("")))).total("\\sum_{m}");
    }

    private static Optional<Tex> zeros(Shape shape) {
        return shape.size() == 0 ? Optional.empty()
                : Optional.of(Tex.symbol("\\mathbf{0}_{" + Movement.sizes(shape.dims()) + "}", shape));
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
            return in[0].entry(":, ".repeat(at) + from + ":" + (last < 0 ? "" : last) + (step == 1 ? "" : ":" + step));
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {inset(d, axis, from, step, in[0].shape().dim(axis))};
        }

        @Override
        public List<Tensor[]> samples() {
            return Movement.matrices();
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
            return Movement.matrices();
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
            if (in.length == 0) {
                throw new ShapeException("concat: there is nothing to join\nhelp: give at least one tensor");
            }
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
}
