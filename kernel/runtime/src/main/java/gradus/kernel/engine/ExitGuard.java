package gradus.kernel.engine;

/**
 * What {@code System.exit} and its kin become in a cell: an error that says what to do instead, because the kernel,
 * with all the notebook's variables, lives in the same process. Public because woven classes call it.
 */
public final class ExitGuard {

    private ExitGuard() {
    }

    /** In place of {@link System#exit}. */
    public static void exit(int status) {
        throw refusal("System.exit(" + status + ")");
    }

    /** In place of {@link Runtime#exit}. */
    public static void exit(Runtime runtime, int status) {
        throw refusal("Runtime.exit(" + status + ")");
    }

    /** In place of {@link Runtime#halt}. */
    public static void halt(Runtime runtime, int status) {
        throw refusal("Runtime.halt(" + status + ")");
    }

    private static SecurityException refusal(String call) {
        return new SecurityException(call + " would end the kernel and lose every variable; "
                + "to stop it, use the menu Kernel > Shut Down Kernel");
    }
}
