package gradus.nn;

import gradus.nn.layer.Activation;
import gradus.nn.layer.Attention;
import gradus.nn.layer.Cell;
import gradus.nn.layer.Convolution;
import gradus.nn.layer.Dropout;
import gradus.nn.layer.Embedding;
import gradus.nn.layer.Linear;
import gradus.nn.layer.Normalization;
import gradus.nn.layer.Pooling;
import gradus.nn.layer.Recurrent;
import gradus.nn.layer.Sequential;
import gradus.nn.layer.Transformer;
import gradus.nn.loss.Classification;
import gradus.nn.loss.Loss;
import gradus.nn.loss.Regression;
import gradus.nn.optim.Momentum;
import gradus.nn.optim.Optimizer;
import java.util.List;

/**
 * The words of {@link Nn} for what a training is made of: layers, losses and optimizers. A notebook says them unqualified,
 * as all of {@code Nn}.
 */
public abstract sealed class Building permits Nn {

    Building() {
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
}
