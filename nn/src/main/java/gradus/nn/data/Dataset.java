package gradus.nn.data;

import gradus.nn.Seed;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Samples with what is to be learned about them.
 *
 * @param name     what it is
 * @param x        features, [n, ..]
 * @param y        targets, [n, ..]: class numbers, or values
 * @param features the features' names; empty when they have none
 * @param classes  the classes' names; empty when the targets are values
 */
public record Dataset(String name, Tensor x, Tensor y, List<String> features, List<String> classes) {

    public Dataset {
        if (x.rank() == 0 || y.rank() == 0 || x.shape().dim(0) != y.shape().dim(0)) {
            throw ShapeException.of("dataset", "have not the same number of samples",
                    "x and y both have one entry per sample along axis 0", x.shape(), y.shape());
        }
        features = List.copyOf(features);
        classes = List.copyOf(classes);
    }

    /** Samples of one's own. */
    public static Dataset of(Tensor x, Tensor y) {
        return new Dataset("data", x, y, List.of(), List.of());
    }

    /** How many samples there are. */
    public int size() {
        return x.shape().dim(0);
    }

    /** The samples with these indices, in this order. */
    public Dataset rows(int... indices) {
        return new Dataset(name, x.rows(indices), y.rows(indices), features, classes);
    }

    /** The samples {@code from} up to {@code to}, not included. */
    public Dataset slice(int from, int to) {
        return new Dataset(name, x.slice(0, from, to), y.slice(0, from, to), features, classes);
    }

    /** The class numbers; throws {@link IllegalStateException} when the targets are values. */
    public int[] labels() {
        if (classes.isEmpty()) {
            throw new IllegalStateException(name + " has values as targets, no classes\nhelp: use y()");
        }
        return Arrays.stream(y.toDoubleArray()).mapToInt(c -> (int) c).toArray();
    }

    /**
     * Two parts, drawn at random: the first with this fraction of the samples, for training, the rest for validation.
     *
     * @param fraction in (0, 1]
     */
    public Split split(double fraction, Seed seed) {
        if (!(fraction > 0 && fraction <= 1)) {
            throw new IllegalArgumentException("split: the fraction " + fraction + " is not in (0, 1]\nhelp: 0.8, say");
        }
        var order = seed.stream("split").permutation(size());
        int first = (int) Math.round(fraction * size());
        return new Split(rows(Arrays.copyOf(order, first)), rows(Arrays.copyOfRange(order, first, size())));
    }

    @Override
    public String toString() {
        var kinds = classes.isEmpty() ? "" : ", " + classes.size() + " classes: "
                + String.join(", ", IntStream.range(0, classes.size()).limit(12).mapToObj(classes::get).toList());
        return name + ": " + size() + " samples, x " + x.shape() + ", y " + y.shape() + kinds;
    }
}
