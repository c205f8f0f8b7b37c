package gradus.plot;

import java.awt.Graphics2D;
import java.util.List;
import java.util.stream.Collectors;

/** Charts side by side, each as large as it is alone. */
public final class Panels extends Figure {

    private final List<Chart> charts;

    Panels(List<Chart> charts) {
        super(50, 50);
        if (charts.isEmpty()) {
            throw new IllegalArgumentException("beside: no charts\nhelp: beside(plot(x, y), plot(x, z))");
        }
        this.charts = charts;
        resize(charts.stream().mapToInt(Figure::width).sum(),
                charts.stream().mapToInt(Figure::height).max().orElseThrow());
    }

    @Override
    void paint(Graphics2D canvas, int width, int height) {
        int left = 0;
        for (var chart : charts) {
            var place = (Graphics2D) canvas.create(left, 0, chart.width(), chart.height());
            chart.paint(place, chart.width(), chart.height());
            place.dispose();
            left += chart.width();
        }
    }

    @Override
    String description() {
        return charts.stream().map(Chart::description).collect(Collectors.joining("\n"));
    }
}
