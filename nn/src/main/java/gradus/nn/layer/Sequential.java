package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Tensor;
import java.util.List;
import java.util.Locale;

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
