package gradus.nn.derivation;

import static gradus.nn.Nn.linear;
import static gradus.nn.Nn.sequential;
import static gradus.nn.Nn.tanh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Nn;
import gradus.nn.Tensor;
import gradus.nn.tex.Evaluator;
import gradus.nn.tex.NdArray;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"x|x", "h1|h_1", "W12|W_{12}", "z_1|z_1", "W_ih|W_{ih}", "Wxh|W_{xh}",
        "alpha|\\alpha", "alpha2|\\alpha_2", "yHat|\\hat{y}", "y_hat|\\hat{y}", "yHat1|\\hat{y}_1", "xBar|\\bar{x}",
        "ŷ|\\hat{y}", "θ|\\theta", "δ1|\\delta_1", "deltaZ1|\\delta_{Z_1}", "delta_h|\\delta_h",
        "hPrev|h_{\\mathrm{prev}}",
        "x_train|x_{\\mathrm{train}}", "xTrain1|x_{\\mathrm{train}, 1}", "logits|\\mathrm{logits}",
        "loss|L", "loss2|L_2", "dL|\\mathit{dL}",
        "dW1|\\mathit{dW}_1", "dz1|\\mathit{dz}_1", "Sigma|\\Sigma", "etaMax|\\eta_{\\mathrm{max}}", "w_1_2|w_{1, 2}",
        "k|\\boldsymbol{k}", "e|\\boldsymbol{e}", "sigma|\\boldsymbol{\\sigma}", "sigma1|\\sigma_1", "_x|x", "$|''"})
    void anIdentifierIsWrittenAsAPersonWould(String identifier, String latex) {
        assertEquals(latex, Names.latex(identifier));
        if (!latex.isEmpty()) {   // and whoever reads formulas takes it for one name
            var six = NdArray.scalar(6);
            var twice = "1 + {" + latex + "} \\, " + latex + " + 5";
            assertEquals(42, Evaluator.evaluate(twice, Map.of(latex, six)).item());
        }
    }

    @Test
    void aNameGivenGoesBeforeTheVariableAndThatBeforeTheNet() {
        var net = sequential(linear(3, 4), tanh(), linear(4, 2));
        var parameters = net.parameters();
        var x = Tensor.ones(5, 3);
        var hidden = x.matmul(Tensor.ones(3, 3)).named("a^{(1)}");
        var variables = new LinkedHashMap<String, Object>();
        variables.put("net", net);
        variables.put("x", x);
        variables.put("h1", hidden);
        variables.put("readout", parameters.get(2));
        variables.put("nothing", null);
        var graph = List.of(x, parameters.get(0), parameters.get(1), parameters.get(2), parameters.get(3), hidden);
        var names = Names.of(graph, variables);
        assertEquals(List.of("x", "W_1", "b_1", "\\mathrm{readout}", "b_2", "a^{(1)}"),
                graph.stream().map(names::of).map(Optional::orElseThrow).toList());
    }

    @Test
    void noTwoTensorsShareAName() {
        var first = sequential(linear(3, 3), linear(3, 3));
        var second = sequential(linear(3, 3), linear(3, 3));
        var array = new Tensor[] {null, Tensor.ones(3).named("z_{1}"), Tensor.ones(3), Tensor.ones(3).named("z_1")};
        var variables = new LinkedHashMap<String, Object>();
        variables.put("z", array);
        variables.put("z_1", array[2]);
        variables.put("actor", first);
        variables.put("critic", second);
        var graph = new ArrayList<>(List.of(array[1], array[2], array[3]));
        graph.add(Tensor.ones(1).named("q_1"));
        graph.add(Tensor.ones(1).named("q_1"));
        graph.addAll(first.parameters());
        graph.addAll(second.parameters());
        var names = Names.of(graph, variables);
        var all = graph.stream().map(names::of).map(Optional::orElseThrow).toList();
        assertEquals(all.size(), new HashSet<>(all).size(), all.toString());
        assertEquals(List.of("z_1", "z_2", "z_3", "q_1", "q_1^{(2)}", "W_1", "b_1", "W_2", "b_2",
                "W_{\\mathrm{critic.0}}"), all.subList(0, 10));
    }

    @Test
    void thePartsOfATransformerAreToldApart() {
        var net = Nn.multiHeadAttention(4, 2);
        var names = Names.of(net.parameters(), Map.of("attention", net));
        assertTrue(net.parameters().stream().map(p -> names.of(p).orElseThrow()).toList()
                .containsAll(List.of("W_{\\mathrm{query}}", "b_{\\mathrm{value}}")), "by their part");
    }

    @Test
    void theWeightsOfANetThatNobodyNamedAreNumbered() {
        var net = sequential(linear(3, 4), tanh(), linear(4, 2));
        var names = Names.of(net.parameters(), Map.of());
        assertEquals(List.of("W_{1}", "b_{1}", "W_{2}", "b_{2}"),
                net.parameters().stream().map(names::of).map(Optional::orElseThrow).toList());
    }

    @Test
    void whatIsMadeUpIsNew() {
        var names = Names.of(List.of(Tensor.ones(2).named("h_1")), Map.of());
        assertEquals(List.of("h_{2}", "h_{3}", "x", "x^{(2)}"),
                List.of(names.numbered("h"), names.numbered("h"), names.free("x"), names.free("x")));
    }
}
