package gradus.kernel.magic;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The words behind a magic's name, in the order they were written; reading an option takes it away. */
final class Arguments {

    private final String magic;
    private final List<String> words;

    private Arguments(String magic, List<String> words) {
        this.magic = magic;
        this.words = words;
    }

    /** Splits at blanks; quotes, single or double, keep blanks. A backslash is a character like others: Windows' paths have it. */
    static Arguments of(String magic, String text) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (char c : text.toCharArray()) {
            if (quote == 0 && Character.isWhitespace(c)) {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                begun = true;
            } else if (c == quote && quote != 0) {
                quote = 0;
            } else {
                word.append(c);
                begun = true;
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException(magic + ": a quote is not closed in: " + text + "\nclose it with " + quote);
        }
        if (begun) {
            words.add(word.toString());
        }
        return new Arguments(magic, words);
    }

    /** All words, options among them. */
    List<String> words() {
        return List.copyOf(words);
    }

    /** Whether the option is there. */
    boolean flag(String... names) {
        return words.removeAll(List.of(names));
    }

    /** The word behind the option. */
    Optional<String> value(String... names) {
        for (var name : names) {
            int at = words.indexOf(name);
            if (at >= 0 && at + 1 < words.size()) {
                words.remove(at);
                return Optional.of(words.remove(at));
            }
            if (at >= 0) {
                throw new IllegalArgumentException(magic + " " + name + " wants a value behind it\nsee " + magic + "?");
            }
        }
        return Optional.empty();
    }

    /** The number behind the option. */
    Optional<Integer> number(String... names) {
        return value(names).map(text -> {
            if (!text.matches("\\d{1,9}")) {
                throw new IllegalArgumentException(magic + " " + names[0] + " wants a number, not \"" + text
                        + "\"\nsuch as: " + magic + " " + names[0] + " 10");
            }
            return Integer.parseInt(text);
        });
    }

    /** What is left when all options have been read; refuses options that nobody has read. */
    List<String> rest() {
        var unread = words.stream().filter(word -> word.matches("--?[A-Za-z].*")).findFirst();
        if (unread.isPresent()) {
            throw new IllegalArgumentException(magic + " has no option " + unread.get() + "\nsee " + magic + "?");
        }
        return List.copyOf(words);
    }

    /** Refuses whatever is left. */
    void none() {
        if (!words.isEmpty()) {
            throw new IllegalArgumentException(magic + " wants nothing behind it, not " + String.join(" ", words)
                    + "\nsee " + magic + "?");
        }
    }

    /** The only word that is left. */
    String only(String what) {
        var rest = rest();
        if (rest.size() != 1) {
            throw new IllegalArgumentException(magic + " wants " + what + (rest.isEmpty() ? "" : ", one, not " + rest.size())
                    + "\nsee " + magic + "?");
        }
        return rest.getFirst();
    }
}
