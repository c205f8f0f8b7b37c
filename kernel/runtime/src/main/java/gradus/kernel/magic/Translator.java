package gradus.kernel.magic;

import gradus.kernel.api.Magic;
import gradus.kernel.magic.Translation.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Turns the magics of a cell into Java on the same lines.
 *
 * <p>A magic is a line that begins with {@code %name} or {@code !command} or reads {@code name?}, where a statement
 * could begin; or what is assigned in {@code var x = %name …} and {@code var x = !command}. Java's own uses of these
 * signs stay as they are: {@code %} between two operands, and {@code !} before what reads as a condition.
 */
final class Translator {

    static final String ENTRY = "gradus.kernel.api.Magics.";
    private static final String RETURN = "return ";
    private static final Pattern CELL_MAGIC = Pattern.compile("\\s*%%([A-Za-z][\\w-]*)[ \\t]*([^\\n]*)(?:\\n|$)");

    /** A cell that asks for a magic which does not exist, or in a place where it cannot be. */
    static final class Refused extends Exception {

        private final transient int line;

        Refused(String message, int line) {
            super(message);
            this.line = line;
        }

        /** Counted from 1. */
        int line() {
            return line;
        }
    }

    private final Catalog magics;
    private final Predicate<String> isVariable;

    /** @param isVariable whether a cell has defined a variable of this name */
    Translator(Catalog magics, Predicate<String> isVariable) {
        this.magics = magics;
        this.isVariable = isVariable;
    }

    Translation translate(String cell) throws Refused {
        var cellMagic = CELL_MAGIC.matcher(cell);
        if (cellMagic.lookingAt()) {
            return wholeCell(cell, cellMagic);
        }
        return mentionsMagic(cell) ? new CellLines(cell, magics, isVariable).translate() : Translation.none(cell);
    }

    /** Most cells have none of these signs and need not be read. */
    private static boolean mentionsMagic(String cell) {
        return cell.indexOf('%') >= 0 || cell.indexOf('!') >= 0 || cell.indexOf('?') >= 0 || cell.contains("//DEPS");
    }

    private Translation wholeCell(String cell, Matcher head) throws Refused {
        var name = head.group(1);
        var arguments = head.group(2).strip();
        int line = lineOf(cell, head.start(1));
        if (arguments.matches("\\?{1,2}|--help|-h")) {
            return single(cell, head, ENTRY + "show(\"pinfo\", " + quoted("%%" + name) + ");", cell.length());
        }
        known(name, magics, line);
        var body = cell.substring(head.end());
        var above = "\n".repeat(newlines(cell.substring(0, head.start(1))));
        return switch (name) {
            case "time" -> timed(cell, head, above, arguments, body);
            case "timeit" -> measured(cell, head, above, arguments, body);
            default -> single(cell, head, above + ENTRY + "show(" + quoted(name) + ", " + quoted(arguments) + ", "
                    + quoted(body) + ");", cell.length());
        };
    }

    private static Translation single(String cell, Matcher head, String code, int end) {
        return new Translation(cell, code, List.of(new Change(head.start(), end, 0, code.length(), -1, -1, 0)),
                List.of(code), Optional.empty());
    }

    /** The body as it stands, with a clock started on the line of the magic; the session stops it. */
    private Translation timed(String cell, Matcher head, String above, String arguments, String body) throws Refused {
        var start = above + ENTRY + "start();" + (arguments.isEmpty() ? "" : " " + arguments + ";");
        var inner = new Translator(magics, isVariable).translate(body);
        var code = start + "\n" + inner.code();
        int shift = head.end();
        int shiftInCode = start.length() + 1;
        var changes = new ArrayList<Change>();
        changes.add(new Change(0, Math.max(0, head.end() - 1), 0, start.length(), -1, -1, 0));
        for (var c : inner.changes()) {
            changes.add(new Change(c.start() + shift, c.end() + shift, c.startInCode() + shiftInCode,
                    c.endInCode() + shiftInCode, c.kept() < 0 ? -1 : c.kept() + shift, c.keptInCode() + shiftInCode,
                    c.keptLength()));
        }
        var steps = new ArrayList<>(inner.steps());
        int lines = newlines(start) + 1;
        steps.replaceAll(step -> "\n".repeat(lines) + step);
        steps.set(0, start + steps.getFirst().substring(lines - 1));
        return new Translation(cell, code, changes, steps, Optional.empty());
    }

    /**
     * The body as a lambda. Its last expression is returned, so that the JIT cannot drop it; when it turns out to have
     * no value the alternative does without.
     */
    private static Translation measured(String cell, Matcher head, String above, String options, String body) {
        var before = above + ENTRY + "timeit(" + quoted(options) + ", () -> {\n";
        int split = lastStatement(body);
        var after = "\n;})";
        var magic = new Change(0, head.end() - (body.isEmpty() ? 0 : 1), 0, before.length() - 1, -1, -1, 0);
        var plain = before + body + after;
        if (split == body.length()) {
            return new Translation(cell, plain, List.of(magic), List.of(plain), Optional.empty());
        }
        int blank = body.substring(split).length() - body.substring(split).stripLeading().length();
        int at = head.end() + split + blank;
        int inCode = before.length() + split + blank;
        var code = before + body.substring(0, split + blank) + RETURN + body.substring(split + blank) + after;
        return new Translation(cell, code, List.of(magic, new Change(at, at, inCode, inCode + RETURN.length(), at,
                inCode + RETURN.length(), 0)), List.of(code), Optional.of(plain));
    }

    /** Where the last statement of a text begins if it is an expression that no semicolon ends; else the text's end. */
    private static int lastStatement(String body) {
        int start = 0;
        var scanner = new StatementScanner();
        int offset = 0;
        for (var line : body.split("\n", -1)) {
            if (scanner.atStatement() && scanner.atTopLevel()) {
                start = offset;
            }
            scanner.read(line);
            offset += line.length() + 1;
        }
        var last = new StatementScanner();
        body.substring(start).lines().forEach(last::read);
        return last.isOneExpression() ? start : body.length();
    }

    /** The magic of this name; refuses a name that no magic has. */
    static Magic known(String name, Catalog magics, int line) throws Refused {
        return magics.find(name).orElseThrow(() -> new Refused(magics.unknown(name), line));
    }

    static int lineOf(String text, int offset) {
        return 1 + newlines(text.substring(0, Math.min(offset, text.length())));
    }

    static int newlines(String text) {
        return (int) text.chars().filter(c -> c == '\n').count();
    }

    /** A string literal, in pieces where the class file's limit for one constant wants it. */
    static String quoted(String text) {
        int limit = 500;   // a constant holds 65,535 bytes, yet patterns that read a literal recurse for each character
        if (text.length() > limit) {
            return IntStream.rangeClosed(0, (text.length() - 1) / limit)
                    .mapToObj(i -> quoted(text.substring(i * limit, Math.min(text.length(), (i + 1) * limit))))
                    .collect(Collectors.joining(", ", "String.join(\"\", ", ")"));
        }
        var literal = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '"' -> literal.append("\\\"");
                case '\\' -> literal.append("\\\\");
                case '\n' -> literal.append("\\n");
                case '\r' -> literal.append("\\r");
                case '\t' -> literal.append("\\t");
                default -> literal.append(text.charAt(i));
            }
        }
        return literal.append('"').toString();
    }
}
