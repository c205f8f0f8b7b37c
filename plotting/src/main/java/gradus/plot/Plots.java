package gradus.plot;

import gradus.nn.Tensor;
import gradus.nn.derivation.Typesetting;
import gradus.nn.grad.GradCheck;
import gradus.nn.train.History;
import java.awt.Color;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The words for drawing, by {@code import static gradus.plot.Plots.*}. Data are arrays of numbers, tensors, or lists of
 * numbers; every method returns a figure that shows itself as a cell's last expression.
 */
public final class Plots {

    private Plots() {
    }

    /** A line through these values, over 0, 1, 2 … */
    public static Chart plot(Object y) {
        return new Chart().plot(y);
    }

    /** A line through these points. */
    public static Chart plot(Object x, Object y) {
        return new Chart().plot(x, y);
    }

    /** The graph of a function. */
    public static Chart plot(double from, double to, DoubleUnaryOperator f) {
        var x = IntStream.rangeClosed(0, 400).mapToDouble(i -> from + (to - from) * i / 400).toArray();
        return plot(x, Arrays.stream(x).map(f).toArray());
    }

    /** How a training went: its losses over the epochs, and the accuracies in the title. */
    public static Chart plot(History history) {
        int n = history.epochs().size();
        var epochs = IntStream.rangeClosed(1, n).toArray();
        var chart = new Chart().xlabel("epoch").ylabel("loss").plot(epochs, history.losses()).label("training");
        if (n > 0 && history.last().validationLoss().isPresent()) {
            chart.plot(epochs, history.validationLosses()).label("validation");
        }
        return chart.title(n == 0 ? "" : title(history)).xlim(1, Math.max(2, history.planned()));
    }

    private static String title(History history) {
        var last = history.last();
        return "epoch " + last.number() + " of " + history.planned() + String.format(Locale.ROOT, "   %.1f s", history.seconds())
                + percent("   accuracy ", last.accuracy()) + percent(" · validation ", last.validationAccuracy());
    }

    private static String percent(String what, OptionalDouble fraction) {
        return fraction.isPresent() ? String.format(Locale.ROOT, "%s%.1f %%", what, 100 * fraction.getAsDouble()) : "";
    }

    /**
     * A gradient check: analytic against numeric, which lie on the diagonal where they agree; and the error of differences over
     * their step, if that was measured.
     */
    public static Figure plot(GradCheck.Report report) {
        var agreement = agreement(report);
        return report.valleys().isEmpty() ? agreement : beside(agreement, valley(report.valleys()));
    }

    private static Chart agreement(GradCheck.Report report) {
        int parts = report.parts().size();
        int kinks = report.kinks();
        var chart = new Chart().title(String.format(Locale.ROOT, "gradient check %s, %,d of %,d elements%s",
                report.passed() ? "passed" : "FAILED", report.elements().size(), report.size(),
                kinks == 0 ? "" : ", " + kinks + (kinks == 1 ? " kink" : " kinks") + " skipped"))
                .xlabel("numeric gradient").ylabel("analytic gradient");
        var ends = report.elements().stream().flatMapToDouble(e -> DoubleStream.of(e.analytic(), e.numeric()))
                .filter(Double::isFinite).summaryStatistics();
        if (ends.getCount() > 0) {
            var diagonal = new double[] {ends.getMin(), ends.getMax()};
            chart.plot(diagonal, diagonal).color(Theme.AXIS);
        }
        for (int i = 0; i < parts; i++) {
            var part = report.parts().get(i);
            chart.scatter(part.elements().stream().map(GradCheck.Element::numeric).toList(),
                    part.elements().stream().map(GradCheck.Element::analytic).toList()).color(Theme.series(i))
                    .label(parts > Theme.SERIES.length ? "" : words(part));
        }
        report.elements().stream().max(Comparator.comparingDouble(GradCheck.Element::error)).ifPresent(worst -> {
            var part = report.parts().get(worst.input());
            chart.scatter(new double[] {worst.numeric()}, new double[] {worst.analytic()})
                    .color(report.passed() ? Theme.INK : Color.RED)
                    .label(String.format(Locale.ROOT, "worst, %.0e: %s %s", worst.error(), words(part), part.place(worst)));
        });
        return chart;
    }

    /** A tensor may be called by a formula: {@code W^{(1)}}. */
    private static String words(GradCheck.Part part) {
        return part.name().matches(".*[\\\\^_{].*") ? Typesetting.text(part.name()) : part.name();
    }

    private static Chart valley(List<GradCheck.Valley> valleys) {
        var chart = new Chart().loglog().title("error of central differences").xlabel("step h").ylabel("relative error");
        valleys.forEach(valley -> chart.plot(valley.h(), valley.errors()).label(String.format(Locale.ROOT, "%s: %.0e at h = %.0e",
                valley.dtype(), valley.smallest(), valley.best())));
        return chart;
    }

    /** Charts side by side. */
    public static Panels beside(Chart... charts) {
        return new Panels(List.of(charts));
    }

    /** Single points. */
    public static Chart scatter(Object x, Object y) {
        return new Chart().scatter(x, y);
    }

    /**
     * Points coloured by class.
     *
     * @param classes the number of each point's class
     * @param names   the classes' names
     */
    public static Chart scatter(Object x, Object y, int[] classes, List<String> names) {
        var xs = Numbers.of(x);
        var ys = Numbers.of(y);
        if (xs.length != ys.length || xs.length != classes.length) {
            throw new IllegalArgumentException("scatter: x has " + xs.length + " values, y has " + ys.length + ", and there are "
                    + classes.length + " classes\nhelp: give one of each per point");
        }
        var chart = new Chart();
        for (int c = 0; c < names.size(); c++) {
            int wanted = c;
            var members = IntStream.range(0, xs.length).filter(i -> classes[i] == wanted).toArray();
            chart.scatter(Arrays.stream(members).mapToDouble(i -> xs[i]).toArray(),
                    Arrays.stream(members).mapToDouble(i -> ys[i]).toArray()).label(names.get(c));
        }
        return chart;
    }

    /** How often values occur, in as many bins as Sturges' rule advises for them and at least 10. */
    public static Chart hist(Object values) {
        int n = Numbers.of(values).length;
        return hist(values, Math.max(10, (int) Math.ceil(Math.log(Math.max(1, n)) / Math.log(2)) + 1));
    }

    /** How often values occur, in this many bins of equal width; NaN and infinities are left out. */
    public static Chart hist(Object values, int bins) {
        if (bins < 1) {
            throw new IllegalArgumentException("hist: " + bins + " bins\nhelp: at least 1");
        }
        var finite = Arrays.stream(Numbers.of(values)).filter(Double::isFinite).toArray();
        double low = Arrays.stream(finite).min().orElse(0);
        double high = Arrays.stream(finite).max().orElse(1);
        double width = high > low ? (high - low) / bins : 1.0 / bins;
        double start = high > low ? low : low - 0.5;
        var counts = new double[bins];
        for (double value : finite) {
            counts[(int) Math.clamp((value - start) / width, 0, bins - 1)]++;
        }
        var edges = IntStream.rangeClosed(0, bins).mapToDouble(i -> start + i * width).toArray();
        return new Chart().bars(edges, counts).ylabel("count");
    }

    /** A matrix as a picture, the first row on top. */
    public static Picture imshow(Tensor matrix) {
        return new Picture(Picture.matrix(matrix));
    }

    /** A matrix as a picture, the first row on top. */
    public static Picture imshow(double[][] rows) {
        return imshow(Tensor.of(rows));
    }

    /** A grid of pictures: [n, rows, columns], or square ones [n, side · side]. */
    public static ImageGrid images(Tensor pictures) {
        return new ImageGrid(ImageGrid.pictures(pictures));
    }

    /** How often each class (row) was taken for each other (column). */
    public static Picture confusionMatrix(int[] truth, int[] predicted, List<String> names) {
        if (truth.length != predicted.length) {
            throw new IllegalArgumentException("confusionMatrix: " + truth.length + " true classes and " + predicted.length
                    + " predicted ones\nhelp: give one of each per sample");
        }
        var counts = new double[names.size()][names.size()];
        for (int i = 0; i < truth.length; i++) {
            counts[truth[i]][predicted[i]]++;
        }
        return new Picture(counts).annotate().colors(Colormap.BLUES).names(names, names).xlabel("predicted").ylabel("true");
    }
}
