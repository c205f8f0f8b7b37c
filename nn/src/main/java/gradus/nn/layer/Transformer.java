package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.layer.Attention.MultiHead;
import gradus.nn.layer.Normalization.LayerNorm;
import java.util.List;
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
    public record FeedForward(Linear first, Layer activation, Linear second, Dropout.Elements dropout) implements Layer {

        /** A new net with ReLU. */
        public static FeedForward of(int d, int hidden) {
            return new FeedForward(Linear.of(d, hidden), Activation.RELU, Linear.of(hidden, d), Dropout.Elements.dropping(0));
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
        public String toString() {
            return "feedForward(" + first.weight().shape().dim(1) + ", " + first.weight().shape().dim(0) + ")";
        }
    }

    private static Tensor block(Norm place, LayerNorm norm, Dropout.Elements dropout, Tensor x, Layer inner) {
        return place == Norm.POST ? norm.apply(x.plus(dropout.apply(inner.apply(x))))
                : x.plus(dropout.apply(inner.apply(norm.apply(x))));
    }

    /** Self-attention, then the net at each position, each added to its input and normalised. */
    public record EncoderLayer(MultiHead attention, FeedForward feedForward, LayerNorm norm1, LayerNorm norm2, Norm place,
            Dropout.Elements dropout) implements Layer {

        /** A new layer of d features with so many heads and hidden units, post-norm, without dropout. */
        public static EncoderLayer of(int d, int heads, int hidden) {
            return new EncoderLayer(MultiHead.of(d, heads), FeedForward.of(d, hidden), LayerNorm.of(d), LayerNorm.of(d), Norm.POST,
                    Dropout.Elements.dropping(0));
        }

        /** The same with the norm before each block. */
        public EncoderLayer preNorm() {
            return new EncoderLayer(attention, feedForward, norm1, norm2, Norm.PRE, dropout);
        }

        /** The same with dropout of weights, of hidden units, and of what each block adds. */
        public EncoderLayer dropout(double p) {
            return new EncoderLayer(attention.dropout(p), feedForward.dropout(p), norm1, norm2, place, Dropout.Elements.dropping(p));
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
        public String toString() {
            return "encoderLayer(" + norm1.weight().size() + ", " + attention.heads() + ", "
                    + feedForward.first().weight().shape().dim(0) + ")" + (place == Norm.PRE ? ".preNorm()" : "");
        }
    }

    /** Encoder layers one after the other; where they normalise before their blocks, with one more norm at the end. */
    public record Encoder(List<EncoderLayer> layers, List<LayerNorm> norm) implements Layer {

        /** So many new layers, post-norm. */
        public static Encoder of(int count, int d, int heads, int hidden) {
            return new Encoder(Stream.generate(() -> EncoderLayer.of(d, heads, hidden)).limit(count).toList(), List.of());
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
    public record DecoderLayer(MultiHead attention, MultiHead cross, FeedForward feedForward, LayerNorm norm1, LayerNorm norm2,
            LayerNorm norm3, Norm place, Dropout.Elements dropout) implements Layer {

        /** A new layer of d features with so many heads and hidden units, post-norm, without dropout. */
        public static DecoderLayer of(int d, int heads, int hidden) {
            return new DecoderLayer(MultiHead.of(d, heads), MultiHead.of(d, heads), FeedForward.of(d, hidden), LayerNorm.of(d),
                    LayerNorm.of(d), LayerNorm.of(d), Norm.POST, Dropout.Elements.dropping(0));
        }

        /** The same with the norm before each block. */
        public DecoderLayer preNorm() {
            return new DecoderLayer(attention, cross, feedForward, norm1, norm2, norm3, Norm.PRE, dropout);
        }

        /** The same with dropout of weights, of hidden units, and of what each block adds. */
        public DecoderLayer dropout(double p) {
            return new DecoderLayer(attention.dropout(p), cross.dropout(p), feedForward.dropout(p), norm1, norm2, norm3, place,
                    Dropout.Elements.dropping(p));
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
            return new Decoder(Stream.generate(() -> DecoderLayer.of(d, heads, hidden)).limit(count).toList(), List.of());
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
