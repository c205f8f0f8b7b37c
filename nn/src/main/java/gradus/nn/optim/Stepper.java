package gradus.nn.optim;

import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Kernels.MomentumKind;
import gradus.nn.optim.Optimizer.Adam;
import gradus.nn.optim.Optimizer.Sgd;
import java.util.List;

/** An optimizer at work on certain parameters: what it remembers of them, and how many steps it has made. */
public final class Stepper {

    private final Optimizer optimizer;
    private final List<Tensor> parameters;
    private final List<Tensor> first;    // velocity, or Adam's m
    private final List<Tensor> second;   // Adam's v
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
        boolean velocity = !(optimizer instanceof Sgd sgd && sgd.momentum() instanceof Momentum.None);
        this.first = velocity ? zeros() : List.of();
        this.second = optimizer instanceof Adam ? zeros() : List.of();
    }

    private List<Tensor> zeros() {
        return parameters.stream().map(p -> Tensor.full(0, p.shape(), p.dtype())).toList();
    }

    /** The learning rate from the next step on. */
    public Stepper lr(double newLr) {
        lr = newLr;
        return this;
    }

    /** Computes the loss's gradients, makes a step, clears the gradients; returns the loss. */
    public double step(Tensor loss) {
        loss.backward();
        step();
        return loss.item();
    }

    /** Makes a step with the gradients that {@code backward()} has gathered, and clears them. */
    public void step() {
        steps++;
        for (int i = 0; i < parameters.size(); i++) {
            var theta = parameters.get(i);
            if (theta.grad() != null) {
                update(theta, i);
                theta.clearGrad();
            }
        }
    }

    private void update(Tensor theta, int i) {
        var backend = Backend.current();
        switch (optimizer) {
            case Sgd(_, Momentum.None()) ->
                    backend.sgdStep(theta, theta.grad(), null, lr, MomentumKind.LR_OUTSIDE, 0);
            case Sgd(_, Momentum.LrOutside(var beta)) ->
                    backend.sgdStep(theta, theta.grad(), first.get(i), lr, MomentumKind.LR_OUTSIDE, beta);
            case Sgd(_, Momentum.LrInside(var beta)) ->
                    backend.sgdStep(theta, theta.grad(), first.get(i), lr, MomentumKind.LR_INSIDE, beta);
            case Sgd(_, Momentum.Nesterov(var beta)) ->
                    backend.sgdStep(theta, theta.grad(), first.get(i), lr, MomentumKind.NESTEROV, beta);
            case Adam(_, var beta1, var beta2, var epsilon) ->
                    backend.adamStep(theta, theta.grad(), first.get(i), second.get(i), lr, beta1, beta2, epsilon, steps);
        }
    }

    @Override
    public String toString() {
        return optimizer + ", " + steps + " steps on " + parameters.size() + " parameters";
    }
}
