package gradus.plot;

import java.awt.Color;

/** Numbers from 0 to 1 as colours. */
public enum Colormap {

    /** Dark violet to yellow, equal steps in equal perception (van der Walt and Smith, CC0). */
    VIRIDIS(0x440154, 0x482475, 0x414487, 0x355F8D, 0x2A788E, 0x21918C, 0x22A884, 0x44BF70, 0x7AD151, 0xBDDF26, 0xFDE725),
    /** Black to white. */
    GRAY(0x000000, 0xFFFFFF),
    /** White to black: ink on paper. */
    INK(0xFFFFFF, 0x000000),
    /** White to dark blue: counts, where nothing is white. */
    BLUES(0xFFFFFF, 0xD6E6F4, 0xABD0E6, 0x6AAED6, 0x3787C0, 0x105BA4, 0x08306B);

    private final int[] anchors;

    Colormap(int... anchors) {
        this.anchors = anchors;
    }

    /** The colour at a place from 0 to 1; beyond, that of the nearer end; for NaN a light grey. */
    public Color at(double place) {
        if (Double.isNaN(place)) {
            return Theme.GRID;
        }
        double position = Math.clamp(place, 0, 1) * (anchors.length - 1);
        int low = (int) Math.min(Math.floor(position), anchors.length - 2);
        double share = position - low;
        var a = new Color(anchors[low]);
        var b = new Color(anchors[low + 1]);
        return new Color(mix(a.getRed(), b.getRed(), share), mix(a.getGreen(), b.getGreen(), share),
                mix(a.getBlue(), b.getBlue(), share));
    }

    private static int mix(int a, int b, double share) {
        return (int) Math.round(a + (b - a) * share);
    }

    /** Black or white, whichever can be read on this colour (relative luminance as in WCAG, without the gamma). */
    static Color textOn(Color background) {
        double luminance = (0.2126 * background.getRed() + 0.7152 * background.getGreen() + 0.0722 * background.getBlue()) / 255;
        return luminance > 0.55 ? Theme.INK : Color.WHITE;
    }
}
