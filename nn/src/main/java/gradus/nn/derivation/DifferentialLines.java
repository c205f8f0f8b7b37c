package gradus.nn.derivation;

import gradus.nn.DType;
import gradus.nn.Nn;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.tex.Dimensions;
import gradus.nn.tex.Tex;
import gradus.nn.tex.Tex.Form;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The lines of a derivation by differentials: each tensor's from those it is computed from, then dL collected to
 * {@code tr(Gᵀ dx)} step by step, from which {@code ∂L/∂x = G} is read off. Both sides are evaluated as the parameters
 * move in a random direction.
 */
final class DifferentialLines {

    private final Set<Tensor> told;
    private final Graph graph;
    private final Symbols symbols;
    private final Dependence dependence;
    private final Differentials differentials;
    private final Verdicts verdicts;
    private final Map<Tensor, Tensor> moved;
    private final Replay replay;

    /** @param told tensors whose differentials stand elsewhere */
    DifferentialLines(Graph graph, Symbols symbols, Replay replay, Collection<Tensor> parameters, Set<Tensor> told) {
        this.told = told;
        this.graph = graph;
        this.symbols = symbols;
        this.replay = replay;
        dependence = new Dependence(graph, symbols, parameters);
        differentials = new Differentials(symbols, dependence::moves);
        verdicts = new Verdicts(replay);
        var directions = new IdentityHashMap<Tensor, Tensor>();
        for (var x : parameters) {
            var random = Nn.randn(Nn.seed(directions.size() + 1), x.shape().dims()).as(DType.FLOAT64);
            directions.put(x, random);
        }
        moved = replay.moved(directions);
        for (var x : symbols.names().keySet()) {
            verdicts.know(symbols.of(x), replay.value(x));
            if (moved.containsKey(x)) {
                verdicts.know(differentials.symbol(x), moved.get(x));
            }
            if (x.requiresGrad() && replay.gradient(x) != null) {
                verdicts.know(symbols.delta(x), replay.gradient(x));
            }
        }
    }

    /** The recorded lines with differentials for local derivatives, and the collecting before each gradient. */
    List<Step> of(List<Step> recorded) {
        var lines = new ArrayList<>(recorded.stream().filter(step -> step.kind() == Kind.FORWARD).toList());
        for (var x : graph.order()) {
            if (x.op() != null && !told.contains(x) && symbols.isNamed(x) && dependence.moves(x)) {
                var dx = expanded(differentials.of(x));
                lines.add(line(Kind.LOCAL, differentials.symbol(x), dx, x.shape(), moved.get(x)));
            }
        }
        var written = recorded.stream().filter(step -> step.kind() == Kind.DELTA)
                .collect(Collectors.toMap(step -> step.left().text(), step -> step, (a, b) -> a, LinkedHashMap::new));
        Set<Tensor> ends = Collections.newSetFromMap(new IdentityHashMap<>());
        for (var x : graph.order()) {
            if (symbols.isNamed(x) && (x.op() == null || written.containsKey(symbols.delta(x).text()))) {
                ends.add(x);
            }
        }
        for (var x : graph.order().reversed()) {
            if (x == graph.loss() || x.op() != null && ends.contains(x) && dependence.moves(x)) {
                collect(x, ends, written, lines);
            }
        }
        recorded.stream().filter(step -> step.kind() == Kind.GRADIENT).forEach(step -> gradient(step, lines));
        return verdicts.plain(lines);
    }

    /** Products of sums multiplied out, under the trace as well. */
    private static Tex expanded(Tex f) {
        return f.form() instanceof Form.Call(var function, _) && function.equals("\\operatorname{tr}")
                ? f.map(DifferentialLines::expanded)
                : Dimensions.of(f).isPresent() ? Collecting.of(f).tex() : f;
    }

    /** tr(δᵀ dx) = Σ tr(Gᵀ d in) over all that x is computed from. */
    private void collect(Tensor x, Set<Tensor> ends, Map<String, Step> written, List<Step> lines) {
        var d = symbols.delta(x);
        boolean loss = x == graph.loss();
        if (!loss) {
            lines.add(written.get(d.text()));
        }
        if (told.contains(x)) {
            return;
        }
        var shares = new LinkedHashMap<Tensor, Tex>();
        shares(x, loss ? Tex.number(1).of(x.shape()) : d, ends, shares);
        var sum = shares.entrySet().stream().map(share -> inner(Collecting.of(share.getValue()).ordered().factored()
                .of(share.getKey().shape()), share.getKey())).reduce(Tex::plus).orElseThrow();
        var value = loss ? moved.get(x) : replay.gradient(x).times(moved.get(x)).sum();
        lines.add(line(Kind.DELTA, loss ? differentials.symbol(x) : inner(d, x), sum, value.shape(), value));
    }

    private void shares(Tensor x, Tex d, Set<Tensor> ends, Map<Tensor, Tex> shares) {
        var back = x.op().backTex(symbols.inputs(x), symbols.of(x), d);
        for (int i = 0; i < back.length; i++) {
            var in = x.inputs()[i];
            if (dependence.moves(in)) {
                back[i] = symbols.written(back[i]);
                if (ends.contains(in)) {
                    shares.merge(in, back[i], Tex::plus);
                } else {
                    shares(in, back[i].of(in.shape()), ends, shares);
                }
            }
        }
    }

    /** Σ Gᵢⱼ dxᵢⱼ. */
    private Tex inner(Tex g, Tensor x) {
        var dx = differentials.symbol(x);
        boolean whole = IndexNotation.free(g).isEmpty();
        if (x.rank() == 0) {
            return g.text().equals("1") ? dx : g.times(dx);
        }
        if (whole && x.rank() <= 2) {
            return x.rank() == 1 ? g.transposed().times(dx) : Tex.call("\\operatorname{tr}", g.transposed().times(dx));
        }
        var names = symbols.texts();
        var at = IndexNotation.indices(x.shape(), 0, names);
        var entry = IndexNotation.of(g.of(x.shape()), at, names);
        var over = String.join(", ", at.replace("1", "").split(""));
        var product = entry.times(IndexNotation.entry(dx, at, IndexNotation.isFromZero(g)));
        return over.isEmpty() ? product : product.total("\\sum_{" + over + "}");
    }

    /** The gradient multiplied out, and with what its terms share drawn out; as recorded where that does not hold. */
    private void gradient(Step step, List<Step> lines) {
        var collecting = Collecting.of(step.right()).ordered();
        boolean once = collecting.tex().text().equals(collecting.factored().text());
        var better = Stream.of(collecting.tex(), collecting.factored()).limit(once ? 1 : 2)
                .map(right -> rewritten(step, right)).toList();
        lines.addAll(better.stream().allMatch(line -> line.check() instanceof Check.Holds) ? better : List.of(step));
    }

    private Step rewritten(Step step, Tex right) {
        var check = step.check() instanceof Check.Holds(_, double central, _)
                && verdicts.equal(right, step.value().orElseThrow()) instanceof Check.Holds(double computed, _, _)
                ? new Check.Holds(computed, central) : new Check.Open("not what was recorded");
        return new Step(Kind.GRADIENT, step.left(), right, step.shape(), step.value(), step.rule(), check);
    }

    private Step line(Kind kind, Tex left, Tex right, Shape shape, Tensor value) {
        int unknown = right.text().indexOf(Differentials.UNKNOWN);
        var check = unknown < 0 ? verdicts.equal(right, value) : new Check.Open("the differential of " + right.text()
                .substring(unknown + Differentials.UNKNOWN.length() + 1).replaceFirst("}.*", "") + " has no formula");
        return new Step(kind, left, right, shape, Optional.of(value), Optional.empty(), check);
    }
}
