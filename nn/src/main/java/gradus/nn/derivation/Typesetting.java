package gradus.nn.derivation;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Step.Kind;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How lines of a derivation are set: as LaTeX for notebooks and paper, as text for consoles. No line is wider than its
 * page, formulas break before their operators; of very many lines the first and the last are shown.
 */
public final class Typesetting {

    /** Lines of one kind that are shown: twice as many take MathJax a second. */
    private static final int MOST = 60;
    private static final int LAST = 10;
    /** Characters of LaTeX from which on a formula is told, not shown. */
    private static final int LONGEST = 3000;
    /** What shape and tick leave to a line of 6.5 inches in 11 points, in em. */
    private static final double PAPER = 32;
    private static final int PART = 16;   // rows on paper that stay together
    private static final int CONSOLE = 76;   // characters, likewise
    private static final int SMALL = 9;   // numbers that are shown
    private static final MathContext DIGITS = new MathContext(4);

    private Typesetting() {
    }

    /** Steps under one heading, and how many of them are left out after {@code first}. */
    public record Section(String heading, List<Step> first, int leftOut, List<Step> last) {

        public List<Step> shown() {
            return Stream.concat(first.stream(), last.stream()).toList();
        }
    }

    /** The steps by their kinds; of more than 60 the first 50 and the last 10. */
    public static List<Section> sections(List<Step> steps) {
        var sections = new ArrayList<Section>();
        for (var kind : Kind.values()) {
            var all = steps.stream().filter(step -> step.kind() == kind).toList();
            int last = all.size() > MOST ? LAST : 0;
            int first = all.size() > MOST ? MOST - LAST : all.size();
            if (!all.isEmpty()) {
                sections.add(new Section(heading(kind), all.subList(0, first), all.size() - first - last,
                        all.subList(all.size() - last, all.size())));
            }
        }
        return sections;
    }

    private static String heading(Kind kind) {
        return switch (kind) {
            case FORWARD -> "Forward";
            case LOCAL -> "Local derivatives";
            case DELTA -> "Backward";
            case GRADIENT -> "Gradients";
        };
    }

    /** How many lines were checked, and what came of it, in a sentence. */
    public static String verdict(List<Step> steps) {
        long holds = held(steps).count();
        long fails = steps.stream().filter(step -> step.check() instanceof Check.Fails).count();
        double worst = held(steps).mapToDouble(Check.Holds::computed).max().orElse(0);
        var central = held(steps).mapToDouble(Check.Holds::central).filter(error -> !Double.isNaN(error)).toArray();
        long sampled = held(steps).filter(check -> check.sampled() > 0).count();
        long open = steps.size() - holds - fails;
        var text = holds + " of " + steps.size() + " lines hold: read back from their LaTeX and evaluated, they are "
                + (worst == 0 ? "exactly what automatic differentiation gives"
                        : String.format(Locale.ROOT, "within %.0e of automatic differentiation", worst));
        return text + (central.length == 0 ? "" : String.format(Locale.ROOT,
                ", %s within %.0e of central differences", central.length == 1 ? "one gradient" : central.length + " gradients",
                Arrays.stream(central).max().orElse(0))) + "." + (fails == 0 ? "" : " " + fails + " FAIL.")
                + (sampled == 0 ? "" : " Of " + sampled + (sampled == 1 ? " line" : " lines") + " with too many numbers for all, "
                        + held(steps).mapToLong(Check.Holds::sampled).sum() + " numbers were evaluated.")
                + (open == 0 ? "" : " " + open + " could not be checked.");
    }

    private static Stream<Check.Holds> held(List<Step> steps) {
        return steps.stream().map(Step::check).filter(Check.Holds.class::isInstance).map(Check.Holds.class::cast);
    }

    /** A formula in lines of at most this width; all but the first begin with an operator or inside of brackets. */
    public static List<String> lines(String latex, double em) {
        return latex.length() > LONGEST ? List.of("\\text{a formula of " + latex.length() + " characters}")
                : new LineBreaks(FormulaWidth::of).lines(latex, em).stream().map(Brackets::fitted).toList();
    }

    /** The right side of a step in lines, for whom the left side and = must fit as well. */
    public static List<String> lines(Step step, double em) {
        return lines(step.right().text(), em - FormulaWidth.of(step.left().text() + " ="));
    }

    /** A formula in one line, as the left sides are. */
    public static String line(String latex) {
        return Brackets.fitted(latex);
    }

    /** A formula as a line of plain text: {@code W_1^{\top} \, \delta} is W₁ᵀ δ. */
    public static String text(String latex) {
        return FormulaText.of(latex);
    }

    /** The steps as one {@code aligned} environment: formula, shape, tick. */
    public static String tex(List<Step> steps) {
        return environment("aligned", sections(steps).stream().flatMap(section -> rows(section).stream()).toList());
    }

    /** The steps as {@code align*} environments for text with amsmath and amssymb, each short enough for its page. */
    public static String paper(List<Step> steps) {
        var parts = new ArrayList<String>();
        for (var section : sections(steps)) {
            var rows = rows(section);
            for (int from = 0; from < rows.size(); from += PART) {
                parts.add(environment("align*", rows.subList(from, Math.min(rows.size(), from + PART))));
            }
        }
        return String.join("\n", parts);
    }

    private static String environment(String name, List<String> rows) {
        return rows.stream().collect(Collectors.joining(" \\\\\n", "\\begin{" + name + "}\n", "\n\\end{" + name + "}"));
    }

    private static List<String> rows(Section section) {
        var rows = new ArrayList<>(List.of("&\\textbf{" + section.heading() + "}"));
        section.first().forEach(step -> rows.addAll(rows(step)));
        if (section.leftOut() > 0) {
            rows.add("&\\;\\;\\vdots \\quad \\text{" + section.leftOut() + " more lines}");
        }
        section.last().forEach(step -> rows.addAll(rows(step)));
        return rows;
    }

    private static List<String> rows(Step step) {
        var rows = new ArrayList<String>();
        var lines = lines(step, PAPER);
        rows.add(isDots(step) ? "&\\;\\;" + lines.getFirst() : line(step.left().text()) + " &= " + lines.getFirst() + " && "
                + member(step.shape()) + " && " + tick(step.check()));
        lines.stream().skip(1).forEach(line -> rows.add("&\\qquad {} " + line));
        shortValue(step).ifPresent(value -> rows.add("&\\approx " + value));
        step.rule().ifPresent(rule -> rows.add("&\\quad \\text{" + words(rule.citation()) + "}"));
        if (step.check() instanceof Check.Open(var why)) {
            rows.add("&\\quad \\text{not checked: " + words(why) + "}");
        }
        return rows;
    }

    /** Whether it only says that lines like those around it are left out. */
    public static boolean isDots(Step step) {
        return step.left().text().isEmpty();
    }

    /** What a forward line comes to, when it is short. */
    private static Optional<String> shortValue(Step step) {
        return step.value().filter(x -> step.kind() == Kind.FORWARD && x.size() <= SMALL && x.size() > 0)
                .map(Typesetting::value);
    }

    /** {@code \in \mathbb{R}^{4 \times 3}}. */
    public static String member(Shape shape) {
        return "\\in \\mathbb{R}" + (shape.rank() == 0 ? "" : Arrays.stream(shape.dims()).mapToObj(String::valueOf)
                .collect(Collectors.joining(" \\times ", "^{", "}")));
    }

    private static String tick(Check check) {
        return switch (check) {
            case Check.Holds _ -> "\\checkmark";
            case Check.Fails(var computed, var central) -> "\\text{FAILS: off by } "
                    + number(Double.isNaN(central) ? computed : Math.max(computed, central));
            case Check.Open _ -> "\\text{?}";
        };
    }

    /** What \text may hold everywhere. */
    private static String words(String text) {
        var plain = text.lines().findFirst().orElse("").replaceAll("[^A-Za-z0-9 .,:;()\\[\\]=+/'-]+", " ").strip();
        return plain.length() > 80 ? plain.substring(0, 80) + " ..." : plain;
    }

    /** Numbers with four digits; of more than three in a row or a column the first, and dots. */
    public static String value(Tensor x) {
        if (x.size() == 1) {
            return number(x.detach().reshape().item());
        }
        var matrix = x.detach().reshape(x.rank() < 2 ? 1 : x.shape().dim(0), -1);
        int height = matrix.shape().dim(0);
        int width = matrix.shape().dim(1);
        var rows = places(height).mapToObj(i -> places(width).mapToObj(j -> i < 0 && j < 0 ? "\\ddots"
                : i < 0 ? "\\vdots" : j < 0 ? "\\cdots" : number(matrix.at(i, j))).collect(Collectors.joining(" & ")))
                .collect(Collectors.joining(" \\\\ "));
        return "\\begin{bmatrix} " + rows + " \\end{bmatrix}" + (x.rank() == 1 ? "^{\\top}" : "");
    }

    /** All positions, or the first two, dots (−1) and the last. */
    private static IntStream places(int n) {
        return n <= 4 ? IntStream.range(0, n) : IntStream.of(0, 1, -1, n - 1);
    }

    /** A number with four digits that count: {@code 0.1235}, {@code -3.1 \cdot 10^{-7}}. */
    public static String number(double value) {
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "\\text{NaN}" : value > 0 ? "\\infty" : "-\\infty";
        }
        if (value == 0) {
            return "0";
        }
        var rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        return exponent >= -4 && exponent < 6 ? rounded.toPlainString()
                : rounded.movePointLeft(exponent).stripTrailingZeros().toPlainString()
                        + " \\cdot 10^{" + exponent + "}";
    }

    /** The steps for a console: formulas aligned at =, then shapes, then what the check says. */
    public static String plain(List<Step> steps) {
        var text = new StringBuilder();
        var cited = new HashSet<String>();   // each known result is cited once
        for (var section : sections(steps)) {
            text.append(section.heading()).append('\n');
            var shown = section.shown();
            int left = shown.stream().mapToInt(step -> text(step.left().text()).length()).max().orElse(0);
            var breaks = new LineBreaks(latex -> text(latex).length());
            var rights = shown.stream().map(step -> step.right().text().length() > LONGEST
                    ? List.of("(a formula of " + step.right().text().length() + " characters)")
                    : breaks.lines(step.right().text(), CONSOLE).stream().map(Typesetting::text).toList()).toList();
            int right = rights.stream().flatMap(List::stream).mapToInt(String::length).max().orElse(0);
            int shape = shown.stream().mapToInt(step -> step.shape().toString().length()).max().orElse(0);
            for (int i = 0; i < shown.size(); i++) {
                if (i == section.first().size()) {
                    text.append("  ⋮ ").append(section.leftOut()).append(" more lines\n");
                }
                var step = shown.get(i);
                boolean dots = isDots(step);
                text.append(("  %" + left + "s %s %-" + right + "s  %-" + shape + "s  %s").formatted(
                        text(step.left().text()), dots ? " " : "=", rights.get(i).getFirst(), dots ? "" : step.shape(),
                        step.check() instanceof Check.Open ? "?" : step.check()).stripTrailing()).append('\n');
                var below = new ArrayList<>(rights.get(i).stream().skip(1).map(line -> "  " + line).toList());
                shortValue(step).ifPresent(value -> below.add("≈ " + text(value)));
                step.rule().filter(rule -> cited.add(rule.name())).ifPresent(rule -> below.add("by " + rule.citation()));
                if (step.check() instanceof Check.Open(var why)) {
                    below.add("not checked: " + words(why));
                }
                below.forEach(line -> text.append(" ".repeat(left + 3)).append(line).append('\n'));
            }
        }
        return text + verdict(steps);
    }
}
