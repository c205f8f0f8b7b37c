package gradus.install;

import static gradus.nn.Nn.adam;
import static gradus.nn.Nn.crossEntropy;
import static gradus.nn.Nn.fit;
import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.randn;
import static gradus.nn.Nn.relu;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.tanh;
import static gradus.nn.Nn.tensor;

import gradus.nn.data.Data;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/** The measurements {@code nn.*} of {@code bench}: prints {@code name unit figure}, a line for each. */
public final class TensorBench {

    private static final double WARM_SECONDS = 3;   // until C2 has compiled what a step runs
    private static final double BLOCK_SECONDS = 0.3;
    private static final int BLOCKS = 9;

    private TensorBench() {
    }

    public static void main(String[] arguments) {
        print("nn.matmul-768", milliseconds(matmul()));
        print("nn.mlp-step", milliseconds(mlpStep()));
        print("nn.quickstart-epoch", quickstartEpoch());
    }

    private static Runnable matmul() {
        var a = randn(seed(1), 768, 768);
        var b = randn(seed(2), 768, 768);
        return () -> a.matmul(b);
    }

    /** Forward, cross-entropy, backward and Adam's update of 784-128-64-10 with ReLU, batch 64. */
    private static Runnable mlpStep() {
        var x = randn(seed(1), 64, 784);
        var classes = tensor(IntStream.range(0, 64).mapToDouble(i -> i % 10).toArray());
        var net = sequential(linear(784, 128), relu(), linear(128, 64), relu(), linear(64, 10));
        var stepper = adam(1e-3).over(net);
        return () -> stepper.step(crossEntropy().of(net.apply(x), classes));
    }

    /** An epoch of digits as the quickstart trains them, with its validation: the median of the second half of 100. */
    private static double quickstartEpoch() {
        var data = Data.digits().split(0.8, seed(1));
        var net = sequential(linear(64, 32), tanh(), linear(32, 10));
        var epochs = fit(net, data).loss(crossEntropy()).optimizer(adam(1e-3)).quiet().epochs(100).history().epochs();
        return epochs.stream().skip(50).mapToDouble(epoch -> 1e3 * epoch.seconds()).sorted().toArray()[25];
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
