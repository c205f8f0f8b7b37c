package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.explanation.Formulas;
import gradus.nn.explanation.Formulas.Law;
import java.util.function.UnaryOperator;

/**
 * A layer without parameters: a function of each element, of rows, or of the shape.
 *
 * @param word     how a net prints it
 * @param function what it does
 */
public record Activation(String word, UnaryOperator<Tensor> function) implements Layer {

    public static final Activation RELU = new Activation("relu()", Tensor::relu);
    public static final Activation RELU6 = new Activation("relu6()", Tensor::relu6);
    public static final Activation SIGMOID = new Activation("sigmoid()", Tensor::sigmoid);
    public static final Activation LOG_SIGMOID = new Activation("logSigmoid()", Tensor::logSigmoid);
    public static final Activation TANH = new Activation("tanh()", Tensor::tanh);
    public static final Activation SOFTPLUS = new Activation("softplus()", Tensor::softplus);
    public static final Activation SOFTSIGN = new Activation("softsign()", Tensor::softsign);
    public static final Activation TANH_SHRINK = new Activation("tanhShrink()", Tensor::tanhShrink);
    public static final Activation SELU = new Activation("selu()", Tensor::selu);
    public static final Activation GELU = new Activation("gelu()", Tensor::gelu);
    public static final Activation GELU_TANH = new Activation("geluTanh()", Tensor::geluTanh);
    public static final Activation SILU = new Activation("silu()", Tensor::silu);
    public static final Activation MISH = new Activation("mish()", Tensor::mish);
    public static final Activation HARD_SIGMOID = new Activation("hardSigmoid()", Tensor::hardSigmoid);
    public static final Activation HARD_TANH = new Activation("hardTanh()", Tensor::hardTanh);
    public static final Activation HARD_SWISH = new Activation("hardSwish()", Tensor::hardSwish);
    /** Along the last axis. */
    public static final Activation SOFTMAX = new Activation("softmax()", x -> x.softmax(-1));
    /** Along the last axis. */
    public static final Activation LOG_SOFTMAX = new Activation("logSoftmax()", x -> x.logSoftmax(-1));
    /** [n, ..] → [n, the product of the rest]. */
    public static final Activation FLATTEN = new Activation("flatten()", x -> x.reshape(x.shape().dim(0), -1));

    /** x where positive, elsewhere x times the slope. */
    public static Activation leakyRelu(double slope) {
        return new Activation("leakyRelu(" + slope + ")", x -> x.leakyRelu(slope));
    }

    /** x where positive, elsewhere α (eˣ − 1). */
    public static Activation elu(double alpha) {
        return new Activation("elu(" + alpha + ")", x -> x.elu(alpha));
    }

    /**
     * x where positive, elsewhere x times a slope that is learned: one for all, or one per channel, axis 1 (He et al. 2015).
     *
     * @param slope [] or [channels], at first 0.25
     */
    public record Prelu(Tensor slope) implements Layer {

        /** With so many slopes; 1 is one for all. */
        public static Prelu of(int channels) {
            if (channels < 1) {
                throw new IllegalArgumentException("prelu(" + channels + "): there is at least one slope"
                        + "\nhelp: prelu(1) has one for all, prelu(channels) one per index along axis 1");
            }
            return new Prelu(Tensor.parameter(Tensor.full(0.25, channels).named("a")));
        }

        @Override
        public Tensor apply(Tensor x) {
            return x.prelu(slope);
        }

        /** The slopes along axis 1 of so many. */
        private Shape perChannel(int rank) {
            return Shape.ones(Math.max(1, rank - 1)).with(0, slope.size());
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return Tensor.normal(random, 0, 1, 4, slope.size());
        }

        @Override
        public Prelu reset(Seed seed) {
            slope.assign(Tensor.full(0.25, slope.shape(), slope.dtype()));
            return this;
        }

        @Override
        public Formulas formulas(Tensor x) {
            var all = Formulas.of(toString()).given("x", x).given("a", slope, perChannel(x.rank()))
                    .result("y", "\\max\\left(0, x\\right) + a \\odot \\min\\left(0, x\\right)", () -> apply(x))
                    .gradient("x", "\\delta \\odot \\left(\\mathbf{1}_{x > 0} + a \\odot \\mathbf{1}_{x \\le"
                            + " 0}\\right)");
            var axes = "ijklnpq".substring(0, x.rank()).chars().mapToObj(Character::toString).toList();
            var summed = slope.size() == 1 ? axes : axes.stream().filter(axis -> !axis.equals("j")).toList();
            var at = "[" + String.join(", ", axes) + "]";
            return all.gradient("a", "\\sum_{" + String.join(", ", summed) + "} \\delta" + at + " \\min\\left(0, x"
                    + at + "\\right)")
                    .initially("a", Law.EQUAL, "0.25").convention("At 0 the slope is a, as in PyTorch.");
        }

        @Override
        public String toString() {
            return "prelu(" + slope.size() + ")";
        }
    }

    @Override
    public Tensor apply(Tensor x) {
        return function.apply(x);
    }

    @Override
    public Tensor sample(Seed.Stream random) {
        return Tensor.normal(random, 0, 1, this == FLATTEN ? new int[] {2, 3, 2} : new int[] {3, 4});
    }

    @Override
    public String toString() {
        return word;
    }
}
