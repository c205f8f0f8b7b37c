package gradus.nn.derivation;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.derivation.rules.Match;
import gradus.nn.derivation.rules.Rules;
import gradus.nn.op.Pointwise;
import gradus.nn.op.Pooling;
import gradus.nn.tex.Tex;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** The lines of a derivation, each with what it says about the recorded numbers. */
final class Lines {

    private final Graph graph;
    private final Symbols symbols;
    private final Backward backward;
    private final Replay replay;
    private final Verdicts verdicts;
    private final Set<Tensor> unnamed = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Recurrences recurrences;
    private final List<Step> forward = new ArrayList<>();
    private final List<Step> local = new ArrayList<>();
    private final List<Step> delta = new ArrayList<>();
    private final List<Step> gradient = new ArrayList<>();

    Lines(Graph graph, Symbols symbols, Backward backward, Replay replay, Recurrences recurrences) {
        this.recurrences = recurrences;
        this.graph = graph;
        this.symbols = symbols;
        this.backward = backward;
        this.replay = replay;
        verdicts = new Verdicts(replay);
    }

    /** All lines, with the gradients in these tensors. */
    List<Step> of(Set<Tensor> parameters) {
        var places = places();
        var inside = recurrences.inside();
        var reached = recurrences.reached();
        symbols.names().forEach((x, name) -> verdicts.know(name, replay.value(x)));
        for (var labels : graph.oneHots()) {
            var definition = labels.definition(symbols);
            forward.add(step(Kind.FORWARD, symbols.of(labels.matrix()), definition, labels.matrix().shape(),
                    replay.value(labels.matrix()), Optional.empty(), verdicts.equal(definition, replay.value(labels.matrix()))));
        }
        for (var x : graph.order()) {
            if (x.op() != null && symbols.isNamed(x) && !inside.contains(x)) {
                forward(x);
                locals(x);
                if (x.op() instanceof Pooling.WindowMax max) {
                    places(x, max);
                }
            }
        }
        for (var x : graph.order().reversed()) {
            if (x.op() != null && backward.of(x) != null && backward.hasDelta(x)) {
                if (!reached.contains(x)) {
                    delta.add(slope(Kind.DELTA, symbols.delta(x), x));
                }
                verdicts.know(symbols.delta(x), replay.gradient(x));
            }
        }
        graph.order().stream().filter(x -> parameters.contains(x) && backward.of(x) != null && !reached.contains(x))
                .sorted(Comparator.<Tensor>comparingInt(places::get).reversed())
                .forEach(x -> gradient.add(slope(Kind.GRADIENT, symbols.derivative(graph.loss(), x), x)));
        return Stream.of(forward, local, delta, gradient).flatMap(List::stream).toList();
    }

    /** Results written out in lines that do not hold: named they may be read as they are meant. */
    Set<Tensor> unnamed() {
        return unnamed;
    }

    private static boolean isMisread(Check check) {
        return check instanceof Check.Fails || check instanceof Check.Open(var why) && why.startsWith("formula at");
    }

    /** Names for the results that a line has written out, step by step: of those nearest to it first. */
    private void nameInputs(Tensor x) {
        Stream.of(x.inputs()).filter(in -> in.op() != null && !symbols.isNamed(in)).forEach(unnamed::add);
    }

    /** The same for the gradient in a tensor: those that use it, then what is used beside it. */
    private void nameUsers(Tensor x) {
        var users = graph.order().stream().filter(user -> List.of(user.inputs()).contains(x)).toList();
        if (users.stream().allMatch(symbols::isNamed)) {
            users.forEach(this::nameInputs);
        } else {
            users.stream().filter(user -> !symbols.isNamed(user)).forEach(unnamed::add);
        }
    }

    /** For each tensor the place of the first named result, or the loss, that it is part of. */
    private Map<Tensor, Integer> places() {
        var places = new IdentityHashMap<Tensor, Integer>();
        for (int at = graph.order().size() - 1; at >= 0; at--) {
            var x = graph.order().get(at);
            int place = x == graph.loss() || symbols.isNamed(x) || !places.containsKey(x) ? at : places.get(x);
            places.putIfAbsent(x, at);
            for (var in : x.inputs()) {
                places.merge(in, place, Math::min);
            }
        }
        return places;
    }

    private void forward(Tensor x) {
        var right = symbols.formula(x);
        var check = checked(right, plain -> verdicts.value(x, plain));
        forward.add(step(Kind.FORWARD, symbols.of(x), right, x.shape(), replay.value(x), Optional.empty(), check));
        if (isMisread(check)) {
            nameInputs(x);
        }
    }

    /** Where the largest elements lie, which the gradient needs. */
    private void places(Tensor x, Pooling.WindowMax max) {
        var at = x.inputs()[1];
        var right = max.positions(symbols.of(x.inputs()[0]), symbols.of(x));
        forward.add(step(Kind.FORWARD, symbols.of(at), right, at.shape(), replay.value(at), Optional.empty(),
                verdicts.equal(right, replay.value(at))));
    }

    /** Where each element is computed from those in its place, by one operation or by several without names in between. */
    private void locals(Tensor x) {
        var slopes = new IdentityHashMap<Tensor, Slope>();
        slopes.put(x, new Slope(Tex.number(1), Tensor.full(1, x.shape(), DType.FLOAT64), 0));
        var order = elementwise(x);
        for (var y : order) {
            var formulas = y.op().localTex(symbols.inputs(y), symbols.of(y));
            for (int i = 0; i < formulas.length; i++) {
                var in = y.inputs()[i];
                if (isElementwise(in, x)) {
                    slopes.merge(in, slopes.get(y).through(formulas[i], replay.local(y, i)), Slope::plus);
                }
            }
        }
        order.stream().flatMap(y -> Arrays.stream(y.inputs())).filter(symbols::isNamed).filter(slopes::containsKey).distinct()
                .forEach(in -> local(x, in, slopes.get(in)));
    }

    private void local(Tensor x, Tensor in, Slope slope) {
        var check = verdicts.gradient(x, slope.formula(), slope.value());
        boolean direct = slope.operations() == 1;
        if (direct || check instanceof Check.Holds) {
            var rule = direct ? Rules.match(x).filter(match -> match.covered().isEmpty()).map(Match::rule) : Optional.<Rule>empty();
            local.add(step(Kind.LOCAL, symbols.derivative(x, in), slope.formula(), x.shape(), slope.value(), rule, check));
        }
    }

    /** A result and the unnamed ones that it is computed from element by element, each before those that it reads. */
    private SequencedSet<Tensor> elementwise(Tensor x) {
        var order = new LinkedHashSet<Tensor>();
        Set<Tensor> entered = Collections.newSetFromMap(new IdentityHashMap<>());
        var open = new ArrayDeque<>(List.of(x));
        while (!open.isEmpty()) {
            var y = open.peek();
            if (!(y.op() instanceof Pointwise) || !entered.add(y)) {
                open.pop();
                if (entered.contains(y)) {
                    order.add(y);
                }
                continue;
            }
            for (var in : y.inputs()) {
                if (isElementwise(in, x) && !symbols.isNamed(in) && !entered.contains(in)) {
                    open.push(in);
                }
            }
        }
        return order.reversed();
    }

    private static boolean isElementwise(Tensor in, Tensor of) {
        return in.requiresGrad() && in.op() != null && in.shape().equals(of.shape());
    }

    /** A derivative element by element, and from how many operations. */
    private record Slope(Tex formula, Tensor value, int operations) {

        Slope through(Tex local, Tensor factor) {
            return new Slope(formula.chain(local), value.times(factor), operations + 1);
        }

        Slope plus(Slope other) {
            return new Slope(Backward.added(formula, other.formula), value.plus(other.value), operations + other.operations);
        }
    }

    /** Of a formula as it was recorded or, if that is misread, with vectors for columns. */
    private static Check checked(Tex right, Function<Tex, Check> check) {
        var recorded = check.apply(right);
        return isMisread(recorded) && Vectors.isLaidOut(right) && check.apply(Vectors.plain(right)) instanceof Check.Holds plain
                ? plain : recorded;
    }

    /** The lines with vectors for columns. */
    List<Step> plain(List<Step> steps) {
        return verdicts.plain(steps);
    }

    private Step slope(Kind kind, Tex left, Tensor x) {
        var right = backward.of(x);
        var value = replay.gradient(x);
        var check = checked(right, plain -> verdicts.slope(x, plain, value));
        if (isMisread(check)) {
            nameUsers(x);
        }
        return step(kind, left, right, x.shape(), value, backward.rule(x), check);
    }

    private static Step step(Kind kind, Tex left, Tex right, Shape shape, Tensor value, Optional<Rule> rule,
            Check check) {
        return new Step(kind, left, right, shape, Optional.of(value), rule, check);
    }
}
