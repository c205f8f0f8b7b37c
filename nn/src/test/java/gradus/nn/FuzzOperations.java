package gradus.nn;

import gradus.nn.FuzzTest.Case;
import gradus.nn.op.Convolutions;
import gradus.nn.op.Sliding;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        of("exp", Tensor::exp);
        of("log", Tensor::log);
        of("sqrt", Tensor::sqrt);
        of("square", Tensor::square);
        of("tanh", Tensor::tanh);
        of("sigmoid", Tensor::sigmoid);
        of("relu", Tensor::relu);
        of("softplus", Tensor::softplus);
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
        NAMED.put("conv", in -> biased(Tensor.apply(new Convolutions.Conv(slides(in), in.whole("groups")), in.in("x"),
                in.in("weight")), in));
        NAMED.put("convTransposed", in -> biased(Tensor.apply(new Convolutions.ConvInputGradient(slides(in),
                in.whole("groups"), transposedSizes(in)), in.in("x"), in.in("weight")), in));
        NAMED.put("convFlipped", in -> biased(Tensor.apply(new Convolutions.Conv(Sliding.PLAIN.times(2), 1), in.in("x"),
                in.in("weight").select(2, 1, 0).select(3, 1, 0)), in));
    }

    /** PyTorch's padding is the same before and after. */
    private static List<Sliding> slides(Case in) {
        var strides = in.wholes("stride");
        return IntStream.range(0, strides.length).mapToObj(i -> new Sliding(strides[i], in.wholes("padding")[i],
                in.wholes("padding")[i], in.wholes("dilation")[i])).toList();
    }

    private static Shape transposedSizes(Case in) {
        return new Shape(IntStream.range(0, in.wholes("stride").length).map(i ->
                (in.in("x").shape().dim(i + 2) - 1) * in.wholes("stride")[i] - 2 * in.wholes("padding")[i]
                        + in.wholes("dilation")[i] * (in.in("weight").shape().dim(i + 2) - 1)
                        + in.wholes("output_padding")[i] + 1).toArray());
    }

    private static Tensor biased(Tensor y, Case in) {
        var sizes = new int[y.rank() - 1];
        Arrays.fill(sizes, 1);
        sizes[0] = in.in("bias").size();
        return y.plus(in.in("bias").reshape(sizes));
    }
}
