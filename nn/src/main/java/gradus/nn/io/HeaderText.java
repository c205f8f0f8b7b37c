package gradus.nn.io;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A place in the text of a file's header, and the few things that JSON and Python's literals write the same way. Nothing
 * is guessed: what is not exactly as expected throws {@link FormatException}, and no text makes it build more than itself.
 */
final class HeaderText {

    private final Object file;
    private final String help;
    private final String text;
    private int at;

    /** @param help what the reader may do when the header is wrong */
    HeaderText(Object file, byte[] utf8, String help) {
        this.file = file;
        this.help = help;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new FormatException(file, "its header is not UTF-8", help);
        }
    }

    FormatException wrong(String what) {
        return new FormatException(file, "its header " + what, help);
    }

    private FormatException unexpected(String wanted) {
        var found = at >= text.length() ? "it ends" : "there is '" + text.charAt(at) + "'";
        return wrong("should have " + wanted + " at character " + at + ", where " + found);
    }

    private char peek() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    /** Whether the next character is this one, which is then passed. */
    boolean accept(char wanted) {
        boolean found = peek() == wanted && at < text.length();
        at += found ? 1 : 0;
        return found;
    }

    void expect(char wanted) {
        if (!accept(wanted)) {
            throw unexpected("'" + wanted + "'");
        }
    }

    /** One of these words, which is passed. */
    String word(String... words) {
        peek();
        for (var word : words) {
            if (text.startsWith(word, at)) {
                at += word.length();
                return word;
            }
        }
        throw unexpected(String.join(" or ", words));
    }

    void end() {
        peek();
        if (at < text.length()) {
            throw unexpected("its end");
        }
    }

    /** A whole number from 0 to 2⁶³−1, without sign, point or leading zeros. */
    long natural() {
        if (peek() == '-') {
            throw wrong("has a negative number at character " + at);
        }
        int from = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (from == at || (text.charAt(from) == '0' && at > from + 1)) {
            at = from;
            throw unexpected("a whole number");
        }
        try {
            return Long.parseLong(text, from, at, 10);
        } catch (NumberFormatException e) {
            throw wrong("has a number beyond 2^63-1 at character " + from);
        }
    }

    /** A JSON object: for each name, with the place behind its colon, what reads the value; none may come twice. */
    <T> Map<String, T> object(Function<String, T> value) {
        var members = new LinkedHashMap<String, T>();
        expect('{');
        if (!accept('}')) {
            do {
                var name = string('"');
                expect(':');
                once(members, name, value.apply(name));
            } while (accept(','));
            expect('}');
        }
        return members;
    }

    /** Notes a value under a key that must not have come before. */
    <T> void once(Map<String, T> found, String key, T value) {
        if (found.put(key, value) != null) {
            throw wrong("has '" + key + "' twice");
        }
    }

    /** Natural numbers between brackets, separated by commas; Python writes one behind the last as well. */
    List<Long> naturals(char open, char close, boolean commaBehind) {
        expect(open);
        var numbers = new ArrayList<Long>();
        if (!accept(close)) {
            do {
                numbers.add(natural());
            } while (accept(',') && !(commaBehind && peek() == close));
            expect(close);
        }
        return numbers;
    }

    /** Quoted text with JSON's escapes, of which Python's are a superset that array headers never need. */
    String string(char quote) {
        expect(quote);
        var string = new StringBuilder();
        while (at < text.length() && text.charAt(at) != quote) {
            char c = text.charAt(at++);
            if (c < ' ') {
                throw wrong("has a control character within quotes at character " + (at - 1));
            }
            string.append(c == '\\' ? escaped() : c);
        }
        if (at == text.length()) {
            throw unexpected("a closing quote");
        }
        at++;
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(string)) {
            throw wrong("has half a surrogate pair before character " + at);
        }
        return string.toString();
    }

    private char escaped() {
        char c = at < text.length() ? text.charAt(at++) : 0;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> hexadecimal();
            default -> throw wrong("has an unknown escape before character " + at);
        };
    }

    private char hexadecimal() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0 || text.charAt(at++) > 'f') {
                throw wrong("has an incomplete \\u escape before character " + at);
            }
            value = 16 * value + digit;
        }
        return (char) value;
    }

    /** JSON's way to write this text: the shortest escapes, and only where one must be. */
    static String quoted(String string) {
        var json = new StringBuilder("\"");
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            int shortEscape = "\"\\\b\f\n\r\t".indexOf(c);
            if (shortEscape >= 0) {
                json.append('\\').append("\"\\bfnrt".charAt(shortEscape));
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
