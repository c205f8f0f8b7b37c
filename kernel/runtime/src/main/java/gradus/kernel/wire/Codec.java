package gradus.kernel.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
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

    static final String DEFAULT_SCHEME = "hmac-sha256";

    private static final Pattern SCHEME = Pattern.compile("hmac-(md5|sha\\d+|sha3_\\d+)");
    private static final byte[] DELIMITER = "<IDS|MSG>".getBytes(StandardCharsets.US_ASCII);
    private static final int REMEMBERED_SIGNATURES = 65_536;
    // half of what Jackson dares to write, so that a message of ours may hold what came in
    private static final int MAX_DEPTH = 500;
    private static final Pattern ESCAPED_SURROGATE = Pattern.compile("\\\\u[dD][89a-fA-F]");
    private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");
    private static final StreamReadConstraints LIMITS =
            StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).maxStringLength(Integer.MAX_VALUE).build();

    private final ObjectMapper json = JsonMapper.builder(JsonFactory.builder().streamReadConstraints(LIMITS).build())
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private final Optional<Mac> keyed;
    private final Map<String, Boolean> seen = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED_SIGNATURES;
        }
    };

    /** Signs with HMAC-SHA256, what every client of today asks for. */
    public Codec(String key) {
        this(DEFAULT_SCHEME, key);
    }

    /**
     * @param scheme {@code hmac-} and the name of a hash as Python writes it; {@link #supports} says which there are
     * @param key    the secret shared with the client; empty means that nothing is signed and nothing verified
     */
    public Codec(String scheme, String key) {
        try {
            if (key.isEmpty()) {
                keyed = Optional.empty();
            } else {
                var mac = Mac.getInstance(algorithm(scheme));
                mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), mac.getAlgorithm()));
                keyed = Optional.of(mac);
            }
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalArgumentException("this JDK cannot sign with " + scheme, e);
        }
    }

    /** Whether this JDK can sign so: {@code hmac-sha256}, {@code hmac-md5}, {@code hmac-sha3_512} and their like. */
    static boolean supports(String scheme) {
        try {
            return SCHEME.matcher(scheme).matches() && Mac.getInstance(algorithm(scheme)) != null;
        } catch (NoSuchAlgorithmException e) {
            return false;
        }
    }

    /** {@code hmac-sha3_256} is {@code HmacSHA3-256} in Java. */
    private static String algorithm(String scheme) {
        return "Hmac" + scheme.substring(scheme.indexOf('-') + 1).toUpperCase(Locale.ROOT).replace('_', '-');
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
        for (var name : List.of("msg_id", "msg_type", "session", "username", "date", "version")) {
            boolean needed = name.startsWith("msg_");
            if (needed ? !header.path(name).isTextual() : header.has(name) && !header.get(name).isTextual()) {
                throw new Rejected(header.has(name) ? name + " in the header is no string" : "header without " + name);
            }
        }
        return new Message(List.copyOf(frames.subList(0, delimiter)), header, object(signed.get(1), "parent_header"),
                object(signed.get(2), "metadata"), object(signed.get(3), "content"),
                List.copyOf(frames.subList(delimiter + 6, frames.size())));
    }

    /** The frames of a message, signed. */
    public List<byte[]> encode(Message message) {
        var signed = List.of(bytes(message.header()), bytes(message.parent()), bytes(message.metadata()),
                bytes(message.content()));
        var frames = new ArrayList<byte[]>(message.identities());
        frames.add(DELIMITER);
        frames.add(signature(signed));
        frames.addAll(signed);
        frames.addAll(message.buffers());
        return frames;
    }

    private void verify(byte[] signature, List<byte[]> signed) throws Rejected {
        if (keyed.isEmpty()) {
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

    /** The keyed hash over the frames in lower-case hexadecimal; empty without a key. */
    private byte[] signature(List<byte[]> frames) {
        if (keyed.isEmpty()) {
            return new byte[0];
        }
        try {
            var mac = (Mac) keyed.get().clone();
            frames.forEach(mac::update);
            return HexFormat.of().formatHex(mac.doFinal()).getBytes(StandardCharsets.US_ASCII);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("this JDK's " + keyed.get().getAlgorithm() + " cannot be cloned", e);
        }
    }

    private ObjectNode object(byte[] frame, String name) throws Rejected {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(frame)).toString();
        } catch (CharacterCodingException e) {
            throw new Rejected(name + " is not UTF-8");
        }
        try {
            if (json.readTree(text) instanceof ObjectNode object) {
                // only an escape can bring half a character in; whoever gets it back could not read our answer
                if (ESCAPED_SURROGATE.matcher(text).find() && LONE_SURROGATE.matcher(object.toString()).find()) {
                    throw new Rejected(name + " holds half of a surrogate pair");
                }
                return object;
            }
        } catch (JsonProcessingException e) {
            throw new Rejected(name + " is not JSON");
        }
        throw new Rejected(name + " is not a JSON object");
    }

    /** Half of a surrogate pair, which a cell may well show, becomes a question mark as it does on System.out. */
    private byte[] bytes(JsonNode node) {
        try {
            return json.writeValueAsString(node).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }
}
