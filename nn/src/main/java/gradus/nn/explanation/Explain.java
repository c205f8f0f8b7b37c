package gradus.nn.explanation;

import gradus.nn.DType;
import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.layer.Mode;
import gradus.nn.layer.Sequential;
import gradus.nn.loss.Distances;
import gradus.nn.loss.Loss;
import gradus.nn.optim.Optimizer;
import gradus.nn.optim.Schedule;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Explanations of what trains and of what is trained; what is explained stays as it is, for copies are tried. */
public final class Explain {

    private Explain() {
    }

    /** An optimizer's recurrences, compared with what it does to a small net while η changes. */
    public static Explanation of(Optimizer optimizer) {
        return Recurrences.of(optimizer);
    }

    /** A schedule's formula, compared with it at t = 0 … 100. */
    public static Explanation of(Schedule schedule) {
        return Recurrences.of(schedule);
    }

    /** A loss's formula and its derivative, compared on a small batch. */
    public static Explanation of(Loss loss) {
        var sample = loss.sample(new Seed(0).stream("explain"));
        return of(loss, sample.get(0), sample.get(1));
    }

    /** A loss's formula and its derivative, compared on this batch. */
    public static Explanation of(Loss loss, Tensor prediction, Tensor target) {
        var z = Tensor.parameter(Doubled.of(prediction.detach()));
        return explanation(() -> Doubled.of(loss).formulas(z, Doubled.of(target)), Optional.empty());
    }

    /** The triplet loss, which has three inputs. */
    public static Explanation of(Distances.Triplet loss) {
        var random = new Seed(0).stream("explain");
        var x = new Tensor[3];
        Arrays.setAll(x, i -> Tensor.parameter(Tensor.normal(random, 0, 1, 4, 3).as(DType.FLOAT64)));
        return explanation(() -> loss.formulas(x[0], x[1], x[2]), Optional.empty());
    }

    /** A layer's formulas, forward and backward, compared on a small input. */
    public static Explanation of(Layer layer) {
        var x = layer.sample(new Seed(0).stream("explain"));
        try {
            return of(layer, x);
        } catch (ShapeException e) {
            if (layer instanceof Sequential net) {   // a layer within wants images of a certain size
                var parts = net.layers().stream().map(Explain::of).toList();
                return new Explanation(net.title(),
                        "each layer on an input of its own; explain(net, x) has one flow through all",
                        List.of(), List.of(), List.of(), parts);
            }
            throw new ShapeException("explain: " + layer + " does not take the input " + x.shape() + " that was tried"
                    + "\nhelp: explain(layer, x) with an input that it takes");
        }
    }

    /** A layer's formulas compared on this input. */
    public static Explanation of(Layer layer, Tensor x) {
        var copy = Doubled.of(layer);
        var numbers = Doubled.of(x.detach());
        var input = numbers.dtype() == DType.INT32 ? numbers : Tensor.parameter(numbers);
        return explanation(() -> copy.formulas(input), Optional.of(copy));
    }

    private static Explanation explanation(Supplier<Formulas> said, Optional<Layer> layer) {
        return Mode.evaluating(() -> {
            var formulas = said.get();
            var lines = Proof.lines(formulas, layer);
            var seen = new HashSet<String>();
            var parts = formulas.all(Formulas.Part.class).stream().filter(part -> seen.add(part.layer().toString()))
                    .map(part -> part.input().map(x -> of(part.layer(), x)).orElseGet(() -> of(part.layer()))).toList();
            return new Explanation(formulas.title(), "", Numbers.settings(formulas), lines, Numbers.notes(formulas),
                    parts);
        });
    }
}
