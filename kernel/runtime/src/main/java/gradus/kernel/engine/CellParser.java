package gradus.kernel.engine;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import jdk.jshell.SourceCodeAnalysis;

/**
 * Splits a cell into the pieces that JShell takes one at a time, and parses all of them before any is run: a syntax
 * error in a cell's last line must not leave its first lines done.
 *
 * <p>JShell alone is too lenient for that: it calls {@code int x = = 3;} complete. So each piece must also be accepted
 * by javac's parser as what it can be in a cell: a statement, a member of a class, or a top-level declaration.
 */
final class CellParser {

    /**
     * One statement, declaration or expression.
     *
     * @param source   as it stands in the cell; JShell adds a semicolon where one lacks
     * @param offset   where it begins in the cell
     * @param silenced whether its author ended it with a semicolon, so that an expression's value is not shown
     */
    record Piece(String source, int offset, boolean silenced) {
    }

    /** A syntax error, from {@code start} up to {@code end} in the cell. */
    record Fault(String message, int start, int end) {
    }

    /**
     * A cell taken apart; its pieces are to be run only if there is no fault.
     *
     * @param unfinished whether more text could still complete the last piece
     */
    record Parsed(List<Piece> pieces, List<Fault> faults, boolean unfinished) {
    }

    /** Text in front of a piece that makes it a whole compilation unit, and text behind. */
    private record Form(String before, String after, boolean statement) {
    }

    private static final List<Form> FORMS = List.of(
            new Form("class $ { void $() throws Throwable { ", "\n;}}", true),
            new Form("class $ { ", "\n}", false),
            new Form("", "\n", false));
    private static final String NOT_A_STATEMENT = "compiler.err.not.stmt";   // an expression, which a cell may hold

    private static final Pattern COMMENT_OR_TEXT = Pattern.compile(
            "//[^\n]*|/\\*.*?\\*/|\"\"\"(?:\\\\.|.)*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\\n])*'", Pattern.DOTALL);

    private final SourceCodeAnalysis analysis;
    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);

    CellParser(SourceCodeAnalysis analysis) {
        this.analysis = analysis;
    }

    /** The pieces and whether the last is unfinished; faults are not looked for. */
    Parsed split(String cell) {
        var pieces = new ArrayList<Piece>();
        boolean unfinished = false;
        var rest = cell;
        while (!rest.isBlank() && !unfinished) {
            var info = analysis.analyzeCompletion(rest);
            int offset = cell.length() - rest.length();
            switch (info.completeness()) {
                case EMPTY -> rest = "";
                case COMPLETE, COMPLETE_WITH_SEMI, UNKNOWN -> {
                    pieces.add(new Piece(info.source(), offset, endsWithSemicolon(info.source())));
                    rest = info.remaining();
                }
                case CONSIDERED_INCOMPLETE, DEFINITELY_INCOMPLETE -> {
                    pieces.add(new Piece(rest, offset, true));
                    unfinished = true;
                }
            }
        }
        return new Parsed(List.copyOf(pieces), List.of(), unfinished);
    }

    /** The pieces and all syntax errors. */
    Parsed parse(String cell) {
        var split = split(cell);
        var faults = faults(split.pieces);
        if (split.unfinished && faults.isEmpty()) {
            faults = List.of(new Fault("the cell ends in the middle of a statement", cell.length(), cell.length()));
        }
        return new Parsed(split.pieces, faults, split.unfinished);
    }

    private static boolean endsWithSemicolon(String source) {
        return COMMENT_OR_TEXT.matcher(source).replaceAll(found -> found.group().startsWith("/") ? "" : "text")
                .stripTrailing().endsWith(";");
    }

    /** The errors of the pieces that fit none of the forms, in the order of the cell. */
    private List<Fault> faults(List<Piece> pieces) {
        var failing = new LinkedHashMap<Piece, List<Fault>>();
        pieces.forEach(piece -> failing.put(piece, List.of()));
        for (var form : FORMS) {
            var open = List.copyOf(failing.keySet());
            if (!open.isEmpty()) {
                var results = parseAs(form, open);
                for (int i = 0; i < open.size(); i++) {
                    var faults = results.get(i);
                    failing.computeIfPresent(open.get(i),
                            (piece, earlier) -> faults.isEmpty() ? null : further(earlier, faults));
                }
            }
        }
        return failing.values().stream().flatMap(List::stream).toList();
    }

    /** Of two readings of one piece, the one that got further before it failed: likely what its author meant. */
    private static List<Fault> further(List<Fault> a, List<Fault> b) {
        return a.isEmpty() || b.getFirst().start() > a.getFirst().start() ? b : a;
    }

    /** For each piece the errors that javac's parser finds when it reads the piece in this form. */
    private List<List<Fault>> parseAs(Form form, List<Piece> pieces) {
        var units = new ArrayList<Unit>();
        for (var piece : pieces) {
            units.add(new Unit(units.size(), form.before + piece.source() + form.after));
        }
        var found = new DiagnosticCollector<JavaFileObject>();
        var task = (JavacTask) compiler.getTask(null, files, found, List.of("-proc:none"), null, units);
        try {
            task.parse();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var results = new ArrayList<List<Fault>>();
        pieces.forEach(piece -> results.add(new ArrayList<>()));
        for (var diagnostic : found.getDiagnostics()) {
            boolean allowed = form.statement && diagnostic.getCode().equals(NOT_A_STATEMENT);
            if (diagnostic.getKind() == Diagnostic.Kind.ERROR && !allowed
                    && diagnostic.getSource() instanceof Unit unit) {
                var piece = pieces.get(unit.index);
                results.get(unit.index).add(fault(diagnostic, piece, form.before.length()));
            }
        }
        return results;
    }

    private static Fault fault(Diagnostic<?> diagnostic, Piece piece, int before) {
        int length = piece.source().length();
        int start = Math.clamp(diagnostic.getStartPosition() - before, 0, length);
        int end = Math.clamp(diagnostic.getEndPosition() - before, start, length);
        return new Fault(diagnostic.getMessage(Locale.ROOT), piece.offset() + start, piece.offset() + end);
    }

    private static final class Unit extends SimpleJavaFileObject {

        private final int index;
        private final String text;

        Unit(int index, String text) {
            super(URI.create("string:///$" + index + ".java"), Kind.SOURCE);
            this.index = index;
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
