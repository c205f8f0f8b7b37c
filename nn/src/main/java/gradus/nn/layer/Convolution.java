package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.explanation.Formulas;
import gradus.nn.explanation.Formulas.Law;
import gradus.nn.init.Initializer;
import gradus.nn.op.Convolutions;
import gradus.nn.op.Op;
import gradus.nn.op.Sliding;
import gradus.nn.tex.Tex;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Layers that slide one set of weights over all positions of a signal, an image or a volume. */
public final class Convolution {

    private Convolution() {
    }

    /** A weight [first, second, kernel…] and a bias; uniform in ±1/√n_in at first, as in PyTorch. */
    private static Tensor weight(int first, int second, int[] kernel) {
        var dims = new int[kernel.length + 2];
        dims[0] = first;
        dims[1] = second;
        System.arraycopy(kernel, 0, dims, 2, kernel.length);
        return Tensor.parameter(Tensor.zeros(dims).named("W"));
    }

    private static void draw(Tensor weight, Optional<Tensor> bias, Seed seed) {
        var random = seed.stream("convolution");
        new Initializer.FanIn().fill(weight, random);
        double bound = 1 / Math.sqrt((double) weight.size() / weight.shape().dim(0));
        bias.ifPresent(b -> Initializer.fill(b, () -> bound * (2 * random.uniform() - 1)));
    }

    /** One size per axis from one size or from as many as there are axes. */
    static int[] perAxis(String what, int axes, int... sizes) {
        if (sizes.length != 1 && sizes.length != axes) {
            throw new ShapeException(what + Arrays.toString(sizes) + ": " + sizes.length + " numbers for " + axes
                    + " axes\nhelp: give one for all axes, or one for each");
        }
        return sizes.length == axes ? sizes : IntStream.generate(() -> sizes[0]).limit(axes).toArray();
    }

    private static void checkGroups(String layer, int in, int out, int parts) {
        if (parts < 1 || in % parts != 0 || out % parts != 0) {
            throw new ShapeException(layer + ": " + in + " channels in and " + out + " out cannot be in " + parts
                    + " groups\nhelp: groups divide both");
        }
    }

    private static Tensor apply(Op op, Tensor x, Tensor weight, Optional<Tensor> bias) {
        return bias.map(b -> Tensor.apply(op, x, weight, b)).orElseGet(() -> Tensor.apply(op, x, weight));
    }

    private static List<Sliding> slides(List<Sliding> old, int[] numbers, Change change) {
        return IntStream.range(0, old.size()).mapToObj(i -> change.of(old.get(i), numbers[i])).toList();
    }

    private interface Change {

        Sliding of(Sliding old, int number);
    }

    private static int[] kernel(Tensor weight) {
        return Arrays.copyOfRange(weight.shape().dims(), 2, weight.rank());
    }

    private static String text(String name, int in, int out, Tensor weight, List<Sliding> slides, int groups) {
        var numbers = Arrays.stream(kernel(weight)).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        var text = new StringBuilder(name + slides.size() + "d(" + in + ", " + out + ", " + numbers + ")");
        var plain = Sliding.PLAIN;
        if (!slides.equals(plain.times(slides.size()))) {
            for (var slide : slides.stream().distinct().toList()) {
                text.append(slide.stride() == 1 ? "" : ".stride(" + slide.stride() + ")");
                text.append(slide.before() == 0 && slide.after() == 0 ? "" : ".padding(" + slide.before()
                        + (slide.before() == slide.after() ? "" : " and " + slide.after()) + ")");
                text.append(slide.dilation() == 1 ? "" : ".dilation(" + slide.dilation() + ")");
            }
        }
        return text.append(groups == 1 ? "" : ".groups(" + groups + ")").toString();
    }

    /** The letters of a result's axes, counted from 0, in the formulas of windows. */
    static String indices(int axes) {
        return "i, j, k, l, n".substring(0, 3 * axes + 4);
    }

    /** The bias, its gradient and what both are at first, after the formula of an operation and its gradients. */
    private static Formulas formulas(Layer layer, Op op, String name, Tensor x, Tensor weight, Optional<Tensor> bias,
            UnaryOperator<String> weightGradient) {
        int axes = weight.rank() - 2;
        var all = Formulas.of(layer.toString()).given("x", x).given("W", weight)
                .setting("m", (double) weight.size() / Math.max(1, weight.shape().dim(0)));
        if (bias.isPresent()) {
            all = all.given("b", bias.get());
        }
        if (!name.equals("W")) {
            all = all.where(name, "W[:, :" + ", ::-1".repeat(axes) + "]", "the window turned around");
        }
        var w = Tex.symbol(name, weight.shape());
        var in = new Tex[] {Tex.symbol("x", x.shape()), w};
        var out = op.shape(x.shape(), weight.shape());
        var back = op.backTex(in, Tex.symbol("y", out), Tex.symbol("\\delta", out));
        var at = indices(axes);
        all = all.result("y", at, op.tex(in) + (bias.isPresent() ? " + b[j]" : ""), "", () -> layer.apply(x))
                .gradient("W", at, weightGradient.apply(back[1].text()));
        if (bias.isPresent()) {
            all = all.gradient("b", "\\sum_{i" + at.substring(4) + "} \\delta[" + at + "]");
        }
        all = all.gradient("x", at, back[0].text());
        for (var drawn : bias.isPresent() ? List.of("W", "b") : List.of("W")) {
            all = all.initially(drawn, Law.UNIFORM, "\\frac{1}{\\sqrt{m}}");
        }
        return all;
    }

    /** The formula for the number of positions along each axis. */
    private static Formulas sizes(Formulas formulas, Shape out, IntFunction<String> size) {
        for (int i = 2; i < out.rank(); i++) {
            int n = out.dim(i);
            formulas = formulas.result("n_{" + (i - 1) + "}", "", size.apply(i - 2), "size of axis " + i + " of y",
                    () -> Tensor.scalar(n));
        }
        return formulas;
    }

    /** An input [2, in, size…] with several positions for a window. */
    private static Tensor sample(Seed.Stream random, int in, Tensor weight, IntUnaryOperator size) {
        var dims = new int[weight.rank()];
        dims[0] = 2;
        dims[1] = in;
        for (int i = 2; i < dims.length; i++) {
            dims[i] = Math.max(1, size.applyAsInt(i - 2));
        }
        return Tensor.normal(random, 0, 1, dims);
    }

    /**
     * A convolution along one, two or three axes: y[b, o, i] = Σ_c Σ_k w[o, c, k] x[b, c, i·stride − padding + k·dilation] + b[o],
     * [batch, in, size…] → [batch, out, ⌊(size + 2 padding − dilation (kernel − 1) − 1)/stride⌋ + 1 …].
     *
     * <p>That is the cross-correlation of mathematics, as in all libraries; {@link #flipped} gives the true convolution, with
     * x[i − k]. Weights and biases are uniform in ±1/√(in · kernel / groups) at first, as in PyTorch.
     *
     * @param weight  W, [out, in / groups, kernel…]
     * @param bias    b, [out], if there is one
     * @param slides  how the window moves along each axis
     * @param groups  in how many parts the channels are, each with its own filters
     * @param flipped whether the window runs backwards along every axis
     */
    public record Conv(Tensor weight, Optional<Tensor> bias, List<Sliding> slides, int groups, boolean flipped)
            implements Layer {

        /** A new layer with stride 1, no padding, and one group; the kernel has one size for all axes, or one for each. */
        public static Conv of(int axes, int in, int out, Seed seed, int... kernel) {
            if (in < 1 || out < 1) {
                throw new IllegalArgumentException("conv" + axes + "d(" + in + ", " + out + ", ..): a size is below 1"
                        + "\nhelp: channels in and out, 3 and 16 say");
            }
            return new Conv(Convolution.weight(out, in, perAxis("kernel", axes, kernel)),
                    Optional.of(Tensor.parameter(Tensor.zeros(out).named("b"))), Sliding.PLAIN.times(axes), 1, false)
                    .reset(seed);
        }

        private Conv slides(int[] numbers, String what, Change change) {
            var changed = Convolution.slides(slides, perAxis(what, slides.size(), numbers), change);
            return new Conv(weight, bias, changed, groups, flipped);
        }

        /** Every so many positions only: one number for all axes, or one for each. */
        public Conv stride(int... stride) {
            return slides(stride, "stride", (old, n) -> new Sliding(n, old.before(), old.after(), old.dilation()));
        }

        /** So many zeros on both sides: one number for all axes, or one for each. */
        public Conv padding(int... zeros) {
            return slides(zeros, "padding", (old, n) -> new Sliding(old.stride(), n, n, old.dilation()));
        }

        /** As many zeros as keep the sizes at stride 1; an odd one comes after. Say dilation first. */
        public Conv samePadding() {
            return slides(kernel(weight), "kernel", (old, k) -> {
                int all = old.dilation() * (k - 1);
                return new Sliding(old.stride(), all / 2, all - all / 2, old.dilation());
            });
        }

        /** The window sees every so many-th element: one number for all axes, or one for each. */
        public Conv dilation(int... dilation) {
            return slides(dilation, "dilation", (old, n) -> new Sliding(old.stride(), old.before(), old.after(), n));
        }

        /** So many parts of the channels that do not see each other; as many as channels: depthwise. Draws new weights. */
        public Conv groups(int parts) {
            int out = weight.shape().dim(0);
            int in = weight.shape().dim(1) * groups;
            checkGroups("conv", in, out, parts);
            return new Conv(Convolution.weight(out, in / parts, kernel(weight)), bias, slides, parts, flipped)
                    .reset(Seed.next());
        }

        /** The same without a bias. */
        public Conv noBias() {
            return new Conv(weight, Optional.empty(), slides, groups, flipped);
        }

        /** The true convolution, Σ_k w[k] x[i − k] instead of Σ_k w[k] x[i + k]: the window runs backwards. */
        public Conv flip() {
            return new Conv(weight, bias, slides, groups, !flipped);
        }

        @Override
        public Tensor apply(Tensor x) {
            var window = flipped ? weight.flip(IntStream.range(2, weight.rank()).toArray()) : weight;
            return Convolution.apply(new Convolutions.Conv(slides, groups), x, window, bias);
        }

        @Override
        public Conv reset(Seed seed) {
            draw(weight, bias, seed);
            return this;
        }

        @Override
        public Formulas formulas(Tensor x) {
            var letters = indices(slides.size()).split(", ");
            var all = Convolution.formulas(this, new Convolutions.Conv(slides, groups), flipped ? "V" : "W", x,
                    weight, bias, formula -> {
                for (int i = 2; flipped && i < letters.length; i++) {
                    formula = formula.replaceAll("(?<![\\\\a-zA-Z])" + letters[i] + "(?![a-zA-Z])",
                            "\\\\left(" + (weight.shape().dim(i) - 1) + " - " + letters[i] + "\\\\right)");
                }
                return formula;
            });
            return sizes(all, apply(x).shape(), i -> "\\left\\lfloor \\frac{" + x.shape().dim(i + 2) + " + "
                    + slides.get(i).before() + " + "
                    + slides.get(i).after() + " - " + slides.get(i).dilation() + " \\left(" + weight.shape().dim(i + 2)
                    + " - 1\\right) - 1}{" + slides.get(i).stride() + "} \\right\\rfloor + 1")
                    .convention(flipped ? "The true convolution of mathematics: the window runs backwards."
                            : "Mathematics calls this the cross-correlation, all libraries a convolution; flip()"
                                    + " gives the true one.")
                    .convention("Images are [batch, channels, height, width], as in PyTorch; Keras puts channels last."
                            + " Weights are [out, in / groups, kernel…]; m is how many of them make one output.");
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return Convolution.sample(random, weight.shape().dim(1) * groups, weight, i -> {
                var slide = slides.get(i);
                return slide.dilation() * (weight.shape().dim(i + 2) - 1) + 1 - slide.before() - slide.after()
                        + 2 * slide.stride();
            });
        }

        @Override
        public String toString() {
            return text("conv", weight.shape().dim(1) * groups, weight.shape().dim(0), weight, slides, groups)
                    + (flipped ? ".flip()" : "");
        }
    }

    /**
     * A transposed convolution: what the gradient of a convolution does to its input, from [batch, in, size…] to [batch, out,
     * (size − 1)·stride − 2 padding + dilation (kernel − 1) + 1 + extra …]. It makes images larger where a convolution of
     * the same stride makes them smaller.
     *
     * @param weight W, [in, out / groups, kernel…]
     * @param bias   b, [out], if there is one
     * @param slides how the window moves over the result along each axis
     * @param extra  what is added to the size after, below the stride, since several sizes shrink to one
     */
    public record ConvTranspose(Tensor weight, Optional<Tensor> bias, List<Sliding> slides, List<Integer> extra,
            int groups)
            implements Layer {

        /** A new layer with stride 1, no padding, and one group; the kernel has one size for all axes, or one for each. */
        public static ConvTranspose of(int axes, int in, int out, Seed seed, int... kernel) {
            if (in < 1 || out < 1) {
                throw new IllegalArgumentException("convTranspose" + axes + "d(" + in + ", " + out
                        + ", ..): a size is below 1"
                        + "\nhelp: channels in and out, 3 and 16 say");
            }
            return new ConvTranspose(Convolution.weight(in, out, perAxis("kernel", axes, kernel)),
                    Optional.of(Tensor.parameter(Tensor.zeros(out).named("b"))), Sliding.PLAIN.times(axes),
                    Collections.nCopies(axes, 0), 1).reset(seed);
        }

        private ConvTranspose slides(int[] numbers, String what, Change change) {
            var changed = Convolution.slides(slides, perAxis(what, slides.size(), numbers), change);
            return new ConvTranspose(weight, bias, changed, extra, groups);
        }

        /** So many positions from one element's window to the next one's. */
        public ConvTranspose stride(int... stride) {
            return slides(stride, "stride", (old, n) -> new Sliding(n, old.before(), old.after(), old.dilation()));
        }

        /** So many elements less on both sides: what a convolution with this padding would have added. */
        public ConvTranspose padding(int... zeros) {
            return slides(zeros, "padding", (old, n) -> new Sliding(old.stride(), n, n, old.dilation()));
        }

        /** The window's elements lie so far apart. */
        public ConvTranspose dilation(int... dilation) {
            return slides(dilation, "dilation", (old, n) -> new Sliding(old.stride(), old.before(), old.after(), n));
        }

        /** So many elements more at the end of each axis. */
        public ConvTranspose outputPadding(int... more) {
            return new ConvTranspose(weight, bias, slides,
                    Arrays.stream(perAxis("outputPadding", slides.size(), more)).boxed().toList(), groups);
        }

        /** So many parts of the channels that do not see each other. Draws new weights. */
        public ConvTranspose groups(int parts) {
            int in = weight.shape().dim(0);
            int out = weight.shape().dim(1) * groups;
            checkGroups("convTranspose", in, out, parts);
            return new ConvTranspose(Convolution.weight(in, out / parts, kernel(weight)), bias, slides, extra, parts)
                    .reset(Seed.next());
        }

        /** The same without a bias. */
        public ConvTranspose noBias() {
            return new ConvTranspose(weight, Optional.empty(), slides, extra, groups);
        }

        @Override
        public Tensor apply(Tensor x) {
            int axes = slides.size();
            if (x.rank() != axes + 2) {
                throw ShapeException.of("convTranspose" + axes + "d", "is no batch of " + axes + "-dimensional inputs",
                        "the input is [batch, channels" + ", size".repeat(axes) + "]", x.shape());
            }
            var sizes = IntStream.range(0, axes).map(i -> {
                var slide = slides.get(i);
                return Math.max(0, (x.shape().dim(i + 2) - 1) * slide.stride() - slide.before() - slide.after()
                        + slide.dilation() * (weight.shape().dim(i + 2) - 1) + 1 + extra.get(i));
            }).toArray();
            var op = new Convolutions.ConvInputGradient(slides, groups, new Shape(sizes));
            return Convolution.apply(op, x, weight, bias);
        }

        @Override
        public ConvTranspose reset(Seed seed) {
            draw(weight, bias, seed);
            return this;
        }

        @Override
        public Formulas formulas(Tensor x) {
            var out = apply(x).shape();
            var op = new Convolutions.ConvInputGradient(slides, groups,
                    new Shape(Arrays.copyOfRange(out.dims(), 2, out.rank())));
            return sizes(Convolution.formulas(this, op, "W", x, weight, bias, formula -> formula), out, i -> "\\left("
                    + x.shape().dim(i + 2)
                    + " - 1\\right) \\cdot " + slides.get(i).stride() + " - " + slides.get(i).before() + " - "
                    + slides.get(i).after() + " + "
                    + slides.get(i).dilation() + " \\left(" + weight.shape().dim(i + 2) + " - 1\\right) + 1 + "
                    + extra.get(i))
                    .convention("What the gradient of a convolution with these settings does to its input, and no"
                            + " inverse of it.")
                    .convention("Weights are [in, out / groups, kernel…], as in PyTorch, and m is counted per input"
                            + " channel, as there.");
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return Convolution.sample(random, weight.shape().dim(0), weight, i -> 3);
        }

        @Override
        public String toString() {
            return text("convTranspose", weight.shape().dim(0), weight.shape().dim(1) * groups, weight, slides, groups)
                    + (extra.stream().allMatch(n -> n == 0) ? "" : ".outputPadding(" + extra + ")");
        }
    }
}
