package gradus.nn.calculus;

import gradus.nn.calculus.Expression.Apply;
import gradus.nn.calculus.Expression.Cases;
import gradus.nn.calculus.Expression.Constant;
import gradus.nn.calculus.Expression.Number;
import gradus.nn.calculus.Expression.Power;
import gradus.nn.calculus.Expression.Product;
import gradus.nn.calculus.Expression.Quotient;
import gradus.nn.calculus.Expression.Sum;
import gradus.nn.calculus.Expression.Variable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How expressions are written: as LaTeX, or as plain text with the superscripts and subscripts that Unicode has. */
enum Rendering {

    TEX, PLAIN;

    private static final String GREEK = "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ";
    private static final List<String> GREEK_NAMES = List.of("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta",
            "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon",
                    "phi",
            "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega");
    private static final String NORMAL = "0123456789+-abcdefghijklmnoprstuvwxyz";
    private static final String RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ";
    private static final String LOWERABLE = "0123456789+-aehijklmnoprstuvx";
    private static final String LOWERED = "₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ";

    String of(Expression e) {
        return switch (e) {
            case Number(var value) -> number(value);
            case Constant constant -> constant == Constant.E ? "e" : this == TEX ? "\\pi" : "π";
            case Variable(var name) -> name(name);
            case Sum(var terms) -> sum(terms);
            case Product _ -> negated(e).map(positive -> "-" + unsigned(positive))
                    .orElseGet(() -> product((Product) e));
            case Quotient(var n, var d) -> quotient(n, d);
            case Power power -> power(power);
            case Apply(Elementary f, var x) when f == Elementary.ABS ->
                    this == TEX ? "\\left|" + of(x) + "\\right|" : "|" + of(x) + "|";
            case Apply(var f, var x) -> function(f) + argument(x);
            case Cases cases -> cases(cases);
        };
    }

    /** In parentheses, as the argument of a function. */
    String argument(Expression x) {
        return this == TEX ? "\\left(" + of(x) + "\\right)" : "(" + of(x) + ")";
    }

    String function(ScalarFunction f) {
        return switch (f) {
            case Elementary elementary -> this == TEX ? elementary.tex : f.plain();
            case ScalarFunction.Logarithm(var base) -> this == TEX ? "\\log_{" + of(base) + "}"
                    : base instanceof Number(var n) && n.isInteger() ? "log" + translated(of(base), LOWERABLE, LOWERED)
                    : base instanceof Variable ? "log_" + of(base) : f.plain();
            case ScalarFunction.Unknown(var name, int order) -> this == PLAIN ? f.plain()
                    : name(name) + (order < 2 ? "'".repeat(order) : "^{" + "\\prime".repeat(order) + "}");
        };
    }

    /** A number as a person writes it; beyond 15 digits by a power of ten. */
    private String number(Rational value) {
        var digits = value.toString();
        if (digits.length() > 15 && !digits.contains("/")) {
            var scientific = Double.toString(value.value()).split("E");
            return scientific.length == 1 ? scientific[0].replaceFirst("\\.0$", "")
                    : scientific[0].replaceFirst("\\.0$", "")
                    + (this == TEX ? " \\cdot 10^{" + scientific[1] + "}" : "·10" + raised(scientific[1]));
        }
        return this == PLAIN || !digits.contains("/") ? digits
                : digits.replaceFirst("^(-?)(\\d+)/(\\d+)$", "$1\\\\frac{$2}{$3}");
    }

    /** A name such as {@code w_1}, {@code λ} or {@code \hat{y}}. */
    String name(String name) {
        int at = name.indexOf('_');
        if (at > 0) {
            var index = name.substring(at + 1).replaceAll("[{}]", "");
            var base = name(name.substring(0, at));
            return this == TEX ? base + "_{" + index + "}"
                    : index.chars().allMatch(c -> LOWERABLE.indexOf(c) >= 0) ? base + translated(index, LOWERABLE,
                    LOWERED)
                    : base + "_" + index;
        }
        int greek = name.startsWith("\\") ? GREEK_NAMES.indexOf(name.substring(1)) : GREEK.indexOf(name);
        if (greek >= 0) {
            return this == TEX ? "\\" + GREEK_NAMES.get(greek) : GREEK.substring(greek, greek + 1);
        }
        if (name.startsWith("\\hat{") && this == PLAIN) {
            return name.substring(5, name.length() - 1) + "\u0302";
        }
        return this == TEX && name.length() > 1 && !name.startsWith("\\") ? "\\mathrm{" + name + "}" : name;
    }

    private static String translated(String text, String from, String to) {
        return text.chars().mapToObj(c -> to.substring(from.indexOf(c), from.indexOf(c) + 1))
                .collect(Collectors.joining());
    }

    /** What stands behind the minus of a product or number that begins with one. */
    static Optional<Expression> negated(Expression e) {
        return switch (e) {
            case Number(var value) when value.signum() < 0 -> Optional.of(new Number(value.negated()));
            case Product(var factors) when factors.getFirst() instanceof Number(var value) && value.signum() < 0 -> {
                var rest = Expression.product(factors.subList(1, factors.size()));
                yield Optional.of(value.equals(Rational.MINUS_ONE) ? rest
                        : new Number(value.negated()).times(rest));
            }
            default -> Optional.empty();
        };
    }

    private String sum(List<Expression> terms) {
        var text = new StringBuilder();
        for (var term : terms) {
            var positive = negated(term);
            if (text.isEmpty()) {
                text.append(of(term));
            } else {
                text.append(positive.isPresent() ? " - " : " + ").append(unsigned(positive.orElse(term)));
            }
        }
        return text.toString();
    }

    /** A term, in parentheses when it is a sum or begins with a minus itself. */
    private String unsigned(Expression term) {
        return term instanceof Sum || negated(term).isPresent() ? wrapped(term) : of(term);
    }

    private String wrapped(Expression e) {
        var inner = of(e);
        if (this == TEX) {
            return "\\left(" + inner + "\\right)";
        }
        boolean square = e instanceof Quotient || inner.replace("^(", "").chars().filter(c -> c == '(').count() > 1;
        return square ? "[" + inner + "]" : "(" + inner + ")";
    }

    private String product(Product product) {
        var text = new StringBuilder();
        Expression before = null;
        for (var factor : flat(product).toList()) {
            boolean loose = factor instanceof Sum || negated(factor).isPresent()
                    || factor instanceof Quotient && this == PLAIN;
            var next = loose ? wrapped(factor) : of(factor);
            if (before != null) {
                text.append(this == TEX ? texJoint(before, factor, next) : plainJoint(before, factor, text, next));
            }
            text.append(next);
            before = factor;
        }
        return text.toString();
    }

    private static Stream<Expression> flat(Expression e) {
        return e instanceof Product(var factors) && negated(e).isEmpty() ? factors.stream().flatMap(Rendering::flat)
                : Stream.of(e);
    }

    private static String texJoint(Expression before, Expression factor, String next) {
        boolean dotted = before instanceof Number && (isRaw(before) || factor instanceof Quotient)
                || Character.isDigit(next.charAt(0)) || isFraction(factor) || negated(factor).isPresent()
                || isCall(before) && isCall(factor) || factor instanceof Quotient
                && (isFraction(before) || before instanceof Quotient);
        return dotted ? " \\cdot " : " ";
    }

    private static String plainJoint(Expression before, Expression factor, StringBuilder text, String next) {
        char last = text.charAt(text.length() - 1);
        char first = next.charAt(0);
        if (isRaw(before) || Character.isDigit(first) || factor instanceof Quotient || before instanceof Quotient
                || negated(factor).isPresent() || isFraction(before) || factor instanceof Cases
                || before instanceof Cases) {
            return " · ";
        }
        if (isCall(before) && isCall(factor)) {
            return "·";
        }
        boolean names = isShort(before) && (isShort(factor) || first == '(' || first == '[')
                || first == '(' || first == '[';
        return names && last != '|' ? "" : " ";
    }

    /** 0 and 1 are factors only where nothing has been simplified yet, and stand out. */
    private static boolean isRaw(Expression factor) {
        return factor.isZero() || factor.equals(Expression.ONE);
    }

    private static boolean isFraction(Expression factor) {
        return factor instanceof Number(var value) && !value.isInteger() && !value.isDecimal();
    }

    private static boolean isCall(Expression factor) {
        return factor instanceof Apply || factor instanceof Power(Apply _, var _);
    }

    /**
     * A number, a letter, a root, or a power of these with a superscript: what can stand beside another without a
     * space.
     */
    private static boolean isShort(Expression factor) {
        return switch (factor) {
            case Number _, Constant _ -> true;
            case Variable variable -> PLAIN.of(variable).chars().filter(c -> LOWERED.indexOf(c) < 0).count() == 1;
            case Power(var base, var exponent) -> isShort(base) && !(exponent.equals(Expression.HALF))
                    && !PLAIN.of(factor).contains("^");
            default -> false;
        };
    }

    private String quotient(Expression n, Expression d) {
        if (this == TEX) {
            return "\\frac{" + of(n) + "}{" + of(d) + "}";
        }
        var above = n instanceof Sum || n instanceof Quotient || isFraction(n) || negated(n).isPresent()
                && n instanceof Product
                ? wrapped(n) : of(n);
        var below = d instanceof Sum || d instanceof Product || d instanceof Quotient || isFraction(d)
                || negated(d).isPresent() ? wrapped(d) : of(d);
        return above + (above.contains(" ") || below.contains(" ") && !(d instanceof Product) ? " / " : "/") + below;
    }

    private String power(Power power) {
        var base = power.base();
        var exponent = power.exponent();
        if (exponent instanceof Number(var value) && value.signum() > 0 && !value.isInteger()
                && value.numerator().equals(Rational.ONE.numerator())
                && (this == TEX || value.equals(Expression.HALF.value()))) {
            return this == TEX ? "\\sqrt" + (value.equals(Expression.HALF.value()) ? "" : "[" + value.denominator()
                    + "]")
                    + "{" + of(base) + "}" : "√" + (isShort(base) && !(base instanceof Power) ? of(base)
                    : argument(base));
        }
        if (base instanceof Apply(Elementary f, var x) && f.plain().length() > 1 && f != Elementary.ABS
                && f != Elementary.SIGN && f != Elementary.RELU && f != Elementary.ERF
                && exponent instanceof Number(var n) && n.isInteger() && n.signum() > 0) {
            return function(f) + raised(exponent) + argument(x);
        }
        boolean loose = !(base instanceof Variable || base instanceof Constant || base instanceof Apply
                || base instanceof Number(var value) && value.isInteger() && value.signum() >= 0);
        var text = base instanceof Apply(ScalarFunction.Unknown _, var _)
                ? this == TEX ? "\\left[" + of(base) + "\\right]" : "[" + of(base) + "]"
                : loose ? wrapped(base) : of(base);
        return text + raised(exponent);
    }

    private String raised(Expression exponent) {
        return this == TEX ? "^{" + of(exponent) + "}" : raised(of(exponent));
    }

    private static String raised(String exponent) {
        var text = exponent.replace(" ", "");
        boolean small = text.chars().allMatch(c -> NORMAL.indexOf(c) >= 0) && !text.matches("-.*[a-z].*");
        return small ? translated(text, NORMAL, RAISED) : text.length() == 1 ? "^" + text : "^(" + exponent + ")";
    }

    private String cases(Cases cases) {
        var then = of(cases.then());
        var otherwise = of(cases.otherwise());
        var left = of(cases.left());
        var right = of(cases.right());
        boolean max = cases.then().equals(cases.left()) && cases.otherwise().equals(cases.right());
        boolean min = cases.then().equals(cases.right()) && cases.otherwise().equals(cases.left());
        if (max || min) {
            var name = max ? "max" : "min";
            return this == TEX ? "\\" + name + "\\left(" + left + ", " + right + "\\right)"
                    : name + "(" + left + ", " + right + ")";
        }
        return this == TEX ? "\\begin{cases} " + then + " & " + left + " > " + right + " \\\\ " + otherwise + " & "
                + left
                + " \\le " + right + " \\end{cases}"
                : "{" + then + " if " + left + " > " + right + ", " + otherwise + " if " + left + " ≤ " + right + "}";
    }
}
