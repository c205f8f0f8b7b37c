package gradus.nn.tex;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A formula as a tree, read from LaTeX by {@link FormulaParser}. Two texts that mean the same symbols give equal trees:
 * {@code x_1}, {@code x_{1}} and {@code {x}_{1}} are one name. Braces and parentheses leave no trace.
 */
public sealed interface Formula {

    /** A number, {@code 2.5}. */
    record Number(double value) implements Formula {
    }

    /** A letter, a Greek letter or sign with its backslash, or an upright word: {@code x}, {@code \delta}, {@code tanh}. */
    record Symbol(String name) implements Formula {
    }

    /** A mark or typeface on a symbol, or ∂ and ∇ before one: {@code \hat{y}}, {@code \mathbf{W}}, {@code \partial L}. */
    record Accent(String command, Formula inner) implements Formula {
    }

    /** Subscripts, {@code x_{ij}}: part of a name, or entries counted from 1. */
    record Sub(Formula base, List<Formula> indices) implements Formula {
    }

    /** Square brackets, {@code x[i, j]}: entries counted from 0. */
    record Entry(Formula base, List<Formula> indices) implements Formula {
    }

    /** A superscript: part of a name, a power, a transpose, an inverse. */
    record Sup(Formula base, Formula exponent) implements Formula {
    }

    /** What stands in parentheses as a superscript, the (2) of {@code W^{(2)}}: always part of a name. */
    record Label(List<Formula> parts) implements Formula {
    }

    /** A colon among indices, with its ends and its step if it has any. */
    record Range(Optional<Formula> from, Optional<Formula> to, Optional<Formula> step) implements Formula {
    }

    /** A function of arguments, with what stands below it: {@code \log_{2}\left(x\right)}. */
    record Call(Formula function, List<Formula> parameters, List<Formula> arguments) implements Formula {
    }

    /** A sign before a term. */
    record Negative(Formula operand) implements Formula {
    }

    /** Two operands and what stands between them. */
    record Binary(Operator operator, Formula left, Formula right) implements Formula {
    }

    /** How operands are joined; PRODUCT is juxtaposition, QUOTIENT a slash or a fraction. */
    enum Operator { PLUS, MINUS, PRODUCT, DOT, TIMES, HADAMARD, QUOTIENT, AND, OR }

    /** A chain of comparisons, {@code 0 < x \le 1}: one relation fewer than terms. */
    record Comparison(List<Formula> terms, List<String> relations) implements Formula {
    }

    /** {@code \sum}, {@code \prod}, {@code \max}, {@code \min} or argmax with what stands below and above it. */
    record Big(String operator, List<Formula> below, Optional<Formula> above, Formula body) implements Formula {
    }

    /** Rows of blocks. */
    record Matrix(List<List<Formula>> rows) implements Formula {
    }

    /** Branches, of which the first whose condition holds counts. */
    record Cases(List<Branch> branches) implements Formula {
    }

    /** One line of cases; without a condition it is the rest. */
    record Branch(Formula value, Optional<Formula> condition) {
    }

    /** The formulas this one is made of. */
    default List<Formula> parts() {
        var parts = new ArrayList<Formula>();
        switch (this) {
            case Number _, Symbol _ -> { }
            case Accent(var _, var inner) -> parts.add(inner);
            case Sub(var base, var indices) -> {
                parts.add(base);
                parts.addAll(indices);
            }
            case Entry(var base, var indices) -> {
                parts.add(base);
                parts.addAll(indices);
            }
            case Sup(var base, var exponent) -> parts.addAll(List.of(base, exponent));
            case Label(var inner) -> parts.addAll(inner);
            case Range(var from, var to, var step) -> {
                from.ifPresent(parts::add);
                to.ifPresent(parts::add);
                step.ifPresent(parts::add);
            }
            case Call(var function, var parameters, var arguments) -> {
                parts.add(function);
                parts.addAll(parameters);
                parts.addAll(arguments);
            }
            case Negative(var operand) -> parts.add(operand);
            case Binary(var _, var left, var right) -> parts.addAll(List.of(left, right));
            case Comparison(var terms, var _) -> parts.addAll(terms);
            case Big(var _, var below, var above, var body) -> {
                parts.addAll(below);
                above.ifPresent(parts::add);
                parts.add(body);
            }
            case Matrix(var rows) -> rows.forEach(parts::addAll);
            case Cases(var branches) -> branches.forEach(branch -> {
                parts.add(branch.value);
                branch.condition.ifPresent(parts::add);
            });
        }
        return parts;
    }
}
