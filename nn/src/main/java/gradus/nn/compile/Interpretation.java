package gradus.nn.compile;

import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.grad.Gradients;
import gradus.nn.op.Op;
import gradus.nn.optim.Stepper;
import java.util.function.Supplier;

/**
 * Another meaning for the operations of a computation whose code stays as it is: in another precision, or on shapes
 * alone. Nothing outside changes: what the computation assigns to parameters or to the state of layers is left undone.
 */
public interface Interpretation {

    /** What this operation gives here; operations inside of it have their usual meaning. */
    Tensor apply(Op op, Tensor... in);

    /** What stands here for a tensor from outside. */
    Tensor of(Tensor x);

    /** The code is about to look at numbers. */
    default void read() {
    }

    /** Runs a computation in this interpretation. */
    default <T> T interpret(Supplier<T> computation) {
        var here = new Tracer.Switch(Backend.current());
        here.to(new Interpreter(here, this));
        return Tracer.listening(here, computation);
    }
}

/** Brings what a computation does to its interpretation. */
record Interpreter(Tracer.Switch here, Interpretation meaning) implements Tracer.Listener {

    @Override
    public Tensor apply(Op op, Tensor... in) {
        return here.silently(() -> meaning.apply(op, in));
    }

    @Override
    public Tensor detach(Tensor x) {
        return here.silently(() -> meaning.of(x).detach());
    }

    @Override
    public void assign(Tensor target, Tensor values) {
        // nothing outside changes
    }

    @Override
    public void backward(Tensor loss) {
        throw refused("backward()");
    }

    @Override
    public Tensor[] gradients(boolean withGraph, Tensor loss, Tensor... wrt) {
        return here.silently(() -> {
            var at = new Tensor[wrt.length];
            for (int i = 0; i < wrt.length; i++) {
                at[i] = meaning.of(wrt[i]);
            }
            return withGraph ? Gradients.withGraph(meaning.of(loss), at) : Gradients.of(meaning.of(loss), at);
        });
    }

    @Override
    public void step(Stepper stepper) {
        throw refused("a step of an optimizer");
    }

    private static IllegalStateException refused(String what) {
        return new IllegalStateException(what + " cannot be part of a computation that is only looked at"
                + "\nhelp: give the loss alone, () -> loss.of(net.apply(x), y) say");
    }

    @Override
    public void read() {
        meaning.read();
    }
}
