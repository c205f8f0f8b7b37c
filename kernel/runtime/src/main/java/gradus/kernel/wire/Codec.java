package gradus.kernel.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Frames to messages and back: {@code [identity…] <IDS|MSG> signature header parent metadata content [buffer…]}.
 *
 * <p>What arrives is trusted only after its signature is verified, in constant time, and seen for the first time: a
 * message that is replayed byte for byte is refused. Safe for use by several threads.
 */
public final class Codec {

    /** A message that cannot be accepted, with the reason. */
    public static final class Rejected extends Exception {
        Rejected(String why) {
            super(why);
        }
    }

    private static final byte[] DELIMITER = "<IDS|MSG>".getBytes(StandardCharsets.US_ASCII);
    private static final int REMEMBERED_SIGNATURES = 65_536;

    private final ObjectMapper json = new ObjectMapper();
    private final Mac keyed;
    private final Map<String, Boolean> seen = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED_SIGNATURES;
        }
    };

    /** @param key the secret shared with the client; empty means that nothing is signed and nothing verified */
    public Codec(String key) {
        try {
            if (key.isEmpty()) {
                keyed = null;
            } else {
                keyed = Mac.getInstance("HmacSHA256");
                keyed.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            }
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("this JDK has no HmacSHA256", e);
        }
    }

    /** The message in these frames; throws {@link Rejected} for anything that is not one. */
    public Message decode(List<byte[]> frames) throws Rejected {
        int delimiter = 0;
        while (delimiter < frames.size() && !Arrays.equals(frames.get(delimiter), DELIMITER)) {
            delimiter++;
        }
        if (frames.size() - delimiter < 6) {
            throw new Rejected(delimiter == frames.size() ? "no <IDS|MSG> delimiter in " + frames.size() + " frames"
                    : "only " + (frames.size() - delimiter - 1) + " frames behind the delimiter, 5 are needed");
        }
        var signed = frames.subList(delimiter + 2, delimiter + 6);
        verify(frames.get(delimiter + 1), signed);
        var header = object(signed.get(0), "header");
        if (!header.path("msg_type").isTextual() || !header.path("msg_id").isTextual()) {
            throw new Rejected("header without msg_type and msg_id strings");
        }
        return new Message(List.copyOf(frames.subList(0, delimiter)), header, object(signed.get(1), "parent_header"),
                object(signed.get(2), "metadata"), object(signed.get(3), "content"),
                List.copyOf(frames.subList(delimiter + 6, frames.size())));
    }

    /** The frames of a message, signed. */
    public List<byte[]> encode(Message message) {
        try {
            var signed = List.of(json.writeValueAsBytes(message.header()), json.writeValueAsBytes(message.parent()),
                    json.writeValueAsBytes(message.metadata()), json.writeValueAsBytes(message.content()));
            var frames = new ArrayList<byte[]>(message.identities());
            frames.add(DELIMITER);
            frames.add(signature(signed));
            frames.addAll(signed);
            frames.addAll(message.buffers());
            return frames;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot write " + message.type() + " as JSON", e);
        }
    }

    private void verify(byte[] signature, List<byte[]> signed) throws Rejected {
        if (keyed == null) {
            return;
        }
        var expected = signature(signed);
        if (!MessageDigest.isEqual(expected, signature)) {
            throw new Rejected("wrong signature");
        }
        synchronized (seen) {
            if (seen.put(new String(expected, StandardCharsets.US_ASCII), true) != null) {
                throw new Rejected("replayed: this signature was seen before");
            }
        }
    }

    /** HMAC-SHA256 over the frames in lower-case hexadecimal; empty without a key. */
    private byte[] signature(List<byte[]> frames) {
        if (keyed == null) {
            return new byte[0];
        }
        try {
            var mac = (Mac) keyed.clone();
            frames.forEach(mac::update);
            return HexFormat.of().formatHex(mac.doFinal()).getBytes(StandardCharsets.US_ASCII);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("this JDK's HmacSHA256 cannot be cloned", e);
        }
    }

    private ObjectNode object(byte[] frame, String name) throws Rejected {
        try {
            if (json.readTree(frame) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            throw new Rejected(name + " is not JSON");
        }
        throw new Rejected(name + " is not a JSON object");
    }
}
