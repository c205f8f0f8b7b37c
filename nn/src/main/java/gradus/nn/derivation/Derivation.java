package gradus.nn.derivation;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.op.Op;
import gradus.nn.op.Pointwise;
import gradus.nn.tex.Tex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the gradients of a loss come about, line by line: every named tensor from those before it, the derivatives of one in
 * the other, the gradients δ in reverse order, the gradients in the parameters. Each line is read back from its LaTeX and
 * evaluated at the recorded numbers: {@link Check} says whether it is true.
 *
 * <p>Lines speak of tensors by their names, see {@link Tensor#named}; results without one are written out where they are used.
 * The graph is the one that was recorded for training: nothing is computed before somebody asks for a derivation.
 */
public final class Derivation {

    private final Graph graph;
    private final Set<Tensor> parameters;
    private final Symbols symbols;
    private final Optional<Layout> layout;
    private final boolean numerator;
    private List<Step> steps;

    private Derivation(Graph graph, Set<Tensor> parameters, Optional<Layout> layout, boolean numerator) {
        this.graph = graph;
        this.parameters = parameters;
        this.symbols = new Symbols(graph);
        this.layout = layout;
        this.numerator = numerator;
    }

    /** The same lines written in another way; without one, as the network was recorded. */
    public Derivation layout(Layout wanted) {
        return new Derivation(graph, parameters, Optional.of(wanted), numerator);
    }

    /** In numerator layout: ∂L/∂x is the transpose of x, a row for a column, so that the chain rule reads from left to right. */
    public Derivation numerator() {
        return new Derivation(graph, parameters, layout, true);
    }

    /** In denominator layout, as without being asked: ∂L/∂x has the shape of x. */
    public Derivation denominator() {
        return new Derivation(graph, parameters, layout, false);
    }

    /**
     * The derivation of a loss's gradients.
     *
     * @param parameters whose gradients are wanted; all that the loss depends on if none are given
     * @throws IllegalArgumentException when the loss has several elements or does not depend on a parameter
     */
    public static Derivation of(Tensor loss, Tensor... parameters) {
        if (loss.size() != 1) {
            throw new IllegalArgumentException("derive: the loss has shape " + loss.shape() + ", a scalar is needed"
                    + "\nhelp: reduce it with mean() or sum()");
        }
        if (!loss.requiresGrad()) {
            throw new IllegalArgumentException("derive: the loss depends on no parameter"
                    + "\nhelp: make parameters with parameter(...), and do not compute inside noGrad(...)");
        }
        var graph = Graph.of(loss);
        Set<Tensor> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
        for (var parameter : parameters) {
            if (graph.order().stream().noneMatch(x -> x == parameter) || !parameter.requiresGrad()) {
                throw new IllegalArgumentException("derive: the loss does not depend on " + (parameter.name().isEmpty()
                        ? "a tensor of shape " + parameter.shape() : parameter.name()) + "\nhelp: pass the parameter itself, "
                        + "as it was used for the loss, or none for all of them");
            }
            wanted.add(parameter);
        }
        if (parameters.length == 0) {
            graph.order().stream().filter(x -> x.op() == null && x.requiresGrad()).forEach(wanted::add);
        }
        return new Derivation(graph, wanted, Optional.empty(), false);
    }

    /** All lines: forward, local derivatives, δ in reverse order, gradients. */
    public synchronized List<Step> steps() {
        if (steps == null) {
            steps = List.copyOf(written());
        }
        return steps;
    }

    private List<Step> written() {
        var lines = new Lines();
        var recorded = lines.all();
        var orientation = layout.filter(wanted -> wanted == Layout.COLUMNS || wanted == Layout.ROWS)
                .map(wanted -> Orientation.of(graph, wanted == Layout.COLUMNS)).orElse(Orientation.none());
        return layout.isEmpty() && !numerator ? recorded
                : new Turning(graph, symbols, lines.replay, orientation, numerator).turned(recorded);
    }

    /** The lines of one kind. */
    public List<Step> steps(Kind kind) {
        return steps().stream().filter(step -> step.kind() == kind).toList();
    }

    /** All lines as LaTeX, an {@code aligned} environment. */
    public String tex() {
        return steps().stream().map(step -> step.left() + " &= " + step.right())
                .collect(Collectors.joining(" \\\\\n", "\\begin{aligned}\n", "\n\\end{aligned}"));
    }

    /** All lines as Markdown with LaTeX. */
    public String markdown() {
        return "$$\n" + tex() + "\n$$\n";
    }

    @Override
    public String toString() {
        return steps().stream().map(Step::toString).collect(Collectors.joining("\n"));
    }

    private final class Lines {

        private final Map<Tensor, Tex> contributions = new IdentityHashMap<>();
        private final Map<Tensor, Tex> deltas = new IdentityHashMap<>();
        private final List<Step> forward = new ArrayList<>();
        private final List<Step> local = new ArrayList<>();
        private final List<Step> delta = new ArrayList<>();
        private final List<Step> gradient = new ArrayList<>();
        private final Replay replay = new Replay(graph);
        private final Verdicts verdicts = new Verdicts(replay);

        List<Step> all() {
            symbols.names().forEach((x, name) -> verdicts.know(name, replay.value(x)));
            for (var x : graph.order()) {
                if (x.op() != null && symbols.isNamed(x)) {
                    forward(x);
                    locals(x);
                }
            }
            for (var x : graph.order().reversed()) {
                if (x.requiresGrad() && (x == graph.loss() || contributions.containsKey(x))) {
                    backward(x);
                }
            }
            var all = new ArrayList<>(forward);
            all.addAll(local);
            all.addAll(delta);
            all.addAll(gradient);
            return all;
        }

        private void forward(Tensor x) {
            var left = symbols.of(x);
            var right = symbols.formula(x);
            forward.add(step(Kind.FORWARD, left, right, x.shape(), replay.value(x), verdicts.value(x, right)));
        }

        /** Of an operation on elements whose inputs have names. */
        private void locals(Tensor x) {
            if (!(x.op() instanceof Pointwise)) {
                return;
            }
            var formulas = x.op().localTex(symbols.inputs(x), symbols.of(x));
            for (int i = 0; i < formulas.length; i++) {
                var in = x.inputs()[i];
                if (in.requiresGrad() && in.op() != null && symbols.isNamed(in) && in.shape().equals(x.shape())
                        && Arrays.stream(x.inputs()).filter(other -> other == in).count() == 1) {
                    var left = symbols.derivative(x, in);
                    local.add(step(Kind.LOCAL, left, formulas[i], x.shape(), null,
                            verdicts.gradient(x, formulas[i], replay.local(x, in))));
                }
            }
        }

        private void backward(Tensor x) {
            var sum = x == graph.loss() ? Tex.number(1).of(x.shape()) : contributions.get(x).of(x.shape());
            if (x.op() == null) {
                if (parameters.contains(x)) {
                    gradient.add(line(Kind.GRADIENT, symbols.derivative(graph.loss(), x), x, sum));
                }
                return;
            }
            var d = sum;
            if (x != graph.loss() && symbols.isNamed(x)) {
                if (parameters.contains(x)) {
                    gradient.add(line(Kind.GRADIENT, symbols.derivative(graph.loss(), x), x, sum));
                }
                if (!isWrittenOut(x)) {
                    d = symbols.delta(x);
                    delta.add(line(Kind.DELTA, d, x, sum));
                    verdicts.know(d, replay.gradient(x));
                }
            }
            var shares = x.op().backTex(symbols.inputs(x), symbols.of(x), d);
            for (int i = 0; i < shares.length; i++) {
                var in = x.inputs()[i];
                if (in.requiresGrad()) {
                    contributions.merge(in, shares[i].of(in.shape()), Tex::plus);
                }
            }
        }

        /** An activation of a named tensor has no δ of its own: it would only be multiplied by the slope. */
        private boolean isWrittenOut(Tensor x) {
            return x.op() instanceof Pointwise.OfOne && x.inputs()[0].op() != null && symbols.isNamed(x.inputs()[0])
                    && !graph.isShared(x) && !graph.isShared(x.inputs()[0]);
        }

        private Step line(Kind kind, Tex left, Tensor x, Tex right) {
            var gradient = replay.gradient(x);
            return step(kind, left, right, x.shape(), gradient, verdicts.slope(x, right, gradient));
        }

        private Step step(Kind kind, Tex left, Tex right, Shape shape, Tensor value, Check check) {
            return new Step(kind, left, right, shape, Optional.ofNullable(value), Optional.empty(), check);
        }
    }
}
