package gradus.plot;

import gradus.kernel.api.Displayable;
import gradus.kernel.api.MimeBundle;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * Something drawn. As the last expression of a cell it shows itself: a PNG of twice the resolution of its size in CSS
 * pixels, sharp on dense screens, with a description in words beside it.
 */
public abstract class Figure implements Displayable {

    private static final int SCALE = 2;

    private int width;
    private int height;

    Figure(int width, int height) {
        this.width = width;
        this.height = height;
    }

    /** Draws on a canvas of this many CSS pixels. */
    abstract void paint(Graphics2D canvas, int canvasWidth, int canvasHeight);

    /** What the figure shows, in words: for consoles and screen readers. */
    abstract String description();

    /** Another size, in CSS pixels; throws {@link IllegalArgumentException} outside 50 to 4000. */
    void resize(int newWidth, int newHeight) {
        if (Math.min(newWidth, newHeight) < 50 || Math.max(newWidth, newHeight) > 4000) {
            throw new IllegalArgumentException("a figure of " + newWidth + " × " + newHeight
                    + " pixels\nhelp: each side from 50 to 4000; 640 × 400 is usual");
        }
        width = newWidth;
        height = newHeight;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** The figure as pixels, at twice its size. */
    public BufferedImage image() {
        var image = new BufferedImage(SCALE * width, SCALE * height, BufferedImage.TYPE_INT_RGB);
        var canvas = image.createGraphics();
        try {
            canvas.setColor(Color.WHITE);
            canvas.fillRect(0, 0, image.getWidth(), image.getHeight());
            canvas.scale(SCALE, SCALE);
            canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            canvas.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            canvas.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            canvas.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
            paint(canvas, width, height);
        } finally {
            canvas.dispose();
        }
        return image;
    }

    byte[] png() {
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.setUseCache(false);
            ImageIO.write(image(), "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public MimeBundle render() {
        return MimeBundle.text(description()).withPng(png(), width, height);
    }

    /** Writes the figure to a PNG file and returns where. */
    public Path save(String file) {
        var path = Path.of(file).toAbsolutePath();
        if (!file.endsWith(".png")) {
            throw new IllegalArgumentException("save: " + file + " does not end in .png\nhelp: figures are saved as PNG");
        }
        try {
            return Files.write(path, png());
        } catch (IOException e) {
            throw new IllegalArgumentException("save: cannot write " + path + " (" + e.getMessage() + ")", e);
        }
    }

    @Override
    public String toString() {
        return description();
    }
}
