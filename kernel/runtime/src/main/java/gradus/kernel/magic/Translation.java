package gradus.kernel.magic;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A cell whose magics have become Java, line for line.
 *
 * @param original    as its author wrote it
 * @param code        all of it in Java
 * @param changes     where the two differ, in order
 * @param steps       the same code in the pieces that are to run one after another, each with its lines where they were
 * @param alternative to be compiled when {@code code} is refused
 */
record Translation(String original, String code, List<Change> changes, List<String> steps, Optional<String> alternative) {

    // the excerpts of the engine's tracebacks: an arrow, the line's number, the line, and below it the carets
    private static final String COLOURS = "(?:\u001b\\[[0-9;]*m)*";
    private static final Pattern CELL = Pattern.compile("Cell In\\[(\\d{1,9})]");
    private static final Pattern EXCERPT = Pattern.compile("(" + COLOURS + "(?:----> |      ) *(\\d{1,9}) " + COLOURS + ")(.*)");
    private static final Pattern CARETS = Pattern.compile("( {10,})" + COLOURS + "\\^+.*");
    private static final int MARGIN = 10;

    /**
     * Text that was replaced; offsets are those of its cell.
     *
     * @param kept       Java that stands in both texts, {@code -1} when there is none: where it begins in the original
     * @param keptInCode where it begins in the code
     * @param keptLength how long it is
     */
    record Change(int start, int end, int startInCode, int endInCode, int kept, int keptInCode, int keptLength) {
    }

    /** A cell without magics. */
    static Translation none(String cell) {
        return new Translation(cell, cell, List.of(), List.of(cell), Optional.empty());
    }

    boolean isNone() {
        return changes.isEmpty() && steps.size() == 1;
    }

    /** Where an offset of the original is in the code; nowhere when it is in a magic's own words. */
    Optional<Integer> toCode(int offset) {
        int shift = 0;
        for (var change : changes) {
            if (offset < change.start) {
                break;
            }
            if (offset <= change.end) {
                boolean inKept = change.kept >= 0 && offset >= change.kept && offset <= change.kept + change.keptLength;
                return inKept ? Optional.of(offset - change.kept + change.keptInCode) : Optional.empty();
            }
            shift = change.endInCode - change.end;
        }
        return Optional.of(offset + shift);
    }

    /** Where an offset of the code is in the original; the start of the magic for what only the code has. */
    int toOriginal(int offset) {
        int shift = 0;
        for (var change : changes) {
            if (offset < change.startInCode) {
                break;
            }
            if (offset <= change.endInCode) {
                boolean inKept = change.kept >= 0 && offset >= change.keptInCode
                        && offset <= change.keptInCode + change.keptLength;
                return inKept ? offset - change.keptInCode + change.kept : change.start;
            }
            shift = change.end - change.endInCode;
        }
        return offset + shift;
    }

    /**
     * A traceback with the author's lines in place of the code that they became, and the carets below them.
     *
     * @param translations of the cells that the traceback may name, by their number
     */
    static List<String> restore(List<String> traceback, Map<Integer, Translation> translations) {
        var restored = new ArrayList<String>();
        Optional<Translation> cell = Optional.empty();
        int line = 0;
        for (var text : traceback) {
            var place = CELL.matcher(text);
            var excerpt = EXCERPT.matcher(text);
            var carets = CARETS.matcher(text);
            if (place.find()) {
                cell = Optional.ofNullable(translations.get(Integer.parseInt(place.group(1))));
                restored.add(text);
            } else if (cell.isPresent() && excerpt.matches()) {
                line = Integer.parseInt(excerpt.group(2));
                cell.get().line(line, excerpt.group(3)).map(original -> excerpt.group(1) + original).ifPresent(restored::add);
            } else if (cell.isPresent() && line > 0 && carets.matches()) {
                int column = cell.get().column(line, carets.group(1).length() - MARGIN);
                restored.add(" ".repeat(MARGIN + column) + text.substring(carets.end(1)));
            } else {
                restored.add(text);
            }
        }
        return restored;
    }

    /** What the author wrote on a line that is shown as code; nothing when there is no such line. */
    private Optional<String> line(int number, String shown) {
        var lines = original.split("\n", -1);
        var inCode = code.split("\n", -1);
        if (number > lines.length) {
            return Optional.empty();
        }
        boolean ours = shown.isBlank() || number <= inCode.length && inCode[number - 1].equals(shown);
        return Optional.of(ours ? lines[number - 1] : shown);
    }

    /** Where a column of a line of the code is in the author's line. */
    private int column(int line, int inCode) {
        int start = start(original, line);
        int end = original.indexOf('\n', start);
        int offset = toOriginal(start(code, line) + Math.max(0, inCode));
        return Math.clamp(offset - start, 0, (end < 0 ? original.length() : end) - start);
    }

    private static int start(String text, int line) {
        int start = 0;
        for (int i = 1; i < line && text.indexOf('\n', start) >= 0; i++) {
            start = text.indexOf('\n', start) + 1;
        }
        return start;
    }
}
