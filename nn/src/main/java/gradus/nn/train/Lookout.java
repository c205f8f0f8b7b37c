package gradus.nn.train;

import gradus.nn.Layer;
import gradus.nn.Tensor;
import gradus.nn.data.Dataset;
import gradus.nn.loss.Loss;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Stops a training whose numbers are no longer finite, and leaves the net as the last good step left it.
 *
 * <p>A step writes parameters before its loss is looked at, and an infinite gradient shows in the loss of the step after
 * it at the earliest; so the net is remembered as it was before the last two steps. Parameters themselves are looked at
 * when an epoch ends. Measured: 10 µs of copies beside a step of 280 µs (784-128-64-10, batch 64, Adam).
 */
final class Lookout {

    /** A net before a step: copies of the numbers that the step may change. */
    private record Before(String place, Dataset rows, List<Tensor> kept) {
    }

    private final Fault fault;
    private final List<Tensor> state;
    private final Deque<Before> past = new ArrayDeque<>();

    Lookout(Layer net, Loss loss) {
        fault = new Fault(net, loss);
        state = List.copyOf(net.state().values());
    }

    /** A step is about to be made. */
    void before(String place, Dataset rows) {
        var kept = past.size() == 2 ? past.removeFirst().kept
                : state.stream().map(x -> Tensor.full(0, x.shape(), x.dtype())).toList();
        copy(state, kept);
        past.addLast(new Before(place, rows, kept));
    }

    private static void copy(List<Tensor> from, List<Tensor> to) {
        for (int i = 0; i < to.size(); i++) {
            to.get(i).overwrite(from.get(i));
        }
    }

    /** The step was made and had this loss. */
    void after(double loss) {
        if (Double.isFinite(loss)) {
            return;
        }
        var last = past.getLast();
        copy(last.kept, state);
        if (fault.parameter().isPresent()) {
            throw spoiled(past.getFirst());
        }
        var what = fault.ofLoss(loss, last.place, last.rows);
        copy(last.kept, state);   // the search has moved running means and generators
        throw new TrainingStopped(what);
    }

    /** All steps of an epoch were made. */
    void afterEpoch() {
        if (fault.parameter().isPresent()) {
            throw spoiled(past.getLast());
        }
    }

    /** This step wrote a parameter that is not finite. */
    private TrainingStopped spoiled(Before step) {
        copy(step.kept, state);
        var earlier = fault.parameter();
        if (earlier.isPresent()) {
            return new TrainingStopped(earlier.get() + " is not finite since before " + step.place
                    + "\nhelp: look at the initial parameters; a smaller learning rate, if they are finite");
        }
        var what = fault.ofStep(step.place, step.rows);
        copy(step.kept, state);
        return new TrainingStopped(what);
    }
}
