package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.tex.Tex;
import java.util.Arrays;
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
    private static final int LISTED = 4;   // of a maximum over so many elements each is written

    /** Σ x[i, c, s k + d p] w[j, c, p], x padded with zeros. */
    Tex conv(Tex x, Tex w, int groups) {
        var channel = groups == 1 ? "c" : "c + " + inGroup(w.shape().dim(1), "j", w.shape().dim(0) / groups);
        return sum("c, " + letters(OFFSET), padded(x).entry("i, " + channel + ", " + all(a -> place(a, OUT, OFFSET)))
                .times(w.entry("j, c, " + letters(OFFSET))));
    }

    /**
     * Σ δ[i, o, p] w[o, j, u] over all o, p, u with s p + d u = k + padding: where the window put k. If it moves one by
     * one that is the convolution Σ δ[i, o, k − u] w[o, j, u], with as many zeros around δ as the kernel sticks out.
     */
    Tex inputGradient(Tex d, Tex w, int groups) {
        int channels = w.shape().dim(1);
        var channel = groups == 1 ? "j" : "\\operatorname{mod}\\left(j, " + channels + "\\right)";
        var together = groups == 1 ? "" : ",\\; " + floor("o", w.shape().dim(0) / groups) + " = " + floor("j", channels);
        var weight = w.entry("o, " + channel + ", " + letters(SECOND));
        var around = IntStream.range(0, slides.size()).mapToObj(a -> {
            var slide = slides.get(a);
            int last = w.shape().dim(a + 2) - 1;
            return new Sliding(1, Math.max(0, last - slide.before()), Math.max(0, last - slide.after()), 1);
        }).toList();
        boolean plain = IntStream.range(0, slides.size()).allMatch(a -> {
            var slide = slides.get(a);
            return slide.stride() == 1 && slide.dilation() == 1
                    && w.shape().dim(a + 2) > Math.max(slide.before(), slide.after());
        });
        return plain ? sum("o, " + letters(SECOND) + together, new WindowTex(around).padded(d).entry("i, o, " + all(a ->
                        OUT.charAt(a) + " + " + (w.shape().dim(a + 2) - 1) + " - " + SECOND.charAt(a))).times(weight))
                : sum("o, " + letters(OFFSET) + ", " + letters(SECOND) + together + ",\\; " + meetings(),
                        d.entry("i, o, " + letters(OFFSET)).times(weight));
    }

    /** Σ δ[b, i, p] x[b, j, s p + d k], x padded with zeros. */
    Tex weightGradient(Tex x, Tex d, int groups) {
        var channel = groups == 1 ? "j"
                : "j + " + inGroup(x.shape().dim(1) / groups, "i", d.shape().dim(1) / groups);
        return sum("b, " + letters(OFFSET), d.entry("b, i, " + letters(OFFSET))
                .times(padded(x).entry("b, " + channel + ", " + all(a -> place(a, OFFSET, OUT)))));
    }

    /** Σ δ[i, j, k] over examples and places: what a channel's bias gets. */
    Tex overPlaces(Tex d) {
        return sum("i, " + letters(OUT), d.entry("i, j, " + letters(OUT)));
    }

    /** Σ x[i, j, s k + d p] over the offsets p of a window of this size. */
    Tex windowSum(Tex x, Shape kernel) {
        return over(OFFSET, kernel, padded(x).entry("i, j, " + all(a -> place(a, OUT, OFFSET))));
    }

    /** Σ δ[i, j, p] over all windows p that hold k. */
    Tex windowSpread(Tex d, Shape kernel) {
        return over(SECOND, kernel, sum(letters(OFFSET) + ",\\; " + meetings(), d.entry("i, j, " + letters(OFFSET))));
    }

    /**
     * max of x[i, j, s k + d p − padding] over the offsets p that stay inside; of a few elements each is written,
     * unless k stands alone in one: its range would be that of x.
     */
    Tex windowMax(Tex x, Shape kernel) {
        if (kernel.size() > LISTED || isPadded() || slides.stream().anyMatch(slide -> slide.stride() == 1)) {
            return over("\\max", x, kernel, _ -> "", x.entry("i, j, " + all(this::inside)));
        }
        var elements = IntStream.range(0, kernel.size()).mapToObj(k -> x.entry("i, j, " + all(a -> {
            int offset = k / Arrays.stream(kernel.dims()).skip(a + 1).reduce(1, (m, n) -> m * n) % kernel.dim(a);
            var from = times(slides.get(a).stride(), OUT.charAt(a));
            return offset == 0 ? from : from + " + " + offset * slides.get(a).dilation();
        })));
        return Tex.call("\\max", elements.reduce(Tex::and).orElseThrow());
    }

    /** The first place of a window, counted row by row in the whole input, that has this value y[i, j, k]. */
    Tex firstEqual(Tex x, Tex y, Shape kernel) {
        var strides = new Shape(Arrays.copyOfRange(x.shape().dims(), 2, x.shape().rank())).strides();
        var place = IntStream.range(0, slides.size()).mapToObj(a -> strides[a] == 1 ? inside(a)
                : strides[a] + " \\left(" + inside(a) + "\\right)").collect(Collectors.joining(" + "));
        var equal = ",\\; " + x.entry("i, j, " + all(this::inside)) + " = " + y.entry("i, j, " + letters(OUT));
        return over("\\min", x, kernel, a -> a == kernel.rank() - 1 ? equal : "",
                new Tex("\\left(" + place + "\\right)", Tex.Binding.ATOM));
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

    /** An operator over all offsets of a window that stay inside, on each axis under a further condition. */
    private Tex over(String operator, Tex x, Shape kernel, IntFunction<String> condition, Tex term) {
        var all = term;
        for (int a = kernel.rank() - 1; a >= 0; a--) {
            all = all.total(operator + "_{" + OFFSET.charAt(a) + "=0" + (isPadded() ? ",\\; 0 \\le " + inside(a) + " < "
                    + x.shape().dim(a + 2) : "") + condition.apply(a) + "}^{" + (kernel.dim(a) - 1) + "}");
        }
        return all;
    }

    /** Where an offset lies in the input: s k + d p − padding. */
    private String inside(int axis) {
        int before = slides.get(axis).before();
        return place(axis, OUT, OFFSET) + (before == 0 ? "" : " - " + before);
    }

    private boolean isPadded() {
        return slides.stream().anyMatch(slide -> slide.before() > 0 || slide.after() > 0);
    }

    private Tex padded(Tex x) {
        return !isPadded() ? x
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
