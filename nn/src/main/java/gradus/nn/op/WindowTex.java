package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.tex.Tex;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Convolution, windows and their transposes as sums over indices counted from 0. The result's indices are i, j, k, l, n;
 * the window's offsets p, q, r; those of its transposes u, v, w.
 */
record WindowTex(List<Sliding> slides) {

    private static final String OUT = "kln";
    private static final String OFFSET = "pqr";
    private static final String SECOND = "uvw";

    /** Σ w[j, c, p] x[i, c, s k + d p], x padded with zeros. */
    Tex conv(Tex x, Tex w, int groups) {
        var channel = groups == 1 ? "c" : "c + " + inGroup(w.shape().dim(1), "j", w.shape().dim(0) / groups);
        return sum("c, " + letters(OFFSET), w.entry("j, c, " + letters(OFFSET))
                .times(padded(x).entry("i, " + channel + ", " + all(a -> place(a, OUT, OFFSET)))));
    }

    /** Σ w[o, j, u] δ[i, o, p] over all o, p, u with s p + d u = k + padding: where the window put k. */
    Tex inputGradient(Tex d, Tex w, int groups) {
        int channels = w.shape().dim(1);
        var channel = groups == 1 ? "j" : "\\operatorname{mod}\\left(j, " + channels + "\\right)";
        var together = groups == 1 ? "" : ",\\; " + floor("o", w.shape().dim(0) / groups) + " = " + floor("j", channels);
        return sum("o, " + letters(OFFSET) + ", " + letters(SECOND) + together + ",\\; " + meetings(),
                w.entry("o, " + channel + ", " + letters(SECOND)).times(d.entry("i, o, " + letters(OFFSET))));
    }

    /** Σ δ[b, i, p] x[b, j, s p + d k], x padded with zeros. */
    Tex weightGradient(Tex x, Tex d, int groups) {
        var channel = groups == 1 ? "j"
                : "j + " + inGroup(x.shape().dim(1) / groups, "i", d.shape().dim(1) / groups);
        return sum("b, " + letters(OFFSET), d.entry("b, i, " + letters(OFFSET))
                .times(padded(x).entry("b, " + channel + ", " + all(a -> place(a, OFFSET, OUT)))));
    }

    /** Σ x[i, j, s k + d p] over the offsets p of a window of this size. */
    Tex windowSum(Tex x, Shape kernel) {
        return over(OFFSET, kernel, padded(x).entry("i, j, " + all(a -> place(a, OUT, OFFSET))));
    }

    /** Σ δ[i, j, p] over all windows p that hold k. */
    Tex windowSpread(Tex d, Shape kernel) {
        return over(SECOND, kernel, sum(letters(OFFSET) + ",\\; " + meetings(), d.entry("i, j, " + letters(OFFSET))));
    }

    private static Tex sum(String below, Tex term) {
        return term.total("\\sum_{" + below + "}");
    }

    private Tex over(String letters, Shape kernel, Tex term) {
        var sum = term;
        for (int a = kernel.rank() - 1; a >= 0; a--) {
            sum = sum.total("\\sum_{" + letters.charAt(a) + "=0}^{" + (kernel.dim(a) - 1) + "}");
        }
        return sum;
    }

    private Tex padded(Tex x) {
        return slides.stream().allMatch(slide -> slide.before() == 0 && slide.after() == 0) ? x
                : Tex.call("\\operatorname{pad}_{" + all(a -> slides.get(a).before() + ", " + slides.get(a).after()) + "}", x);
    }

    private String all(IntFunction<String> perAxis) {
        return IntStream.range(0, slides.size()).mapToObj(perAxis).collect(Collectors.joining(", "));
    }

    private String letters(String letters) {
        return all(a -> letters.substring(a, a + 1));
    }

    /** Where the element with this offset in a window lies: s k + d p. */
    private String place(int axis, String window, String offset) {
        return times(slides.get(axis).stride(), window.charAt(axis)) + " + "
                + times(slides.get(axis).dilation(), offset.charAt(axis));
    }

    private String meetings() {
        return all(a -> place(a, OFFSET, SECOND) + " = " + OUT.charAt(a)
                + (slides.get(a).before() == 0 ? "" : " + " + slides.get(a).before())).replace(", ", ",\\; ");
    }

    private static String times(int factor, char letter) {
        return factor == 1 ? String.valueOf(letter) : factor + " " + letter;
    }

    private static String inGroup(int channels, String filter, int filters) {
        return (channels == 1 ? "" : channels + " ") + floor(filter, filters);
    }

    private static String floor(String letter, int by) {
        return by == 1 ? letter : "\\left\\lfloor " + letter + " / " + by + " \\right\\rfloor";
    }
}
