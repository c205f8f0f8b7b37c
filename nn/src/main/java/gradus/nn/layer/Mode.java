package gradus.nn.layer;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.op.Op;
import gradus.nn.tex.Tex;
import java.util.List;
import java.util.function.Supplier;

/**
 * Whether a net is learning or being used, which some layers need to know: dropout drops and batch normalisation looks at
 * the batch only while learning.
 *
 * <p>{@code fit} says so by itself: its steps learn, its evaluations do not. Where nobody said anything a net is being used,
 * so {@code net.apply(x)} in a cell predicts; and a loop of one's own that forgets to say {@code training(() -> …)} cannot
 * learn wrongly, since gradients through such a layer are refused until someone has said which of both is meant.
 */
public final class Mode {

    private static final ScopedValue<Boolean> TRAINING = ScopedValue.newInstance();

    private Mode() {
    }

    /** Whether layers are to behave as while learning. */
    public static boolean isTraining() {
        return TRAINING.orElse(false);
    }

    /** Computes something with layers that learn. */
    public static <T> T training(Supplier<T> computation) {
        return ScopedValue.where(TRAINING, true).call(computation::get);
    }

    /** Computes something with layers that are being used, gradients included. */
    public static <T> T evaluating(Supplier<T> computation) {
        return ScopedValue.where(TRAINING, false).call(computation::get);
    }

    /** What a layer that is not learning gives; guarded against gradients where nobody said that it should not learn. */
    static Tensor used(Object layer, Tensor y) {
        return TRAINING.isBound() ? y : Tensor.apply(new Guard(layer.toString()), y);
    }

    /** Passes its input on, and refuses gradients. */
    private record Guard(String layer) implements Op {
        @Override
        public String name() {
            return layer;
        }

        @Override
        public Shape shape(Shape... in) {
            return in[0];
        }

        @Override
        public Tensor forward(Tensor... in) {
            return in[0];
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            throw new IllegalStateException("gradient: " + layer
                    + " was used, not learning, in what this loss was computed by"
                    + "\nhelp: training(() -> …) around the step; or evaluating(() -> …), if its gradient in use is meant");
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0];
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1)};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of();
        }
    }
}
