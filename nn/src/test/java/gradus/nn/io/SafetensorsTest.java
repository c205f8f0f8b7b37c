package gradus.nn.io;

import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.seed;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.tanh;
import static gradus.nn.io.NpyTest.golden;
import static gradus.nn.io.NpyTest.quarters;
import static gradus.nn.io.NpyTest.wholes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.layer.Sequential;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against files that the Python library has written; files.py says which. */
class SafetensorsTest {

    @TempDir
    Path folder;

    @Test
    void everyElementTypeIsRead() {
        var tensors = Safetensors.load(golden("types.safetensors"));
        assertEquals(13, tensors.size());
        tensors.forEach((name, x) -> {
            assertEquals(new Shape(3, 5), x.shape());
            assertArrayEquals(name.contains("F") ? quarters(15) : wholes(15, name.startsWith("I"), name.equals("BOOL")),
                    x.toDoubleArray(), name);
        });
        assertEquals(List.of(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT32), Stream.of("BF16", "F64", "U64", "BOOL")
                .map(name -> tensors.get(name).dtype()).toList());
        try (var file = Safetensors.open(golden("types.safetensors"))) {
            assertEquals(DType.FLOAT64, file.tensor("I64", DType.FLOAT64).dtype());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"floats", "metadata", "none", "indices"})
    void whatIsWrittenEqualsThePythonLibrarysFileToTheByte(String name) throws IOException {
        var written = folder.resolve(name);
        try (var file = Safetensors.open(golden(name + ".safetensors"))) {
            var tensors = new LinkedHashMap<String, Tensor>();
            for (var tensor : file.names().stream().sorted().toList()) {
                tensors.put(tensor, file.tensor(tensor));
            }
            Safetensors.save(written, tensors, file.metadata());
        }
        assertArrayEquals(Files.readAllBytes(golden(name + ".safetensors")), Files.readAllBytes(written));
    }

    @Test
    void oneTensorIsReadWithoutTheOthers() {
        try (var file = Safetensors.open(golden("floats.safetensors"))) {
            assertEquals(new Shape(2, 3), file.shape("w"));
            assertArrayEquals(quarters(6), file.tensor("w").toDoubleArray());
            assertTrue(assertThrows(IllegalArgumentException.class, () -> file.tensor("v")).getMessage().contains("help: there are b"));
        }
        try (var file = Safetensors.open(golden("metadata.safetensors"))) {
            assertEquals(Map.of("format", "nö\t"), file.metadata());
        }
    }

    @Test
    void aViewIsWrittenAndAnOpenFileCanBeReplaced() {
        var path = folder.resolve("x.safetensors");
        var x = Tensor.of(new Shape(300, 700), quarters(210_000)).t();
        Safetensors.save(path, Map.of("x", x));
        try (var old = Safetensors.open(path)) {
            Safetensors.save(path, Map.of("x", Tensor.scalar(1)));
            assertArrayEquals(x.toDoubleArray(), old.tensor("x").toDoubleArray());
        }
        assertEquals(1, Safetensors.load(path).get("x").item());
        assertThrows(IllegalArgumentException.class, () -> Safetensors.save(path, Map.of("__metadata__", x)));
    }

    @Test
    void aNetComesBackAndAMisfitListsEveryMistake() {
        var path = folder.resolve("net.safetensors").toString();
        var net = sequential(linear(2, 3), tanh(), linear(3, 1));
        net.save(path);
        var other = (Sequential) sequential(linear(2, 3), tanh(), linear(3, 1)).reset(seed(5)).load(path);
        net.state().forEach((name, x) -> assertArrayEquals(x.toFloatArray(), other.state().get(name).toFloatArray()));
        var before = other.state().get("0.weight").toFloatArray();
        assertEquals("""
                load: net.safetensors does not fit:
                  2.weight is [2, 3] here and [1, 3] in the file
                  2.bias is [2] here and [1] in the file
                  4.weight [1, 2] is not in the file
                  4.bias [1] is not in the file
                help: build the net with the layers and sizes it was saved with""",
                assertThrows(IllegalArgumentException.class, () -> sequential(linear(2, 3), tanh(), linear(3, 2), tanh(),
                        linear(2, 1)).load(path)).getMessage());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> sequential(linear(2, 3)).load(path)).getMessage()
                .contains("2.weight [1, 3] is only in the file"));
        assertArrayEquals(before, other.state().get("0.weight").toFloatArray());
    }

    private String refused(byte[] bytes) throws IOException {
        var path = folder.resolve("x.safetensors");
        Files.write(path, bytes);
        var message = assertThrows(FormatException.class, () -> Safetensors.open(path).close()).getMessage();
        assertTrue(message.matches("(?s)x\\.safetensors: .*\nhelp: .*"), message);
        return message.substring("x.safetensors: ".length(), message.indexOf('\n'));
    }

    /** A file of this header, followed by 8 bytes of data. */
    private String refusedHeader(String json) throws IOException {
        var header = json.getBytes(StandardCharsets.UTF_8);
        return refused(ByteBuffer.allocate(16 + header.length).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).array());
    }

    private String refusedEntries(String... entries) throws IOException {
        return refusedHeader("{" + String.join(",", entries) + "}");
    }

    private static String entry(String name, String dtype, String shape, String offsets) {
        return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
    }

    @Test
    void aHeaderThatLiesIsRefusedBeforeAnythingIsRead() throws IOException {
        assertEquals("has 'x' at bytes 0 to 12, outside its 8 bytes of data", refusedEntries(entry("x", "F32", "[3]", "[0,12]")));
        assertEquals("has 'y' at bytes 4 to 8, overlapping what ends at 8",
                refusedEntries(entry("x", "F64", "[1]", "[0,8]"), entry("y", "F32", "[1]", "[4,8]")));
        assertEquals("has 'x' at bytes 4 to 8, with a gap to what ends at 0", refusedEntries(entry("x", "F32", "[1]", "[4,8]")));
        assertEquals("has 4 bytes behind its last tensor", refusedEntries(entry("x", "F32", "[1]", "[0,4]")));
        assertEquals("has 'x' at bytes 0 to 8, but F32 of shape [3] takes 12", refusedEntries(entry("x", "F32", "[3]", "[0,8]")));
        refusedEntries(entry("x", "F32", "[2]", "[8,0]"));
        refusedEntries(entry("x", "F32", "[2]", "[0,8]"), entry("x", "F32", "[2]", "[0,8]"));
        assertEquals("holds an array of shape [4294967296, 4294967296]", refusedEntries(entry("x", "F32", "[4294967296,4294967296]", "[0,8]")));
        assertEquals("holds an array of shape [65536, 65536]", refusedEntries(entry("x", "F32", "[65536,65536]", "[0,8]")));
        assertTrue(refusedEntries(entry("x", "F32", "[-2]", "[0,8]")).contains("negative"));
        assertTrue(refusedEntries(entry("x", "F32", "[2]", "[0,99999999999999999999]")).contains("beyond 2^63-1"));
        assertTrue(refusedEntries(entry("x", "F8_E4M3", "[8]", "[0,8]")).contains("F8_E4M3"));
        refusedEntries(entry("x", "F32", "[2]", "[0,8,8]"));
        refusedEntries(entry("x", "F32", "[2.0]", "[0,8]"));
        refusedEntries(entry("x", "F32", "[02]", "[0,8]"));
        refusedEntries("\"x\":{\"dtype\":\"F32\",\"shape\":[2]}");
        refusedEntries("\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}");
        refusedEntries("\"__metadata__\":{\"a\":1}", entry("x", "F64", "[1]", "[0,8]"));
        refusedEntries("\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}", entry("x", "F64", "[1]", "[0,8]"));
    }

    @Test
    void aHeaderThatIsNoJsonIsRefused() throws IOException {
        for (var json : new String[] {"[]", "{", "{}{}", "{\"x\"}", "{\"x\":}", "{\"x\":[[[[[[", "{,}", "{\"\\ud800\":{}}",
            "{\"a\u0001\":{}}", "{\"\\x\":{}}", "{\"\\u00g0\":{}}", "null", "\u0000\u0000", "{\"x\":{}}"}) {
            refusedHeader(json);
        }
        refused(new byte[] {2, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xfe});
        refusedHeader("[".repeat(100_000));
    }

    @Test
    void anAbsurdHeaderLengthIsRefused() throws IOException {
        for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1, 9, 1L << 40}) {
            var message = refused(ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
            assertEquals("claims a header of " + Long.toUnsignedString(length) + " bytes in a file of 16", message);
        }
    }

    @Test
    void aFileCutAnywhereIsRefused() throws IOException {
        var whole = Files.readAllBytes(golden("floats.safetensors"));
        for (int length = 0; length < whole.length; length++) {
            refused(Arrays.copyOf(whole, length));
        }
        refused(Arrays.copyOf(whole, whole.length + 1));
    }
}
