package gradus.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Data over two axes: lines, points, bars of a histogram. Made by {@link Plots}; every method returns the chart
 * itself.
 * {@snippet :
 * plot(x, y).label("train").plot(x, z).label("validation").xlabel("epoch").semilogy()
 * }
 */
public final class Chart extends Figure {

    private enum Kind { LINE, POINTS, BARS }

    private static final class Series {

        private final Kind kind;
        private final double[] x;
        private final double[] y;
        private String label = "";
        private Color color;

        Series(Kind kind, double[] x, double[] y) {
            this.kind = kind;
            this.x = x;
            this.y = y;
        }
    }

    private static final int MANY = 12;

    private final List<Series> series = new ArrayList<>();
    private String title = "";
    private String xlabel = "";
    private String ylabel = "";
    private double[] xlim;
    private double[] ylim;
    private boolean logY;
    private boolean loglog;

    Chart() {
        super(640, 400);
    }

    private Chart add(Kind kind, double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException(kind.name().toLowerCase(Locale.ROOT) + ": x has " + x.length
                    + " values and y has " + y.length + "\nhelp: give one y for each x");
        }
        series.add(new Series(kind, x, y));
        return this;
    }

    /** A line through these points. */
    public Chart plot(Object x, Object y) {
        return add(Kind.LINE, Numbers.of(x), Numbers.of(y));
    }

    /** A line through these values, over 0, 1, 2 … */
    public Chart plot(Object y) {
        var values = Numbers.of(y);
        return plot(Numbers.upTo(values.length), values);
    }

    /** Single points. */
    public Chart scatter(Object x, Object y) {
        return add(Kind.POINTS, Numbers.of(x), Numbers.of(y));
    }

    /** Bars between the edges: one height fewer than edges. */
    Chart bars(double[] edges, double[] heights) {
        var x = new double[4 * heights.length];
        var y = new double[4 * heights.length];
        for (int i = 0; i < heights.length; i++) {
            x[4 * i] = edges[i];
            x[4 * i + 1] = edges[i];
            x[4 * i + 2] = edges[i + 1];
            x[4 * i + 3] = edges[i + 1];
            y[4 * i + 1] = heights[i];
            y[4 * i + 2] = heights[i];
        }
        return add(Kind.BARS, x, y);
    }

    /** Names the series added last; two or more names make a legend. */
    public Chart label(String name) {
        series.getLast().label = name;
        return this;
    }

    /** The colour of the series added last. */
    public Chart color(Color color) {
        series.getLast().color = color;
        return this;
    }

    public Chart title(String text) {
        title = text;
        return this;
    }

    public Chart xlabel(String text) {
        xlabel = text;
        return this;
    }

    public Chart ylabel(String text) {
        ylabel = text;
        return this;
    }

    public Chart xlim(double from, double to) {
        xlim = limits("xlim", from, to);
        return this;
    }

    public Chart ylim(double from, double to) {
        ylim = limits("ylim", from, to);
        return this;
    }

    private static double[] limits(String name, double from, double to) {
        if (!(from < to)) {
            throw new IllegalArgumentException(name + ": " + from + " is not below " + to + "\nhelp: the smaller limit first");
        }
        return new double[] {from, to};
    }

    /** A logarithmic y axis; values that are not positive are left out, and the description says how many. */
    public Chart semilogy() {
        logY = true;
        return this;
    }

    /** Both axes logarithmic; points that are not positive are left out. */
    public Chart loglog() {
        loglog = true;
        return semilogy();
    }

    /** The size in CSS pixels; 640 × 400 without saying so. */
    public Chart size(int width, int height) {
        resize(width, height);
        return this;
    }

    @Override
    void paint(Graphics2D canvas, int width, int height) {
        xychart(width, height).paint(canvas, width, height);
    }

    XYChart xychart(int width, int height) {
        var chart = new XYChartBuilder().width(width).height(height).title(title).xAxisTitle(xlabel)
                .yAxisTitle(ylabel).build();
        boolean legend = series.stream().filter(s -> !s.label.isEmpty()).count() > 1;
        Theme.style(chart, legend);
        var style = chart.getStyler();
        style.setChartTitleVisible(!title.isEmpty());
        style.setXAxisTitleVisible(!xlabel.isEmpty()).setYAxisTitleVisible(!ylabel.isEmpty());
        hideEqualSpacing(chart);
        boolean drawn = false;
        for (int i = 0; i < series.size(); i++) {
            drawn |= draw(chart, series.get(i), i, width);
        }
        if (!drawn) {   // XChart wants something to scale its axes by
            draw(chart, new Series(Kind.POINTS, new double[] {0, 1}, new double[] {0, 1}), -1, width);
        }
        style.setYAxisLogarithmic(logY && !loglog && drawn);
        style.setLegendPosition(emptiestCorner());
        limit(chart);
        return chart;
    }

    private void limit(XYChart chart) {
        var style = chart.getStyler();
        if (xlim != null) {
            style.setXAxisMin(scaled(xlim[0], loglog)).setXAxisMax(scaled(xlim[1], loglog));
        }
        if (ylim != null) {
            style.setYAxisMin(scaled(ylim[0], loglog)).setYAxisMax(scaled(ylim[1], loglog));
        } else if (series.stream().anyMatch(s -> s.kind == Kind.BARS)) {
            style.setYAxisMin(0.0);
        }
        Function<Double, String> power = exponent -> exponent == Math.rint(exponent) ? Numbers.power(Math.pow(10, exponent))
                : Numbers.tick(Math.pow(10, exponent));   // both ends get different words, else XChart gives up
        style.setxAxisTickLabelsFormattingFunction(loglog ? power : Numbers::tick);
        if (logY && !loglog) {
            var y = range(data -> Arrays.stream(data.y).filter(v -> v > 0).toArray(), ylim, false);
            boolean decades = y.getMax() > 100 * y.getMin();
            style.setYAxisLogarithmicDecadeOnly(decades);
            style.setyAxisTickLabelsFormattingFunction(v -> decades ? Numbers.power(v) : Numbers.tick(v));
        } else {
            style.setyAxisTickLabelsFormattingFunction(loglog ? power : Numbers::tick);
        }
    }

    /** The corner where a legend hides the fewest points. */
    private LegendPosition emptiestCorner() {
        var x = range(data -> data.x, xlim, loglog);
        var y = range(data -> data.y, ylim, logY);
        var corners = new LegendPosition[] {LegendPosition.InsideNE, LegendPosition.InsideNW, LegendPosition.InsideSE,
            LegendPosition.InsideSW};
        var hidden = new int[corners.length];
        for (var data : series) {
            for (int i = 0; i < data.x.length; i++) {
                double across = (scaled(data.x[i], loglog) - x.getMin()) / (x.getMax() - x.getMin());
                double up = (scaled(data.y[i], logY) - y.getMin()) / (y.getMax() - y.getMin());
                hidden[0] += across > 0.75 && up > 0.7 ? 1 : 0;
                hidden[1] += across < 0.25 && up > 0.7 ? 1 : 0;
                hidden[2] += across > 0.75 && up < 0.3 ? 1 : 0;
                hidden[3] += across < 0.25 && up < 0.3 ? 1 : 0;
            }
        }
        int best = 0;
        for (int corner = 1; corner < corners.length; corner++) {
            best = hidden[corner] < hidden[best] ? corner : best;
        }
        return corners[best];
    }

    /** Where a number lies along its axis: its exponent of ten, if that is logarithmic. */
    private static double scaled(double value, boolean log) {
        return log ? Math.log10(value) : value;
    }

    private DoubleSummaryStatistics range(Function<Series, double[]> axis, double[] limits, boolean log) {
        return (limits != null ? Arrays.stream(limits) : series.stream().flatMapToDouble(data -> Arrays.stream(axis.apply(data))))
                .map(v -> scaled(v, log)).filter(Double::isFinite).summaryStatistics();
    }

    /**
     * XChart labels equally spaced values (to 1e-4, however small they are) themselves instead of round ones between them.
     * An unseen first series makes the list it looks at go up and down. A few whole numbers, such as epochs, keep their
     * labels.
     */
    private void hideEqualSpacing(XYChart chart) {
        var visible = series.stream().map(data -> visible(data)).toList();
        var x = visible.stream().flatMapToDouble(points -> Arrays.stream(points.x())).toArray();
        var y = visible.stream().flatMapToDouble(points -> Arrays.stream(points.y())).filter(Double::isFinite).summaryStatistics();
        if (x.length == 0) {
            return;
        }
        var range = Arrays.stream(x).summaryStatistics();
        boolean few = Arrays.stream(x).distinct().limit(MANY + 1).count() <= MANY && Arrays.stream(x).allMatch(v -> v == Math.rint(v));
        var frame = chart.addSeries(" ", few ? new double[] {x[0], x[0], x[0]} : upAndDown(range), upAndDown(y));
        frame.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter).setMarker(SeriesMarkers.NONE).setShowInLegend(false);
    }

    /**
     * What can be seen, on two logarithmic axes as exponents of ten: XChart's own logarithmic axes draw a grid line for each
     * digit, a carpet over 15 decades.
     */
    private Decimation.Points visible(Series data) {
        return loglog ? Decimation.visible(Arrays.stream(data.x).map(Math::log10).toArray(),
                Arrays.stream(data.y).map(Math::log10).toArray(), false) : Decimation.visible(data.x, data.y, logY);
    }

    private static double[] upAndDown(DoubleSummaryStatistics range) {
        return new double[] {range.getMin(), range.getMax(), 0.7 * range.getMin() + 0.3 * range.getMax()};
    }

    /** Adds one series to the chart; false when it has no point that could be seen. */
    private boolean draw(XYChart chart, Series data, int index, int width) {
        var visible = visible(data);
        var points = data.kind == Kind.LINE ? Decimation.forWidth(visible, 2 * width) : visible;
        if (points.x().length == 0) {
            return false;
        }
        // XChart wants a name for each, all different; blanks behind a label are not seen
        var added = chart.addSeries(data.label + " ".repeat(index + 2), points.x(), points.y());
        var color = index < 0 ? new Color(0, 0, 0, 0) : data.color != null ? data.color : Theme.series(index);
        added.setMarker(SeriesMarkers.NONE).setLineColor(color).setLineStyle(Theme.LINE);
        added.setShowInLegend(!data.label.isEmpty());
        switch (data.kind) {
            case LINE -> added.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
            case POINTS -> {
                added.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
                added.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), index < 0 ? 0 : 190));
            }
            case BARS -> {
                added.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
                added.setLineColor(Color.WHITE).setLineStyle(new BasicStroke(1f));
                added.setFillColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), 205));
            }
        }
        return true;
    }

    @Override
    String description() {
        var text = new StringBuilder("figure");
        text.append(title.isEmpty() ? "" : " '" + title + "'");
        text.append(xlabel.isEmpty() && ylabel.isEmpty() ? "" : ", " + ylabel + " over " + xlabel);
        for (var data : series) {
            text.append("\n  ").append(data.kind.name().toLowerCase(Locale.ROOT));
            text.append(data.label.isEmpty() ? "" : " '" + data.label + "'").append(": ").append(summary(data));
        }
        return text.toString();
    }

    private String summary(Series data) {
        if (data.kind == Kind.BARS) {
            return data.x.length / 4 + " bars from " + Numbers.tick(data.x[0]) + " to " + Numbers.tick(data.x[data.x.length - 1]);
        }
        var y = data.y;
        if (y.length == 0) {
            return "no points";
        }
        long gaps = Arrays.stream(y).filter(v -> !Double.isFinite(v)).count();
        long dropped = logY ? Arrays.stream(y).filter(v -> v <= 0).count() : 0;
        return y.length + " points, y from " + Numbers.tick(y[0]) + " to " + Numbers.tick(y[y.length - 1])
                + (gaps == 0 ? "" : ", " + gaps + " NaN or infinite (gaps)")
                + (dropped == 0 ? "" : ", " + dropped + " not positive (left out)");
    }
}
