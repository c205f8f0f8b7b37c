package gradus.nn.derivation.rules;

import gradus.nn.Tensor;
import gradus.nn.derivation.rules.Match.Gradient;
import gradus.nn.derivation.rules.Match.Share;
import gradus.nn.op.Determinants;
import gradus.nn.op.Elementwise;
import gradus.nn.op.LinearAlgebra;
import gradus.nn.op.Movement;
import gradus.nn.op.Products;
import gradus.nn.op.Slicing;
import gradus.nn.tex.Tex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Products of several matrices and vectors: as they are, as numbers, and under a trace; and ln det. */
final class ProductMatches {

    private ProductMatches() {
    }

    /** A matrix, or a vector as a column, or its transpose. */
    private record Factor(Tensor of, boolean transposed) {

        Factor turned() {
            return new Factor(of, !transposed);
        }

        Tex tex(Function<Tensor, Tex> symbols) {
            return transposed ? symbols.apply(of).transposed() : symbols.apply(of);
        }
    }

    private static List<Factor> turned(List<Factor> factors) {
        return factors.reversed().stream().map(Factor::turned).toList();
    }

    private static <T> List<T> joined(List<T> first, List<T> then) {
        return Stream.concat(first.stream(), then.stream()).toList();
    }

    static Optional<Match> of(Tensor node, Predicate<Tensor> isNamed) {
        return Total.of(node).flatMap(total -> number(node, total, isNamed)).or(() -> product(node, isNamed));
    }

    /** A trace, a product of a row and a column with matrices between, or ln det. */
    private static Optional<Match> number(Tensor node, Total total, Predicate<Tensor> isNamed) {
        var terms = total.terms();
        var covered = new ArrayList<>(total.covered());
        covered.add(terms);
        if (LossMatches.is(terms, Elementwise.Log.class) && LossMatches.is(terms.inputs()[0], Determinants.Det.class)
                && terms.inputs()[0].inputs()[0].rank() == 2) {
            covered.add(terms.inputs()[0]);
            return logDeterminant(node, total.factor(), covered, terms.inputs()[0].inputs()[0]);
        }
        if (terms.op() instanceof Slicing.Slice(var _, var from, var _, var _) && from == 1
                && LossMatches.is(terms.inputs()[0], Determinants.SlogDet.class)
                && terms.inputs()[0].inputs()[0].rank() == 2) {
            covered.add(terms.inputs()[0]);
            return logDeterminant(node, total.factor(), covered, terms.inputs()[0].inputs()[0]);
        }
        boolean trace = LossMatches.is(terms, LinearAlgebra.Trace.class);
        if (!trace && !(LossMatches.is(terms, Products.MatMul.class) && terms.size() == 1)) {
            return Optional.empty();
        }
        var product = trace ? terms.inputs()[0] : terms;
        if (product.rank() != 2 || trace && isNamed.test(product)) {
            return Optional.empty();
        }
        var factors = factors(product, product, isNamed, covered);
        if (factors.size() < 2) {
            return Optional.empty();
        }
        var terminals = new LinkedHashMap<Tensor, List<List<Factor>>>();   // tensors are equal only to themselves
        for (int i = 0; i < factors.size(); i++) {
            var round = joined(factors.subList(i + 1, factors.size()), factors.subList(0, i));
            var factor = factors.get(i);
            terminals.computeIfAbsent(factor.of, x -> new ArrayList<>()).add(factor.transposed ? round : turned(round));
        }
        var shares = terminals.entrySet().stream().filter(entry -> entry.getKey().requiresGrad())
                .map(entry -> new Share(entry.getKey(), (delta, symbols) -> {
                    var sum = sum(entry.getValue(), symbols);
                    return Total.scaled(total.factor() * sum.times, delta, sum.tex);
                })).toList();
        return Optional.of(Match.of(trace ? traceRule(factors) : numberRule(factors), node, covered, shares));
    }

    private static Optional<Match> logDeterminant(Tensor node, double factor, List<Tensor> covered, Tensor x) {
        var share = new Share(x, (delta, symbols) ->
                Total.scaled(factor, delta, symbols.apply(x).pow(Tex.atom("-\\top"))));
        return Optional.of(Match.of("logarithm of a determinant", node, covered, List.of(share)));
    }

    /** Three factors or more: A W B. */
    private static Optional<Match> product(Tensor node, Predicate<Tensor> isNamed) {
        if (!LossMatches.is(node, Products.MatMul.class) || node.rank() != 2) {
            return Optional.empty();
        }
        var covered = new ArrayList<Tensor>();
        var factors = factors(node, node, isNamed, covered);
        if (factors.size() < 3) {
            return Optional.empty();
        }
        var shares = new ArrayList<Share>();
        for (int i = 0; i < factors.size(); i++) {
            var before = factors.subList(0, i);
            var after = factors.subList(i + 1, factors.size());
            var factor = factors.get(i);
            Gradient gradient = (delta, symbols) -> factor.transposed ? tex(after, symbols, delta.transposed(), before)
                    : tex(turned(before), symbols, delta, turned(after));
            if (factor.of.requiresGrad()) {
                shares.add(new Share(factor.of, gradient));
            }
        }
        return Optional.of(Match.of("product of three matrices", node, covered, shares));
    }

    private static Tex tex(List<Factor> before, Function<Tensor, Tex> symbols, Tex delta, List<Factor> after) {
        var left = before.stream().map(factor -> factor.tex(symbols)).toList();
        var right = after.stream().map(factor -> factor.tex(symbols)).toList();
        return joined(joined(left, List.of(delta)), right).stream().reduce(Tex::times).orElseThrow();
    }

    private static Tex tex(List<Factor> factors, Function<Tensor, Tex> symbols) {
        return factors.stream().map(factor -> factor.tex(symbols)).reduce(Tex::times).orElseThrow();
    }

    private record Sum(int times, Tex tex) {
    }

    /** A sum of products as a person writes it: 2 x for x + x, (A + Aᵀ) x for A x + Aᵀ x. */
    private static Sum sum(List<List<Factor>> products, Function<Tensor, Tex> symbols) {
        var first = products.getFirst();
        if (products.stream().allMatch(first::equals)) {
            return new Sum(products.size(), tex(first, symbols));
        }
        var rest = first.subList(1, first.size());
        if (!rest.isEmpty() && products.stream().allMatch(p -> p.subList(1, p.size()).equals(rest))) {
            return new Sum(1, products.stream().map(p -> p.getFirst().tex(symbols)).reduce(Tex::plus).orElseThrow()
                    .times(tex(rest, symbols)));
        }
        return new Sum(1, products.stream().map(p -> tex(p, symbols)).reduce(Tex::plus).orElseThrow());
    }

    private static boolean surround(List<Factor> factors, int first, int last) {
        return factors.get(first).equals(factors.get(last).turned());
    }

    private static String traceRule(List<Factor> factors) {
        return factors.size() == 2 ? "trace of a product"
                : factors.size() == 3 && surround(factors, 0, 2) ? "trace of a quadratic form"
                : factors.size() == 4 && surround(factors, 0, 2) ? "trace of a quadratic form with two matrices"
                : "cyclic trace";
    }

    private static String numberRule(List<Factor> factors) {
        return factors.size() == 2 ? surround(factors, 0, 1) ? "squared norm" : "linear form"
                : factors.size() == 3 && surround(factors, 0, 2) ? "quadratic form" : "cyclic trace";
    }

    /** What a product multiplies, through transposes and vectors made columns or rows; a named result stays whole. */
    private static List<Factor> factors(Tensor x, Tensor root, Predicate<Tensor> isNamed, List<Tensor> covered) {
        if (x != root && isNamed.test(x) || x.inputs().length == 0) {
            return List.of(new Factor(x, false));
        }
        if (x.op() instanceof Products.MatMul && x.rank() == 2) {
            covered.add(x);
            return joined(factors(x.inputs()[0], root, isNamed, covered),
                    factors(x.inputs()[1], root, isNamed, covered));
        }
        if (x.op() instanceof Movement.Permute(var order) && Arrays.equals(order, new int[] {1, 0})) {
            covered.add(x);
            return turned(factors(x.inputs()[0], root, isNamed, covered));
        }
        if (x.op() instanceof Movement.Reshape && x.rank() <= 2 && isVector(x)) {
            var of = x.inputs()[0];
            if (of.rank() <= 2 && of.rank() > 0 && isVector(of)) {
                covered.add(x);
                var inner = factors(of, root, isNamed, covered);
                return isRow(x) == isRow(of) ? inner : turned(inner);
            }
        }
        return List.of(new Factor(x, false));
    }

    private static boolean isVector(Tensor x) {
        return x.rank() == 1 || x.rank() == 2 && (x.shape().dim(0) == 1 || x.shape().dim(1) == 1);
    }

    private static boolean isRow(Tensor x) {
        return x.rank() == 2 && x.shape().dim(1) != 1;
    }
}
