package gradus.nn.layer;

import gradus.nn.DType;
import gradus.nn.Layer;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.op.Sliding;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Layers that make planes smaller or larger and have no parameters: [batch, channels, size…] → [batch, channels, other…]. */
public final class Pooling {

    private Pooling() {
    }

    /** The largest element (MAX), or the mean, of each window. */
    public enum Kind {
        MAX,
        /** Zeros of the padding count. */
        AVERAGE,
        /** The mean of what lies inside. */
        AVERAGE_INSIDE
    }

    /**
     * One number for each window: its maximum or mean, [b, c, size…] → [b, c, ⌊(size + 2 padding − dilation (kernel − 1) −
     * 1)/stride⌋ + 1 …]. Windows lie side by side unless a stride is given.
     */
    public record Pool(Kind kind, Shape kernel, List<Sliding> slides) implements Layer {

        /** A new layer; the kernel has one size for all axes, or one for each. */
        public static Pool of(Kind kind, int axes, int... kernel) {
            var sizes = Convolution.perAxis("kernel", axes, kernel);
            return new Pool(kind, new Shape(sizes), Arrays.stream(sizes).mapToObj(k -> new Sliding(k, 0, 0, 1)).toList());
        }

        private interface Change {

            Sliding of(Sliding old, int number);
        }

        private Pool slides(int[] numbers, String what, Change change) {
            var all = Convolution.perAxis(what, slides.size(), numbers);
            return new Pool(kind, kernel, IntStream.range(0, all.length).mapToObj(i -> change.of(slides.get(i), all[i])).toList());
        }

        /** So far from window to window: one number for all axes, or one for each. */
        public Pool stride(int... stride) {
            return slides(stride, "stride", (old, n) -> new Sliding(n, old.before(), old.after(), old.dilation()));
        }

        /** So many elements on both sides, which no maximum chooses and which count 0 in a mean. */
        public Pool padding(int... zeros) {
            return slides(zeros, "padding", (old, n) -> new Sliding(old.stride(), n, n, old.dilation()));
        }

        /** The window sees every so many-th element: one number for all axes, or one for each. */
        public Pool dilation(int... dilation) {
            return slides(dilation, "dilation", (old, n) -> new Sliding(old.stride(), old.before(), old.after(), n));
        }

        /** A mean is over what lies inside of the input: the padding does not count. */
        public Pool countInside() {
            return new Pool(kind == Kind.AVERAGE ? Kind.AVERAGE_INSIDE : kind, kernel, slides);
        }

        @Override
        public Tensor apply(Tensor x) {
            return kind == Kind.MAX ? gradus.nn.op.Pooling.max(x, kernel, slides)
                    : gradus.nn.op.Pooling.average(x, kernel, slides, kind == Kind.AVERAGE);
        }

        @Override
        public String toString() {
            return (kind == Kind.MAX ? "maxPool" : "avgPool") + slides.size() + "d("
                    + Arrays.stream(kernel.dims()).mapToObj(String::valueOf).collect(Collectors.joining(", ")) + ")";
        }
    }

    /** The maximum or mean of each channel, whatever its size: [b, c, size…] → [b, c]. */
    public record Global(Kind kind) implements Layer {

        @Override
        public Tensor apply(Tensor x) {
            if (x.rank() < 3) {
                throw ShapeException.of("globalPool", "has no spatial axes", "the input is [batch, channels, size, ..]", x.shape());
            }
            var planes = x.reshape(x.shape().dim(0), x.shape().dim(1), -1);
            return kind == Kind.MAX ? planes.max(2) : planes.mean(2);
        }

        @Override
        public String toString() {
            return kind == Kind.MAX ? "globalMaxPool()" : "globalAvgPool()";
        }
    }

    /** How {@link Upsample} fills the space between elements. */
    public enum Interpolation {
        /** Every element is repeated. */
        NEAREST,
        /** A straight line between the centres of neighbours, along each axis; beyond the outermost centres constant. */
        LINEAR,
        /** A straight line between neighbours, the first and the last element staying in the corners. */
        LINEAR_CORNERS
    }

    /**
     * Planes made larger by whole factors, [b, c, size…] → [b, c, factor · size …]; linear in one dimension, bilinear in two,
     * trilinear in three. Output i lies at (i + ½)/factor − ½ of the input, for {@code LINEAR_CORNERS} at i (size − 1)/(factor
     * size − 1).
     */
    public record Upsample(Interpolation interpolation, List<Integer> factors) implements Layer {

        public Upsample {
            if (factors.stream().anyMatch(f -> f < 1)) {
                throw new ShapeException("upsample: factors " + factors + "\nhelp: whole numbers from 1 on");
            }
        }

        @Override
        public Tensor apply(Tensor x) {
            if (x.rank() != factors.size() + 2) {
                throw ShapeException.of("upsample", "has not " + factors.size() + " spatial axes",
                        "the input is [batch, channels" + ", size".repeat(factors.size()) + "]", x.shape());
            }
            for (int i = 0; i < factors.size(); i++) {
                x = factors.get(i) == 1 || x.size() == 0 && x.shape().dim(i + 2) == 0 ? x
                        : interpolation == Interpolation.NEAREST ? repeated(x, i + 2, factors.get(i))
                        : between(x, i + 2, factors.get(i));
            }
            return x;
        }

        private static Tensor repeated(Tensor x, int axis, int factor) {
            var index = IntStream.range(0, x.shape().dim(axis) * factor).map(i -> i / factor).toArray();
            return x.select(axis, index);
        }

        /** A linear map along the axis: for each output two neighbours and their weights. */
        private Tensor between(Tensor x, int axis, int factor) {
            int in = x.shape().dim(axis);
            int out = in * factor;
            var map = new double[in * out];   // [in, out]
            for (int i = 0; i < out; i++) {
                double at = interpolation == Interpolation.LINEAR ? Math.max(0, (i + 0.5) / factor - 0.5)
                        : out == 1 ? 0 : (double) i * (in - 1) / (out - 1);
                int left = Math.min((int) at, in - 1);
                int right = Math.min(left + 1, in - 1);
                map[left * out + i] += 1 - (at - left);
                map[right * out + i] += at - left;
            }
            var last = IntStream.range(0, x.rank()).map(i -> i == axis ? x.rank() - 1 : i == x.rank() - 1 ? axis : i).toArray();
            var weights = Tensor.of(new Shape(in, out), map).as(x.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32);
            return x.transpose(last).matmul(weights).transpose(last);
        }

        @Override
        public String toString() {
            return "upsample(" + interpolation + ", " + factors + ")";
        }
    }
}
