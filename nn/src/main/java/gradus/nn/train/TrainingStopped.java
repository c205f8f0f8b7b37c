package gradus.nn.train;

/** A training ended early: it was interrupted, or became NaN or infinite. The net keeps what it had learned so far. */
public final class TrainingStopped extends RuntimeException {

    private static final long serialVersionUID = 1;

    TrainingStopped(String message) {
        super(message);
    }
}
