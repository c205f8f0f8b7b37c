package gradus.kernel.api;

import java.util.function.Consumer;

/** Where code in the kernel waits for comms that the front end opens. */
public final class Comms {

    private Comms() {
    }

    /**
     * Calls {@code opened} with each comm that the front end opens under this name, before its first message; replaces
     * an earlier registration. Comms to a name that nobody has registered are closed at once.
     */
    public static void register(String target, Consumer<Comm> opened) {
        Frontend.current().registerComm(target, opened);
    }
}
