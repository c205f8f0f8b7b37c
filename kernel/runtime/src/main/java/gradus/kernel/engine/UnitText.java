package gradus.kernel.engine;

import gradus.kernel.engine.Piece.Span;
import java.util.ArrayList;
import java.util.List;

/**
 * The text of a class that is made from pieces of a cell. What is copied keeps its line, so that the line numbers of the
 * compiled class are the cell's; what is inserted has no line breaks.
 */
final class UnitText {

    /** {@code length} characters from {@code at} on come from the cell, at {@code from}, or all belong to {@code whole}. */
    private record Segment(int at, int length, int from, Span whole) {
    }

    private final String cell;
    private final StringBuilder text = new StringBuilder();
    private final List<Segment> segments = new ArrayList<>();
    private int line = 1;

    UnitText(String cell) {
        this.cell = cell;
    }

    UnitText insert(String inserted) {
        text.append(inserted);
        return this;
    }

    /** @param place where an error in the inserted text is shown */
    UnitText insert(String inserted, Span place) {
        segments.add(new Segment(text.length(), inserted.length(), -1, place));
        return insert(inserted);
    }

    /** Goes on to the line of the cell that holds this offset. */
    UnitText moveTo(int offset) {
        int wanted = lineOf(cell, offset);
        for (; line < wanted; line++) {
            text.append('\n');
        }
        return this;
    }

    UnitText copy(int start, int end) {
        moveTo(start);
        segments.add(new Segment(text.length(), end - start, start, null));
        text.append(cell, start, end);
        line += (int) cell.substring(start, end).chars().filter(c -> c == '\n').count();
        return this;
    }

    UnitText copy(Span span) {
        return copy(span.start(), span.end());
    }

    /** Leaves the lines of the cell behind: what follows belongs to none of them. */
    UnitText beyond() {
        int lines = lineOf(cell, cell.length());
        for (; line <= lines; line++) {
            text.append('\n');
        }
        return this;
    }

    /** Where in the cell an error stands that the compiler reports from here to there in this text. */
    Span inCell(int start, int end) {
        for (var segment : segments) {
            if (start >= segment.at && start < segment.at + Math.max(1, segment.length)) {
                if (segment.whole != null) {
                    return segment.whole;
                }
                int from = segment.from + start - segment.at;
                return new Span(from, Math.clamp(segment.from + (long) end - segment.at, from,
                        segment.from + segment.length));
            }
        }
        int before = segments.stream().filter(segment -> segment.at <= start)
                .mapToInt(segment -> segment.whole == null ? segment.from + segment.length : segment.whole.end())
                .reduce((a, b) -> b).orElse(0);
        return new Span(before, before);
    }

    /** Where an offset of the cell has come to, or -1. */
    int ofCell(int offset) {
        for (var segment : segments) {
            if (segment.whole == null && offset > segment.from && offset <= segment.from + segment.length) {
                return segment.at + offset - segment.from;
            }
        }
        return -1;
    }

    /** The line of a text, from 1, that holds this offset. */
    static int lineOf(String text, int offset) {
        int line = 1;
        for (int i = 0; i < Math.min(offset, text.length()); i++) {
            if (text.charAt(i) == '\n') {
                line++;
            }
        }
        return line;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
