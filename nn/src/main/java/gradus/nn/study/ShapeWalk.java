package gradus.nn.study;

import gradus.nn.Layer;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.layer.Attention.MultiHead;
import gradus.nn.layer.Dropout;
import gradus.nn.layer.Recurrent;
import gradus.nn.layer.Sequential;
import gradus.nn.layer.Transformer;
import gradus.nn.study.ShapeTrace.Event;
import gradus.nn.study.Shapes.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** The way of shapes through a net, with a row for each layer. */
final class ShapeWalk {

    private final List<Row> rows = new ArrayList<>();
    private final Set<Tensor> counted = Collections.newSetFromMap(new IdentityHashMap<>());

    List<Row> rows() {
        return List.copyOf(rows);
    }

    Tensor through(String path, Layer layer, Tensor... in) {
        if (layer instanceof Sequential(var layers) && in.length == 1) {
            var x = in[0];
            for (int i = 0; i < layers.size(); i++) {
                x = through(joined(path, String.valueOf(i)), layers.get(i), x);
            }
            return x;
        }
        var trace = new ShapeTrace();
        Tensor out;
        try {
            out = trace.interpret(() -> applied(layer, in));
        } catch (RuntimeException e) {
            var where = "shapes: layer " + (path.isEmpty() ? "" : path + ", ") + LayerFormula.name(layer) + ", on "
                    + Arrays.stream(in).map(x -> x.shape().toString()).collect(Collectors.joining(" and ")) + ": ";
            throw e instanceof ShapeException ? new ShapeException(where + e.getMessage())
                    : new IllegalStateException(where + Objects.requireNonNullElse(e.getMessage(), e.toString()), e);
        }
        tabulate(path, layer, in[0].shape(), out.shape(), trace.events(), in);
        return out;
    }

    private static String joined(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** Masks change no shape: there are none. */
    private static Tensor applied(Layer layer, Tensor... in) {
        var none = Tensor.zeros();
        return switch (layer) {
            case Layer one when in.length == 1 -> one.apply(in[0]);
            case Transformer(var encoder, var decoder) when in.length == 2 -> decoder.apply(in[1], encoder.apply(in[0]),
                    none, none);
            case Transformer.Decoder decoder when in.length == 2 -> decoder.apply(in[0], in[1], none, none);
            case Transformer.DecoderLayer decoder when in.length == 2 -> decoder.apply(in[0], in[1], none, none);
            case MultiHead attention when in.length == 2 -> attention.attend(in[0], in[1], none).output();
            default -> throw new ShapeException(in.length
                    + " inputs are given, it takes one\nhelp: shapes(net, 64, 784) say");
        };
    }

    /** A row for the layer, and one for each layer in it that has parameters and uses them. */
    private void tabulate(String path, Layer layer, Shape from, Shape to, List<Event> events, Tensor... in) {
        var units = new LinkedHashMap<String, Layer>();
        units(path, layer, units);
        var owners = new IdentityHashMap<Tensor, String>();
        units.forEach((place, unit) -> unit.state().values().forEach(tensor -> owners.putIfAbsent(tensor, place)));
        Set<Tensor> computed = Collections.newSetFromMap(new IdentityHashMap<>());   // from the input, that is
        computed.addAll(List.of(in));
        var places = places(path, events, owners, computed);
        var done = new LinkedHashMap<String, List<Event>>();
        done.put(path, new ArrayList<>());
        for (int i = 0; i < places.length; i++) {
            done.computeIfAbsent(places[i], _ -> new ArrayList<>()).add(events.get(i));
        }
        int first = rows.size();
        done.forEach((place, own) -> {
            if (!place.equals(path)) {
                var x = own.stream().flatMap(event -> Arrays.stream(event.in())).filter(computed::contains).findFirst();
                var y = own.getLast().out().shape();
                rows.add(row(place, units.get(place), x.map(Tensor::shape).orElse(from), y, own));
            }
        });
        rows.add(first, row(path, layer, from, to, done.get(path)));   // last, so that it counts what the others left
    }

    private Row row(String path, Layer layer, Shape from, Shape to, List<Event> events) {
        return new Row(path, LayerFormula.name(layer), LayerFormula.of(layer, from, events),
                LayerFormula.rule(layer, from, to), Shapes.sizes(to), layer.parameters().stream().filter(counted::add).mapToLong(Tensor::size).sum(),
                events.stream().mapToLong(Event::multiplyAdds).sum(), events.stream().mapToLong(Event::bytes).sum());
    }

    /** The layers in a layer that are not taken apart further. */
    private static void units(String path, Layer layer, Map<String, Layer> units) {
        switch (layer) {
            case MultiHead _, Transformer.FeedForward _, Recurrent.Sequence _, Recurrent.Bidirectional _,
                    Dropout.Connections _ ->
                    units.put(path, layer);
            case Layer one when one.innerLayers().isEmpty() -> units.put(path, one);
            default -> layer.innerLayers().forEach((name, inner) -> units(joined(path, name), inner, units));
        }
    }

    /**
     * Where each operation belongs: to the unit whose parameters it uses, or which those before and after it belong to;
     * else to the whole.
     */
    private static String[] places(String whole, List<Event> events, Map<Tensor, String> owners, Set<Tensor> computed) {
        var places = new String[events.size()];
        int last = -1;
        for (int i = 0; i < places.length; i++) {
            var event = events.get(i);
            var owner = Arrays.stream(event.in()).filter(owners::containsKey).map(owners::get).findFirst();
            if (Arrays.stream(event.in()).anyMatch(computed::contains)) {
                computed.add(event.out());
            } else {
                owner.ifPresent(place -> owners.put(event.out(), place));   // a parameter in another shape
            }
            places[i] = owner.orElse(whole);
            if (owner.isPresent()) {
                if (last >= 0 && places[last].equals(places[i])) {
                    Arrays.fill(places, last, i, places[i]);
                }
                last = i;
            }
        }
        return places;
    }
}
