package gradus.nn.train;

/** A training ended early: it was interrupted, or its loss is no number any more. The net keeps what it has learned. */
public final class TrainingStopped extends RuntimeException {

    private static final long serialVersionUID = 1;

    TrainingStopped(String message) {
        super(message);
    }
}
