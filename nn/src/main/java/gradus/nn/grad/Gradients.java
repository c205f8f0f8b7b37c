package gradus.nn.grad;

import gradus.nn.DType;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.compile.Tracer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reverse-mode differentiation: from a scalar back through the operations that computed it, in reverse order, each giving
 * its inputs their share by its vector–Jacobian product. Iterative, so the depth of a graph is limited by memory
 * alone.
 */
public final class Gradients {

    private static final ScopedValue<Boolean> NOT_RECORDING = ScopedValue.newInstance();

    private Gradients() {
    }

    /** Whether operations are being recorded: true outside {@link #noGrad}. */
    public static boolean recording() {
        return !NOT_RECORDING.orElse(false);
    }

    /** Computes without recording: for evaluation, which needs no gradients. */
    public static <T> T noGrad(Supplier<T> computation) {
        return ScopedValue.where(NOT_RECORDING, true).call(computation::get);
    }

    /**
     * The gradients of a scalar with respect to each of these tensors, as constants; zeros for one that it does not
     * depend on. The graph stays usable.
     *
     * @param loss shape [], or any shape of one element
     * @throws ShapeException when the loss has more than one element
     */
    public static Tensor[] of(Tensor loss, Tensor... wrt) {
        if (Tracer.isTracing()) {
            return Tracer.gradients(false, loss, wrt);
        }
        return noGrad(() -> withGraph(loss, wrt));
    }

    /** Like {@link #of}, but the gradients are recorded and can be differentiated again. */
    public static Tensor[] withGraph(Tensor loss, Tensor... wrt) {
        if (Tracer.isTracing()) {
            return Tracer.gradients(true, loss, wrt);
        }
        var gradients = pass(loss, false, Set.of(), wrt);
        return Arrays.stream(wrt).map(x -> gradients.containsKey(x) ? gradients.get(x)
                : Tensor.full(0, x.shape(), x.dtype())).toArray(Tensor[]::new);
    }

    /**
     * For each input of a function its gradient Σ δ ∂f/∂x, for an operation whose vector–Jacobian product is that of other
     * operations; differentiable again where operations are being recorded.
     *
     * @param f  a function that depends on nothing else
     * @param in its inputs, of which int32 ones have no gradient: {@code null}
     * @param d  δ, of the shape of the result
     */
    public static Tensor[] vjp(Function<Tensor[], Tensor> f, Tensor[] in, Tensor d) {
        boolean again = recording();
        var at = Arrays.stream(in).map(x -> x.dtype() == DType.INT32 || again && x.requiresGrad() ? x : Tensor.parameter(x))
                .toArray(Tensor[]::new);
        var loss = ScopedValue.where(NOT_RECORDING, false).call(() -> f.apply(at).times(d).sum());
        Set<Tensor> ends = Collections.newSetFromMap(new IdentityHashMap<>());
        ends.addAll(List.of(at));
        ends.add(d);
        var gradients = pass(loss, false, ends, at);
        return Arrays.stream(at).map(x -> gradients.getOrDefault(x,
                x.dtype() == DType.INT32 ? null : Tensor.full(0, x.shape(), x.dtype()))).toArray(Tensor[]::new);
    }

    /**
     * Adds the loss's gradient to that of every parameter behind it, and of every tensor that retains its own, and releases
     * the graph: see {@link Tensor#backward}.
     */
    public static void accumulate(Tensor loss) {
        if (Tracer.isTracing()) {
            Tracer.backward(loss);
            return;
        }
        if (loss.op() != null && loss.inputs().length == 0) {
            throw new IllegalStateException("backward: this graph has been used and released"
                    + "\nhelp: compute the loss again, or use grad(loss, parameters), which keeps the graph");
        }
        noGrad(() -> pass(loss, true, Set.of())).forEach((x, gradient) ->
                x.setGrad(x.grad() == null ? gradient : noGrad(() -> x.grad().plus(gradient))));
    }

    /** The parameters that a loss was computed from. */
    public static List<Tensor> leaves(Tensor loss) {
        return outputsFirst(loss, Set.of()).stream().filter(x -> x.op() == null).toList();
    }

    /** The gradients of the leaves, and of the tensors in {@code wanted}; what lies behind {@code ends} is left alone. */
    private static Map<Tensor, Tensor> pass(Tensor loss, boolean release, Set<Tensor> ends, Tensor... wanted) {
        if (loss.size() != 1) {
            throw new ShapeException("gradient: the loss has shape " + loss.shape() + ", a scalar is needed"
                    + "\nhelp: reduce it with mean() or sum()");
        }
        if (!loss.requiresGrad()) {
            throw new IllegalStateException("gradient: the loss depends on no parameter"
                    + "\nhelp: make parameters with Tensor.parameter(...), and do not compute inside noGrad(...)");
        }
        Set<Tensor> keep = Collections.newSetFromMap(new IdentityHashMap<>());
        keep.addAll(List.of(wanted));
        var gradients = new IdentityHashMap<Tensor, Tensor>();
        gradients.put(loss, Tensor.full(1, loss.shape(), loss.dtype()));
        var order = outputsFirst(loss, ends);
        for (int k = 0; k < order.size(); k++) {
            var x = order.set(k, null);   // nobody but its user holds it any longer than the pass needs it
            if (x.retainsGrad()) {
                keep.add(x);
            }
            var delta = gradients.get(x);
            if (x.op() == null || delta == null || ends.contains(x)) {
                continue;
            }
            x.checkInputs();
            var shares = x.op().vjp(x.inputs(), x, delta);
            for (int i = 0; i < shares.length; i++) {
                var input = x.inputs()[i];
                if (shares[i] != null && input.requiresGrad()) {
                    gradients.merge(input, shares[i], Tensor::plus);
                }
            }
            if (!keep.contains(x)) {
                gradients.remove(x);
            }
            if (release) {
                x.releaseInputs();
            }
        }
        return gradients;
    }

    /** All tensors that the loss was computed from and that want gradients, each after every one computed from it. */
    private static List<Tensor> outputsFirst(Tensor loss, Set<Tensor> ends) {
        var order = new ArrayList<Tensor>();
        Set<Tensor> entered = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Tensor> finished = Collections.newSetFromMap(new IdentityHashMap<>());
        var open = new ArrayDeque<Tensor>();
        open.push(loss);
        while (!open.isEmpty()) {
            var x = open.peek();
            if (entered.add(x)) {
                for (var input : ends.contains(x) ? new Tensor[0] : x.inputs()) {
                    if (input.requiresGrad() && !entered.contains(input)) {
                        open.push(input);
                    }
                }
            } else {
                open.pop();
                if (finished.add(x)) {
                    order.add(x);
                }
            }
        }
        Collections.reverse(order);
        return order;
    }
}
