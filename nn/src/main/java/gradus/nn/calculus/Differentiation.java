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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The derivative of an expression by one variable, rule by rule from the inside out: what the table of derivatives
 * holds is used without a step of its own, everything composed of it gets one.
 */
final class Differentiation {

    /**
     * One application of rules.
     *
     * @param of         what is derived
     * @param unfolded   its derivative as the rules give it
     * @param simplified the same, simplified
     * @param rules      their names, the outermost first
     */
    record Step(Expression of, Expression unfolded, Expression simplified, Set<String> rules) {
    }

    private final Variable x;
    private final List<Step> steps = new ArrayList<>();
    private final Map<Expression, Step> known = new HashMap<>();

    private Differentiation(Variable x) {
        this.x = x;
    }

    /** The steps that lead to the derivative of f by x, which the last one gives. */
    static List<Step> steps(Expression f, Variable x) {
        var all = new Differentiation(x);
        var last = all.step(f);
        all.steps.remove(last);
        all.steps.add(last);
        return all.steps;
    }

    static Expression derivative(Expression f, Variable x) {
        return steps(f, x).getLast().simplified;
    }

    /** The derivative of a part; the rules used for it go to the surrounding step if the part is a table entry. */
    private Expression inner(Expression part, Set<String> rules) {
        if (!part.contains(x)) {
            return Expression.ZERO;
        }
        var step = step(part);
        if (isEntry(part)) {
            rules.addAll(step.rules);
        } else if (!steps.contains(step)) {
            steps.add(step);
        }
        return step.simplified;
    }

    /** What the table of derivatives holds: x, its powers, functions of x itself, and numbers times these. */
    private boolean isEntry(Expression e) {
        return switch (e) {
            case Variable _ -> true;
            case Product(var factors) -> factors.stream().filter(factor -> factor.contains(x)).count() == 1
                    && factors.stream().allMatch(factor -> !factor.contains(x) || isEntry(factor));
            case Quotient(var n, var d) -> !d.contains(x) && isEntry(n) || !n.contains(x) && isPowerOfX(d);
            case Power(var base, var exponent) -> isPowerOfX(e) || exponent.equals(x) && !base.contains(x);
            case Apply(var _, var argument) -> argument.equals(x);
            default -> false;
        };
    }

    private boolean isPowerOfX(Expression e) {
        return e.equals(x) || e instanceof Power(var base, var exponent) && base.equals(x) && !exponent.contains(x);
    }

    private Step step(Expression e) {
        var before = known.get(e);
        if (before == null) {
            var rules = new LinkedHashSet<String>();
            var unfolded = unfolded(e, rules);
            before = new Step(e, unfolded, unfolded.simplified(), rules);
            known.put(e, before);
        }
        return before;
    }

    private Expression unfolded(Expression e, Set<String> rules) {
        if (!e.contains(x) || e instanceof Power(var _, var exponent) && exponent.isZero()) {
            rules.add("constant");
            return Expression.ZERO;
        }
        return switch (e) {
            case Variable _ -> Expression.ONE;
            case Sum(var terms) -> {
                rules.add("sum rule");
                yield Expression.sum(terms.stream().filter(term -> term.contains(x)).map(term -> inner(term, rules))
                        .toList());
            }
            case Product(var factors) -> product(factors, rules);
            case Quotient(var n, var d) -> quotient(n, d, rules);
            case Power(var base, var exponent) -> power(base, exponent, rules);
            case Apply(var f, var argument) when argument.equals(x) -> {
                f.rule().ifPresent(rules::add);
                yield f.derivative(x);
            }
            case Apply(var f, var argument) -> {
                rules.add("chain rule");
                f.rule().ifPresent(rules::add);
                yield chained(f.derivative(argument), inner(argument, rules));
            }
            case Cases(var then, var otherwise, var left, var right) -> {
                rules.add("case by case");
                yield new Cases(inner(then, rules), inner(otherwise, rules), left, right);
            }
            case Number _, Constant _ -> Expression.ZERO;
        };
    }


    /** A factor 1 is not written. */
    private static Expression chained(Expression outer, Expression inner) {
        return inner.equals(Expression.ONE) ? outer : outer.times(inner);
    }

    private Expression product(List<Expression> factors, Set<String> rules) {
        long moving = factors.stream().filter(factor -> factor.contains(x)).count();
        if (moving < factors.size()) {
            boolean onlyMinus = factors.getFirst().equals(Expression.MINUS_ONE) && moving == factors.size() - 1;
            rules.add(onlyMinus && rules.contains("sum rule") ? "sum rule" : "constant factor");
            if (moving > 1) {
                var rest = Expression.product(factors.stream().filter(factor -> factor.contains(x)).toList());
                var constants = factors.stream().filter(factor -> !factor.contains(x)).toList();
                return Expression.product(constants).times(inner(rest, rules));
            }
            return Expression.product(factors.stream().map(factor -> factor.contains(x) ? inner(factor, rules) : factor)
                    .filter(factor -> !factor.equals(Expression.ONE)).toList());
        }
        rules.add("product rule");
        var terms = new ArrayList<Expression>();
        for (int i = 0; i < factors.size(); i++) {
            var term = new ArrayList<>(factors);
            term.set(i, inner(factors.get(i), rules));
            terms.add(Expression.product(term));
        }
        return Expression.sum(terms);
    }

    private Expression quotient(Expression n, Expression d, Set<String> rules) {
        if (!d.contains(x)) {
            rules.add("constant factor");
            return inner(n, rules).div(d);
        }
        if (!n.contains(x) && isPowerOfX(d)) {
            rules.add("power rule");
            var exponent = d instanceof Power(var _, var m) ? m.neg().simplified() : Expression.MINUS_ONE;
            return Expression.product(n, exponent, x.pow(exponent.minus(1).simplified()));
        }
        rules.add("quotient rule");
        return inner(n, rules).times(d).minus(n.times(inner(d, rules))).div(d.square());
    }

    private Expression power(Expression base, Expression exponent, Set<String> rules) {
        var same = new Power(base, exponent);
        if (!exponent.contains(x)) {
            var lowered = new Power(base, exponent.minus(1).simplified());
            var outer = exponent.times(lowered.exponent().equals(Expression.ONE) ? base : lowered);
            if (base.equals(x)) {
                rules.add("power rule");
                return outer;
            }
            rules.add("chain rule");
            rules.add("power rule");
            return chained(outer, inner(base, rules));
        }
        if (!base.contains(x)) {
            var outer = base == Constant.E ? same : same.times(base.log());
            if (!exponent.equals(x)) {
                rules.add("chain rule");
            }
            rules.add("exponential");
            return chained(outer, inner(exponent, rules));
        }
        rules.add("power of functions");
        return same.times(inner(exponent, rules).times(base.log()).plus(exponent.times(inner(base, rules)).div(base)));
    }
}
