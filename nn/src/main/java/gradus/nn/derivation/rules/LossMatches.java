package gradus.nn.derivation.rules;

import gradus.nn.Tensor;
import gradus.nn.derivation.rules.Match.Gradient;
import gradus.nn.derivation.rules.Match.Share;
import gradus.nn.op.Activations;
import gradus.nn.op.Arithmetic;
import gradus.nn.op.Comparisons;
import gradus.nn.op.Elementwise;
import gradus.nn.op.ErrorTerms;
import gradus.nn.op.Indexing;
import gradus.nn.op.Losses;
import gradus.nn.op.Movement;
import gradus.nn.op.Op;
import gradus.nn.op.Reductions;
import gradus.nn.tex.Tex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Losses that are a number times a sum of terms: cross-entropies, fused and written out, squares and norms. */
final class LossMatches {

    /** So far rows of targets may miss the sum 1: float32 has seven digits. */
    private static final double ROUNDING = 1e-6;

    private LossMatches() {
    }

    static Optional<Match> of(Tensor number) {
        return Total.of(number).flatMap(total -> crossEntropy(number, total).or(() -> binary(number, total))
                .or(() -> squares(number, total))).or(() -> norm(number));
    }

    private static Optional<Match> match(String rule, Tensor output, List<Tensor> covered, Tensor input,
            Gradient gradient) {
        return Optional.of(Match.of(rule, output, covered, List.of(new Share(input, gradient))));
    }

    private static List<Tensor> with(List<Tensor> covered, Tensor... more) {
        var all = new ArrayList<>(covered);
        all.addAll(Arrays.asList(more));
        return all;
    }

    static boolean is(Tensor x, Class<? extends Op> op) {
        return op.isInstance(x.op()) && x.inputs().length > 0;
    }

    private static String overSamples(Total total) {
        return Math.abs(total.factor()) == 1 ? "" : ", mean over samples";
    }

    private static boolean isConstant(Tensor x) {
        return !x.requiresGrad();
    }

    // ---- softmax ∘ cross-entropy ----

    private static Optional<Match> crossEntropy(Tensor number, Total total) {
        var terms = total.terms();
        var rule = "softmax ∘ cross-entropy" + overSamples(total);
        if (is(terms, Losses.CrossEntropy.class) || is(terms, Losses.SmoothedCrossEntropy.class)
                || is(terms, Losses.CrossEntropyWithDistribution.class) && isConstant(terms.inputs()[1])) {
            var distribution = is(terms, Losses.CrossEntropyWithDistribution.class) && sumsToOne(terms.inputs()[1]);
            return match(rule, number, with(total.covered(), terms), terms.inputs()[0], (delta, symbols) -> {
                var in = Arrays.stream(terms.inputs()).map(symbols).toArray(Tex[]::new);
                return Total.scaled(total.factor(), delta, distribution ? softmax(in[0]).minus(in[1])
                        : terms.op().localTex(in, symbols.apply(terms))[0]);
            });
        }
        if (terms.op() instanceof Indexing.Gather(int axis) && axis == terms.rank() - 1 && terms.rank() == 2) {
            var labels = terms.inputs()[1];
            return logSoftmax(terms.inputs()[0]).flatMap(logs -> match(rule, number,
                    with(with(total.covered(), terms), logs.covered()), logs.scores(), (delta, symbols) -> {
                        var chosen = Tex.atom("\\mathbf{1}_{j = " + symbols.apply(labels).entry("i, 0") + "}");
                        var p = logs.probabilities(symbols).entry("i, j");
                        return Total.scaled(-total.factor(), delta, p.minus(chosen));
                    }));
        }
        if (is(terms, Arithmetic.Mul.class)) {
            for (int i = 0; i < 2; i++) {
                var target = terms.inputs()[i];
                var logs = logSoftmax(terms.inputs()[1 - i]);
                if (isConstant(target) && logs.isPresent() && target.shape().equals(logs.get().scores().shape())
                        && sumsToOne(target)) {
                    var p = logs.get();
                    return match(rule, number, with(with(total.covered(), terms), p.covered()), p.scores(),
                            (delta, symbols) -> Total.scaled(-total.factor(), delta,
                                    p.probabilities(symbols).minus(symbols.apply(target))));
                }
            }
        }
        return Optional.empty();
    }

    private static Tex softmax(Tex z) {
        return Tex.call("\\operatorname{softmax}", z);
    }

    /**
     * ln softmax(z), in one operation or in two.
     *
     * @param p softmax(z), where it was computed
     */
    private record LogSoftmax(Tensor scores, Optional<Tensor> p, Tensor... covered) {

        Tex probabilities(Function<Tensor, Tex> symbols) {
            return p.map(symbols).orElseGet(() -> softmax(symbols.apply(scores)));
        }
    }

    private static Optional<LogSoftmax> logSoftmax(Tensor x) {
        if (is(x, Reductions.LogSoftmax.class)) {
            return Optional.of(new LogSoftmax(x.inputs()[0], Optional.empty(), x));
        }
        if (is(x, Elementwise.Log.class) && is(x.inputs()[0], Reductions.Softmax.class)) {
            var p = x.inputs()[0];
            return Optional.of(new LogSoftmax(p.inputs()[0], Optional.of(p), x, p));
        }
        return Optional.empty();
    }

    private static boolean sumsToOne(Tensor rows) {
        if (rows.rank() == 0) {
            return false;
        }
        var values = rows.toDoubleArray();
        int n = rows.shape().dim(-1);
        return n > 0 && IntStream.range(0, values.length / n).allMatch(row ->
                Math.abs(Arrays.stream(values, row * n, row * n + n).sum() - 1) < ROUNDING);
    }

    // ---- sigmoid ∘ binary cross-entropy ----

    private static Optional<Match> binary(Tensor number, Total total) {
        var terms = total.terms();
        var rule = "sigmoid ∘ binary cross-entropy" + overSamples(total);
        if (is(terms, Losses.BceWithLogits.class) && isConstant(terms.inputs()[1])) {
            var z = terms.inputs()[0];
            return match(rule, number, with(total.covered(), terms), z, (delta, symbols) -> Total.scaled(total.factor(),
                    delta, Tex.call("\\sigma", symbols.apply(z)).minus(symbols.apply(terms.inputs()[1]))));
        }
        if (is(terms, ErrorTerms.Bce.class) && is(terms.inputs()[0], Activations.Sigmoid.class)
                && isConstant(terms.inputs()[1]) && terms.inputs()[0].shape().equals(terms.inputs()[1].shape())) {
            var a = terms.inputs()[0];
            return match(rule, number, with(total.covered(), terms, a), a.inputs()[0], (delta, symbols) ->
                    Total.scaled(total.factor(), delta, symbols.apply(a).minus(symbols.apply(terms.inputs()[1]))));
        }
        return writtenOut(number, total, rule);
    }

    /** Of t ln a + (1 − t) ln(1 − a) with a = σ(z), in any order and with either sign. */
    private static Optional<Match> writtenOut(Tensor number, Total total, String rule) {
        var covered = new ArrayList<>(total.covered());
        var products = new ArrayList<Signed>();
        collect(total.terms(), 1, products, covered);
        if (products.size() != 2 || products.get(0).sign != products.get(1).sign) {
            return Optional.empty();
        }
        for (int i = 0; i < 2; i++) {
            var one = weighted(products.get(i).of);
            var other = weighted(products.get(1 - i).of);
            if (one.isEmpty() || other.isEmpty() || !is(one.get().argument, Activations.Sigmoid.class)
                    || !complement(other.get().argument, one.get().argument, covered)
                    || !complements(one.get().weight, other.get().weight)) {
                continue;
            }
            var a = one.get().argument;
            covered.addAll(List.of(one.get().log, other.get().log, other.get().argument, a));
            double factor = -total.factor() * products.get(i).sign;
            return match(rule, number, covered, a.inputs()[0], (delta, symbols) ->
                    Total.scaled(factor, delta, symbols.apply(a).minus(symbols.apply(one.get().weight))));
        }
        return Optional.empty();
    }

    private record Signed(int sign, Tensor of) {
    }

    /** The products that a sum adds and subtracts. */
    private static void collect(Tensor x, int sign, List<Signed> products, List<Tensor> covered) {
        covered.add(x);
        if (is(x, Arithmetic.Add.class) || is(x, Arithmetic.Sub.class)) {
            collect(x.inputs()[0], sign, products, covered);
            collect(x.inputs()[1], is(x, Arithmetic.Add.class) ? sign : -sign, products, covered);
        } else if (is(x, Elementwise.Neg.class)) {
            collect(x.inputs()[0], -sign, products, covered);
        } else {
            products.add(new Signed(sign, x));
        }
    }

    /** A constant times a logarithm of the same shape. */
    private record Weighted(Tensor weight, Tensor log, Tensor argument) {
    }

    private static Optional<Weighted> weighted(Tensor product) {
        if (!is(product, Arithmetic.Mul.class)) {
            return Optional.empty();
        }
        var in = product.inputs();
        return IntStream.range(0, 2).filter(i -> isConstant(in[i]) && is(in[1 - i], Elementwise.Log.class)
                && in[i].shape().equals(in[1 - i].shape()))
                .mapToObj(i -> new Weighted(in[i], in[1 - i], in[1 - i].inputs()[0])).findFirst();
    }

    /** Whether one is 1 − the other as it was recorded. */
    private static boolean complement(Tensor x, Tensor a, List<Tensor> covered) {
        if (x.op() instanceof Elementwise.AddConstant(var one) && one == 1 && x.inputs().length > 0) {
            var negative = x.inputs()[0];
            boolean negates = is(negative, Elementwise.Neg.class)
                    || negative.op() instanceof Elementwise.Scale(var minus) && minus == -1;
            boolean is = negates && negative.inputs()[0] == a;
            if (is) {
                covered.add(negative);
            }
            return is;
        }
        return is(x, Arithmetic.Sub.class) && x.inputs()[1] == a && isConstant(x.inputs()[0])
                && Arrays.stream(x.inputs()[0].toDoubleArray()).allMatch(v -> v == 1);
    }

    private static boolean complements(Tensor t, Tensor u) {
        var a = t.toDoubleArray();
        var b = u.toDoubleArray();
        return a.length == b.length && IntStream.range(0, a.length).allMatch(i -> Math.abs(a[i] + b[i] - 1) < ROUNDING);
    }

    // ---- squares and norms ----

    private static Optional<Match> squares(Tensor number, Total total) {
        return squared(total.terms()).flatMap(x -> {
            var covered = with(total.covered(), total.terms());
            if (is(x, Arithmetic.Sub.class) && x.inputs()[0].shape().equals(x.inputs()[1].shape())) {
                var sides = x.inputs();
                var shares = IntStream.range(0, 2).filter(i -> sides[i].requiresGrad())
                        .mapToObj(i -> new Share(sides[i], (delta, symbols) -> Total.scaled(2 * total.factor(), delta,
                                symbols.apply(sides[i]).minus(symbols.apply(sides[1 - i]))))).toList();
                var rule = squaredError(total.factor(), x.size());
                return sides[0] == sides[1] ? Optional.empty()
                        : Optional.of(Match.of(rule, number, with(covered, x), shares));
            }
            return match("squared norm", number, covered, x, (delta, symbols) ->
                    Total.scaled(2 * total.factor(), delta, symbols.apply(x)));
        });
    }

    private static String squaredError(double factor, int n) {
        return "squared error, " + (factor == 0.5 ? "half the sum" : factor == 0.5 / n ? "half the mean"
                : factor == 1.0 / n && n > 1 ? "mean" : "sum");
    }

    private static Optional<Tensor> squared(Tensor x) {
        boolean power = is(x, Elementwise.Square.class)
                || x.op() instanceof Elementwise.Power(var exponent) && exponent == 2;
        boolean product = is(x, Arithmetic.Mul.class) && x.inputs()[0] == x.inputs()[1];
        return (power || product) && x.inputs().length > 0 ? Optional.of(x.inputs()[0]) : Optional.empty();
    }

    /** √Σ x², written out or by {@link Tensor#norm()}, which divides x by a number, adds 0s and multiplies again. */
    private static Optional<Match> norm(Tensor number) {
        if (number.size() != 1 || number.item() == 0) {
            return Optional.empty();
        }
        var covered = new ArrayList<Tensor>();
        var root = within(number, covered, x -> is(x, Movement.Reshape.class) || isScaled(x, Arithmetic.Mul.class)
                || is(x, Arithmetic.Sub.class) && isZero(x.inputs()[1]));
        if (!is(root, Elementwise.Sqrt.class)) {
            return Optional.empty();
        }
        covered.add(root);
        var radicand = within(root.inputs()[0], covered, x -> is(x, Arithmetic.Add.class) && isZero(x.inputs()[1]));
        covered.add(radicand);
        return Total.of(radicand).flatMap(total -> squared(total.terms()).flatMap(part -> {
            covered.addAll(with(total.covered(), total.terms()));
            var x = within(part, covered, y -> is(y, Movement.Reshape.class) || isScaled(y, Arithmetic.Div.class));
            double length = Math.sqrt(Arrays.stream(x.toDoubleArray()).map(v -> v * v).sum());
            if (Math.abs(length - number.item()) > ROUNDING * length) {
                return Optional.empty();   // a multiple of the norm
            }
            boolean matrix = x.rank() == 2;
            return match(matrix ? "Frobenius norm" : "Euclidean norm", number, covered, x, (delta, symbols) -> {
                var symbol = symbols.apply(x);
                var norm = Tex.call("\\left\\|#1\\right\\|" + (matrix ? "_F" : ""), symbol);
                return Total.scaled(1, delta, symbol.over(norm));
            });
        }));
    }

    /** The first input behind results of these kinds, which are covered, and the zeros that they add as well. */
    private static Tensor within(Tensor x, List<Tensor> covered, Predicate<Tensor> passes) {
        while (passes.test(x)) {
            covered.add(x);
            Arrays.stream(x.inputs()).skip(1).filter(Tensor::requiresGrad).forEach(covered::add);
            x = x.inputs()[0];
        }
        return x;
    }

    private static boolean isScaled(Tensor x, Class<? extends Op> op) {
        return is(x, op) && isConstant(x.inputs()[1]) && x.inputs()[1].size() == 1;
    }

    /** A comparison is recorded, but has no gradient. */
    private static boolean isZero(Tensor x) {
        return (isConstant(x) || is(x, Comparisons.Compare.class))
                && Arrays.stream(x.toDoubleArray()).allMatch(v -> v == 0);
    }
}
