package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Tensor;

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
            throw new IllegalArgumentException("linear(" + in + ", " + out + "): both sizes must be at least 1");
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
    public String toString() {
        return "linear(" + weight.shape().dim(1) + ", " + weight.shape().dim(0) + ")";
    }
}
