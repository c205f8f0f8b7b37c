package gradus.nn.calculus;

import gradus.nn.derivation.Check;
import gradus.nn.derivation.Typesetting;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lines that follow one from the other, each with its rule and its check, and what is to be said about them.
 *
 * @param lines the lines in order
 * @param notes kinks, conventions, how points were found
 */
public record Calculation(List<Line> lines, List<String> notes) implements Worked {

    /** Of a formula, in em: what a notebook leaves beside its left side and its rule. */
    private static final double WIDTH = 28;

    public Calculation {
        lines = List.copyOf(lines);
        notes = List.copyOf(notes);
    }

    /** The last line. */
    public Line result() {
        return lines.getLast();
    }

    /** Whether every line has been checked and is true. */
    public boolean holds() {
        return lines.stream().allMatch(line -> line.check() instanceof Check.Holds);
    }

    @Override
    public Calculation steps() {
        return this;
    }

    /** Long formulas break before their operators. */
    String aligned() {
        return lines.stream().flatMap(line -> {
            var right = Typesetting.lines(line.right().tex(), WIDTH);
            var first = Typesetting.line(line.left().tex()) + (line.rounded() ? " &\\approx " : " &= ") + right.getFirst() + " && \\text{"
                    + texText(line.rule()) + "} \\;" + mark(line);
            return Stream.concat(Stream.of(first), right.stream().skip(1).map(part -> " &\\qquad {} " + part));
        }).collect(Collectors.joining(" \\\\[4pt]\n", "\\begin{aligned}\n", "\n\\end{aligned}"));
    }

    private static String mark(Line line) {
        return switch (line.check()) {
            case Check.Holds _ -> "\\checkmark";
            case Check.Fails _ -> "\\times";
            case Check.Open(var why) -> "\\text{not checked: " + texText(why) + "}";
        };
    }

    private static String texText(String text) {
        return text.replaceAll("[\\\\{}$^_]", " ");
    }

    /** Plain text in three columns: formula, rule, check. */
    @Override
    public String toString() {
        int left = lines.stream().mapToInt(line -> width(line.left().text())).max().orElse(0);
        int right = lines.stream().mapToInt(line -> width(line.right().text())).filter(w -> w <= 60).max().orElse(0);
        int rule = lines.stream().mapToInt(line -> width(line.rule())).max().orElse(0);
        return lines.stream().map(line -> (padded(line.left().text(), left) + (line.rounded() ? " ≈ " : " = ")
                        + padded(line.right().text(), right) + "   " + padded(line.rule(), rule) + "   "
                        + line.check()).stripTrailing())
                .collect(Collectors.joining("\n")) + notes.stream().map(note -> "\n" + note)
                .collect(Collectors.joining());
    }

    private static int width(String text) {
        return (int) text.codePoints().filter(c -> Character.getType(c) != Character.NON_SPACING_MARK).count();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - width(text)));
    }
}
