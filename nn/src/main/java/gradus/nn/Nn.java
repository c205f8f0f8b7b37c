package gradus.nn;

import gradus.nn.compile.Compiled;
import gradus.nn.data.Dataset;
import gradus.nn.data.Split;
import gradus.nn.grad.GradCheck;
import gradus.nn.grad.Gradients;
import gradus.nn.io.Npy;
import gradus.nn.io.Safetensors;
import gradus.nn.layer.Activation;
import gradus.nn.layer.Linear;
import gradus.nn.layer.Sequential;
import gradus.nn.loss.Loss;
import gradus.nn.optim.Momentum;
import gradus.nn.optim.Optimizer;
import gradus.nn.train.Fit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The words of a notebook: everything one needs to say unqualified, by {@code import static gradus.nn.Nn.*}. */
public final class Nn {

    private Nn() {
    }

    // ---- tensors ----

    /** A vector, float32. */
    public static Tensor tensor(double... values) {
        return Tensor.of(values);
    }

    /** A matrix from its rows, float32. */
    public static Tensor tensor(double[][] rows) {
        return Tensor.of(rows);
    }

    public static Tensor zeros(int... dims) {
        return Tensor.zeros(dims);
    }

    public static Tensor ones(int... dims) {
        return Tensor.ones(dims);
    }

    /** 0, 1, … n−1. */
    public static Tensor arange(int n) {
        return Tensor.arange(n);
    }

    /** n numbers from {@code from} to {@code to}, both included. */
    public static Tensor linspace(double from, double to, int n) {
        return Tensor.linspace(from, to, n);
    }

    /** Normal random numbers with mean 0 and variance 1, those of this seed and shape. */
    public static Tensor randn(Seed seed, int... dims) {
        return Tensor.normal(seed.stream("randn" + new Shape(dims)), 0, 1, dims);
    }

    /** Where random numbers come from. */
    public static Seed seed(long value) {
        return new Seed(value);
    }

    // ---- layers ----

    /** y = x Wᵀ + b, [.., in] → [.., out]. */
    public static Linear linear(int in, int out) {
        return Linear.of(in, out);
    }

    /** The same with the initial weights that this seed gives. */
    public static Linear linear(int in, int out, Seed seed) {
        return Linear.of(in, out, seed);
    }

    public static Layer tanh() {
        return Activation.TANH;
    }

    /** max(0, x). */
    public static Layer relu() {
        return Activation.RELU;
    }

    /** 1/(1 + e⁻ˣ). */
    public static Layer sigmoid() {
        return Activation.SIGMOID;
    }

    /** [n, ..] → [n, the product of the rest]. */
    public static Layer flatten() {
        return Activation.FLATTEN;
    }

    /** Layers one after the other. */
    public static Sequential sequential(Layer... layers) {
        return new Sequential(List.of(layers));
    }

    // ---- losses ----

    /** −(1/n) Σ ln softmax(z)_c, for class scores and class numbers or distributions. */
    public static Loss crossEntropy() {
        return new Loss.CrossEntropy();
    }

    /** −(1/n) Σ t ln σ(z) + (1−t) ln(1−σ(z)), for scores and targets in [0, 1]. */
    public static Loss bceWithLogits() {
        return new Loss.BceWithLogits();
    }

    /** (1/n) Σ (ŷ − y)². */
    public static Loss mse() {
        return mse(Loss.SquaredError.Scaling.MEAN);
    }

    /** Σ (ŷ − y)² with another factor. */
    public static Loss mse(Loss.SquaredError.Scaling scaling) {
        return new Loss.SquaredError(scaling);
    }

    // ---- optimizers ----

    /** θ ← θ − η g; add {@code .momentum(0.9)} or {@code .nesterov(0.9)}. */
    public static Optimizer.Sgd sgd(double lr) {
        return new Optimizer.Sgd(lr, new Momentum.None());
    }

    /** Adam with β₁ = 0.9, β₂ = 0.999, ε = 1e-8. */
    public static Optimizer.Adam adam(double lr) {
        return adam(lr, 0.9, 0.999, 1e-8);
    }

    public static Optimizer.Adam adam(double lr, double beta1, double beta2, double epsilon) {
        return new Optimizer.Adam(lr, beta1, beta2, epsilon);
    }

    // ---- training ----

    /** A training of this net on the first part of the data, watched on the second; {@code .epochs(n)} begins it. */
    public static Fit fit(Layer net, Split data) {
        return new Fit(net, data);
    }

    /** A training of this net on all of the data. */
    public static Fit fit(Layer net, Dataset data) {
        return new Fit(net, data, Optional.empty());
    }

    /**
     * A step that is recorded once per shape and replayed: for a loop of one's own as fast as {@code fit}'s.
     * {@snippet :
     * var step = compile((x, y) -> opt.step(loss.of(net.apply(x), y)));
     * }
     */
    public static Compiled compile(BinaryOperator<Tensor> step) {
        return new Compiled(in -> new Tensor[] {step.apply(in[0], in[1])});
    }

    /** The same for a function of one tensor. */
    public static Compiled compile(UnaryOperator<Tensor> step) {
        return new Compiled(in -> new Tensor[] {step.apply(in[0])});
    }

    // ---- gradients ----

    /** A copy that gradients are computed for. */
    public static Tensor parameter(Tensor initial) {
        return Tensor.parameter(initial);
    }

    /** The gradients of a scalar with respect to each of these, differentiable again. */
    public static Tensor[] grad(Tensor loss, Tensor... wrt) {
        return Gradients.withGraph(loss, wrt);
    }

    /** Compares the gradients of {@code f} with central differences in float64. */
    public static GradCheck.Report gradcheck(Function<Tensor[], Tensor> f, Tensor... inputs) {
        return GradCheck.check(f, inputs);
    }

    /** Computes without recording. */
    public static <T> T noGrad(Supplier<T> computation) {
        return Gradients.noGrad(computation);
    }

    // ---- files ----

    /** Writes named tensors to a {@code .safetensors} file; a whole net writes {@link Layer#save}. */
    public static void save(String path, Map<String, Tensor> tensors) {
        Safetensors.save(Path.of(path), tensors);
    }

    /** The tensors of a {@code .safetensors} file by name; {@link Safetensors#open} reads single ones. */
    public static Map<String, Tensor> load(String path) {
        return Safetensors.load(Path.of(path));
    }

    /** Writes one tensor as NumPy would. */
    public static void saveNpy(String path, Tensor x) {
        Npy.save(Path.of(path), x);
    }

    /** The array in a file of NumPy's. */
    public static Tensor loadNpy(String path) {
        return Npy.load(Path.of(path));
    }

    /** The array in a file of NumPy's as this element type, rounded where it must be. */
    public static Tensor loadNpy(String path, DType dtype) {
        return Npy.load(Path.of(path), dtype);
    }

    /** The arrays in an {@code .npz} file of NumPy's by name. */
    public static Map<String, Tensor> loadNpz(String path) {
        return Npy.loadZip(Path.of(path));
    }
}
