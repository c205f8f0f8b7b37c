package gradus.nn.compile;

import gradus.nn.Tensor;
import gradus.nn.backend.Kernel;
import gradus.nn.compile.Tracer.Switch;
import gradus.nn.grad.Gradients;
import gradus.nn.op.Op;
import gradus.nn.optim.Stepper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** A step as it is done for the first time: computed at once, with every event and every kernel written down. */
final class Recording implements Tracer.Listener {

    private final Switch here;
    private final List<Event> events = new ArrayList<>();
    private final List<Kernel> kernels = new ArrayList<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private final Set<Integer> given = new HashSet<>();   // the numbers of tensors that came from outside
    private final Set<Integer> assigned = new HashSet<>();
    private final Map<Tensor, Integer> numbers = new IdentityHashMap<>();
    private final Set<Stepper> steppers = new HashSet<>();
    private String obstacle = "";

    Recording(Switch here) {
        this.here = here;
    }

    List<Event> events() {
        return events;
    }

    List<Kernel> kernels() {
        return kernels;
    }

    List<Tensor> tensors() {
        return tensors;
    }

    boolean isGiven(int number) {
        return given.contains(number);
    }

    Set<Integer> assigned() {
        return assigned;
    }

    /** Why it cannot be replayed, empty if it can. */
    String obstacle() {
        return obstacle;
    }

    /** The number of a tensor, a new one if it comes from outside. */
    int number(Tensor x) {
        return numbers.computeIfAbsent(x, _ -> {
            given.add(tensors.size());
            tensors.add(x);
            return tensors.size() - 1;
        });
    }

    private int[] numbers(Tensor... x) {
        return Arrays.stream(x).mapToInt(this::number).toArray();
    }

    private int computed(Tensor x) {
        if (numbers.containsKey(x)) {
            return numbers.get(x);
        }
        numbers.put(x, tensors.size());
        tensors.add(x);
        return tensors.size() - 1;
    }

    /** The number of a gradient, −1 for none. */
    private int gradient(Tensor parameter) {
        return parameter.grad() == null ? -1 : number(parameter.grad());
    }

    void ran(Kernel kernel) {
        kernels.add(kernel);
    }

    @Override
    public Tensor apply(Op op, Tensor... in) {
        var inputs = numbers(in);
        var out = here.silently(() -> Tensor.compute(op, in));
        events.add(new Event.Applied(op, inputs, computed(out), Gradients.recording()));
        return out;
    }

    @Override
    public Tensor detach(Tensor x) {
        int in = number(x);
        var out = here.silently(x::detach);
        events.add(new Event.Detached(in, computed(out)));
        return out;
    }

    @Override
    public void assign(Tensor target, Tensor values) {
        events.add(new Event.Assigned(number(target), number(values)));
        assigned.add(number(target));
        target.overwrite(values);
    }

    @Override
    public void backward(Tensor loss) {
        int number = number(loss);
        var parameters = Gradients.leaves(loss).toArray(Tensor[]::new);
        var before = Arrays.stream(parameters).mapToInt(this::gradient).toArray();
        var leaves = numbers(parameters);
        here.silently(() -> {
            Gradients.accumulate(loss);
            return loss;
        });
        var after = Arrays.stream(parameters).mapToInt(p -> p.grad() == null ? -1 : computed(p.grad())).toArray();
        events.add(new Event.Backward(number, leaves, before, after));
    }

    @Override
    public Tensor[] gradients(boolean withGraph, Tensor loss, Tensor... wrt) {
        int number = number(loss);
        var leaves = numbers(wrt);
        var out = here.silently(() -> withGraph ? Gradients.withGraph(loss, wrt) : Gradients.of(loss, wrt));
        events.add(new Event.Differentiated(withGraph, number, leaves,
                Arrays.stream(out).mapToInt(this::computed).toArray()));
        return out;
    }

    @Override
    public void step(Stepper stepper) {
        var gradients = stepper.parameters().stream().mapToInt(this::gradient).toArray();
        numbers(stepper.parameters().toArray(Tensor[]::new));
        events.add(new Event.Stepped(stepper, gradients));
        if (!steppers.add(stepper)) {
            obstacle = "steps with one optimizer twice";
        }
        stepper.advance();
        stepper.update();
    }

    /** The gradients that the step leaves behind in parameters. */
    Stream<Tensor> gradients() {
        return events.stream().filter(Event.Backward.class::isInstance).map(Event.Backward.class::cast)
                .flatMapToInt(event -> Arrays.stream(event.parameters())).distinct().mapToObj(tensors::get)
                .map(Tensor::grad).filter(Objects::nonNull);
    }

    /** A step that was counted already. */
    void stepAgain(Stepper stepper) {
        events.add(new Event.Stepped(stepper, stepper.parameters().stream().mapToInt(this::gradient).toArray()));
        numbers(stepper.parameters().toArray(Tensor[]::new));
        steppers.add(stepper);
        stepper.update();
    }

    /** Lets a tensor stand for one that was computed. */
    void alias(Tensor computed, Tensor x) {
        numbers.put(x, numbers.get(computed));
    }

    @Override
    public void read() {
        obstacle = "looks at numbers while it runs";
    }
}
