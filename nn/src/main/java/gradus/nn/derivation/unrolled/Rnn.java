package gradus.nn.derivation.unrolled;

import gradus.nn.Tensor;
import gradus.nn.derivation.Step;
import gradus.nn.derivation.unrolled.Jacobians.Block;
import gradus.nn.layer.Cell;
import java.util.LinkedHashMap;
import java.util.List;

/** The simple recurrent net through time: h_t = tanh(W_hh h_{t−1} + W_xh x_t + b_h). */
record Rnn(Walked walked) implements Structure {

    @Override
    public List<Step> lines() {
        var cell = (Cell.Rnn) walked.cell();
        var parameters = new LinkedHashMap<String, Tensor>();
        parameters.put("W_{xh}", cell.inputWeight());
        parameters.put("W_{hh}", cell.hiddenWeight());
        parameters.put("b_{h}", cell.bias());
        cell.hiddenBias().ifPresent(b -> parameters.put("b'_{h}", b));
        var second = cell.hiddenBias().isPresent() ? " + b'_{h}" : "";
        var time = new Time(walked, parameters, marks -> {
            var p = new LinkedHashMap<String, Tensor>();
            parameters.forEach((name, value) -> p.put(name, marks.mark(name, Structure.precise(value))));
            return (t, x, state) -> {
                var sum = state[0].matmul(p.get("W_{hh}").t()).plus(x.matmul(p.get("W_{xh}").t())).plus(p.get("b_{h}"));
                var a = marks.mark("a" + t, p.containsKey("b'_{h}") ? sum.plus(p.get("b'_{h}")) : sum);
                return new Tensor[] {marks.mark("h" + t, a.tanh())};
            };
        });
        var a = "W_{hh} h_{t-1} + W_{xh} x_{t} + b_{h}" + second;
        var h = "\\tanh\\left(" + a + "\\right)";
        time.forward("h_{t}", h).unrolled("h_{t}", h).forward("a_{t}", a).layer("rnn").head()
                .jacobians("h", List.of(new Block(0, 0, "\\frac{\\partial h_{t}}{\\partial h_{t-1}}",
                        "\\operatorname{diag}\\left(1 - h_{t}^{2}\\right) W_{hh}")))
                .headBack()
                .backward("\\frac{\\partial L}{\\partial h_{t}}", "h_{t}", "\\frac{\\partial^{+} L}{\\partial h_{t}}",
                        "\\frac{\\partial^{+} L}{\\partial h_{t}} + W_{hh}^{\\top} \\delta_{t+1}")
                .backward("\\delta_{t} = \\frac{\\partial L}{\\partial a_{t}}", "a_{t}",
                        "\\frac{\\partial L}{\\partial h_{t}} \\odot \\left(1 - h_{t}^{2}\\right)")
                .unrolledBack("\\delta_{t}", "a_{t}",
                        "\\left(\\frac{\\partial^{+} L}{\\partial h_{t}} + W_{hh}^{\\top} \\delta_{t+1}\\right)"
                        + " \\odot \\left(1 - h_{t}^{2}\\right)")
                .backward("\\frac{\\partial L}{\\partial x_{t}}", "x_{t}", "W_{xh}^{\\top} \\delta_{t}")
                .inputs("\\delta_{t}").start("h_{0}", "W_{hh}^{\\top} \\delta_{1}").starts()
                .gradient("W_{hh}", "\\sum_{t=1}^{T} \\delta_{t} h_{t-1}^{\\top}")
                .gradient("W_{xh}", "\\sum_{t=1}^{T} \\delta_{t} x_{t}^{\\top}")
                .bias("b_{h}", "\\delta_{t}");
        if (cell.hiddenBias().isPresent()) {
            time.bias("b'_{h}", "\\delta_{t}");
        }
        return time.headGradients().all();
    }
}
