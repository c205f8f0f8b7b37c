package gradus.nn.derivation;

import gradus.nn.DType;
import gradus.nn.Nn;
import gradus.nn.Tensor;
import gradus.nn.grad.Derivatives;
import gradus.nn.grad.Gradients;
import gradus.nn.op.Products;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** A recorded graph computed again in float64: values, gradients, and the loss with a tensor moved. */
public final class Replay {

    private final Graph graph;
    private final Map<Tensor, Tensor> values = new IdentityHashMap<>();
    private final Map<Tensor, Tensor> gradients = new IdentityHashMap<>();
    private final Map<Tensor, Double> centralErrors = new IdentityHashMap<>();

    Replay(Graph graph) {
        this.graph = graph;
        for (var x : graph.order()) {
            values.put(x, x.op() != null ? Tensor.apply(x.op(), inputs(x, values))
                    : x.dtype() == DType.INT32 ? x
                    : x.requiresGrad() ? Tensor.parameter(x.detach().as(DType.FLOAT64)) : x.detach().as(DType.FLOAT64));
        }
        var wanted = graph.order().stream().filter(x -> values.get(x).requiresGrad()).toList();
        var found = wanted.isEmpty() ? new Tensor[0] : Gradients.of(values.get(graph.loss()),
                wanted.stream().map(values::get).toArray(Tensor[]::new));
        for (int i = 0; i < found.length; i++) {
            gradients.put(wanted.get(i), found[i]);
        }
    }

    /** The graph that a loss was recorded as, or derived from. */
    public static Replay of(Tensor loss) {
        return new Replay(Graph.of(loss));
    }

    /** How many tensors it has. */
    long size() {
        return graph.order().size();
    }

    private static Tensor[] inputs(Tensor x, Map<Tensor, Tensor> values) {
        return Arrays.stream(x.inputs()).map(values::get).toArray(Tensor[]::new);
    }

    /** Its value. */
    public Tensor value(Tensor x) {
        return values.get(x).detach();
    }

    /** ∂loss/∂x. */
    public Tensor gradient(Tensor x) {
        return gradients.get(x);
    }

    private Tensor[] detached(Tensor x) {
        return Arrays.stream(inputs(x, values)).map(v -> v.dtype() == DType.INT32 ? v : v.detach())
                .toArray(Tensor[]::new);
    }

    /** Σ ∂y/∂input with the operation of x alone: where elements stay apart, the derivative of each. */
    Tensor local(Tensor x, int at) {
        return Gradients.noGrad(() -> {
            var in = detached(x);
            return Gradients.vjp(all -> Tensor.apply(x.op(), all), in,
                    Tensor.full(1, x.shape(), DType.FLOAT64))[at];
        });
    }

    /** The directional derivatives of all tensors when those that were given move like this. */
    Map<Tensor, Tensor> moved(Map<Tensor, Tensor> directions) {
        var moved = new IdentityHashMap<>(directions);
        for (var x : graph.order()) {
            var moving = Arrays.stream(x.inputs()).filter(moved::containsKey).toList();
            if (!moving.isEmpty() && !moved.containsKey(x)) {
                // Σ δ ∂x/∂input is linear in δ: the gradient in δ of its product with the direction is what is wanted
                var d = Tensor.parameter(Tensor.full(0, x.shape(), DType.FLOAT64));
                var in = detached(x);
                var shares = Gradients.vjp(all -> Tensor.apply(x.op(), all), in, d);
                var products = new ArrayList<Tensor>();
                for (int i = 0; i < shares.length; i++) {
                    if (moved.containsKey(x.inputs()[i]) && shares[i] != null) {
                        products.add(shares[i].times(moved.get(x.inputs()[i])).sum());
                    }
                }
                var sum = products.stream().reduce(Tensor::plus).filter(Tensor::requiresGrad);   // a comparison's is 0 whatever δ
                moved.put(x, sum.map(along -> Gradients.of(along, d)[0])
                        .orElseGet(() -> Tensor.full(0, x.shape(), DType.FLOAT64)));
            }
        }
        return moved;
    }

    /** ∂x/∂in [x's axes.., in's axes..], the tensors in {@code fixed} staying as they are. */
    Tensor jacobian(Tensor x, Tensor in, Set<Tensor> fixed) {
        return Derivatives.jacobian(at -> again(x, in, at, fixed), values.get(in).detach()).detach();
    }

    /** Row by row the derivatives of one number of x in those of another tensor. */
    Tensor row(Tensor x, int number, Tensor in, Set<Tensor> fixed) {
        var one = new double[x.size()];
        one[number] = 1;
        return Gradients.noGrad(() -> Gradients.vjp(at -> again(x, in, at[0], fixed),
                new Tensor[] {values.get(in).detach()}, Tensor.of(x.shape(), one))[0]);
    }

    private Tensor again(Tensor x, Tensor in, Tensor at, Set<Tensor> fixed) {
        return Tensor.apply(x.op(), Arrays.stream(x.inputs()).map(input -> input == in ? at
                : input.op() == null || fixed.contains(input) || !input.requiresGrad() ? values.get(input).detach()
                : again(input, in, at, fixed)).toArray(Tensor[]::new));
    }

    /** The loss when this tensor is another. */
    private double loss(Tensor moved, Tensor instead) {
        return Gradients.noGrad(() -> {
            var changed = new IdentityHashMap<Tensor, Tensor>();
            changed.put(moved, instead);
            for (var x : graph.order()) {
                if (x != moved && Arrays.stream(x.inputs()).anyMatch(changed::containsKey)) {
                    changed.put(x, Tensor.apply(x.op(), Arrays.stream(x.inputs())
                            .map(input -> changed.getOrDefault(input, values.get(input))).toArray(Tensor[]::new)));
                }
            }
            return changed.getOrDefault(graph.loss(), values.get(graph.loss())).item();
        });
    }

    /**
     * How far the gradient in a tensor is from central differences, in two directions that both lean to it, as a part of the
     * slope. NaN where the slopes to both sides differ: at a kink, of which no difference says anything.
     */
    public double centralError(Tensor x) {
        return centralErrors.computeIfAbsent(x, this::measuredError);
    }

    private double measuredError(Tensor x) {
        var gradient = gradients.get(x);
        double loss = Math.abs(values.get(graph.loss()).item());
        double worst = 0;
        for (int round = 0; round < 2 && !Double.isNaN(worst); round++) {
            var random = Nn.randn(Nn.seed(round + 1), x.shape().dims()).as(DType.FLOAT64);
            var direction = unit(gradient).plus(unit(random));
            double expected = gradient.times(direction).sum().item();
            // below a thousandth of the loss its rounding is what a difference shows
            double size = Math.max(Math.max(Math.abs(expected), norm(gradient)), 1e-3 * loss) + Double.MIN_NORMAL;
            worst = Math.max(worst, slopeError(x, direction, expected, size));
        }
        return worst;
    }

    private double slopeError(Tensor x, Tensor direction, double expected, double size) {
        double best = Math.abs(between(x, direction, 1e-5) - expected) / size;
        for (double h : new double[] {1e-3, 1e-4, 1e-6}) {   // four points where two are too coarse; smaller steps at a kink
            if (best <= Check.CENTRAL) {
                return best;
            }
            double slope = (4 * between(x, direction, h) - between(x, direction, 2 * h)) / 3;
            best = Math.min(best, Math.abs(slope - expected) / size);
        }
        double h = 1e-6;
        double here = along(x, direction, 0);
        double right = (along(x, direction, h) - here) / h;
        double left = (here - along(x, direction, -h)) / h;
        return Math.abs(right - left) > 1e-2 * Math.max(Math.abs(right), Math.abs(left)) ? Double.NaN : best;
    }

    private double between(Tensor x, Tensor direction, double h) {
        return (along(x, direction, h) - along(x, direction, -h)) / (2 * h);
    }

    /** How many tensors have gradients. */
    int gradients() {
        return gradients.size();
    }

    /** About how many multiply-adds the loss takes. */
    long work() {
        return graph.order().stream().filter(x -> x.op() != null).mapToLong(x -> x.size() * (long)
                (x.op() instanceof Products.Linear || x.op() instanceof Products.MatMul ? x.inputs()[0].shape().dim(-1) : 1)).sum();
    }

    /** NaN where the moved tensor is refused, one that has to be symmetric say. */
    private double along(Tensor x, Tensor direction, double step) {
        try {
            return loss(x, Gradients.noGrad(() -> values.get(x).detach().plus(direction.times(step))));
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Double.NaN;
        }
    }

    private static double norm(Tensor x) {
        return Math.sqrt(x.square().sum().item());
    }

    private static Tensor unit(Tensor x) {
        double norm = norm(x);
        return norm == 0 || Double.isNaN(norm) ? x : x.div(norm);
    }
}
