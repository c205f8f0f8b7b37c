package gradus.nn.tex;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** LaTeX cut into tokens: a command, a number, an upright word, or one character; what only moves ink is left out. */
final class Lexer {

    /** @param text the command with its backslash, the digits, the word or the character; empty at the end */
    record Token(Kind kind, String text, int at) {
    }

    enum Kind { COMMAND, NUMBER, WORD, LETTER, SIGN, END }

    private static final Set<String> SPACES = Set.of("\\,", "\\;", "\\:", "\\!", "\\ ", "\\>", "\\quad", "\\qquad", "\\limits",
            "\\nolimits", "\\displaystyle", "\\textstyle", "\\large", "\\Large", "\\big", "\\Big", "\\bigl", "\\bigr",
            "\\Bigl", "\\Bigr", "\\bigg", "\\Bigg", "\\mathstrut");
    private static final Set<String> WORDS = Set.of("\\operatorname", "\\mathrm", "\\text", "\\textrm", "\\mathsf",
            "\\textit", "\\mathit");

    /** Commands whose name is the word that {@code \operatorname} would be given. */
    private static final Set<String> FUNCTIONS = Set.of("\\sin", "\\cos", "\\tan", "\\cot", "\\arcsin", "\\arccos", "\\arctan",
            "\\sinh", "\\cosh", "\\tanh", "\\coth", "\\exp", "\\ln", "\\log", "\\lg", "\\max", "\\min", "\\det", "\\dim",
            "\\arg", "\\Pr");

    private static final Map<String, String> SAME = Map.ofEntries(Map.entry("\\leq", "\\le"), Map.entry("\\leqslant", "\\le"),
            Map.entry("\\geq", "\\ge"), Map.entry("\\geqslant", "\\ge"), Map.entry("\\neq", "\\ne"), Map.entry("\\lt", "<"),
            Map.entry("\\gt", ">"), Map.entry("\\wedge", "\\land"), Map.entry("\\vee", "\\lor"), Map.entry("\\neg", "\\lnot"),
            Map.entry("\\dfrac", "\\frac"), Map.entry("\\tfrac", "\\frac"), Map.entry("\\bm", "\\boldsymbol"),
            Map.entry("\\intercal", "\\top"), Map.entry("\\lbrace", "\\{"), Map.entry("\\rbrace", "\\}"),
            Map.entry("\\Vert", "\\|"), Map.entry("\\vert", "|"), Map.entry("\\circ", "\\odot"), Map.entry("\\ast", "*"));

    private final String latex;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String latex) {
        this.latex = latex;
    }

    /** All tokens, the last one of kind END; throws {@link FormulaException}. */
    static List<Token> of(String latex) {
        var lexer = new Lexer(latex);
        while (lexer.at < latex.length()) {
            lexer.next();
        }
        lexer.add(Kind.END, "", latex.length());
        return lexer.tokens;
    }

    private void add(Kind kind, String text, int from) {
        tokens.add(new Token(kind, text, from));
    }

    private void next() {
        int from = at;
        char c = latex.charAt(at);
        if (c == '\\') {
            command(from, command());
        } else if (Character.isWhitespace(c) || c == '~') {
            at++;
        } else if (isDigit(from)) {
            while (isDigit(at)) {
                at++;
            }
            if (at < latex.length() && latex.charAt(at) == '.' && isDigit(at + 1)) {
                at++;
                while (isDigit(at)) {
                    at++;
                }
            }
            add(Kind.NUMBER, latex.substring(from, at), from);
        } else {
            at += Character.charCount(latex.codePointAt(at));
            add(Character.isLetter(latex.codePointAt(from)) ? Kind.LETTER : Kind.SIGN, latex.substring(from, at), from);
        }
    }

    private boolean isDigit(int index) {
        return index < latex.length() && latex.charAt(index) >= '0' && latex.charAt(index) <= '9';
    }

    /** A backslash and the letters after it, or the one sign. */
    private String command() {
        int from = at++;
        while (at < latex.length() && isLatin(latex.charAt(at))) {
            at++;
        }
        if (at == from + 1 && at < latex.length()) {
            at++;
        }
        return latex.substring(from, at);
    }

    private static boolean isLatin(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private void command(int from, String name) {
        if (SPACES.contains(name)) {
            return;
        }
        if (WORDS.contains(name)) {
            if (at < latex.length() && latex.charAt(at) == '*') {
                at++;
            }
            add(Kind.WORD, braced(name).strip(), from);
        } else if (FUNCTIONS.contains(name)) {
            add(Kind.WORD, name.substring(1), from);
        } else if (name.equals("\\begin") || name.equals("\\end")) {
            add(Kind.COMMAND, name + "{" + braced(name).replace("*", "") + "}", from);
        } else if (name.equals("\\left") || name.equals("\\right")) {
            delimiter(from, name);
        } else {
            var one = SAME.getOrDefault(name, name);
            add(one.length() == 1 ? Kind.SIGN : Kind.COMMAND, one, from);
        }
    }

    /** A bracket of adapted size: the bracket itself, but a bar remembers on which side it stands. */
    private void delimiter(int from, String side) {
        while (at < latex.length() && Character.isWhitespace(latex.charAt(at))) {
            at++;
        }
        if (at == latex.length()) {
            throw FormulaException.at(latex, from, side + " has no delimiter", "write " + side + "( or " + side + "|");
        }
        var bracket = latex.charAt(at) == '\\' ? command() : latex.substring(at, ++at);
        bracket = SAME.getOrDefault(bracket, bracket);
        boolean left = side.equals("\\left");
        switch (bracket) {
            case "." -> { }
            case "|" -> add(Kind.COMMAND, left ? "\\lvert" : "\\rvert", from);
            case "\\|" -> add(Kind.COMMAND, left ? "\\lVert" : "\\rVert", from);
            case "[", "]" -> add(Kind.COMMAND, side + bracket, from);
            default -> add(bracket.length() == 1 ? Kind.SIGN : Kind.COMMAND, bracket, from);
        }
    }

    private String braced(String command) {
        while (at < latex.length() && Character.isWhitespace(latex.charAt(at))) {
            at++;
        }
        int end = latex.indexOf('}', at);
        if (at == latex.length() || latex.charAt(at) != '{' || end < 0) {
            throw FormulaException.at(latex, at, "expected {…} after " + command, "write " + command + "{name}");
        }
        var content = latex.substring(at + 1, end);
        at = end + 1;
        return content;
    }
}
