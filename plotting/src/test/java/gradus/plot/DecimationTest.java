package gradus.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DecimationTest {

    @Test
    void extremesAndEndsSurvive() {
        var random = new Random(1);
        var y = random.doubles(100_000).toArray();
        y[54_321] = 7;
        y[12_345] = -7;
        var points = Decimation.forWidth(new Decimation.Points(Numbers.upTo(y.length), y), 1000);
        assertTrue(points.x().length <= 4000);
        assertEquals(7, Arrays.stream(points.y()).max().orElseThrow());
        assertEquals(-7, Arrays.stream(points.y()).min().orElseThrow());
        assertEquals(0, points.x()[0]);
        assertEquals(99_999, points.x()[points.x().length - 1]);
        assertTrue(IntStream.range(1, points.x().length).allMatch(i -> points.x()[i] > points.x()[i - 1]));
    }

    @Test
    void fewPointsStayAsTheyAre() {
        var points = new Decimation.Points(new double[] {1, 2}, new double[] {3, 4});
        assertEquals(points, Decimation.forWidth(points, 100));
    }

    @Test
    void whatCannotBeDrawnGoes() {
        var points = Decimation.visible(new double[] {0, Double.NaN, 2, 3}, new double[] {1, 1, -1, Double.NaN}, true);
        assertArrayEquals(new double[] {0, 2, 3}, points.x());
        assertArrayEquals(new double[] {1, Double.NaN, Double.NaN}, points.y());
        assertEquals(0, Decimation.visible(new double[] {1}, new double[] {Double.NaN}, false).x().length);
    }
}
