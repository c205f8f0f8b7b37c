package gradus.nn.derivation;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.tex.Tex;
import gradus.nn.tex.Tex.Form;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Lines written for tensors that are transposed: a name stands for the transpose from now on, and each line is transposed so
 * that it tells what the name stands for. It is evaluated anew, at the transposed numbers.
 */
final class Turning {

    /** A name as it was recorded and as it is to be written. */
    private record Name(Tensor x, Tensor recorded, Shape shape, boolean turned) {

        Tensor value() {
            return !turned ? recorded : recorded.rank() == 2 ? recorded.t() : recorded.reshape(shape.dims());
        }

        /** What was recorded, in terms of what is written. */
        Tex recorded(String name) {
            return turned ? Tex.symbol(name, shape).transposed().of(Dimensions.transposed(shape)) : Tex.symbol(name, shape);
        }
    }

    private final Map<String, Name> names = new HashMap<>();
    private final Verdicts verdicts;
    private final Pattern anyName;

    /**
     * @param numerator whether gradients are written transposed besides, a row for a column
     */
    Turning(Graph graph, Symbols symbols, Replay replay, Orientation orientation, boolean numerator) {
        verdicts = new Verdicts(replay);
        for (var x : symbols.names().keySet()) {
            var value = new Name(x, replay.value(x), orientation.shape(x), orientation.isTurned(x));
            add(symbols.of(x), value);
            if (x.requiresGrad() && replay.gradient(x) != null) {
                boolean again = numerator && (x.rank() == 1 || x.rank() == 2);
                var gradient = new Name(x, replay.gradient(x), !again ? value.shape : orientation.rows().contains(x)
                        ? x.shape() : Dimensions.transposed(value.shape), again != value.turned);
                add(symbols.delta(x), gradient);
                add(symbols.derivative(graph.loss(), x), gradient);
            }
        }
        anyName = anyName();
    }

    /** Any name, of two that begin alike the longer one. */
    private Pattern anyName() {
        return Pattern.compile(names.keySet().stream().sorted(Comparator.comparing(String::length).reversed()).map(Pattern::quote)
                .collect(Collectors.joining("|", "(?<![A-Za-z\\\\_])(", ")(?![A-Za-z0-9_])")));
    }

    private void add(Tex symbol, Name name) {
        names.put(symbol.text(), name);
        verdicts.know(symbol, name.value());
    }

    /** A line in this orientation; one that is about nothing that turns stays as it is. */
    Step turned(Step step) {
        var name = Optional.ofNullable(names.get(step.left().text()));
        boolean turns = name.map(Name::turned).orElse(step.kind() == Kind.LOCAL
                && names.values().stream().anyMatch(n -> n.turned && n.shape.equals(Dimensions.transposed(step.shape()))
                && step.left().text().startsWith("\\frac{\\partial " + symbolOf(n))));
        var right = substituted(step.right());
        if (!turns && right.text().equals(step.right().text())) {
            return step;
        }
        var written = turns ? Transposition.transposed(right) : Transposition.inwards(right);
        var shape = name.map(Name::shape).orElse(turns ? Dimensions.transposed(step.shape()) : step.shape());
        var value = step.value().map(v -> turns ? v.rank() == 2 ? v.t() : v.reshape(shape.dims()) : v);
        var expected = name.map(Name::value).or(() -> value);
        var check = expected.map(e -> checked(step.check(), written, e)).orElse(step.check());
        if (turns && !(check instanceof Check.Holds) && step.check() instanceof Check.Holds && step.value().isPresent()) {
            var asRecorded = Transposition.inwards(right);   // then the line tells what the transpose is
            return new Step(step.kind(), step.left().transposed(), asRecorded, step.shape(), step.value(), step.rule(),
                    checked(step.check(), asRecorded, step.value().get()));
        }
        return new Step(step.kind(), step.left(), written, shape, value, step.rule(), check);
    }

    private String symbolOf(Name name) {
        return names.entrySet().stream().filter(e -> e.getValue() == name).map(Map.Entry::getKey).findFirst().orElseThrow();
    }

    /** What central differences said of the recorded line holds for the same numbers. */
    private Check checked(Check recorded, Tex formula, Tensor expected) {
        return switch (recorded) {
            case Check.Holds(_, double central)
                    when verdicts.equal(formula, expected) instanceof Check.Holds(double computed, _) ->
                    new Check.Holds(computed, central);
            case Check.Holds _ -> verdicts.equal(formula, expected);
            case Check.Fails _, Check.Open _ -> recorded;
        };
    }

    private Tex substituted(Tex f) {
        if (!(f.form() instanceof Form.Leaf)) {
            var changed = f.map(this::substituted);
            return f.known().map(changed::of).orElse(changed);
        }
        var name = names.get(f.text());
        if (name != null) {
            return name.recorded(f.text());
        }
        var written = Tex.atom(anyName.matcher(f.text()).replaceAll(found -> {
            var inside = names.get(found.group());   // of what nobody takes apart
            return Matcher.quoteReplacement(inside.turned ? "{" + found.group() + "}^{\\top}" : found.group());
        }));
        return f.known().map(written::of).orElse(written);
    }

    List<Step> turned(List<Step> steps) {
        return steps.stream().map(this::turned).toList();
    }
}
