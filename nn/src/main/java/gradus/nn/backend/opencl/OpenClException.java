package gradus.nn.backend.opencl;

/** A device that is not there, has no memory left, or refuses a program; the message says which and what to do. */
public final class OpenClException extends RuntimeException {

    private static final long serialVersionUID = 1;

    OpenClException(String message) {
        super(message);
    }
}
