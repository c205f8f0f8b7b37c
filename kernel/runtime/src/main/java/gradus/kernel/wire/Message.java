package gradus.kernel.wire;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/**
 * One message of the Jupyter protocol.
 *
 * @param identities routing prefix: on a ROUTER socket whom it comes from or goes to, on IOPub the topic
 * @param header     {@code msg_id, session, username, date, msg_type, version}
 * @param parent     the header of the message that this one answers, or empty
 * @param buffers    binary frames behind the four JSON ones; the signature does not cover them
 */
public record Message(List<byte[]> identities, ObjectNode header, ObjectNode parent, ObjectNode metadata,
                      ObjectNode content, List<byte[]> buffers) {

    public static final String PROTOCOL_VERSION = "5.5";

    /** This kernel's session: one per process, as clients use it to tell kernels apart. */
    public static final String SESSION = UUID.randomUUID().toString();
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** A message of ours that answers {@code parent}, a header or an empty object. */
    public static Message of(String type, List<byte[]> identities, ObjectNode parent, ObjectNode content) {
        var header = JSON.objectNode();
        header.put("msg_id", UUID.randomUUID().toString());
        header.put("session", SESSION);
        header.put("username", "kernel");
        header.put("date", Instant.now().truncatedTo(ChronoUnit.MICROS).toString());
        header.put("msg_type", type);
        header.put("version", PROTOCOL_VERSION);
        return new Message(identities, header, parent, JSON.objectNode(), content, List.of());
    }

    /** A message to all subscribers, with its type as the topic. */
    public static Message broadcast(String type, ObjectNode parent, ObjectNode content) {
        return of(type, List.of(type.getBytes(StandardCharsets.UTF_8)), parent, content);
    }

    /** The reply to this request: same identities, this header as the parent. */
    public Message reply(String type, ObjectNode replyContent) {
        return of(type, identities, header, replyContent);
    }

    /** This message with other metadata. */
    public Message withMetadata(ObjectNode other) {
        return new Message(identities, header, parent, other, content, buffers);
    }

    /** This message with these bytes behind it. */
    public Message withBuffers(List<byte[]> others) {
        return new Message(identities, header, parent, metadata, content, others);
    }

    /** {@code msg_type}. */
    public String type() {
        return header.path("msg_type").asText();
    }
}
