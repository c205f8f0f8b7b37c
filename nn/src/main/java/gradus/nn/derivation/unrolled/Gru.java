package gradus.nn.derivation.unrolled;

import gradus.nn.Tensor;
import gradus.nn.derivation.Step;
import gradus.nn.derivation.unrolled.Jacobians.Block;
import gradus.nn.layer.Cell;
import gradus.nn.layer.Cell.Reset;
import gradus.nn.layer.Cell.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;

/**
 * The gated recurrent unit through time, in the layer's own convention: the reset gate acts on h before the product or
 * on the
 * product, the update gate weighs the new or the old. Weights are the layer's U and W side by side, with rows in the
 * order r,
 * z, n; where r acts on the product q the candidate's U_h and W_h stay apart.
 */
record Gru(Walked walked) implements Structure {

    private static final String APART = "\\begin{bmatrix} U_{h} & W_{h} \\end{bmatrix}";
    private static final String FRESH = "\\tilde{h}_{t}";

    private static String argument(String gate) {
        return "W_{" + gate + "} \\cdot [h_{t-1}, x_{t}] + b_{" + gate + "}";
    }

    @Override
    public List<Step> lines() {
        var cell = (Cell.Gru) walked.cell();
        int n = cell.hidden();
        boolean before = cell.resets() == Reset.BEFORE;
        boolean fresh = cell.update() == Update.NEW;
        boolean second = cell.hiddenBias().isPresent();
        var parameters = new LinkedHashMap<String, Tensor>();
        parameters.put("W", cell.inputWeight());
        parameters.put("U", cell.hiddenWeight());
        parameters.put("b", cell.bias());
        cell.hiddenBias().ifPresent(b -> parameters.put("b'", b));
        var time = new Time(walked, parameters, marks -> {
            var p = new LinkedHashMap<String, Tensor>();
            parameters.forEach((name, value) -> p.put(name, marks.mark(name, Structure.precise(value))));
            for (var gate : List.of("r", "z", "h")) {
                int row = List.of("r", "z", "h").indexOf(gate) * n;
                boolean apart = gate.equals("h") && !before;
                var u = marks.mark("U_{" + gate + "}", p.get("U").slice(0, row, row + n));
                var w = p.get("W").slice(0, row, row + n);
                var b = p.get("b").slice(0, row, row + n);
                p.put("U" + gate, u);
                p.put("W" + gate, marks.mark("W_{" + gate + "}", apart ? w : Tensor.concat(1, u, w)));
                p.put("b" + gate, marks.mark("b_{" + gate + "}", second && !apart
                        ? b.plus(p.get("b'").slice(0, row, row + n)) : b));
                if (apart && second) {
                    p.put("b'h", marks.mark("b'_{h}", p.get("b'").slice(0, row, row + n)));
                }
            }
            return (t, x, state) -> {
                var h = state[0];
                var both = Tensor.concat(1, h, x);
                var r = marks.mark("r" + t, marks.mark("a^{r}" + t, both.matmul(p.get("Wr").t()).plus(p.get("br")))
                        .sigmoid());
                var z = marks.mark("z" + t, marks.mark("a^{z}" + t, both.matmul(p.get("Wz").t()).plus(p.get("bz")))
                        .sigmoid());
                Tensor a;
                if (before) {
                    a = Tensor.concat(1, r.times(h), x).matmul(p.get("Wh").t()).plus(p.get("bh"));
                } else {
                    var product = h.matmul(p.get("Uh").t());
                    var q = marks.mark("q" + t, second ? product.plus(p.get("b'h")) : product);
                    a = x.matmul(p.get("Wh").t()).plus(p.get("bh")).plus(r.times(q));
                }
                var candidate = marks.mark("\\tilde{h}" + t, marks.mark("a^{n}" + t, a).tanh());
                var share = z.neg().plus(1);
                return new Tensor[] {marks.mark("h" + t, fresh ? share.times(h).plus(z.times(candidate))
                        : share.times(candidate).plus(z.times(h)))};
            };
        });
        var gates = List.of("r", "z", "h");
        time.given("U", Time.stacked(gates.stream().map(gate -> "U_{" + gate + "}")), cell.hiddenWeight());
        if (before || !second) {
            time.given("\\begin{bmatrix} U & W & " + (second ? "b + b'" : "b") + " \\end{bmatrix}",
                    Time.stacked(gates.stream().map(gate -> (gate.equals("h") && !before ? APART : "W_{" + gate + "}")
                            + " & b_{" + gate + "}")),
                    Time.sideBySide(cell));
        } else {
            var b = cell.bias().slice(0, 2 * n, 3 * n);
            time.given("\\begin{bmatrix} U & W & b + b' \\end{bmatrix}", Time.stacked(Stream.of("W_{r} & b_{r}",
                    "W_{z} & b_{z}", APART + " & b_{h} + b'_{h}")), Time.sideBySide(cell))
                    .given("b_{h}", "b[" + 2 * n + ":" + 3 * n + "]", b);
        }
        var a = before ? "W_{h} \\cdot [r_{t} \\odot h_{t-1}, x_{t}] + b_{h}"
                : "W_{h} x_{t} + b_{h} + r_{t} \\odot q_{t}";
        var mixed = fresh ? "\\left(1 - z_{t}\\right) \\odot h_{t-1} + z_{t} \\odot " + FRESH
                : "\\left(1 - z_{t}\\right) \\odot " + FRESH + " + z_{t} \\odot h_{t-1}";
        time.forward("r_{t}", "\\sigma\\left(" + argument("r") + "\\right)")
                .forward("z_{t}", "\\sigma\\left(" + argument("z") + "\\right)");
        if (!before) {
            time.forward("q_{t}", "U_{h} h_{t-1}" + (second ? " + b'_{h}" : ""));
        }
        time.forward(FRESH, "\\tanh\\left(" + a + "\\right)").forward("h_{t}", mixed)
                .forward("a^{r}_{t}", argument("r")).forward("a^{z}_{t}", argument("z")).forward("a^{n}_{t}", a)
                .unrolled("h_{t}", mixed).layer("gru").head();
        backward(time, before, fresh);
        for (var gate : List.of("r", "z")) {
            var delta = "\\delta^{" + gate + "}_{t}";
            time.gradient("W_{" + gate + "}", "\\sum_{t=1}^{T} " + delta + " \\left[h_{t-1}, x_{t}\\right]^{\\top}")
                    .bias("b_{" + gate + "}", delta);
        }
        var product = before ? "\\delta^{n}_{t}"
                : "\\delta^{n}_{t} \\odot r_{t}";   // what the product in the candidate gets
        time.gradient("W_{h}", before
                ? "\\sum_{t=1}^{T} \\delta^{n}_{t} \\left[r_{t} \\odot h_{t-1}, x_{t}\\right]^{\\top}"
                : "\\sum_{t=1}^{T} \\delta^{n}_{t} x_{t}^{\\top}").bias("b_{h}", "\\delta^{n}_{t}");
        var stacked = stacked("\\delta^{n}_{t}");
        time.gradient("U", before
                ? "\\begin{bmatrix} \\sum_{t=1}^{T} \\delta^{r}_{t} h_{t-1}^{\\top} \\\\ \\sum_{t=1}^{T} \\delta^{z}_{t} h_{t-1}^{\\top}"
                + " \\\\ \\sum_{t=1}^{T} \\delta^{n}_{t} \\left(r_{t} \\odot h_{t-1}\\right)^{\\top} \\end{bmatrix}"
                : "\\sum_{t=1}^{T} " + stacked(product) + " h_{t-1}^{\\top}")
                .gradient("W", "\\sum_{t=1}^{T} " + stacked + " x_{t}^{\\top}").bias("b", stacked);
        if (second) {
            time.bias("b'", stacked(product));
        }
        return time.headGradients().all();
    }

    private static String stacked(String candidate) {
        return "\\begin{bmatrix} \\delta^{r}_{t} \\\\ \\delta^{z}_{t} \\\\ " + candidate + " \\end{bmatrix}";
    }

    private static void backward(Time time, boolean before, boolean fresh) {
        var difference = fresh ? FRESH + " - h_{t-1}" : "h_{t-1} - " + FRESH;
        var old = fresh ? "\\left(1 - z_{t}\\right)" : "z_{t}";
        var share = fresh ? "z_{t}" : "\\left(1 - z_{t}\\right)";
        var toReset = before ? "\\left(U_{h}^{\\top} \\delta^{n}_{t}\\right) \\odot h_{t-1}"
                : "\\delta^{n}_{t} \\odot q_{t}";
        var viaProduct = before ? "\\left(U_{h}^{\\top} \\delta^{n}_{t}\\right) \\odot r_{t}"
                : "U_{h}^{\\top} \\left(\\delta^{n}_{t} \\odot r_{t}\\right)";
        var through = "\\delta^{h}_{t} \\odot " + old
                + " + U_{r}^{\\top} \\delta^{r}_{t} + U_{z}^{\\top} \\delta^{z}_{t} + " + viaProduct;
        var direct = "\\frac{\\partial^{+} L}{\\partial h_{t}}";
        var slope = "\\operatorname{diag}\\left(\\left(" + difference
                + "\\right) \\odot z_{t} \\odot \\left(1 - z_{t}\\right)\\right) U_{z}";
        var reset = "\\odot r_{t} \\odot \\left(1 - r_{t}\\right)\\right) U_{r}";
        time.jacobians("h", List.of(new Block(0, 0, "\\frac{\\partial h_{t}}{\\partial h_{t-1}}",
                "\\operatorname{diag}\\left(" + old + "\\right) + "
                + slope + " + \\operatorname{diag}\\left(" + share + " \\odot \\left(1 - " + FRESH
                        + "^{2}\\right)\\right) "
                + (before
                        ? "U_{h} \\left(\\operatorname{diag}\\left(r_{t}\\right) + \\operatorname{diag}\\left(h_{t-1} "
                        + reset + "\\right)"
                : "\\left(\\operatorname{diag}\\left(r_{t}\\right) U_{h} + \\operatorname{diag}\\left(q_{t} " + reset
                        + "\\right)"))))
                .headBack()
                .backward("\\delta^{h}_{t} = \\frac{\\partial L}{\\partial h_{t}}", "h_{t}", direct, direct + " + "
                        + later(through))
                .backward("\\delta^{z}_{t} = \\frac{\\partial L}{\\partial a^{z}_{t}}", "a^{z}_{t}",
                        "\\delta^{h}_{t} \\odot \\left(" + difference
                                + "\\right) \\odot z_{t} \\odot \\left(1 - z_{t}\\right)")
                .backward("\\delta^{n}_{t} = \\frac{\\partial L}{\\partial a^{n}_{t}}", "a^{n}_{t}",
                        "\\delta^{h}_{t} \\odot " + share + " \\odot \\left(1 - " + FRESH + "^{2}\\right)")
                .backward("\\delta^{r}_{t} = \\frac{\\partial L}{\\partial a^{r}_{t}}", "a^{r}_{t}",
                        toReset + " \\odot r_{t} \\odot \\left(1 - r_{t}\\right)")
                .backward("\\frac{\\partial L}{\\partial x_{t}}", "x_{t}", "W^{\\top} " + stacked("\\delta^{n}_{t}"))
                .inputs(stacked("\\delta^{n}_{t}"))
                .start("h_{0}", through.replace("{t}", "{1}").replace("{t-1}", "{0}")).starts();
    }

    /** The same one step later. */
    private static String later(String formula) {
        return formula.replace("{t}", "{t+1}").replace("{t-1}", "{t}");
    }
}
