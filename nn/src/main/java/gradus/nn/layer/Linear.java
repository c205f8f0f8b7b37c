package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.explanation.Formulas;
import gradus.nn.explanation.Formulas.Law;

/**
 * The affine map y = x Wᵀ + b, [.., in] → [.., out]; one sample per row.
 *
 * <p>Initially weights and biases are uniform in ±1/√in, as in PyTorch (LeCun's scale up to the factor 1/√3).
 *
 * @param weight W, [out, in]
 * @param bias   b, [out]
 */
public record Linear(Tensor weight, Tensor bias) implements Layer {

    /**
     * A new layer. Its weights follow from how many layers were made before: a notebook that is run from its first cell
     * always gets the same ones; {@link Layer#reset} fixes them whatever came before.
     */
    public static Linear of(int in, int out) {
        return of(in, out, Seed.next());
    }

    /** A new layer with the weights that this seed gives. */
    public static Linear of(int in, int out, Seed seed) {
        if (in < 1 || out < 1) {
            throw new IllegalArgumentException("linear(" + in + ", " + out + "): a size is below 1"
                    + "\nhelp: linear(784, 10) say");
        }
        var layer = new Linear(Tensor.parameter(Tensor.zeros(out, in).named("W")),
                Tensor.parameter(Tensor.zeros(out).named("b")));
        return layer.reset(seed);
    }

    @Override
    public Tensor apply(Tensor x) {
        return x.linear(weight, bias);
    }

    @Override
    public Linear reset(Seed seed) {
        double bound = 1 / Math.sqrt(weight.shape().dim(1));
        var random = seed.stream("linear");
        for (var parameter : new Tensor[] {weight, bias}) {
            for (int i = 0; i < parameter.size(); i++) {
                parameter.buffer().set(i, bound * (2 * random.uniform() - 1));
            }
        }
        return this;
    }

    @Override
    public Formulas formulas(Tensor x) {
        int in = weight.shape().dim(1);
        int rows = x.size() / in;
        return Formulas.of(toString()).given("x", x, new Shape(rows, in)).given("W", weight).given("b", bias)
                .setting("n_{\\text{in}}", in)
                .result("y", "x W^{\\top} + b", () -> apply(x).reshape(rows, weight.shape().dim(0)))
                .gradient("W", "\\delta^{\\top} x").gradient("b", "\\sum_{i} \\delta_{i}").gradient("x", "\\delta W")
                .initially("W", Law.UNIFORM, "\\frac{1}{\\sqrt{n_{\\text{in}}}}")
                .initially("b", Law.UNIFORM, "\\frac{1}{\\sqrt{n_{\\text{in}}}}")
                .convention("One sample per row, W is [out, in], as in PyTorch. Keras and Flax keep W as [in, out], y ="
                        + " x W + b; texts with one sample as a column write W x + b, and ∂L/∂W = δ xᵀ, ∂L/∂b = δ.");
    }

    @Override
    public Tensor sample(Seed.Stream random) {
        return Tensor.normal(random, 0, 1, 3, weight.shape().dim(1));
    }

    @Override
    public String toString() {
        return "linear(" + weight.shape().dim(1) + ", " + weight.shape().dim(0) + ")";
    }
}
