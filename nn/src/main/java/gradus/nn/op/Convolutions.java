package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.ConvGeometry;
import gradus.nn.backend.Kernel;
import gradus.nn.backend.Kernel.Direction;
import gradus.nn.tex.Tex;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Convolution and its two transposes. The three are linear in each input, and the gradients of each are the other two, so
 * gradients of any order are convolutions.
 */
public final class Convolutions {

    private Convolutions() {
    }

    private static int[] spatial(Shape shape) {
        return Arrays.copyOfRange(shape.dims(), 2, shape.rank());
    }

    /** The geometry of a convolution of x [b, c, in…] with w [o, c/groups, k…]. */
    private static ConvGeometry geometry(String name, List<Sliding> slides, int groups, Shape x, Shape w) {
        if (w.rank() != slides.size() + 2) {
            throw ShapeException.of(name, "do not fit: the weight is not " + slides.size() + "-dimensional",
                    "a weight is [out, in / groups" + ", kernel".repeat(slides.size()) + "]", x, w);
        }
        if (groups < 1 || x.rank() == w.rank() && x.dim(1) != w.dim(1) * groups || w.dim(0) % groups != 0) {
            throw ShapeException.of(name, "do not fit: " + x.dims()[Math.min(1, x.rank() - 1)] + " channels in " + groups
                    + (groups == 1 ? " group meet " : " groups meet ") + w.dim(0) + " filters of " + w.dim(1) + " channels",
                    "the input is [batch, in, ..], the weight [out, in / groups, ..]; groups divide in and out", x, w);
        }
        return Sliding.geometry(name, slides, x, spatial(w), w.dim(0), groups);
    }

    private static Tensor run(Direction direction, ConvGeometry g, Tensor left, Tensor right, Shape shape) {
        var out = Buffer.allocate(left.dtype(), shape.size());
        if (shape.size() > 0) {
            Backend.current().run(new Kernel.Convolution(direction, g, left.dense().buffer(), right.dense().buffer(), out));
        }
        return Tensor.dense(shape, out);
    }

    // ---- a bias, one number for each channel of the result, where there is a third input ----

    private static Shape biased(String name, Shape out, Shape[] in) {
        if (in.length > 2 && !in[2].equals(new Shape(out.dim(1)))) {
            throw ShapeException.of(name, "do not fit: " + out.dim(1) + " channels come out",
                    "the bias is of shape [" + out.dim(1) + "]", in);
        }
        return out;
    }

    private static Tensor plusBias(Tensor y, Tensor[] in) {
        return in.length == 2 ? y : y.plus(in[2].reshape(perChannel(y).dims()));
    }

    private static Shape perChannel(Tensor y) {
        return Shape.ones(y.rank() - 1).with(0, y.shape().dim(1));
    }

    private static Tensor[] withBias(Tensor[] in, Tensor d, Tensor first, Tensor second) {
        return in.length == 2 ? new Tensor[] {first, second} : new Tensor[] {first, second,
            in[2].requiresGrad() ? d.sumTo(perChannel(d)).reshape(in[2].size()) : null};
    }

    private static Tex plusBias(Tex sum, Tex[] in) {
        return in.length == 2 ? sum : in[2].entry("j").plus(sum);
    }

    /**
     * y[b, o, i] = Σ_c Σ_k w[o, c, k] x[b, c, i·stride − before + k·dilation], along one, two or three axes: what networks
     * call a convolution, which mathematics calls a cross-correlation. [b, c, in…] and [o, c/groups, k…] →
     * [b, o, out…]; a bias [o] may be a third input.
     */
    public record Conv(List<Sliding> slides, int groups) implements Op {
        @Override
        public String name() {
            return "conv" + slides.size() + "d";
        }

        @Override
        public Shape shape(Shape... in) {
            return biased(name(), Sliding.out(geometry(name(), slides, groups, in[0], in[1]), slides.size()), in);
        }

        @Override
        public Tensor forward(Tensor... in) {
            var g = geometry(name(), slides, groups, in[0].shape(), in[1].shape());
            return plusBias(run(Direction.FORWARD, g, in[0], in[1], Sliding.out(g, slides.size())), in);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var toInput = new ConvInputGradient(slides, groups, new Shape(spatial(in[0].shape())));
            var toWeight = new ConvWeightGradient(slides, groups, new Shape(spatial(in[1].shape())));
            return withBias(in, d, in[0].requiresGrad() ? Tensor.apply(toInput, d, in[1]) : null,
                    in[1].requiresGrad() ? Tensor.apply(toWeight, in[0], d) : null);
        }

        @Override
        public Tex tex(Tex... in) {
            return plusBias(new WindowTex(slides).conv(in[0], in[1], groups), in);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return Arrays.copyOf(new Tex[] {in[1], in[0], Tex.number(1)}, in.length);
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            var windows = new WindowTex(slides);
            return Arrays.copyOf(new Tex[] {windows.inputGradient(d, in[1], groups),
                windows.weightGradient(in[0], d, groups), windows.overPlaces(d)}, in.length);
        }

        @Override
        public List<Tensor[]> samples() {
            var samples = Convolutions.samples(slides.size(), groups, (x, w, y) -> Samples.of(x, w), slides);
            var first = samples.getFirst();
            return Stream.concat(samples.stream(), Stream.<Tensor[]>of(Samples.of(first[0], first[1],
                    Samples.normal(first[1].shape().dim(0))))).toList();
        }

        @Override
        public List<Shape[]> misfits() {
            int axes = slides.size();
            return List.of(new Shape[][] {{input(1, 2 * groups, 9, axes), input(groups, 3, 2, axes)},
                {input(1, groups, 1, axes), input(groups, 1, 99, axes)}, {new Shape(3), input(groups, 1, 2, axes)},
                {input(1, groups, 9, axes), new Shape(groups, 1)},
                {input(1, groups, 9, axes), input(groups, 1, 2, axes), new Shape(groups + 1)}});
        }
    }

    /**
     * The transpose of {@link Conv} in its input: spreads every δ[b, o, i] over the window it came from. [b, o, out…] and
     * [o, c/groups, k…] → [b, c, in…]; as a layer it is the transposed convolution, and may have a bias [c].
     *
     * @param in the spatial sizes of the result, which strides leave open
     */
    public record ConvInputGradient(List<Sliding> slides, int groups, Shape in) implements Op {
        @Override
        public String name() {
            return "convTranspose" + slides.size() + "d";
        }

        private ConvGeometry geometryFor(Shape d, Shape w) {
            if (d.rank() != slides.size() + 2 || w.rank() != d.rank() || d.dim(1) != w.dim(0)) {
                throw ShapeException.of(name(), "do not fit", "the input is [batch, in" + ", size".repeat(slides.size())
                        + "], the weight [in, out / groups" + ", kernel".repeat(slides.size()) + "]", d, w);
            }
            var x = new Shape(Sliding.joined(d.dim(0), w.dim(1) * groups, in.dims()));
            var g = geometry(name(), slides, groups, x, w);
            if (!Sliding.out(g, slides.size()).equals(d)) {
                throw ShapeException.of(name(), "do not fit: an output of " + in + " elements comes from "
                        + Arrays.toString(spatial(Sliding.out(g, slides.size()))), "the output's padding is below the stride", d, w);
            }
            return g;
        }

        @Override
        public Shape shape(Shape... shapes) {
            var channels = geometryFor(shapes[0], shapes[1]).inChannels();
            return biased(name(), new Shape(Sliding.joined(shapes[0].dim(0), channels, in.dims())), shapes);
        }

        @Override
        public Tensor forward(Tensor... inputs) {
            var g = geometryFor(inputs[0].shape(), inputs[1].shape());
            return plusBias(run(Direction.INPUT_GRADIENT, g, inputs[0], inputs[1],
                    shape(inputs[0].shape(), inputs[1].shape())), inputs);
        }

        @Override
        public Tensor[] vjp(Tensor[] inputs, Tensor out, Tensor d) {
            var toInput = new Conv(slides, groups);
            var toWeight = new ConvWeightGradient(slides, groups, new Shape(spatial(inputs[1].shape())));
            return withBias(inputs, d, inputs[0].requiresGrad() ? Tensor.apply(toInput, d, inputs[1]) : null,
                    inputs[1].requiresGrad() ? Tensor.apply(toWeight, d, inputs[0]) : null);
        }

        @Override
        public Tex tex(Tex... inputs) {
            return plusBias(new WindowTex(slides).inputGradient(inputs[0], inputs[1], groups), inputs);
        }

        @Override
        public Tex[] localTex(Tex[] inputs, Tex out) {
            return Arrays.copyOf(new Tex[] {inputs[1], inputs[0], Tex.number(1)}, inputs.length);
        }

        @Override
        public Tex[] backTex(Tex[] inputs, Tex out, Tex d) {
            var windows = new WindowTex(slides);
            return Arrays.copyOf(new Tex[] {windows.conv(d, inputs[1], groups),
                windows.weightGradient(d, inputs[0], groups), windows.overPlaces(d)}, inputs.length);
        }

        @Override
        public List<Tensor[]> samples() {
            var samples = Convolutions.samples(in.rank(), groups, (x, w, y) -> Samples.of(y, w), slides).stream()
                    .filter(sample -> fits(sample[0].shape(), sample[1].shape())).toList();
            var first = samples.getFirst();
            return Stream.concat(samples.stream(), Stream.<Tensor[]>of(Samples.of(first[0], first[1],
                    Samples.normal(groups * first[1].shape().dim(1))))).toList();
        }

        private boolean fits(Shape d, Shape w) {
            try {
                geometryFor(d, w);
                return true;
            } catch (ShapeException e) {
                return false;
            }
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{input(1, 2, 3, in.rank()), input(3, 1, 2, in.rank())},
                {input(1, groups, 50, in.rank()), input(groups, 1, 1, in.rank())}});
        }
    }

    /**
     * The transpose of {@link Conv} in its weight: Σ_b Σ_i x[b, c, i·stride − before + k·dilation] δ[b, o, i]. [b, c, in…] and
     * [b, o, out…] → [o, c/groups, k…].
     *
     * @param kernel the window's sizes
     */
    public record ConvWeightGradient(List<Sliding> slides, int groups, Shape kernel) implements Op {
        @Override
        public String name() {
            return "conv" + slides.size() + "d's weight gradient";
        }

        private ConvGeometry geometryFor(Shape x, Shape d) {
            if (x.rank() != slides.size() + 2 || d.rank() != x.rank() || d.dim(0) != x.dim(0) || x.dim(1) % groups != 0) {
                throw ShapeException.of(name(), "do not fit", "both are [batch, channels" + ", size".repeat(slides.size()) + "]", x, d);
            }
            var g = geometry(name(), slides, groups, x, new Shape(Sliding.joined(d.dim(1), x.dim(1) / groups, kernel.dims())));
            if (!Sliding.out(g, slides.size()).equals(d)) {
                throw ShapeException.of(name(), "do not fit", "an output of " + Sliding.out(g, slides.size())
                        + " belongs to this input", x, d);
            }
            return g;
        }

        @Override
        public Shape shape(Shape... in) {
            geometryFor(in[0], in[1]);
            return new Shape(Sliding.joined(in[1].dim(1), in[0].dim(1) / groups, kernel.dims()));
        }

        @Override
        public Tensor forward(Tensor... in) {
            return run(Direction.WEIGHT_GRADIENT, geometryFor(in[0].shape(), in[1].shape()), in[0], in[1],
                    shape(in[0].shape(), in[1].shape()));
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {
                in[0].requiresGrad() ? Tensor.apply(new ConvInputGradient(slides, groups, new Shape(spatial(in[0].shape()))), in[1], d) : null,
                in[1].requiresGrad() ? Tensor.apply(new Conv(slides, groups), in[0], d) : null};
        }

        @Override
        public Tex tex(Tex... in) {
            return new WindowTex(slides).weightGradient(in[0], in[1], groups);
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {in[1], in[0]};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            var windows = new WindowTex(slides);
            return new Tex[] {windows.inputGradient(in[1], d, groups), windows.conv(in[0], d, groups)};
        }

        @Override
        public List<Tensor[]> samples() {
            return Convolutions.samples(kernel.rank(), groups, (x, w, y) -> Samples.of(x, y), slides).stream()
                    .filter(sample -> sample[1].size() > 0).toList();
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{input(2, groups, 9, kernel.rank()), input(1, groups, 9, kernel.rank())},
                {input(1, groups, 9, kernel.rank()), input(1, groups, 99, kernel.rank())}});
        }
    }

    // ---- samples: inputs of 5 (2 in the third dimension), windows of 2 ----

    private static Shape input(int first, int second, int size, int axes) {
        var sizes = new int[axes];
        Arrays.fill(sizes, size);
        return new Shape(Sliding.joined(first, second, sizes));
    }

    private interface Chosen {

        Tensor[] of(Tensor x, Tensor w, Tensor y);
    }

    private static List<Tensor[]> samples(int axes, int groups, Chosen chosen, List<Sliding> slides) {
        var sizes = new int[][] {{2, 2 * groups, 3 * groups}, {1, groups, groups}, {0, groups, groups}};
        return Arrays.stream(sizes).map(size -> {
            var x = input(size[0], size[1], axes == 3 ? 3 : 5, axes);
            var w = input(size[2], size[1] / groups, 2, axes);
            var y = new Conv(slides, groups).shape(x, w);
            // the last two axes of x swapped: no longer dense
            var moved = axes == 1 ? Samples.normal(x.dims()) : Samples.normal(x.dims()).t();
            return chosen.of(moved, Samples.normal(w.dims()), Samples.normal(y.dims()));
        }).toList();
    }
}
