package gradus.kernel.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    private static final String HEADER = "{\"msg_type\":\"a\",\"msg_id\":\"b\"}";

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

    @Test
    void aHeaderHasStrings() {
        var codec = new Codec("");
        assertEquals("header without msg_type", reason(codec, unsigned("{\"msg_id\":\"a\"}", "{}")));
        assertEquals("msg_id in the header is no string", reason(codec, unsigned("{\"msg_id\":1}", "{}")));
        for (var name : List.of("session", "username", "date", "version")) {
            for (var value : List.of("null", "7", "{}", "[\"a\"]", "true")) {
                var header = "{\"msg_type\":\"a\",\"msg_id\":\"b\",\"" + name + "\":" + value + "}";
                assertEquals(name + " in the header is no string", reason(codec, unsigned(header, "{}")));
            }
        }
    }

    @Test
    void onlyJsonThatCanBeSentBackIsTaken() {
        for (var content : List.of("{\"a\":NaN}", "{\"a\":1}}", "{\"a\":1,\"a\":2}", "{\"a\":[1,]}",
                "{\"a\":".repeat(100_000), "{\"a\":".repeat(501) + "1" + "}".repeat(501))) {
            assertEquals("content is not JSON", reason(new Codec(""), unsigned(HEADER, content)));
        }
        assertEquals("content holds half of a surrogate pair",
                reason(new Codec(""), unsigned(HEADER, "{\"a\":\"\\ud83d\"}")));
        assertEquals("content is not JSON", reason(new Codec(""), unsigned(HEADER, "{\"\\uDE00\":1}")));
        var frames = new ArrayList<>(unsigned(HEADER, "{}"));
        frames.set(5, new byte[] {'{', '"', (byte) 0xFF, '"', ':', '1', '}'});
        assertEquals("content is not UTF-8", reason(new Codec(""), frames));
    }

    @Test
    void whatIsDeepOrLongOrOddIsTaken() throws Codec.Rejected {
        var codec = new Codec("");
        codec.decode(unsigned(HEADER, "{\"a\":".repeat(499) + "1" + "}".repeat(499)));
        assertEquals("😀\\ud83d", codec.decode(unsigned(HEADER, "{\"a\":\"\\ud83d\\ude00\\\\ud83d\"}"))
                .content().path("a").asText());
        var code = "x".repeat(21_000_000);
        assertEquals(code, codec.decode(unsigned(HEADER, "{\"a\":\"" + code + "\"}")).content().path("a").asText());
    }

    @Test
    void halfOfASurrogatePairIsSentAsAQuestionMark() throws Codec.Rejected {
        assertEquals("a?b😀", new Codec("k").decode(new Codec("k").encode(request("a\uD83Db😀")))
                .content().path("code").asText());
    }

    @Test
    void everySchemeOfHmacThatJavaHasIsSpoken() throws Codec.Rejected {
        for (var scheme : List.of("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256",
                "sha3_384", "sha3_512")) {
            assertTrue(Codec.supports("hmac-" + scheme));
            assertEquals("execute_request", new Codec("hmac-" + scheme, "key")
                    .decode(new Codec("hmac-" + scheme, "key").encode(request("1"))).type());
        }
        for (var scheme : List.of("sha256", "hmac-blake2b", "hmac-pbesha1", "hmac-sha257", "", "hmac-")) {
            assertFalse(Codec.supports(scheme), scheme);
        }
    }

    private static List<byte[]> unsigned(String header, String content) {
        return List.of(bytes("<IDS|MSG>"), bytes(""), bytes(header), bytes("{}"), bytes("{}"), bytes(content));
    }
}
