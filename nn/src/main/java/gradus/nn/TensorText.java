package gradus.nn;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** A tensor as text, as NumPy prints it: aligned columns, the middle of long axes left out, shape and type behind. */
final class TensorText {

    private static final int EDGE = 4;
    private static final int WHOLE = 10;

    private TensorText() {
    }

    static String of(Tensor x) {
        var description = x.dtype() + " " + x.shape();
        if (x.rank() == 0) {
            return number(x.item(), format(new double[] {x.item()})).strip() + "  " + description;
        }
        if (x.size() == 0) {
            return "[]  " + description;
        }
        var text = new StringBuilder();
        append(text, x, format(corner(x)), new int[0], 0);
        return text + "  " + description;
    }

    /** The numbers that will be printed, roughly: enough to choose a format for all. */
    private static double[] corner(Tensor x) {
        return Arrays.copyOf(x.toDoubleArray(), Math.min(x.size(), 10_000));
    }

    private static String format(double[] values) {
        var finite = DoubleStream.of(values).filter(Double::isFinite).map(Math::abs).toArray();
        double largest = Arrays.stream(finite).max().orElse(0);
        double smallest = Arrays.stream(finite).filter(v -> v > 0).min().orElse(0);
        boolean whole = Arrays.stream(finite).allMatch(v -> v == Math.rint(v)) && largest < 1e6;
        if (whole) {
            return "%" + (Long.toString((long) largest).length() + 1) + ".0f";
        }
        return largest >= 1e5 || (largest < 1e-3 && smallest > 0) ? "%11.4e"
                : "%" + (Long.toString((long) largest).length() + 6) + ".4f";
    }

    private static String number(double value, String format) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : " " + value;
    }

    private static void append(StringBuilder text, Tensor x, String format, int[] index, int indent) {
        int axis = index.length;
        int n = x.shape().dim(axis);
        boolean last = axis == x.rank() - 1;
        text.append('[');
        for (int i = 0; i < n; i++) {
            if (n > WHOLE && i == EDGE) {
                text.append(last ? "  …" : "\n" + " ".repeat(indent + 1) + "…");
                i = n - EDGE;
            }
            var inner = Arrays.copyOf(index, axis + 1);
            inner[axis] = i;
            if (last) {
                text.append(i == 0 ? "" : " ").append(number(x.at(inner), format));
            } else {
                text.append(i == 0 ? "" : "\n" + " ".repeat(indent + 1));
                append(text, x, format, inner, indent + 1);
            }
        }
        text.append(']');
    }
}
