package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.explanation.Formulas;
import gradus.nn.layer.Attention.MultiHead;
import gradus.nn.layer.Normalization.LayerNorm;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The layers of a Transformer (Vaswani et al. 2017): attention and a small net at each position, each added to its input.
 * Sequences are [batch, time, d].
 */
public record Transformer(Encoder encoder, Decoder decoder) implements Layer {

    /** Where the norm of a block stands. */
    public enum Norm {
        /** LayerNorm(x + f(x)), as in the paper. */
        POST,
        /** x + f(LayerNorm(x)), which learns without a warm-up. */
        PRE
    }

    /** The net at each position: W₂ φ(W₁ x + b₁) + b₂, d → hidden → d. */
    public record FeedForward(Linear first, Layer activation, Linear second, Dropout.Elements dropout)
            implements Layer {

        /** A new net with ReLU. */
        public static FeedForward of(int d, int hidden) {
            return new FeedForward(Linear.of(d, hidden), Activation.RELU, Linear.of(hidden, d),
                    Dropout.Elements.dropping(0));
        }

        /** The same with another φ. */
        public FeedForward activation(Layer other) {
            return new FeedForward(first, other, second, dropout);
        }

        /** The same, dropping hidden numbers with this probability while learning. */
        public FeedForward dropout(double p) {
            return new FeedForward(first, activation, second, Dropout.Elements.dropping(p));
        }

        @Override
        public Tensor apply(Tensor x) {
            return second.apply(dropout.apply(activation.apply(first.apply(x))));
        }

        @Override
        public Formulas formulas(Tensor x) {
            return Formulas.of(toString()).given("x", x).part("first", first).part("activation", activation)
                    .part("second", second)
                    .result("y", "", call("second", call("activation", call("first", "x"))),
                            "at each position by itself", () -> apply(x));
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return first.sample(random);
        }

        @Override
        public String toString() {
            return "feedForward(" + first.weight().shape().dim(1) + ", " + first.weight().shape().dim(0) + ")";
        }
    }

    private static String call(String function, String argument) {
        return "\\operatorname{" + function + "}\\left(" + argument + "\\right)";
    }

    /** The formula of {@link #block}. */
    private static String block(Norm place, String norm, String inner, String x) {
        return place == Norm.POST ? call(norm, x + " + " + call(inner, x)) : x + " + " + call(inner, call(norm, x));
    }

    /** Layers one after the other, and the last norm. */
    private static String stacked(String x, int layers, List<LayerNorm> norm) {
        for (int i = 0; i < layers; i++) {
            x = call("layer" + i, x);
        }
        return norm.isEmpty() ? x : call("norm", x);
    }

    private static String conventionOf(Norm place) {
        return place == Norm.POST ? "Post-norm, as in the paper: LayerNorm(x + f(x)). preNorm() has x +"
                + " f(LayerNorm(x))."
                : "Pre-norm: x + f(LayerNorm(x)). The paper has LayerNorm(x + f(x)).";
    }

    private static Tensor sequence(Seed.Stream random, LayerNorm norm) {
        return Tensor.normal(random, 0, 1, 1, 3, norm.weight().size());
    }

    private static Tensor block(Norm place, LayerNorm norm, Dropout.Elements dropout, Tensor x, Layer inner) {
        return place == Norm.POST ? norm.apply(x.plus(dropout.apply(inner.apply(x))))
                : x.plus(dropout.apply(inner.apply(norm.apply(x))));
    }

    /** Self-attention, then the net at each position, each added to its input and normalised. */
    public record EncoderLayer(MultiHead attention, FeedForward feedForward, LayerNorm norm1, LayerNorm norm2,
            Norm place, Dropout.Elements dropout) implements Layer {

        /** A new layer of d features with so many heads and hidden units, post-norm, without dropout. */
        public static EncoderLayer of(int d, int heads, int hidden) {
            return new EncoderLayer(MultiHead.of(d, heads), FeedForward.of(d, hidden), LayerNorm.of(d), LayerNorm.of(d),
                    Norm.POST, Dropout.Elements.dropping(0));
        }

        /** The same with the norm before each block. */
        public EncoderLayer preNorm() {
            return new EncoderLayer(attention, feedForward, norm1, norm2, Norm.PRE, dropout);
        }

        /** The same with dropout of weights, of hidden units, and of what each block adds. */
        public EncoderLayer dropout(double p) {
            return new EncoderLayer(attention.dropout(p), feedForward.dropout(p), norm1, norm2, place,
                    Dropout.Elements.dropping(p));
        }

        /** The same with another activation in the net at each position. */
        public EncoderLayer activation(Layer other) {
            return new EncoderLayer(attention, feedForward.activation(other), norm1, norm2, place, dropout);
        }

        @Override
        public Tensor apply(Tensor x) {
            return apply(x, Tensor.zeros());
        }

        /** With a mask that is added to the scores, {@link Attention#causal} or {@link Attention#padding}. */
        public Tensor apply(Tensor x, Tensor mask) {
            var h = block(place, norm1, dropout, x, z -> attention.attend(z, z, mask).output());
            return block(place, norm2, dropout, h, feedForward);
        }

        @Override
        public Formulas formulas(Tensor x) {
            return Formulas.of(toString()).given("x", x).part("attention", attention).part("feedForward", feedForward)
                    .part("norm1", norm1)
                    .part("norm2", norm2).where("h", block(place, "norm1", "attention", "x"), "")
                    .result("y", block(place, "norm2", "feedForward", "h"), () -> apply(x))
                    .convention(conventionOf(place));
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return sequence(random, norm1);
        }

        @Override
        public String toString() {
            return "encoderLayer(" + norm1.weight().size() + ", " + attention.heads() + ", "
                    + feedForward.first().weight().shape().dim(0) + ")" + (place == Norm.PRE ? ".preNorm()" : "");
        }
    }

    /** Encoder layers one after the other; where they normalise before their blocks, with one more norm at the end. */
    public record Encoder(List<EncoderLayer> layers, List<LayerNorm> norm) implements Layer {

        /** So many new layers, post-norm. */
        public static Encoder of(int count, int d, int heads, int hidden) {
            return new Encoder(Stream.generate(() -> EncoderLayer.of(d, heads, hidden)).limit(count).toList(),
                    List.of());
        }

        /** The same with the norm before each block and a last one at the end. */
        public Encoder preNorm() {
            return new Encoder(layers.stream().map(EncoderLayer::preNorm).toList(),
                    layers.isEmpty() ? List.of() : List.of(LayerNorm.of(layers.getFirst().norm1.weight().size())));
        }

        /** The same with dropout in every layer. */
        public Encoder dropout(double p) {
            return new Encoder(layers.stream().map(layer -> layer.dropout(p)).toList(), norm);
        }

        @Override
        public Formulas formulas(Tensor x) {
            var all = Formulas.of("encoder of " + layers.size() + " layers").given("x", x);
            for (int i = 0; i < layers.size(); i++) {
                all = all.part("layer" + i, layers.get(i));
            }
            return (norm.isEmpty() ? all : all.part("norm", norm.getFirst()))
                    .result("y", stacked("x", layers.size(), norm), () -> apply(x));
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return layers.isEmpty() ? Tensor.normal(random, 0, 1, 1, 3, 4) : layers.getFirst().sample(random);
        }

        @Override
        public Tensor apply(Tensor x) {
            return apply(x, Tensor.zeros());
        }

        /** With a mask that is added to the scores of every layer. */
        public Tensor apply(Tensor x, Tensor mask) {
            for (var layer : layers) {
                x = layer.apply(x, mask);
            }
            return norm.isEmpty() ? x : norm.getFirst().apply(x);
        }
    }

    /** Self-attention, attention to what the encoder found, then the net at each position. */
    public record DecoderLayer(MultiHead attention, MultiHead cross, FeedForward feedForward, LayerNorm norm1,
            LayerNorm norm2, LayerNorm norm3, Norm place, Dropout.Elements dropout) implements Layer {

        /** A new layer of d features with so many heads and hidden units, post-norm, without dropout. */
        public static DecoderLayer of(int d, int heads, int hidden) {
            return new DecoderLayer(MultiHead.of(d, heads), MultiHead.of(d, heads), FeedForward.of(d, hidden),
                    LayerNorm.of(d), LayerNorm.of(d), LayerNorm.of(d), Norm.POST, Dropout.Elements.dropping(0));
        }

        /** The same with the norm before each block. */
        public DecoderLayer preNorm() {
            return new DecoderLayer(attention, cross, feedForward, norm1, norm2, norm3, Norm.PRE, dropout);
        }

        /** The same with dropout of weights, of hidden units, and of what each block adds. */
        public DecoderLayer dropout(double p) {
            return new DecoderLayer(attention.dropout(p), cross.dropout(p), feedForward.dropout(p), norm1, norm2, norm3,
                    place, Dropout.Elements.dropping(p));
        }

        /** With what was read being random numbers m, and a causal mask. */
        @Override
        public Formulas formulas(Tensor x) {
            var memory = sequence(new Seed(3).stream("explain"), norm1).as(x.dtype());
            var mask = Attention.causal(x.shape().dim(-2)).as(x.dtype());
            return Formulas.of("decoderLayer(" + norm1.weight().size() + ", " + attention.heads() + ", "
                    + feedForward.first().weight().shape().dim(0) + ")").given("x", x).given("m", memory)
                    .function("attention", in -> attention.attend(in[0], in[0], mask).output())
                    .function("cross", in -> cross.attend(in[0], memory, Tensor.zeros()).output())
                    .and(new Formulas.Part("attention", attention, Optional.empty()))
                    .part("feedForward", feedForward).part("norm1", norm1).part("norm2", norm2).part("norm3", norm3)
                    .where("h", block(place, "norm1", "attention", "x"), "each position sees itself and those before")
                    .where("k", block(place, "norm2", "cross", "h"), "queries from h, keys and values from m")
                    .result("y", block(place, "norm3", "feedForward", "k"),
                            () -> apply(x, memory, mask, Tensor.zeros()))
                    .convention(conventionOf(place));
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return sequence(random, norm1);
        }

        /** A decoder needs something to decode. */
        @Override
        public Tensor apply(Tensor x) {
            throw needsMemory("decoderLayer");
        }

        /**
         * What has been written, given what was read.
         *
         * @param x      what has been written, [batch, time, d]
         * @param memory what the encoder found, [batch, keys, d]
         * @param mask   added to the scores of x with itself, {@link Attention#causal} as a rule
         * @param memoryMask added to the scores of x with the memory
         */
        public Tensor apply(Tensor x, Tensor memory, Tensor mask, Tensor memoryMask) {
            var own = block(place, norm1, dropout, x, z -> attention.attend(z, z, mask).output());
            var seen = block(place, norm2, dropout, own, z -> cross.attend(z, memory, memoryMask).output());
            return block(place, norm3, dropout, seen, feedForward);
        }
    }

    private static ShapeException needsMemory(String layer) {
        return new ShapeException(layer + ": one input, but two sequences are needed"
                + "\nhelp: apply(..) with what was read and what was written so far");
    }

    /** Decoder layers one after the other; where they normalise before their blocks, with one more norm at the end. */
    public record Decoder(List<DecoderLayer> layers, List<LayerNorm> norm) implements Layer {

        /** So many new layers, post-norm. */
        public static Decoder of(int count, int d, int heads, int hidden) {
            return new Decoder(Stream.generate(() -> DecoderLayer.of(d, heads, hidden)).limit(count).toList(),
                    List.of());
        }

        /** The same with the norm before each block and a last one at the end. */
        public Decoder preNorm() {
            return new Decoder(layers.stream().map(DecoderLayer::preNorm).toList(),
                    layers.isEmpty() ? List.of() : List.of(LayerNorm.of(layers.getFirst().norm1.weight().size())));
        }

        /** The same with dropout in every layer. */
        public Decoder dropout(double p) {
            return new Decoder(layers.stream().map(layer -> layer.dropout(p)).toList(), norm);
        }

        /** With what was read being random numbers m, and a causal mask. */
        @Override
        public Formulas formulas(Tensor x) {
            var memory = x.detach().cos();
            var mask = Attention.causal(x.shape().dim(-2)).as(x.dtype());
            var all = Formulas.of("decoder of " + layers.size() + " layers").given("x", x).given("m", memory);
            for (int i = 0; i < layers.size(); i++) {
                var layer = layers.get(i);
                all = all.function("layer" + i, in -> layer.apply(in[0], memory, mask, Tensor.zeros()))
                        .and(new Formulas.Part("layer" + i, layer, Optional.empty()));
            }
            return (norm.isEmpty() ? all : all.part("norm", norm.getFirst()))
                    .result("y", "", stacked("x", layers.size(), norm),
                    "every layer sees m", () -> apply(x, memory, mask, Tensor.zeros()));
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return layers.isEmpty() ? Tensor.normal(random, 0, 1, 1, 3, 4) : layers.getFirst().sample(random);
        }

        /** A decoder needs something to decode. */
        @Override
        public Tensor apply(Tensor x) {
            throw needsMemory("decoder");
        }

        /** What has been written, given the encoder's memory; {@code mask} and {@code memoryMask} are added to scores. */
        public Tensor apply(Tensor x, Tensor memory, Tensor mask, Tensor memoryMask) {
            for (var layer : layers) {
                x = layer.apply(x, memory, mask, memoryMask);
            }
            return norm.isEmpty() ? x : norm.getFirst().apply(x);
        }
    }

    /** A new Transformer with so many layers on each side, post-norm. */
    public static Transformer of(int count, int d, int heads, int hidden) {
        return new Transformer(Encoder.of(count, d, heads, hidden), Decoder.of(count, d, heads, hidden));
    }

    /** The same with the norm before each block and a last one at the end of each side. */
    public Transformer preNorm() {
        return new Transformer(encoder.preNorm(), decoder.preNorm());
    }

    /** The same with dropout in every layer. */
    public Transformer dropout(double p) {
        return new Transformer(encoder.dropout(p), decoder.dropout(p));
    }

    /** With x for what is read and its sines for what is written. */
    @Override
    public Formulas formulas(Tensor x) {
        var written = x.detach().sin();
        var mask = Attention.causal(x.shape().dim(-2)).as(x.dtype());
        return Formulas.of("transformer with " + encoder.layers().size() + " and " + decoder.layers().size()
                + " layers")
                .given("x", x).given("w", written).part("encoder", encoder)
                .function("decoder", in -> decoder.apply(in[0], in[1], mask, Tensor.zeros()))
                .and(new Formulas.Part("decoder", decoder, Optional.empty()))
                .result("y", "", "\\operatorname{decoder}\\left(w, " + call("encoder", "x") + "\\right)",
                        "w is what has been written",
                        () -> apply(x, written));
    }

    @Override
    public Tensor sample(Seed.Stream random) {
        return encoder.sample(random);
    }

    /** A Transformer needs a sequence to read and one to write. */
    @Override
    public Tensor apply(Tensor x) {
        throw needsMemory("transformer");
    }

    /** What comes out at each position of {@code written}, which sees what stands before it and all of {@code read}. */
    public Tensor apply(Tensor read, Tensor written) {
        return decoder.apply(written, encoder.apply(read), Attention.causal(written.shape().dim(-2)), Tensor.zeros());
    }
}
