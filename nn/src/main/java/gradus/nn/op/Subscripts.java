package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What {@link Einsum} is told, with a letter for every axis.
 *
 * @param operands the letters of each operand
 * @param result   the letters of the result
 */
record Subscripts(List<String> operands, String result) {

    private static final String DOTS = "...";
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /**
     * Reads {@code "bij,bjk->bik"} for operands of these shapes. Three dots stand for any axes, aligned at the last; without an
     * arrow the result has the letters that occur once, in alphabetical order, behind the dots.
     */
    static Subscripts of(String text, Shape... shapes) {
        var plain = text.replace(" ", "");
        int arrow = plain.indexOf("->");
        var operands = (arrow < 0 ? plain : plain.substring(0, arrow)).split(",", -1);
        if (operands.length != shapes.length) {
            throw wrong(text, "speaks of " + operands.length + " operands, but there are " + shapes.length,
                    "separate the operands' letters by commas", shapes);
        }
        var dots = dots(plain, text, operands, shapes);
        var full = IntStream.range(0, operands.length).mapToObj(i -> expanded(operands[i],
                dots.substring(dots.length() - Math.max(0, hidden(operands[i], shapes[i]))))).toList();
        for (int i = 0; i < shapes.length; i++) {
            check(text, full.get(i), shapes);
            if (full.get(i).length() != shapes[i].rank()) {
                throw wrong(text, "gives operand " + (i + 1) + " " + full.get(i).length() + " axes, but it has " + shapes[i].rank(),
                        "one letter for each axis, or three dots for several", shapes);
            }
        }
        var result = arrow >= 0 ? expanded(plain.substring(arrow + 2), dots) : dots + once(full, dots);
        check(text, result, shapes);
        if (result.chars().distinct().count() != result.length()
                || !result.chars().allMatch(letter -> String.join("", full).indexOf(letter) >= 0)) {
            throw wrong(text, "has a letter of the result that no operand has, or twice", "name each axis of the result once", shapes);
        }
        return new Subscripts(full, result);
    }

    private static String expanded(String letters, String dots) {
        int at = letters.indexOf(DOTS);
        return at < 0 ? letters : letters.substring(0, at) + dots + letters.substring(at + DOTS.length());
    }

    private static ShapeException wrong(String text, String what, String help, Shape... shapes) {
        return ShapeException.of("einsum", "do not fit: '" + text + "' " + what, help, shapes);
    }

    private static void check(String text, String letters, Shape... shapes) {
        if (!letters.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0)) {
            throw wrong(text, "has something else than letters, commas, an arrow and three dots", "such as \"bij,bjk->bik\"", shapes);
        }
    }

    /** How many axes the dots of an operand stand for. */
    private static int hidden(String operand, Shape shape) {
        return operand.contains(DOTS) ? shape.rank() - operand.length() + DOTS.length() : 0;
    }

    /** Letters for the axes behind the dots, such as are not used. */
    private static String dots(String plain, String text, String[] operands, Shape... shapes) {
        int most = IntStream.range(0, operands.length).map(i -> hidden(operands[i], shapes[i])).max().orElse(0);
        var free = ALPHABET.chars().filter(letter -> plain.indexOf(letter) < 0).limit(Math.max(0, most)).toArray();
        if (free.length < most) {
            throw wrong(text, "needs more axes than there are letters", "52 letters are there", shapes);
        }
        return new String(free, 0, free.length);
    }

    private static String once(List<String> operands, String dots) {
        var all = String.join("", operands);
        var sorted = all.toCharArray();
        Arrays.sort(sorted);
        return only(new String(sorted), letter -> dots.indexOf(letter) < 0 && all.indexOf(letter) == all.lastIndexOf(letter));
    }

    /** The letters for which something holds, in their order. */
    static String only(String letters, IntPredicate kept) {
        return letters.chars().filter(kept).mapToObj(letter -> String.valueOf((char) letter)).collect(Collectors.joining());
    }

    /** The size of each letter's axis: equal wherever it occurs, or 1, which repeats. */
    Map<Character, Integer> sizes(Shape... shapes) {
        var sizes = new TreeMap<Character, Integer>();
        for (int i = 0; i < shapes.length; i++) {
            for (int axis = 0; axis < shapes[i].rank(); axis++) {
                char letter = operands.get(i).charAt(axis);
                int size = shapes[i].dim(axis);
                int known = sizes.merge(letter, size, (a, b) -> a == 1 ? b : a);
                if (size != known && size != 1) {
                    throw ShapeException.of("einsum", "do not fit: " + letter + " has size " + known + " and " + size,
                            "axes with one letter have one size, or 1", shapes);
                }
            }
        }
        return sizes;
    }

    /** The letters in another order or number: {@code ij,jk->ik}. */
    static String text(List<String> operands, String result) {
        return String.join(",", operands) + "->" + result;
    }

    /** The letters of all operands but one. */
    List<String> without(int operand) {
        var others = new ArrayList<>(operands);
        others.remove(operand);
        return others;
    }

    /** The letters of a word, each once, in order. */
    static String distinct(String letters) {
        return Arrays.stream(letters.split("")).distinct().collect(Collectors.joining());
    }
}
