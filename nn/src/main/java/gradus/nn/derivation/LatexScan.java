package gradus.nn.derivation;

import java.util.ArrayList;
import java.util.List;

/** Finds where parts of a LaTeX formula end: it knows braces, sized brackets and environments, not what they mean. */
final class LatexScan {

    private LatexScan() {
    }

    /** The end of the token that begins here: a command, or one character. */
    static int token(String latex, int from) {
        if (latex.charAt(from) != '\\' || from + 1 == latex.length()) {
            return from + Character.charCount(latex.codePointAt(from));
        }
        int at = from + 1;
        while (at < latex.length() && isLatin(latex.charAt(at))) {
            at++;
        }
        return at == from + 1 ? at + 1 : at;
    }

    private static boolean isLatin(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    /** The end of what begins here and must stay together: a group, a bracketed part, an environment, or a token. */
    static int part(String latex, int from) {
        int depth = 0;
        int at = from;
        do {
            int end = token(latex, at);
            var token = latex.substring(at, end);
            switch (token) {
                case "{", "[", "\\begin" -> depth++;
                case "}", "]", "\\end" -> depth--;
                case "\\left" -> {
                    depth++;
                    end = token(latex, blanks(latex, end));
                }
                case "\\right" -> {
                    depth--;
                    end = token(latex, blanks(latex, end));
                }
                default -> { }
            }
            if (token.equals("\\begin") || token.equals("\\end")) {
                end = latex.indexOf('}', end) + 1;
            }
            at = Math.min(end, latex.length());
        } while (depth > 0 && at < latex.length());
        return at;
    }

    static int blanks(String latex, int from) {
        int at = from;
        while (at < latex.length() && latex.charAt(at) == ' ') {
            at++;
        }
        return Math.min(at, latex.length() - 1);
    }

    /** What stands in a group or is a token, and where it ends. */
    record Part(String inner, int end) {
    }

    /** The argument that follows here; an empty one behind the end. */
    static Part argument(String latex, int at) {
        if (at >= latex.length()) {
            return new Part("", at);
        }
        int from = blanks(latex, at);
        int end = part(latex, from);
        return new Part(latex.charAt(from) == '{' ? latex.substring(from + 1, end - 1) : latex.substring(from, end), end);
    }

    /** The rows of an environment's body in cells; those of an environment within stay together. */
    static List<List<String>> rows(String body) {
        var rows = new ArrayList<List<String>>();
        var row = new ArrayList<String>();
        int start = 0;
        for (int at = 0; at < body.length(); ) {
            int end = part(body, at);
            var part = body.substring(at, end);
            boolean ends = part.equals("\\\\");
            if (ends || part.equals("&")) {
                row.add(body.substring(start, at));
                start = end;
            }
            if (ends) {
                rows.add(List.copyOf(row));
                row.clear();
            }
            at = end;
        }
        row.add(body.substring(start));
        rows.add(row);
        return rows;
    }
}
