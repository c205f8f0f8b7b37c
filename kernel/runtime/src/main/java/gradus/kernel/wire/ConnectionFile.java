package gradus.kernel.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a kernel is to listen and with which key it signs: the JSON file that Jupyter writes before it starts a kernel.
 *
 * @param key the secret for HMAC-SHA256; empty means that messages are not signed
 */
public record ConnectionFile(String transport, String ip, int shellPort, int iopubPort, int stdinPort,
                             int controlPort, int heartbeatPort, String key) {

    /** Says in one line what is wrong with a connection file. */
    public static final class Unusable extends Exception {
        Unusable(Path file, String why) {
            super("connection file " + file.toAbsolutePath() + ": " + why);
        }
    }

    /** Reads and checks the file; every fault, a half-written file included, is one {@link Unusable} sentence. */
    public static ConnectionFile read(Path file) throws Unusable {
        JsonNode json;
        try {
            json = new ObjectMapper().readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new Unusable(file, "not complete JSON (line " + e.getLocation().getLineNr() + ")");
        } catch (IOException e) {
            throw new Unusable(file, Files.exists(file) ? "cannot be read (" + e.getMessage() + ")" : "does not exist");
        }
        if (!json.isObject()) {
            throw new Unusable(file, "holds no JSON object");
        }
        var scheme = json.path("signature_scheme").asText("hmac-sha256");
        var key = json.path("key").asText("");
        if (!key.isEmpty() && !scheme.equals("hmac-sha256")) {
            throw new Unusable(file, "signature_scheme is " + scheme + ", only hmac-sha256 is supported");
        }
        var transport = json.path("transport").asText("tcp");
        if (!transport.equals("tcp")) {
            throw new Unusable(file, "transport is " + transport + ", only tcp is supported");
        }
        return new ConnectionFile(transport, json.path("ip").asText("127.0.0.1"),
                port(file, json, "shell_port"), port(file, json, "iopub_port"), port(file, json, "stdin_port"),
                port(file, json, "control_port"), port(file, json, "hb_port"), key);
    }

    private static int port(Path file, JsonNode json, String name) throws Unusable {
        var port = json.path(name);
        if (!port.isInt() || port.asInt() < 1 || port.asInt() > 65_535) {
            throw new Unusable(file, name + " is " + (port.isMissingNode() ? "missing" : port)
                    + ", a port from 1 to 65535 is needed");
        }
        return port.asInt();
    }

    /** The address of one of the five sockets. */
    public String endpoint(int port) {
        return transport + "://" + ip + ":" + port;
    }
}
