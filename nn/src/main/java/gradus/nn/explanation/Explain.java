package gradus.nn.explanation;

import gradus.nn.DType;
import gradus.nn.Seed;
import gradus.nn.Tensor;
import gradus.nn.layer.Mode;
import gradus.nn.loss.Distances;
import gradus.nn.loss.Loss;
import gradus.nn.optim.Optimizer;
import gradus.nn.optim.Schedule;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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
        return explanation(Doubled.of(loss).formulas(z, Doubled.of(target)), "checked on " + shapes(prediction, target));
    }

    /** The triplet loss, which has three inputs. */
    public static Explanation of(Distances.Triplet loss) {
        var random = new Seed(0).stream("explain");
        var x = new Tensor[3];
        Arrays.setAll(x, i -> Tensor.parameter(Tensor.normal(random, 0, 1, 4, 3).as(DType.FLOAT64)));
        return explanation(loss.formulas(x[0], x[1], x[2]), "checked on " + shapes(x));
    }

    private static Explanation explanation(Formulas formulas, String how) {
        var lines = Mode.evaluating(() -> Proof.lines(formulas, Optional.empty()));
        return new Explanation(formulas.title(), how, Numbers.settings(formulas), lines, Numbers.notes(formulas), List.of());
    }

    private static String shapes(Tensor... x) {
        return String.join(" and ", Arrays.stream(x).map(t -> t.shape().toString()).toList());
    }
}
