package gradus.plot;

import static gradus.plot.Plots.confusionMatrix;
import static gradus.plot.Plots.hist;
import static gradus.plot.Plots.images;
import static gradus.plot.Plots.imshow;
import static gradus.plot.Plots.plot;
import static gradus.plot.Plots.scatter;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.kernel.api.MimeBundle;
import gradus.nn.Tensor;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FigureTest {

    /** How many pixels are about this colour. */
    private static long ink(BufferedImage image, Color color) {
        return IntStream.range(0, image.getWidth() * image.getHeight())
                .mapToObj(i -> new Color(image.getRGB(i % image.getWidth(), i / image.getWidth())))
                .filter(c -> Math.abs(c.getRed() - color.getRed()) + Math.abs(c.getGreen() - color.getGreen())
                        + Math.abs(c.getBlue() - color.getBlue()) < 20).count();
    }

    private static String fault(Runnable mistake) {
        return assertThrows(IllegalArgumentException.class, mistake::run).getMessage();
    }

    @Test
    void aFigureIsAPngOfTwiceItsSizeWithWordsBeside() throws IOException {
        var bundle = plot(new double[] {1, 3, 2}).title("Three").label("a").render();
        var png = Base64.getDecoder().decode(bundle.data().get(MimeBundle.PNG).toString());
        var image = ImageIO.read(new ByteArrayInputStream(png));
        assertEquals("1280 × 800", image.getWidth() + " × " + image.getHeight());
        assertEquals(Map.of("width", 640, "height", 400), bundle.metadata().get(MimeBundle.PNG));
        assertEquals("figure 'Three'\n  line 'a': 3 points, y from 1 to 2", bundle.plain());
    }

    @Test
    void everySeriesLeavesInkOfItsColour() {
        var image = plot(new double[] {1, 2}).label("a").plot(new double[] {2, 1}).label("b").image();
        assertTrue(ink(image, Theme.series(0)) > 500);
        assertTrue(ink(image, Theme.series(1)) > 500);
        assertEquals(0, ink(image, Theme.series(3)));
        assertTrue(ink(scatter(new int[] {1, 2, 3}, List.of(3, 1, 2)).color(Color.RED).image(), new Color(255, 64, 64)) > 100);
        assertTrue(ink(hist(new double[] {1, 1, 2}, 2).image(), new Color(50, 140, 194)) > 10_000);
    }

    @Test
    void aRisingLineRisesOnTheScreen() {
        var image = plot(new double[] {0, 1}).image();
        int first = firstRow(image, 0, image.getWidth() / 2);
        int second = firstRow(image, image.getWidth() / 2, image.getWidth());
        assertTrue(second < first, first + " then " + second);
    }

    private static int firstRow(BufferedImage image, int from, int to) {
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = from; x < to; x++) {
                if (image.getRGB(x, y) == Theme.series(0).getRGB()) {
                    return y;
                }
            }
        }
        throw new AssertionError("no line from " + from + " to " + to);
    }

    @Test
    void gapsAndLeftOutValuesAreSaid() {
        var chart = plot(new double[] {1, Double.NaN, -1, 10, Double.POSITIVE_INFINITY}).semilogy();
        assertEquals("figure\n  line: 5 points, y from 1 to Infinity, 2 NaN or infinite (gaps), 1 not positive (left out)",
                chart.description());
        assertTrue(ink(plot(new double[] {1, 2, Double.NaN, 4, 3}).image(), Theme.series(0)) > 200);
        plot(new double[0]).image();
        plot(new double[] {Double.NaN}).semilogy().image();
    }

    @Test
    void thePictureHasItsFirstRowOnTop() {
        var image = imshow(new double[][] {{1, 1}, {0, 0}}).colors(Colormap.GRAY).image();
        int x = image.getWidth() / 2 - 40;
        assertEquals(Color.WHITE.getRGB(), image.getRGB(x, 120));
        assertEquals(Color.BLACK.getRGB(), image.getRGB(x, 560));
    }

    @Test
    void aConfusionMatrixCounts() {
        var matrix = confusionMatrix(new int[] {0, 0, 1}, new int[] {0, 1, 1}, List.of("cat", "dog"));
        assertEquals("picture: 2 × 2 cells from 0 to 1", matrix.description());
        matrix.image();
    }

    @Test
    void aGridIsAsLargeAsItsPictures() {
        var grid = images(Tensor.ones(12, 64)).columns(4);
        assertEquals("12 pictures of 8 × 8 pixels", grid.description());
        assertEquals(10 + 4 * 66, grid.width());
        assertEquals(10 + 3 * 66, grid.height());
    }

    @Test
    void mistakesSayWhatToDo() {
        assertEquals("line: x has 2 values and y has 3\nhelp: give one y for each x",
                fault(() -> plot(new double[2], new double[3])));
        assertTrue(fault(() -> imshow(Tensor.ones(64))).startsWith("imshow: shape [64] is no matrix\nhelp: reshape"));
        assertTrue(fault(() -> images(Tensor.ones(3, 7))).contains("[3, 7]"));
        assertTrue(fault(() -> plot("text")).contains("cannot plot a String"));
        assertTrue(fault(() -> plot(new double[2]).xlim(2, 1)).contains("xlim"));
        assertTrue(fault(() -> plot(new double[2]).size(1, 1)).contains("640"));
        assertTrue(fault(() -> plot(new double[2]).save("a.jpg")).contains(".png"));
    }

    @Test
    void aFigureIsSaved(@TempDir Path folder) throws IOException {
        var path = plot(new double[] {1, 2}).save(folder.resolve("figure.png").toString());
        assertEquals(1280, ImageIO.read(Files.newInputStream(path)).getWidth());
    }

    @Test
    void coloursEndWhereTheyShould() {
        assertEquals(new Color(0x440154), Colormap.VIRIDIS.at(-1));
        assertEquals(new Color(0xFDE725), Colormap.VIRIDIS.at(1));
        assertEquals(new Color(128, 128, 128), Colormap.GRAY.at(0.5));
        assertEquals(Color.WHITE, Colormap.textOn(new Color(0x08306B)));
    }

    /** The values between both ends at which the x axis asks for labels. */
    private static List<Double> xticks(Object x) {
        var chart = plot(x, x).xychart(640, 400);
        var asked = new TreeSet<Double>();
        chart.getStyler().setxAxisTickLabelsFormattingFunction(value -> {
            asked.add(value);
            return Numbers.tick(value);
        });
        chart.paint(new BufferedImage(640, 400, BufferedImage.TYPE_INT_RGB).createGraphics(), 640, 400);
        var data = Numbers.of(x);
        return asked.stream().filter(v -> v > data[0] && v < data[data.length - 1]).toList();
    }

    @Test
    void ticksAreRoundHoweverTheDataAreSpaced() {
        for (int n : new int[] {2, 7, 50, 200, 10_000}) {
            assertEquals(List.of(-2.0, -1.0, 0.0, 1.0, 2.0), xticks(Tensor.linspace(-2.9, 2.9, n)));
        }
        assertEquals(List.of(0.002, 0.004, 0.006, 0.008), xticks(Tensor.linspace(0, 0.0099, 300)));
        assertEquals(List.of(0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8), xticks(new double[] {0.1, 0.36, 0.62, 0.88}));
        assertEquals(List.of(2.0, 3.0), xticks(new int[] {1, 2, 3, 4}));
    }

    @Test
    void ticksAreShort() {
        assertEquals(List.of("0", "0.25", "-3", "12,000", "3e-9", "1.5e12", "0.001"),
                IntStream.range(0, 7).mapToObj(i -> Numbers.tick(new double[] {0, 0.25, -3, 12000, 3e-9, 1.5e12, 0.001}[i])).toList());
    }
}
