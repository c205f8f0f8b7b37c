package gradus.nn.derivation.rules;

import gradus.nn.derivation.rules.Given.Defined;
import gradus.nn.tex.Evaluator;
import gradus.nn.tex.NdArray;
import gradus.nn.tex.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A known result with the chain of formulas that it stands for, and the means to prove it: every quantity can be drawn
 * at random or computed, so each line has a number.
 */
record Theorem(String name, String source, List<Given> given, List<Equation> equations) {

    /** So the rounding of f(x ± h), 1e-16/h, and the error of the difference quotient, h², are both below 1e-9. */
    private static final double STEP = 1e-5;

    /** The result as LaTeX: what stands for what, then each derivative with its final form. */
    String statement() {
        var named = Stream.concat(given.stream().filter(g -> g instanceof Defined d && d.stated())
                .map(g -> ((Defined) g).equation()), equations.stream().filter(Theorem::onlyNames).map(Equation::left));
        var results = equations.stream().filter(e -> !onlyNames(e) && e.direction().isEmpty())
                .map(e -> e.left() + " = " + e.result());
        return named.collect(Collectors.joining(",\\quad ")) + " \\;\\Longrightarrow\\; "
                + results.collect(Collectors.joining(",\\quad "));
    }

    /** Whether an equation only gives a derivative the name by which the others speak of it. */
    private static boolean onlyNames(Equation equation) {
        return equation.left().startsWith(equation.result() + " = ");
    }

    /**
     * A line with its value.
     *
     * @param before  how far it is from the line before, relative to the largest number in it; 0 for the first
     * @param central how far it is from the central difference of the function
     */
    record Proved(Equation equation, Equation.Line line, NdArray value, double before, double central) {
    }

    /** Every line at quantities that this seed gives. */
    List<Proved> prove(long seed) {
        var random = new Random(seed);
        var values = new HashMap<String, Value>();
        for (var g : given) {
            values.put(g.name(), g.value(random, values));
        }
        var proved = new ArrayList<Proved>();
        for (var equation : equations) {
            var central = difference(equation, values);
            NdArray before = null;
            for (var line : equation.lines()) {
                var value = Evaluator.evaluate(line.formula(), values, central.shape());
                proved.add(new Proved(equation, line, value, before == null ? 0 : distance(value, before),
                        distance(value, central)));
                before = value;
            }
        }
        return proved;
    }

    private static double distance(NdArray a, NdArray b) {
        if (a.data().length != b.data().length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = IntStream.range(0, b.data().length).mapToDouble(i -> Math.abs(b.data()[i])).max().orElse(0);
        return IntStream.range(0, a.data().length).mapToDouble(i -> Math.abs(a.data()[i] - b.data()[i])).max().orElse(0)
                / Math.max(1, largest);
    }

    private NdArray difference(Equation equation, Map<String, Value> values) {
        var x = (NdArray) values.get(equation.in());
        var of = (NdArray) values.get(equation.of());
        int sizeOf = of.data().length;
        if (equation.direction().isPresent()) {
            var along = ((NdArray) values.get(equation.direction().get())).data();
            return new NdArray(of.shape(), quotient(equation, values, x, along));
        }
        int n = x.data().length;
        var all = new double[sizeOf * n];
        for (int i = 0; i < n; i++) {
            var along = new double[n];
            along[i] = 1;
            var column = quotient(equation, values, x, along);
            for (int k = 0; k < sizeOf; k++) {
                all[k * n + i] = column[k];
            }
        }
        var shape = sizeOf == 1 ? x.shape()
                : IntStream.concat(IntStream.of(of.shape()), IntStream.of(x.shape())).toArray();
        return new NdArray(shape, all);
    }

    private double[] quotient(Equation equation, Map<String, Value> values, NdArray x, double[] along) {
        var right = at(equation, values, moved(x, along, STEP));
        var left = at(equation, values, moved(x, along, -STEP));
        return IntStream.range(0, right.length).mapToDouble(i -> (right[i] - left[i]) / (2 * STEP)).toArray();
    }

    private static NdArray moved(NdArray x, double[] along, double step) {
        return new NdArray(x.shape(), IntStream.range(0, along.length).mapToDouble(i -> x.data()[i] + step * along[i])
                .toArray());
    }

    /** The function where one quantity has another value, and with it all that are defined after it. */
    private double[] at(Equation equation, Map<String, Value> values, NdArray x) {
        var changed = new HashMap<>(values);
        changed.put(equation.in(), x);
        int from = given.stream().map(Given::name).toList().indexOf(equation.in()) + 1;
        for (var g : given.subList(from, given.size())) {
            if (g instanceof Defined d) {
                changed.put(d.name(), d.value(null, changed));
                if (d.name().equals(equation.of())) {
                    break;
                }
            }
        }
        return ((NdArray) changed.get(equation.of())).data();
    }
}
