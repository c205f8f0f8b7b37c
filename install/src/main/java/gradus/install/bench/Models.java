package gradus.install.bench;

import static gradus.nn.Nn.adam;
import static gradus.nn.Nn.bceWithLogits;
import static gradus.nn.Nn.compile;
import static gradus.nn.Nn.conv2d;
import static gradus.nn.Nn.crossEntropy;
import static gradus.nn.Nn.flatten;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.maxPool2d;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.relu;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.sgd;
import static gradus.nn.Nn.tanh;

import gradus.nn.Layer;
import gradus.nn.Tensor;
import gradus.nn.layer.Cell;
import gradus.nn.layer.Recurrent.Sequence;
import gradus.nn.layer.Transformer.EncoderLayer;
import gradus.nn.loss.Loss;
import gradus.nn.optim.Optimizer;
import java.util.stream.IntStream;

/** What {@code bench} trains, as the workers of the peers have it too: float32; forward, backward and update. */
final class Models {

    private static final Loss MEAN_SQUARE = (prediction, target) -> prediction.square().mean();

    private Models() {
    }

    static Runnable step(String model, boolean compiled) {
        return switch (model) {
            case "sgemm" -> sgemm(compiled);
            case "mlp" -> training(sequential(linear(784, 128), tanh(), linear(128, 64), tanh(), linear(64, 10)),
                    randn(seed(1), 64, 784), crossEntropy(), counting(64, 10), adam(1e-3), compiled);
            case "mlp-tiny" -> training(sequential(linear(2, 16), tanh(), linear(16, 16), tanh(), linear(16, 1)),
                    randn(seed(1), 32, 2), bceWithLogits(), counting(32, 2).reshape(32, 1), sgd(1e-3), compiled);
            case "cnn" -> training(sequential(conv2d(3, 16, 3).padding(1), relu(), maxPool2d(2),
                    conv2d(16, 32, 3).padding(1), relu(), maxPool2d(2), flatten(), linear(2048, 128), relu(), linear(128, 10)),
                    randn(seed(1), 64, 3, 32, 32), crossEntropy(), counting(64, 10), adam(1e-3), compiled);
            case "lstm" -> training(Sequence.of(Cell.Lstm.of(32, 64, seed(1))), randn(seed(2), 32, 50, 32), MEAN_SQUARE,
                    Tensor.scalar(0), sgd(1e-3), compiled);
            case "encoder" -> training(EncoderLayer.of(128, 4, 512), randn(seed(1), 16, 64, 128), MEAN_SQUARE, Tensor.scalar(0),
                    sgd(1e-3), compiled);
            default -> throw new IllegalArgumentException("bench knows no model " + model);
        };
    }

    /** Compiled, it writes into the same memory each time, as PyTorch is told to and JAX's allocator does. */
    private static Runnable sgemm(boolean compiled) {
        var a = randn(seed(1), 768, 768);
        var b = randn(seed(2), 768, 768);
        var product = compile(Tensor::matmul);
        return compiled ? () -> product.apply(a, b) : () -> a.matmul(b);
    }

    /** 0, 1, … k−1, 0, 1, …: n numbers. */
    private static Tensor counting(int n, int k) {
        return Tensor.of(IntStream.range(0, n).mapToDouble(i -> i % k).toArray());
    }

    private static Runnable training(Layer net, Tensor x, Loss loss, Tensor target, Optimizer optimizer, boolean compiled) {
        var stepper = optimizer.over(net);
        if (!compiled) {
            return () -> stepper.step(loss.of(net.apply(x), target));
        }
        var step = compile((in, wanted) -> stepper.step(loss.of(net.apply(in), wanted)));
        return () -> step.apply(x, target);
    }
}
