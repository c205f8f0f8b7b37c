package gradus.nn.optim;

import gradus.nn.DType;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Expr;
import gradus.nn.backend.Kernel;
import gradus.nn.backend.Kernel.Operand;
import gradus.nn.backend.Program;
import gradus.nn.compile.Tracer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** An optimizer at work on certain parameters: what it remembers of them, and how many steps it has made. */
public final class Stepper {

    private static final int[] NO_AXES = {};

    private final Optimizer optimizer;
    private final List<Tensor> parameters;
    private final List<List<Tensor>> memories;   // for each parameter: velocity, or Adam's m and v
    private final Map<DType, Buffer> rates = new EnumMap<>(DType.class);   // the numbers that change from step to step
    private final Program program;
    private double lr;
    private long steps;

    Stepper(Optimizer optimizer, List<Tensor> parameters) {
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException("the optimizer was given no parameters"
                    + "\nhelp: a layer's parameters are the record components made with Tensor.parameter(...)");
        }
        this.optimizer = optimizer;
        this.parameters = List.copyOf(parameters);
        this.lr = optimizer.lr();
        this.memories = parameters.stream().map(p -> Stream.generate(() -> Tensor.full(0, p.shape(), p.dtype()))
                .limit(optimizer.memories()).toList()).toList();
        int rateCount = optimizer.rates(lr, 1).length;
        parameters.forEach(p -> rates.computeIfAbsent(p.dtype(), dtype -> Buffer.allocate(dtype, rateCount)));
        this.program = program(rateCount);
    }

    /** The rule with inputs θ, g, the memories, the rates. */
    private Program program(int rateCount) {
        int memory = optimizer.memories();
        var in = IntStream.range(0, 2 + memory + rateCount).mapToObj(Expr::input).toList();
        return Program.of(in.size(), optimizer.rule(in.get(0), in.get(1), in.subList(2, 2 + memory).toArray(Expr[]::new),
                in.subList(2 + memory, in.size()).toArray(Expr[]::new)));
    }

    /** The learning rate from the next step on, 0 or more. */
    public Stepper lr(double newLr) {
        if (!(newLr >= 0) || Double.isInfinite(newLr)) {
            throw new IllegalArgumentException("learning rate " + newLr + " is not a number from 0 on"
                    + "\nhelp: 0.1 or 0.001, say");
        }
        lr = newLr;
        return this;
    }

    /** Computes the loss's gradients, makes a step, clears the gradients; returns the loss, a constant. */
    public Tensor step(Tensor loss) {
        loss.backward();
        step();
        return loss.detach();
    }

    /** Makes a step with the gradients that {@code backward()} has gathered, and clears them. */
    public void step() {
        if (Tracer.isTracing()) {
            Tracer.step(this);
        } else {
            advance();
            update();
        }
    }

    /** Counts a step and sets the numbers that it depends on. */
    public void advance() {
        steps++;
        var values = optimizer.rates(lr, steps);
        rates.values().forEach(buffer -> {
            for (int i = 0; i < values.length; i++) {
                buffer.set(i, values[i]);
            }
        });
    }

    /** Changes the parameters by their gradients, which go. */
    public void update() {
        for (int i = 0; i < parameters.size(); i++) {
            var theta = parameters.get(i);
            if (theta.grad() != null) {
                update(theta, memories.get(i));
                theta.clearGrad();
            }
        }
    }

    private void update(Tensor theta, List<Tensor> memory) {
        var in = new ArrayList<Operand>();
        in.add(whole(theta));
        in.add(whole(theta.grad().dense()));
        memory.forEach(m -> in.add(whole(m)));
        var rate = rates.get(theta.dtype());
        for (int i = 0; i < rate.length(); i++) {
            in.add(new Operand(rate, i, NO_AXES, 0));
        }
        var out = Stream.concat(memory.stream(), Stream.of(theta)).map(Tensor::buffer).toArray(Buffer[]::new);
        Backend.current().run(new Kernel.Map(program, in.toArray(Operand[]::new), out, NO_AXES, theta.size()));
        theta.buffer().changedInPlace();
    }

    private static Operand whole(Tensor x) {
        return new Operand(x.buffer(), 0, NO_AXES, 1);
    }

    /** What it remembers of the parameter at this place: its velocity, or Adam's m and v. */
    public List<Tensor> memories(int parameter) {
        return memories.get(parameter);
    }

    /** What is changed, in the order given. */
    public List<Tensor> parameters() {
        return parameters;
    }

    @Override
    public String toString() {
        return optimizer + ", " + steps + " steps on " + parameters.size() + " parameters";
    }
}
