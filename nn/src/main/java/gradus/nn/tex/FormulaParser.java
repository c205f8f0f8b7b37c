package gradus.nn.tex;

import gradus.nn.tex.Formula.Operator;
import gradus.nn.tex.Lexer.Kind;
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
    private static final Set<String> EXTREMES = Set.of("max", "min");
    private static final Set<String> CONDITION = Set.of("if", "for", "when");
    private static final Set<String> REST = Set.of("otherwise", "else");

    private final Tokens tokens;
    private final ScriptParser scripts;
    private final Predicate<Formula> variables;
    private final Predicate<Formula> functions;
    private final Map<Formula, Integer> positions = new IdentityHashMap<>();
    private int bars;   // how many bare | are open
    private int doubleBars;

    private FormulaParser(String latex, Predicate<Formula> variables, Predicate<Formula> functions) {
        this.tokens = new Tokens(latex);
        this.scripts = new ScriptParser(tokens, this);
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
        if (parser.tokens.peek().kind() != Kind.END) {
            throw parser.tokens.expected("an operator or the end");
        }
        return new Parsed(latex, formula, parser.positions);
    }

    /** A formula that begins at this place in the text. */
    <F extends Formula> F from(int position, F formula) {
        positions.putIfAbsent(formula, position);
        return formula;
    }

    private Formula binary(Operator operator, Formula left, Supplier<Formula> right) {
        int position = tokens.previous().at();
        return from(position, new Formula.Binary(operator, left, right.get()));
    }

    Formula logic() {
        var left = comparison();
        while (true) {
            if (tokens.takes("\\land")) {
                left = binary(Operator.AND, left, this::comparison);
            } else if (tokens.takes("\\lor")) {
                left = binary(Operator.OR, left, this::comparison);
            } else {
                return left;
            }
        }
    }

    private Formula comparison() {
        int start = tokens.peek().at();
        var terms = new ArrayList<>(List.of(sum()));
        var relations = new ArrayList<String>();
        while (tokens.peek().kind() != Kind.WORD && RELATIONS.containsKey(tokens.peek().text())) {
            relations.add(RELATIONS.get(tokens.next().text()));
            terms.add(sum());
        }
        return relations.isEmpty() ? terms.getFirst()
                : from(start, new Formula.Comparison(List.copyOf(terms), List.copyOf(relations)));
    }

    private Formula sum() {
        var left = term();
        while (true) {
            if (tokens.takes("+")) {
                left = binary(Operator.PLUS, left, this::term);
            } else if (tokens.takes("-")) {
                left = binary(Operator.MINUS, left, this::term);
            } else {
                return left;
            }
        }
    }

    /** A product with its sign. */
    private Formula term() {
        int start = tokens.peek().at();
        if (tokens.takes("-")) {
            return from(start, new Formula.Negative(term()));
        }
        tokens.takes("+");
        var left = product();
        while (true) {
            if (tokens.takes("\\odot")) {
                left = binary(Operator.HADAMARD, left, this::product);
            } else if (tokens.takes("\\oslash")) {
                left = binary(Operator.QUOTIENT, left, this::product);
            } else {
                return left;
            }
        }
    }

    private Formula product() {
        var left = factor();
        while (true) {
            if (tokens.takes("\\cdot")) {
                left = binary(Operator.DOT, left, this::factor);
            } else if (tokens.takes("\\times") || tokens.takes("*")) {
                left = binary(Operator.TIMES, left, this::factor);
            } else if (tokens.takes("/")) {
                left = binary(Operator.QUOTIENT, left, this::factor);
            } else if (beginsFactor()) {
                left = from(tokens.peek().at(), new Formula.Binary(Operator.PRODUCT, left, factor()));
            } else {
                return left;
            }
        }
    }

    private boolean beginsFactor() {
        var token = tokens.peek();
        return switch (token.kind()) {
            case NUMBER, LETTER -> true;
            case WORD -> !CONDITION.contains(token.text()) && !REST.contains(token.text());
            case SIGN -> token.text().equals("(") || token.text().equals("{") || token.text().equals("|") && bars == 0;
            case COMMAND -> !ENDS.contains(token.text()) && !token.text().startsWith("\\end")
                    && !(token.text().equals("\\|") && doubleBars > 0);
            case END -> false;
        };
    }

    /** Whether a letter follows, of whatever alphabet: that of a differential. */
    private boolean beginsSymbol() {
        var token = tokens.peek();
        return token.kind() == Kind.LETTER || token.kind() == Kind.COMMAND && (ACCENTS.contains(token.text())
                || token.text().matches("\\\\[a-zA-Z]+") && beginsFactor() && !token.text().equals("\\frac"));
    }

    /** A symbol with what stands below and above it. */
    private Formula scripted(int start) {
        var base = atom();
        while (scripts.begins()) {
            base = scripts.on(base, scripts.scripts(), start);
        }
        return base;
    }

    private Formula factor() {
        int start = tokens.peek().at();
        var base = atom();
        while (scripts.begins() || tokens.sees("[") && !(base instanceof Formula.Number)) {
            base = tokens.takes("[") ? from(start, new Formula.Entry(base, scripts.list("]", scripts::index)))
                    : scripts.on(base, scripts.scripts(), start);
        }
        return base;
    }

    Formula atom() {
        var token = tokens.peek();
        int start = token.at();
        switch (token.kind()) {
            case NUMBER -> {
                tokens.next();
                return from(start, new Formula.Number(Double.parseDouble(token.text())));
            }
            case LETTER, WORD -> {
                tokens.next();
                if (token.kind() == Kind.WORD && token.text().equals("d") && beginsSymbol() && !variables.test(new Formula.Symbol("d"))) {
                    return from(start, new Formula.Accent("\\mathrm{d}", scripted(tokens.peek().at())));
                }
                return named(start, from(start, new Formula.Symbol(token.text())));
            }
            case SIGN -> {
                if (tokens.takes("(")) {
                    return closed(")");
                } else if (tokens.takes("{")) {
                    return closed("}");
                } else if (tokens.takes("[")) {
                    return row(start, scripts.list("]", this::logic));
                } else if (tokens.takes("|")) {
                    bars++;
                    var inner = closed("|");
                    bars--;
                    return call(start, "abs", inner);
                }
                throw tokens.expected("a value");
            }
            case COMMAND -> {
                return command(start, token.text());
            }
            default -> throw tokens.expected("a value");
        }
    }

    Formula closed(String close) {
        var inner = logic();
        tokens.must(close);
        return inner;
    }

    private Formula call(int start, String function, Formula argument) {
        return from(start, new Formula.Call(new Formula.Symbol(function), List.of(), List.of(argument)));
    }

    /** A fraction; ∂L/∂x[i], and ∂L/∂x_i where ∂L/∂x is given, are entries of ∂L/∂x. */
    private Formula quotient(int start, Formula numerator, Formula denominator) {
        var whole = from(start, new Formula.Binary(Operator.QUOTIENT, numerator, denominator));
        if (denominator instanceof Formula.Accent(var mark, var indexed) && mark.equals("\\partial") && !variables.test(whole)) {
            if (indexed instanceof Formula.Entry(var array, var at)) {
                return from(start, new Formula.Entry(derivative(start, numerator, array), at));
            }
            if (indexed instanceof Formula.Sub(var array, var at) && variables.test(derivative(start, numerator, array))) {
                return from(start, new Formula.Sub(derivative(start, numerator, array), at));
            }
        }
        return whole;
    }

    private Formula derivative(int start, Formula of, Formula in) {
        return from(start, new Formula.Binary(Operator.QUOTIENT, of, from(start, new Formula.Accent("\\partial", in))));
    }

    private Formula row(int start, List<Formula> parts) {
        return from(start, new Formula.Matrix(parts.stream().map(List::of).toList()));
    }

    private Formula command(int start, String text) {
        tokens.next();
        if (ACCENTS.contains(text)) {
            boolean operator = (text.equals("\\partial") || text.equals("\\nabla")) && !tokens.sees("{");
            if (operator && (tokens.sees("^") || tokens.sees("_"))) {   // ∂²L, ∇_θ L: a name of two symbols
                return from(start, new Formula.Symbol(text));
            }
            var accent = from(start, new Formula.Accent(text, operator ? factor() : scripts.group()));
            return operator ? accent : named(start, accent);
        }
        switch (text) {
            case "\\frac" -> {
                var numerator = scripts.group();
                return quotient(start, numerator, scripts.group());
            }
            case "\\sqrt" -> {
                var root = tokens.takes("[") ? Optional.of(closed("]")) : Optional.<Formula>empty();
                var radicand = scripts.group();
                return from(start, new Formula.Call(new Formula.Symbol("sqrt"), root.map(List::of).orElse(List.of()),
                        List.of(radicand)));
            }
            case "\\sum", "\\prod" -> {
                return big(start, text.substring(1));
            }
            case "\\left[" -> {
                var parts = scripts.list("\\right]", this::logic);
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
                boolean round = tokens.takes("\\rceil");
                if (!round) {
                    tokens.must("\\rfloor");
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
                    tokens.back(tokens.read() - 1);
                    throw tokens.expected("a value");
                }
                return named(start, from(start, new Formula.Symbol(text)));
            }
        }
    }

    /** A symbol: a function with its argument, an operator with its range, or itself. */
    private Formula named(int start, Formula name) {
        if (name instanceof Formula.Symbol(var word)) {
            if (word.equals("arg") && EXTREMES.contains(tokens.peek().text())) {
                return big(start, "arg" + tokens.next().text());
            }
            if (EXTREMES.contains(word.replaceFirst("^arg", "")) && tokens.sees("_")) {
                return big(start, word);
            }
        }
        if (variables.test(name) || !functions.test(name) && !functions.test(new Formula.Sup(name,
                new Formula.Symbol("\\prime")))) {
            return name;
        }
        int after = tokens.read();
        var around = scripts.scripts();
        var whole = scripts.on(name, around, start);
        boolean greek = name instanceof Formula.Symbol(var word) && word.startsWith("\\") || name instanceof Formula.Accent;
        if (variables.test(whole) || (greek || !beginsFactor()) && !tokens.sees("(")) {
            tokens.back(after);
            return name;   // σ alone is a symbol; factor() reads its scripts
        }
        if (functions.test(whole)) {   // σ′ is a function of its own
            return from(start, new Formula.Call(whole, List.of(), arguments()));
        }
        if (around.sup().equals(Optional.of(new Formula.Negative(new Formula.Number(1))))) {
            throw FormulaException.at(tokens.latex, start, "f^{-1} may be the inverse function or 1/f",
                    "write \\operatorname{artanh} or \\frac{1}{f\\left(x\\right)}");
        }
        var value = from(start, new Formula.Call(name, around.sub().orElse(List.of()), arguments()));
        return around.sup().isEmpty() ? value : from(start, new Formula.Sup(value, around.sup().get()));
    }

    private List<Formula> arguments() {
        if (tokens.takes("(")) {
            return scripts.list(")", this::logic);
        }
        int start = tokens.peek().at();
        var argument = factor();
        if (argument instanceof Formula.Number && beginsFactor()) {
            argument = from(start, new Formula.Binary(Operator.PRODUCT, argument, factor()));
        }
        if (tokens.peek().kind() == Kind.LETTER || tokens.peek().kind() == Kind.NUMBER) {
            throw tokens.error("where the function's argument ends is not clear",
                    "write parentheses: \\ln\\left(x\\right) y or \\ln\\left(x y\\right)");
        }
        return List.of(argument);
    }

    private Formula big(int start, String operator) {
        var range = scripts.scripts();
        var below = range.sub().orElseThrow(() -> tokens.expected("_ and an index"));
        return from(start, new Formula.Big(operator, below, range.sup(), term()));
    }

    private Formula matrix(int start, String end) {
        var rows = new ArrayList<List<Formula>>();
        while (!tokens.takes(end)) {
            var row = new ArrayList<>(List.of(logic()));
            while (tokens.takes("&")) {
                row.add(logic());
            }
            rows.add(List.copyOf(row));
            if (!tokens.takes("\\\\") && !tokens.sees(end)) {
                throw tokens.expected("& or \\\\ or " + end);
            }
        }
        return from(start, new Formula.Matrix(List.copyOf(rows)));
    }

    private Formula cases(int start) {
        var branches = new ArrayList<Formula.Branch>();
        while (!tokens.takes("\\end{cases}")) {
            var value = logic();
            tokens.takes(",");
            boolean condition = tokens.takes("&") | tokens.takesWord(CONDITION);
            boolean rest = tokens.takesWord(REST) || !condition;
            branches.add(new Formula.Branch(value, rest ? Optional.empty() : Optional.of(logic())));
            if (!tokens.takes("\\\\") && !tokens.sees("\\end{cases}")) {
                throw tokens.expected("\\\\ or \\end{cases}");
            }
        }
        return from(start, new Formula.Cases(List.copyOf(branches)));
    }
}
