package gradus.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;

/** Text at a place of a canvas. */
final class Text {

    private Text() {
    }

    static void left(Graphics2D canvas, Font font, Color color, String text, double x, double y) {
        canvas.setFont(font);
        canvas.setColor(color);
        canvas.drawString(text, (float) x, (float) y);
    }

    static void right(Graphics2D canvas, Font font, Color color, String text, double x, double y) {
        left(canvas, font, color, text, x - width(canvas, font, text), y);
    }

    static void centered(Graphics2D canvas, Font font, Color color, String text, double x, double y) {
        left(canvas, font, color, text, x - width(canvas, font, text) / 2, y);
    }

    /** Turned to be read from below, centred at a height. */
    static void upwards(Graphics2D canvas, Font font, Color color, String text, double x, double y) {
        var before = canvas.getTransform();
        canvas.rotate(-Math.PI / 2, x, y);
        centered(canvas, font, color, text, x, y);
        canvas.setTransform(before);
    }

    private static double width(Graphics2D canvas, Font font, String text) {
        return font.getStringBounds(text, canvas.getFontRenderContext()).getWidth();
    }
}
