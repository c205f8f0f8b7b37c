package gradus.nn.derivation.rules;

import gradus.nn.Shape;
import gradus.nn.Tensor;
import gradus.nn.derivation.Check;
import gradus.nn.derivation.Rule;
import gradus.nn.derivation.Step;
import gradus.nn.op.Activations;
import gradus.nn.op.Arithmetic;
import gradus.nn.op.Convolutions;
import gradus.nn.op.Determinants;
import gradus.nn.op.LinearAlgebra;
import gradus.nn.op.Losses;
import gradus.nn.op.MatrixFunctions;
import gradus.nn.op.Normalization;
import gradus.nn.op.Products;
import gradus.nn.op.Recurrence;
import gradus.nn.op.Reductions;
import gradus.nn.op.Trigonometric;
import gradus.nn.tex.Tex;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The known results: what they say, where they come from, the steps that they stand for, where in a graph they apply.
 * They are texts, a family in each file of the resources beside this class; each is proved when it is first asked for.
 */
public final class Rules {

    static final Map<String, Theorem> THEOREMS = new LinkedHashMap<>();
    private static final Map<String, Rule> PROVED = new ConcurrentHashMap<>();
    /** How far back a residual connection's branch is followed. */
    private static final int BRANCH = 200;

    static {
        Stream.of("activations", "losses", "matrices", "layers")
                .flatMap(family -> RuleFile.read(family + ".rules").stream())
                .forEach(theorem -> THEOREMS.put(theorem.name(), theorem));
    }

    private Rules() {
    }

    /** All known results. */
    public static List<Rule> all() {
        return THEOREMS.keySet().stream().map(Rules::named).toList();
    }

    /**
     * The known result of this name, {@code softmax ∘ cross-entropy} say.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Rule named(String name) {
        var theorem = THEOREMS.get(name);
        if (theorem == null) {
            throw new IllegalArgumentException("no known result is called " + name + "\nhelp: there are "
                    + String.join(", ", THEOREMS.keySet()));
        }
        return PROVED.computeIfAbsent(name, n -> new Rule(n, theorem.statement(), theorem.source(), steps(theorem)));
    }

    /** Each line of the chain, with why it follows, and checked at random numbers. */
    private static List<Step> steps(Theorem theorem) {
        return theorem.prove(1).stream().map(proved -> {
            var value = Tensor.of(new Shape(proved.value().shape()), proved.value().data());
            boolean holds = proved.before() <= Check.COMPUTED && proved.central() <= Check.CENTRAL;
            var check = holds ? new Check.Holds(proved.before(), proved.central())
                    : new Check.Fails(proved.before(), proved.central());
            return new Step(Step.Kind.LOCAL, Tex.atom(proved.equation().left()), Tex.atom(proved.line().formula()),
                    value.shape(), Optional.of(value), Optional.of(reason(proved.line().reason())), check);
        }).toList();
    }

    /** A known result by its name alone, or an argument in words. */
    private static Rule reason(String text) {
        var cited = THEOREMS.get(text);
        return cited == null ? new Rule(text, "", "", List.of())
                : new Rule(text, cited.statement(), cited.source(), List.of());
    }

    /** The known result that gives the gradients behind a recorded tensor, if there is one. */
    public static Optional<Match> match(Tensor node) {
        return match(node, x -> !x.name().isEmpty());
    }

    /** The same where these tensors have names of their own: a product is not followed into one. */
    public static Optional<Match> match(Tensor node, Predicate<Tensor> isNamed) {
        if (node.inputs().length == 0) {
            return Optional.empty();
        }
        return LossMatches.of(node).or(() -> ProductMatches.of(node, isNamed)).or(() -> single(node));
    }

    /** A result about one operation: the formulas are the operation's own. */
    private static Optional<Match> single(Tensor node) {
        var in = node.inputs();
        var shares = IntStream.range(0, in.length).filter(i -> in[i].requiresGrad())
                .mapToObj(i -> new Match.Share(in[i], (delta, symbols) -> {
                    var names = Arrays.stream(in).map(symbols).toArray(Tex[]::new);
                    return node.op().backTex(names, symbols.apply(node), delta)[i];
                })).toList();
        return ruleOf(node).map(rule -> Match.of(rule, node, List.of(), shares));
    }

    private static Optional<String> ruleOf(Tensor node) {
        return Optional.ofNullable(switch (node.op()) {
            case Activations.Sigmoid _ -> "sigmoid derivative";
            case Trigonometric.Tanh _ -> "tanh derivative";
            case Reductions.Softmax _ -> "softmax with an upstream gradient";
            case Reductions.LogSoftmax _ -> "log-softmax Jacobian";
            case Reductions.Sum _ -> "sum";
            case Losses.CrossEntropy _, Losses.CrossEntropyWithDistribution _, Losses.SmoothedCrossEntropy _ ->
                    "softmax ∘ cross-entropy";
            case Losses.BceWithLogits _ -> "sigmoid ∘ binary cross-entropy";
            case Products.MatMul _ -> "matrix product";
            case Products.Linear _ -> node.rank() == 1 ? "linear layer, columns"
                    : "linear layer, rows with the transposed weight";
            case Arithmetic.Mul _ -> "Hadamard product";
            case Arithmetic.Add _ when isResidual(node) -> "residual connection";
            case MatrixFunctions.FrobeniusNorm _ -> "Frobenius norm";
            case LinearAlgebra.Inverse _ -> "inverse";
            case LinearAlgebra.Solve _ -> "linear system";
            case Determinants.Det _ -> "determinant";
            case Convolutions.Conv conv when conv.slides().size() < 3 ->
                    conv.slides().size() == 1 ? "convolution" : "convolution in two dimensions";
            case Normalization.Standardize standardize -> !standardize.centred() ? "root-mean-square normalisation"
                    : node.shape().dim(0) == 1 ? "layer normalisation" : "batch normalisation";
            case Recurrence.Lstm _ -> "LSTM gate chain";
            default -> null;
        });
    }

    /** Whether one summand was computed from the other. */
    private static boolean isResidual(Tensor sum) {
        var a = sum.inputs()[0];
        var b = sum.inputs()[1];
        return a != b && a.shape().equals(b.shape()) && (isBehind(a, b) || isBehind(b, a));
    }

    private static boolean isBehind(Tensor x, Tensor result) {
        var seen = Collections.newSetFromMap(new IdentityHashMap<Tensor, Boolean>());
        var open = new ArrayDeque<>(List.of(result));
        while (!open.isEmpty() && seen.size() < BRANCH) {
            var next = open.poll();
            if (next == x && x.requiresGrad()) {
                return true;
            }
            Arrays.stream(next.inputs()).filter(input -> input.requiresGrad() && seen.add(input)).forEach(open::add);
        }
        return false;
    }
}
