package gradus.nn.derivation.unrolled;

import gradus.nn.DType;
import gradus.nn.Linalg;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.derivation.unrolled.CheckedLines.Wanted;
import gradus.nn.grad.Derivatives;
import gradus.nn.grad.Gradients;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The derivatives of states in earlier states, of the first sequence, and how the chain runs back along them. */
record Jacobians(Walked walked, Trace trace, CheckedLines lines) {

    private static final int CHECKED = 6;   // steps before the last one

    /** A part of ∂state/∂state: its row and column in parts of {@code hidden} numbers, its name and its formula. */
    record Block(int row, int column, String left, String right) {

        Tensor of(Tensor jacobian, int n) {
            return jacobian.slice(0, row * n, (row + 1) * n).slice(1, column * n, (column + 1) * n);
        }
    }

    /** The lines of the blocks, and that of the product along several steps. */
    void add(String state, List<Block> blocks) {
        int steps = walked.steps();
        int from = Math.max(1, steps - CHECKED + 1);
        int n = walked.cell().hidden();
        var all = new LinkedHashMap<Integer, Tensor>();
        for (int t = from; t <= steps; t++) {
            all.put(t, jacobian(t - 1, t));
            lines.know("\\frac{\\partial " + state + "_{" + t + "}}{\\partial " + state + "_{" + (t - 1) + "}}",
                    all.get(t));
            for (var block : blocks) {
                lines.know(Time.instance(block.left, t), block.of(all.get(t), n));
            }
        }
        for (var block : blocks) {
            var cases = new LinkedHashMap<Map<String, Integer>, Wanted>();
            all.forEach((t, jacobian) -> cases.put(Map.of("t", t), Wanted.value(block.of(jacobian, n))));
            lines.add(Kind.LOCAL, block.left, block.right, cases);
        }
        if (steps - from < 1) {
            return;
        }
        if (state.equals("h")) {
            chain(from);
        }
        lines.know("k", steps - from);
        lines.know("t", steps);
        lines.add(Kind.LOCAL, "\\frac{\\partial " + state + "_t}{\\partial " + state + "_{t-k}}",
                "\\prod_{i=1}^{k} \\frac{\\partial " + state + "_{t-i+1}}{\\partial " + state + "_{t-i}}",
                Wanted.value(jacobian(from, steps)));
    }

    /** By autograd through the library's own steps: of as many copies of a state as it has numbers, a row by each. */
    private Tensor jacobian(int from, int to) {
        var state = state(from);
        int n = state.size();
        var unit = Linalg.eye(n, DType.FLOAT64);
        return Gradients.vjp(copies -> {
            var next = copies[0];
            for (int t = from + 1; t <= to; t++) {
                var inputs = walked.cell().inputs(walked.at(t).slice(0, 0, 1));
                next = walked.cell().next(inputs.broadcastTo(new Shape(n, inputs.shape().dim(1))), next);
            }
            return next;
        }, new Tensor[] {state.reshape(1, n).broadcastTo(unit.shape())}, unit)[0];
    }

    private Tensor state(int t) {
        var h = trace.value("h_{" + t + "}").detach().slice(0, 0, 1).reshape(-1);
        return walked.cell().stateSize() == walked.cell().hidden() ? h
                : Tensor.concat(0, h, trace.value("C_{" + t + "}").detach().slice(0, 0, 1).reshape(-1));
    }

    /** The gradients in two neighbouring states as rows, the derivatives between them as matrices. */
    private void chain(int from) {
        int steps = walked.steps();
        for (int t = from; t <= steps; t++) {
            for (var name : List.of("h", "h^{+}", "y")) {
                var gradient = trace.gradient(name + "_{" + t + "}");
                if (gradient != null) {
                    var shown = name.equals("h^{+}") ? "\\partial^{+} L}{\\partial h"
                            : "\\partial L}{\\partial " + name;
                    lines.know("\\frac{" + shown + "_{" + t + "}}", gradient.slice(0, 0, 1));
                }
            }
            int step = t;
            walked.head().ifPresent(head -> lines.know("\\frac{\\partial y_{" + step + "}}{\\partial h_{" + step + "}}",
                    Derivatives.jacobian(head::apply, state(step)).detach()));
        }
        var cases = new LinkedHashMap<Map<String, Integer>, Wanted>();
        for (int t = from; t < steps; t++) {
            cases.put(Map.of("t", t), Wanted.value(trace.gradient("h_{" + t + "}").slice(0, 0, 1)));
        }
        lines.add(Kind.DELTA, "\\frac{\\partial L}{\\partial h_{t}}", (walked.head().isPresent()
                ? "\\frac{\\partial L}{\\partial y_{t}} \\frac{\\partial y_{t}}{\\partial h_{t}}"
                : "\\frac{\\partial^{+} L}{\\partial h_{t}}")
                + " + \\frac{\\partial L}{\\partial h_{t+1}} \\frac{\\partial h_{t+1}}{\\partial h_{t}}", cases);
    }
}
