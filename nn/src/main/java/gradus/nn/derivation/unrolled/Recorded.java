package gradus.nn.derivation.unrolled;

import gradus.nn.Tensor;
import gradus.nn.derivation.Rule;
import gradus.nn.derivation.Step;
import gradus.nn.derivation.unrolled.Linked.Gradient;
import gradus.nn.grad.Gradients;
import gradus.nn.layer.Cell;
import gradus.nn.layer.Cell.Reset;
import gradus.nn.layer.Cell.Update;
import gradus.nn.layer.Recurrent.Sequence;
import gradus.nn.op.Movement;
import gradus.nn.op.Pointwise;
import gradus.nn.op.Products;
import gradus.nn.op.Recurrence;
import gradus.nn.op.Slicing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A recurrent layer found in a recorded graph, where it is one operation or very many. That it is the layer is known
 * from its numbers: the layer made of the tensors found gives what was recorded.
 *
 * @param out      its outputs, [batch, time, hidden]
 * @param inputs   what the steps get from the input, [batch, time, gates · hidden]
 * @param x        what it was applied to
 * @param layer    of the recorded parameters
 * @param start    the state before the first step, [batch, state]
 * @param withCell whether the last cell stands behind the outputs
 * @param inOrder  whether the outputs lie in the order of the walk, also of one that begins at the end
 * @param inside   the tensors between, and the parameters
 */
public record Recorded(Tensor out, Tensor inputs, Tensor x, Sequence layer, Tensor start, boolean withCell,
        boolean inOrder, Set<Tensor> inside) {

    private static final double CLOSE = 1e-4;   // float32 results of two orders of summation

    /** The recurrent layers of a graph. */
    public static List<Recorded> in(List<Tensor> order) {
        return order.stream().filter(x -> x.rank() == 3 && x.requiresGrad()).flatMap(x -> switch (x.op()) {
            case Recurrence.Lstm lstm -> fused(x, lstm).stream();
            case Slicing.Concat(int axis) when axis == 1 -> stepwise(x).stream();
            case null, default -> Stream.empty();
        }).toList();
    }

    /** Whether nobody outside reads what is inside, so that lines of its own can stand for all of it. */
    public boolean isClosed(List<Tensor> order) {
        return parameters().allMatch(parameter -> parameter.op() == null) && order.stream()
                .filter(user -> user != out && !inside.contains(user)).flatMap(user -> Stream.of(user.inputs()))
                .noneMatch(read -> inside.contains(read) || read == start);
    }

    /** The results that its lines speak of by name. */
    public List<Tensor> named() {
        return Stream.of(x, inputs, out, start).filter(named -> named.op() != null).toList();
    }

    /** Of one operation, which a walk from the end to the beginning gets flipped. */
    private static Optional<Recorded> fused(Tensor out, Recurrence.Lstm op) {
        var in = out.inputs();
        if (in.length == 0) {
            return Optional.empty();
        }
        boolean flipped = in[0].op() instanceof Slicing.Slice(int axis, int _, int step, int _) && axis == 1 && step == -1;
        var z = flipped ? in[0].inputs()[0] : in[0];
        if (!(z.op() instanceof Products.Linear)) {
            return Optional.empty();
        }
        var map = z.inputs();
        var inside = set(z, in[0], in[1], map[1], map[2]);
        boolean two = map[2].op() instanceof Pointwise.OfTwo && map[2].inputs().length == 2;
        if (two) {
            inside.addAll(List.of(map[2].inputs()));
        }
        var cell = two ? new Cell.Lstm(map[1], in[1], map[2].inputs()[0], Optional.of(map[2].inputs()[1]))
                : new Cell.Lstm(map[1], in[1], map[2], Optional.empty());
        var found = new Recorded(out, z, map[0], new Sequence(cell, Optional.empty(), flipped), in[2], op.withCell(), true,
                inside);
        return Optional.of(found).filter(Recorded::givesOut);
    }

    /** The steps that were stacked, back to the affine map of all inputs. */
    private static Optional<Recorded> stepwise(Tensor out) {
        Set<Tensor> inside = set();
        var maps = new ArrayList<Tensor>();
        var open = new ArrayDeque<>(List.of(out.inputs()));
        int n = out.shape().dim(2);
        while (!open.isEmpty()) {
            var tensor = open.pop();
            if (inside.add(tensor)) {
                boolean all = tensor.op() instanceof Products.Linear && tensor.rank() == 3;
                if (all) {
                    maps.add(tensor);
                } else {
                    open.addAll(List.of(tensor.inputs()));
                }
            }
        }
        if (maps.size() != 1 || maps.getFirst().shape().dim(1) != out.shape().dim(1)) {
            return Optional.empty();
        }
        var map = maps.getFirst().inputs();
        int rows = maps.getFirst().shape().dim(2);
        int batch = out.shape().dim(0);
        var starts = inside.stream().filter(tensor -> tensor.rank() == 2 && tensor.shape().dim(0) == batch
                && tensor.shape().dim(1) == n && (tensor.op() == null ? !tensor.requiresGrad() || batch != rows
                : tensor.op() instanceof Movement.BroadcastTo)).toList();
        if (starts.size() != 1) {
            return Optional.empty();
        }
        open.addAll(starts);
        while (!open.isEmpty()) {
            var before = open.pop();
            inside.remove(before);
            open.addAll(List.of(before.inputs()));
        }
        var leaves = inside.stream().filter(tensor -> tensor.op() == null).toList();
        var weights = leaves.stream().filter(leaf -> leaf.requiresGrad() && leaf.rank() == 2 && leaf.shape()
                .dim(0) == rows
                && leaf.shape().dim(1) == n).toList();
        var biases = leaves.stream().filter(leaf -> leaf.requiresGrad() && leaf.rank() == 1 && leaf.size() == rows)
                .toList();
        if (weights.size() != 1 || biases.size() > 1) {
            return Optional.empty();
        }
        inside.add(map[1]);
        inside.add(map[2]);
        return cells(map[1], weights.getFirst(), map[2], biases.stream().findFirst(), rows / n)
                .flatMap(cell -> Stream.of(false, true).map(backwards -> new Sequence(cell, Optional.empty(), backwards)))
                .map(layer -> new Recorded(out, maps.getFirst(), map[0], layer, starts.getFirst(), false, false, inside))
                .filter(Recorded::givesOut).findFirst();
    }

    private static Stream<Cell> cells(Tensor w, Tensor u, Tensor b, Optional<Tensor> second, int gates) {
        return switch (gates) {
            case 1 -> Stream.of(new Cell.Rnn(w, u, b, second));
            case 3 -> Stream.of(Reset.values()).flatMap(reset -> Stream.of(Update.values())
                    .map(update -> new Cell.Gru(w, u, b, second, reset, update)));
            default -> Stream.empty();
        };
    }

    private boolean givesOut() {
        return Gradients.noGrad(() -> {
            var given = layer.walk(x.detach(), start.detach()).output();
            var again = inOrder && layer.backwards() ? given.flip(1) : given;
            var outputs = out.detach().slice(1, 0, again.shape().dim(1));
            return again.size() == 0 || again.minus(outputs).abs().max().item() <= CLOSE;
        });
    }

    private static Set<Tensor> set(Tensor... tensors) {
        Set<Tensor> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(List.of(tensors));
        return set;
    }

    /**
     * The layer's lines, among the names of the graph.
     *
     * @param value    of a tensor in float64
     * @param gradient of the loss in a tensor
     * @param names    of tensors, in LaTeX
     * @param delta    the names of gradients
     * @param number   of the layer, where its names would be another's too
     */
    public List<Step> lines(UnaryOperator<Tensor> value, UnaryOperator<Tensor> gradient, Function<Tensor, String> names,
            Function<Tensor, String> delta, Optional<Integer> number) {
        var own = layer.cell() instanceof Cell.Rnn ? List.of("W_{xh}", "W_{hh}", "b_{h}", "b'_{h}")
                : List.of("W", "U", "b", "b'");
        var called = new HashMap<String, String>();
        parameters().filter(parameter -> parameter.op() == null)
                .forEach(parameter -> called.put(own.get(called.size()), names.apply(parameter)));
        boolean computed = start.op() != null || start.requiresGrad() || Arrays.stream(start.toDoubleArray())
                .anyMatch(element -> element != 0);
        var linked = new Linked(names.apply(x), names.apply(out), delta.apply(out),
                x.requiresGrad() ? Optional.of(new Gradient(delta.apply(inputs), gradient.apply(inputs))) : Optional.empty(),
                computed ? Optional.of(names.apply(start)) : Optional.empty(),
                start.requiresGrad() ? Optional.of(new Gradient(delta.apply(start), gradient.apply(start)))
                        : Optional.empty(), called, number);
        var of = gradient.apply(out).detach();
        return Structure.of(new Walked(new Sequence(layer.cell().map(value), Optional.empty(), layer.backwards()),
                value.apply(x), value.apply(start), Optional.empty(), withCell, inOrder, y -> y.times(of).sum(),
                Optional.of(linked))).lines();
    }

    /** What its lines prove, to be cited. */
    public Rule rule(List<Step> proof) {
        return switch (layer.cell()) {
            case Cell.Rnn _ -> new Rule("a recurrent net through time",
                    "h_t = \\tanh\\left(W_{hh} h_{t-1} + W_{xh} x_t + b_h\\right)",
                    "Elman 1990", proof);
            case Cell.Lstm _ -> new Rule("long short-term memory through time",
                    "C_t = f_t \\odot C_{t-1} + i_t \\odot \\tilde{C}_t,"
                    + " \\quad h_t = o_t \\odot \\tanh\\left(C_t\\right)", "Hochreiter and Schmidhuber 1997", proof);
            case Cell.Gru c -> new Rule("a gated recurrent unit through time", c.update() == Update.NEW
                    ? "h_t = \\left(1 - z_t\\right) \\odot h_{t-1} + z_t \\odot \\tilde{h}_t"
                    : "h_t = \\left(1 - z_t\\right) \\odot \\tilde{h}_t + z_t \\odot h_{t-1}", "Cho et al. 2014",
                            proof);
        };
    }

    private Stream<Tensor> parameters() {
        var c = layer.cell();
        return Stream.concat(Stream.of(c.inputWeight(), c.hiddenWeight(), c.bias()), c.hiddenBias().stream());
    }
}
