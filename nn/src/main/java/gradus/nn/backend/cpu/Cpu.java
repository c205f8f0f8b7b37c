package gradus.nn.backend.cpu;

import gradus.nn.backend.Backend;

/** The CPU of this process, vectorised if it can be. */
public final class Cpu {

    private static final Backend BACKEND = choose();

    private Cpu() {
    }

    public static Backend backend() {
        return BACKEND;
    }

    private static Backend choose() {
        // VectorCpu must not be touched without the module: its loading would fail
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
            return new VectorCpu();
        }
        System.getLogger(Backend.class.getName()).log(System.Logger.Level.INFO,
                "computing in plain Java; start the JVM with --add-modules jdk.incubator.vector for speed");
        return new PlainCpu();
    }
}
