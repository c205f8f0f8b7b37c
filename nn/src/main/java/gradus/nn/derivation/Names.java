package gradus.nn.derivation;

import gradus.nn.Layer;
import gradus.nn.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * What the tensors of one derivation are called. A tensor's name is, in this order: the one that {@link Tensor#named}
 * gave it and no other tensor; its variable in the notebook, {@code z1} as z_1; its place in a net that is a variable
 * there, W_3 for the weight of the third layer with parameters; a name that several were given, with a number. No two
 * tensors share a name: the second one gets {@code z^{(2)}}.
 */
public final class Names {

    /** Knows variables by name, in the order of their definition; found by {@link ServiceLoader}. */
    @FunctionalInterface
    public interface Source {
        Map<String, Object> variables();
    }

    private final Map<Tensor, String> names = new IdentityHashMap<>();
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> numbers = new HashMap<>();   // the last one given, by letter

    private Names() {
    }

    /** The names of a graph's tensors, given inputs first, among the variables of whatever notebook there is. */
    public static Names of(Collection<Tensor> graph) {
        var variables = new LinkedHashMap<String, Object>();
        ServiceLoader.load(Source.class, Names.class.getClassLoader())
                .forEach(source -> variables.putAll(source.variables()));
        return of(graph, variables);
    }

    /** The names of a graph's tensors, given inputs first, among these variables. */
    public static Names of(Collection<Tensor> graph, Map<String, Object> variables) {
        var names = new Names();
        var wanted = new IdentityHashMap<Tensor, List<String>>();
        var given = graph.stream().map(Tensor::name)
                .collect(Collectors.groupingBy(Identifiers::bare, Collectors.counting()));
        for (var tensor : graph) {
            wanted.put(tensor, new ArrayList<>());
            if (!tensor.name().isEmpty() && given.get(Identifiers.bare(tensor.name())) == 1) {
                names.give(tensor, List.of(Identifiers.reserved(tensor.name())));
            }
        }
        BiConsumer<Tensor, String> want = (tensor, name) -> {
            if (wanted.containsKey(tensor) && !name.isEmpty()) {
                wanted.get(tensor).add(name);
            }
        };
        variables.forEach((variable, value) -> tensors(variable, value, want));
        variables.forEach((variable, value) -> {
            if (value instanceof Layer net) {
                parameters(variable, net, want);
            }
        });
        graph.forEach(tensor -> names.give(tensor, wanted.get(tensor)));
        for (var tensor : graph) {   // several of one name, the weights W of a net say
            if (names.of(tensor).isEmpty() && !tensor.name().isEmpty()) {
                var name = tensor.name();
                names.names.put(tensor, name.contains("_") ? names.free(name) : names.numbered(name));
            }
        }
        return names;
    }

    /** The name that somebody gave it, if anybody did. */
    public Optional<String> of(Tensor tensor) {
        return Optional.ofNullable(names.get(tensor));
    }

    boolean isTaken(String name) {
        return taken.contains(Identifiers.bare(name));
    }

    /** This name if nothing has it yet, else with the first number above that makes it new; from now on it is taken. */
    public String free(String name) {
        var free = name;
        for (int number = 2; !taken.add(Identifiers.bare(free)); number++) {
            free = (name.contains("^") ? "{" + name + "}" : name) + "^{(" + number + ")}";
        }
        return free;
    }

    /** An identifier of Java in LaTeX: {@code W1} is W_1, {@code W_ih} W_{ih}, {@code yHat} \hat{y}. */
    public static String latex(String identifier) {
        return Identifiers.of(identifier);
    }

    /** The first of the wanted names that is free, else the first one with a number. */
    private void give(Tensor tensor, List<String> wanted) {
        if (!names.containsKey(tensor) && !wanted.isEmpty()) {
            names.put(tensor, free(wanted.stream().filter(name -> !isTaken(name)).findFirst()
                    .orElse(wanted.getFirst())));
        }
    }

    /** With the first number below that makes it new; from now on it is taken. */
    public String numbered(String letter) {
        String name;
        do {
            name = letter + "_{" + numbers.merge(letter, 1, Integer::sum) + "}";
        } while (isTaken(name));
        return free(name);
    }

    /** What a variable suggests to call the tensors in it: itself, or the elements of an array or a list. */
    private static void tensors(String variable, Object value, BiConsumer<Tensor, String> want) {
        if (value instanceof Tensor tensor) {
            want.accept(tensor, latex(variable));
        }
        var elements = value instanceof Tensor[] array ? Arrays.asList(array)
                : value instanceof List<?> list ? list : List.of();
        for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i) instanceof Tensor tensor) {
                want.accept(tensor, latex(variable + "_" + i));
            }
        }
    }

    /** What a net suggests to call its parameters, first without and then with its own name. */
    private static void parameters(String variable, Layer net, BiConsumer<Tensor, String> want) {
        var parameters = net.namedParameters();
        var parents = parameters.keySet().stream().map(Names::parent).distinct().toList();
        boolean numbered = parents.stream().allMatch(parent -> parent.matches("[\\d.]*"));
        var symbols = new LinkedHashMap<String, String>();
        parameters.forEach((path, parameter) -> symbols.put(path, below(letter(path, parameter),
                parents.size() == 1 ? "" : numbered ? "" + (parents.indexOf(parent(path)) + 1)
                        : lastWord(parent(path)))));
        parameters.forEach((path, parameter) -> {
            boolean alone = Collections.frequency(symbols.values(), symbols.get(path)) == 1;
            want.accept(parameter, alone ? symbols.get(path) : below(letter(path, parameter), parent(path)));
            var place = (variable + "." + parent(path)).replaceAll("\\.$", "");
            want.accept(parameter, below(letter(path, parameter), place));
        });
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('.')));
    }

    private static String lastWord(String path) {
        var words = path.replaceAll("(^|\\.)\\d+(?=\\.|$)", "");
        return words.substring(words.lastIndexOf('.') + 1);
    }

    private static String below(String letter, String words) {
        var already = letter.indexOf('_');
        var below = words.isEmpty() || words.matches("\\d+") ? words : "\\mathrm{" + words + "}";
        return below.isEmpty() ? letter : already < 0 ? Identifiers.sub(letter, below)
                : Identifiers.sub(letter.substring(0, already), letter.substring(already + 1) + ", " + below);
    }

    /** What the layer calls it, W say; else the component that holds it. */
    private static String letter(String path, Tensor parameter) {
        return parameter.name().isEmpty() ? latex(path.substring(path.lastIndexOf('.') + 1)) : parameter.name();
    }
}
