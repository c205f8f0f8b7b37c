package gradus.nn.backend;

import gradus.nn.backend.cpu.Cpu;
import gradus.nn.backend.opencl.OpenCl;
import java.util.function.Supplier;

/**
 * What computes. Operations know shapes and formulas; a backend knows numbers and hardware, and all it is asked is to run
 * a {@link Kernel}.
 */
public interface Backend {

    /** What is meant by it, {@code cpu (vectors of 512 bits)} say. */
    String name();

    /** Executes a kernel, perhaps only in order with those before and after it; reading a buffer waits for it. */
    void run(Kernel kernel);

    /** The backend that computes here and now: that of the innermost {@link #on}, else the process's default. */
    static Backend current() {
        return Selected.SCOPED.isBound() ? Selected.SCOPED.get() : Selected.standard;
    }

    /** Runs a computation on another backend. */
    static <T> T on(Backend backend, Supplier<T> computation) {
        return ScopedValue.where(Selected.SCOPED, backend).call(computation::get);
    }

    /** Makes a backend the default of this process. */
    static void use(Backend backend) {
        Selected.standard = backend;
    }

    /** The CPU: by the Vector API where it is present, else in plain Java. */
    static Backend cpu() {
        return Cpu.backend();
    }

    /** The default of a process: what the environment variable GRADUS_DEVICE names, else the CPU. */
    private static Backend fromEnvironment() {
        return switch (System.getenv().getOrDefault("GRADUS_DEVICE", "cpu")) {
            case "opencl" -> OpenCl.orCpu();
            default -> Cpu.backend();
        };
    }

    /** The choice made. */
    final class Selected {

        private static final ScopedValue<Backend> SCOPED = ScopedValue.newInstance();
        private static volatile Backend standard = fromEnvironment();

        private Selected() {
        }
    }
}
