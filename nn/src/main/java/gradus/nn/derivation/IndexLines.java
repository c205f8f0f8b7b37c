package gradus.nn.derivation;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.tex.Tex;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** The lines of a derivation element by element, local derivatives as whole Jacobians with Kronecker deltas. */
final class IndexLines {

    /** Numbers of a Jacobian from which on it is not computed: one backward pass for each of its rows. */
    private static final long LARGEST = 10_000;

    private final Graph graph;
    private final Symbols symbols;
    private final Replay replay;
    private final Verdicts verdicts;
    private final Dependence dependence;
    private final Differentials differentials;
    private final Set<String> names;
    private final Map<String, Tex> lefts = new HashMap<>();

    IndexLines(Graph graph, Symbols symbols, Replay replay) {
        this.graph = graph;
        this.symbols = symbols;
        this.replay = replay;
        names = symbols.texts();
        verdicts = new Verdicts(replay);
        dependence = new Dependence(graph, symbols, symbols.names().keySet().stream()
                .filter(x -> x.op() == null && x.requiresGrad()).toList());
        differentials = new Differentials(symbols, dependence::moves);
        symbols.names().keySet().forEach(x -> {
            verdicts.know(symbols.of(x), replay.value(x));
            lefts.put(symbols.of(x).text(), IndexNotation.entry(symbols.of(x), at(x)));
            if (x.requiresGrad() && replay.gradient(x) != null) {
                verdicts.know(symbols.delta(x), replay.gradient(x));
                lefts.put(symbols.delta(x).text(), IndexNotation.entry(symbols.delta(x), at(x)));
                lefts.put(symbols.derivative(graph.loss(), x).text(),
                        derivative(symbols.of(graph.loss()), IndexNotation.entry(symbols.of(x), at(x))));
            }
        });
    }

    private static Tex derivative(Tex of, Tex in) {
        return Tex.atom("\\frac{\\partial " + of + "}{\\partial " + in + "}");
    }

    private String at(Tensor x) {
        return IndexNotation.indices(x.shape(), 0, names);
    }

    List<Step> of(List<Step> recorded) {
        var lines = new ArrayList<Step>();
        boolean local = false;
        for (var step : recorded) {
            if (step.kind() != Kind.FORWARD && !local) {
                local = true;
                locals(lines);
            }
            if (step.kind() != Kind.LOCAL) {
                lines.add(indexed(step));
            }
        }
        return lines;
    }

    private Step indexed(Step step) {
        var left = lefts.get(step.left().text());
        if (left == null || step.value().isEmpty() || step.shape().rank() > 6) {
            return step;
        }
        var at = IndexNotation.indices(step.shape(), 0, names);
        var right = IndexNotation.of(step.right().of(step.shape()), at, names);
        var check = checked(right, at, step.value().orElseThrow());
        if (!(step.check() instanceof Check.Holds(_, double central))) {
            return new Step(step.kind(), left, right, step.shape(), step.value(), step.rule(), step.check());
        }
        return check instanceof Check.Holds(double computed, _)
                ? new Step(step.kind(), left, right, step.shape(), step.value(), step.rule(),
                        new Check.Holds(computed, central)) : step;
    }

    private void locals(List<Step> lines) {
        Set<Tensor> fixed = Collections.newSetFromMap(new IdentityHashMap<>());
        fixed.addAll(symbols.names().keySet());
        for (var x : graph.order()) {
            if (x.op() == null || x == graph.loss() || !symbols.isNamed(x) || !dependence.moves(x)) {
                continue;
            }
            for (var in : dependence.named(x)) {
                if (x.rank() + in.rank() <= 8) {
                    lines.add(local(x, in, fixed));
                }
            }
        }
    }

    private Step local(Tensor x, Tensor in, Set<Tensor> fixed) {
        var only = new Differentials(symbols, y -> y == in || !symbols.isNamed(y) && dependence.named(y).contains(in));
        var at = at(x);
        var below = IndexNotation.indices(in.shape(), x.rank(), names);
        var left = derivative(IndexNotation.entry(symbols.of(x), at), IndexNotation.entry(symbols.of(in), below));
        var right = IndexNotation.derivative(only.of(x).of(x.shape()), at, differentials.symbol(in), below, names);
        var shape = new Shape(
                IntStream.concat(IntStream.of(x.shape().dims()), IntStream.of(in.shape().dims())).toArray());
        long numbers = (long) x.size() * in.size();
        if (numbers > LARGEST) {
            return new Step(Kind.LOCAL, left, right, shape, Optional.empty(), Optional.empty(),
                    new Check.Open("a Jacobian of " + numbers + " numbers is not computed"));
        }
        var value = replay.jacobian(x, in, fixed);
        return new Step(Kind.LOCAL, left, right, shape, Optional.of(value), Optional.empty(),
                checked(right, at + below, value));
    }

    /** Axes of one element have no index; one whose index does not occur must not matter: its first entry is enough. */
    private Check checked(Tex right, String at, Tensor value) {
        if (right.text().contains("\\mathrm{d}") || right.text().contains(Differentials.UNKNOWN)) {
            return new Check.Open("an operation on the way has no formula for single elements");
        }
        var expected = value;
        for (int axis = at.length() - 1; axis >= 0; axis--) {
            if (at.charAt(axis) == '1') {
                expected = expected.squeeze(axis);
            } else if (expected.size() > 0 && !IndexNotation.has(right, at.substring(axis, axis + 1))) {
                var first = expected.slice(axis, 0, 1);
                if (expected.minus(first).abs().max().item() == 0) {
                    expected = first.squeeze(axis);
                }
            }
        }
        return verdicts.equal(right, expected);
    }
}
