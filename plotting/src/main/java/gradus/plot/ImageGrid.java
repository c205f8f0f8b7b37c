package gradus.plot;

import gradus.nn.Tensor;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/** Many small pictures side by side, perhaps with a word above each. */
public final class ImageGrid extends Figure {

    private static final int GAP = 10;
    private static final int TITLE = 18;

    private final Tensor pictures;   // [n, rows, columns]
    private final double low;
    private final double high;
    private List<String> titles = List.of();
    private Color titleColor = Theme.INK;
    private int columns;
    private int cell = 56;
    private Colormap colormap = Colormap.INK;

    ImageGrid(Tensor pictures) {
        super(640, 400);
        this.pictures = pictures;
        this.low = pictures.neg().max().item() * -1;
        this.high = pictures.max().item();
        this.columns = Math.min(10, pictures.shape().dim(0));
        fitSize();
    }

    /** Pictures [n, rows, columns], or square ones [n, rows · columns]. */
    static Tensor pictures(Tensor x) {
        int side = x.rank() == 2 ? (int) Math.round(Math.sqrt(x.shape().dim(1))) : 0;
        if (x.size() == 0 || x.rank() < 2 || x.rank() > 3 || (x.rank() == 2 && side * side != x.shape().dim(1))) {
            throw new IllegalArgumentException("images: shape " + x.shape() + " is no list of pictures"
                    + "\nhelp: give [n, rows, columns], or [n, side · side] for square ones");
        }
        return x.rank() == 3 ? x : x.reshape(x.shape().dim(0), side, side);
    }

    private void fitSize() {
        int n = pictures.shape().dim(0);
        int rows = (n + columns - 1) / columns;
        int h = cell * pictures.shape().dim(1) / pictures.shape().dim(2) + (titles.isEmpty() ? 0 : TITLE);
        resize(Math.max(50, GAP + columns * (cell + GAP)), Math.max(50, GAP + rows * (h + GAP)));
    }

    /** A word above each picture. */
    public ImageGrid titles(List<String> words) {
        if (words.size() != pictures.shape().dim(0)) {
            throw new IllegalArgumentException("images: " + words.size() + " titles for " + pictures.shape().dim(0)
                    + " pictures\nhelp: give one title per picture");
        }
        titles = List.copyOf(words);
        fitSize();
        return this;
    }

    public ImageGrid titleColor(Color color) {
        titleColor = color;
        return this;
    }

    /** How many pictures stand side by side. */
    public ImageGrid columns(int count) {
        columns = Math.max(1, count);
        fitSize();
        return this;
    }

    /** How wide each picture is, in CSS pixels. */
    public ImageGrid cell(int width) {
        cell = width;
        fitSize();
        return this;
    }

    public ImageGrid colors(Colormap map) {
        colormap = map;
        return this;
    }

    @Override
    void paint(Graphics2D canvas, int width, int height) {
        canvas.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        canvas.setStroke(new BasicStroke(1f));
        int rows = pictures.shape().dim(1);
        int cols = pictures.shape().dim(2);
        int h = cell * rows / cols;
        int above = titles.isEmpty() ? 0 : TITLE;
        var values = pictures.toDoubleArray();
        for (int n = 0; n < pictures.shape().dim(0); n++) {
            int x = GAP + n % columns * (cell + GAP);
            int y = GAP + n / columns * (h + above + GAP) + above;
            var image = new BufferedImage(cols, rows, BufferedImage.TYPE_INT_RGB);
            for (int i = 0; i < rows * cols; i++) {
                double place = high == low ? 0.5 : (values[n * rows * cols + i] - low) / (high - low);
                image.setRGB(i % cols, i / cols, colormap.at(place).getRGB());
            }
            canvas.drawImage(image, x, y, cell, h, null);
            canvas.setColor(Theme.GRID);
            canvas.drawRect(x, y, cell, h);
            if (!titles.isEmpty()) {
                Text.centered(canvas, Theme.SMALL, titleColor, titles.get(n), x + cell / 2.0, y - 5);
            }
        }
    }

    @Override
    String description() {
        return pictures.shape().dim(0) + " pictures of " + pictures.shape().dim(1) + " × " + pictures.shape().dim(2)
                + " pixels" + (titles.isEmpty() ? "" : ": " + String.join(", ", titles));
    }
}
