package gradus.nn.layer;

import gradus.nn.DType;
import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.explanation.Formulas;
import gradus.nn.explanation.Formulas.Law;
import gradus.nn.init.Initializer;
import java.util.stream.IntStream;

/**
 * A table of learned vectors, one for each of so many words: [..] whole numbers → [.., size]; the same as a linear map of
 * one-hot vectors, without the products with 0.
 *
 * <p>Initially normal with variance 1, as in PyTorch.
 *
 * @param weight [words, size]
 */
public record Embedding(Tensor weight) implements Layer {

    /** A new table. */
    public static Embedding of(int words, int size) {
        return new Embedding(Tensor.parameter(Tensor.zeros(words, size).named("E"))).reset(Seed.next());
    }

    /** The vectors of these words; throws when a number is no word's. */
    @Override
    public Tensor apply(Tensor words) {
        return weight.select(0, words);
    }

    @Override
    public Embedding reset(Seed seed) {
        new Initializer.Normal(1).fill(weight, seed.stream("embedding"));
        return this;
    }

    @Override
    public Formulas formulas(Tensor words) {
        return Formulas.of(toString()).given("x", words, new Shape(words.size())).given("E", weight)
                .result("y", "i, j", "E[x[i], j]", "a row for each word", () -> apply(words)
                        .reshape(words.size(), weight.shape().dim(1)))
                .gradient("E", "i, j", "\\sum_{k} \\mathbf{1}_{x[k] = i} \\, \\delta[k, j]")
                .initially("E", Law.NORMAL, "1")
                .convention("Normal with variance 1 at first, as in PyTorch; Keras begins uniform in ±0.05.");
    }

    @Override
    public Tensor sample(Seed.Stream random) {
        int words = weight.shape().dim(0);
        return Tensor.indices(new Shape(4), random.below(words), random.below(words), 0, words - 1);
    }

    @Override
    public String toString() {
        return "embedding(" + weight.shape().dim(0) + ", " + weight.shape().dim(1) + ")";
    }

    /**
     * Adds to each position of a sequence a vector that says where it is: sin(pos ω_i) at 2i and cos(pos ω_i) at 2i + 1, with
     * ω_i = 10000^(−2i/d). [.., time, d] → the same. The vector k positions later is a linear map of the vector itself, a
     * rotation of each pair by k ω_i.
     */
    public record SinusoidalPositions() implements Layer {

        /** The vectors of the first positions, [time, d], float64. */
        public static Tensor table(int time, int d) {
            int pairs = (d + 1) / 2;
            var omega = IntStream.range(0, pairs).mapToDouble(i -> Math.pow(10000, -2.0 * i / d)).toArray();
            var angles = Tensor.arange(time).as(DType.FLOAT64).reshape(time, 1).times(Tensor.of(new Shape(1, pairs), omega));
            return Tensor.stack(2, angles.sin(), angles.cos()).reshape(time, 2 * pairs).slice(1, 0, d);
        }

        @Override
        public Tensor apply(Tensor x) {
            return x.plus(table(x.shape().dim(-2), x.shape().dim(-1)).as(x.dtype()));
        }

        @Override
        public Formulas formulas(Tensor x) {
            int time = x.shape().dim(-2);
            int d = x.shape().dim(-1);
            int batch = time * d == 0 ? 0 : x.size() / (time * d);
            return Formulas.of(toString()).given("x", x, new Shape(batch, time, d)).setting("d", d)
                    .result("y", "i, j, k",
                            "x[i, j, k] + \\begin{cases} \\sin\\left(j 10000^{-k/d}\\right) &"
                            + " \\operatorname{mod}\\left(k, 2\\right) = 0 \\\\ \\cos\\left(j 10000^{-(k-1)/d}\\right)"
                            + " & \\text{otherwise} \\end{cases}",
                            "j is the position", () -> apply(x).reshape(batch, time, d))
                    .gradient("x", "\\delta")
                    .convention("Sines at even and cosines at odd places, positions from 0 (Vaswani et al. 2017); some"
                            + " programs put all sines first.");
        }

        @Override
        public String toString() {
            return "sinusoidalPositions()";
        }
    }
}
