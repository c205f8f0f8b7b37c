package gradus.nn.explanation;

import gradus.nn.Shape;
import gradus.nn.derivation.Check;
import gradus.nn.derivation.Typesetting;
import gradus.nn.tex.Typeset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What something computes, line by line, each compared with what it really computes; {@code explain(…)} gives one.
 *
 * @param title    what is explained
 * @param how      on which numbers the lines were checked
 * @param settings the numbers chosen, {@code \eta = 0.1}
 * @param lines    formulas
 * @param notes    conventions, in which libraries and texts differ
 * @param parts    the layers inside
 */
public record Explanation(String title, String how, List<String> settings, List<Line> lines, List<String> notes,
        List<Explanation> parts) implements Typeset {

    /** How wide the right side of a formula may be, in em: on paper, and beside its remark in a notebook. */
    private static final double PAPER = 27;
    private static final double SCREEN = 36;

    public Explanation {
        settings = List.copyOf(settings);
        lines = List.copyOf(lines);
        notes = List.copyOf(notes);
        parts = List.copyOf(parts);
    }

    /**
     * One formula.
     *
     * @param left  LaTeX
     * @param right LaTeX
     * @param says  in words; may be empty
     * @param shape of the value, where there is one
     * @param check whether it is true; empty where it only gives a name to what later lines use
     */
    public record Line(String left, String relation, String right, String says, Optional<Shape> shape,
            Optional<Check> check) {

        /** The whole formula. */
        public String tex() {
            return left + " " + relation + " " + right;
        }

        private String remark() {
            return Stream.of(says, shape.filter(s -> s.rank() > 0).map(Shape::toString).orElse(""),
                    check.map(Check::toString).orElse(""))
                    .filter(text -> !text.isEmpty()).collect(Collectors.joining("; "));
        }
    }

    /** Whether no line fails, here and in the parts. */
    public boolean holds() {
        return lines.stream().noneMatch(line -> line.check.filter(Check.Fails.class::isInstance).isPresent())
                && parts.stream().allMatch(Explanation::holds);
    }

    /** All formulas as one block, aligned at their relations, those of the parts under their titles. */
    @Override
    public String tex() {
        return "\\begin{aligned}\n" + rows().collect(Collectors.joining(" \\\\\n")) + "\n\\end{aligned}";
    }

    private Stream<String> rows() {
        var with = IntStream.iterate(0, i -> i < settings.size(), i -> i + 4).mapToObj(i -> "& "
                + String.join(", \\; ", settings.subList(i, Math.min(i + 4, settings.size()))));
        var own = Stream.concat(with, lines.stream().flatMap(Explanation::rows));
        return Stream.concat(own, parts.stream().flatMap(part -> Stream.concat(Stream.of("& \\textbf{"
                + part.title.replaceAll("[^A-Za-z0-9 .,:;()\\[\\]=+/'-]+", " ") + "}"), part.rows())));
    }

    private static Stream<String> rows(Line line) {
        var tick = line.check.map(check -> " && " + switch (check) {
            case Check.Holds _ -> "\\checkmark";
            case Check.Fails _ -> "\\boldsymbol{\\times}";
            case Check.Open _ -> "\\text{?}";
        }).orElse("");
        var parts = Typesetting.lines(line.right, PAPER);
        return Stream.concat(Stream.of(line.left + " &" + line.relation + " " + parts.getFirst() + tick),
                parts.stream().skip(1).map(part -> "&\\qquad {} " + part));
    }

    /** For a notebook: every formula on a line of its own, with what is known of it. */
    @Override
    public String markdown() {
        return markdown("###");
    }

    private String markdown(String heading) {
        var text = new StringBuilder(heading + " " + title + "\n\n");
        if (!settings.isEmpty()) {
            text.append("with ").append(settings.stream().map(s -> "$" + s + "$").collect(Collectors.joining(", ")))
                    .append("\n\n");
        }
        if (!how.isEmpty()) {
            text.append("<small>").append(how).append("</small>\n\n");
        }
        for (var line : lines) {
            var remark = line.remark();
            var broken = Typesetting.lines(line.right, SCREEN);
            text.append("$\\displaystyle ").append(line.left).append(' ').append(line.relation).append(' ')
                    .append(broken.getFirst())
                    .append('$');
            broken.stream().skip(1).forEach(part -> text.append("<br>$\\displaystyle \\qquad {} ").append(part)
                    .append('$'));
            text.append(remark.isEmpty() ? "" : " &emsp;<small>" + escaped(remark) + "</small>").append("\n\n");
        }
        notes.forEach(note -> text.append("- ").append(escaped(note)).append('\n'));
        if (!notes.isEmpty()) {
            text.append('\n');
        }
        var deeper = heading.length() < 6 ? heading + "#" : heading;
        parts.forEach(part -> text.append(part.markdown(deeper)));
        return text.toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_");
    }

    /** As text, relations under each other. */
    @Override
    public String toString() {
        var text = new StringBuilder(title).append(how.isEmpty() ? "" : "; " + how).append('\n');
        if (!settings.isEmpty()) {
            text.append("  with ").append(settings.stream().map(Typesetting::text).collect(Collectors.joining(", ")))
                    .append('\n');
        }
        var left = lines.stream().map(line -> Typesetting.text(line.left)).toList();
        var right = lines.stream().map(line -> line.relation.replace("\\sim", "~") + " "
                + Typesetting.text(line.right)).toList();
        int indent = width(left, 30);
        int column = width(right, 60);
        for (int i = 0; i < lines.size(); i++) {
            var remark = lines.get(i).remark();
            text.append("  ").append(padded(left.get(i), indent)).append(' ')
                    .append((remark.isEmpty() ? right.get(i) : padded(right.get(i), column) + "   " + remark))
                    .append('\n');
        }
        notes.forEach(note -> text.append("  · ").append(note).append('\n'));
        parts.forEach(part -> text.append(part.toString().indent(2)));
        return text.toString();
    }

    /** The width of the widest that is no wider than this: one long formula does not push all remarks away. */
    private static int width(List<String> texts, int most) {
        return IntStream.range(0, texts.size()).map(i -> width(texts.get(i))).filter(n -> n <= most).max().orElse(0);
    }

    /** How many columns it takes: accents stand above letters. */
    private static int width(String text) {
        return (int) text.codePoints().filter(c -> Character.getType(c) != Character.NON_SPACING_MARK).count();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - width(text)));
    }
}
