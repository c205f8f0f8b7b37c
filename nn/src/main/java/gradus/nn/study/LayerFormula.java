package gradus.nn.study;

import gradus.nn.Layer;
import gradus.nn.Shape;
import gradus.nn.layer.Activation;
import gradus.nn.layer.Attention.MultiHead;
import gradus.nn.layer.Cell;
import gradus.nn.layer.Convolution;
import gradus.nn.layer.Dropout;
import gradus.nn.layer.Embedding;
import gradus.nn.layer.Linear;
import gradus.nn.layer.Normalization;
import gradus.nn.layer.Pooling;
import gradus.nn.layer.Recurrent;
import gradus.nn.layer.Sequential;
import gradus.nn.layer.Transformer;
import gradus.nn.op.Sliding;
import gradus.nn.study.ShapeTrace.Event;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a layer is called, what it computes, and how the sizes of its output follow from those of its input, in a line
 * each.
 */
final class LayerFormula {

    private static final int LONGEST_NAME = 80;
    private static final int LONGEST = 60;

    private LayerFormula() {
    }

    /** As a net prints it; of a record that says nothing of its own and of a lambda, what it is. */
    static String name(Layer layer) {
        var type = layer.getClass();
        if (type.isSynthetic() || type.isHidden()) {
            return "lambda";
        }
        var simple = type.isAnonymousClass() ? "anonymous layer" : type.getSimpleName();
        var text = layer.toString();
        return layer instanceof Sequential ? "sequential"
                : text.startsWith(simple + "[") || text.startsWith(type.getName() + "@")
                || text.contains("\n") || text.length() > LONGEST_NAME ? simple : text;
    }

    /** What it computes of an input x; of a layer that is not ours, which operations it does. */
    static String of(Layer layer, Shape x, List<Event> events) {
        return switch (layer) {
            case Linear _ -> "x Wᵀ + b";
            case Activation a -> activation(a).orElseGet(() -> operations(events));
            case Activation.Prelu _ -> "max(0, x) + a min(0, x)";
            case Convolution.Conv c -> (c.flipped() ? "Σ W[K − 1 − k] x[" : "Σ W[k] x[")
                    + position("i", c.slides()) + "]" + (c.bias().isEmpty() ? "" : " + b");
            case Convolution.ConvTranspose c -> "Σ W[k] x[j] over i = " + position("j", c.slides())
                    + (c.bias().isEmpty() ? "" : ", + b");
            case Pooling.Pool(var kind, var kernel, _) -> of(kind) + " over " + times(kernel.dims());
            case Pooling.Global(var kind) -> of(kind) + " over "
                    + times(Arrays.copyOfRange(x.dims(), Math.min(2, x.rank()), x.rank()));
            case Pooling.Upsample(var kind, _) -> kind == Pooling.Interpolation.NEAREST ? "x repeated"
                    : "x between neighbours";
            case Normalization.BatchNorm _, Normalization.LayerNorm _, Normalization.GroupNorm _ ->
                    "γ (x − μ)/√(σ² + ε) + β";
            case Normalization.RmsNorm _ -> "γ x/√(mean x² + ε)";
            case Dropout.Elements _, Dropout.Channels _ -> "x in use";
            case Dropout.Connections _ -> "x Wᵀ + b in use";
            case Embedding _ -> "row x of E";
            case Embedding.SinusoidalPositions _ -> "x + sin, cos(t/10000^(2i/d))";
            case MultiHead m -> "softmax(QKᵀ/√" + m.query().weight().shape().dim(0) / m.heads() + ") V W_O + b_O";
            case Transformer.FeedForward _ -> "φ(x W₁ᵀ + b₁) W₂ᵀ + b₂";
            case Transformer.EncoderLayer e -> e.place() == Transformer.Norm.POST
                    ? "norm(h + ff(h)), h = norm(x + att(x))"
                    : "h + ff(norm(h)), h = x + att(norm(x))";
            case Transformer.DecoderLayer e -> (e.place() == Transformer.Norm.POST ? "post" : "pre")
                    + "-norm: attention, cross, ff, each + x";
            case Transformer.Encoder _, Transformer.Decoder _ -> "its layers one after the other";
            case Transformer _ -> "decoder(written, encoder(read))";
            case Recurrent.Sequence s -> of(s.cell());
            case Cell c -> of(c);
            case Recurrent.Bidirectional _ -> "both directions side by side";
            case Recurrent.LastStep _ -> "x at the last step";
            default -> operations(events);
        };
    }

    /** Which element of the input window number i sees through its weight k: {@code 2i − 1 + k}, counted from 0. */
    private static String position(String window, List<Sliding> slides) {
        var slide = slides.getFirst();
        return slides.stream().distinct().count() > 1 ? "s " + window + " − p + d k"
                : (slide.stride() == 1 ? "" : slide.stride()) + window
                + (slide.before() == 0 ? "" : " − " + slide.before()) + " + " + (slide.dilation() == 1 ? "" : slide.dilation()) + "k";
    }

    private static String of(Pooling.Kind kind) {
        return kind == Pooling.Kind.MAX ? "max" : "mean";
    }

    private static String of(Cell cell) {
        return switch (cell) {
            case Cell.Rnn _ -> "h ← tanh(W x + b + U h)";
            case Cell.Lstm _ -> "c ← f c + i g, h ← o tanh c";
            case Cell.Gru c -> c.update() == Cell.Update.OLD ? "h ← (1 − z) n + z h"
                    : "h ← (1 − z) h + z n";
        };
    }

    private static Optional<String> activation(Activation a) {
        return Optional.ofNullable(switch (a.word()) {
            case "relu()" -> "max(0, x)";
            case "relu6()" -> "min(max(0, x), 6)";
            case "sigmoid()" -> "1/(1 + e⁻ˣ)";
            case "logSigmoid()" -> "−ln(1 + e⁻ˣ)";
            case "tanh()" -> "tanh x";
            case "softplus()" -> "ln(1 + eˣ)";
            case "softsign()" -> "x/(1 + |x|)";
            case "tanhShrink()" -> "x − tanh x";
            case "gelu()" -> "x Φ(x)";
            case "silu()" -> "x/(1 + e⁻ˣ)";
            case "mish()" -> "x tanh(ln(1 + eˣ))";
            case "softmax()" -> "eˣ/Σ eˣ";
            case "logSoftmax()" -> "x − ln Σ eˣ";
            case "flatten()" -> "x in another shape";
            default -> a.word().startsWith("leakyRelu(") ? "max(0, x) + " + a.word().replaceAll(".*\\(|\\)", "")
                    + " min(0, x)" : null;
        });
    }

    /** {@code matmul → add → 3 × tanh}: what is done, for what nobody has written a formula for. */
    private static String operations(List<Event> events) {
        var names = events.stream().map(event -> event.op().name()).toList();
        var text = new StringBuilder();
        for (int i = 0; i < names.size(); ) {
            int j = i;
            while (j < names.size() && names.get(j).equals(names.get(i))) {
                j++;
            }
            text.append(text.isEmpty() ? "" : " → ").append(j - i > 1 ? j - i + " × " : "").append(names.get(i));
            i = j;
        }
        return names.isEmpty() ? "" : text.length() <= LONGEST ? text.toString()
                : names.size() + " operations: " + text.substring(0, text.lastIndexOf(" →", LONGEST)) + " → …";
    }

    /** {@code ⌊(32 + 2·1 − 3)/1⌋ + 1 = 32} for each axis whose size is calculated, once for axes that are equal. */
    static String rule(Layer layer, Shape x, Shape y) {
        return switch (layer) {
            case Convolution.Conv c -> axes(x, y, i ->
                    floor(c.slides().get(i), x.dim(i + 2), c.weight().shape().dim(i + 2)));
            case Pooling.Pool p -> axes(x, y, i -> floor(p.slides().get(i), x.dim(i + 2), p.kernel().dim(i)));
            case Convolution.ConvTranspose c -> axes(x, y, i -> transposed(c.slides().get(i), x.dim(i + 2),
                    c.weight().shape().dim(i + 2), c.extra().get(i)));
            case Pooling.Upsample(_, var factors) -> axes(x, y, i -> factors.get(i) + "·" + x.dim(i + 2));
            case Activation a when a.equals(Activation.FLATTEN) && x.rank() > 2 ->
                    times(Arrays.copyOfRange(x.dims(), 1, x.rank())).replace(" × ", "·") + " = " + y.dim(1);
            default -> "";
        };
    }

    private static String axes(Shape x, Shape y, IntFunction<String> rule) {
        return IntStream.range(0, x.rank() - 2).mapToObj(i -> rule.apply(i) + " = " + y.dim(i + 2)).distinct()
                .collect(Collectors.joining(", "));
    }

    private static String floor(Sliding slide, int in, int kernel) {
        var window = slide.dilation() == 1 ? " − " + kernel : " − " + slide.dilation() + "·(" + kernel + " − 1) − 1";
        return "⌊(" + in + padding(slide, " + ") + window + ")/" + slide.stride() + "⌋ + 1";
    }

    private static String transposed(Sliding slide, int in, int kernel, int extra) {
        return "(" + in + " − 1)·" + slide.stride() + padding(slide, " − ") + " + " + slide.dilation() + "·(" + kernel
                + " − 1) + 1"
                + (extra == 0 ? "" : " + " + extra);
    }

    private static String padding(Sliding slide, String sign) {
        return slide.before() == slide.after() ? sign + "2·" + slide.before()
                : sign + slide.before() + sign + slide.after();
    }

    private static String times(int[] sizes) {
        return Arrays.stream(sizes).mapToObj(String::valueOf).collect(Collectors.joining(" × "));
    }
}
