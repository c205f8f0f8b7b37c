package gradus.nn.compile;

import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A step that is recorded when it is first made and replayed afterwards: without the work of building graphs, with chains of
 * elementwise operations fused, on memory that was laid out once. Results are equal to the bit to those of the step
 * itself.
 *
 * <p>The step's code still runs each time, but computes nothing: its operations are compared with the recorded ones. Other
 * shapes, or another way through the code, are recorded anew, so nothing needs to be declared. A step that looks at
 * numbers while it runs, by {@code item()} say, is simply run. Of the tensors made inside only those returned have numbers
 * afterwards.
 *
 * {@snippet :
 * var step = compile((x, y) -> opt.step(loss.of(net.apply(x), y)));
 * for (var batch : batches) {
 *     losses.add(step.apply(batch.x(), batch.y()).item());
 * }
 * }
 */
public final class Compiled {

    /** So many ways through one step are recorded; one that always takes another is not worth it. */
    private static final int WAYS = 8;

    private final Function<Tensor[], Tensor[]> step;
    private final List<Plan> plans = new ArrayList<>();
    private String obstacle = "";
    private long replays;

    /** A step from tensors to tensors. */
    public Compiled(Function<Tensor[], Tensor[]> step) {
        this.step = step;
    }

    /** Makes the step and returns its first result. */
    public Tensor apply(Tensor... arguments) {
        return all(arguments)[0];
    }

    /** Makes the step and returns all of its results. */
    public synchronized Tensor[] all(Tensor... arguments) {
        if (!obstacle.isEmpty() || Tracer.isTracing()) {
            return step.apply(arguments);
        }
        var backend = Backend.current();
        var here = new Tracer.Switch(backend);
        if (plans.isEmpty()) {
            var recording = new Recording(here);
            here.to(recording);
            var results = Tracer.listening(here, () -> step.apply(arguments));
            keep(recording, results);
            return results;
        }
        var replay = new Replay(here, plans);
        here.to(replay);
        var results = Tracer.listening(here, () -> compared(replay, arguments));
        if (replay.instead().isPresent()) {
            keep(replay.instead().get(), results);
        } else {
            try {
                replay.plan().run(backend, replay.tensors());
            } catch (RuntimeException | Error e) {
                replay.undo();
                throw e;
            }
            replays++;
        }
        return results;
    }

    /** Runs the step's code under a replay; what it did so far is really done if it ends otherwise than recorded. */
    private Tensor[] compared(Replay replay, Tensor[] arguments) {
        boolean asRecorded = false;
        try {
            var made = step.apply(arguments);
            asRecorded = replay.isComplete() && replay.plan().returns(numbers(replay, made));
            return made;
        } finally {
            if (!asRecorded && replay.instead().isEmpty()) {
                replay.leave();
            }
        }
    }

    /** The numbers of the results, and of the gradients that the step leaves behind. */
    private static int[] numbers(Replay replay, Tensor[] results) {
        return Stream.concat(Arrays.stream(results), replay.gradients()).mapToInt(replay::numberOf).toArray();
    }

    private void keep(Recording recording, Tensor[] results) {
        obstacle = !recording.obstacle().isEmpty() ? recording.obstacle()
                : plans.size() >= WAYS ? "took another way " + WAYS + " times" : "";
        if (obstacle.isEmpty()) {
            plans.add(new Plan(recording, Stream.concat(Arrays.stream(results), recording.gradients())
                    .mapToInt(recording::number).toArray()));
        } else {
            plans.clear();
            System.getLogger(Compiled.class.getName()).log(System.Logger.Level.INFO,
                    "a step is run operation by operation: it " + obstacle);
        }
    }

    @Override
    public String toString() {
        return !obstacle.isEmpty() ? "step, not compiled: it " + obstacle
                : "compiled step, " + replays + " replays" + IntStream.range(0, plans.size())
                        .mapToObj(i -> "\nway " + (i + 1) + ": " + plans.get(i)).reduce("", String::concat);
    }
}
