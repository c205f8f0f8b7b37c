package gradus.nn;

import gradus.nn.backend.Backend;
import gradus.nn.backend.opencl.OpenCl;
import gradus.nn.calculus.Calculus;
import gradus.nn.calculus.Expression;
import gradus.nn.calculus.ScalarDerivation;
import gradus.nn.compile.Compiled;
import gradus.nn.data.Dataset;
import gradus.nn.data.Split;
import gradus.nn.derivation.Derivation;
import gradus.nn.derivation.unrolled.Unrolled;
import gradus.nn.explanation.Explain;
import gradus.nn.explanation.Explanation;
import gradus.nn.grad.Derivatives;
import gradus.nn.grad.GradCheck;
import gradus.nn.grad.Gradients;
import gradus.nn.io.Npy;
import gradus.nn.io.Safetensors;
import gradus.nn.layer.Activation;
import gradus.nn.layer.Attention;
import gradus.nn.layer.Cell;
import gradus.nn.layer.Convolution;
import gradus.nn.layer.Dropout;
import gradus.nn.layer.Embedding;
import gradus.nn.layer.Linear;
import gradus.nn.layer.Mode;
import gradus.nn.layer.Normalization;
import gradus.nn.layer.Pooling;
import gradus.nn.layer.Recurrent;
import gradus.nn.layer.Sequential;
import gradus.nn.layer.Transformer;
import gradus.nn.loss.Classification;
import gradus.nn.loss.Distances;
import gradus.nn.loss.Loss;
import gradus.nn.loss.Regression;
import gradus.nn.op.Custom;
import gradus.nn.optim.Momentum;
import gradus.nn.optim.Optimizer;
import gradus.nn.optim.Schedule;
import gradus.nn.study.Shapes;
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

    /** Products summed over letters: {@code einsum("bij,bjk->bik", a, b)} multiplies batches of matrices. */
    public static Tensor einsum(String subscripts, Tensor... operands) {
        return Tensor.einsum(subscripts, operands);
    }

    // ---- parts of tensors: x.at(all(), range(0, 5), -1) ----

    /** The whole axis. */
    public static Index all() {
        return new Index.All();
    }

    /** One entry; the axis disappears. */
    public static Index at(int i) {
        return new Index.At(i);
    }

    /** The entries {@code from} up to {@code to}, not included; negative numbers count from the end. */
    public static Index range(int from, int to) {
        return range(from, to, 1);
    }

    /** Every {@code step}-th of them; downwards for a negative step. */
    public static Index range(int from, int to, int step) {
        return new Index.Range(from, to, step);
    }

    /** The entries {@code from} up to the last. */
    public static Index from(int from) {
        return range(from, Integer.MAX_VALUE);
    }

    /** The entries where the mask is not 0. */
    public static Index mask(Tensor mask) {
        return new Index.Mask(mask);
    }

    /** The entries with these indices, in this order. */
    public static Index pick(int... indices) {
        return pick(Tensor.indices(new Shape(indices.length), indices));
    }

    /** The entries with these int32 indices, whose shape takes the axis's place. */
    public static Index pick(Tensor indices) {
        return new Index.Pick(indices);
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

    /** x where positive, elsewhere x times the slope. */
    public static Layer leakyRelu(double slope) {
        return Activation.leakyRelu(slope);
    }

    /** x where positive, elsewhere x times a learned slope: one for all, or one per channel. */
    public static Layer prelu(int channels) {
        return Activation.Prelu.of(channels);
    }

    /** x where positive, elsewhere α (eˣ − 1). */
    public static Layer elu(double alpha) {
        return Activation.elu(alpha);
    }

    /** Elu with the scales that keep mean 0 and variance 1. */
    public static Layer selu() {
        return Activation.SELU;
    }

    /** x Φ(x). */
    public static Layer gelu() {
        return Activation.GELU;
    }

    /** x σ(x), also called swish. */
    public static Layer silu() {
        return Activation.SILU;
    }

    /** x tanh(ln(1 + eˣ)). */
    public static Layer mish() {
        return Activation.MISH;
    }

    /** ln(1 + eˣ). */
    public static Layer softplus() {
        return Activation.SOFTPLUS;
    }

    /** e^{xᵢ} / Σ e^{xⱼ} along the last axis. */
    public static Layer softmax() {
        return Activation.SOFTMAX;
    }

    /** [n, ..] → [n, the product of the rest]. */
    public static Layer flatten() {
        return Activation.FLATTEN;
    }

    /** A convolution along a signal, [n, in, size] → [n, out, ..]; add {@code .stride(2).padding(1)} and the like. */
    public static Convolution.Conv conv1d(int in, int out, int kernel) {
        return Convolution.Conv.of(1, in, out, Seed.next(), kernel);
    }

    /** A convolution over images, [n, in, height, width] → [n, out, ..]; add {@code .stride(2).padding(1)} and the like. */
    public static Convolution.Conv conv2d(int in, int out, int... kernel) {
        return Convolution.Conv.of(2, in, out, Seed.next(), kernel);
    }

    /** A convolution over volumes, [n, in, depth, height, width] → [n, out, ..]. */
    public static Convolution.Conv conv3d(int in, int out, int... kernel) {
        return Convolution.Conv.of(3, in, out, Seed.next(), kernel);
    }

    /** A transposed convolution along a signal, which makes it longer. */
    public static Convolution.ConvTranspose convTranspose1d(int in, int out, int kernel) {
        return Convolution.ConvTranspose.of(1, in, out, Seed.next(), kernel);
    }

    /** A transposed convolution over images, which makes them larger. */
    public static Convolution.ConvTranspose convTranspose2d(int in, int out, int... kernel) {
        return Convolution.ConvTranspose.of(2, in, out, Seed.next(), kernel);
    }

    /** A transposed convolution over volumes, which makes them larger. */
    public static Convolution.ConvTranspose convTranspose3d(int in, int out, int... kernel) {
        return Convolution.ConvTranspose.of(3, in, out, Seed.next(), kernel);
    }

    /** The maximum of each window along a signal, [n, c, size] → [n, c, ..]. */
    public static Pooling.Pool maxPool1d(int kernel) {
        return Pooling.Pool.of(Pooling.Kind.MAX, 1, kernel);
    }

    /** The maximum of each window of images, [n, c, height, width] → [n, c, ..]; windows lie side by side. */
    public static Pooling.Pool maxPool2d(int... kernel) {
        return Pooling.Pool.of(Pooling.Kind.MAX, 2, kernel);
    }

    /** The maximum of each window of volumes. */
    public static Pooling.Pool maxPool3d(int... kernel) {
        return Pooling.Pool.of(Pooling.Kind.MAX, 3, kernel);
    }

    /** The mean of each window along a signal. */
    public static Pooling.Pool avgPool1d(int kernel) {
        return Pooling.Pool.of(Pooling.Kind.AVERAGE, 1, kernel);
    }

    /** The mean of each window of images. */
    public static Pooling.Pool avgPool2d(int... kernel) {
        return Pooling.Pool.of(Pooling.Kind.AVERAGE, 2, kernel);
    }

    /** The mean of each window of volumes. */
    public static Pooling.Pool avgPool3d(int... kernel) {
        return Pooling.Pool.of(Pooling.Kind.AVERAGE, 3, kernel);
    }

    /** The mean of each channel, [n, c, ..] → [n, c]. */
    public static Pooling.Global globalAvgPool() {
        return new Pooling.Global(Pooling.Kind.AVERAGE);
    }

    /** The maximum of each channel, [n, c, ..] → [n, c]. */
    public static Pooling.Global globalMaxPool() {
        return new Pooling.Global(Pooling.Kind.MAX);
    }

    /** Planes larger by these factors, one per axis. */
    public static Pooling.Upsample upsample(Pooling.Interpolation interpolation, Integer... factors) {
        return new Pooling.Upsample(interpolation, List.of(factors));
    }

    /** Each channel brought to mean 0 and variance 1 over the batch, [n, channels, ..]; then scaled and shifted. */
    public static Normalization.BatchNorm batchNorm(int channels) {
        return Normalization.BatchNorm.of(channels);
    }

    /** Each sample brought to mean 0 and variance 1 over its last axes, of these sizes; then scaled and shifted. */
    public static Normalization.LayerNorm layerNorm(int... sizes) {
        return Normalization.LayerNorm.of(sizes);
    }

    /** Each sample brought to mean square 1 over its last axes, of these sizes; then scaled. */
    public static Normalization.RmsNorm rmsNorm(int... sizes) {
        return Normalization.RmsNorm.of(sizes);
    }

    /** Each group of channels of each sample brought to mean 0 and variance 1; then scaled and shifted. */
    public static Normalization.GroupNorm groupNorm(int groups, int channels) {
        return Normalization.GroupNorm.of(groups, channels);
    }

    /** While learning, each number becomes 0 with this probability, the others larger in turn. */
    public static Dropout.Elements dropout(double p) {
        return Dropout.Elements.dropping(p);
    }

    /** The same by the probability of staying. */
    public static Dropout.Elements dropoutKeeping(double keep) {
        return Dropout.Elements.keeping(keep);
    }

    /** While learning, each channel becomes 0 with this probability, [n, channels, ..]. */
    public static Dropout.Channels spatialDropout(double p) {
        return Dropout.Channels.dropping(p);
    }

    /** A linear layer whose weights become 0 with this probability while learning. */
    public static Dropout.Connections dropConnect(Linear linear, double p) {
        return Dropout.Connections.of(linear, p);
    }

    /** A learned vector for each of so many words: whole numbers [..] → [.., size]. */
    public static Embedding embedding(int words, int size) {
        return Embedding.of(words, size);
    }

    /** Adds sines and cosines that say where in a sequence a vector stands, [.., time, d]. */
    public static Embedding.SinusoidalPositions sinusoidalPositions() {
        return new Embedding.SinusoidalPositions();
    }

    /** Attention of a sequence to itself in so many parts side by side, [batch, time, d]. */
    public static Attention.MultiHead multiHeadAttention(int d, int heads) {
        return Attention.MultiHead.of(d, heads);
    }

    /** A Transformer's encoder layer, [batch, time, d], post-norm; {@code .preNorm()} and {@code .dropout(p)} change it. */
    public static Transformer.EncoderLayer encoderLayer(int d, int heads, int hidden) {
        return Transformer.EncoderLayer.of(d, heads, hidden);
    }

    /** A Transformer with so many layers on each side. */
    public static Transformer transformer(int layers, int d, int heads, int hidden) {
        return Transformer.of(layers, d, heads, hidden);
    }

    /** h ← tanh(W x + b + U h) along a sequence, [batch, time, in] → [batch, time, hidden]. */
    public static Recurrent.Sequence rnn(int in, int hidden) {
        return Recurrent.Sequence.of(Cell.Rnn.of(in, hidden, Seed.next()));
    }

    /** Long short-term memory along a sequence, [batch, time, in] → [batch, time, hidden]; one bias unless {@code .twoBiases()}. */
    public static Recurrent.Sequence lstm(int in, int hidden) {
        return Recurrent.Sequence.of(Cell.Lstm.of(in, hidden, Seed.next()));
    }

    /** The gated recurrent unit along a sequence, [batch, time, in] → [batch, time, hidden], by PyTorch's conventions. */
    public static Recurrent.Sequence gru(int in, int hidden) {
        return gru(in, hidden, Cell.Reset.AFTER, Cell.Update.OLD);
    }

    /** The same by other conventions: where r acts, and what z weighs. */
    public static Recurrent.Sequence gru(int in, int hidden, Cell.Reset reset, Cell.Update update) {
        return Recurrent.Sequence.of(Cell.Gru.of(in, hidden, Seed.next()).convention(reset, update));
    }

    /** Two sequences, one in each direction, side by side. */
    public static Recurrent.Bidirectional bidirectional(Recurrent.Sequence forward, Recurrent.Sequence backward) {
        return new Recurrent.Bidirectional(forward, backward.reversed());
    }

    /** The last step of a sequence, [batch, time, features] → [batch, features]. */
    public static Recurrent.LastStep lastStep() {
        return new Recurrent.LastStep();
    }

    /** Layers one after the other. */
    public static Sequential sequential(Layer... layers) {
        return new Sequential(List.of(layers));
    }

    // ---- losses ----

    /** −(1/n) Σ ln softmax(z)_c, for class scores and class numbers or distributions; add {@code .smoothing(0.1)} and the like. */
    public static Loss.CrossEntropy crossEntropy() {
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

    /** (1/n) Σ |ŷ − y|. */
    public static Loss mae() {
        return new Regression.AbsoluteError(Loss.Reduction.MEAN);
    }

    /** The mean of ½ r² where |r| ≤ δ, else δ (|r| − δ/2), with r = ŷ − y. */
    public static Loss huber(double delta) {
        return new Regression.Huber(delta, Loss.Reduction.MEAN);
    }

    /** −(1/n) Σ l_c, for log-probabilities and class numbers. */
    public static Loss nll() {
        return new Classification.Nll(Loss.Reduction.MEAN);
    }

    /** (1/n) Σ q (ln q − l), for log-probabilities and distributions. */
    public static Loss kl() {
        return new Classification.Kl(Loss.Reduction.MEAN);
    }

    /** (1/n) Σ max(0, 1 − t s), for scores and targets of −1 and 1. */
    public static Loss hinge() {
        return new Classification.Hinge(false, Loss.Reduction.MEAN);
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

    /**
     * Computes something with layers that learn, dropout and batch normalisation: for a loop of one's own; {@code fit} does so
     * by itself.
     */
    public static <T> T training(Supplier<T> computation) {
        return Mode.training(computation);
    }

    /** Computes something with layers that are being used, gradients included. */
    public static <T> T evaluating(Supplier<T> computation) {
        return Mode.evaluating(computation);
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

    /** The gradient ∇f(x) of a scalar function, of x's shape. */
    public static Tensor gradient(UnaryOperator<Tensor> f, Tensor x) {
        return Derivatives.gradient(in -> f.apply(in[0]), x)[0];
    }

    /** The gradients of a scalar function of several arguments. */
    public static Tensor[] gradient(Function<Tensor[], Tensor> f, Tensor... x) {
        return Derivatives.gradient(f, x);
    }

    /** The Jacobian ∂f/∂x: entry [i.., j..] is the derivative of f(x)[i..] in x[j..]. */
    public static Tensor jacobian(UnaryOperator<Tensor> f, Tensor x) {
        return Derivatives.jacobian(f, x);
    }

    /** The Hessian of a scalar function: entry [i.., j..] is ∂²f/∂x[i..]∂x[j..]. */
    public static Tensor hessian(UnaryOperator<Tensor> f, Tensor x) {
        return Derivatives.hessian(f, x);
    }

    /** The Hessian times a vector of x's shape, without the Hessian. */
    public static Tensor hvp(UnaryOperator<Tensor> f, Tensor x, Tensor v) {
        return Derivatives.hvp(f, x, v);
    }

    /** vᵀ ∂f/∂x, for a v of f(x)'s shape: one backward pass. */
    public static Tensor vjp(UnaryOperator<Tensor> f, Tensor x, Tensor v) {
        return Derivatives.vjp(f, x, v);
    }

    /** (∂f/∂x) v, for a v of x's shape: how f(x) changes as x moves along v. */
    public static Tensor jvp(UnaryOperator<Tensor> f, Tensor x, Tensor v) {
        return Derivatives.jvp(f, x, v);
    }

    /**
     * How the gradients of a loss come about, as formulas that are checked: see {@link Derivation}.
     *
     * @param parameters whose gradients are wanted; all that the loss depends on if none are given
     */
    public static Derivation derive(Tensor loss, Tensor... parameters) {
        return Derivation.of(loss, parameters);
    }

    /**
     * A recurrent, convolution or pooling layer written out at an input, for the loss ½ Σ y²: see {@link Unrolled#of}.
     *
     * @param x the layer's input: the numbers that the lines are checked at
     */
    public static Unrolled unroll(Layer layer, Tensor x) {
        return Unrolled.of(layer, x);
    }

    /** The same for another loss of the layer's output. */
    public static Unrolled unroll(Layer layer, Tensor x, UnaryOperator<Tensor> loss) {
        return Unrolled.of(layer, x, loss);
    }

    /** What a net makes of an input of these sizes, layer by layer, without any numbers: sizes, parameters, work and memory. */
    public static Shapes shapes(Layer net, int... input) {
        return Shapes.of(net, input);
    }

    /** The same for inputs of these shapes: one, or what a Transformer reads and what it writes. */
    public static Shapes shapes(Layer net, Shape... inputs) {
        return Shapes.of(net, inputs);
    }

    /** The same for an input like this one. */
    public static Shapes shapes(Layer net, Tensor input) {
        return Shapes.of(net, input);
    }

    /** The calculus of a function of x, symbolically: {@code derive(x -> x.square().times(x.sin()))}, see {@link Calculus}. */
    public static ScalarDerivation derive(UnaryOperator<Expression> f) {
        var x = Calculus.variable("x");
        return ScalarDerivation.of(f.apply(x), x);
    }

    /** The calculus of a function of x and y: partial derivatives, gradient, Hessian, stationary points. */
    public static ScalarDerivation derive(BinaryOperator<Expression> f) {
        var x = Calculus.variable("x");
        var y = Calculus.variable("y");
        return ScalarDerivation.of(f.apply(x, y), x, y);
    }

    /** Compares the gradients of {@code f} with central differences in float64, element by element. */
    public static GradCheck.Report gradcheck(Function<Tensor[], Tensor> f, Tensor... inputs) {
        return GradCheck.check(1e-6, true, f, inputs);
    }

    /**
     * Compares the gradients of a loss in a net's parameters with central differences in float64, 64 elements of each:
     * {@code gradcheck(() -> loss.of(net.apply(x), y), net)}.
     */
    public static GradCheck.Report gradcheck(Supplier<Tensor> loss, Layer net) {
        return GradCheck.check(loss, net);
    }

    /** The same in these parameters; without any, in all that the loss depends on. */
    public static GradCheck.Report gradcheck(Supplier<Tensor> loss, Tensor... parameters) {
        return GradCheck.check(loss, parameters);
    }

    /** Compares the gradients of the gradients of {@code f} with central differences in float64. */
    public static GradCheck.Report gradgradcheck(Function<Tensor[], Tensor> f, Tensor... inputs) {
        return GradCheck.checkTwice(1e-5, f, inputs);
    }

    /**
     * An operation of one's own: a name, and what it computes. {@code .vjp(…)} says how gradients flow back, {@code .tex(…)}
     * how it is written; without a vjp the gradients of its own operations are used.
     * {@snippet :
     * var round = op("round", x -> x.floor()).vjp((x, y, d) -> d).tex("\\lfloor {0} \\rfloor");
     * var y = round.of(x);
     * }
     */
    public static Custom op(String name, UnaryOperator<Tensor> forward) {
        return Custom.of(name, in -> forward.apply(in[0]));
    }

    /** An operation of one's own on two tensors. */
    public static Custom op(String name, BinaryOperator<Tensor> forward) {
        return Custom.of(name, in -> forward.apply(in[0], in[1]));
    }

    /** Computes without recording. */
    public static <T> T noGrad(Supplier<T> computation) {
        return Gradients.noGrad(computation);
    }

    // ---- explanations: formulas, each checked on numbers ----

    /** An optimizer's recurrences with its settings, compared with what it does to a small net while η changes. */
    public static Explanation explain(Optimizer optimizer) {
        return Explain.of(optimizer);
    }

    /** A learning-rate schedule's formula, compared with it at 100 times. */
    public static Explanation explain(Schedule schedule) {
        return Explain.of(schedule);
    }

    /** A loss's formula with its reduction, and its derivative, compared on a small batch. */
    public static Explanation explain(Loss loss) {
        return Explain.of(loss);
    }

    /** The same on a batch of one's own. */
    public static Explanation explain(Loss loss, Tensor prediction, Tensor target) {
        return Explain.of(loss, prediction, target);
    }

    /** The triplet loss, which compares three vectors. */
    public static Explanation explain(Distances.Triplet loss) {
        return Explain.of(loss);
    }

    /** A layer's formulas: forward, gradients, initial parameters, conventions; compared on a small input. */
    public static Explanation explain(Layer layer) {
        return Explain.of(layer);
    }

    /** The same on an input of one's own. */
    public static Explanation explain(Layer layer, Tensor x) {
        return Explain.of(layer, x);
    }

    // ---- devices ----

    /** Lets everything from now on be computed there: {@code device(opencl())}, {@code device(cpu())}. */
    public static void device(Backend backend) {
        Backend.use(backend);
    }

    /** Computes this on another device: {@code on(opencl(), () -> a.matmul(b))}. */
    public static <T> T on(Backend backend, Supplier<T> computation) {
        return Backend.on(backend, computation);
    }

    /** The processor of this machine. */
    public static Backend cpu() {
        return Backend.cpu();
    }

    /** The first GPU with OpenCL or, without one, any device with OpenCL; the CPU, and a warning, where there is none. */
    public static Backend opencl() {
        return OpenCl.deviceOrCpu("");
    }

    /**
     * One device with OpenCL, by its number or a part of its name: {@code opencl("nvidia")}.
     *
     * @throws gradus.nn.backend.opencl.OpenClException when there is none, naming those that there are
     */
    public static Backend opencl(String which) {
        return OpenCl.device(which);
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
