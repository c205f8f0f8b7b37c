package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Tensor;
import gradus.nn.explanation.Formulas;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Layers one after the other: the output of each is the input of the next. */
public record Sequential(List<Layer> layers) implements Layer {

    public Sequential {
        layers = List.copyOf(layers);
    }

    @Override
    public Tensor apply(Tensor x) {
        for (var layer : layers) {
            x = layer.apply(x);
        }
        return x;
    }

    /** How many layers and parameters, in a line. */
    public String title() {
        return String.format(Locale.ROOT, "%d layers with %,d parameters", layers.size(), parameterCount());
    }

    @Override
    public Formulas formulas(Tensor x) {
        var all = Formulas.of(title()).given("x", x);
        var formula = "x";
        var at = x;
        for (int i = 0; i < layers.size(); i++) {
            var layer = layers.get(i);
            all = all.function("layer" + i, in -> layer.apply(in[0])).and(new Formulas.Part("layer" + i, layer,
                    Optional.of(at)));
            formula = "\\operatorname{layer" + i + "}\\left(" + formula + "\\right)";
            at = layer.apply(at).detach();
        }
        return all.result("y", formula, () -> apply(x));
    }

    @Override
    public Tensor sample(Seed.Stream random) {
        return layers.isEmpty() ? Layer.super.sample(random) : layers.getFirst().sample(random);
    }

    @Override
    public String toString() {
        var lines = new StringBuilder("sequential(\n");
        for (int i = 0; i < layers.size(); i++) {
            int count = layers.get(i).parameterCount();
            var line = count == 0 ? "  %d: %s%n" : "  %d: %-20s %,9d parameters%n";
            lines.append(String.format(Locale.ROOT, line, i, layers.get(i), count));
        }
        return lines.append(String.format(Locale.ROOT, ") with %,d parameters", parameterCount())).toString();
    }
}
