package gradus.plot;

import gradus.nn.Tensor;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.IntStream;

/** What may be plotted, as numbers, and numbers as labels. */
final class Numbers {

    private Numbers() {
    }

    /** The numbers in an array, a tensor or a collection; throws {@link IllegalArgumentException} for anything else. */
    static double[] of(Object data) {
        return switch (data) {
            case double[] a -> a.clone();
            case float[] a -> IntStream.range(0, a.length).mapToDouble(i -> a[i]).toArray();
            case int[] a -> Arrays.stream(a).asDoubleStream().toArray();
            case long[] a -> Arrays.stream(a).asDoubleStream().toArray();
            case Tensor t -> t.toDoubleArray();
            case Collection<?> c when c.stream().allMatch(Number.class::isInstance) ->
                    c.stream().mapToDouble(n -> ((Number) n).doubleValue()).toArray();
            case null -> throw new IllegalArgumentException("plot: the data are null");
            default -> throw new IllegalArgumentException("plot: cannot plot a " + data.getClass().getSimpleName()
                    + "\nhelp: give an array of numbers, a Tensor, or a List of numbers");
        };
    }

    static double[] upTo(int n) {
        return IntStream.range(0, n).asDoubleStream().toArray();
    }

    /** A power of ten as a label: {@code 1e-3}; empty for what is none. */
    static String power(double value) {
        double exponent = Math.log10(value);
        return Math.abs(exponent - Math.rint(exponent)) > 1e-6 ? "" : Math.abs(exponent) < 2.5 ? tick(value)
                : "1e" + Math.round(exponent);
    }

    /** A number in as few digits as tell it: {@code 0.25}, {@code 12,000}, {@code 3e-5}. */
    static String tick(double value) {
        double size = Math.abs(value);
        if (size != 0 && (size < 1e-4 || size >= 1e7)) {
            return String.format(Locale.ROOT, "%.2e", value).replaceAll("\\.?0+e", "e")
                    .replaceAll("e\\+?(-?)0*(\\d)", "e$1$2");
        }
        if (value == Math.rint(value)) {
            return String.format(Locale.ROOT, size >= 1e4 ? "%,.0f" : "%.0f", value);
        }
        return String.format(Locale.ROOT, size < 0.1 ? "%.5f" : "%.4f", value).replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
