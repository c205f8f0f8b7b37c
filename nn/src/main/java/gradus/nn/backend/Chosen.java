package gradus.nn.backend;

/** The backend of this process, decided when first needed. */
final class Chosen {

    static final Backend BACKEND = choose();

    private Chosen() {
    }

    private static Backend choose() {
        // VectorBackend must not be touched without the module: its loading would fail
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
            return new VectorBackend();
        }
        System.getLogger(Backend.class.getName()).log(System.Logger.Level.INFO,
                "computing in plain Java; start the JVM with --add-modules jdk.incubator.vector for speed");
        return new ScalarBackend();
    }
}
