package gradus.nn.explanation;

import gradus.nn.DType;
import gradus.nn.Seed;
import gradus.nn.Tensor;
import gradus.nn.explanation.Explanation.Line;
import gradus.nn.explanation.Formulas.Recurrence;
import gradus.nn.explanation.Formulas.Setting;
import gradus.nn.optim.Optimizer;
import gradus.nn.optim.Schedule;
import gradus.nn.tex.Evaluator;
import gradus.nn.tex.NdArray;
import gradus.nn.tex.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Optimizers and schedules: formulas that go from step to step, followed beside the real ones. */
final class Recurrences {

    private static final int STEPS = 12;
    private static final int TIMES = 100;

    private final Formulas formulas;
    private final List<Recurrence> recurrences;
    private final Map<String, Value> names = new HashMap<>();
    private final Map<String, Numbers.Difference> errors = new LinkedHashMap<>();

    private Recurrences(Formulas formulas) {
        this.formulas = formulas;
        this.recurrences = formulas.all(Recurrence.class);
        formulas.all(Setting.class).forEach(setting -> names.put(setting.name(), NdArray.scalar(setting.value())));
    }

    /**
     * A small net is trained in float64, and the recurrences walk beside it with the same gradients. Halfway η falls
     * to a
     * tenth: only then do the conventions of momentum differ.
     */
    static Explanation of(Optimizer optimizer) {
        var walk = new Recurrences(optimizer.formulas());
        var states = walk.recurrences.stream().filter(Recurrences::remembers).map(Recurrence::left).toList();
        var random = new Seed(0).stream("explain");
        var x = Tensor.normal(random, 0, 1, 8, 3).as(DType.FLOAT64);
        var w = Tensor.parameter(Tensor.normal(random, 0, 1, 4, 3).as(DType.FLOAT64));
        var b = Tensor.parameter(Tensor.zeros(4).as(DType.FLOAT64));
        var y = x.sum(-1).sin().reshape(8, 1).detach();
        var parameters = List.of(w, b);
        var stepper = optimizer.over(parameters);
        var before = new ArrayList<Map<String, Value>>();   // of each parameter
        for (var p : parameters) {
            var start = new HashMap<String, Value>();
            states.forEach(state -> start.put(previous(state), Numbers.array(p.times(0))));
            start.put(previous(states.getLast()), Numbers.array(p));
            before.add(start);
        }
        for (int t = 1; t <= STEPS; t++) {
            double lr = optimizer.lr() * (t <= STEPS / 2 ? 1 : 0.1);
            stepper.lr(lr);
            walk.names.put("\\eta", NdArray.scalar(lr));
            walk.names.put("t", NdArray.scalar(t));
            x.linear(w, b).tanh().minus(y).square().mean().backward();
            var gradients = parameters.stream().map(p -> Numbers.array(p.grad())).toList();
            stepper.step();
            for (int i = 0; i < parameters.size(); i++) {
                walk.names.putAll(before.get(i));
                walk.names.put("g_t", gradients.get(i));
                walk.evaluate();
                for (int k = 0; k < states.size(); k++) {
                    boolean last = k == states.size() - 1;
                    walk.compare(states.get(k), Numbers.array(last ? parameters.get(i) : stepper.memories(i).get(k)));
                    before.get(i).put(previous(states.get(k)), walk.names.get(states.get(k)));
                }
            }
        }
        return walk.explanation("followed beside " + STEPS + " steps of training, η falling to a tenth halfway");
    }

    /** At t = 1 … 100, and t = 0 where the rate has a value there. */
    static Explanation of(Schedule schedule) {
        var walk = new Recurrences(schedule.formulas());
        for (int t = 0; t <= TIMES; t++) {
            walk.names.put("t", NdArray.scalar(t));
            walk.evaluate();
            walk.compare("\\eta_t", NdArray.scalar(schedule.at(t)));
        }
        return walk.explanation("compared at t = 0 … " + TIMES);
    }

    private void evaluate() {
        for (var recurrence : recurrences) {
            names.put(recurrence.left(), Evaluator.evaluate(recurrence.right(), names));
        }
    }

    private void compare(String name, NdArray computed) {
        errors.computeIfAbsent(name, any -> new Numbers.Difference()).add((NdArray) names.get(name), computed);
    }

    /** Whether it is made from its own value one step before. */
    private static boolean remembers(Recurrence recurrence) {
        return recurrence.right().contains(previous(recurrence.left()));
    }

    private static String previous(String state) {
        return state.replace("_t", "_{t-1}");
    }

    private Explanation explanation(String against) {
        var lines = recurrences.stream().map(recurrence -> new Line(recurrence.left(), "=", recurrence.right(),
                recurrence.says(),
                Optional.empty(), Optional.ofNullable(errors.get(recurrence.left())).map(d -> d.check(Double.NaN))))
                        .toList();
        return new Explanation(formulas.title(), against, Numbers.settings(formulas), lines, Numbers.notes(formulas),
                List.of());
    }
}
