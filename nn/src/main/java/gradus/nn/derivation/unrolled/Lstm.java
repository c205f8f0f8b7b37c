package gradus.nn.derivation.unrolled;

import gradus.nn.Tensor;
import gradus.nn.derivation.Step;
import gradus.nn.derivation.unrolled.Jacobians.Block;
import gradus.nn.layer.Cell;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Long short-term memory through time, gate by gate: f, i, o = σ(W [h_{t−1}, x_t] + b), C_t = f ⊙ C_{t−1} + i ⊙ C̃,
 * h_t = o ⊙
 * tanh C_t. The gates' weights are the layer's U and W side by side, each with its own rows in the order i, f, g, o.
 */
record Lstm(Walked walked) implements Structure {

    private static final List<String> ROWS = List.of("i", "f", "C", "o");
    private static final String STACKED = "\\begin{bmatrix} \\delta^{i}_{t} \\\\ \\delta^{f}_{t} \\\\ \\delta^{g}_{t} \\\\ \\delta^{o}_{t} \\end{bmatrix}";

    /** The letter of a gate's δ: its candidate C̃ has g. */
    private static String letter(String gate) {
        return gate.equals("C") ? "g" : gate;
    }

    private static String gate(String gate) {
        return gate.equals("C") ? "\\tilde{C}_{t}" : gate + "_{t}";
    }

    private static String argument(String gate) {
        return "W_{" + gate + "} \\cdot [h_{t-1}, x_{t}] + b_{" + gate + "}";
    }

    private static String value(String gate) {
        return (gate.equals("C") ? "\\tanh" : "\\sigma") + "\\left(" + argument(gate) + "\\right)";
    }

    @Override
    public List<Step> lines() {
        var cell = (Cell.Lstm) walked.cell();
        int n = cell.hidden();
        var parameters = new LinkedHashMap<String, Tensor>();
        parameters.put("W", cell.inputWeight());
        parameters.put("U", cell.hiddenWeight());
        parameters.put("b", cell.bias());
        cell.hiddenBias().ifPresent(b -> parameters.put("b'", b));
        boolean second = cell.hiddenBias().isPresent();
        var time = new Time(walked, parameters, marks -> {
            var p = new LinkedHashMap<String, Tensor>();
            parameters.forEach((name, value) -> p.put(name, marks.mark(name, Structure.precise(value))));
            var weights = new LinkedHashMap<String, Tensor>();
            var biases = new LinkedHashMap<String, Tensor>();
            for (int k = 0; k < ROWS.size(); k++) {
                var gate = ROWS.get(k);
                int row = k * n;
                var u = marks.mark("U_{" + gate + "}", p.get("U").slice(0, row, row + n));
                weights.put(gate, marks.mark("W_{" + gate + "}",
                        Tensor.concat(1, u, p.get("W").slice(0, row, row + n))));
                var b = p.get("b").slice(0, row, row + n);
                biases.put(gate, marks.mark("b_{" + gate + "}", second ? b.plus(p.get("b'").slice(0, row, row + n))
                        : b));
            }
            return (t, x, state) -> {
                var both = Tensor.concat(1, state[0], x);
                var v = new LinkedHashMap<String, Tensor>();
                for (var gate : ROWS) {
                    var a = marks.mark("a^{" + letter(gate) + "}" + t, both.matmul(weights.get(gate).t())
                            .plus(biases.get(gate)));
                    v.put(gate, marks.mark(gate.equals("C") ? "\\tilde{C}" + t : gate + t, gate.equals("C") ? a.tanh()
                            : a.sigmoid()));
                }
                var c = marks.mark("C" + t, v.get("f").times(state[1]).plus(v.get("i").times(v.get("C"))));
                return new Tensor[] {marks.mark("h" + t, v.get("o").times(c.tanh())), c};
            };
        });
        time.given("\\begin{bmatrix} U & W & " + (second ? "b + b'" : "b") + " \\end{bmatrix}",
                Time.stacked(ROWS.stream().map(gate -> "W_{" + gate + "} & b_{" + gate + "}")),
                Time.sideBySide(cell)).given("U", Time.stacked(ROWS.stream().map(gate -> "U_{" + gate + "}")),
                        cell.hiddenWeight());
        for (var gate : List.of("f", "i", "C")) {
            time.forward(gate(gate), value(gate));
        }
        time.forward("C_{t}", "f_{t} \\odot C_{t-1} + i_{t} \\odot \\tilde{C}_{t}")
                .forward("o_{t}", value("o"))
                .forward("h_{t}", "o_{t} \\odot \\tanh\\left(C_{t}\\right)");
        for (var gate : ROWS) {
            time.forward("a^{" + letter(gate) + "}_{t}", argument(gate));
        }
        time.unrolled("C_{t}", "f_{t} \\odot C_{t-1} + i_{t} \\odot \\tilde{C}_{t}")
                .unrolled("h_{t}", "o_{t} \\odot \\tanh\\left(C_{t}\\right)").layer("lstm").head();
        jacobians(time);
        backward(time);
        for (var gate : List.of("f", "i", "C", "o")) {
            var delta = "\\delta^{" + letter(gate) + "}_{t}";
            time.gradient("W_{" + gate + "}", "\\sum_{t=1}^{T} " + delta + " \\left[h_{t-1}, x_{t}\\right]^{\\top}")
                    .bias("b_{" + gate + "}", delta);
        }
        time.gradient("U", "\\sum_{t=1}^{T} " + STACKED + " h_{t-1}^{\\top}")
                .gradient("W", "\\sum_{t=1}^{T} " + STACKED + " x_{t}^{\\top}")
                .bias("b", STACKED);
        if (second) {
            time.bias("b'", STACKED);
        }
        return time.headGradients().all();
    }

    private static void jacobians(Time time) {
        var slope = "o_{t} \\odot \\left(1 - \\tanh^{2}\\left(C_{t}\\right)\\right)";
        var cell = "\\frac{\\partial C_{t}}{\\partial C_{t-1}}";
        var across = "\\frac{\\partial C_{t}}{\\partial h_{t-1}}";
        time.jacobians("s", List.of(
                new Block(1, 1, cell, "\\operatorname{diag}\\left(f_{t}\\right)"),
                new Block(1, 0, across,
                        "\\operatorname{diag}\\left(C_{t-1} \\odot f_{t} \\odot \\left(1 - f_{t}\\right)\\right) U_{f}"
                        + " + \\operatorname{diag}\\left(\\tilde{C}_{t} \\odot i_{t} \\odot \\left(1 - i_{t}\\right)\\right) U_{i}"
                        + " + \\operatorname{diag}\\left(i_{t} \\odot \\left(1 - \\tilde{C}_{t}^{2}\\right)\\right) U_{C}"),
                new Block(0, 1, "\\frac{\\partial h_{t}}{\\partial C_{t-1}}", "\\operatorname{diag}\\left(" + slope
                        + "\\right) " + cell),
                new Block(0, 0, "\\frac{\\partial h_{t}}{\\partial h_{t-1}}",
                        "\\operatorname{diag}\\left(\\tanh\\left(C_{t}\\right)"
                        + " \\odot o_{t} \\odot \\left(1 - o_{t}\\right)\\right) U_{o} + \\operatorname{diag}\\left("
                                + slope + "\\right) " + across)));
    }

    private void backward(Time time) {
        var direct = "\\frac{\\partial^{+} L}{\\partial h_{t}}";
        var later = new ArrayList<String>();
        var earliest = new ArrayList<String>();
        for (var gate : ROWS) {
            later.add("U_{" + gate + "}^{\\top} \\delta^{" + letter(gate) + "}_{t+1}");
            earliest.add("U_{" + gate + "}^{\\top} \\delta^{" + letter(gate) + "}_{1}");
        }
        var toCell = "\\delta^{h}_{t} \\odot o_{t} \\odot \\left(1 - \\tanh^{2}\\left(C_{t}\\right)\\right)";
        time.headBack()
                .backward("\\delta^{h}_{t} = \\frac{\\partial L}{\\partial h_{t}}", "h_{t}", direct, direct + " + "
                        + String.join(" + ", later))
                .backward("\\delta^{o}_{t} = \\frac{\\partial L}{\\partial a^{o}_{t}}", "a^{o}_{t}",
                        "\\delta^{h}_{t} \\odot \\tanh\\left(C_{t}\\right) \\odot o_{t} \\odot \\left(1 - o_{t}\\right)")
                .backward("\\delta^{c}_{t} = \\frac{\\partial L}{\\partial C_{t}}", "C_{t}",
                        toCell + (walked.withCell() ? " + \\frac{\\partial^{+} L}{\\partial C_{t}}" : ""), toCell
                                + " + \\delta^{c}_{t+1} \\odot f_{t+1}")
                .backward("\\delta^{f}_{t} = \\frac{\\partial L}{\\partial a^{f}_{t}}", "a^{f}_{t}",
                        "\\delta^{c}_{t} \\odot C_{t-1} \\odot f_{t} \\odot \\left(1 - f_{t}\\right)")
                .backward("\\delta^{i}_{t} = \\frac{\\partial L}{\\partial a^{i}_{t}}", "a^{i}_{t}",
                        "\\delta^{c}_{t} \\odot \\tilde{C}_{t} \\odot i_{t} \\odot \\left(1 - i_{t}\\right)")
                .backward("\\delta^{g}_{t} = \\frac{\\partial L}{\\partial a^{g}_{t}}", "a^{g}_{t}",
                        "\\delta^{c}_{t} \\odot i_{t} \\odot \\left(1 - \\tilde{C}_{t}^{2}\\right)")
                .backward("\\frac{\\partial L}{\\partial x_{t}}", "x_{t}", "W^{\\top} " + STACKED)
                .inputs(STACKED).start("h_{0}", String.join(" + ", earliest))
                .start("C_{0}", "\\delta^{c}_{1} \\odot f_{1}").starts();
    }
}
