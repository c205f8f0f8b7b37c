package gradus.kernel.engine;

import gradus.kernel.api.MimeBundle;
import gradus.kernel.engine.Engine.Completeness;
import gradus.kernel.engine.Engine.Completions;
import java.util.Optional;
import java.util.stream.Collectors;
import jdk.jshell.JShell;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Documentation;

/** Answers what an editor asks while a cell is being written. Not safe for several threads: the engine locks. */
final class Assistant {

    private final JShell shell;
    private final SourceCodeAnalysis analysis;
    private final CellParser parser;

    Assistant(JShell shell, CellParser parser) {
        this.shell = shell;
        this.analysis = shell.sourceCodeAnalysis();
        this.parser = parser;
    }

    Completeness isComplete(String code) {
        var parsed = parser.parse(code);
        if (parsed.unfinished()) {
            return new Completeness.Incomplete(indentAfter(code));
        }
        return parsed.faults().isEmpty() ? new Completeness.Complete() : new Completeness.Invalid();
    }

    /** The last line's own indentation, and four spaces more when it opens a block. */
    private static String indentAfter(String code) {
        var lastLine = code.substring(code.stripTrailing().lastIndexOf('\n') + 1);
        var indent = lastLine.substring(0, lastLine.length() - lastLine.stripLeading().length());
        return lastLine.stripTrailing().matches(".*[{(\\[]") ? indent + "    " : indent;
    }

    Completions complete(String code, int cursor) {
        var scope = Scope.at(parser, code, cursor);
        int[] anchor = {scope.cursor()};
        var matches = analysis.completionSuggestions(scope.text(), scope.cursor(), anchor).stream()
                .map(SourceCodeAnalysis.Suggestion::continuation)
                .distinct()
                .filter(match -> !match.isEmpty())
                .map(match -> new Engine.Match(match, "", ""))
                .toList();
        return new Completions(matches, cursor - (scope.cursor() - anchor[0]), cursor);
    }

    Optional<MimeBundle> inspect(String code, int cursor) {
        int start = nameStart(code, cursor);
        int end = nameEnd(code, cursor);
        var name = code.substring(start, end);
        if (name.isBlank()) {
            return Optional.empty();
        }
        return documentation(code, end, "(").or(() -> documentation(code, end, "")).or(() -> variable(name));
    }

    private static int nameStart(String code, int cursor) {
        int start = cursor;
        while (start > 0 && isNamePart(code.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    private static int nameEnd(String code, int cursor) {
        int end = cursor;
        while (end < code.length() && Character.isJavaIdentifierPart(code.charAt(end))) {
            end++;
        }
        return end;
    }

    /** JShell documents a method only inside its parentheses, so a bare name is asked about with one opened behind. */
    private Optional<MimeBundle> documentation(String code, int end, String behind) {
        var scope = Scope.at(parser, code.substring(0, end) + behind, end + behind.length());
        var found = analysis.documentation(scope.text(), scope.cursor(), true);
        return found.isEmpty() ? Optional.empty() : Optional.of(MimeBundle.text(
                found.stream().map(Assistant::text).distinct().collect(Collectors.joining("\n\n"))));
    }

    private static String text(Documentation documentation) {
        var javadoc = documentation.javadoc();
        return javadoc == null || javadoc.isBlank() ? documentation.signature()
                : documentation.signature() + "\n" + javadoc.strip();
    }

    private Optional<MimeBundle> variable(String name) {
        return shell.variables().filter(v -> v.name().equals(name)).findFirst()
                .map(v -> MimeBundle.text(v.typeName() + " " + v.name()));
    }

    private static boolean isNamePart(char c) {
        return Character.isJavaIdentifierPart(c) || c == '.';
    }

    /**
     * The text in which JShell is to look at the cursor: it considers one statement at a time, yet in a cell a name
     * may come from a line above that has not been run. Local variables in a block are the same thing to the compiler.
     */
    private record Scope(String text, int cursor) {

        static Scope at(CellParser parser, String code, int cursor) {
            var before = code.substring(0, cursor);
            var pieces = parser.parse(before).pieces();
            if (pieces.size() < 2) {
                return new Scope(before, cursor);
            }
            var current = pieces.getLast();
            var declared = pieces.subList(0, pieces.size() - 1).stream()
                    .map(CellParser.Piece::source)
                    .filter(source -> !source.stripLeading().startsWith("import "))
                    .collect(Collectors.joining("\n"));
            var text = "{ " + declared + "\n" + before.substring(current.offset());
            return new Scope(text, text.length());
        }
    }
}
