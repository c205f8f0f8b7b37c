package gradus.kernel.engine;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One statement, declaration or expression of a cell; {@code start} and {@code end} are offsets in the cell.
 *
 * <p>{@code uses} are the simple names that a piece mentions: what it may depend on.
 */
sealed interface Piece {

    int start();

    int end();

    Set<String> uses();

    /** @param declaration what stands between {@code import} and the semicolon */
    record Import(int start, int end, String declaration) implements Piece {

        @Override
        public Set<String> uses() {
            return Set.of();
        }

        /** Two imports of one key cannot both be in force: they give the same simple name. */
        String key() {
            boolean isStatic = declaration.startsWith("static ");
            var simple = declaration.substring(declaration.lastIndexOf('.') + 1);
            return declaration.startsWith("module ") || simple.equals("*") ? declaration
                    : (isStatic ? "static " : "") + simple;
        }
    }

    /** @param shared the annotations that stand before the type */
    record Variables(int start, int end, Set<String> uses, String shared, List<Declarator> declarators) implements Piece {
    }

    /**
     * One name of a declaration of variables.
     *
     * @param type     as written; empty for {@code var}
     * @param typeText from where to where the type stands
     * @param at       where the name stands
     * @param value    the initialiser, if there is one
     */
    record Declarator(String name, Optional<String> type, Span typeText, int at, Optional<Initialiser> value) {
    }

    /**
     * @param obviousType the type that a {@code var} gets, where it can be read off without a compiler
     * @param isBraces    {@code {1, 2}}, which needs {@code new T[]} in front of it in an assignment
     */
    record Initialiser(Span text, Set<String> uses, Optional<String> obviousType, boolean isBraces) {
    }

    /** From {@code start} up to {@code end}. */
    record Span(int start, int end) {
    }

    /** What cells may refer to by name, besides variables. */
    sealed interface Declaration extends Piece {

        String name();

        /** The modifiers and annotations that are kept, with a blank behind; access and {@code static} are not. */
        String modifiers();

        /** Where the text behind the modifiers begins. */
        int bodyStart();
    }

    /** @param header its signature, by which others call it */
    record Method(int start, int end, Set<String> uses, String name, String modifiers, int bodyStart, Header header)
            implements Declaration {
    }

    /**
     * @param typeParameters with their brackets, or nothing
     * @param headerUses     the names in the signature: if one of them changes its meaning, so does the signature
     */
    record Header(String typeParameters, String result, List<String> parameterTypes, String thrown, Set<String> headerUses) {

        /** Two methods of one name and one key are the same method, the later in the place of the earlier. */
        String key(String name) {
            return name + parameterTypes;
        }
    }

    /** @param isOpen whether it can be made public without a constructor of it becoming illegal */
    record Type(int start, int end, Set<String> uses, String name, String modifiers, int bodyStart, boolean isOpen)
            implements Declaration {
    }

    record Statement(int start, int end, Set<String> uses) implements Piece {
    }

    /**
     * @param text           without a semicolon
     * @param silenced       whether its author ended it with a semicolon, so that its value is not shown
     * @param isAssignment   {@code x = 1} and {@code x += 1}, whose value is not shown either
     * @param isInvocation   whether it may turn out to have no value
     * @param standsAlone    whether Java takes it as a statement
     */
    record Expression(int start, int end, Set<String> uses, Span text, boolean silenced, boolean isAssignment,
                      boolean isInvocation, boolean standsAlone) implements Piece {

        boolean isShown() {
            return !silenced && !isAssignment;
        }
    }
}
