package gradus.nn.calculus;

import gradus.nn.DType;
import gradus.nn.Tensor;
import gradus.nn.calculus.Expression.Apply;
import gradus.nn.calculus.Expression.Cases;
import gradus.nn.calculus.Expression.Constant;
import gradus.nn.calculus.Expression.Number;
import gradus.nn.calculus.Expression.Power;
import gradus.nn.calculus.Expression.Product;
import gradus.nn.calculus.Expression.Quotient;
import gradus.nn.calculus.Expression.Sum;
import gradus.nn.calculus.Expression.Variable;
import gradus.nn.grad.Derivatives;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/**
 * The number that a line of a derivation must have at a point, found twice and without the rules: by automatic
 * differentiation of the function's tensors, and by central differences of its values.
 */
record Truth(ToDoubleFunction<Map<Variable, Double>> autograd, ToDoubleFunction<Map<Variable, Double>> central) {

    /** By order: what balances truncation (h⁴) and rounding (h^−order) of the nested five-point formula. */
    private static final double[] STEP = {1, 1e-3, 5e-3, 2e-2};

    /** The derivative of f by these variables one after the other; of none, f itself. */
    static Truth derivative(Expression f, List<Variable> by) {
        return new Truth(at -> autograd(f, by, at), at -> central(f, by, at, 1));
    }

    /** The same at a point that follows from the given one. */
    Truth at(UnaryOperator<Map<Variable, Double>> moved) {
        return new Truth(at -> autograd.applyAsDouble(moved.apply(at)), at -> central.applyAsDouble(moved.apply(at)));
    }

    Truth plus(Truth other) {
        return new Truth(at -> autograd.applyAsDouble(at) + other.autograd.applyAsDouble(at),
                at -> central.applyAsDouble(at) + other.central.applyAsDouble(at));
    }

    Truth times(double number) {
        return new Truth(at -> number * autograd.applyAsDouble(at), at -> number * central.applyAsDouble(at));
    }

    private static double autograd(Expression f, List<Variable> by, Map<Variable, Double> at) {
        var tensors = new HashMap<Variable, Tensor>();
        at.forEach((name, value) -> tensors.put(name, number(value)));
        return derivative(f, by, tensors).item();
    }

    private static Tensor derivative(Expression f, List<Variable> by, Map<Variable, Tensor> at) {
        return by.isEmpty() ? tensor(f, at) : Derivatives.gradient(in -> {
            var inside = new HashMap<>(at);
            inside.put(by.getLast(), in[0]);
            return derivative(f, by.subList(0, by.size() - 1), inside);
        }, at.get(by.getLast()))[0];
    }

    private static Tensor number(double value) {
        return Tensor.scalar(value, DType.FLOAT64);
    }

    /** The expression in operations on tensors. */
    private static Tensor tensor(Expression e, Map<Variable, Tensor> at) {
        return switch (e) {
            case Number(var value) -> number(value.value());
            case Constant constant -> number(constant.value);
            case Variable name -> at.get(name);
            case Sum(var terms) -> terms.stream().map(term -> tensor(term, at)).reduce(Tensor::plus).orElseThrow();
            case Product(var factors) -> factors.stream().map(factor -> tensor(factor, at)).reduce(Tensor::times)
                    .orElseThrow();
            case Quotient(var n, var d) -> tensor(n, at).div(tensor(d, at));
            case Power(Constant base, var exponent) when base == Constant.E -> tensor(exponent, at).exp();
            case Power(var base, Number(var n)) -> tensor(base, at).pow(n.value());
            case Power(var base, var exponent) -> tensor(base, at).pow(tensor(exponent, at));
            case Apply(Elementary f, var x) -> f.tensor.apply(tensor(x, at));
            case Apply(ScalarFunction.Logarithm(var base), var x) -> tensor(x, at).log().div(tensor(base, at).log());
            case Apply(ScalarFunction.Unknown f, var x) -> f.value(tensor(x, at));
            case Cases(var then, var otherwise, var left, var right) ->
                    tensor(left, at).gt(tensor(right, at)).where(tensor(then, at), tensor(otherwise, at));
        };
    }

    /** Central differences, their step divided by a scale; from the second order on extrapolated to a step of 0. */
    static double central(Expression f, List<Variable> by, Map<Variable, Double> at, double scale) {
        double step = STEP[Math.min(by.size(), STEP.length - 1)] / scale;
        double coarse = difference(f, by, at, step);
        return by.size() < 2 ? coarse : (16 * difference(f, by, at, step / 2) - coarse) / 15;
    }

    /** The five-point central difference (8(f₁ − f₋₁) − (f₂ − f₋₂)) / 12h in each variable. */
    static double difference(Expression f, List<Variable> by, Map<Variable, Double> at, double step) {
        if (by.isEmpty()) {
            return f.value(at);
        }
        var x = by.getLast();
        var rest = by.subList(0, by.size() - 1);
        double middle = at.get(x);
        double h = step * Math.max(1, Math.abs(middle));
        var moved = new HashMap<>(at);
        DoubleUnaryOperator there = t -> {
            moved.put(x, middle + t);
            return difference(f, rest, moved, step);
        };
        return (8 * (there.applyAsDouble(h) - there.applyAsDouble(-h))
                - (there.applyAsDouble(2 * h) - there.applyAsDouble(-2 * h))) / (12 * h);
    }
}
