package gradus.nn.derivation;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.tex.Dimensions;
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
 * Lines written for tensors that are transposed: a name stands for the transpose from now on, and each line is
 * transposed so that it tells what the name stands for. It is evaluated anew, at the transposed numbers.
 */
final class Turning {

    /** A name as it was recorded and as it is to be written. */
    private record Name(Tensor recorded, Shape shape, boolean turned) {

        Tensor value() {
            return !turned ? recorded : recorded.rank() == 2 ? recorded.t() : recorded.reshape(shape.dims());
        }

        /** What was recorded, in terms of what is written. */
        Tex recorded(String name) {
            var symbol = Tex.symbol(name, shape);
            return turned ? symbol.transposed().of(Dimensions.transposed(shape)) : symbol;
        }
    }

    private final Map<String, Name> names = new HashMap<>();
    private final Map<String, Tensor> slopes = new HashMap<>();   // what begins with this is a derivative of that
    private final Orientation orientation;
    private final Verdicts verdicts;
    private final Pattern anyName;

    /**
     * @param numerator whether gradients are written transposed besides, a row for a column
     */
    Turning(Graph graph, Symbols symbols, Replay replay, Orientation orientation, boolean numerator) {
        this.orientation = orientation;
        verdicts = new Verdicts(replay);
        for (var x : symbols.names().keySet()) {
            var value = new Name(replay.value(x), orientation.shape(x), orientation.isTurned(x));
            slopes.put(derived(symbols.derivative(x, x).text()), x);
            add(symbols.of(x), value);
            if (x.requiresGrad() && replay.gradient(x) != null) {
                boolean again = numerator && (x.rank() == 1 || x.rank() == 2);
                var gradient = new Name(replay.gradient(x), !again ? value.shape : orientation.rows().contains(x)
                        ? x.shape() : Dimensions.transposed(value.shape), again != value.turned);
                add(symbols.delta(x), gradient);
                add(symbols.derivative(graph.loss(), x), gradient);
            }
        }
        anyName = anyName();
    }

    /** Any name, of two that begin alike the longer one. */
    private Pattern anyName() {
        return Pattern.compile(names.keySet().stream().sorted(Comparator.comparing(String::length).reversed())
                .map(Pattern::quote).collect(Collectors.joining("|", "(?<![A-Za-z\\\\_])(", ")(?![A-Za-z0-9_])")));
    }

    private void add(Tex symbol, Name name) {
        names.put(symbol.text(), name);
        verdicts.know(symbol, name.value());
    }

    /** What a line tells: a name, or a derivative of one in another where elements stay apart. */
    private Optional<Name> told(Step step) {
        var slopeOf = step.kind() == Kind.LOCAL ? slopes.get(derived(step.left().text())) : null;
        return slopeOf == null ? Optional.ofNullable(names.get(step.left().text())) : step.value()
                .map(value -> new Name(value, orientation.shape(slopeOf), orientation.isTurned(slopeOf)));
    }

    /** A derivative's numerator. */
    private static String derived(String fraction) {
        return fraction.substring(0, Math.max(0, fraction.indexOf("}{\\partial ")));
    }

    /** A line in this orientation; one that is about nothing that turns stays as it is. */
    private Step turned(Step step) {
        var right = substituted(step.right());
        var told = told(step);
        if (told.isEmpty() || !told.get().turned && right.text().equals(step.right().text())) {
            return step;
        }
        var name = told.get();
        var written = name.turned ? Transposition.transposed(right) : Transposition.inwards(right);
        var check = checked(step.check(), written, name.value());
        if (name.turned && !(check instanceof Check.Holds) && step.check() instanceof Check.Holds) {
            var asRecorded = Transposition.inwards(right);   // then the line tells what the transpose is
            return new Step(step.kind(), step.left().transposed(), asRecorded, step.shape(), step.value(), step.rule(),
                    checked(step.check(), asRecorded, name.recorded));
        }
        var value = step.value().map(_ -> name.value());
        return new Step(step.kind(), step.left(), written, name.shape, value, step.rule(), check);
    }

    /** What central differences said of the recorded line holds for the same numbers. */
    private Check checked(Check recorded, Tex formula, Tensor expected) {
        return switch (recorded) {
            case Check.Holds(_, double central, _)
                    when verdicts.equal(formula, expected) instanceof Check.Holds(double computed, _, long sampled) ->
                    new Check.Holds(computed, central, sampled);
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
        if (name != null && !Transposition.isIndex(f)) {
            return name.recorded(f.text());
        }
        var written = Tex.atom(anyName.matcher(f.text()).replaceAll(found -> {
            var inside = names.get(found.group());   // of what nobody takes apart
            return Matcher.quoteReplacement(inside.turned ? "{" + found.group() + "}^{\\top}" : found.group());
        }));
        return f.known().map(written::of).orElse(written);
    }

    List<Step> turned(List<Step> steps) {
        return verdicts.plain(steps.stream().map(this::turned).toList());
    }
}
