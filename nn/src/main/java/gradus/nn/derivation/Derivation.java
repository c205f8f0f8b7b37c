package gradus.nn.derivation;

import gradus.nn.Tensor;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.derivation.rules.Match;
import gradus.nn.op.Pointwise;
import gradus.nn.op.Products;
import gradus.nn.op.Reductions;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
    private final Optional<Layout> layout;
    private final boolean numerator;
    private final boolean expanded;
    private List<Step> steps;

    private Derivation(Graph graph, Set<Tensor> parameters, Optional<Layout> layout, boolean numerator,
            boolean expanded) {
        this.graph = graph;
        this.parameters = parameters;
        this.layout = layout;
        this.numerator = numerator;
        this.expanded = expanded;
    }

    /** The same lines written in another way; without one, as the network was recorded. */
    public Derivation layout(Layout wanted) {
        return new Derivation(graph, parameters, Optional.of(wanted), numerator, expanded);
    }

    /**
     * In numerator layout: ∂L/∂x is the transpose of x, a row for a column, so that the chain rule reads from left to right.
     * Lines with indices, or by differentials, are the same in both.
     */
    public Derivation numerator() {
        return new Derivation(graph, parameters, layout, true, expanded);
    }

    /** In denominator layout, as without being asked: ∂L/∂x has the shape of x. */
    public Derivation denominator() {
        return new Derivation(graph, parameters, layout, false, expanded);
    }

    /** The same with the steps that known results stand for. */
    public Derivation expand() {
        return new Derivation(graph, parameters, layout, numerator, true);
    }

    /** Whether a known result replaces steps: one about a single product, sum or function only repeats its line. */
    private boolean cites(Match match) {
        var op = match.output().op();
        boolean elementary = op instanceof Pointwise || op instanceof Products.MatMul || op instanceof Products.Linear
                || op instanceof Reductions.Sum;
        return !expanded && (!match.covered().isEmpty() || !elementary)
                && match.covered().stream().noneMatch(parameters::contains);
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
        return new Derivation(graph, wanted, Optional.empty(), false, false);
    }

    /** All lines: forward, local derivatives, δ in reverse order, gradients. */
    public synchronized List<Step> steps() {
        if (steps == null) {
            steps = List.copyOf(written());
        }
        return steps;
    }

    /** Results get names until each line can be written, and until each line that only reads wrongly for want of one holds. */
    private List<Step> written() {
        var replay = new Replay(graph);
        var recurrences = numerator ? Recurrences.none(graph) : Recurrences.of(graph);
        Set<Tensor> needed = Collections.newSetFromMap(new IdentityHashMap<>());
        needed.addAll(recurrences.named());
        while (true) {
            var symbols = new Symbols(graph, needed, !recurrences.layers().isEmpty());
            var backward = new Backward(graph, symbols, this::cites);
            if (!needed.addAll(backward.unnamed())) {
                var lines = new Lines(graph, symbols, backward, replay, recurrences);
                var recorded = lines.of(parameters);
                if (!needed.addAll(lines.unnamed())) {
                    var written = layout.isEmpty() && !numerator ? lines.plain(recorded)
                            : turned(recorded, symbols, replay, recurrences.told());
                    return recurrences.woven(recorded, written.stream().map(Step::indexed).toList(), symbols, replay);
                }
            }
        }
    }

    private List<Step> turned(List<Step> recorded, Symbols symbols, Replay replay, Set<Tensor> told) {
        var orientation = layout.filter(wanted -> wanted == Layout.COLUMNS || wanted == Layout.ROWS)
                .map(wanted -> Orientation.of(graph, wanted == Layout.COLUMNS)).orElse(Orientation.none());
        var wanted = layout.orElse(null);
        return wanted == Layout.INDICES ? new IndexLines(graph, symbols, replay, told).of(recorded)
                : wanted == Layout.DIFFERENTIALS
                        ? new DifferentialLines(graph, symbols, replay, parameters, told).of(recorded)
                : new Turning(graph, symbols, replay, orientation, numerator).turned(recorded);
    }

    /** The lines of one kind. */
    public List<Step> steps(Kind kind) {
        return steps().stream().filter(step -> step.kind() == kind).toList();
    }

    /** The lines as LaTeX, an {@code aligned} environment: formula, shape, tick. Very many are cut, see {@link Typesetting}. */
    public String tex() {
        return Typesetting.tex(steps());
    }

    /** The lines as Markdown with LaTeX. */
    public String markdown() {
        return "$$\n" + tex() + "\n$$\n\n" + Typesetting.verdict(steps()) + "\n";
    }

    /** The lines as aligned plain text. */
    @Override
    public String toString() {
        return Typesetting.plain(steps());
    }
}
