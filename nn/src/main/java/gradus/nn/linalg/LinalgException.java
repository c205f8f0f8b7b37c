package gradus.nn.linalg;

/**
 * A matrix has not what was asked of it: an inverse, a Cholesky factor, a derivative. The message names the operation and
 * says in its second line what to type instead.
 */
public final class LinalgException extends ArithmeticException {

    private static final long serialVersionUID = 1;

    /** {@code what; help: …} in two lines. */
    public LinalgException(String what, String help) {
        super(what + "\nhelp: " + help);
    }

    private LinalgException(String message, LinalgException cause) {
        super(message);
        initCause(cause);
    }

    /** The same, with the operation (and which matrix of a batch) in front. */
    public LinalgException during(String operation) {
        return new LinalgException(operation + ": " + getMessage(), this);
    }
}
