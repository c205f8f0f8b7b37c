package gradus.install;

import gradus.nn.Seed;
import gradus.nn.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The measurements {@code nn.*} of {@code bench}: prints {@code name unit figure}, a line for each. */
public final class TensorBench {

    private static final Seed.Stream RANDOM = new Seed(1).stream("bench");
    private static final double WARM_SECONDS = 3;   // until C2 has compiled what a step runs
    private static final double BLOCK_SECONDS = 0.3;
    private static final int BLOCKS = 9;

    private TensorBench() {
    }

    public static void main(String[] arguments) {
        print("nn.matmul-768", milliseconds(matmul()));
        print("nn.mlp-gradient", milliseconds(mlpGradient()));
    }

    private static Runnable matmul() {
        var a = normal(768, 768);
        var b = normal(768, 768);
        return () -> a.matmul(b);
    }

    /** Forward, cross-entropy and backward of 784-128-64-10 with ReLU, batch 64: a training step but for its update. */
    private static Runnable mlpGradient() {
        var x = normal(64, 784);
        var classes = new int[64];
        Arrays.setAll(classes, i -> i % 10);
        var parameters = List.of(weights(784, 128), weights(1, 128), weights(128, 64), weights(1, 64),
                weights(64, 10), weights(1, 10));
        return () -> {
            parameters.forEach(Tensor::clearGrad);
            var hidden = x;
            for (int layer = 0; layer < 6; layer += 2) {
                hidden = hidden.matmul(parameters.get(layer)).plus(parameters.get(layer + 1));
                hidden = layer < 4 ? hidden.relu() : hidden;
            }
            Tensor.crossEntropy(hidden, classes).mean().backward();
        };
    }

    private static Tensor normal(int... dims) {
        return Tensor.normal(RANDOM, 0, 1, dims);
    }

    private static Tensor weights(int in, int out) {
        return Tensor.parameter(Tensor.normal(RANDOM, 0, 1 / Math.sqrt(in), in, out));
    }

    /** The median over blocks, each long enough for the clock and for a collection of garbage to show in all of them. */
    private static double milliseconds(Runnable action) {
        repeat(action, WARM_SECONDS);
        return Arrays.stream(new double[BLOCKS]).map(block -> repeat(action, BLOCK_SECONDS)).sorted()
                .toArray()[BLOCKS / 2];
    }

    /** Runs the action for so long, and gives the milliseconds that one run took. */
    private static double repeat(Runnable action, double seconds) {
        long began = System.nanoTime();
        int runs = 0;
        do {
            action.run();
            runs++;
        } while (System.nanoTime() - began < 1e9 * seconds);
        return (System.nanoTime() - began) / 1e6 / runs;
    }

    private static void print(String name, double milliseconds) {
        System.out.printf(Locale.ROOT, "%s ms %.4f%n", name, milliseconds);
    }
}
