package gradus.kernel.magic;

import java.util.ArrayList;
import java.util.List;
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

    private static final Pattern CARETS = Pattern.compile("( +)(?:\u001b\\[[0-9;]*m)*\\^+.*");
    private static final int MARGIN = 10;   // of the engine's excerpts: arrow and line number

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

    /** A traceback with the author's words in place of the code that they became, and its carets below them. */
    List<String> restore(List<String> traceback) {
        var restored = new ArrayList<String>();
        Optional<Change> above = Optional.empty();
        for (var line : traceback) {
            var carets = CARETS.matcher(line);
            if (above.isPresent() && carets.matches()) {
                restored.add(" ".repeat(MARGIN + column(above.get(), carets.group(1).length() - MARGIN))
                        + line.substring(carets.end(1)));
                above = Optional.empty();
            } else {
                above = changes.stream().filter(change -> line.contains(ours(change))).findFirst();
                restored.add(above.map(change -> line.replace(ours(change), theirs(change))).orElse(line));
            }
        }
        return restored;
    }

    /** Where a column of the line that has become code is in the author's line. */
    private int column(Change change, int inCode) {
        int lineInCode = code.lastIndexOf('\n', change.startInCode - 1) + 1;
        int line = original.lastIndexOf('\n', change.start - 1) + 1;
        return Math.max(0, toOriginal(lineInCode + Math.max(0, inCode)) - line);
    }

    private String ours(Change change) {
        return firstLine(code.substring(change.startInCode, change.endInCode));
    }

    private String theirs(Change change) {
        return firstLine(original.substring(change.start, change.end));
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
