package gradus.nn;

import gradus.nn.explanation.Formulas;
import gradus.nn.explanation.Recorded;
import gradus.nn.io.Safetensors;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A function of tensors, perhaps with parameters. A lambda is a layer; one with parameters is best a record, whose
 * components, parameters and further layers, are found by themselves:
 * {@snippet :
 * record Residual(Layer inner) implements Layer {
 *     public Tensor apply(Tensor x) { return x.plus(inner.apply(x)); }
 * }
 * }
 */
@FunctionalInterface
public interface Layer {

    /** The layer's output for this input. */
    Tensor apply(Tensor x);

    /**
     * All tensors of this layer and of the layers in it by name, {@code 0.weight} say: the path of record components and
     * list positions. One that is used twice appears once.
     */
    default Map<String, Tensor> state() {
        var found = new LinkedHashMap<String, Tensor>();
        Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        parts().forEach((name, part) -> {
            switch (part) {
                case Tensor tensor when seen.add(tensor) -> found.put(name, tensor);
                case Layer layer -> layer.state().forEach((inner, tensor) -> {
                    if (seen.add(tensor)) {
                        found.put(name + "." + inner, tensor);
                    }
                });
                default -> { }
            }
        });
        return found;
    }

    /** The layers in this one by name: record components, and the elements of those that are lists. */
    default Map<String, Layer> innerLayers() {
        var layers = new LinkedHashMap<String, Layer>();
        parts().forEach((name, part) -> {
            if (part instanceof Layer layer) {
                layers.put(name, layer);
            }
        });
        return layers;
    }

    /** The part of the {@link #state} that is learned. */
    default Map<String, Tensor> namedParameters() {
        var parameters = new LinkedHashMap<>(state());
        parameters.values().removeIf(tensor -> !tensor.requiresGrad());
        return parameters;
    }

    /** All parameters, each once. */
    default List<Tensor> parameters() {
        return List.copyOf(namedParameters().values());
    }

    /** How many numbers can be learned. */
    default int parameterCount() {
        return parameters().stream().mapToInt(Tensor::size).sum();
    }

    /**
     * Draws all initial parameters anew, from this seed: two nets of the same layers reset with the same seed are equal to
     * the bit. Returns this layer.
     */
    default Layer reset(Seed seed) {
        parts().forEach((name, part) -> {
            if (part instanceof Layer layer) {
                layer.reset(new Seed(seed.value() * 31 + name.hashCode()));
            }
        });
        return this;
    }

    /** The formulas by which it computes its output of this input, and their gradients; a lambda's operations give theirs. */
    default Formulas formulas(Tensor x) {
        return Recorded.of(toString().contains("$$Lambda") ? "layer" : toString(), "x", x, "y", apply(x));
    }

    /** A small input such as it takes. */
    default Tensor sample(Seed.Stream random) {
        return Tensor.normal(random, 0, 1, 3, 4);
    }

    /** Writes the {@link #state} to a {@code .safetensors} file. */
    default void save(String path) {
        Safetensors.save(Path.of(path), state());
    }

    /**
     * Overwrites the {@link #state} with what {@link #save} has written, and returns this layer. Names and shapes must agree,
     * else nothing is changed and an {@link IllegalArgumentException} lists all that does not fit.
     */
    default Layer load(String path) {
        Safetensors.load(Path.of(path), state());
        return this;
    }

    /** What a record is made of: components, where they are present, and the elements of those that are lists. */
    private Map<String, Object> parts() {
        var parts = new LinkedHashMap<String, Object>();
        if (getClass().isRecord()) {
            for (var component : getClass().getRecordComponents()) {
                var value = value(component);
                if (value instanceof Optional<?> optional) {
                    optional.ifPresent(present -> parts.put(component.getName(), present));
                } else if (value instanceof List<?> list) {
                    for (var element : new ArrayList<>(list)) {
                        parts.put(String.valueOf(parts.size()), element);
                    }
                } else {
                    parts.put(component.getName(), value);
                }
            }
        }
        return parts;
    }

    private Object value(RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);   // a record of a cell or of a test need not be public
            return component.getAccessor().invoke(this);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component.getName() + " of " + getClass().getName(), e);
        }
    }
}
