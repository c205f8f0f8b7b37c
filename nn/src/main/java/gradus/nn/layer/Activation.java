package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Tensor;
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

        @Override
        public Prelu reset(Seed seed) {
            slope.assign(Tensor.full(0.25, slope.shape(), slope.dtype()));
            return this;
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
    public String toString() {
        return word;
    }
}
