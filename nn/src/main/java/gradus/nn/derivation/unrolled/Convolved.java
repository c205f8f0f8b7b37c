package gradus.nn.derivation.unrolled;

import gradus.nn.Tensor;
import gradus.nn.derivation.Step;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.derivation.unrolled.CheckedLines.Wanted;
import gradus.nn.layer.Convolution.Conv;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * A convolution as sums: forward, the gradients in kernel, input and bias, and the input's once more as the full
 * correlation
 * of the padded δ with the flipped kernel.
 */
record Convolved(Conv layer, Tensor x, UnaryOperator<Tensor> loss) implements Structure {

    private static final String X = "\\mathbf{X}";
    private static final String PADDED = "\\tilde{\\mathbf{X}}";
    private static final String W = "\\mathbf{W}";
    private static final String Y = "\\mathbf{Y}";
    private static final List<String> IJ = List.of("i", "j", "l");
    private static final List<String> UV = List.of("u", "v", "r");
    private static final List<String> PQ = List.of("p", "q", "g");

    @Override
    public List<Step> lines() {
        var trace = new Trace(marks -> {
            var in = marks.mark(X, Structure.precise(x));
            var weight = marks.mark(W, Structure.precise(layer.weight()));
            var bias = layer.bias().map(b -> marks.mark("b", Structure.precise(b)));
            return loss.apply(marks.mark(Y, new Conv(weight, bias, layer.slides(), layer.groups(), layer.flipped())
                    .apply(in)));
        });
        var w = trace.value(W).shape();
        var y = trace.value(Y).shape();
        int batch = y.dim(0);
        int out = w.dim(0);
        int inGroup = w.dim(1);
        var axes = Axes.of(layer.slides(), trace.value(X).shape(), w, y);
        var lines = new CheckedLines();
        trace.values().forEach((name, value) -> {
            lines.know(name, value);
            lines.know(derivative(name), trace.gradient(name));
        });
        sizes(lines, axes);
        var source = X;
        if (axes.isPadded()) {
            source = PADDED;
            var padded = trace.value(X);
            for (int a = 0; a < axes.count(); a++) {
                padded = padded.pad(a + 2, axes.slides().get(a).before(), axes.slides().get(a).after());
            }
            lines.add(Kind.FORWARD, PADDED, "\\operatorname{pad}_{"
                    + axes.each(a -> axes.slides().get(a).before() + ", "
                    + axes.slides().get(a).after()) + "}\\left(" + X + "\\right)", Wanted.value(padded));
            lines.know(PADDED, padded);
        }
        var from = source;
        var channel = layer.groups() == 1 ? "c_{in}" : "c_{in} + " + inGroup + " \\cdot "
                + floor("c_{out}", out / layer.groups());
        var places = axes.places();
        var offsets = axes.offsets();
        long window = (long) inGroup * axes.kernel().stream().mapToInt(k -> k).reduce(1, Math::multiplyExact);
        lines.entries(Kind.FORWARD, Y, List.of("n", "c_{out}"), places,
                (layer.bias().isPresent() ? "b[c_{out}] + " : "")
                + Axes.sum("c_{in}", inGroup) + axes.overKernel("\\sum", offsets) + from + "[n, " + channel + ", "
                + axes.each(a -> axes.inPadded(a, places.get(a), turned(axes, a, offsets.get(a)))) + "] \\times " + W
                        + "[c_{out}, c_{in}, "
                + axes.each(offsets::get) + "]", trace.value(Y), window, Optional.empty());
        lines.entries(Kind.GRADIENT, derivative(W), List.of("c_{out}", "c_{in}"), UV.subList(0, axes.count()),
                Axes.sum("n", batch)
                + axes.overOut(IJ) + delta("n, c_{out}, " + axes.each(IJ::get)) + " \\cdot " + from + "[n, " + channel
                        + ", "
                + axes.each(a -> axes.inPadded(a, IJ.get(a), turned(axes, a, UV.get(a)))) + "]", trace.gradient(W),
                y.size() / Math.max(1, out), Optional.of(slopes(trace, W)));
        layer.bias().ifPresent(b -> lines.entries(Kind.GRADIENT, derivative("b"), List.of("c_{out}"), List.of(),
                Axes.sum("n", batch)
                + axes.overOut(IJ) + delta("n, c_{out}, " + axes.each(IJ::get)), trace.gradient("b"),
                        y.size() / Math.max(1, out),
                Optional.of(slopes(trace, "b"))));
        input(lines, axes, trace, out, inGroup, window);
        return lines.steps();
    }

    /** ∂L/∂X: of every window that saw the place, what it made of it. */
    private void input(CheckedLines lines, Axes axes, Trace trace, int out, int inGroup, long window) {
        var together = layer.groups() == 1 ? "" : ",\\; " + floor("c_{out}", out / layer.groups()) + " = "
                + floor("c_{in}", inGroup);
        var channel = layer.groups() == 1 ? "c_{in}" : "\\operatorname{mod}\\left(c_{in}, " + inGroup + "\\right)";
        var filters = "\\sum_{c_{out}=0" + together + "}^{" + (out - 1) + "} ";
        var places = IJ.subList(0, axes.count());
        boolean plain = axes.isPlain() && !layer.flipped();
        var seen = plain ? IntStream.range(0, axes.count()).mapToObj(a -> IJ.get(a)
                + plus(axes.slides().get(a).before()) + " - " + UV.get(a)).toList()
                : PQ;
        var windows = plain ? IntStream.range(0, axes.count())
                .mapToObj(a -> "\\sum_{" + UV.get(a) + "=0,\\; 0 \\le " + seen.get(a) + " < "
                + axes.out().get(a) + "}^{" + (axes.kernel().get(a) - 1) + "} ").reduce("", String::concat)
                : axes.overMeetings(PQ, UV, IntStream.range(0, axes.count()).mapToObj(a -> turned(axes, a, UV.get(a)))
                        .toList(), IJ);
        long inner = window / inGroup * out * (plain ? 1 : axes.out().stream().mapToInt(n -> n)
                .reduce(1, Math::multiplyExact));
        lines.entries(Kind.DELTA, derivative(X), List.of("n", "c_{in}"), places, filters + windows
                + delta("n, c_{out}, " + axes.each(seen::get))
                + " \\cdot " + W + "[c_{out}, " + channel + ", " + axes.each(UV::get) + "]", trace.gradient(X), inner,
                        Optional.of(slopes(trace, X)));
        boolean fits = IntStream.range(0, axes.count()).allMatch(a -> axes.kernel()
                .get(a) > Math.max(axes.slides().get(a).before(), axes.slides().get(a).after()));
        if (!plain || !fits) {
            return;
        }
        var padded = trace.gradient(Y);
        for (int a = 0; a < axes.count(); a++) {
            padded = padded.pad(a + 2, missing(axes, a, axes.slides().get(a).before()),
                    missing(axes, a, axes.slides().get(a).after()));
        }
        var wide = "\\tilde{\\delta}";
        lines.add(Kind.DELTA, wide, "\\operatorname{pad}_{" + axes.each(a -> missing(axes, a, axes.slides().get(a)
                .before()) + ", "
                + missing(axes, a, axes.slides().get(a).after())) + "}\\left(" + derivative(Y) + "\\right)",
                        Wanted.value(padded));
        lines.know(wide, padded);
        lines.entries(Kind.DELTA, derivative(X), List.of("n", "c_{in}"), places, filters + axes.overKernel("\\sum", UV)
                + wide + "[n, c_{out}, "
                + axes.each(a -> IJ.get(a) + " + " + UV.get(a)) + "] \\cdot " + W + "[c_{out}, " + channel + ", "
                + axes.each(a -> (axes.kernel().get(a) - 1) + " - " + UV.get(a)) + "]", trace.gradient(X), inner,
                        Optional.of(slopes(trace, X)));
    }

    /** Zeros around δ so that a window of the kernel's size starts at every place of the input. */
    private static int missing(Axes axes, int axis, int padding) {
        return axes.kernel().get(axis) - 1 - padding;
    }

    /** H_out = ⌊(H_in + 2P − K_h)/S⌋ + 1, where the padding is the same on both sides. */
    private static void sizes(CheckedLines lines, Axes axes) {
        for (int a = 0; a < axes.count(); a++) {
            var slide = axes.slides().get(a);
            var letter = axes.size(a);
            var small = axes.places().get(a);
            if (slide.before() != slide.after()) {
                continue;
            }
            lines.know(letter + "_{in}", axes.in().get(a));
            lines.know("K_" + small, axes.kernel().get(a));
            lines.know("P", slide.before());
            lines.know("S", slide.stride());
            lines.know("D_" + small, slide.dilation());
            lines.add(Kind.FORWARD, letter + "_{out}", "\\left\\lfloor \\frac{" + letter + "_{in} + 2P - "
                    + (slide.dilation() == 1 ? "K_" + small : "D_" + small + " \\left(K_" + small + " - 1\\right) - 1")
                    + "}{S} \\right\\rfloor + 1", Wanted.value(Tensor.scalar(axes.out().get(a))));
        }
    }

    /** Where the kernel's element is seen: a true convolution runs backwards. */
    private String turned(Axes axes, int axis, String offset) {
        return layer.flipped() ? "\\left(" + (axes.kernel().get(axis) - 1) + " - " + offset + "\\right)" : offset;
    }

    private static CheckedLines.Slopes slopes(Trace trace, String name) {
        return claimed -> trace.central(name, claimed);
    }

    private static String plus(int number) {
        return number == 0 ? "" : " + " + number;
    }

    private static String derivative(String name) {
        return "\\frac{\\partial L}{\\partial " + name + "}";
    }

    private static String delta(String at) {
        return "\\frac{\\partial L}{\\partial " + Y + "[" + at + "]}";
    }

    private static String floor(String index, int by) {
        return "\\left\\lfloor " + index + " / " + by + " \\right\\rfloor";
    }
}
