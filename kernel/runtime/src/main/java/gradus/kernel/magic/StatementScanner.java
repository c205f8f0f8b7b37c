package gradus.kernel.magic;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Reads Java line by line and knows before each line whether a statement can begin there: not in a comment, a text
 * block, an open bracket or the middle of an expression. It knows no grammar, only tokens, so it also reads what the
 * compiler will refuse.
 */
final class StatementScanner {

    private static final Set<String> WITH_A_VALUE_BEHIND = Set.of("return", "yield", "throw", "assert");
    private static final Set<String> BEGIN_A_STATEMENT = Set.of("for", "while", "do", "if", "switch", "try", "synchronized",
            "var", "final", "class", "record", "enum", "interface", "static", "import", "return", "throw", "abstract");

    private enum Mode { CODE, COMMENT, TEXT_BLOCK }

    /** What has been read of one statement, or of what stands between two brackets. */
    private static final class Statement {
        private String first = "";
        private String last = "";
        private boolean assigns;
        private boolean constructs;
        private boolean selects;     // holds a switch that is not its first word
        private boolean asks;        // holds a question mark

        boolean isEmpty() {
            return last.isEmpty();
        }

        void add(String token) {
            if (isEmpty()) {
                first = token;
            } else {
                selects |= token.equals("switch");
            }
            assigns |= token.equals("=");
            constructs |= token.equals("new");
            asks |= token.equals("?");
            last = token;
        }

        /** Whether a brace that closes now does not end the statement. */
        boolean isExpression() {
            return assigns || constructs || selects || WITH_A_VALUE_BEHIND.contains(first);
        }
    }

    /**
     * An open bracket.
     *
     * @param outside    the statement it stands in
     * @param statements whether statements can stand in it
     * @param within     whether the statement goes on behind it
     */
    private record Open(Statement outside, boolean statements, boolean within) {
    }

    private final Deque<Open> open = new ArrayDeque<>();
    private Statement statement = new Statement();
    private Mode mode = Mode.CODE;
    private boolean anyEnded;

    /** Whether a statement can begin at the start of the next line. */
    boolean atStatement() {
        return mode == Mode.CODE && statement.isEmpty() && (open.isEmpty() || open.peek().statements);
    }

    /** Whether what follows stands in no bracket, comment or text. */
    boolean atTopLevel() {
        return mode == Mode.CODE && open.isEmpty();
    }

    /** Whether all that was read is blank or comment. */
    boolean isBlank() {
        return atStatement() && open.isEmpty() && !anyEnded;
    }

    /** Whether all that was read is one expression, as far as tokens can tell. */
    boolean isOneExpression() {
        return !anyEnded && atTopLevel() && !statement.isEmpty() && !statement.assigns
                && !BEGIN_A_STATEMENT.contains(statement.first);
    }

    /** Reads a line; returns where its {@code //} comment begins, or its length. */
    int read(String line) {
        int i = 0;
        while (i < line.length()) {
            if (mode == Mode.COMMENT) {
                int end = line.indexOf("*/", i);
                mode = end < 0 ? mode : Mode.CODE;
                i = end < 0 ? line.length() : end + 2;
            } else if (mode == Mode.TEXT_BLOCK) {
                i = textBlock(line, i);
            } else if (line.startsWith("//", i)) {
                return i;
            } else {
                i = code(line, i);
            }
        }
        return line.length();
    }

    private int textBlock(String line, int start) {
        for (int i = start; i < line.length(); i++) {
            if (line.charAt(i) == '\\') {
                i++;
            } else if (line.startsWith("\"\"\"", i)) {
                mode = Mode.CODE;
                return i + 3;
            }
        }
        return line.length();
    }

    /** Reads the token at {@code i}; returns where the next begins. */
    private int code(String line, int i) {
        char c = line.charAt(i);
        if (Character.isWhitespace(c)) {
            return i + 1;
        }
        if (line.startsWith("/*", i)) {
            mode = Mode.COMMENT;
            return i + 2;
        }
        if (line.startsWith("\"\"\"", i)) {
            statement.add("text");
            mode = Mode.TEXT_BLOCK;
            return i + 3;
        }
        if (c == '"' || c == '\'') {
            statement.add("text");
            return quoted(line, i, c);
        }
        int end = i;
        while (end < line.length() && Character.isJavaIdentifierPart(line.charAt(end))) {
            end++;
        }
        if (end > i) {
            statement.add(line.substring(i, end));
            return end;
        }
        for (var pair : new String[] {"->", "::", "==", "!=", "<=", ">="}) {
            if (line.startsWith(pair, i)) {
                statement.add(pair);
                return i + 2;
            }
        }
        symbol(c);
        return i + 1;
    }

    private static int quoted(String line, int start, char quote) {
        for (int i = start + 1; i < line.length(); i++) {
            if (line.charAt(i) == '\\') {
                i++;
            } else if (line.charAt(i) == quote) {
                return i + 1;
            }
        }
        return line.length();
    }

    private void symbol(char c) {
        switch (c) {
            case '(', '[' -> open(false, true);
            case '{' -> {
                boolean values = holdsValues();
                boolean inBracket = !open.isEmpty() && !open.peek().statements;
                open(!values, values || inBracket || statement.isExpression());
            }
            case ')', ']', '}' -> close(c);
            case ';' -> {
                if (open.isEmpty() || open.peek().statements) {
                    end();
                } else {
                    statement.add(";");   // in the head of a for
                }
            }
            case ':' -> {
                if ((statement.first.equals("case") || statement.first.equals("default")) && !statement.asks) {
                    end();
                } else {
                    statement.add(":");
                }
            }
            default -> statement.add(String.valueOf(c));
        }
    }

    /** Whether a brace that opens now lists the elements of an array or annotation. */
    private boolean holdsValues() {
        return switch (statement.last) {
            case "=", "]", "," -> true;
            case "" -> !open.isEmpty() && !open.peek().statements;
            default -> false;
        };
    }

    private void open(boolean statements, boolean within) {
        open.push(new Open(statement, statements, within));
        statement = new Statement();
    }

    private void close(char c) {
        if (open.isEmpty()) {   // nobody opened it here: the compiler will say so, unless it was opened above
            anyEnded = true;
            statement = new Statement();
            return;
        }
        var closed = open.pop();
        statement = closed.outside;
        statement.add(String.valueOf(c));
        if (!closed.within) {
            end();
        }
    }

    private void end() {
        anyEnded |= open.isEmpty() && !statement.isEmpty();
        statement = new Statement();
    }
}
