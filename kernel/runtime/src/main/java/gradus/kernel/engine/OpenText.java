package gradus.kernel.engine;

import java.util.ArrayDeque;
import java.util.Deque;

/** What is still open at the end of a text: brackets, and whether a comment or a text literal is. */
final class OpenText {

    private enum Inside { CODE, LINE_COMMENT, COMMENT, TEXT, TEXT_BLOCK, CHARACTER }

    private final Deque<Character> brackets = new ArrayDeque<>();
    private Inside inside = Inside.CODE;
    /** Where the innermost open bracket stands, or -1. */
    private final Deque<Integer> places = new ArrayDeque<>();

    private OpenText(String text) {
        for (int i = 0; i < text.length(); i++) {
            i += step(text, i);
        }
    }

    static boolean isInTextOrComment(String text) {
        return new OpenText(text).inside != Inside.CODE;
    }

    /** The text with all brackets closed, so that it can be parsed. */
    static String close(String text) {
        var open = new OpenText(text);
        var closed = new StringBuilder(text);
        for (char bracket : open.brackets) {
            closed.append(switch (bracket) {
                case '(' -> ")";
                case '[' -> "]";
                default -> ";}";
            });
        }
        return closed.append(";").toString();
    }

    /** Behind the innermost open parenthesis, or 0. */
    static int insideParenthesis(String text) {
        var open = new OpenText(text);
        return !open.brackets.isEmpty() && open.brackets.peek() == '(' ? open.places.peek() + 1 : 0;
    }

    /** Reads one character and returns how many more belong to it. */
    private int step(String text, int i) {
        char c = text.charAt(i);
        switch (inside) {
            case LINE_COMMENT -> {
                if (c == '\n') {
                    inside = Inside.CODE;
                }
            }
            case COMMENT -> {
                if (text.startsWith("*/", i)) {
                    inside = Inside.CODE;
                    return 1;
                }
            }
            case TEXT, CHARACTER -> {
                if (c == '\\') {
                    return 1;
                }
                if (c == '\n' || c == (inside == Inside.TEXT ? '"' : '\'')) {
                    inside = Inside.CODE;
                }
            }
            case TEXT_BLOCK -> {
                if (c == '\\') {
                    return 1;
                }
                if (text.startsWith("\"\"\"", i)) {
                    inside = Inside.CODE;
                    return 2;
                }
            }
            case CODE -> {
                return code(text, i, c);
            }
        }
        return 0;
    }

    private int code(String text, int i, char c) {
        if (text.startsWith("//", i) || text.startsWith("/*", i)) {
            inside = text.charAt(i + 1) == '/' ? Inside.LINE_COMMENT : Inside.COMMENT;
            return 1;
        }
        if (text.startsWith("\"\"\"", i)) {
            inside = Inside.TEXT_BLOCK;
            return 2;
        }
        switch (c) {
            case '"' -> inside = Inside.TEXT;
            case '\'' -> inside = Inside.CHARACTER;
            case '(', '[', '{' -> {
                brackets.push(c);
                places.push(i);
            }
            case ')', ']', '}' -> {
                brackets.poll();
                places.poll();
            }
            default -> { }
        }
        return 0;
    }
}
