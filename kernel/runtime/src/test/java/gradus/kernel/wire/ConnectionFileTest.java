package gradus.kernel.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        var connection = ConnectionFile.read(file(WHOLE.replace("tcp", "ipc").replace("127.0.0.1", "/run/k")
                .replace("\"key\"", "\"curve_secretkey\": \"JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6\", "
                        + "\"curve_publickey\": \"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\", \"key\"")));
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
    }

    @Test
    void aMissingFileIsSaid() {
        var missing = folder.resolve("nowhere.json");
        var fault = assertThrows(ConnectionFile.Unusable.class, () -> ConnectionFile.read(missing));
        assertEquals("connection file " + missing + ": does not exist", fault.getMessage());
    }
}
