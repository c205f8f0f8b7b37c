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
        var named = System.getenv().getOrDefault("GRADUS_DEVICE", "cpu").strip();
        if (named.equals("opencl") || named.startsWith("opencl:")) {
            return OpenCl.deviceOrCpu(named.substring("opencl".length()).replaceFirst(":", ""));
        }
        if (!named.isEmpty() && !named.equals("cpu")) {
            System.getLogger(Backend.class.getName()).log(System.Logger.Level.WARNING, "computing on the CPU: there is no"
                    + " GRADUS_DEVICE=" + named + "\nhelp: cpu, opencl, opencl:0, or opencl: and a part of a device's name");
        }
        return Cpu.backend();
    }

    /** The choice made. */
    final class Selected {

        private static final ScopedValue<Backend> SCOPED = ScopedValue.newInstance();
        private static volatile Backend standard = fromEnvironment();

        private Selected() {
        }
    }
}
