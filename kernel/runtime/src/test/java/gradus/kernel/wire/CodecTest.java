package gradus.kernel.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class CodecTest {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Message request(String code) {
        var message = Message.of("execute_request", List.of(bytes("client")), JSON.objectNode(),
                JSON.objectNode().put("code", code));
        return new Message(message.identities(), message.header(), message.parent(), message.metadata(),
                message.content(), List.of(new byte[] {0, (byte) 200}));
    }

    private static String reason(Codec codec, List<byte[]> frames) {
        return assertThrows(Codec.Rejected.class, () -> codec.decode(frames)).getMessage();
    }

    @Test
    void whatIsEncodedIsDecoded() throws Codec.Rejected {
        var sent = request("\"héé 😀\"");
        var received = new Codec("key").decode(new Codec("key").encode(sent));
        assertEquals(sent.content(), received.content());
        assertEquals(sent.header(), received.header());
        assertArrayEquals(bytes("client"), received.identities().getFirst());
        assertArrayEquals(new byte[] {0, (byte) 200}, received.buffers().getFirst());
    }

    @Test
    void theSignatureIsHmacSha256OverTheFourJsonFrames() throws GeneralSecurityException {
        var frames = new Codec("s3cret").encode(request("1"));
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(bytes("s3cret"), "HmacSHA256"));
        frames.subList(3, 7).forEach(mac::update);
        assertEquals(HexFormat.of().formatHex(mac.doFinal()), new String(frames.get(2), StandardCharsets.US_ASCII));
    }

    @Test
    void aWrongKeyIsRejectedAndAnEmptyOneSignsNothing() throws Codec.Rejected {
        assertEquals("wrong signature", reason(new Codec("key"), new Codec("other").encode(request("1"))));
        assertEquals("wrong signature", reason(new Codec("key"), new Codec("").encode(request("1"))));
        assertEquals("execute_request", new Codec("").decode(new Codec("").encode(request("1"))).type());
    }

    @Test
    void aChangedContentIsRejected() {
        var frames = new ArrayList<>(new Codec("key").encode(request("1")));
        frames.set(6, bytes("{\"code\":\"2\"}"));
        assertEquals("wrong signature", reason(new Codec("key"), frames));
    }

    @Test
    void aReplayIsRejectedOnce() throws Codec.Rejected {
        var codec = new Codec("key");
        var frames = codec.encode(request("1"));
        codec.decode(frames);
        assertEquals("replayed: this signature was seen before", reason(codec, frames));
        codec.decode(codec.encode(request("1")));   // the same content again, as a message of its own
    }

    @Test
    void whatIsNoMessageSaysWhy() {
        var codec = new Codec("");
        assertEquals("no <IDS|MSG> delimiter in 1 frames", reason(codec, List.of(bytes("hello"))));
        assertEquals("only 1 frames behind the delimiter, 5 are needed",
                reason(codec, List.of(bytes("<IDS|MSG>"), bytes(""))));
        assertEquals("header is not JSON", reason(codec, unsigned("{", "{}")));
        assertEquals("header is not a JSON object", reason(codec, unsigned("[]", "{}")));
        assertEquals("header without msg_id", reason(codec, unsigned("{\"msg_type\":\"a\"}", "{}")));
        assertEquals("content is not a JSON object",
                reason(codec, unsigned("{\"msg_type\":\"a\",\"msg_id\":\"b\"}", "7")));
        assertEquals("header is not JSON", reason(codec, unsigned("[".repeat(100_000), "{}")));
    }

    private static List<byte[]> unsigned(String header, String content) {
        return List.of(bytes("<IDS|MSG>"), bytes(""), bytes(header), bytes("{}"), bytes("{}"), bytes(content));
    }
}
