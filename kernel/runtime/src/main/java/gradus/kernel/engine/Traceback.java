package gradus.kernel.engine;

import gradus.kernel.engine.Engine.Cell;
import gradus.kernel.engine.Engine.Outcome.Failed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Turns what went wrong into what a reader needs: the exception, the line of the cell it comes from with its
 * neighbours, the way there, its causes; no frame of the kernel's own, never more than {@value #MAX_LINES} lines.
 */
final class Traceback {

    private static final int MAX_LINES = 60;
    private static final int MAX_FRAMES = 12;

    // the 16 base colours only: every front end maps them to shades that can be read in light and in dark
    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String CYAN = "\u001b[36m";
    private static final String BOLD = "\u001b[1m";
    private static final String END = "\u001b[0m";

    /** A line of a cell, counted from 1. */
    private record Place(Cell cell, int line) {
    }

    private final Function<String, Cell> origins;

    /** @param origins the cell behind a class, by the simple name of the class around it; {@code null} for others */
    Traceback(Function<String, Cell> origins) {
        this.origins = origins;
    }

    /** A cell that threw. */
    Failed thrown(Throwable thrown) {
        return thrown(thrown, List.of());
    }

    /** @param advice lines to stand below */
    Failed thrown(Throwable thrown, List<String> advice) {
        var lines = new ArrayList<String>();
        describe(thrown, "", lines, Collections.newSetFromMap(new IdentityHashMap<>()));
        lines.addAll(advice);
        return new Failed(CellNames.userName(thrown.getClass().getName()), message(thrown), limit(lines));
    }

    /** A cell that was stopped, with the place where it was. */
    Failed interrupted(Throwable thrown) {
        var lines = new ArrayList<String>();
        lines.add(BOLD + RED + "Interrupted" + END + ": the cell was stopped here");
        frames(thrown, lines);
        return new Failed("InterruptedException", "the cell was interrupted", limit(lines));
    }

    /** A cell that does not compile; offsets are the cell's. */
    Failed notCompiled(Cell cell, List<Fault> faults) {
        var lines = new ArrayList<String>();
        for (var fault : faults) {
            int line = UnitText.lineOf(cell.source(), fault.start());
            var message = fault.message().lines().toList();
            lines.add(BOLD + RED + "CompilationError" + END + ": " + message.getFirst());
            message.stream().skip(1).forEach(more -> lines.add("  " + more.strip()));
            lines.add("  at " + place(new Place(cell, line)));
            excerpt(cell, line, lines, fault);
        }
        return new Failed("CompilationError", faults.getFirst().message(), limit(lines));
    }

    private void describe(Throwable thrown, String role, List<String> lines, Set<Throwable> seen) {
        if (!seen.add(thrown)) {
            return;
        }
        var message = message(thrown);
        lines.add(role + BOLD + RED + CellNames.userName(thrown.getClass().getName()) + END
                + (message.isEmpty() ? "" : ": " + message));
        frames(thrown, lines);
        for (var suppressed : thrown.getSuppressed()) {
            describe(suppressed, "Suppressed: ", lines, seen);
        }
        if (thrown.getCause() != null) {
            describe(thrown.getCause(), "Caused by: ", lines, seen);
        }
    }

    /** An exception's message; one whose {@code getMessage} throws must not hide the exception. */
    private static String message(Throwable thrown) {
        try {
            return thrown.getLocalizedMessage() == null ? "" : CellNames.userText(thrown.getLocalizedMessage());
        } catch (RuntimeException e) {
            return "(its getMessage threw " + e.getClass().getName() + ")";
        }
    }

    /** The frames from the throw down to the cell, the topmost line of a cell with its neighbours. */
    private void frames(Throwable thrown, List<String> lines) {
        var frames = userFrames(thrown.getStackTrace());
        boolean excerptShown = false;
        int shown = 0;
        for (var frame : frames) {
            if (shown >= MAX_FRAMES && excerptShown) {
                break;
            }
            var place = place(frame);
            if (shown >= MAX_FRAMES && place.isEmpty()) {
                continue;
            }
            shown++;
            lines.add("  at " + place.map(p -> method(frame) + place(p)).orElse(frame.toString()));
            if (place.isPresent() && !excerptShown) {
                excerpt(place.get().cell(), place.get().line(), lines, null);
                excerptShown = true;
            }
        }
        if (frames.size() > shown) {
            lines.add("  … " + (frames.size() - shown) + " more");
        }
    }

    /** Drops what is below the cell, the kernel and reflection, and frames of our own above it. */
    private List<StackTraceElement> userFrames(StackTraceElement[] trace) {
        int end = trace.length;
        while (end > 0 && !CellNames.isOfCell(trace[end - 1].getClassName())) {
            end--;
        }
        return Arrays.stream(trace, 0, end)
                .filter(f -> !f.getClassName().startsWith("gradus."))   // the preloaded libraries: their message says enough
                .filter(f -> !f.getClassName().startsWith("java.lang.invoke."))
                .filter(f -> f.getLineNumber() > 0 || !CellNames.isOfCell(f.getClassName()))
                .filter(f -> !CellNames.isOfCell(f.getClassName()) || place(f).isPresent())
                .toList();
    }

    /** The cell's line behind a frame; empty when it is from no cell, or from what the engine wrote around one. */
    private Optional<Place> place(StackTraceElement frame) {
        var cell = origins.apply(CellNames.cellClass(frame.getClassName()));
        return Optional.ofNullable(cell)
                .filter(c -> frame.getLineNumber() > 0 && frame.getLineNumber() <= UnitText.lineOf(c.source(), c.source().length()))
                .filter(c -> !frame.getMethodName().equals(CellNames.RUN))
                .map(c -> new Place(c, frame.getLineNumber()));
    }

    private static String method(StackTraceElement frame) {
        return switch (frame.getMethodName()) {
            case String name when name.startsWith(CellNames.STEP) -> "";
            case "<init>" -> "new " + CellNames.userName(frame.getClassName()) + ", ";
            case "<clinit>" -> "static initialiser, ";
            case String name when name.startsWith("lambda$") -> "lambda, ";
            case String name -> {
                var owner = CellNames.userName(frame.getClassName());
                yield (owner.equals(frame.getClassName()) ? "" : owner + ".") + name + ", ";
            }
        };
    }

    private static String place(Place place) {
        return CYAN + "Cell In[" + place.cell().number() + "], line " + place.line() + END;
    }

    /** The line with one neighbour on each side, an arrow at the line, carets under the fault. */
    private static void excerpt(Cell cell, int line, List<String> lines, Fault fault) {
        var source = cell.source().split("\n", -1);
        for (int n = Math.max(1, line - 1); n <= Math.min(source.length, line + 1); n++) {
            boolean here = n == line;
            lines.add((here ? GREEN + "----> " : "      ") + "%3d ".formatted(n) + (here ? END : "") + source[n - 1]);
            if (here && fault != null) {
                int lineStart = cell.source().substring(0, fault.start()).lastIndexOf('\n') + 1;
                int column = Math.clamp(fault.start() - lineStart, 0, source[n - 1].length());
                int width = Math.clamp(fault.end() - fault.start(), 1, Math.max(1, source[n - 1].length() - column));
                lines.add(" ".repeat(10 + column) + RED + "^".repeat(width) + END);
            }
        }
    }

    private static List<String> limit(List<String> lines) {
        if (lines.size() <= MAX_LINES) {
            return List.copyOf(lines);
        }
        var kept = new ArrayList<>(lines.subList(0, MAX_LINES - 1));
        kept.add("… " + (lines.size() - kept.size()) + " lines more");
        return kept;
    }
}
