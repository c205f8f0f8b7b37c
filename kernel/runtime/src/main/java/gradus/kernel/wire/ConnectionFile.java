package gradus.kernel.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a kernel is to listen and with which keys it signs and encrypts: the JSON file that Jupyter writes before it
 * starts a kernel.
 *
 * @param transport {@code tcp}, or {@code ipc}: Unix domain sockets
 * @param ip        for tcp the address to listen on, for ipc what the sockets' paths begin with
 * @param scheme    how messages are signed, as {@link Codec} names it
 * @param key       the secret for the signature; empty means that messages are not signed
 * @param curve     the keys for CurveZMQ, when what is sent is to be encrypted
 */
public record ConnectionFile(String transport, String ip, int shellPort, int iopubPort, int stdinPort,
                             int controlPort, int heartbeatPort, String scheme, String key, Optional<CurveKeys> curve) {

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
            json = new ObjectMapper().readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new Unusable(file, "not complete JSON (line " + e.getLocation().getLineNr() + ")");
        } catch (IOException e) {
            throw new Unusable(file, Files.exists(file) ? "cannot be read (" + e.getMessage() + ")" : "does not exist");
        }
        if (!json.isObject()) {
            throw new Unusable(file, "holds no JSON object");
        }
        var scheme = text(file, json, "signature_scheme").orElse(Codec.DEFAULT_SCHEME);
        var key = text(file, json, "key").orElse("");
        if (!key.isEmpty() && !Codec.supports(scheme)) {
            throw new Unusable(file, "signature_scheme is " + scheme + ", this Java knows hmac-sha256 and the hmac- of "
                    + "md5, sha1, sha224, sha384, sha512, sha3_224, sha3_256, sha3_384, sha3_512");
        }
        var transport = text(file, json, "transport").orElse("tcp");
        if (!List.of("tcp", "ipc").contains(transport)) {
            throw new Unusable(file, "transport is " + transport + ", tcp or ipc is needed");
        }
        var ip = text(file, json, "ip");
        if (transport.equals("ipc") && ip.isEmpty()) {
            throw new Unusable(file, "ip is missing, with transport ipc it is what the sockets' paths begin with");
        }
        return new ConnectionFile(transport, ip.orElse("127.0.0.1"),
                port(file, json, "shell_port"), port(file, json, "iopub_port"), port(file, json, "stdin_port"),
                port(file, json, "control_port"), port(file, json, "hb_port"), scheme, key, curve(file, json));
    }

    private static Optional<CurveKeys> curve(Path file, JsonNode json) throws Unusable {
        var secret = text(file, json, "curve_secretkey");
        var open = text(file, json, "curve_publickey");
        if (secret.isEmpty() && open.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(CurveKeys.of(
                    secret.orElseThrow(() -> new IllegalArgumentException("curve_secretkey is missing")),
                    open.orElseThrow(() -> new IllegalArgumentException("curve_publickey is missing"))));
        } catch (IllegalArgumentException e) {
            throw new Unusable(file, e.getMessage() + "; both keys are needed, as zmq.curve_keypair() makes them");
        }
    }

    private static Optional<String> text(Path file, JsonNode json, String name) throws Unusable {
        var value = json.path(name);
        if (value.isTextual()) {
            return Optional.of(value.asText());
        }
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        throw new Unusable(file, name + " is no string");
    }

    private static int port(Path file, JsonNode json, String name) throws Unusable {
        var port = json.path(name);
        if (!port.isInt() || port.asInt() < 1 || port.asInt() > 65_535) {
            throw new Unusable(file, name + " is " + (port.isMissingNode() ? "missing" : port)
                    + ", a port from 1 to 65535 is needed");
        }
        return port.asInt();
    }

    /** Where one of the five sockets is, for tcp or for ipc. */
    SocketAddress address(int port) throws UnknownHostException {
        if (transport.equals("ipc")) {
            return UnixDomainSocketAddress.of(ip + "-" + port);
        }
        return ip.equals("*") ? new InetSocketAddress(port) : new InetSocketAddress(InetAddress.getByName(ip), port);
    }

    /** The address of one of the five sockets, as ZeroMQ writes it. */
    public String endpoint(int port) {
        return transport + "://" + ip + (transport.equals("ipc") ? "-" : ":") + port;
    }
}
