package gradus.nn;

import gradus.nn.FuzzTest.Case;
import gradus.nn.layer.Convolution;
import gradus.nn.layer.Pooling;
import gradus.nn.layer.Pooling.Interpolation;
import gradus.nn.layer.Pooling.Kind;
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

/** The operations of the fuzz cases, by the names that fuzz.py gives them. */
final class FuzzOperations {

    static final Map<String, Function<Case, Tensor>> NAMED = new HashMap<>();

    static {
        functions();
        shapes();
        layers();
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
        NAMED.put("select", in -> in.in("x").select(in.whole("axis"), in.in("indices")));
        NAMED.put("permute", in -> in.in("x").transpose(IntStream.range(0, in.in("x").rank())
                .map(i -> in.in("x").rank() - 1 - i).toArray()));
        NAMED.put("concat", in -> Tensor.concat(in.whole("axis"), in.in("x"), in.in("y")));
        NAMED.put("stack", in -> Tensor.stack(in.whole("axis"), in.in("x"), in.in("y")));
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
