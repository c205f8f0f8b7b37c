package gradus.nn.derivation.unrolled;

import gradus.nn.Tensor;
import gradus.nn.derivation.Step;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.grad.Gradients;
import gradus.nn.layer.Pooling;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Pooling, and which way δ goes back through it: to the largest element of each window, or to all of them in equal
 * parts. */
record Pooled(Pooling.Pool layer, Tensor x, UnaryOperator<Tensor> loss) implements Structure {

    private static final String X = "\\mathbf{X}";
    private static final String Y = "\\mathbf{Y}";
    private static final List<String> IJ = List.of("i", "j", "l");
    private static final List<String> PQ = List.of("p", "q", "g");
    private static final List<String> UV = List.of("u", "v", "r");
    private static final List<String> PLACE = List.of("h", "w", "d");
    private static final int LISTED = 4;   // of a maximum over so many elements each is written

    @Override
    public List<Step> lines() {
        var trace = new Trace(marks -> loss.apply(marks.mark(Y, layer.apply(marks.mark(X, Structure.precise(x))))));
        var axes = Axes.of(layer.slides(), trace.value(X).shape(), layer.kernel(), trace.value(Y).shape());
        var lines = new CheckedLines();
        lines.know(X, trace.value(X));
        lines.know(Y, trace.value(Y));
        lines.know("\\frac{\\partial L}{\\partial " + Y + "}", trace.gradient(Y));
        long window = layer.kernel().size();
        lines.entries(Kind.FORWARD, Y, List.of("n", "c"), IJ.subList(0, axes.count()), value(axes), trace.value(Y),
                window, Optional.empty());
        var places = PLACE.subList(0, axes.count());
        var share = switch (layer.kind()) {
            case MAX -> " \\mathbf{1}_{" + X + "[n, c, " + axes.each(places::get) + "] = " + Y + "[n, c, "
                    + axes.each(IJ::get) + "]}";
            case AVERAGE -> "";
            case AVERAGE_INSIDE -> axes.isPadded() ? " / \\left(" + axes.overInside("\\sum", IJ, PQ) + "1\\right)" : "";
        };
        boolean whole = layer.kind() == Pooling.Kind.AVERAGE || layer.kind() == Pooling.Kind.AVERAGE_INSIDE
                && !axes.isPadded();
        var right = (whole ? mean() : "") + axes.overMeetings(IJ, UV, UV, places) + "\\frac{\\partial L}{\\partial " + Y
                + "[n, c, "
                + axes.each(IJ::get) + "]}" + share;
        if (layer.kind() == Pooling.Kind.MAX && hasTies(trace.value(X).detach(), trace.value(Y))) {
            lines.open(Kind.DELTA, "\\frac{\\partial L}{\\partial " + X + "[n, c, " + axes.each(places::get) + "]}",
                    right,
                    trace.value(X).shape(),
                            "several elements of a window are its maximum, of which the first alone gets δ");
            return lines.steps();
        }
        lines.entries(Kind.DELTA, "\\frac{\\partial L}{\\partial " + X + "}", List.of("n", "c"), places, right,
                trace.gradient(X), window * trace.value(Y).size() / Math.max(1, trace.value(Y).shape().dim(0)),
                Optional.of(claimed -> trace.central(X, claimed)));
        return lines.steps();
    }

    /** Whether a maximum is still there when those that got its δ are gone. */
    private boolean hasTies(Tensor in, Tensor maxima) {
        var at = Tensor.parameter(in);
        var chosen = Gradients.of(layer.apply(at).sum(), at)[0].toDoubleArray();
        var others = in.toDoubleArray();
        for (int i = 0; i < others.length; i++) {
            others[i] = chosen[i] > 0 ? Double.NEGATIVE_INFINITY : others[i];
        }
        var left = layer.apply(Tensor.of(in.shape(), others)).toDoubleArray();
        var largest = maxima.toDoubleArray();
        return IntStream.range(0, left.length).anyMatch(i -> left[i] == largest[i]);
    }

    private String mean() {
        return "\\frac{1}{" + layer.kernel().size() + "} ";
    }

    private String value(Axes axes) {
        var element = X + "[n, c, " + axes.each(a -> axes.place(a, IJ.get(a), PQ.get(a))) + "]";
        return switch (layer.kind()) {
            case MAX -> layer.kernel().size() <= LISTED && !axes.isPadded() ? listed(axes)
                    : axes.overInside("\\max", IJ, PQ) + element;
            case AVERAGE -> mean() + axes.overInside("\\sum", IJ, PQ) + element;
            case AVERAGE_INSIDE -> axes.isPadded() ? "\\frac{" + axes.overInside("\\sum", IJ, PQ) + element + "}{"
                    + axes.overInside("\\sum", IJ, PQ) + "1}" : mean() + axes.overKernel("\\sum", PQ) + element;
        };
    }

    /** max(X[2i, 2j], X[2i, 2j + 1], …): each element of the window. */
    private String listed(Axes axes) {
        return IntStream.range(0, layer.kernel().size()).mapToObj(k -> X + "[n, c, " + axes.each(a -> {
            int rest = k;
            for (int later = axes.count() - 1; later > a; later--) {
                rest /= layer.kernel().dim(later);
            }
            int offset = rest % layer.kernel().dim(a) * axes.slides().get(a).dilation();
            int stride = axes.slides().get(a).stride();
            return (stride == 1 ? "" : stride) + IJ.get(a) + (offset == 0 ? "" : " + " + offset);
        }) + "]").collect(Collectors.joining(", ", "\\max\\left(", "\\right)"));
    }
}
