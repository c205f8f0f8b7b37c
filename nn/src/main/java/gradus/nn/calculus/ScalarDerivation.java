package gradus.nn.calculus;

import gradus.nn.calculus.Expression.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What calculus says about a scalar function of one variable or several, symbolically: derivatives step by step with
 * the rules by their names, gradient, Hessian, directional derivatives, Taylor polynomials, stationary points. Every
 * line is read back from its LaTeX at points of the domain and compared with automatic differentiation and central
 * differences.
 */
public final class ScalarDerivation implements Worked {

    final String name;
    final Expression f;
    final List<Variable> variables;
    final Points points;

    private ScalarDerivation(String name, Expression f, List<Variable> variables, Points points) {
        this.name = name;
        this.f = f;
        this.variables = variables;
        this.points = points;
    }

    /**
     * The derivation of a function.
     *
     * @param variables by which it is derived, the others being parameters; all of its variables if none are given
     * @throws IllegalArgumentException when the function does not depend on one of them
     * @throws ArithmeticException      when it divides by 0 or leaves the domain of a function everywhere
     */
    public static ScalarDerivation of(Expression f, Variable... variables) {
        f.simplified();   // where numbers divide by 0 or leave a domain, here is the place to say so
        var by = variables.length == 0 ? List.copyOf(f.variables()) : List.of(variables);
        if (by.isEmpty()) {
            throw new IllegalArgumentException("derive: f = " + f.text() + " depends on no variable"
                    + "\nhelp: use the lambda's variable, derive(x -> x.square()), or variable(\"x\")");
        }
        for (var x : by) {
            if (!f.contains(x)) {
                throw new IllegalArgumentException("derive: f = " + f.text() + " does not use its variable " + x.text()
                        + "\nhelp: a lambda of the variables it uses, or derive(f, variable(\"…\")) for those that matter");
            }
        }
        var all = new LinkedHashSet<>(by);
        all.addAll(f.variables());
        return new ScalarDerivation("f", f, by, Points.of(f, all));
    }

    /** The same function under another name, {@code σ} say. */
    public ScalarDerivation named(String other) {
        return new ScalarDerivation(Calculus.variable(other).name(), f, variables, points);
    }

    /** The function as it was written. */
    public Expression function() {
        return f;
    }

    /** The derivative by these variables one after the other, simplified; the only variable's if none is given. */
    public Expression partial(Variable... by) {
        var order = by.length == 0 ? List.of(only("partial(variable(\"x\"))")) : List.of(by);
        var derivative = f.simplified();
        for (var x : order) {
            derivative = Differentiation.derivative(derivative, x);
        }
        return derivative;
    }

    private Variable only(String instead) {
        if (variables.size() > 1) {
            throw new IllegalArgumentException(name + " has the variables " + names() + "; one is needed\nhelp: "
                    + instead);
        }
        return variables.getFirst();
    }

    /** The definition and every derivative with its steps; for several variables the gradient at the end. */
    @Override
    public Calculation steps() {
        var lines = new ArrayList<Line>(List.of(definition()));
        for (var x : variables) {
            lines.addAll(steps(x));
        }
        if (variables.size() > 1) {
            lines.add(gradientLine());
        }
        return new Calculation(lines, Kinks.of(f, variables));
    }

    private Line definition() {
        return line(new Written(head(Rendering.TEX), head(Rendering.PLAIN)), f, "definition",
                Truth.derivative(f, List.of()));
    }

    private String head(Rendering form) {
        var arguments = variables.stream().map(form::of).collect(Collectors.joining(", "));
        return form.name(name) + (form == Rendering.TEX ? "\\left(" + arguments + "\\right)" : "(" + arguments + ")");
    }

    private String names() {
        return variables.stream().map(Expression::text).collect(Collectors.joining(", "));
    }

    /** One variable's derivative with its steps. */
    private List<Line> steps(Variable x) {
        var lines = new ArrayList<Line>();
        for (var step : Differentiation.steps(f, x)) {
            var left = step.of().equals(f) ? derivative(x) : operator(x, step.of());
            lines.addAll(lines(left, step, x));
        }
        return lines;
    }

    private List<Line> lines(Written left, Differentiation.Step step, Variable x) {
        var truth = Truth.derivative(step.of(), List.of(x));
        var rules = step.rules().isEmpty() ? "by definition" : String.join(", ", step.rules());
        boolean same = step.unfolded().text().replaceAll("[ ·]", "").equals(step.simplified().text()
                .replaceAll("[ ·]", ""));
        var unfolded = line(left, same ? step.simplified() : step.unfolded(), rules, truth);
        return same ? List.of(unfolded) : List.of(unfolded, line(Written.NOTHING, step.simplified(), "simplified",
                truth));
    }

    Line line(Written left, Expression right, String rule, Truth truth) {
        return new Line(left, Written.of(right), rule, points.check(right.tex(), truth));
    }

    /** {@code f'(x)}, or {@code ∂f/∂x} among several variables. */
    Written derivative(Variable x) {
        return variables.size() > 1 ? partialName(List.of(x)) : new Written(
                head(Rendering.TEX).replaceFirst("\\\\left", "'$0"), head(Rendering.PLAIN).replaceFirst("\\(", "'("));
    }

    /** {@code ∂²f/∂x∂y}. */
    Written partialName(List<Variable> by) {
        if (variables.size() == 1) {
            return new Written(head(Rendering.TEX).replaceFirst("\\\\left", "'".repeat(by.size()) + "$0"),
                    head(Rendering.PLAIN).replaceFirst("\\(", "'".repeat(by.size()) + "("));
        }
        var order = by.size() == 1 ? "" : "^{" + by.size() + "}";
        var tex = new StringBuilder();
        var text = new StringBuilder();
        for (var x : new LinkedHashSet<>(by)) {
            int times = Collections.frequency(by, x);
            tex.append("\\partial ").append(x.tex()).append(times > 1 ? "^{" + times + "} " : " ");
            text.append("∂").append(x.text()).append(times > 1 ? "²³".substring(times - 2, times - 1) : "");
        }
        return new Written("\\frac{\\partial" + order + " " + Rendering.TEX.name(name) + "}{"
                + tex.toString().strip() + "}",
                "∂" + (by.size() == 1 ? "" : "²³".substring(by.size() - 2, by.size() - 1)) + Rendering.PLAIN.name(name)
                        + "/" + text);
    }

    /** {@code d/dx(…)}. */
    private Written operator(Variable x, Expression of) {
        boolean one = f.variables().size() == 1 || variables.size() == 1;
        var d = one ? "d" : "\\partial ";
        return new Written("\\frac{" + d.strip() + "}{" + d + x.tex() + "}" + Rendering.TEX.argument(of),
                (one ? "d/d" : "∂/∂") + x.text() + Rendering.PLAIN.argument(of));
    }

    /**
     * The steps, and before them the proofs of those derivatives that they cite from the table and that follow from eˣ:
     * σ, tanh.
     */
    public Calculation expand() {
        var steps = steps();
        var lines = f.within().stream().flatMap(part -> part instanceof Expression.Apply(Elementary g, var _)
                ? Stream.of(g) : Stream.empty())
                .distinct().flatMap(g -> Proofs.of(g).stream()).flatMap(proof -> proof.lines().stream()).toList();
        return new Calculation(Stream.concat(lines.stream(), steps.lines().stream()).toList(), steps.notes());
    }

    /** The rule that this function stands for, one line per variable: {@code d/dx(xⁿ) = nxⁿ⁻¹}. */
    public Calculation card() {
        return new Calculation(variables.stream().map(x -> {
            var last = Differentiation.steps(f, x).getLast();
            return line(operator(x, f), last.simplified(), String.join(", ", last.rules()),
                    Truth.derivative(f, List.of(x)));
        }).toList(), Kinks.of(f, variables));
    }

    /** The gradient, the partial derivatives as one column. */
    public Calculation gradient() {
        return new Calculation(List.of(gradientLine()), Kinks.of(f, variables));
    }

    private Line gradientLine() {
        var entries = Written.vector(variables.stream().map(x -> Written.of(partial(x))).toList());
        var truth = variables.stream().map(x -> Truth.derivative(f, List.of(x))).toArray(Truth[]::new);
        return new Line(new Written("\\nabla " + Rendering.TEX.name(name), "∇" + Rendering.PLAIN.name(name)), entries,
                "gradient", points.check(entries.tex(), truth));
    }

    /** The second derivatives, and the matrix of them if there are several variables. */
    public Calculation hessian() {
        var lines = new ArrayList<Line>();
        for (int i = 0; i < variables.size(); i++) {
            for (var y : variables.subList(i, variables.size())) {
                var by = List.of(variables.get(i), y);
                var first = partial(variables.get(i));
                var step = Differentiation.steps(first, y).getLast();
                lines.add(line(partialName(by), step.simplified(), String.join(", ", step.rules()),
                        Truth.derivative(f, by)));
            }
        }
        if (variables.size() > 1) {
            var rows = variables.stream().map(x -> variables.stream().map(y -> Written.of(partial(x, y))).toList())
                    .toList();
            var truth = variables.stream().flatMap(x -> variables.stream().map(y -> Truth.derivative(f, List.of(x, y))))
                    .toArray(Truth[]::new);
            var matrix = Written.matrix(rows);
            lines.add(new Line(new Written("H", "H"), matrix, "Hessian, symmetric", points.check(matrix.tex(), truth)));
        }
        return new Calculation(lines, Kinks.of(f, variables));
    }

    /**
     * The derivative along a direction, which is scaled to length 1: ∇f · v / ‖v‖.
     *
     * @param v one number per variable, in their order
     */
    public Calculation directional(double... v) {
        sized("a direction", v);
        var square = Arrays.stream(v).mapToObj(Rational::of).map(a -> a.times(a)).reduce(Rational.ZERO, Rational::plus);
        if (square.signum() == 0) {
            throw new IllegalArgumentException("the direction is 0\nhelp: a vector that points somewhere: directional(3, 4)");
        }
        var length = new Expression.Number(square).sqrt().simplified();
        var terms = new ArrayList<Expression>();
        var unit = new ArrayList<Written>();
        var truth = Truth.derivative(f, List.of(variables.getFirst())).times(0);
        for (int i = 0; i < v.length; i++) {
            var component = Expression.number(v[i]).div(length).simplified();
            unit.add(Written.of(component));
            terms.add(component.times(partial(variables.get(i))));
            truth = truth.plus(Truth.derivative(f, List.of(variables.get(i))).times(component.value(Map.of())));
        }
        var direction = Written.vector(unit);
        var left = new Written("D_{v} " + Rendering.TEX.name(name), "D_v " + Rendering.PLAIN.name(name));
        var unfolded = Expression.sum(terms);
        return new Calculation(List.of(
                new Line(new Written("v", "v"), direction, "unit length",
                        points.check(direction.tex(), Arrays.stream(v)
                                .mapToObj(a -> constant(a / Math.sqrt(square.value())))
                                .toArray(Truth[]::new))),
                line(left, unfolded, "gradient times direction", truth), line(Written.NOTHING, unfolded.simplified(),
                        "simplified", truth)),
                Kinks.of(f, variables));
    }

    static Truth constant(double value) {
        return new Truth(at -> value, at -> value);
    }

    /**
     * The Taylor polynomials of order 1 and 2 at a point, with their remainders.
     *
     * @param at one number per variable, in their order
     * @throws IllegalArgumentException when the function has no derivative there
     */
    public Taylor taylor(double... at) {
        sized("a point", at);
        return taylor(Arrays.stream(at).mapToObj(Expression::number).toArray(Expression[]::new));
    }

    /** The same at a point with names in it: {@code taylor(variable("x_0"))}. */
    public Taylor taylor(Expression... at) {
        if (at.length != variables.size()) {
            sized("a point", new double[at.length]);
        }
        return Taylor.of(this, at);
    }

    /** Where the gradient is 0, and whether that is a minimum, a maximum or a saddle. */
    public StationaryPoints stationaryPoints() {
        return StationaryPoints.of(this);
    }

    void sized(String what, double... numbers) {
        if (numbers.length != variables.size()) {
            throw new IllegalArgumentException(what + " of " + numbers.length + " numbers for the variables " + names()
                    + "\nhelp: one number for each of the " + variables.size());
        }
    }

    /** The matrix of the derivatives of several functions. */
    static Calculation jacobian(List<Expression> outputs) {
        var variables = new LinkedHashSet<Variable>();
        outputs.forEach(output -> variables.addAll(output.variables()));
        if (variables.isEmpty()) {
            throw new IllegalArgumentException("jacobian: no variable in " + outputs.stream().map(Expression::text)
                    .toList()
                    + "\nhelp: jacobian(x.times(y), x.plus(y)) with x = variable(\"x\")");
        }
        var points = Points.of(Expression.sum(outputs.stream().map(Expression::square).toList()), variables);
        var lines = new ArrayList<Line>();
        for (int i = 0; i < outputs.size(); i++) {
            var f = outputs.get(i);
            var all = new ScalarDerivation("f_" + (i + 1), f, List.copyOf(variables), points);
            lines.add(all.definition());
            variables.forEach(x -> lines.addAll(all.steps(x)));
        }
        var matrix = Written.matrix(outputs.stream().map(f -> variables.stream()
                .map(x -> Written.of(Differentiation.derivative(f, x))).toList()).toList());
        var truth = outputs.stream().flatMap(f -> variables.stream().map(x -> Truth.derivative(f, List.of(x))))
                .toArray(Truth[]::new);
        lines.add(new Line(new Written("J", "J"), matrix, "Jacobian: a row per function", points.check(matrix.tex(),
                truth)));
        return new Calculation(lines, outputs.stream().flatMap(f -> Kinks.of(f, List.copyOf(variables)).stream())
                .distinct().toList());
    }

    @Override
    public String toString() {
        return steps().toString();
    }
}
