package gradus.nn.derivation.unrolled;

import gradus.nn.Shape;
import gradus.nn.op.Sliding;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The spatial axes of a window that slides, in letters; indices count from 0. Sums have their ranges, and as
 * conditions what
 * keeps a window inside.
 *
 * @param in     the input's spatial sizes
 * @param kernel the window's
 * @param out    the result's
 */
record Axes(List<Sliding> slides, List<Integer> in, List<Integer> kernel, List<Integer> out) {

    private static final List<String> SIZES = List.of("D", "H", "W");

    static Axes of(List<Sliding> slides, Shape x, Shape kernel, Shape y) {
        return new Axes(slides, spatial(x, 2), spatial(kernel, kernel.rank() - slides.size()), spatial(y, 2));
    }

    private static List<Integer> spatial(Shape shape, int from) {
        return IntStream.range(from, shape.rank()).mapToObj(shape::dim).toList();
    }

    int count() {
        return slides.size();
    }

    /** The letter of the sizes along an axis: H and W of an image. */
    String size(int axis) {
        return SIZES.get(3 - count() + axis);
    }

    /** The same letters written small: h and w. */
    List<String> places() {
        return IntStream.range(0, count()).mapToObj(axis -> size(axis).toLowerCase(Locale.ROOT)).toList();
    }

    /** The offsets in the window that belong to them: k_h and k_w. */
    List<String> offsets() {
        return places().stream().map(letter -> "k_" + letter).toList();
    }

    boolean isPadded() {
        return slides.stream().anyMatch(slide -> slide.before() > 0 || slide.after() > 0);
    }

    boolean isPlain() {
        return slides.stream().allMatch(slide -> slide.stride() == 1 && slide.dilation() == 1);
    }

    String each(IntFunction<String> perAxis) {
        return IntStream.range(0, count()).mapToObj(perAxis).collect(Collectors.joining(", "));
    }

    /** Σ over places of the result. */
    String overOut(List<String> letters) {
        return IntStream.range(0, count()).mapToObj(a -> sum(letters.get(a), out.get(a))).collect(Collectors.joining());
    }

    /** Σ, or max, over the window. */
    String overKernel(String operator, List<String> letters) {
        return IntStream.range(0, count()).mapToObj(a -> range(operator, letters.get(a), "", kernel.get(a)))
                .collect(Collectors.joining());
    }

    /** The same, but only where the window from here lies inside of the input. */
    String overInside(String operator, List<String> from, List<String> letters) {
        return IntStream.range(0, count()).mapToObj(a -> range(operator, letters.get(a), isPadded() ? ",\\; 0 \\le "
                + place(a, from.get(a), letters.get(a)) + " < " + in.get(a) : "", kernel.get(a)))
                        .collect(Collectors.joining());
    }

    /** Σ over all windows and offsets in them that meet the input at a place. */
    String overMeetings(List<String> windows, List<String> letters, List<String> offsets, List<String> place) {
        return IntStream.range(0, count()).mapToObj(a -> sum(windows.get(a), out.get(a))
                + range("\\sum", letters.get(a),
                ",\\; " + scaled(windows.get(a), slides.get(a).stride()) + " + "
                        + scaled(offsets.get(a), slides.get(a).dilation()) + " = "
                        + place.get(a) + (slides.get(a).before() == 0 ? "" : " + " + slides.get(a).before()),
                                kernel.get(a)))
                .collect(Collectors.joining());
    }

    static String sum(String letter, int size) {
        return range("\\sum", letter, "", size);
    }

    private static String range(String operator, String letter, String condition, int size) {
        return operator + "_{" + letter + "=0" + condition + "}^{" + (size - 1) + "} ";
    }

    /** Where in the input the window from here has this offset: s h + k_h − P. */
    String place(int axis, String from, String offset) {
        int before = slides.get(axis).before();
        return inPadded(axis, from, offset) + (before == 0 ? "" : " - " + before);
    }

    /** The same in the padded input. */
    String inPadded(int axis, String from, String offset) {
        return scaled(from, slides.get(axis).stride()) + " + " + scaled(offset, slides.get(axis).dilation());
    }

    private static String scaled(String letter, int factor) {
        return factor == 1 ? letter : factor + " " + letter;
    }
}
