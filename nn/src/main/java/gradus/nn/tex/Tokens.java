package gradus.nn.tex;

import gradus.nn.tex.Lexer.Kind;
import gradus.nn.tex.Lexer.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The tokens of a formula and how far they have been read. */
final class Tokens {

    final String latex;
    private final List<Token> tokens;
    private int at;

    Tokens(String latex) {
        this.latex = latex;
        this.tokens = new ArrayList<>(Lexer.of(latex));
    }

    Token peek() {
        return tokens.get(at);
    }

    Token next() {
        return tokens.get(at++);
    }

    Token previous() {
        return tokens.get(at - 1);
    }

    /** How many have been read, for {@link #back}. */
    int read() {
        return at;
    }

    void back(int read) {
        at = read;
    }

    /** Whether this command or sign comes next; a word that reads the same is another thing. */
    boolean sees(String text) {
        return peek().text().equals(text) && peek().kind() != Kind.WORD && peek().kind() != Kind.END;
    }

    /** Whether it comes next; then it is read. */
    boolean takes(String text) {
        boolean there = sees(text);
        at += there ? 1 : 0;
        return there;
    }

    boolean takesWord(Set<String> words) {
        boolean there = peek().kind() == Kind.WORD && words.contains(peek().text());
        at += there ? 1 : 0;
        return there;
    }

    void must(String text) {
        if (!takes(text)) {
            throw expected(text);
        }
    }

    /** Of a number the first digit, as TeX reads it where braces lack. */
    String digit() {
        var token = next();
        if (token.text().length() > 1) {
            tokens.set(--at, new Token(Kind.NUMBER, token.text().substring(1), token.at() + 1));
        }
        return token.text().substring(0, 1);
    }

    FormulaException expected(String what) {
        var found = peek().kind() == Kind.END ? "the formula ends" : "found " + peek().text();
        return error("expected " + what + " but " + found,
                "complete or correct the LaTeX there; \\left and \\right, { and } come in pairs");
    }

    /** Something is wrong at the next token. */
    FormulaException error(String what, String help) {
        return FormulaException.at(latex, peek().at(), what, help);
    }
}
