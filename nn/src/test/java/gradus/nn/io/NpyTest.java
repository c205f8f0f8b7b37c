package gradus.nn.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against files that NumPy has written; files.py says which. */
class NpyTest {

    @TempDir
    Path folder;

    static Path golden(String name) {
        return Path.of("src/test/resources/files", name);
    }

    /** The numbers that files.py writes in floating-point types. */
    static double[] quarters(int count) {
        return IntStream.range(0, count).mapToDouble(i -> (i - 3) / 4.0).toArray();
    }

    /** The numbers that files.py writes in whole types. */
    static double[] wholes(int count, boolean signed, boolean bool) {
        return IntStream.range(0, count).mapToDouble(i -> bool ? i % 7 % 2 : i % 7 - (signed ? 3 : 0)).toArray();
    }

    @ParameterizedTest
    @CsvSource({"f4, FLOAT32, 2 3", "f8, FLOAT64, 5", "scalar, FLOAT32, ''", "empty, FLOAT32, 0 3", "rank4, FLOAT64, 1 2 3 4",
        "columns, FLOAT32, 2 3 4", "big4, FLOAT32, 2 3", "big8, FLOAT64, 3 2", "half, FLOAT32, 2 3", "version2, FLOAT32, 2 3",
        "version3, FLOAT32, 2 3"})
    void everyOrderOfBytesAndAxesIsRead(String name, DType dtype, String sizes) {
        var x = Npy.load(golden(name + ".npy"));
        var shape = new Shape(sizes.isEmpty() ? new int[0] : List.of(sizes.split(" ")).stream().mapToInt(Integer::parseInt).toArray());
        assertEquals(shape, x.shape());
        assertEquals(dtype, x.dtype());
        assertArrayEquals(quarters(shape.size()), x.toDoubleArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bool", "u1", "i1", "little_u2", "big_i2", "little_i4", "big_u4", "little_i8", "big_i8", "little_u8"})
    void wholeNumbersAreReadInEveryWidth(String name) {
        var expected = wholes(15, name.contains("i") && !name.contains("u"), name.equals("bool"));
        assertEquals(DType.INT32, Npy.load(golden(name + ".npy")).dtype());
        assertArrayEquals(expected, Npy.load(golden(name + ".npy")).toDoubleArray());
        var single = Npy.load(golden(name + ".npy"), DType.FLOAT32);
        assertEquals(DType.FLOAT32, single.dtype());
        assertArrayEquals(expected, single.toDoubleArray());
    }

    @Test
    void aTypeCanBeAskedFor() {
        assertEquals(DType.FLOAT64, Npy.load(golden("f4.npy"), DType.FLOAT64).dtype());
        assertArrayEquals(new double[] {0x1p31, -0x1p63, 0x1p53}, Npy.load(golden("large.npy"), DType.FLOAT64).toDoubleArray());
        assertEquals("large.npy: holds 2147483648, which is no int32\nhelp: ask for another type: loadNpy(path, FLOAT64)",
                assertThrows(FormatException.class, () -> Npy.load(golden("large.npy"))).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"f4", "f8", "scalar", "empty", "rank4", "little_i4"})
    void whatIsWrittenEqualsNumPysFileToTheByte(String name) throws IOException {
        var written = folder.resolve(name);
        Npy.save(written, Npy.load(golden(name + ".npy")));
        assertArrayEquals(Files.readAllBytes(golden(name + ".npy")), Files.readAllBytes(written));
    }

    @Test
    void aViewIsWrittenRowByRowAndMoreThanOneChunkComesBack() {
        var x = Tensor.of(new Shape(300, 700), quarters(210_000)).t();
        Npy.save(folder.resolve("x.npy"), x);
        assertArrayEquals(x.toDoubleArray(), Npy.load(folder.resolve("x.npy")).toDoubleArray());
        assertEquals(List.of("x.npy"), List.of(folder.toFile().list()));
    }

    @Test
    void aZipHoldsSeveralArrays() {
        var stored = Npy.loadZip(golden("stored.npz"));
        assertEquals(List.of("w", "n"), List.copyOf(stored.keySet()));
        assertArrayEquals(quarters(6), stored.get("w").toDoubleArray());
        assertArrayEquals(wholes(4, true, false), stored.get("n").toDoubleArray());
        assertArrayEquals(quarters(1200), Npy.loadZip(golden("deflated.npz")).get("w").toDoubleArray());
        assertThrows(FormatException.class, () -> Npy.loadZip(golden("f4.npy")));
    }

    private String refused(byte[] bytes) throws IOException {
        var path = folder.resolve("x.npy");
        Files.write(path, bytes);
        var message = assertThrows(FormatException.class, () -> Npy.load(path)).getMessage();
        assertTrue(message.matches("(?s)x\\.npy: .*\nhelp: .*"), message);
        return message;
    }

    /** The golden file with another header text of the same length. */
    private String refusedHeader(String from, String to) throws IOException {
        var bytes = new String(Files.readAllBytes(golden("f4.npy")), StandardCharsets.ISO_8859_1);
        assertTrue(bytes.contains(from));
        var padding = " ".repeat(Math.max(0, from.length() - to.length()));
        var room = " ".repeat(Math.max(0, to.length() - from.length()));
        return refused(bytes.replace(from, to + padding).replaceFirst(room + "\n", "\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void aDamagedFileIsRefusedWithASentence() throws IOException {
        var whole = Files.readAllBytes(golden("f4.npy"));
        for (int length = 0; length < whole.length; length++) {
            refused(java.util.Arrays.copyOf(whole, length));
        }
        refused(java.util.Arrays.copyOf(whole, whole.length + 1));
        assertEquals("x.npy: its header has a negative number at character 51\nhelp: save it with numpy.save, of an array of numbers",
                refusedHeader("(2, 3)", "(-2, 3)"));
        refusedHeader("(2, 3)", "(2000000000, 3)");
        refusedHeader("(2, 3)", "(99999999999999999999, 3)");
        refusedHeader("(2, 3)", "(2.0, 3)");
        refusedHeader("'shape'", "'shale'");
        refusedHeader("False", "Falsy");
        refusedHeader("'fortran_order': False, ", "");
        refusedHeader("'shape': (2, 3)", "'shape': (2, 3), 'shape': (2, 3)");
        refusedHeader("}", "}}");
        refusedHeader("{", "[");
        whole[6] = 9;
        assertTrue(refused(whole).contains("version 9"));
        whole[6] = 2;
        refused(whole);
    }

    @Test
    void whatIsNoArrayOfNumbersIsRefused() {
        assertThrows(FormatException.class, () -> Npy.load(golden("complex.npy")));
        assertThrows(FormatException.class, () -> Npy.load(golden("structure.npy")));
        assertThrows(FormatException.class, () -> Npy.load(golden("stored.npz")));
        assertTrue(assertThrows(UncheckedIOException.class, () -> Npy.load(folder.resolve("absent.npy"))).getMessage()
                .contains("there is no such file"));
    }
}
