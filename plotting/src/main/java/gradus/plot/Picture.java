package gradus.plot;

import gradus.nn.Tensor;
import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;

/** A matrix as a picture: one cell per element, the first row on top; with numbers in the cells if there are few. */
public final class Picture extends Figure {

    private static final int ANNOTATED = 15;
    private static final int LEFT = 54;
    private static final int TOP = 16;
    private static final int BOTTOM = 46;
    private static final int RIGHT = 84;

    private final double[][] values;
    private final double low;
    private final double high;
    private String title = "";
    private String xlabel = "";
    private String ylabel = "";
    private List<String> xnames = List.of();
    private List<String> ynames = List.of();
    private Colormap colormap = Colormap.VIRIDIS;
    private boolean annotated;

    Picture(double[][] values) {
        super(460, 400);
        this.values = values;
        var finite = Arrays.stream(values).flatMapToDouble(Arrays::stream).filter(Double::isFinite).summaryStatistics();
        this.low = finite.getCount() == 0 ? 0 : finite.getMin();
        this.high = finite.getCount() == 0 ? 1 : finite.getMax();
    }

    /** The rows of a matrix; throws {@link IllegalArgumentException} for a tensor that is none. */
    static double[][] matrix(Tensor x) {
        if (x.rank() != 2 || x.size() == 0) {
            throw new IllegalArgumentException("imshow: shape " + x.shape() + " is no matrix\nhelp: "
                    + (x.rank() == 1 ? "reshape(rows, columns) makes one; a digit is reshape(8, 8)"
                    : "choose one with rows(i).reshape(rows, columns)"));
        }
        var all = x.toDoubleArray();
        int columns = x.shape().dim(1);
        var rows = new double[x.shape().dim(0)][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(all, i * columns, (i + 1) * columns));
        return rows;
    }

    public Picture title(String text) {
        title = text;
        return this;
    }

    public Picture xlabel(String text) {
        xlabel = text;
        return this;
    }

    public Picture ylabel(String text) {
        ylabel = text;
        return this;
    }

    public Picture colors(Colormap map) {
        colormap = map;
        return this;
    }

    /** Writes the numbers into the cells, up to {@value #ANNOTATED} rows and columns. */
    public Picture annotate() {
        annotated = true;
        return this;
    }

    /** Names of the columns and of the rows, in place of their numbers. */
    public Picture names(List<String> columns, List<String> rows) {
        xnames = List.copyOf(columns);
        ynames = List.copyOf(rows);
        return this;
    }

    public Picture size(int width, int height) {
        resize(width, height);
        return this;
    }

    @Override
    void paint(Graphics2D canvas, int width, int height) {
        int rows = values.length;
        int columns = values[0].length;
        int top = TOP + (title.isEmpty() ? 0 : 22);
        double cell = Math.min((double) (width - LEFT - RIGHT) / columns, (double) (height - top - BOTTOM) / rows);
        int w = (int) Math.round(cell * columns);
        int h = (int) Math.round(cell * rows);
        int left = LEFT + (width - LEFT - RIGHT - w) / 2;
        canvas.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        canvas.drawImage(pixels(), left, top, w, h, null);
        canvas.setColor(Theme.AXIS);
        canvas.setStroke(new BasicStroke(1f));
        canvas.drawRect(left, top, w, h);
        if (annotated && rows <= ANNOTATED && columns <= ANNOTATED) {
            writeNumbers(canvas, left, top, cell);
        }
        writeAxes(canvas, left, top, w, h, cell);
        drawBar(canvas, left + w + 16, top, h);
        Text.centered(canvas, Theme.TITLE, Theme.INK, title, left + w / 2.0, top - 12);
    }

    private BufferedImage pixels() {
        var image = new BufferedImage(values[0].length, values.length, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j < values[i].length; j++) {
                image.setRGB(j, i, colormap.at(place(values[i][j])).getRGB());
            }
        }
        return image;
    }

    private double place(double value) {
        return high == low ? 0.5 : (value - low) / (high - low);
    }

    private void writeNumbers(Graphics2D canvas, int left, int top, double cell) {
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j < values[i].length; j++) {
                var color = Colormap.textOn(colormap.at(place(values[i][j])));
                Text.centered(canvas, Theme.SMALL, color, Numbers.tick(values[i][j]), left + (j + 0.5) * cell,
                        top + (i + 0.5) * cell + 4);
            }
        }
    }

    private void writeAxes(Graphics2D canvas, int left, int top, int w, int h, double cell) {
        int step = (int) Math.max(1, Math.ceil(26 / cell));
        for (int j = 0; j < values[0].length; j += step) {
            var name = xnames.isEmpty() ? Integer.toString(j) : xnames.get(j);
            Text.centered(canvas, Theme.SMALL, Theme.SOFT_INK, name, left + (j + 0.5) * cell, top + h + 16);
        }
        for (int i = 0; i < values.length; i += step) {
            var name = ynames.isEmpty() ? Integer.toString(i) : ynames.get(i);
            Text.right(canvas, Theme.SMALL, Theme.SOFT_INK, name, left - 6, top + (i + 0.5) * cell + 4);
        }
        Text.centered(canvas, Theme.TEXT, Theme.INK, xlabel, left + w / 2.0, top + h + 36);
        Text.upwards(canvas, Theme.TEXT, Theme.INK, ylabel, left - 38, top + h / 2.0);
    }

    private void drawBar(Graphics2D canvas, int left, int top, int h) {
        for (int y = 0; y < h; y++) {
            canvas.setColor(colormap.at(1 - (y + 0.5) / h));
            canvas.fillRect(left, top + y, 12, 1);
        }
        Text.left(canvas, Theme.SMALL, Theme.SOFT_INK, Numbers.tick(high), left + 17, top + 9);
        Text.left(canvas, Theme.SMALL, Theme.SOFT_INK, Numbers.tick(low), left + 17, top + h);
    }

    @Override
    String description() {
        return "picture" + (title.isEmpty() ? "" : " '" + title + "'") + ": " + values.length + " × " + values[0].length
                + " cells from " + Numbers.tick(low) + " to " + Numbers.tick(high);
    }
}
