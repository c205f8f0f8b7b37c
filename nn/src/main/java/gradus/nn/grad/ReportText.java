package gradus.nn.grad;

import java.util.Locale;
import java.util.stream.Collectors;

/** A gradient check in words: the verdict, a line per parameter, and the error over the step as bars. */
final class ReportText {

    private static final String BARS = "▁▂▃▄▅▆▇█";
    private static final int LOWEST = -13;   // the exponent of ten that the lowest bar stands for

    private ReportText() {
    }

    static String of(GradCheck.Report report) {
        int compared = report.elements().size();
        var text = new StringBuilder(format("gradient check %s: %,d%s elements, worst error %.1e (tolerance %.0e)%s",
                report.passed() ? "passed" : "FAILED", compared,
                compared == report.size() ? "" : format(" of %,d", report.size()), report.worst(), report.tolerance(),
                report.kinks() == 0 ? "" : ", " + kinks(report.kinks()) + " skipped"));
        int name = report.parts().stream().mapToInt(part -> part.name().length()).max().orElse(1);
        int shape = report.parts().stream().mapToInt(part -> part.shape().toString().length()).max().orElse(1);
        for (var part : report.parts()) {
            text.append(format("\n  %-" + name + "s  %-" + shape + "s  %s", part.name(), part.shape(), line(part)));
        }
        for (var valley : report.valleys()) {
            var bars = valley.errors().stream().map(ReportText::bar).collect(Collectors.joining());
            text.append(format("\n  %s %s  h = 1e-1 … 1e-15, least %.1e at h = %.0e", valley.dtype(), bars,
                    valley.smallest(), valley.best()));
        }
        return text.toString();
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private static String kinks(int count) {
        return count == 1 ? "1 kink" : count + " kinks";
    }

    private static String line(GradCheck.Part part) {
        var compared = part.elements().size() + part.kinks() == part.shape().size() ? "all"
                : part.elements().size() + part.kinks() + " drawn";
        var skipped = part.kinks() == 0 ? "" : ", " + kinks(part.kinks());
        boolean idle = part.elements().stream().allMatch(e -> e.analytic() == 0 && e.numeric() == 0);
        return compared + skipped + part.worst().map(worst -> idle ? ", the loss does not change with it"
                : format(", worst %.1e at %s: analytic %.9g, numeric %.9g", worst.error(), part.place(worst),
                worst.analytic(), worst.numeric())).orElse("");
    }

    private static String bar(double error) {
        double height = (Math.log10(error) - LOWEST) / -LOWEST * BARS.length();
        return Double.isNaN(error) ? "·" : BARS.substring((int) Math.clamp(height, 0, BARS.length() - 1))
                .substring(0, 1);
    }
}
