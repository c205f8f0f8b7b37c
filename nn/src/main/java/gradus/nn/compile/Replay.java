package gradus.nn.compile;

import gradus.nn.Tensor;
import gradus.nn.backend.Buffer;
import gradus.nn.compile.Tracer.Switch;
import gradus.nn.grad.Gradients;
import gradus.nn.op.Op;
import gradus.nn.optim.Stepper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A step as it is done again: nothing is computed while the step's code runs, its events are only compared with those of
 * the plans; its tensors have shapes but no numbers. If all agree, the plan computes everything at once. If the step takes
 * another way, or looks at a number, what it did so far is computed after all, and a recording goes on from there.
 */
final class Replay implements Tracer.Listener, Buffer.DeviceMemory {

    private static final int UNFIT = -2;

    private final Switch here;
    private final List<Plan> plans;
    private final List<Tensor> tensors = new ArrayList<>();
    private final Map<Tensor, Integer> numbers = new IdentityHashMap<>();
    private final Map<Tensor, Optional<Tensor>> gradientsBefore = new IdentityHashMap<>();
    private final List<Event> done = new ArrayList<>();
    private Plan plan;
    private Recording instead;   // what goes on recording, once the recorded ways are left

    Replay(Switch here, List<Plan> plans) {
        this.here = here;
        this.plans = plans;
        this.plan = plans.getLast();
    }

    /** The recording that took over, if the step left the recorded ways. */
    Optional<Recording> instead() {
        return Optional.ofNullable(instead);
    }

    Plan plan() {
        return plan;
    }

    /** Someone looks at a tensor that has no numbers yet. */
    @Override
    public void download(Object array) {
        throw new IllegalStateException("this tensor was computed inside a compiled step, which keeps no numbers but those"
                + " it returns\nhelp: return it from the step, or do not compile the step");
    }

    /** The tensor's number; one that fits no event if it cannot stand where the plan has its next new one. */
    private int number(Tensor x) {
        var known = numbers.get(x);
        if (known != null) {
            return known;
        }
        int next = tensors.size();
        if (!plan.accepts(next, x)) {
            var other = plans.stream().filter(p -> p.accepts(next, x) && p.beginsLike(plan, done.size(), tensors)).findFirst();
            if (other.isEmpty()) {
                return UNFIT;
            }
            plan = other.get();
        }
        add(x);
        return next;
    }

    private void add(Tensor x) {
        numbers.put(x, tensors.size());
        tensors.add(x);
    }

    private int[] numbers(Tensor... x) {
        var found = new int[x.length];
        for (int i = 0; i < x.length; i++) {
            found[i] = number(x[i]);
        }
        return found;
    }

    /** Whether this is the event that comes next, on this plan or on another with the same beginning. */
    private boolean isNext(Event event) {
        for (int i = -1; i < plans.size(); i++) {
            var candidate = i < 0 ? plan : plans.get(i);
            if (candidate.events().size() > done.size() && Event.same(candidate.events().get(done.size()), event)
                    && (candidate == plan || candidate.beginsLike(plan, done.size(), tensors))) {
                plan = candidate;
                done.add(event);
                return true;
            }
        }
        return false;
    }

    private Event next() {
        return done.size() < plan.events().size() ? plan.events().get(done.size()) : null;
    }

    /** A tensor without numbers, like the one that was recorded under this number. */
    private Tensor absent(int number) {
        var x = plan.like(number, tensors, this);
        add(x);
        return x;
    }

    @Override
    public Tensor apply(Op op, Tensor... in) {
        int first = tensors.size();
        var inputs = numbers(in);
        var event = new Event.Applied(op, inputs, tensors.size(), Gradients.recording());
        if (next() instanceof Event.Applied(_, _, var out, _) && out != event.out() && out < tensors.size()) {
            event = new Event.Applied(op, event.in(), out, event.recorded());   // an operation that gives its input back
        }
        if (!isNext(event)) {
            forget(first);
            return leave().apply(op, in);
        }
        return event.out() < tensors.size() ? tensors.get(event.out()) : absent(event.out());
    }

    private void forget(int first) {
        while (tensors.size() > first) {
            numbers.remove(tensors.removeLast());
        }
    }

    @Override
    public Tensor detach(Tensor x) {
        int first = tensors.size();
        if (!isNext(new Event.Detached(number(x), tensors.size()))) {
            forget(first);
            return leave().detach(x);
        }
        return absent(tensors.size());
    }

    @Override
    public void assign(Tensor target, Tensor values) {
        int first = tensors.size();
        if (!isNext(new Event.Assigned(number(target), number(values)))) {
            forget(first);
            leave().assign(target, values);
        }
    }

    private int gradient(Tensor parameter) {
        return parameter.grad() == null ? -1 : number(parameter.grad());
    }

    @Override
    public void backward(Tensor loss) {
        int first = tensors.size();
        if (next() instanceof Event.Backward expected && numbers.getOrDefault(loss, -1) == expected.loss()) {
            var parameters = Arrays.stream(expected.parameters()).mapToObj(i -> i < tensors.size() ? tensors.get(i)
                    : plan.given(i)).toArray(Tensor[]::new);
            var before = Arrays.stream(parameters).mapToInt(this::gradient).toArray();
            var event = new Event.Backward(expected.loss(), numbers(parameters), before, expected.after());
            if (isNext(event)) {
                for (int i = 0; i < parameters.length; i++) {
                    int after = expected.after()[i];
                    remember(parameters[i]);
                    parameters[i].setGrad(after < 0 ? null : after < tensors.size() ? tensors.get(after) : absent(after));
                }
                return;
            }
        }
        forget(first);
        leave().backward(loss);
    }

    private void remember(Tensor parameter) {
        gradientsBefore.putIfAbsent(parameter, Optional.ofNullable(parameter.grad()));
    }

    @Override
    public Tensor[] gradients(boolean withGraph, Tensor loss, Tensor... wrt) {
        int first = tensors.size();
        int number = number(loss);
        var leaves = numbers(wrt);
        if (next() instanceof Event.Differentiated expected
                && isNext(new Event.Differentiated(withGraph, number, leaves, expected.out()))) {
            return Arrays.stream(expected.out()).mapToObj(i -> i < tensors.size() ? tensors.get(i) : absent(i))
                    .toArray(Tensor[]::new);
        }
        forget(first);
        return leave().gradients(withGraph, loss, wrt);
    }

    @Override
    public void step(Stepper stepper) {
        int first = tensors.size();
        var gradients = stepper.parameters().stream().mapToInt(this::gradient).toArray();
        numbers(stepper.parameters().toArray(Tensor[]::new));
        if (!isNext(new Event.Stepped(stepper, gradients))) {
            forget(first);
            leave().step(stepper);
            return;
        }
        stepper.advance();
        stepper.parameters().forEach(parameter -> {
            remember(parameter);
            parameter.clearGrad();
        });
    }

    @Override
    public void read() {
        leave().read();
    }

    /** Gives parameters the gradients back that they had before. */
    void undo() {
        gradientsBefore.forEach((parameter, gradient) -> parameter.setGrad(gradient.orElse(null)));
    }

    /** Computes what was only compared so far, and lets a recording go on. */
    Tracer.Listener leave() {
        instead = new Recording(here);
        undo();
        here.to(instead);
        for (var event : done) {
            switch (event) {
                case Event.Applied(var op, var in, var out, var recorded) -> become(out, recorded
                        ? instead.apply(op, at(in)) : Gradients.noGrad(() -> instead.apply(op, at(in))));
                case Event.Detached(var in, var out) -> become(out, instead.detach(tensors.get(in)));
                case Event.Assigned(var target, var values) -> instead.assign(tensors.get(target), tensors.get(values));
                case Event.Backward(var loss, var parameters, _, var after) -> {
                    instead.backward(tensors.get(loss));
                    for (int i = 0; i < parameters.length; i++) {
                        if (after[i] >= 0) {
                            become(after[i], tensors.get(parameters[i]).grad());
                            tensors.get(parameters[i]).setGrad(tensors.get(after[i]));
                        }
                    }
                }
                case Event.Differentiated(var withGraph, var loss, var wrt, var out) -> {
                    var gradients = instead.gradients(withGraph, tensors.get(loss), at(wrt));
                    for (int i = 0; i < out.length; i++) {
                        become(out[i], gradients[i]);
                    }
                }
                case Event.Stepped(var stepper, _) -> instead.stepAgain(stepper);
            }
        }
        return instead;
    }

    private Tensor[] at(int[] numbers) {
        return Arrays.stream(numbers).mapToObj(tensors::get).toArray(Tensor[]::new);
    }

    private void become(int number, Tensor computed) {
        var x = tensors.get(number);
        if (x != computed) {
            x.become(computed);
            instead.alias(computed, x);
        }
    }

    /** The gradients that the step leaves behind in parameters. */
    Stream<Tensor> gradients() {
        return done.stream().filter(Event.Backward.class::isInstance).map(Event.Backward.class::cast)
                .flatMapToInt(event -> Arrays.stream(event.parameters())).distinct().mapToObj(tensors::get)
                .map(Tensor::grad).filter(Objects::nonNull);
    }

    /** The tensors of this call by number. */
    List<Tensor> tensors() {
        return tensors;
    }

    boolean isComplete() {
        return instead == null && done.size() == plan.events().size();
    }

    int numberOf(Tensor x) {
        return numbers.getOrDefault(x, -1);
    }
}
