package gradus.nn.data;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Data sets: two that come with the library, and files of one's own. */
public final class Data {

    private Data() {
    }

    /**
     * 1,797 handwritten digits of 8 × 8 pixels, x [1797, 64] scaled from 0 … 16 to [0, 1], row by row from the top left;
     * y the digit.
     *
     * <p>Source: E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning
     * Repository, doi 10.24432/C50P49, licence CC BY 4.0 (the test part of it).
     */
    public static Dataset digits() {
        var rows = shipped("digits.csv.gz").stream().map(line -> Csv.numbers(line)).toList();
        var x = new float[rows.size() * 64];
        var y = new float[rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            for (int j = 0; j < 64; j++) {
                x[i * 64 + j] = (float) (rows.get(i)[j] / 16);
            }
            y[i] = (float) rows.get(i)[64];
        }
        return new Dataset("digits", Tensor.of(new Shape(y.length, 64), x), Tensor.of(new Shape(y.length), y), List.of(),
                List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
    }

    /**
     * 150 irises of three species: length and width of sepal and petal in cm, x [150, 4]; y the species.
     *
     * <p>Source: R. A. Fisher (1936), Iris, UCI Machine Learning Repository, doi 10.24432/C56C76, licence CC BY 4.0.
     */
    public static Dataset iris() {
        return Csv.parse("iris", shipped("iris.csv.gz"), "iris");
    }

    /**
     * A text file with one sample per line, fields separated by commas, the first line perhaps naming them. The last
     * field is the target: numbers, or names of classes; all others are features and must be numbers.
     *
     * @throws IllegalArgumentException naming the file as it was looked for, or the line and field that is wrong
     */
    public static Dataset csv(String path) {
        var file = Path.of(path).toAbsolutePath().normalize();
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("csv: there is no file " + file
                    + "\nhelp: paths are relative to " + Path.of("").toAbsolutePath());
        }
        try {
            return Csv.parse(file.getFileName().toString(), Files.readAllLines(file), file.toString());
        } catch (IOException e) {
            throw new IllegalArgumentException("csv: " + file + " cannot be read as UTF-8 text (" + e.getMessage() + ")"
                    + "\nhelp: is it another kind of file?", e);
        }
    }

    private static List<String> shipped(String name) {
        try (var reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Data.class.getResourceAsStream(name)), StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
