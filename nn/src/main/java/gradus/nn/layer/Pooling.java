package gradus.nn.layer;

import gradus.nn.DType;
import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.explanation.Formulas;
import gradus.nn.op.Pooling.WindowSum;
import gradus.nn.op.Sliding;
import gradus.nn.tex.Tex;
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

    private static final int LARGE = 5000;

    /**
     * One number for each window: its maximum or mean, [b, c, size…] → [b, c, ⌊(size + 2 padding − dilation (kernel − 1) −
     * 1)/stride⌋ + 1 …]. Windows lie side by side unless a stride is given.
     */
    public record Pool(Kind kind, Shape kernel, List<Sliding> slides) implements Layer {

        /** A new layer; the kernel has one size for all axes, or one for each. */
        public static Pool of(Kind kind, int axes, int... kernel) {
            var sizes = Convolution.perAxis("kernel", axes, kernel);
            return new Pool(kind, new Shape(sizes), Arrays.stream(sizes).mapToObj(k -> new Sliding(k, 0, 0, 1))
                    .toList());
        }

        private interface Change {

            Sliding of(Sliding old, int number);
        }

        private Pool slides(int[] numbers, String what, Change change) {
            var all = Convolution.perAxis(what, slides.size(), numbers);
            return new Pool(kind, kernel, IntStream.range(0, all.length).mapToObj(i -> change.of(slides.get(i), all[i]))
                    .toList());
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
        public Formulas formulas(Tensor whole) {
            // every window is looked at, one plane shows it
            var x = kind == Kind.AVERAGE || whole.size() < LARGE ? whole
                    : Tensor.parameter(whole.detach().slice(0, 0, 1).slice(1, 0, 1));
            var at = Convolution.indices(slides.size());
            var all = Formulas.of(toString()).given("x", x);
            if (kind == Kind.MAX) {
                return all.result("y", at, maximum(x.shape()), "", () -> apply(x))
                        .where("R", "R[i, j, " + "p, q, r".substring(0, 3 * slides.size() - 2) + "]", first(x.shape()),
                                "which of the window's elements is the largest, from 0", apply(x).shape().dims())
                        .gradient("x", at, chosen())
                        .convention("Each window's gradient goes to its maximum; of several that are equal to the"
                                + " first, as in PyTorch.")
                        .convention("Padding is never chosen, for it counts as −∞.");
            }
            var op = new WindowSum(kernel, slides);
            var sum = op.tex(Tex.symbol("x", x.shape())).text();
            var d = apply(x).shape();
            if (kind == Kind.AVERAGE) {
                return all.setting("K", kernel.size()).result("y", at, "\\frac{1}{K} " + sum, "", () -> apply(x))
                        .gradient("x", at, "\\frac{1}{K} " + op.backTex(new Tex[] {Tex.symbol("x", x.shape())},
                                Tex.symbol("y", d),
                                Tex.symbol("\\delta", d))[0])
                        .convention("Zeros of the padding count, as in PyTorch; countInside() leaves them out, as"
                                + " Keras does.");
            }
            var inside = op.tex(Tex.symbol("o", x.shape())).text();
            return all.given("o", x.detach().times(0).plus(1))
                    .result("y", at, "\\frac{" + sum + "}{" + inside + "}", "o is 1 everywhere", () -> apply(x))
                    .where("D", "D[" + at + "]", "\\frac{\\delta[" + at + "]}{" + inside + "}",
                            "share of each element", d.dims())
                    .gradient("x", at, op.backTex(new Tex[] {Tex.symbol("x", x.shape())}, Tex.symbol("y", d),
                            Tex.symbol("D", d))[0].text())
                    .convention("The padding does not count; without countInside() it does.");
        }

        /** max over the window's elements that lie inside. */
        private String maximum(Shape x) {
            var text = new StringBuilder();
            var places = new StringBuilder();
            for (int i = 0; i < slides.size(); i++) {
                var slide = slides.get(i);
                var place = times(slide.stride(), "kln".charAt(i)) + " + " + times(slide.dilation(), "pqr".charAt(i))
                        + (slide.before() == 0 ? "" : " - " + slide.before());
                text.append("\\max_{").append("pqr".charAt(i)).append("=0")
                        .append(slide.before() == 0 && slide.after() == 0 ? ""
                        : ",\\; 0 \\le " + place + " < " + x.dim(i + 2)).append("}^{").append(kernel.dim(i) - 1)
                                .append("} ");
                places.append(", ").append(place);
            }
            return text + "x[i, j" + places + "]";
        }

        /** Which element of the window at p, q is its first maximum, counted row by row. */
        private String first(Shape x) {
            var inside = new StringBuilder();
            var places = new StringBuilder();
            for (int i = 0; i < slides.size(); i++) {
                var slide = slides.get(i);
                var place = times(slide.stride(), "pqr".charAt(i)) + " + "
                        + (slide.dilation() == 1 ? "" : slide.dilation() + " ")
                        + offset("w", i) + (slide.before() == 0 ? "" : " - " + slide.before());
                inside.append(slide.before() == 0 && slide.after() == 0 ? "" : ",\\; 0 \\le " + place + " < "
                        + x.dim(i + 2));
                places.append(", ").append(place);
            }
            return "\\arg\\max_{w=0" + inside + "}^{" + (kernel.size() - 1) + "} x[i, j" + places + "]";
        }

        /** δ of the windows whose first maximum is here. */
        private String chosen() {
            var windows = "p, q, r".substring(0, 3 * slides.size() - 2);
            var here = IntStream.range(0, slides.size()).mapToObj(i -> times(slides.get(i).stride(), "pqr".charAt(i))
                    + " + "
                    + (slides.get(i).dilation() == 1 ? "" : slides.get(i).dilation() + " ")
                    + offset("R[i, j, " + windows + "]", i) + " = "
                    + "kln".charAt(i) + (slides.get(i).before() == 0 ? "" : " + " + slides.get(i).before()))
                    .collect(Collectors.joining(" \\land "));
            return "\\sum_{" + windows + "} \\mathbf{1}_{" + here + "} \\, \\delta[i, j, " + windows + "]";
        }

        /** Along one axis, the offset of the window's element with this number. */
        private String offset(String number, int axis) {
            int inner = 1;
            for (int i = axis + 1; i < slides.size(); i++) {
                inner *= kernel.dim(i);
            }
            var from = inner == 1 ? number : "\\lfloor " + number + " / " + inner + " \\rfloor";
            return axis == 0 ? from : "\\operatorname{mod}\\left(" + from + ", " + kernel.dim(axis) + "\\right)";
        }

        private static String times(int factor, char letter) {
            return factor == 1 ? String.valueOf(letter) : factor + " " + letter;
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return Tensor.normal(random, 0, 1, IntStream.concat(IntStream.of(2, 2), IntStream.range(0, slides.size())
                    .map(i -> Math.max(1,
                    slides.get(i).dilation() * (kernel.dim(i) - 1) + 1 - slides.get(i).before() - slides.get(i).after()
                    + 2 * slides.get(i).stride()))).toArray());
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
                throw ShapeException.of("globalPool", "has no spatial axes", "the input is [batch, channels, size, ..]",
                        x.shape());
            }
            var planes = x.reshape(x.shape().dim(0), x.shape().dim(1), -1);
            return kind == Kind.MAX ? planes.max(2) : planes.mean(2);
        }

        @Override
        public Formulas formulas(Tensor x) {
            int axes = x.rank() - 2;
            var places = "k, l, n, p, q".substring(0, Math.max(1, 3 * axes - 2));
            var all = Formulas.of(toString()).given("x", x).setting("N",
                    x.size() / Math.max(1, x.shape().dim(0) * x.shape().dim(1)));
            var at = "i, j, " + places;
            var others = "u, v, w, r, s".substring(0, places.length());
            return kind == Kind.MAX ? all.result("y", "i, j", "\\max_{" + places + "} x[" + at + "]", "",
                    () -> apply(x))
                    .gradient("x", at, "\\frac{\\mathbf{1}_{x[" + at + "] = y[i, j]}}{\\sum_{" + others
                            + "} \\mathbf{1}_{x[i, j, " + others
                            + "] = y[i, j]}} \\delta[i, j]").convention("Equal maxima share the gradient.")
                    : all.result("y", "i, j", "\\frac{1}{N} \\sum_{" + places + "} x[" + at + "]", "", () -> apply(x))
                    .gradient("x", at, "\\frac{1}{N} \\delta[i, j]");
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return Tensor.normal(random, 0, 1, 2, 3, 2, 3);
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
            var last = IntStream.range(0, x.rank()).map(i -> i == axis ? x.rank() - 1 : i == x.rank() - 1 ? axis : i)
                    .toArray();
            var weights = Tensor.of(new Shape(in, out), map)
                    .as(x.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32);
            return x.transpose(last).matmul(weights).transpose(last);
        }

        @Override
        public Formulas formulas(Tensor x) {
            int axes = factors.size();
            var at = Convolution.indices(axes);
            var all = Formulas.of(toString()).given("x", x);
            if (interpolation == Interpolation.NEAREST) {
                var places = IntStream.range(0, axes).mapToObj(i -> "\\lfloor " + "kln".charAt(i) + " / "
                        + factors.get(i) + " \\rfloor")
                        .collect(Collectors.joining(", "));
                var sums = IntStream.range(0, axes).mapToObj(i -> "\\sum_{" + "pqr".charAt(i) + "=0}^{"
                        + (factors.get(i) - 1) + "} ")
                        .collect(Collectors.joining());
                var from = IntStream.range(0, axes).mapToObj(i -> factors.get(i) + " " + "kln".charAt(i) + " + "
                        + "pqr".charAt(i))
                        .collect(Collectors.joining(", "));
                return all.result("y", at, "x[i, j, " + places + "]", "", () -> apply(x))
                        .gradient("x", at, sums + "\\delta[i, j, " + from + "]");
            }
            for (int i = 0; i < axes; i++) {
                all = all.where("A_" + (i + 1), "A_" + (i + 1) + "[k, p]", "\\max\\left(0, 1 - \\left|"
                        + place(x.shape().dim(i + 2), factors.get(i))
                        + " - p\\right|\\right)", "share of input p in output k", factors.get(i) * x.shape()
                        .dim(i + 2), x.shape().dim(i + 2));
            }
            var others = "p, q, r".substring(0, 3 * axes - 2);
            return all.result("y", at, "\\sum_{" + others + "} " + shares("kln", "pqr") + "x[i, j, " + others + "]",
                    "straight lines between neighbours", () -> apply(x))
                    .gradient("x", at, "\\sum_{" + others + "} " + shares("pqr", "kln") + "\\delta[i, j, " + others
                            + "]")
                    .convention(interpolation == Interpolation.LINEAR
                            ? "Centres of pixels are matched, align_corners=False in PyTorch."
                            : "Corners are matched, align_corners=True in PyTorch.");
        }

        /** Where output k lies among n inputs. */
        private String place(int n, int factor) {
            return interpolation == Interpolation.LINEAR
                    ? "\\min\\left(" + (n - 1) + ", \\max\\left(0, \\frac{k + 0.5}{" + factor
                            + "} - 0.5\\right)\\right)"
                    : factor * n == 1 ? "0" : "\\frac{" + (n - 1) + " k}{" + (factor * n - 1) + "}";
        }

        private String shares(String outputs, String inputs) {
            return IntStream.range(0, factors.size()).mapToObj(i -> "A_" + (i + 1) + "[" + outputs.charAt(i) + ", "
                    + inputs.charAt(i)
                    + "] \\, ").collect(Collectors.joining());
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return Tensor.normal(random, 0, 1, IntStream.concat(IntStream.of(1, 2), IntStream.generate(() -> 3)
                    .limit(factors.size())).toArray());
        }

        @Override
        public String toString() {
            return "upsample(" + interpolation + ", " + factors + ")";
        }
    }
}
