package gradus.kernel.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gradus.kernel.wire.Message;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * What all cells share on their way to the front ends.
 *
 * @param publish     sends to all front ends
 * @param timer       sends text that has waited long enough
 * @param outputLimit how many characters each cell may print
 */
record FrontEnds(Consumer<Message> publish, ScheduledExecutorService timer, Values values, OpenComms comms,
                 AtomicInteger outputLimit) {

    /**
     * What a cell may print at first: 200,000 short lines pass, and a notebook that is saved with them still opens.
     */
    static final int OUTPUT_LIMIT = 5_000_000;

    /** Tells that the kernel is {@code busy} with, or {@code idle} after, the message with this header. */
    void status(ObjectNode parent, String state) {
        publish.accept(Message.broadcast("status", parent, Json.object().put("execution_state", state)));
    }
}
