package gradus.nn;

import gradus.nn.op.Activations;

/** The verbs of {@link Tensor} that neurons end with. */
sealed interface Activating permits Tensor {

    private Tensor x() {
        return (Tensor) this;
    }

    default Tensor sigmoid() {
        return Tensor.apply(new Activations.Sigmoid(), x());
    }

    /** ln σ(x) without overflow. */
    default Tensor logSigmoid() {
        return Tensor.apply(new Activations.LogSigmoid(), x());
    }

    /** ln(1 + eˣ). */
    default Tensor softplus() {
        return softplus(1);
    }

    /** ln(1 + e^{βx}) / β. */
    default Tensor softplus(double beta) {
        return Tensor.apply(new Activations.Softplus(beta), x());
    }

    /** max(0, x). */
    default Tensor relu() {
        return Tensor.apply(new Activations.Relu(), x());
    }

    /** max(0, x), at most 6. */
    default Tensor relu6() {
        return x().clip(0, 6);
    }

    /** x where positive, elsewhere x times the slope, 0.01 in most nets. */
    default Tensor leakyRelu(double slope) {
        return Tensor.apply(new Activations.LeakyRelu(slope), x());
    }

    /** x where positive, elsewhere x times a learned slope: one for all, or one per index along axis 1. */
    default Tensor prelu(Tensor slope) {
        boolean perChannel = slope.size() > 1 && x().rank() > 1;
        var shaped = perChannel ? slope.reshape(Shape.ones(x().rank() - 1).with(0, slope.size()).dims())
                : slope.size() == 1 ? slope.reshape() : slope;
        return Tensor.apply(new Activations.Prelu(), x(), shaped);
    }

    /** x where positive, elsewhere α (eˣ − 1), with α = 1 in most nets. */
    default Tensor elu(double alpha) {
        return Tensor.apply(new Activations.Elu(alpha), x());
    }

    /** Elu with the scales that keep mean 0 and variance 1. */
    default Tensor selu() {
        return Tensor.apply(new Activations.Selu(), x());
    }

    /** x Φ(x). */
    default Tensor gelu() {
        return Tensor.apply(new Activations.Gelu(), x());
    }

    /** x Φ(x) with Φ by a tanh, as in GPT-2. */
    default Tensor geluTanh() {
        return Tensor.apply(new Activations.GeluTanh(), x());
    }

    /** x σ(x), also called swish. */
    default Tensor silu() {
        return Tensor.apply(new Activations.Silu(), x());
    }

    /** x tanh(ln(1 + eˣ)). */
    default Tensor mish() {
        return Tensor.apply(new Activations.Mish(), x());
    }

    /** x/6 + ½ between 0 and 1. */
    default Tensor hardSigmoid() {
        return Tensor.apply(new Activations.HardSigmoid(), x());
    }

    /** x between −1 and 1. */
    default Tensor hardTanh() {
        return x().clip(-1, 1);
    }

    /** x times {@link #hardSigmoid}. */
    default Tensor hardSwish() {
        return Tensor.apply(new Activations.HardSwish(), x());
    }

    /** x / (1 + |x|). */
    default Tensor softsign() {
        return Tensor.apply(new Activations.Softsign(), x());
    }

    /** x − tanh x. */
    default Tensor tanhShrink() {
        return Tensor.apply(new Activations.TanhShrink(), x());
    }
}
