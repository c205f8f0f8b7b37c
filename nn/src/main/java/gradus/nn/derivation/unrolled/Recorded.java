package gradus.nn.derivation.unrolled;

import gradus.nn.Tensor;
import gradus.nn.derivation.Rule;
import gradus.nn.derivation.Step;
import gradus.nn.grad.Gradients;
import gradus.nn.layer.Cell;
import gradus.nn.layer.Cell.Reset;
import gradus.nn.layer.Cell.Update;
import gradus.nn.layer.Recurrent.Sequence;
import gradus.nn.op.Products;
import gradus.nn.op.Recurrence;
import gradus.nn.op.Slicing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A recurrent layer found in a recorded graph, where it is one operation or very many. That it is the layer is known
 * from
 * its numbers: the layer made of the tensors found gives what was recorded.
 *
 * @param out      its outputs, [batch, time, hidden]
 * @param x        what it was applied to
 * @param layer    of the recorded parameters
 * @param start    the state before the first step, [batch, state]
 * @param withCell whether the last cell stands behind the outputs
 * @param inside   the tensors between, and the parameters
 */
public record Recorded(Tensor out, Tensor x, Sequence layer, Tensor start, boolean withCell, Set<Tensor> inside) {

    private static final double CLOSE = 1e-4;   // float32 results of two orders of summation

    /** The recurrent layers of a graph. */
    public static List<Recorded> in(List<Tensor> order) {
        return order.stream().filter(x -> x.rank() == 3 && x.requiresGrad()).flatMap(x -> switch (x.op()) {
            case Recurrence.Lstm lstm -> fused(x, lstm).stream();
            case Slicing.Concat(int axis) when axis == 1 -> stepwise(x).stream();
            case null, default -> Stream.empty();
        }).toList();
    }

    private static Optional<Recorded> fused(Tensor out, Recurrence.Lstm op) {
        var in = out.inputs();
        if (in.length == 0) {
            return Optional.empty();
        }
        var z = in[0];
        if (!(z.op() instanceof Products.Linear)) {
            return Optional.empty();
        }
        var map = z.inputs();
        var layer = Sequence.of(new Cell.Lstm(map[1], in[1], map[2], Optional.empty()));
        return Optional.of(new Recorded(out, map[0], layer, in[2], op.withCell(), set(z, map[1], map[2], in[1])));
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
        var leaves = inside.stream().filter(tensor -> tensor.op() == null).toList();
        var weights = leaves.stream().filter(leaf -> leaf.requiresGrad() && leaf.rank() == 2 && leaf.shape()
                .dim(0) == rows
                && leaf.shape().dim(1) == n).toList();
        var starts = inside.stream().filter(tensor -> tensor.rank() == 2 && tensor.shape().dim(0) == out.shape().dim(0)
                && tensor.shape().dim(1) == n && (tensor.op() == null && !tensor.requiresGrad() || tensor.op() != null
                && tensor.op().name().equals("broadcastTo"))).toList();
        var biases = leaves.stream().filter(leaf -> leaf.requiresGrad() && leaf.rank() == 1 && leaf.size() == rows)
                .toList();
        if (weights.size() != 1 || starts.size() != 1 || biases.size() > 1) {
            return Optional.empty();
        }
        inside.add(map[1]);
        inside.add(map[2]);
        return cells(map[1], weights.getFirst(), map[2], biases.stream().findFirst(), rows / n)
                .flatMap(cell -> Stream.of(false, true).map(backwards -> new Sequence(cell, Optional.empty(),
                        backwards)))
                .filter(layer -> gives(layer, map[0], starts.getFirst(), out)).findFirst()
                .map(layer -> new Recorded(out, map[0], layer, starts.getFirst(), false, inside));
    }

    private static Stream<Cell> cells(Tensor w, Tensor u, Tensor b, Optional<Tensor> second, int gates) {
        return switch (gates) {
            case 1 -> Stream.of(new Cell.Rnn(w, u, b, second));
            case 3 -> Stream.of(Reset.values()).flatMap(reset -> Stream.of(Update.values())
                    .map(update -> new Cell.Gru(w, u, b, second, reset, update)));
            default -> Stream.empty();
        };
    }

    private static boolean gives(Sequence layer, Tensor x, Tensor start, Tensor out) {
        var again = noGrad(() -> layer.walk(x.detach(), start.detach()).output());
        return noGrad(() -> again.minus(out.detach()).abs().max()).item() <= CLOSE;
    }

    private static <T> T noGrad(Supplier<T> computation) {
        return Gradients.noGrad(computation);
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
     * @param gradient of the loss in the outputs
     * @param names    of tensors, in LaTeX
     * @param delta    the name of that gradient
     */
    public List<Step> lines(UnaryOperator<Tensor> value, Tensor gradient, Function<Tensor, String> names,
            String delta) {
        var linked = new Time.Linked(names.apply(x), names.apply(out), delta, given(layer.cell())
                .map(parameter -> parameter.op() == null ? names.apply(parameter) : "").toList());
        return Structure.of(new Time.Walked(new Sequence(layer.cell().map(value), Optional.empty(), layer.backwards()),
                value.apply(x), value.apply(start), Optional.empty(), withCell, y -> y.times(gradient.detach()).sum(),
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

    private static Stream<Tensor> given(Cell c) {
        return Stream.concat(Stream.of(c.inputWeight(), c.hiddenWeight(), c.bias()), c.hiddenBias().stream());
    }
}
