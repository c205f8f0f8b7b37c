package gradus.nn.data;

import static gradus.nn.Nn.seed;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataTest {

    @TempDir
    private Path folder;

    private String file(String content) throws IOException {
        return Files.writeString(folder.resolve("data.csv"), content).toString();
    }

    private String fault(String content) throws IOException {
        var path = file(content);
        var message = assertThrows(IllegalArgumentException.class, () -> Data.csv(path)).getMessage();
        assertTrue(message.startsWith("csv: " + path), message);
        return message.lines().findFirst().orElseThrow().substring(("csv: " + path).length());
    }

    @Test
    void digitsAreWhatTheyWere() {
        var digits = Data.digits();
        assertEquals("digits: 1797 samples, x [1797, 64], y [1797], 10 classes: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9",
                digits.toString());
        assertEquals(1, digits.x().max().item());
        assertEquals(0, digits.labels()[0]);
        assertEquals(178, Arrays.stream(digits.labels()).filter(d -> d == 0).count());
    }

    @Test
    void irisesHaveNames() {
        var iris = Data.iris();
        assertEquals(List.of("setosa", "versicolor", "virginica"), iris.classes());
        assertEquals(List.of("sepal length", "sepal width", "petal length", "petal width"), iris.features());
        assertEquals(5.843, iris.x().mean(0).at(0), 1e-3);
    }

    @Test
    void aSplitLosesNothingAndRepeatsNothing() {
        var digits = Data.digits();
        var split = digits.split(0.8, seed(1));
        assertEquals(1438, split.train().size());
        assertEquals(359, split.validation().size());
        assertEquals(digits.x().sum().item(), split.train().x().sum().item() + split.validation().x().sum().item(), 0.1);
        assertArrayEquals(split.train().labels(), digits.split(0.8, seed(1)).train().labels());
    }

    @Test
    void aFileWithNamesIsRead() throws IOException {
        var data = Data.csv(file("height,weight,kind\n1.5,2,cat\n\n3,4.5,dog\n5,6,cat\n"));
        assertEquals(List.of("height", "weight"), data.features());
        assertEquals(List.of("cat", "dog"), data.classes());
        assertArrayEquals(new int[] {0, 1, 0}, data.labels());
        assertEquals(4.5, data.x().at(1, 1));
    }

    @Test
    void aFileWithValuesHasNoClasses() throws IOException {
        var data = Data.csv(file("1,2\n3,4\n"));
        assertEquals(List.of(), data.classes());
        assertArrayEquals(new double[] {2, 4}, data.y().toDoubleArray());
        assertThrows(IllegalStateException.class, data::labels);
    }

    @Test
    void faultsNameTheirPlace() throws IOException {
        assertEquals(", line 2 has 2 fields, the first has 3", fault("1,2,3\n4,5\n"));
        assertEquals(", line 3, field 2: \"x\" is not a number", fault("a,b,c\n1,2,3\n4,x,6\n"));
        assertEquals(" has no samples", fault("\n"));
        assertEquals(" has one field per line", fault("1\n2\n"));
    }

    @Test
    void aMissingFileIsNamedAsItWasLookedFor() {
        var message = assertThrows(IllegalArgumentException.class, () -> Data.csv("nope")).getMessage();
        assertTrue(message.startsWith("csv: there is no file " + Path.of("nope").toAbsolutePath()), message);
    }

    @Test
    void aFractionOutsideIsRefused() {
        var iris = Data.iris();
        assertThrows(IllegalArgumentException.class, () -> iris.split(1.5, seed(1)));
        assertEquals(0, iris.split(1, seed(1)).validation().size());
        assertEquals(150, IntStream.of(iris.labels()).count());
    }
}
