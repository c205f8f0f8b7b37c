package gradus.nn.derivation;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.tex.Tex;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/** The lines of a derivation element by element, local derivatives as whole Jacobians with Kronecker deltas. */
final class IndexLines {

    /** Numbers of a Jacobian from which on some of its rows are computed: each takes a backward pass. */
    private static final long LARGEST = 10_000;
    private static final int ROWS = 4;
    private static final int OF_ROW = 8;   // that are not 0, where a row has such, and as many more

    private final Set<Tensor> told;
    private final Graph graph;
    private final Symbols symbols;
    private final Replay replay;
    private final Verdicts verdicts;
    private final Dependence dependence;
    private final Differentials differentials;
    private final Set<String> names;
    private final Map<String, Function<Boolean, Tex>> lefts = new HashMap<>();

    /** @param told tensors whose local derivatives stand elsewhere */
    IndexLines(Graph graph, Symbols symbols, Replay replay, Set<Tensor> told) {
        this.told = told;
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
            lefts.put(symbols.of(x).text(), fromZero -> entry(x, symbols.of(x), fromZero));
            if (x.requiresGrad() && replay.gradient(x) != null) {
                verdicts.know(symbols.delta(x), replay.gradient(x));
                lefts.put(symbols.delta(x).text(), fromZero -> entry(x, symbols.delta(x), fromZero));
                lefts.put(symbols.derivative(graph.loss(), x).text(),
                        fromZero -> derivative(symbols.of(graph.loss()), entry(x, symbols.of(x), fromZero)));
            }
        });
    }

    private static Tex derivative(Tex of, Tex in) {
        return Tex.atom("\\frac{\\partial " + of + "}{\\partial " + in + "}");
    }

    private Tex entry(Tensor x, Tex name, boolean fromZero) {
        return IndexNotation.entry(name, at(x), fromZero);
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
        var whole = step.right().of(step.shape());
        var right = IndexNotation.of(whole, at, names);
        var check = checked(right, at, step.value().orElseThrow());
        var written = left.apply(IndexNotation.isFromZero(whole));
        if (!(step.check() instanceof Check.Holds(_, double central, _))) {
            return new Step(step.kind(), written, right, step.shape(), step.value(), step.rule(), step.check());
        }
        return check instanceof Check.Holds(double computed, _, long sampled)
                ? new Step(step.kind(), written, right, step.shape(), step.value(), step.rule(),
                        new Check.Holds(computed, central, sampled)) : step;
    }

    private void locals(List<Step> lines) {
        Set<Tensor> fixed = Collections.newSetFromMap(new IdentityHashMap<>());
        fixed.addAll(symbols.names().keySet());
        for (var x : graph.order()) {
            if (x.op() == null || x == graph.loss() || told.contains(x) || !symbols.isNamed(x)
                    || !dependence.moves(x)) {
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
        var dx = only.of(x).of(x.shape());
        boolean fromZero = IndexNotation.isFromZero(dx);
        var left = derivative(entry(x, symbols.of(x), fromZero), IndexNotation.entry(symbols.of(in), below, fromZero));
        var right = IndexNotation.derivative(dx, at, differentials.symbol(in), below, names);
        var shape = new Shape(
                IntStream.concat(IntStream.of(x.shape().dims()), IntStream.of(in.shape().dims())).toArray());
        long numbers = (long) x.size() * in.size();
        if (numbers > LARGEST) {
            return new Step(Kind.LOCAL, left, right, shape, Optional.empty(), Optional.empty(),
                    unknown(right).orElseGet(() -> verdicts.sampled(right, samples(x, in, fixed, at + below, fromZero ? 0 : 1))));
        }
        var value = replay.jacobian(x, in, fixed);
        return new Step(Kind.LOCAL, left, right, shape, Optional.of(value), Optional.empty(),
                checked(right, at + below, value));
    }

    /** Of some rows of a Jacobian some numbers, by the values that the indices have there. */
    private Map<Map<String, Integer>, Double> samples(Tensor x, Tensor in, Set<Tensor> fixed, String indices, int origin) {
        var random = new Random(1);
        var samples = new LinkedHashMap<Map<String, Integer>, Double>();
        for (int row = 0; row < ROWS; row++) {
            int number = random.nextInt(x.size());
            var values = replay.row(x, number, in, fixed).toDoubleArray();
            var others = IntStream.range(0, values.length).filter(i -> values[i] != 0).toArray();
            IntStream.concat(random.ints(others.length == 0 ? 0 : OF_ROW, 0, Math.max(1, others.length)).map(i -> others[i]),
                    random.ints(OF_ROW, 0, values.length)).forEach(column -> {
                        var at = new HashMap<String, Integer>();
                        Verdicts.position(x.shape(), number, indices.substring(0, x.rank()), origin, at);
                        Verdicts.position(in.shape(), column, indices.substring(x.rank()), origin, at);
                        samples.put(at, values[column]);
                    });
        }
        return samples;
    }

    private static Optional<Check> unknown(Tex right) {
        return right.text().contains("\\mathrm{d}") || right.text().contains(Differentials.UNKNOWN)
                ? Optional.of(new Check.Open("an operation on the way has no formula for single elements")) : Optional.empty();
    }

    /** Axes of one element have no index; one whose index does not occur must not matter: its first entry is enough. */
    private Check checked(Tex right, String at, Tensor value) {
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
        var all = expected;
        return unknown(right).orElseGet(() -> verdicts.equal(right, all));
    }
}
