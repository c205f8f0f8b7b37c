package gradus.nn.train;

/** Watches a training, on the thread that trains: what it does is time that training waits. */
public interface TrainingListener {

    /** Training begins. */
    default void started(int epochs) {
    }

    /** An epoch is done. */
    default void epochEnded(History soFar) {
    }

    /** Training is over: after the last epoch, and also after an interrupt or a failure. */
    default void ended(History whole) {
    }

    /** Gives every training a listener; found by {@link java.util.ServiceLoader}, so that others can draw curves. */
    interface Provider {
        TrainingListener listener();
    }
}
