package gradus.kernel.engine;

import gradus.kernel.engine.CellParser.Piece;
import gradus.kernel.engine.Engine.Cell;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SourceCodeAnalysis.SnippetWrapper;

/**
 * Where a stack frame stands in the notebook. JShell compiles each snippet inside a class of its own; that class's
 * text maps back to the snippet, and the snippet stands at a known place of a cell.
 */
final class Locations {

    /** A line of a cell, counted from 1. */
    record Place(Cell cell, int line) {
    }

    private record Origin(Cell cell, int offset) {
    }

    /** {@code REPL.$JShell$12B}, the class around a snippet, of which the user's own classes are members. */
    private static final Pattern WRAPPER = Pattern.compile("(REPL\\.\\$JShell\\$\\d+[A-Z]*)(\\$.*)?");

    private final JShell shell;
    private final Map<String, Origin> origins = new HashMap<>();

    Locations(JShell shell) {
        this.shell = shell;
    }

    /** Remembers where a snippet comes from. */
    void add(Snippet snippet, Cell cell, Piece piece) {
        // of "int a = 1, b = 2;" JShell makes two snippets, each with a part of the source
        int within = Math.max(0, piece.source().indexOf(snippet.source()));
        origins.put(snippet.id(), new Origin(cell, piece.offset() + within));
    }

    /** Whether a class was compiled from a cell. */
    static boolean isCell(String className) {
        return WRAPPER.matcher(className).matches();
    }

    /** A class name as its author wrote it: without the class that JShell put around it. */
    static String userName(String className) {
        var matcher = WRAPPER.matcher(className);
        return matcher.matches() && matcher.group(2) != null ? matcher.group(2).substring(1).replace('$', '.')
                : className;
    }

    /** The cell's line behind a frame; empty when the frame is not from a cell. */
    Optional<Place> of(StackTraceElement frame) {
        var matcher = WRAPPER.matcher(frame.getClassName());
        if (!matcher.matches() || frame.getLineNumber() < 1) {
            return Optional.empty();
        }
        var analysis = shell.sourceCodeAnalysis();
        return shell.snippets().filter(s -> origins.containsKey(s.id()))
                .filter(s -> s.kind() != Snippet.Kind.IMPORT && s.kind() != Snippet.Kind.ERRONEOUS)
                .map(s -> Map.entry(s, analysis.wrapper(s)))
                .filter(e -> e.getValue().fullClassName().equals(matcher.group(1)))
                .findFirst()
                .map(e -> {
                    var origin = origins.get(e.getKey().id());
                    int offset = origin.offset() + positionInSnippet(e.getValue(), frame.getLineNumber());
                    return new Place(origin.cell(), lineOf(origin.cell().source(), offset));
                });
    }

    /** The line of a text, from 1, that holds this offset. */
    static int lineOf(String text, int offset) {
        return 1 + (int) text.substring(0, Math.min(offset, text.length())).chars().filter(c -> c == '\n').count();
    }

    /** Where in the snippet the wrapper's line begins; for a line that JShell made up, where the snippet begins. */
    private static int positionInSnippet(SnippetWrapper wrapper, int line) {
        var lines = List.of(wrapper.wrapped().split("\n", -1));
        int start = 0;
        for (int i = 0; i < Math.min(line - 1, lines.size()); i++) {
            start += lines.get(i).length() + 1;
        }
        var text = line <= lines.size() ? lines.get(line - 1) : "";
        for (int i = 0; i < text.length(); i++) {
            int position = wrapper.wrappedToSourcePosition(start + i);
            if (!Character.isWhitespace(text.charAt(i)) && wrapper.sourceToWrappedPosition(position) == start + i) {
                return position;
            }
        }
        var source = wrapper.source();
        return source.length() - source.stripLeading().length();
    }
}
