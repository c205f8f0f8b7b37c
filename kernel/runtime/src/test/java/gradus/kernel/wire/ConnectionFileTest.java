package gradus.kernel.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionFileTest {

    private static final String WHOLE = """
            {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5,
             "ip": "127.0.0.1", "key": "k", "transport": "tcp", "signature_scheme": "hmac-sha256"}""";

    @TempDir
    private Path folder;

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("connection.json"), content);
    }

    private String fault(String content) throws IOException {
        var file = file(content);
        var message = assertThrows(ConnectionFile.Unusable.class, () -> ConnectionFile.read(file)).getMessage();
        assertTrue(message.startsWith("connection file " + file) && message.lines().count() == 1, message);
        return message.substring(message.indexOf(": ") + 2);
    }

    @Test
    void aWholeFileIsRead() throws Exception {
        var connection = ConnectionFile.read(file(WHOLE));
        assertEquals("tcp://127.0.0.1:4", connection.endpoint(connection.controlPort()));
        assertEquals("k", connection.key());
    }

    @Test
    void aPathAndKeysAreRead() throws Exception {
        var connection = ConnectionFile.read(file(keys("\"curve_secretkey\": \"JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6\","
                + "\"curve_publickey\": \"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\"")
                .replace("tcp", "ipc").replace("127.0.0.1", "/run/k")));
        assertEquals("ipc:///run/k-4", connection.endpoint(connection.controlPort()));
        assertTrue(connection.curve().isPresent());
    }

    @Test
    void everyFaultIsOneLine() throws IOException {
        assertEquals("not complete JSON (line 2)", fault(WHOLE.substring(0, WHOLE.length() - 30)));
        assertEquals("holds no JSON object", fault("[]"));
        assertEquals("hb_port is missing, a port from 1 to 65535 is needed", fault(WHOLE.replace("hb_port", "hb")));
        assertEquals("shell_port is 70000, a port from 1 to 65535 is needed", fault(WHOLE.replace(": 1,", ": 70000,")));
        assertEquals("transport is udp, tcp or ipc is needed", fault(WHOLE.replace("\"tcp\"", "\"udp\"")));
        assertTrue(fault(WHOLE.replace("hmac-sha256", "md5")).startsWith("signature_scheme is md5, this Java knows"));
        assertEquals("ip is no string", fault(WHOLE.replace("\"127.0.0.1\"", "7")));
        assertEquals("ip is missing, with transport ipc it is what the sockets' paths begin with",
                fault(WHOLE.replace("\"ip\"", "\"no ip\"").replace("\"tcp\"", "\"ipc\"")));
    }

    @Test
    void everyFaultOfAKeyIsSaid() throws IOException {
        var both = "; both keys are needed, as zmq.curve_keypair() makes them";
        var good = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6";
        assertEquals("curve_secretkey is missing" + both, fault(keys("\"curve_publickey\": \"" + good + "\"")));
        assertEquals("curve_publickey is missing" + both, fault(keys("\"curve_secretkey\": \"" + good + "\"")));
        assertEquals("curve_secretkey is no string", fault(keys("\"curve_secretkey\": [1]")));
        assertEquals("curve_secretkey has 5 characters, 40 of Z85 are needed" + both,
                fault(keys("\"curve_secretkey\": \"short\", \"curve_publickey\": \"" + good + "\"")));
        for (var wrong : List.of("~".repeat(40), "#".repeat(40))) {   // no digit; five digits that are 2³² or more
            assertEquals("curve_publickey is not written in Z85" + both,
                    fault(keys("\"curve_secretkey\": \"" + good + "\", \"curve_publickey\": \"" + wrong + "\"")));
        }
        assertEquals("curve_publickey does not belong to curve_secretkey" + both,
                fault(keys("\"curve_secretkey\": \"" + good + "\", \"curve_publickey\": \"" + good + "\"")));
    }

    private static String keys(String fields) {
        return WHOLE.replace("\"key\"", fields + ", \"key\"");
    }

    @Test
    void aMissingFileIsSaid() {
        var missing = folder.resolve("nowhere.json");
        var fault = assertThrows(ConnectionFile.Unusable.class, () -> ConnectionFile.read(missing));
        assertEquals("connection file " + missing + ": does not exist", fault.getMessage());
    }
}
