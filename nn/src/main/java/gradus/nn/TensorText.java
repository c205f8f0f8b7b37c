package gradus.nn;

import gradus.nn.backend.Backend;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A tensor as text, character for character as NumPy prints it with four digits and lines of 100 characters: aligned
 * columns, three elements from either end of each axis when there are more than 1000, exponents when the numbers differ
 * widely in size. Type and shape stand behind.
 */
final class TensorText {

    private static final int DIGITS = 4;
    private static final int WIDTH = 100;
    private static final int THRESHOLD = 1000;
    private static final int EDGE = 3;

    private final Tensor shown;      // what of the tensor is to be seen, on the CPU
    private final boolean[] cut;     // of which axes only both ends are
    private final DoubleFunction<String> number;

    private TensorText(Tensor x) {
        cut = new boolean[x.rank()];
        for (int axis = 0; axis < cut.length && x.size() > THRESHOLD; axis++) {
            cut[axis] = x.shape().dim(axis) > 2 * EDGE;
        }
        shown = Backend.on(Backend.cpu(), () -> ends(x.detach()));
        number = format(shown.toDoubleArray(), x.dtype());
    }

    static String of(Tensor x) {
        var text = new TensorText(x);
        var numbers = x.rank() == 0 ? alone(text.shown.item(), x.dtype()) : x.size() == 0 ? "[]" : text.nested(new int[0], WIDTH);
        return numbers + "  " + x.dtype() + " " + x.shape();
    }

    private Tensor ends(Tensor x) {
        for (int axis = 0; axis < cut.length; axis++) {
            if (cut[axis]) {
                int n = x.shape().dim(axis);
                x = Tensor.concat(axis, x.slice(axis, 0, EDGE), x.slice(axis, n - EDGE, n));
            }
        }
        return x;
    }

    /** The part of the tensor below this index, in brackets. */
    private String nested(int[] index, int width) {
        int axis = index.length;
        boolean last = axis == shown.rank() - 1;
        var parts = IntStream.range(0, shown.shape().dim(axis)).mapToObj(i -> {
            var inner = Arrays.copyOf(index, axis + 1);
            inner[axis] = i;
            return last ? number.apply(shown.at(inner)) : nested(inner, width - 1);
        }).collect(Collectors.toList());
        if (cut[axis]) {
            parts.add(EDGE, "...");
        }
        var indent = " ".repeat(axis + 1);
        return "[" + (last ? wrapped(parts, indent, width) : String.join("\n".repeat(shown.rank() - 1 - axis) + indent, parts)) + "]";
    }

    /** The numbers of a row, on as many lines as they need. */
    private static String wrapped(List<String> numbers, String indent, int width) {
        var lines = new StringBuilder();
        var line = new StringBuilder();
        for (var number : numbers) {
            if (!line.isEmpty() && indent.length() + line.length() + 1 + number.length() > width - 1) {
                lines.append(line.toString().stripTrailing()).append('\n').append(indent);
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(number);
        }
        return lines.append(line).toString();
    }

    // ---- numbers ----

    /** A single number, in all the digits that tell it from its neighbours. */
    private static String alone(double value, DType dtype) {
        double size = Math.abs(value);
        if (dtype == DType.INT32 || !Double.isFinite(value)) {
            return dtype == DType.INT32 ? Integer.toString((int) value) : name(value);
        }
        if (size != 0 && (size < 1e-4 || size >= (dtype == DType.FLOAT32 ? 1e6 : 1e16))) {
            var digits = shortest(size, dtype).stripTrailingZeros();
            var unscaled = digits.unscaledValue().toString();
            int exponent = digits.precision() - digits.scale() - 1;
            return sign(value) + unscaled.charAt(0) + (unscaled.length() > 1 ? "." + unscaled.substring(1) : "")
                    + String.format("e%+03d", exponent);
        }
        var plain = plain(shortest(size, dtype).stripTrailingZeros());
        return sign(value) + plain + (plain.endsWith(".") ? "0" : "");
    }

    /** How all of these are written so that they align. */
    private static DoubleFunction<String> format(double[] values, DType dtype) {
        if (dtype == DType.INT32) {
            int width = DoubleStream.of(values).mapToInt(value -> Integer.toString((int) value).length()).max().orElse(0);
            return value -> padded(Integer.toString((int) value), width);
        }
        var finite = DoubleStream.of(values).filter(Double::isFinite).toArray();
        var sizes = DoubleStream.of(finite).map(Math::abs).filter(size -> size > 0).summaryStatistics();
        boolean single = dtype == DType.FLOAT32;
        boolean exponents = sizes.getCount() > 0 && (sizes.getMax() >= (single ? 1e6 : 1e8)
                || sizes.getMin() < (single ? 1e-4f : 1e-4) || sizes.getMax() / sizes.getMin() > 1000);
        return exponents ? scientific(values, finite, dtype) : positional(values, finite, dtype);
    }

    private static DoubleFunction<String> positional(double[] values, double[] finite, DType dtype) {
        int right = DoubleStream.of(finite).mapToInt(value -> Math.max(0, rounded(value, dtype).scale())).max().orElse(0);
        int left = DoubleStream.of(finite).mapToInt(value -> point(value, dtype)).max().orElse(0);
        int width = wide(values, left + 1 + right);
        return value -> {
            if (!Double.isFinite(value)) {
                return padded(name(value), width);
            }
            int decimals = Math.max(0, rounded(value, dtype).scale());
            return " ".repeat(width - right - 1 - point(value, dtype)) + sign(value)
                    + plain(rounded(value, dtype).abs()) + " ".repeat(right - decimals);
        };
    }

    /** How many characters stand before the point. */
    private static int point(double value, DType dtype) {
        return (sign(value) + plain(rounded(value, dtype).abs())).indexOf('.');
    }

    /** With a point, even when nothing follows it. */
    private static String plain(BigDecimal number) {
        var digits = number.scale() < 0 ? number.setScale(0).toPlainString() : number.toPlainString();
        return digits.indexOf('.') < 0 ? digits + "." : digits;
    }

    private static String sign(double value) {
        return value < 0 || 1 / value < 0 ? "-" : "";
    }

    /** As few digits as tell the number from its neighbours, but at most four behind the point. */
    private static BigDecimal rounded(double value, DType dtype) {
        var shortest = shortest(value, dtype);
        var rounded = shortest.scale() <= DIGITS ? shortest : new BigDecimal(value).setScale(DIGITS, RoundingMode.HALF_EVEN);
        return rounded.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
    }

    private static BigDecimal shortest(double value, DType dtype) {
        return new BigDecimal(dtype == DType.FLOAT32 ? Float.toString((float) value) : Double.toString(value));
    }

    private static DoubleFunction<String> scientific(double[] values, double[] finite, DType dtype) {
        int digits = DoubleStream.of(finite).mapToInt(value -> mantissa(value, dtype).precision() - 1).max().orElse(0);
        boolean negative = DoubleStream.of(finite).anyMatch(value -> !sign(value).isEmpty());
        int exponents = DoubleStream.of(finite).mapToInt(value -> exponent(value, dtype).length()).max().orElse(0);
        int width = wide(values, (negative ? 1 : 0) + 2 + digits + 1 + exponents);
        return value -> {
            if (!Double.isFinite(value)) {
                return padded(name(value), width);
            }
            var number = mantissa(value, dtype);
            var unscaled = number.unscaledValue().abs().toString();
            var text = unscaled + "0".repeat(Math.max(0, digits + 1 - unscaled.length()));
            var exponent = exponent(value, dtype);
            return padded(sign(value) + text.charAt(0) + "." + text.substring(1) + "e" + exponent.charAt(0)
                    + "0".repeat(exponents - exponent.length()) + exponent.substring(1), width);
        };
    }

    /** As few digits as tell the number from its neighbours, but at most four behind the first. */
    private static BigDecimal mantissa(double value, DType dtype) {
        if (value == 0) {
            return BigDecimal.ZERO;
        }
        var shortest = shortest(value, dtype).stripTrailingZeros();
        return shortest.precision() <= DIGITS + 1 ? shortest
                : new BigDecimal(value).round(new MathContext(DIGITS + 1, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    }

    /** Sign and at least two digits. */
    private static String exponent(double value, DType dtype) {
        var number = mantissa(value, dtype);
        int exponent = value == 0 ? 0 : number.precision() - number.scale() - 1;
        return (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    private static String name(double value) {
        return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    }

    /** The width of a column that also has room for what is no number. */
    private static int wide(double[] values, int width) {
        return DoubleStream.of(values).filter(value -> !Double.isFinite(value)).mapToInt(value -> name(value).length())
                .reduce(width, Math::max);
    }

    private static String padded(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }
}
