package gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against what NumPy prints; files.py says of what. */
class TensorTextTest {

    static Stream<String> printed() throws IOException {
        return Arrays.stream(Files.readString(Path.of("src/test/resources/files/printed.txt")).split("\n\f\n"));
    }

    @ParameterizedTest
    @MethodSource("printed")
    void aTensorPrintsAsNumPyPrintsIt(String printed) {
        var parts = printed.split("\n", 3);
        var head = parts[0].split(" ");
        var shape = new Shape(Arrays.stream(head).skip(1).mapToInt(Integer::parseInt).toArray());
        var dtype = DType.valueOf(head[0].toUpperCase(Locale.ROOT));
        var values = parts[1].equals("*")
                ? IntStream.range(0, shape.size()).mapToDouble(i -> i * 37 % 1009 / (dtype == DType.INT32 ? 1.0 : 7)).toArray()
                : Arrays.stream(parts[1].split(" ")).filter(word -> !word.isEmpty()).mapToDouble(word ->
                        Double.parseDouble(word.replace("nan", "NaN").replace("inf", "Infinity"))).toArray();
        var x = Tensor.of(shape, values).as(dtype);
        assertEquals(parts[2] + "  " + head[0] + " " + shape, x.toString());
    }
}
