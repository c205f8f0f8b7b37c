package gradus.nn.explanation;

import gradus.nn.optim.Optimizer;
import gradus.nn.optim.Schedule;

/** Explanations of what trains and of what is trained. */
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
}
