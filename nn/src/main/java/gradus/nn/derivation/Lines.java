package gradus.nn.derivation;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.derivation.rules.Match;
import gradus.nn.derivation.rules.Rules;
import gradus.nn.derivation.unrolled.Recorded;
import gradus.nn.op.Pointwise;
import gradus.nn.tex.Tex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The lines of a derivation, each with what it says about the recorded numbers. */
final class Lines {

    private final Graph graph;
    private final Symbols symbols;
    private final Backward backward;
    private final Replay replay;
    private final Verdicts verdicts;
    private final Set<Tensor> unnamed = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Optional<Recorded> recurrent;   // the one whose lines stand among the others
    private final List<Recorded> cited;
    private final List<Step> forward = new ArrayList<>();
    private final List<Step> local = new ArrayList<>();
    private final List<Step> delta = new ArrayList<>();
    private final List<Step> gradient = new ArrayList<>();
    private int timeAt;   // where the recurrent layer stands among the forward lines

    /**
     * @param recurrent layers that have lines of their own: of one they replace those of the operations inside it;
     * several
     *                  would share names, so each is proof of the line that it belongs to
     */
    Lines(Graph graph, Symbols symbols, Backward backward, Replay replay, List<Recorded> recurrent) {
        this.recurrent = recurrent.size() == 1 ? Optional.of(recurrent.getFirst()) : Optional.empty();
        this.cited = recurrent.size() == 1 ? List.of() : recurrent;
        this.graph = graph;
        this.symbols = symbols;
        this.backward = backward;
        this.replay = replay;
        verdicts = new Verdicts(replay);
    }

    /** All lines, with the gradients in these tensors. */
    List<Step> of(Set<Tensor> parameters) {
        var places = places();
        symbols.names().forEach((x, name) -> verdicts.know(name, replay.value(x)));
        for (var x : graph.order()) {
            if (x.op() != null && symbols.isNamed(x) && !isInside(x)) {
                if (recurrent.isPresent() && recurrent.get().out() == x) {
                    timeAt = forward.size();
                } else {
                    forward(x);
                    locals(x);
                }
            }
        }
        for (var x : graph.order().reversed()) {
            if (x.op() != null && backward.of(x) != null && backward.hasDelta(x)) {
                if (!isInside(x)) {
                    delta.add(slope(Kind.DELTA, symbols.delta(x), x));
                }
                verdicts.know(symbols.delta(x), replay.gradient(x));
            }
        }
        graph.order().stream().filter(x -> parameters.contains(x) && backward.of(x) != null && !isInside(x))
                .sorted(Comparator.<Tensor>comparingInt(places::get).reversed())
                .forEach(x -> gradient.add(slope(Kind.GRADIENT, symbols.derivative(graph.loss(), x), x)));
        if (unnamed.isEmpty()) {
            recurrent.ifPresent(this::throughTime);
            cited.forEach(this::cite);
        }
        return Stream.of(forward, local, delta, gradient).flatMap(List::stream).toList();
    }

    private boolean isInside(Tensor x) {
        return recurrent.isPresent() && recurrent.get().inside().contains(x);
    }

    private List<Step> lines(Recorded layer) {
        return layer.lines(replay::value, replay.gradient(layer.out()), x -> symbols.of(x).text(),
                symbols.delta(layer.out()).text());
    }

    private void throughTime(Recorded layer) {
        var steps = lines(layer).stream().collect(Collectors.groupingBy(Step::kind));
        forward.addAll(timeAt, steps.get(Kind.FORWARD));
        local.addAll(steps.get(Kind.LOCAL));
        delta.addAll(steps.get(Kind.DELTA));
        gradient.addAll(steps.get(Kind.GRADIENT));
    }

    /** Its lines prove that of its outputs, the last forward one being that they are what was recorded. */
    private void cite(Recorded layer) {
        var proof = lines(layer);
        var check = proof.stream().filter(step -> step.kind() == Kind.FORWARD).toList().getLast().check();
        forward.replaceAll(step -> !step.left().text().equals(symbols.of(layer.out()).text()) ? step
                : new Step(step.kind(), step.left(), step.right(), step.shape(), step.value(),
                        Optional.of(layer.rule(proof)),
                        step.check() instanceof Check.Open ? check : step.check()));
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
                var value = replay.local(x, in);
                local.add(step(Kind.LOCAL, left, formulas[i], x.shape(), value, Rules.match(x).filter(match -> match.covered().isEmpty()).map(Match::rule),
                        verdicts.gradient(x, formulas[i], value)));
            }
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
        if (isMisread(check)) {if (System.getenv("DBG") != null) System.out.println("MISREAD " + right + " " + check);
            nameUsers(x);
        }
        return step(kind, left, right, x.shape(), value, backward.rule(x), check);
    }

    private static Step step(Kind kind, Tex left, Tex right, Shape shape, Tensor value, Optional<Rule> rule,
            Check check) {
        return new Step(kind, left, right, shape, Optional.of(value), rule, check);
    }
}
