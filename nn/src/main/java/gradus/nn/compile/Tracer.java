package gradus.nn.compile;

import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Kernel;
import gradus.nn.op.Op;
import gradus.nn.optim.Stepper;
import java.util.function.Supplier;

/** Where operations announce themselves while a {@link Compiled} step runs: to a {@link Recording} or to a {@link Replay}. */
public final class Tracer {

    private static final ScopedValue<Switch> HERE = ScopedValue.newInstance();

    /** Who is listening, and sees the kernels; a replay that leaves the recorded way hands over to a recording. */
    static final class Switch implements Backend {

        private final Backend backend;
        private Listener listener;
        private int silence;   // > 0 inside an operation: what it is made of is not announced

        Switch(Backend backend) {
            this.backend = backend;
        }

        @Override
        public String name() {
            return backend.name();
        }

        @Override
        public void run(Kernel kernel) {
            backend.run(kernel);
            if (listener instanceof Recording recording) {
                recording.ran(kernel);
            }
        }

        void to(Listener next) {
            listener = next;
        }

        /** Runs what is not to be announced. */
        <T> T silently(Supplier<T> work) {
            silence++;
            try {
                return work.get();
            } finally {
                silence--;
            }
        }
    }

    /** Hears of everything that a step does with tensors. */
    interface Listener {

        Tensor apply(Op op, Tensor... in);

        Tensor detach(Tensor x);

        void assign(Tensor target, Tensor values);

        void backward(Tensor loss);

        Tensor[] gradients(boolean withGraph, Tensor loss, Tensor... wrt);

        void step(Stepper stepper);

        void read();
    }

    private Tracer() {
    }

    static <T> T listening(Switch here, Supplier<T> work) {
        return ScopedValue.where(HERE, here).call(() -> Backend.on(here, work));
    }

    /** Whether someone listens to this thread. */
    public static boolean isTracing() {
        return HERE.isBound() && HERE.get().silence == 0;
    }

    private static Listener listener() {
        return HERE.get().listener;
    }

    public static Tensor apply(Op op, Tensor... in) {
        return listener().apply(op, in);
    }

    public static Tensor detach(Tensor x) {
        return listener().detach(x);
    }

    public static void assign(Tensor target, Tensor values) {
        listener().assign(target, values);
    }

    public static void backward(Tensor loss) {
        listener().backward(loss);
    }

    public static Tensor[] gradients(boolean withGraph, Tensor loss, Tensor... wrt) {
        return listener().gradients(withGraph, loss, wrt);
    }

    public static void step(Stepper stepper) {
        listener().step(stepper);
    }

    /** Numbers are about to be looked at. */
    public static void read() {
        if (isTracing()) {
            listener().read();
        }
    }
}
