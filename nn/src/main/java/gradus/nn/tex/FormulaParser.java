package gradus.nn.tex;

import gradus.nn.tex.Formula.Operator;
import gradus.nn.tex.Tokens.Kind;
import gradus.nn.tex.Tokens.Token;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Reads LaTeX into a {@link Formula}, by recursive descent. From loose to tight: and/or, comparisons, sums, {@code \odot},
 * products (juxtaposition, {@code \cdot}, {@code \times}, {@code /}, from left to right), scripts. So {@code W^\top \delta
 * \odot h} is (Wᵀδ) ⊙ h. A {@code \sum} reaches over the products and {@code \odot} to its right, up to a + or −. Whether
 * {@code f(x)} is a function's value or a product, the caller's names decide.
 */
public final class FormulaParser {

    private static final Map<String, String> RELATIONS = Map.of("=", "=", "<", "<", ">", ">", "\\le", "≤", "\\ge", "≥",
            "\\ne", "≠");
    private static final Set<String> ACCENTS = Set.of("\\hat", "\\bar", "\\tilde", "\\dot", "\\ddot", "\\vec", "\\overline",
            "\\underline", "\\widehat", "\\widetilde", "\\mathbf", "\\mathbb", "\\mathcal", "\\boldsymbol", "\\partial",
            "\\nabla");
    /** Commands that close or join, and so end a product; every other command begins a factor. */
    private static final Set<String> ENDS = Set.of("\\rvert", "\\rVert", "\\right]", "\\rfloor", "\\rceil", "\\odot", "\\cdot",
            "\\times", "\\oslash", "\\land", "\\lor", "\\le", "\\ge", "\\ne", "\\\\", "\\}");
    /** Signs that stand alone as a script, and then belong to a name. */
    private static final Set<String> MARKS = Set.of("*", "+", "-", "\\star", "\\dagger", "\\prime");

    private final String latex;
    private final List<Token> tokens;
    private final Predicate<Formula> variables;
    private final Predicate<Formula> functions;
    private final Map<Formula, Integer> positions = new IdentityHashMap<>();
    private int at;
    private int bars;   // how many bare | are open
    private int doubleBars;

    private FormulaParser(String latex, Predicate<Formula> variables, Predicate<Formula> functions) {
        this.latex = latex;
        this.tokens = new ArrayList<>(Tokens.of(latex));
        this.variables = variables;
        this.functions = functions;
    }

    /**
     * A formula and where its parts begin in the text.
     *
     * @param positions by identity
     */
    public record Parsed(String latex, Formula formula, Map<Formula, Integer> positions) {
    }

    /** Reads a formula; throws {@link FormulaException} with the place and what was expected there. */
    public static Formula parse(String latex) {
        return parse(latex, name -> false, Functions::has).formula;
    }

    /**
     * Reads a formula among given names.
     *
     * @param variables names that stand for numbers, even where a function is called so as well
     * @param functions names that take an argument
     */
    public static Parsed parse(String latex, Predicate<Formula> variables, Predicate<Formula> functions) {
        var parser = new FormulaParser(latex, variables, functions);
        var formula = parser.logic();
        if (parser.peek().kind() != Kind.END) {
            throw parser.expected("an operator or the end");
        }
        return new Parsed(latex, formula, parser.positions);
    }

    private FormulaException expected(String what) {
        var found = peek().kind() == Kind.END ? "the formula ends" : "found " + peek().text();
        return FormulaException.at(latex, peek().at(), "expected " + what + " but " + found,
                "complete or correct the LaTeX there; \\left and \\right, { and } come in pairs");
    }

    private Token peek() {
        return tokens.get(at);
    }

    private boolean sees(String text) {
        return peek().text().equals(text) && peek().kind() != Kind.WORD && peek().kind() != Kind.END;
    }

    private boolean takes(String text) {
        if (sees(text)) {
            at++;
            return true;
        }
        return false;
    }

    private void must(String text) {
        if (!takes(text)) {
            throw expected(text);
        }
    }

    private <F extends Formula> F from(int position, F formula) {
        positions.putIfAbsent(formula, position);
        return formula;
    }

    private Formula binary(Operator operator, Formula left, Supplier<Formula> right) {
        int position = tokens.get(at - 1).at();
        return from(position, new Formula.Binary(operator, left, right.get()));
    }

    private Formula logic() {
        var left = comparison();
        while (true) {
            if (takes("\\land")) {
                left = binary(Operator.AND, left, this::comparison);
            } else if (takes("\\lor")) {
                left = binary(Operator.OR, left, this::comparison);
            } else {
                return left;
            }
        }
    }

    private Formula comparison() {
        int start = peek().at();
        var terms = new ArrayList<>(List.of(sum()));
        var relations = new ArrayList<String>();
        while (peek().kind() != Kind.WORD && RELATIONS.containsKey(peek().text())) {
            relations.add(RELATIONS.get(tokens.get(at++).text()));
            terms.add(sum());
        }
        return relations.isEmpty() ? terms.getFirst()
                : from(start, new Formula.Comparison(List.copyOf(terms), List.copyOf(relations)));
    }

    private Formula sum() {
        var left = term();
        while (true) {
            if (takes("+")) {
                left = binary(Operator.PLUS, left, this::term);
            } else if (takes("-")) {
                left = binary(Operator.MINUS, left, this::term);
            } else {
                return left;
            }
        }
    }

    /** A product with its sign. */
    private Formula term() {
        int start = peek().at();
        if (takes("-")) {
            return from(start, new Formula.Negative(term()));
        }
        takes("+");
        var left = product();
        while (takes("\\odot")) {
            left = binary(Operator.HADAMARD, left, this::product);
        }
        return takes("\\oslash") ? binary(Operator.QUOTIENT, left, this::product) : left;
    }

    private Formula product() {
        var left = factor();
        while (true) {
            if (takes("\\cdot")) {
                left = binary(Operator.DOT, left, this::factor);
            } else if (takes("\\times") || takes("*")) {
                left = binary(Operator.TIMES, left, this::factor);
            } else if (takes("/")) {
                left = binary(Operator.QUOTIENT, left, this::factor);
            } else if (beginsFactor()) {
                left = from(peek().at(), new Formula.Binary(Operator.PRODUCT, left, factor()));
            } else {
                return left;
            }
        }
    }

    private boolean beginsFactor() {
        var token = peek();
        return switch (token.kind()) {
            case NUMBER, LETTER -> true;
            case WORD -> !Set.of("if", "for", "when", "and", "or", "otherwise", "else").contains(token.text());
            case SIGN -> token.text().equals("(") || token.text().equals("{") || token.text().equals("|") && bars == 0;
            case COMMAND -> !ENDS.contains(token.text()) && !token.text().startsWith("\\end")
                    && !(token.text().equals("\\|") && doubleBars > 0);
            case END -> false;
        };
    }

    private Formula factor() {
        int start = peek().at();
        var base = atom();
        while (sees("_") || sees("^") || sees("'") || sees("[") && !(base instanceof Formula.Number)) {
            base = takes("[") ? from(start, new Formula.Entry(base, list("]", this::index)))
                    : scripts(start).on(base);
        }
        return base;
    }

    private record Scripts(FormulaParser parser, int start, Optional<List<Formula>> sub, Optional<Formula> sup) {

        Formula on(Formula base) {
            var below = sub.isEmpty() ? base : parser.from(start, new Formula.Sub(base, sub.get()));
            return sup.isEmpty() ? below : parser.from(start, new Formula.Sup(below, sup.get()));
        }
    }

    /** At most one subscript and one superscript, in either order. */
    private Scripts scripts(int start) {
        Optional<List<Formula>> sub = Optional.empty();
        Optional<Formula> sup = Optional.empty();
        while (true) {
            if (sub.isEmpty() && takes("_")) {
                sub = Optional.of(subscript());
            } else if (sup.isEmpty() && takes("^")) {
                sup = Optional.of(superscript());
            } else if (sup.isEmpty() && takes("'")) {
                sup = Optional.of(new Formula.Symbol("\\prime"));
            } else if (sees("_") || sees("^")) {
                throw expected("only one such script (braces around the base, {x_i}_j, allow a second)");
            } else {
                return new Scripts(this, start, sub, sup);
            }
        }
    }

    /** One symbol or digit without braces, as TeX has it. */
    private Formula unbraced() {
        var token = peek();
        if (token.kind() == Kind.NUMBER && token.text().length() > 1) {
            tokens.set(at, new Token(Kind.NUMBER, token.text().substring(1), token.at() + 1));
            return new Formula.Number(Double.parseDouble(token.text().substring(0, 1)));
        }
        return takesMark() ? new Formula.Symbol(token.text()) : atom();
    }

    private boolean takesMark() {
        if (MARKS.contains(peek().text())) {
            at++;
            return true;
        }
        return false;
    }

    private Formula superscript() {
        if (!takes("{")) {
            return unbraced();
        }
        int start = at;
        if (takes("(")) {   // {(2)} is a label, {(2) x} is not
            var parts = list(")", this::index);
            if (takes("}")) {
                return new Formula.Label(parts);
            }
            at = start;
        }
        if (MARKS.contains(peek().text()) && tokens.get(at + 1).text().equals("}")) {
            at += 2;
            return new Formula.Symbol(tokens.get(at - 2).text());
        }
        var exponent = logic();
        must("}");
        return exponent;
    }

    /** {@code i}, {@code {1j}}, {@code {i, 2j}}, {@code {i+1}}, {@code {x > 0}}: several indices need no comma, a product one. */
    private List<Formula> subscript() {
        if (!takes("{")) {
            return List.of(unbraced());
        }
        if (MARKS.contains(peek().text()) && tokens.get(at + 1).text().equals("}")) {
            at += 2;
            return List.of(new Formula.Symbol(tokens.get(at - 2).text()));
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

    private Formula index() {
        if (takes("\\cdot")) {
            return new Formula.Range(Optional.empty(), Optional.empty(), Optional.empty());
        }
        var from = end();
        if (!takes(":") && from.isPresent()) {
            return from.get();
        }
        var to = end();
        return new Formula.Range(from, to, takes(":") ? end() : Optional.empty());
    }

    /** One end of a range, which may be left out. */
    private Optional<Formula> end() {
        return sees(":") || sees(",") || sees("}") || sees("]") ? Optional.empty() : Optional.of(logic());
    }

    /** Items separated by commas or semicolons up to a closing sign, which is taken. */
    private List<Formula> list(String close, Supplier<Formula> item) {
        var items = new ArrayList<>(List.of(item.get()));
        while (takes(",") || takes(";") || tokens.get(at - 1).text().equals("\\cdot") && !sees(close)) {   // x_{\cdot j}
            items.add(item.get());
        }
        must(close);
        return List.copyOf(items);
    }

    private Formula atom() {
        var token = peek();
        int start = token.at();
        switch (token.kind()) {
            case NUMBER -> {
                at++;
                return from(start, new Formula.Number(Double.parseDouble(token.text())));
            }
            case LETTER, WORD -> {
                at++;
                return named(start, from(start, new Formula.Symbol(token.text())));
            }
            case SIGN -> {
                if (takes("(")) {
                    return closed(")");
                } else if (takes("{")) {
                    return closed("}");
                } else if (takes("[")) {
                    return row(start, list("]", this::logic));
                } else if (takes("|")) {
                    bars++;
                    var inner = closed("|");
                    bars--;
                    return call(start, "abs", inner);
                }
                throw expected("a value");
            }
            case COMMAND -> {
                return command(start, token.text());
            }
            default -> throw expected("a value");
        }
    }

    private Formula closed(String close) {
        var inner = logic();
        must(close);
        return inner;
    }

    private Formula call(int start, String function, Formula argument) {
        return from(start, new Formula.Call(new Formula.Symbol(function), List.of(), List.of(argument)));
    }

    private Formula row(int start, List<Formula> parts) {
        return from(start, new Formula.Matrix(parts.stream().map(List::of).toList()));
    }

    private Formula command(int start, String text) {
        at++;
        if (ACCENTS.contains(text)) {
            boolean operator = (text.equals("\\partial") || text.equals("\\nabla")) && !sees("{");
            if (operator && (sees("^") || sees("_"))) {   // ∂²L, ∇_θ L: a name of two symbols
                return from(start, new Formula.Symbol(text));
            }
            var accent = from(start, new Formula.Accent(text, operator ? factor() : unbracedGroup()));
            return operator ? accent : named(start, accent);
        }
        switch (text) {
            case "\\frac" -> {
                var numerator = unbracedGroup();
                return from(start, new Formula.Binary(Operator.QUOTIENT, numerator, unbracedGroup()));
            }
            case "\\sqrt" -> {
                var root = takes("[") ? Optional.of(closed("]")) : Optional.<Formula>empty();
                var radicand = unbracedGroup();
                return from(start, new Formula.Call(new Formula.Symbol("sqrt"), root.map(List::of).orElse(List.of()),
                        List.of(radicand)));
            }
            case "\\sum", "\\prod" -> {
                return big(start, text.substring(1));
            }
            case "\\left[" -> {
                var parts = list("\\right]", this::logic);
                return parts.size() == 1 ? parts.getFirst() : row(start, parts);
            }
            case "\\lvert" -> {
                return call(start, "abs", closed("\\rvert"));
            }
            case "\\lVert" -> {
                return call(start, "norm", closed("\\rVert"));
            }
            case "\\|" -> {
                doubleBars++;
                var inner = closed("\\|");
                doubleBars--;
                return call(start, "norm", inner);
            }
            case "\\lfloor" -> {
                var inner = logic();
                boolean round = takes("\\rceil");
                if (!round) {
                    must("\\rfloor");
                }
                return call(start, round ? "round" : "floor", inner);
            }
            case "\\lceil" -> {
                return call(start, "ceil", closed("\\rceil"));
            }
            case "\\lnot" -> {
                return call(start, "not", factor());
            }
            case "\\begin{cases}" -> {
                return cases(start);
            }
            case "\\begin{bmatrix}", "\\begin{pmatrix}", "\\begin{matrix}" -> {
                return matrix(start, text.replace("begin", "end"));
            }
            default -> {
                if (ENDS.contains(text) || text.startsWith("\\begin") || text.startsWith("\\end")) {
                    at--;
                    throw expected("a value");
                }
                return named(start, from(start, new Formula.Symbol(text)));
            }
        }
    }

    private Formula unbracedGroup() {
        return takes("{") ? closed("}") : unbraced();
    }

    /** A symbol: a function with its argument, an operator with its range, or itself. */
    private Formula named(int start, Formula name) {
        if (name instanceof Formula.Symbol(var word) && Set.of("max", "min", "argmax", "argmin").contains(word)
                && sees("_")) {
            return big(start, word);
        }
        if (name instanceof Formula.Symbol(var word) && word.equals("arg")) {
            var which = peek().text();
            at++;
            return big(start, "arg" + which);
        }
        if (variables.test(name) || !functions.test(name) && !functions.test(new Formula.Sup(name,
                new Formula.Symbol("\\prime")))) {
            return name;
        }
        int after = at;
        var scripts = scripts(start);
        var whole = scripts.on(name);
        boolean greek = name instanceof Formula.Symbol(var word) && word.startsWith("\\") || name instanceof Formula.Accent;
        if (variables.test(whole) || (greek || !beginsFactor()) && !sees("(")) {
            at = after;
            return name;   // σ alone is a symbol; factor() reads its scripts
        }
        if (functions.test(whole)) {   // σ′ is a function of its own
            return from(start, new Formula.Call(whole, List.of(), arguments()));
        }
        if (scripts.sup.equals(Optional.of(new Formula.Negative(new Formula.Number(1))))) {
            throw FormulaException.at(latex, start, "f^{-1} may be the inverse function or 1/f",
                    "write \\operatorname{artanh} or \\frac{1}{f\\left(x\\right)}");
        }
        var value = from(start, new Formula.Call(name, scripts.sub.orElse(List.of()), arguments()));
        return scripts.sup.isEmpty() ? value : from(start, new Formula.Sup(value, scripts.sup.get()));
    }

    private List<Formula> arguments() {
        if (takes("(")) {
            return list(")", this::logic);
        }
        int start = peek().at();
        var argument = factor();
        if (argument instanceof Formula.Number && beginsFactor()) {
            argument = from(start, new Formula.Binary(Operator.PRODUCT, argument, factor()));
        }
        if (peek().kind() == Kind.LETTER || peek().kind() == Kind.NUMBER) {
            throw FormulaException.at(latex, peek().at(), "where the function's argument ends is not clear",
                    "write parentheses: \\ln\\left(x\\right) y or \\ln\\left(x y\\right)");
        }
        return List.of(argument);
    }

    private Formula big(int start, String operator) {
        must("_");
        var below = subscript();
        var above = takes("^") ? Optional.of(superscript()) : Optional.<Formula>empty();
        return from(start, new Formula.Big(operator, below, above, term()));
    }

    private Formula matrix(int start, String end) {
        var rows = new ArrayList<List<Formula>>();
        while (!takes(end)) {
            var row = new ArrayList<>(List.of(logic()));
            while (takes("&")) {
                row.add(logic());
            }
            rows.add(List.copyOf(row));
            if (!takes("\\\\") && !sees(end)) {
                throw expected("& or \\\\ or " + end);
            }
        }
        return from(start, new Formula.Matrix(List.copyOf(rows)));
    }

    private Formula cases(int start) {
        var branches = new ArrayList<Formula.Branch>();
        while (!takes("\\end{cases}")) {
            var value = logic();
            takes(",");
            boolean condition = takes("&") | takesWord("if", "for", "when");
            boolean rest = takesWord("otherwise", "else") || !condition;
            branches.add(new Formula.Branch(value, rest ? Optional.empty() : Optional.of(logic())));
            if (!takes("\\\\") && !sees("\\end{cases}")) {
                throw expected("\\\\ or \\end{cases}");
            }
        }
        return from(start, new Formula.Cases(List.copyOf(branches)));
    }

    private boolean takesWord(String... words) {
        if (peek().kind() == Kind.WORD && List.of(words).contains(peek().text())) {
            at++;
            return true;
        }
        return false;
    }
}
