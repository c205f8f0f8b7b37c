package gradus.kernel.session;

import gradus.kernel.engine.Engine;
import gradus.kernel.wire.Sockets;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the cells of all shells have in common.
 *
 * @param engine  may still be starting
 * @param history what is run is noted there
 * @param notices told with the output of the first cell that runs
 * @param counter the number of the cell that was counted last
 */
record Cells(Future<Engine> engine, Sockets sockets, FrontEnds frontEnds, StandardStreams streams,
             Questions questions, History history, LinkedBlockingQueue<String> notices, AtomicInteger counter) {

    /** The engine, waited for while it starts; throws {@link IllegalStateException} when it could not start. */
    Engine startedEngine() throws InterruptedException {
        try {
            return engine.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the engine could not start", e.getCause());
        }
    }

    /** The engine if it is there already. */
    Optional<Engine> engineNow() {
        return engine.state() == Future.State.SUCCESS ? Optional.of(engine.resultNow()) : Optional.empty();
    }
}
