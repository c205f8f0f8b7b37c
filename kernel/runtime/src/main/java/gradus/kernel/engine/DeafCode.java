package gradus.kernel.engine;

/** Stops code that no check reaches and that ignores {@link Thread#interrupt}. */
final class DeafCode {

    private DeafCode() {
    }

    static void stop(Thread runner) {
    }
}
