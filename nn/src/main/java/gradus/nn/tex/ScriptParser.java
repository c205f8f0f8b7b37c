package gradus.nn.tex;

import gradus.nn.tex.Formula.Operator;
import gradus.nn.tex.Lexer.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Reads what stands below, above and in square brackets behind a symbol. */
final class ScriptParser {

    private static final Formula PRIME = new Formula.Symbol("\\prime");
    /** Signs that stand alone as a script, and then belong to a name. */
    private static final Set<String> MARKS = Set.of("*", "+", "-", "\\star", "\\dagger", "\\prime");

    private final Tokens tokens;
    private final FormulaParser parser;

    ScriptParser(Tokens tokens, FormulaParser parser) {
        this.tokens = tokens;
        this.parser = parser;
    }

    /** A subscript, a superscript and a prime, or some of them. */
    record Scripts(Optional<List<Formula>> sub, Optional<Formula> sup, boolean prime) {
    }

    boolean begins() {
        return tokens.sees("_") || tokens.sees("^") || tokens.sees("'");
    }

    Scripts scripts() {
        Optional<List<Formula>> sub = Optional.empty();
        Optional<Formula> sup = Optional.empty();
        boolean prime = false;
        while (true) {
            if (sub.isEmpty() && tokens.takes("_")) {
                sub = Optional.of(below());
            } else if (sup.isEmpty() && tokens.takes("^")) {
                sup = Optional.of(above());
            } else if (!prime && sup.isEmpty() && tokens.takes("'")) {
                prime = true;
            } else if (begins()) {
                throw tokens.expected("only one such script (braces around the base, {x_i}_j, allow a second)");
            } else {
                return new Scripts(sub, sup, prime);
            }
        }
    }

    /** A base with its scripts: the prime innermost, the superscript outermost. */
    Formula on(Formula base, Scripts scripts, int start) {
        var primed = scripts.prime ? parser.from(start, new Formula.Sup(base, PRIME)) : base;
        var sub = scripts.sub.isEmpty() ? primed : parser.from(start, new Formula.Sub(primed, scripts.sub.get()));
        return scripts.sup.isEmpty() ? sub : parser.from(start, new Formula.Sup(sub, scripts.sup.get()));
    }

    /** In braces anything, without braces one symbol or digit, as TeX has it. */
    Formula group() {
        if (tokens.takes("{")) {
            return parser.closed("}");
        }
        return tokens.peek().kind() == Kind.NUMBER ? new Formula.Number(Double.parseDouble(tokens.digit())) : parser.atom();
    }

    /** A sign that is all there is, as in {@code x^*} and {@code x^{+}}. */
    private Optional<Formula> mark() {
        int start = tokens.read();
        boolean braced = tokens.takes("{");
        if (MARKS.contains(tokens.peek().text())) {
            var sign = new Formula.Symbol(tokens.next().text());
            if (!braced || tokens.takes("}")) {
                return Optional.of(sign);
            }
        }
        tokens.back(start);
        return Optional.empty();
    }

    Formula above() {
        return mark().or(this::label).orElseGet(this::group);
    }

    /** {@code {(2)}}; {@code {(2) x}} is none. */
    private Optional<Formula> label() {
        int start = tokens.read();
        if (tokens.takes("{") && tokens.takes("(")) {
            var parts = list(")", this::index);
            if (tokens.takes("}")) {
                return Optional.of(new Formula.Label(parts));
            }
        }
        tokens.back(start);
        return Optional.empty();
    }

    /** {@code i}, {@code {1j}}, {@code {i, 2j}}, {@code {x > 0}}: several indices need no comma, a product among them does. */
    List<Formula> below() {
        var mark = mark();
        if (mark.isPresent() || !tokens.takes("{")) {
            return List.of(mark.orElseGet(this::group));
        }
        var indices = list("}", this::index);
        var letters = new ArrayList<Formula>();
        return indices.size() == 1 && sideBySide(indices.getFirst(), letters) ? List.copyOf(letters) : indices;
    }

    /** Whether a formula is nothing but names and numbers one beside the other; collects them. */
    private static boolean sideBySide(Formula formula, List<Formula> letters) {
        if (formula instanceof Formula.Binary(var operator, var left, var right) && operator == Operator.PRODUCT) {
            return sideBySide(left, letters) && sideBySide(right, letters);
        }
        letters.add(formula);
        return formula instanceof Formula.Symbol || formula instanceof Formula.Accent || formula instanceof Formula.Sub
                || formula instanceof Formula.Entry || formula instanceof Formula.Number;
    }

    /** {@code i}, {@code 1:n}, {@code ::2}, {@code \cdot}. */
    Formula index() {
        if (tokens.takes("\\cdot")) {
            return new Formula.Range(Optional.empty(), Optional.empty(), Optional.empty());
        }
        var from = end();
        if (!tokens.takes(":") && from.isPresent()) {
            return from.get();
        }
        var to = end();
        return new Formula.Range(from, to, tokens.takes(":") ? end() : Optional.empty());
    }

    /** One end of a range, which may be left out. */
    private Optional<Formula> end() {
        return tokens.sees(":") || tokens.sees(",") || tokens.sees("}") || tokens.sees("]") ? Optional.empty()
                : Optional.of(parser.logic());
    }

    /** Items separated by commas or semicolons up to a closing sign, which is taken. */
    List<Formula> list(String close, Supplier<Formula> item) {
        var items = new ArrayList<>(List.of(item.get()));
        while (tokens.takes(",") || tokens.takes(";")
                || tokens.previous().text().equals("\\cdot") && !tokens.sees(close)) {   // x_{\cdot j}
            items.add(item.get());
        }
        tokens.must(close);
        return List.copyOf(items);
    }
}
