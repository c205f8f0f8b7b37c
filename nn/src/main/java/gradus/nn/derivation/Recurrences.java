package gradus.nn.derivation;

import gradus.nn.Tensor;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.derivation.unrolled.Recorded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The recurrent layers of a graph, whose lines are known as a whole.
 *
 * @param layers those whose lines stand for all that is inside
 * @param cited  those of which somebody else reads a part, so that their lines are only the proof of one
 */
record Recurrences(Graph graph, List<Recorded> layers, List<Recorded> cited) {

    /** Names that steps of time have as well: h_1, z_{2}. */
    private static final Pattern OF_TIME = Pattern.compile("(\\\\tilde\\{)?[hCfiorzqaxsy]}?_(\\d+|\\{\\d+})");

    static Recurrences of(Graph graph) {
        var all = Recorded.in(graph.order()).stream()
                .collect(Collectors.partitioningBy(layer -> layer.isClosed(graph.order())));
        return new Recurrences(graph, all.get(true), all.get(false));
    }

    static Recurrences none(Graph graph) {
        return new Recurrences(graph, List.of(), List.of());
    }

    /** What needs a name so that their lines can speak of it. */
    List<Tensor> named() {
        return layers.stream().flatMap(layer -> layer.named().stream()).toList();
    }

    /** What only their lines tell. */
    Set<Tensor> inside() {
        return all(layer -> layer.inside().stream());
    }

    /** Whose local derivatives they tell. */
    Set<Tensor> told() {
        return all(layer -> Stream.concat(layer.inside().stream(), Stream.of(layer.out())));
    }

    /** Whose gradients they tell. */
    Set<Tensor> reached() {
        return all(layer -> Stream.concat(layer.inside().stream(), Stream.of(layer.start())));
    }

    private Set<Tensor> all(Function<Recorded, Stream<Tensor>> of) {
        Set<Tensor> all = Collections.newSetFromMap(new IdentityHashMap<>());
        layers.stream().flatMap(of).forEach(all::add);
        return all;
    }

    /** The lines of a derivation, written as they are wanted, with those of the layers in their places. */
    List<Step> woven(List<Step> recorded, List<Step> written, Symbols symbols, Replay replay) {
        Map<Kind, List<Step>> lines = new EnumMap<>(Kind.class);
        for (var kind : Kind.values()) {
            lines.put(kind, new ArrayList<>(of(kind, written)));
        }
        int locals = lines.get(Kind.LOCAL).size();
        for (int i = layers.size() - 1; i >= 0; i--) {
            var layer = layers.get(i);
            var own = lines(layer, symbols, replay, number(i, symbols));
            int at = place(Kind.FORWARD, symbols.of(layer.out()).text(), recorded, lines.get(Kind.FORWARD));
            lines.get(Kind.FORWARD).remove(at);
            lines.get(Kind.FORWARD).addAll(at, of(Kind.FORWARD, own));
            lines.get(Kind.LOCAL).addAll(locals, of(Kind.LOCAL, own));
            lines.get(Kind.DELTA).addAll(1 + place(Kind.DELTA, symbols.delta(layer.out()).text(), recorded,
                    lines.get(Kind.DELTA)), of(Kind.DELTA, own));
            lines.get(Kind.GRADIENT).addAll(of(Kind.GRADIENT, own));
        }
        cited.forEach(layer -> cite(layer, lines.get(Kind.FORWARD), symbols, replay));
        return Arrays.stream(Kind.values()).flatMap(kind -> lines.get(kind).stream()).toList();
    }

    private static List<Step> of(Kind kind, List<Step> steps) {
        return steps.stream().filter(step -> step.kind() == kind).toList();
    }

    /** Where a line stands now: by its name, or where it stood if that is written in another way now. */
    private static int place(Kind kind, String left, List<Step> recorded, List<Step> now) {
        int at = names(now).indexOf(left);
        int before = names(of(kind, recorded)).indexOf(left);
        return at >= 0 ? at : kind == Kind.FORWARD ? before : now.size() - of(kind, recorded).size() + before;
    }

    private static List<String> names(List<Step> steps) {
        return steps.stream().map(step -> step.left().text()).toList();
    }

    private Optional<Integer> number(int layer, Symbols symbols) {
        var inside = inside();
        boolean ambiguous = symbols.names().entrySet().stream().anyMatch(name -> !inside.contains(name.getKey())
                && OF_TIME.matcher(name.getValue().text()).matches());
        return layers.size() > 1 || ambiguous ? Optional.of(layer + 1) : Optional.empty();
    }

    private List<Step> lines(Recorded layer, Symbols symbols, Replay replay, Optional<Integer> number) {
        return layer.lines(replay::value, replay::gradient, x -> symbols.of(x).text(),
                x -> (x.op() == null ? symbols.derivative(graph.loss(), x) : symbols.delta(x)).text(), number);
    }

    /** Its lines prove that of its outputs, the last forward one being that they are what was recorded. */
    private void cite(Recorded layer, List<Step> forward, Symbols symbols, Replay replay) {
        var proof = lines(layer, symbols, replay, Optional.empty());
        var check = of(Kind.FORWARD, proof).getLast().check();
        forward.replaceAll(step -> !step.left().text().equals(symbols.of(layer.out()).text()) ? step
                : new Step(step.kind(), step.left(), step.right(), step.shape(), step.value(),
                        Optional.of(layer.rule(proof)), step.check() instanceof Check.Open ? check : step.check()));
    }
}
