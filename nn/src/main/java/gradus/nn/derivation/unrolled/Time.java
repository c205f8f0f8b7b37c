package gradus.nn.derivation.unrolled;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Step;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.derivation.unrolled.CheckedLines.Wanted;
import gradus.nn.derivation.unrolled.Jacobians.Block;
import gradus.nn.derivation.unrolled.Trace.Marks;
import gradus.nn.grad.Gradients;
import gradus.nn.layer.Cell;
import gradus.nn.layer.Cell;
import gradus.nn.layer.Linear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A recurrence written out in time. CheckedLines with an index t are templates, {@code h_{t-1}}; they are written once for
 * all t, or
 * for the first steps and the last with an ellipsis between.
 *
 * <p>Vectors are columns, as in the documents; those of a batch stand side by side, so that products sum over it. Time
 * counts in the order of the walk: of a reversed sequence x₁ is the last element.
 */
final class Time {

    private static final int SHOWN = 2;     // steps before the ellipsis
    /** Of longer sequences so many steps are checked, evenly spread; 2 of large ones. */
    private static final int CHECKED = 6;

    /** A cell by single operations. */
    @FunctionalInterface
    interface Gates {

        /** Marks the parameters and gives the step. */
        Next of(Marks marks);
    }

    /** One step: h first in the state, then the cell if there is one. */
    @FunctionalInterface
    interface Next {

        Tensor[] after(String t, Tensor x, Tensor[] state);
    }

    private final Walked walked;
    private final Trace trace;
    private final CheckedLines lines;
    private final CheckedLines links;   // to tensors of the graph, whose names may begin like those of steps
    private final CheckedLines first;   // of the first sequence alone, for Jacobians
    private final Tensor output;   // of the layer itself
    private final Map<String, Tensor> own = new HashMap<>();   // the layer's own gradients
    private final int steps;
    private final int batch;

    /** @param parameters the names of the layer's parameters */
    Time(Walked walked, Map<String, Tensor> parameters, Gates gates) {
        this.walked = walked;
        var naming = walked.linked().map(Linked::naming).orElse(Naming.PLAIN);
        this.lines = new CheckedLines(naming);
        this.links = new CheckedLines(naming);
        this.first = new CheckedLines(naming);
        this.steps = walked.steps();
        this.batch = walked.batch();
        this.trace = new Trace(marks -> loss(gates, marks));
        var found = walked.layer().walk(walked.x(), walked.start());
        this.output = walked.ordered(found.output());
        var names = List.copyOf(parameters.keySet());
        var gradients = Gradients.of(walked.ownLoss(found.output(), found.state()), names.stream().map(parameters::get)
                .toArray(Tensor[]::new));
        IntStream.range(0, gradients.length).forEach(i -> own.put(names.get(i), gradients[i]));
        trace.values().forEach((name, value) -> {
            lines.know(name, column(name, value));
            first.know(name, isOfTime(name) ? value.slice(0, 0, 1).reshape(-1) : value);
        });
        lines.add(Kind.FORWARD, "T", "" + steps, Wanted.value(Tensor.scalar(steps)));
        for (var each : List.of(lines, links, first)) {
            each.know("T", steps);
        }
        for (int t = 0; t <= steps; t++) {
            know("\\frac{\\partial L}{\\partial h_{" + t + "}}", "h_{" + t + "}");
            know("\\frac{\\partial^{+} L}{\\partial h_{" + t + "}}", "h^{+}_{" + t + "}");
            know("\\frac{\\partial L}{\\partial C_{" + t + "}}", "C_{" + t + "}");
            know("\\frac{\\partial L}{\\partial y_{" + t + "}}", "y_{" + t + "}");
            know("\\delta^{c}_{" + t + "}", "C_{" + t + "}");
            know("\\delta^{h}_{" + t + "}", "h_{" + t + "}");
            for (var gate : List.of("f", "i", "g", "o", "r", "z", "n")) {
                know("\\delta^{" + gate + "}_{" + t + "}", "a^{" + gate + "}_{" + t + "}");
            }
            know("\\delta_{" + t + "}", "a_{" + t + "}");
        }
        know("\\frac{\\partial^{+} L}{\\partial C_{" + steps + "}}", "C^{+}");
        walked.linked().ifPresent(this::link);
    }

    private void know(String name, String quantity) {
        if (trace.gradient(quantity) != null) {
            lines.know(name, column(quantity, trace.gradient(quantity)));
        }
    }

    private Tensor loss(Gates gates, Marks marks) {
        var next = gates.of(marks);
        var head = walked.head().map(linear -> new Linear(marks.mark("W_{hy}", Structure.precise(linear.weight())),
                marks.mark("b_{y}", Structure.precise(linear.bias()))));
        int n = walked.cell().hidden();
        var state = new Tensor[walked.cell().stateSize() / n];
        for (int i = 0; i < state.length; i++) {
            state[i] = marks.mark(i == 0 ? "h_{0}" : "C_{0}", walked.start().slice(1, i * n, (i + 1) * n));
        }
        var outputs = new ArrayList<Tensor>();
        for (int t = 1; t <= steps; t++) {
            state = next.after("_{" + t + "}", marks.mark("x_{" + t + "}", walked.at(t)), state);
            var out = marks.mark("h^{+}_{" + t + "}", state[0].times(1));   // the loss's own share of h
            outputs.add(head.isPresent() ? marks.mark("y_{" + t + "}", head.get().apply(out)) : out);
        }
        var all = new ArrayList<>(walked.turnsOutputs() ? outputs.reversed() : outputs);
        if (walked.withCell()) {
            all.add(marks.mark("C^{+}", state[1].times(1)));
        }
        return walked.loss().apply(Tensor.stack(1, all.toArray(Tensor[]::new)));
    }

    private static boolean isOfTime(String name) {
        return name.matches(".*_\\{\\d+}") || name.equals("C^{+}");
    }

    /** Of one sequence a vector, of several a matrix of columns. */
    private Tensor columns(Tensor rows) {
        return batch == 1 ? rows.reshape(-1) : rows.t();
    }

    /** The same of a quantity of a step; a bias is added to each column. */
    private Tensor column(String name, Tensor value) {
        return isOfTime(name) ? columns(value)
                : value.rank() == 1 && batch != 1 ? value.reshape(-1, 1) : value;
    }

    private Wanted value(String quantity) {
        return Wanted.value(column(quantity, trace.value(quantity)));
    }

    private Wanted gradient(String quantity) {
        return new Wanted(column(quantity, own.getOrDefault(quantity, trace.gradient(quantity))),
                Optional.of(slopes(quantity)));
    }

    private CheckedLines.Slopes slopes(String quantity) {
        var shape = trace.value(quantity).shape();
        return claimed -> {
            boolean columns = isOfTime(quantity) && batch > 1;
            var rows = columns ? Tensor.of(new Shape(shape.dim(1), shape.dim(0)), claimed).t().toDoubleArray()
                    : claimed;
            return trace.central(quantity, rows);
        };
    }

    private int[] checked(int from, int to) {
        int count = Math.min(trace.isLarge() ? 2 : CHECKED, to - from + 1);
        return IntStream.range(0, Math.max(0, count)).map(i -> count == 1 ? to : from + i * (to - from) / (count - 1))
                .toArray();
    }

    private interface Each {

        Wanted at(int t);
    }

    private Map<Map<String, Integer>, Wanted> cases(int from, int to, Each each) {
        var cases = new LinkedHashMap<Map<String, Integer>, Wanted>();
        Arrays.stream(checked(from, to)).forEach(t -> cases.put(Map.of("t", t), each.at(t)));
        return cases;
    }

    private static String at(String template, String t) {
        return template.replace("{t}", "{" + t + "}");
    }

    /** {@code h_{t-1}} at t = 3 is {@code h_{2}}, at T − 1 it is {@code h_{T-2}}. */
    static String instance(String template, int t) {
        return template.replace("{t}", "{" + t + "}").replace("{t-1}", "{" + (t - 1) + "}")
                .replace("{t+1}", "{" + (t + 1) + "}");
    }

    private static String fromEnd(String template, int back) {
        return template.replace("{t}", "{" + end(back) + "}").replace("{t-1}", "{" + end(back + 1) + "}")
                .replace("{t+1}", "{" + end(back - 1) + "}");
    }

    private static String end(int back) {
        return back == 0 ? "T" : "T-" + back;
    }

    // ---- lines ----

    /** A quantity that does not depend on time. */
    Time given(String left, String right, Tensor value) {
        lines.add(Kind.FORWARD, left, right, Wanted.value(value));
        return this;
    }

    /** U, W and the sum of the biases. */
    static Tensor sideBySide(Cell cell) {
        var b = cell.hiddenBias().map(cell.bias()::plus).orElse(cell.bias());
        return Tensor.concat(1, cell.hiddenWeight(), cell.inputWeight(), b.reshape(-1, 1)).detach();
    }

    /** Formulas one below the other. */
    static String stacked(Stream<String> formulas) {
        return formulas.collect(Collectors.joining(" \\\\ ", "\\begin{bmatrix} ", " \\end{bmatrix}"));
    }

    /** A quantity of each step, once for all steps. */
    Time forward(String left, String right) {
        lines.add(Kind.FORWARD, left, right, cases(1, steps, t -> value(at(left, "" + t))));
        return this;
    }

    /** The first steps, an ellipsis, the last step. */
    Time unrolled(String left, String right) {
        int shown = Math.min(SHOWN, steps);
        for (int t = 1; t <= shown; t++) {
            lines.add(Kind.FORWARD, instance(left, t), instance(right, t), value(at(left, "" + t)));
        }
        if (steps > shown + 1) {
            lines.dots(Kind.FORWARD, lines.check(right, cases(shown + 1, steps - 1, t -> value(at(left, "" + t)))));
        }
        if (steps > shown) {
            lines.add(Kind.FORWARD, fromEnd(left, 0), fromEnd(right, 0), value(at(left, "" + steps)));
        }
        return this;
    }

    /** The gradient in a quantity of the last step, and that of the steps before. */
    Time backward(String left, String quantity, String last, String right) {
        lines.add(Kind.DELTA, fromEnd(left, 0), fromEnd(last, 0), gradient(at(quantity, "" + steps)));
        if (steps > 1) {
            lines.add(Kind.DELTA, left, right, cases(1, steps - 1, t -> gradient(at(quantity, "" + t))));
        }
        return this;
    }

    /** The gradient in a quantity of each step, once for all steps. */
    Time backward(String left, String quantity, String right) {
        lines.add(Kind.DELTA, left, right, cases(1, steps, t -> gradient(at(quantity, "" + t))));
        return this;
    }

    /** The last step, the one before, an ellipsis, the first: the recurrence as it runs. */
    Time unrolledBack(String left, String quantity, String right) {
        for (int back = 1; back <= Math.min(SHOWN, steps - 1); back++) {
            lines.add(Kind.DELTA, fromEnd(left, back), fromEnd(right, back),
                    gradient(at(quantity, "" + (steps - back))));
        }
        if (steps > SHOWN + 2) {
            lines.dots(Kind.DELTA, lines.check(right, cases(2, steps - SHOWN - 1,
                    t -> gradient(at(quantity, "" + t)))));
        }
        if (steps > SHOWN + 1) {
            lines.add(Kind.DELTA, instance(left, 1), instance(right, 1), gradient(at(quantity, "1")));
        }
        return this;
    }

    /** The gradient in what stood before the first step. */
    Time start(String quantity, String right) {
        lines.add(Kind.DELTA, derivative(quantity), right, gradient(quantity));
        return this;
    }

    /** The graph's gradient in the whole state before the first step. */
    Time starts() {
        walked.linked().flatMap(Linked::startDelta).ifPresent(start -> lines.add(Kind.DELTA, "B^{\\top}",
                trace.value("C_{0}") == null ? derivative("h_{0}")
                        : stacked(Stream.of(derivative("h_{0}"), derivative("C_{0}"))), Wanted.value(start.value().t())));
        return this;
    }

    /** The gradient in a parameter, of which a batch sums. */
    Time gradient(String quantity, String right) {
        lines.add(Kind.GRADIENT, derivative(quantity), right, gradient(quantity));
        return this;
    }

    /** The gradient in a bias: a sum over time, and over the batch if there is one. */
    Time bias(String quantity, String delta) {
        var sum = "\\sum_{t=1}^{T} " + delta + (batch == 1 ? "" : " \\, \\mathbf{1}");
        return gradient(quantity, sum);
    }

    private static String derivative(String quantity) {
        return "\\frac{\\partial L}{\\partial " + quantity + "}";
    }

    /** The output of the head, and the loss's own share of δ. */
    Time head() {
        return walked.head().isEmpty() ? this : unrolled("y_{t}", "W_{hy} h_{t} + b_{y}");
    }

    Time headBack() {
        if (walked.head().isPresent()) {
            lines.add(Kind.DELTA, "\\frac{\\partial^{+} L}{\\partial h_{t}}",
                    "W_{hy}^{\\top} \\frac{\\partial L}{\\partial y_{t}}",
                    cases(1, steps, t -> gradient("h^{+}_{" + t + "}")));
        }
        return this;
    }

    Time headGradients() {
        return walked.head().isEmpty() ? this
                : gradient("W_{hy}", "\\sum_{t=1}^{T} \\frac{\\partial L}{\\partial y_{t}} h_{t}^{\\top}")
                        .bias("b_{y}", "\\frac{\\partial L}{\\partial y_{t}}");
    }

    /** How quantities of a step lie in the tensors of the graph. */
    private void link(Linked linked) {
        links.know("X", walked.x());
        links.know("G", delta());
        links.add(Kind.FORWARD, "x_{t}", "X[:, " + walked.place() + "]^{\\top}",
                cases(1, steps, t -> value("x_{" + t + "}")));
        var states = trace.value("C_{0}") == null ? "h_{0}" : stacked(Stream.of("h_{0}", "C_{0}"));
        if (linked.start().isPresent()) {
            links.know("S", walked.start());
            links.add(Kind.FORWARD, states, "S^{\\top}", Wanted.value(walked.start().t()));
        } else {
            links.add(Kind.FORWARD, states, "0", Wanted.value(walked.start().t()));
        }
        links.add(Kind.DELTA, "\\frac{\\partial^{+} L}{\\partial h_{t}}", "G[:, " + walked.outputPlace() + "]^{\\top}",
                cases(1, steps, t -> gradient("h^{+}_{" + t + "}")));
        if (walked.withCell()) {
            links.add(Kind.DELTA, "\\frac{\\partial^{+} L}{\\partial C_{T}}", "G[:, T]^{\\top}", gradient("C^{+}"));
        }
    }

    /** The graph's gradient in what all steps get from the input, from what one of them gets. */
    Time inputs(String delta) {
        walked.linked().flatMap(Linked::inputs).ifPresent(inputs -> lines.add(Kind.DELTA,
                "A[:, " + walked.place() + "]^{\\top}", delta, cases(1, steps, t -> {
                    int place = walked.layer().backwards() ? steps - t : t - 1;
                    return Wanted.value(columns(inputs.value().slice(1, place, place + 1).reshape(batch, -1)));
                })));
        return this;
    }

    /** The loss's gradient in all that the layer gives. */
    private Tensor delta() {
        var parts = new ArrayList<Tensor>();
        for (int t = 1; t <= steps; t++) {
            parts.add(trace.gradient("h^{+}_{" + (walked.turnsOutputs() ? steps + 1 - t : t) + "}"));
        }
        if (walked.withCell()) {
            parts.add(trace.gradient("C^{+}"));
        }
        return Tensor.stack(1, parts.toArray(Tensor[]::new));
    }

    /** What the layer itself gives, in one operation where it has one, is what the steps give. */
    Time layer(String name) {
        var left = walked.linked().isPresent() ? "Y[:, " + walked.outputPlace() + "]^{\\top}"
                : "\\operatorname{" + name + "}\\left(x\\right)_{t}";
        lines.add(Kind.FORWARD, left, "h_{t}", cases(1, steps, t -> {
            int place = walked.turnsOutputs() ? steps - t : t - 1;
            return Wanted.value(columns(output.slice(1, place, place + 1).reshape(batch, -1)));
        }));
        return this;
    }

    /**
     * The derivatives of a step's state in the one before, and their product along several steps.
     *
     * @param state the letter of the whole state
     */
    Time jacobians(String state, List<Block> blocks) {
        new Jacobians(walked, trace, first).add(state, blocks);
        return this;
    }

    List<Step> all() {
        var all = new ArrayList<>(links.steps(Kind.FORWARD));
        all.addAll(lines.steps(Kind.FORWARD));
        all.addAll(first.steps(Kind.LOCAL));
        all.addAll(links.steps(Kind.DELTA));
        all.addAll(lines.steps(Kind.DELTA));
        all.addAll(first.steps(Kind.DELTA));
        all.addAll(lines.steps(Kind.GRADIENT));
        return all;
    }
}
