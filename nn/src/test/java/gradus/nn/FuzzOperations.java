package gradus.nn;

import static gradus.nn.Nn.mask;
import static gradus.nn.layer.Mode.evaluating;
import static gradus.nn.layer.Mode.training;

import gradus.nn.FuzzTest.Case;
import gradus.nn.layer.Attention;
import gradus.nn.layer.Attention.MultiHead;
import gradus.nn.layer.Cell;
import gradus.nn.layer.Cell.Reset;
import gradus.nn.layer.Cell.Update;
import gradus.nn.layer.Convolution;
import gradus.nn.layer.Dropout;
import gradus.nn.layer.Embedding;
import gradus.nn.layer.Linear;
import gradus.nn.layer.Normalization.BatchNorm;
import gradus.nn.layer.Normalization.GroupNorm;
import gradus.nn.layer.Normalization.LayerNorm;
import gradus.nn.layer.Normalization.RmsNorm;
import gradus.nn.layer.Pooling;
import gradus.nn.layer.Pooling.Interpolation;
import gradus.nn.layer.Pooling.Kind;
import gradus.nn.layer.Recurrent.Bidirectional;
import gradus.nn.layer.Recurrent.Sequence;
import gradus.nn.layer.Transformer;
import gradus.nn.loss.Classification;
import gradus.nn.loss.Distances;
import gradus.nn.loss.Loss;
import gradus.nn.loss.Loss.Reduction;
import gradus.nn.loss.Loss.SquaredError.Scaling;
import gradus.nn.loss.Regression;
import gradus.nn.op.Sliding;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The operations of the fuzz cases, by the names that fuzz.py gives them. */
final class FuzzOperations {

    static final Map<String, Function<Case, Tensor>> NAMED = new HashMap<>();

    private static final Dropout.Elements NONE_DROPPED = Dropout.Elements.dropping(0);

    static {
        functions();
        shapes();
        layers();
        sequences();
        losses();
    }

    private FuzzOperations() {
    }

    private static void of(String name, UnaryOperator<Tensor> f) {
        NAMED.put(name, in -> f.apply(in.in("x")));
    }

    private static void ofTwo(String name, BinaryOperator<Tensor> f) {
        NAMED.put(name, in -> f.apply(in.in("a"), in.in("b")));
    }

    private static void functions() {
        NAMED.put("argmax", in -> in.in("x").argmax(in.whole("axis")));
        NAMED.put("argmin", in -> in.in("x").argmin(in.whole("axis")));
        NAMED.put("cumsum", in -> in.in("x").cumsum(in.whole("axis")));
        of("neg", Tensor::neg);
        of("abs", Tensor::abs);
        of("sign", Tensor::sign);
        of("square", Tensor::square);
        of("sqrt", Tensor::sqrt);
        of("rsqrt", Tensor::rsqrt);
        of("reciprocal", Tensor::reciprocal);
        of("exp", Tensor::exp);
        of("expm1", Tensor::expm1);
        of("log", Tensor::log);
        of("log2", Tensor::log2);
        of("log10", Tensor::log10);
        of("log1p", Tensor::log1p);
        of("erf", Tensor::erf);
        of("floor", Tensor::floor);
        of("ceil", Tensor::ceil);
        of("round", Tensor::round);
        of("trunc", Tensor::trunc);
        of("sin", Tensor::sin);
        of("cos", Tensor::cos);
        of("tan", Tensor::tan);
        of("asin", Tensor::asin);
        of("acos", Tensor::acos);
        of("atan", Tensor::atan);
        of("sinh", Tensor::sinh);
        of("cosh", Tensor::cosh);
        of("tanh", Tensor::tanh);
        of("asinh", Tensor::asinh);
        of("acosh", Tensor::acosh);
        of("atanh", Tensor::atanh);
        of("sigmoid", Tensor::sigmoid);
        of("logSigmoid", Tensor::logSigmoid);
        of("softplus", Tensor::softplus);
        of("relu", Tensor::relu);
        of("relu6", Tensor::relu6);
        of("selu", Tensor::selu);
        of("gelu", Tensor::gelu);
        of("geluTanh", Tensor::geluTanh);
        of("silu", Tensor::silu);
        of("mish", Tensor::mish);
        of("hardSigmoid", Tensor::hardSigmoid);
        of("hardTanh", Tensor::hardTanh);
        of("hardSwish", Tensor::hardSwish);
        of("softsign", Tensor::softsign);
        of("tanhShrink", Tensor::tanhShrink);
        of("leakyRelu", x -> x.leakyRelu(0.125));
        of("elu", x -> x.elu(1));
        of("clip", x -> x.clip(-1, 2));
        NAMED.put("pow", in -> in.in("x").pow(in.number("exponent")));
        NAMED.put("sum", in -> in.in("x").sum(in.flag("keep"), in.wholes("axes")));
        NAMED.put("mean", in -> in.in("x").mean(in.flag("keep"), in.wholes("axes")));
        NAMED.put("max", in -> in.in("x").max(in.flag("keep"), in.wholes("axes")));
        NAMED.put("min", in -> in.in("x").min(in.flag("keep"), in.wholes("axes")));
        NAMED.put("var", in -> in.in("x").var(in.whole("ddof"), in.flag("keep"), in.wholes("axes")));
        NAMED.put("std", in -> in.in("x").std(in.whole("ddof"), in.flag("keep"), in.wholes("axes")));
        NAMED.put("prod", in -> in.in("x").prod(in.whole("axis")));
        NAMED.put("norm", in -> in.in("x").norm(in.number("order"), in.whole("axis")));
        NAMED.put("logSumExp", in -> in.in("x").logSumExp(in.whole("axis")));
        NAMED.put("softmax", in -> in.in("x").softmax(in.whole("axis")));
        NAMED.put("logSoftmax", in -> in.in("x").logSoftmax(in.whole("axis")));
    }

    private static void shapes() {
        ofTwo("plus", Tensor::plus);
        ofTwo("minus", Tensor::minus);
        ofTwo("times", Tensor::times);
        ofTwo("div", Tensor::div);
        ofTwo("maximum", Tensor::maximum);
        ofTwo("minimum", Tensor::minimum);
        ofTwo("atan2", Tensor::atan2);
        ofTwo("matmul", Tensor::matmul);
        NAMED.put("matmulOfTransposed", in -> in.in("a").t().matmul(in.in("b").t()));
        NAMED.put("slice", in -> in.in("x").slice(in.whole("axis"), in.whole("start"), in.whole("end")));
        NAMED.put("sliceWithStep", in -> in.in("x").slice(in.whole("axis"), in.whole("start"), in.whole("end"), in.whole("step")));
        NAMED.put("flip", in -> in.in("x").flip(in.whole("axis")));
        NAMED.put("roll", in -> in.in("x").roll(in.whole("axis"), in.whole("by")));
        NAMED.put("select", in -> in.in("x").select(in.whole("axis"), in.in("indices")));
        NAMED.put("gather", in -> in.in("x").gather(in.whole("axis"), in.in("indices")));
        NAMED.put("scatterAdd", in -> in.in("x").scatterAdd(in.whole("axis"), in.in("indices"), in.whole("entries")));
        NAMED.put("sort", in -> in.in("x").sort(in.whole("axis")));
        NAMED.put("topk", in -> in.in("x").topk(in.whole("axis"), in.whole("k")).values());
        NAMED.put("maskSelect", in -> in.in("x").at(mask(in.in("mask"))));
        NAMED.put("where", in -> in.in("mask").where(in.in("a"), in.in("b")));
        NAMED.put("einsum", in -> Tensor.einsum(in.word("equation"),
                Stream.of("x", "y", "z").filter(in::has).map(in::in).toArray(Tensor[]::new)));
        NAMED.put("permute", in -> in.in("x").transpose(IntStream.range(0, in.in("x").rank())
                .map(i -> in.in("x").rank() - 1 - i).toArray()));
        NAMED.put("concat", in -> Tensor.concat(in.whole("axis"), in.in("x"), in.in("y")));
        NAMED.put("stack", in -> Tensor.stack(in.whole("axis"), in.in("x"), in.in("y")));
        NAMED.put("tril", in -> in.in("x").tril(in.whole("diagonal")));
        NAMED.put("triu", in -> in.in("x").triu(in.whole("diagonal")));
        NAMED.put("embedding", in -> new Embedding(in.in("weight")).apply(in.in("indices")));
        NAMED.put("oneHot", in -> in.in("indices").oneHot(in.whole("classes")));
        NAMED.put("pad", FuzzOperations::pad);
    }

    /** PyTorch gives the last axis first. */
    private static Tensor pad(Case in) {
        var padding = in.word("mode").equals("constant") ? new Padding.Constant(in.number("value"))
                : Padding.Continuing.valueOf(in.word("mode").toUpperCase());
        var x = in.in("x");
        var pads = in.wholes("pads");
        for (int i = 0; i < pads.length; i += 2) {
            x = x.pad(x.rank() - 1 - i / 2, pads[i], pads[i + 1], padding);
        }
        return x;
    }

    // ---- layers ----

    private static void layers() {
        NAMED.put("conv", in -> new Convolution.Conv(in.in("weight"), Optional.of(in.in("bias")), slides(in),
                in.whole("groups"), false).apply(in.in("x")));
        NAMED.put("convFlipped", in -> new Convolution.Conv(in.in("weight"), Optional.of(in.in("bias")),
                Sliding.PLAIN.times(2), 1, true).apply(in.in("x")));
        NAMED.put("convTransposed", in -> new Convolution.ConvTranspose(in.in("weight"), Optional.of(in.in("bias")),
                slides(in), list(in.wholes("output_padding")), in.whole("groups")).apply(in.in("x")));
        NAMED.put("maxPool", in -> pool(Kind.MAX, in));
        NAMED.put("averagePool", in -> pool(in.flag("count_padding") ? Kind.AVERAGE : Kind.AVERAGE_INSIDE, in));
        NAMED.put("globalMaxPool", in -> new Pooling.Global(Kind.MAX).apply(in.in("x")));
        NAMED.put("globalAveragePool", in -> new Pooling.Global(Kind.AVERAGE).apply(in.in("x")));
        NAMED.put("upsample", in -> new Pooling.Upsample(Interpolation.valueOf(in.word("mode").toUpperCase()),
                Collections.nCopies(in.in("x").rank() - 2, in.whole("factor"))).apply(in.in("x")));
        NAMED.put("batchNorm", in -> training(() -> new BatchNorm(in.in("weight"), in.in("bias"), like(in.in("weight"), 0),
                like(in.in("weight"), 1), 0.1, in.number("eps")).apply(in.in("x"))));
        NAMED.put("batchNormRunning", in -> evaluating(() -> new BatchNorm(in.in("weight"), in.in("bias"), in.in("mean"),
                in.in("var"), 0.1, in.number("eps")).apply(in.in("x"))));
        NAMED.put("runningStatistics", FuzzOperations::runningStatistics);
        NAMED.put("layerNorm", in -> new LayerNorm(in.in("weight"), in.in("bias"), in.number("eps")).apply(in.in("x")));
        NAMED.put("rmsNorm", in -> new RmsNorm(in.in("weight"), in.number("eps")).apply(in.in("x").movedim(1, -1)));
        NAMED.put("groupNorm", in -> new GroupNorm(in.whole("groups"), in.in("weight"), in.in("bias"), in.number("eps"))
                .apply(in.in("x")));
        NAMED.put("attention", in -> Attention.attend(in.in("q"), in.in("k"), in.in("v"), switch (in.word("masking")) {
            case "causal" -> Attention.causal(in.in("q").shape().dim(-2));
            case "mask" -> Attention.allowing(in.in("mask"));
            case "bias" -> in.in("mask");
            default -> Tensor.zeros();
        }).output());
        for (var kind : List.of("rnn", "lstm", "gru")) {
            NAMED.put(kind, FuzzOperations::walk);
        }
    }

    private static void sequences() {
        NAMED.put("bidirectional", in -> new Bidirectional(Sequence.of(cell(in, in.word("cell"), "")),
                Sequence.of(cell(in, in.word("cell"), "_reverse")).reversed()).apply(in.in("x")));
        NAMED.put("padded", in -> Sequence.of(cell(in, in.word("cell"), "")).walk(in.in("x"), in.wholes("lengths"))
                .output());
        NAMED.put("multiHeadAttention", in -> attention(in, "").attend(in.in("x"), in.in("x"), masking(in)).output());
        NAMED.put("encoderLayer", in -> new Transformer.EncoderLayer(attention(in, "self_attn."), feedForward(in),
                norm(in, "norm1"), norm(in, "norm2"), place(in), NONE_DROPPED).apply(in.in("x"), masking(in)));
        NAMED.put("decoderLayer", in -> new Transformer.DecoderLayer(attention(in, "self_attn."),
                attention(in, "multihead_attn."), feedForward(in), norm(in, "norm1"), norm(in, "norm2"), norm(in, "norm3"),
                place(in), NONE_DROPPED).apply(in.in("x"), in.in("memory"), Attention.causal(3), masking(in)));
        NAMED.put("sinusoidalPositions", in -> new Embedding.SinusoidalPositions().apply(in.in("x")));
    }

    private static Cell cell(Case in, String kind, String way) {
        var w = in.in("weight_ih" + way);
        var u = in.in("weight_hh" + way);
        var b = in.in("bias_ih" + way);
        var second = Optional.of(in.in("bias_hh" + way));
        return switch (kind) {
            case "rnn" -> new Cell.Rnn(w, u, b, second);
            case "lstm" -> new Cell.Lstm(w, u, b, second);
            default -> new Cell.Gru(w, u, b, second, Reset.AFTER, Update.OLD);
        };
    }

    private static MultiHead attention(Case in, String path) {
        var weight = in.in(path + "in_proj_weight");
        var bias = in.in(path + "in_proj_bias");
        int d = weight.shape().dim(1);
        var projections = IntStream.range(0, 3).mapToObj(i -> new Linear(weight.slice(0, i * d, i * d + d),
                bias.slice(0, i * d, i * d + d))).toList();
        return new MultiHead(projections.get(0), projections.get(1), projections.get(2), linear(in, path + "out_proj"),
                in.whole("heads"), NONE_DROPPED);
    }

    private static Transformer.FeedForward feedForward(Case in) {
        return new Transformer.FeedForward(linear(in, "linear1"),
                in.word("activation").equals("gelu") ? Tensor::gelu : Tensor::relu, linear(in, "linear2"), NONE_DROPPED);
    }

    private static Linear linear(Case in, String path) {
        return new Linear(in.in(path + ".weight"), in.in(path + ".bias"));
    }

    private static LayerNorm norm(Case in, String path) {
        return new LayerNorm(in.in(path + ".weight"), in.in(path + ".bias"), in.number("eps"));
    }

    private static Transformer.Norm place(Case in) {
        return in.flag("first") ? Transformer.Norm.PRE : Transformer.Norm.POST;
    }

    /** The keys of the last sequence are all there, of the one before two. */
    private static Tensor masking(Case in) {
        return switch (in.word("masking")) {
            case "causal" -> Attention.causal(3);
            case "padding" -> Attention.padding(3, 2, 3);
            default -> Tensor.zeros();
        };
    }

    private static void losses() {
        NAMED.put("crossEntropy", FuzzOperations::crossEntropy);
        NAMED.put("bceWithLogits", in -> in.word("reduction").equals("mean")
                ? new Loss.BceWithLogits().of(in.in("z"), in.in("t")) : Tensor.bceWithLogits(in.in("z"), in.in("t")).sum());
        NAMED.put("mse", in -> new Loss.SquaredError(Scaling.valueOf(in.word("reduction").toUpperCase())).of(in.in("p"), in.in("y")));
        NAMED.put("nll", in -> new Classification.Nll(reduction(in)).of(in.in("scores"), in.in("labels")));
        NAMED.put("multiClassHinge", in -> new Classification.MultiClassHinge(in.number("margin"), reduction(in))
                .of(in.in("scores"), in.in("labels")));
        NAMED.put("kl", in -> new Classification.Kl(reduction(in)).of(in.in("logs"), in.in("q")));
        NAMED.put("bce", in -> new Classification.Bce(reduction(in)).of(in.in("p"), in.in("t")));
        NAMED.put("hinge", in -> new Classification.Hinge(false, reduction(in)).of(in.in("s"), in.in("t")));
        NAMED.put("mae", in -> new Regression.AbsoluteError(reduction(in)).of(in.in("p"), in.in("y")));
        NAMED.put("huber", in -> new Regression.Huber(in.number("delta"), reduction(in)).of(in.in("p"), in.in("y")));
        NAMED.put("smoothL1", in -> new Regression.SmoothAbsoluteError(in.number("beta"), reduction(in))
                .of(in.in("p"), in.in("y")));
        NAMED.put("poisson", in -> new Regression.Poisson(reduction(in)).of(in.in("p"), in.in("y")));
        NAMED.put("cosine", in -> new Distances.Cosine(reduction(in)).of(in.in("a"), in.in("b")));
        NAMED.put("triplet", in -> new Distances.Triplet(in.number("margin"), reduction(in))
                .of(in.in("a"), in.in("p"), in.in("n")));
    }

    private static Reduction reduction(Case in) {
        return Reduction.valueOf(in.word("reduction").toUpperCase());
    }

    private static Tensor crossEntropy(Case in) {
        var loss = new Loss.CrossEntropy().smoothing(in.number("smoothing"));
        loss = in.has("class_weights") ? loss.weights(in.in("class_weights")) : loss;
        loss = in.has("ignored") ? loss.ignoring(in.whole("ignored")) : loss;
        return loss.of(in.in("scores"), in.in("labels"));
    }

    /** PyTorch has the time first, we the batch; and it calls W, U, b, b' weight_ih, weight_hh, bias_ih, bias_hh. */
    private static Tensor walk(Case in) {
        var state = in.has("c0") ? Tensor.concat(1, in.in("h0"), in.in("c0")) : in.in("h0");
        return Sequence.of(cell(in, in.name(), "")).walk(in.in("x").transpose(1, 0, 2), state).output().transpose(1, 0, 2);
    }

    private static Tensor like(Tensor x, double value) {
        return Tensor.full(value, x.shape(), x.dtype());
    }

    private static Tensor runningStatistics(Case in) {
        var weight = Tensor.full(1, new Shape(in.in("x").shape().dim(1)), in.in("x").dtype());
        var layer = new BatchNorm(weight, like(weight, 0), like(weight, 0), like(weight, 1), in.number("momentum"), 1e-5);
        training(() -> layer.apply(in.in("x")));
        return Tensor.stack(0, layer.runningMean(), layer.runningVar());
    }

    /** PyTorch's padding is the same before and after. */
    private static List<Sliding> slides(Case in) {
        var strides = in.wholes("stride");
        return IntStream.range(0, strides.length).mapToObj(i -> new Sliding(strides[i], in.wholes("padding")[i],
                in.wholes("padding")[i], in.has("dilation") ? in.wholes("dilation")[i] : 1)).toList();
    }

    private static Tensor pool(Kind kind, Case in) {
        return new Pooling.Pool(kind, new Shape(in.wholes("kernel")), slides(in)).apply(in.in("x"));
    }

    private static List<Integer> list(int[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }
}
