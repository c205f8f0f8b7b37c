package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.init.Initializer;

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
    public String toString() {
        return "embedding(" + weight.shape().dim(0) + ", " + weight.shape().dim(1) + ")";
    }

    /**
     * Adds to each position of a sequence a vector that says where it is: sin(pos ω_i) at 2i and cos(pos ω_i) at 2i + 1, with
     * ω_i = 10000^(−2i/d). [.., time, d] → the same. The vector k positions later is a linear map of the vector itself, a
     * rotation of each pair by k ω_i.
     */
    public record SinusoidalPositions() implements Layer {

        /** The vectors of the first positions, [time, d]. */
        public static Tensor table(int time, int d) {
            var table = new double[time * d];
            for (int position = 0; position < time; position++) {
                for (int i = 0; i < d; i++) {
                    double angle = position * Math.pow(10000, -(i - i % 2) / (double) d);
                    table[position * d + i] = i % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle);
                }
            }
            return Tensor.of(new Shape(time, d), table);
        }

        @Override
        public Tensor apply(Tensor x) {
            return x.plus(table(x.shape().dim(-2), x.shape().dim(-1)).as(x.dtype()));
        }

        @Override
        public String toString() {
            return "sinusoidalPositions()";
        }
    }
}
