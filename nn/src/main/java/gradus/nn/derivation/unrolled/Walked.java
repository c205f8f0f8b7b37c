package gradus.nn.derivation.unrolled;

import gradus.nn.Tensor;
import gradus.nn.layer.Cell;
import gradus.nn.layer.Linear;
import gradus.nn.layer.Recurrent.Sequence;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What is walked along and what becomes of it.
 *
 * @param layer    copied to float64
 * @param x        [batch, time, in]
 * @param start    the state before, [batch, state]
 * @param head     applied to every h
 * @param withCell whether the loss sees the last cell, behind the outputs
 * @param inOrder  whether the loss sees the outputs in the order of the walk, also of one that begins at the end
 * @param loss     of all outputs, [batch, time, ..]
 * @param linked   what these are called in the graph they were found in
 */
record Walked(Sequence layer, Tensor x, Tensor start, Optional<Linear> head, boolean withCell, boolean inOrder,
        UnaryOperator<Tensor> loss, Optional<Linked> linked) {

    Walked {
        layer = new Sequence(layer.cell().map(Walked::leaf), Optional.empty(), layer.backwards());
        head = head.map(h -> new Linear(leaf(h.weight()), leaf(h.bias())));
        x = Structure.precise(x);
        start = Structure.precise(start);
    }

    private static Tensor leaf(Tensor parameter) {
        return Tensor.parameter(Structure.precise(parameter));
    }

    Cell cell() {
        return layer.cell();
    }

    int steps() {
        return x.shape().dim(1);
    }

    int batch() {
        return x.shape().dim(0);
    }

    /** The outputs of the layer itself, in the order that the loss sees. */
    Tensor ordered(Tensor output) {
        return inOrder && layer.backwards() ? output.flip(1) : output;
    }

    /** The loss by the layer itself, in one operation where it has one. */
    Tensor ownLoss(Tensor output, Tensor state) {
        int n = cell().hidden();
        var h = ordered(output);
        var y = head.map(linear -> linear.apply(h)).orElse(h);
        return loss.apply(withCell ? Tensor.concat(1, y, state.slice(1, n, 2 * n).reshape(batch(), 1, n)) : y);
    }

    /** The input of step t, counted from 1. */
    Tensor at(int t) {
        int place = layer.backwards() ? steps() - t : t - 1;
        return x.slice(1, place, place + 1).reshape(batch(), -1);
    }

    /** Whether the last output stands first. */
    boolean turnsOutputs() {
        return layer.backwards() && !inOrder;
    }

    /** Where the input of step t stands. */
    String place() {
        return layer.backwards() ? "T - t" : "t - 1";
    }

    /** Where the output of step t stands. */
    String outputPlace() {
        return turnsOutputs() ? "T - t" : "t - 1";
    }
}
