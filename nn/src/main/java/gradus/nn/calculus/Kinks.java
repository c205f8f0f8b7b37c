package gradus.nn.calculus;

import gradus.nn.calculus.Expression.Apply;
import gradus.nn.calculus.Expression.Cases;
import gradus.nn.calculus.Expression.Variable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a function has no derivative though it has a value, and what the lines take it to be there. */
final class Kinks {

    private Kinks() {
    }

    static List<String> of(Expression f, List<Variable> variables) {
        return f.within().stream().filter(part -> variables.stream().anyMatch(part::contains)).flatMap(Kinks::of)
                .distinct().toList();
    }

    private static Stream<String> of(Expression part) {
        return switch (part) {
            case Apply(Elementary function, var x) when function.hasKink() ->
                    Stream.of(part.text() + " has a " + (function == Elementary.SIGN ? "jump" : "kink") + " where "
                            + where(x.simplified()) + ": no derivative there; it is taken as 0");
            case Cases(var then, var otherwise, var left, var right) ->
                    Stream.of(part.text() + " may have a kink where " + where(left.minus(right).simplified())
                            + ": there the derivative of " + otherwise.text() + " is taken");
            default -> Stream.empty();
        };
    }

    private static String where(Expression zero) {
        var names = zero.variables();
        var solved = names.size() == 1 ? Roots.of(zero, names.iterator().next()).filter(roots -> roots.size() == 1)
                .map(roots -> names.iterator().next().text() + " = " + roots.getFirst().text())
                : Optional.<String>empty();
        return solved.orElse(zero.text() + " = 0");
    }
}
