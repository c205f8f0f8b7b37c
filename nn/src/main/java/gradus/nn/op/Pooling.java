package gradus.nn.op;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.ConvGeometry;
import gradus.nn.backend.Kernel;
import gradus.nn.tex.Tex;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Operations on windows of one channel each, [batch, channels, spatial…]. A maximum is taken in two steps, where it lies
 * and what lies there; the second has the gradient.
 */
public final class Pooling {

    private Pooling() {
    }

    /**
     * The largest element of each window, [b, c, in…] → [b, c, out…]; of several equal ones the first gets the gradient, as
     * in PyTorch.
     *
     * @param kernel the window's sizes
     */
    public static Tensor max(Tensor x, Shape kernel, List<Sliding> slides) {
        var positions = Tensor.apply(new MaxPositions(kernel, slides), x.detach());
        return Tensor.apply(new WindowMax(kernel, slides), x, positions);
    }

    /**
     * The mean of each window, [b, c, in…] → [b, c, out…]; zeros of the padding count as elements where {@code padding}
     * says so, else the mean is over what lies inside.
     */
    public static Tensor average(Tensor x, Shape kernel, List<Sliding> slides, boolean padding) {
        if (padding || slides.stream().allMatch(slide -> slide.before() == 0 && slide.after() == 0)) {
            return Tensor.apply(new WindowMean(kernel, slides), x);
        }
        var sum = Tensor.apply(new WindowSum(kernel, slides), x);
        var ones = Tensor.full(1, x.shape().with(0, 1).with(1, 1), x.dtype());
        return sum.div(Tensor.apply(new WindowSum(kernel, slides), ones));
    }

    private static ConvGeometry geometry(String name, Shape kernel, List<Sliding> slides, Shape x) {
        int channels = x.rank() < 2 ? 1 : x.dim(1);
        return Sliding.geometry(name, slides, x, kernel.dims(), channels, Math.max(1, channels));
    }

    /** For each window where its largest element lies, as an index into the channel's elements; int32, no gradient. */
    public record MaxPositions(Shape kernel, List<Sliding> slides) implements WithoutGradient {
        @Override
        public String name() {
            return "maxPool" + slides.size() + "d";
        }

        @Override
        public Shape shape(Shape... in) {
            var g = geometry(name(), kernel, slides, in[0]);
            if (Stream.of(g.depth(), g.height(), g.width()).anyMatch(MaxPositions::hasEmptyWindow)) {
                throw ShapeException.of(name(), "has windows that hold nothing but padding",
                        "the padding is at most half of the window", in[0], kernel);
            }
            return Sliding.out(g, slides.size());
        }

        private static boolean hasEmptyWindow(ConvGeometry.Axis axis) {
            return axis.padBefore() + axis.padAfter() > 0 && IntStream.range(0, axis.out()).anyMatch(i ->
                    IntStream.range(0, axis.kernel()).map(k -> i * axis.stride() - axis.padBefore() + k * axis.dilation())
                            .noneMatch(place -> place >= 0 && place < axis.in()));
        }

        @Override
        public Tensor forward(Tensor... in) {
            var g = geometry(name(), kernel, slides, in[0].shape());
            var shape = Sliding.out(g, slides.size());
            var positions = Buffer.allocate(DType.INT32, shape.size());
            if (shape.size() > 0) {
                Backend.current().run(new Kernel.MaxPositions(g, in[0].dense().buffer(), positions));
            }
            return Tensor.dense(shape, positions);
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.atom("\\operatorname{argmax}_{k} " + in[0].sub("i + k"));
        }

        @Override
        public List<Tensor[]> samples() {
            return inputs(slides.size());
        }

        @Override
        public List<Shape[]> misfits() {
            return Pooling.misfits(slides);
        }
    }

    /**
     * The element of each window that lies at a given position, its largest: [b, c, in…] and positions [b, c, out…]
     * → [b, c, out…].
     */
    public record WindowMax(Shape kernel, List<Sliding> slides) implements Op {
        @Override
        public String name() {
            return "windowMax";
        }

        @Override
        public boolean takesIndices(int i) {
            return i == 1;
        }

        @Override
        public Shape shape(Shape... in) {
            var out = Sliding.out(geometry(name(), kernel, slides, in[0]), slides.size());
            if (!in[1].equals(out)) {
                throw ShapeException.of(name(), "do not fit", "give one position for each of " + out, in);
            }
            return out;
        }

        @Override
        public Tensor forward(Tensor... in) {
            var shape = in[1].shape();
            return in[0].reshape(planes(in[0].shape())).gather(2, in[1].reshape(planes(shape))).reshape(shape.dims());
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var to = planes(in[0].shape());
            var from = planes(d.shape());
            return new Tensor[] {Tensor.apply(new Indexing.ScatterAdd(2, to[2]), d.reshape(from), in[1].reshape(from))
                    .reshape(in[0].shape().dims()), null};
        }

        @Override
        public Tex tex(Tex... in) {
            return new WindowTex(slides).windowMax(in[0], kernel);
        }

        /** Where the maximum lies, a formula of x and of the maximum: the first place of the window that equals it. */
        public Tex positions(Tex x, Tex out) {
            return new WindowTex(slides).firstEqual(x, out, kernel);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1), Tex.number(0)};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {put(d, in[1], in[0].shape()), Tex.number(0)};
        }

        @Override
        public List<Tensor[]> samples() {
            return inputs(slides.size()).stream()
                    .map(in -> Samples.of(in[0], Tensor.apply(new MaxPositions(kernel, slides), in))).toList();
        }

        @Override
        public List<Shape[]> misfits() {
            var one = Shape.ones(slides.size() + 2);
            return List.of(new Shape[][] {{new Shape(3), new Shape(3)}, {one, one}});
        }
    }

    /** The sum of each window, what lies outside of the input counting 0: [b, c, in…] → [b, c, out…]. */
    public record WindowSum(Shape kernel, List<Sliding> slides) implements Op {
        @Override
        public String name() {
            return "windowSum";
        }

        @Override
        public Shape shape(Shape... in) {
            return Sliding.out(geometry(name(), kernel, slides, in[0]), slides.size());
        }

        @Override
        public Tensor forward(Tensor... in) {
            var g = geometry(name(), kernel, slides, in[0].shape());
            return run(g, in[0], Sliding.out(g, slides.size()), false);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new WindowSpread(kernel, slides, spatial(in[0].shape())), d)};
        }

        @Override
        public Tex tex(Tex... in) {
            return new WindowTex(slides).windowSum(in[0], kernel);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1)};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {new WindowTex(slides).windowSpread(d, kernel)};
        }

        @Override
        public List<Tensor[]> samples() {
            return inputs(slides.size());
        }

        @Override
        public List<Shape[]> misfits() {
            return Pooling.misfits(slides);
        }
    }

    /** The mean of each window, zeros of the padding included: [b, c, in…] → [b, c, out…]. */
    public record WindowMean(Shape kernel, List<Sliding> slides) implements Op {
        @Override
        public String name() {
            return "avgPool" + slides.size() + "d";
        }

        @Override
        public Shape shape(Shape... in) {
            return Sliding.out(geometry(name(), kernel, slides, in[0]), slides.size());
        }

        @Override
        public Tensor forward(Tensor... in) {
            return new WindowSum(kernel, slides).forward(in).times(1.0 / kernel.size());
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new WindowSum(kernel, slides).vjp(in, out, d.times(1.0 / kernel.size()));
        }

        private Tex part() {
            return Tex.number(1).over(Tex.number(kernel.size()));
        }

        @Override
        public Tex tex(Tex... in) {
            return part().times(new WindowTex(slides).windowSum(in[0], kernel));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {part()};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {part().times(new WindowTex(slides).windowSpread(d, kernel))};
        }

        @Override
        public List<Tensor[]> samples() {
            return inputs(slides.size());
        }

        @Override
        public List<Shape[]> misfits() {
            return Pooling.misfits(slides);
        }
    }

    /**
     * The transpose of {@link WindowSum}: every input position gets the sum of the outputs whose windows hold it. [b, c,
     * out…] → [b, c, in…].
     *
     * @param in the spatial sizes of the result
     */
    public record WindowSpread(Shape kernel, List<Sliding> slides, Shape in) implements Op {
        @Override
        public String name() {
            return "windowSpread";
        }

        private ConvGeometry geometryFor(Shape d) {
            var x = new Shape(Sliding.joined(d.rank() < 2 ? 1 : d.dim(0), d.rank() < 2 ? 1 : d.dim(1), in.dims()));
            var g = geometry(name(), kernel, slides, x);
            if (!Sliding.out(g, slides.size()).equals(d)) {
                throw ShapeException.of(name(), "do not fit", "give one element per window", d, in);
            }
            return g;
        }

        @Override
        public Shape shape(Shape... inputs) {
            var g = geometryFor(inputs[0]);
            return new Shape(Sliding.joined(g.batch(), g.inChannels(), in.dims()));
        }

        @Override
        public Tensor forward(Tensor... inputs) {
            return run(geometryFor(inputs[0].shape()), inputs[0], shape(inputs[0].shape()), true);
        }

        @Override
        public Tensor[] vjp(Tensor[] inputs, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new WindowSum(kernel, slides), d)};
        }

        @Override
        public Tex tex(Tex... inputs) {
            return new WindowTex(slides).windowSpread(inputs[0], kernel);
        }

        @Override
        public Tex[] localTex(Tex[] inputs, Tex out) {
            return new Tex[] {Tex.number(1)};
        }

        @Override
        public Tex[] backTex(Tex[] inputs, Tex out, Tex d) {
            return new Tex[] {new WindowTex(slides).windowSum(d, kernel)};
        }

        @Override
        public List<Tensor[]> samples() {
            var windows = Sliding.out(geometry(name(), kernel, slides, new Shape(Sliding.joined(2, 3, in.dims()))), slides.size());
            return List.<Tensor[]>of(Samples.of(Samples.normal(windows.dims())));
        }

        @Override
        public List<Shape[]> misfits() {
            return Pooling.misfits(slides);
        }
    }

    /** Each element added where its position says: Σ over p, q, r of the elements whose position is that of k, l, n. */
    private static Tex put(Tex d, Tex positions, Shape to) {
        var from = "i, j, " + String.join(", ", "pqr".substring(0, d.shape().rank() - 2).split(""));
        var place = new StringBuilder();
        var strides = spatial(to).strides();
        for (int a = 0; a < strides.length; a++) {
            place.append(a == 0 ? "" : " + ").append(strides[a] == 1 ? "" : strides[a] + " ").append("kln".charAt(a));
        }
        return Tex.atom("\\mathbf{1}_{" + positions.entry(from) + " = " + place + "}").times(d.entry(from))
                .total("\\sum_{" + from.substring(6) + "}");
    }

    private static Tensor run(ConvGeometry g, Tensor x, Shape shape, boolean back) {
        var out = Buffer.allocate(x.dtype(), shape.size());
        if (shape.size() > 0) {
            Backend.current().run(new Kernel.WindowSum(g, x.dense().buffer(), out, back));
        }
        return Tensor.dense(shape, out);
    }

    /** [batch, channels, elements]. */
    private static int[] planes(Shape shape) {
        return new int[] {shape.dim(0), shape.dim(1), spatial(shape).size()};
    }

    private static Shape spatial(Shape shape) {
        return new Shape(Arrays.copyOfRange(shape.dims(), 2, shape.rank()));
    }

    /** An input without batch and channels, and one that is smaller than the window. */
    private static List<Shape[]> misfits(List<Sliding> slides) {
        return List.of(new Shape[][] {{new Shape(3)}, {Shape.ones(slides.size() + 2)}});
    }

    private static List<Tensor[]> inputs(int axes) {
        return switch (axes) {
            case 1 -> List.of(Samples.of(Samples.normal(2, 3, 7)), Samples.of(Samples.normal(0, 3, 7)));
            case 2 -> List.of(Samples.of(Samples.normal(2, 3, 5, 6)), Samples.of(Samples.normal(1, 1, 6, 5).t()));
            default -> List.<Tensor[]>of(Samples.of(Samples.normal(1, 2, 4, 3, 5)));
        };
    }
}
