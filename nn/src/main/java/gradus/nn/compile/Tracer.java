package gradus.nn.compile;

import gradus.nn.Tensor;
import gradus.nn.op.Op;
import gradus.nn.optim.Stepper;

/** What happens to operations while a step is being recorded or replayed. */
public final class Tracer {

    private Tracer() {
    }

    public static boolean isTracing() {
        return false;
    }

    public static Tensor apply(Op op, Tensor... in) {
        throw new UnsupportedOperationException();
    }

    public static void assign(Tensor target, Tensor values) {
        throw new UnsupportedOperationException();
    }

    public static void step(Stepper stepper) {
        throw new UnsupportedOperationException();
    }
}
