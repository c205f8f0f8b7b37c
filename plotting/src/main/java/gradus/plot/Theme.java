package gradus.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How our figures look: white, quiet axes on the left and below, a light solid grid, and the data in strong colours. */
final class Theme {

    /** Okabe and Ito's colours, told apart by all kinds of colour vision; the yellow, faint on white, comes last. */
    static final Color[] SERIES = {new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73), new Color(0xCC79A7),
        new Color(0xE69F00), new Color(0x56B4E9), new Color(0x3B3B3B), new Color(0xC9B800)};

    static final Color INK = new Color(0x262626);
    static final Color SOFT_INK = new Color(0x595959);
    static final Color GRID = new Color(0xECECEC);
    static final Color AXIS = new Color(0xB0B0B0);
    static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    static final Font SMALL = TEXT.deriveFont(11f);
    static final Font TITLE = TEXT.deriveFont(Font.BOLD, 13.5f);
    static final BasicStroke LINE = new BasicStroke(1.9f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);

    private Theme() {
    }

    static Color series(int index) {
        return SERIES[index % SERIES.length];
    }

    static void style(XYChart chart, boolean legend) {
        var style = chart.getStyler();
        style.setChartBackgroundColor(Color.WHITE).setPlotBackgroundColor(Color.WHITE);
        style.setChartPadding(12).setChartFontColor(INK);
        style.setChartTitleFont(TITLE).setChartTitleBoxVisible(false).setChartTitlePadding(8);
        style.setPlotBorderVisible(false).setPlotContentSize(0.955);
        style.setPlotGridLinesColor(GRID).setPlotGridLinesStroke(new BasicStroke(1f)).setPlotTicksMarksVisible(false);
        style.setPlotMargin(4).setAxisTicksLineVisible(true).setAxisTicksMarksVisible(true).setAxisTickMarkLength(4);
        style.setAxisTickMarksColor(AXIS).setAxisTickMarksStroke(new BasicStroke(1f));
        style.setAxisTickLabelsFont(SMALL).setAxisTickLabelsColor(SOFT_INK).setAxisTickPadding(5);
        style.setAxisTitleFont(TEXT).setAxisTitlePadding(6);
        style.setXAxisTickMarkSpacingHint(90).setYAxisTickMarkSpacingHint(48);
        style.setXAxisTitleColor(INK).setYAxisTitleColor(INK);
        style.setSeriesColors(SERIES).setMarkerSize(6).setAntiAlias(true).setTextAntiAlias(true);
        style.setSeriesMarkers(new Marker[] {SeriesMarkers.CIRCLE});
        style.setLegendVisible(legend).setLegendLayout(LegendLayout.Vertical);
        style.setLegendFont(SMALL).setLegendBorderColor(new Color(0, 0, 0, 0));
        style.setLegendBackgroundColor(new Color(255, 255, 255, 225)).setLegendPadding(7).setLegendSeriesLineLength(20);
    }
}
