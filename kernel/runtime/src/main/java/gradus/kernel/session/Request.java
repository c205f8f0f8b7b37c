package gradus.kernel.session;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gradus.kernel.wire.Message;
import gradus.kernel.wire.Sockets.Channel;
import java.util.Optional;

/** A message that came in, and where. */
record Request(Channel channel, Message message) {

    String type() {
        return message.type();
    }

    ObjectNode header() {
        return message.header();
    }

    ObjectNode content() {
        return message.content();
    }

    /** The type of its reply; messages that are no requests, those of comms say, have none. */
    Optional<String> replyType() {
        return type().endsWith("_request")
                ? Optional.of(type().substring(0, type().length() - "request".length()) + "reply") : Optional.empty();
    }

    /** The subshell that is to handle it; none is the main shell. */
    Optional<String> subshell() {
        return Optional.ofNullable(header().path("subshell_id").textValue());
    }
}
