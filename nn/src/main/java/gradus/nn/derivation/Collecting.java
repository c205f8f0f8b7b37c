package gradus.nn.derivation;

import gradus.nn.tex.Dimensions;
import gradus.nn.tex.Tex;
import gradus.nn.tex.Tex.Form;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;

/**
 * A sum of products of matrices, multiplied out, like terms added, and with what all terms begin or end with drawn out:
 * {@code A x + Aᵀ x = (A + Aᵀ) x}.
 */
record Collecting(List<Term> terms) {

    /** Numbers times matrices one after the other. */
    record Term(double coefficient, List<Tex> numbers, List<Tex> matrices) {

        private static final Term ONE = new Term(1, List.of(), List.of());

        static Term of(Tex factor) {
            return Dimensions.isScalar(factor) ? new Term(1, List.of(factor), List.of())
                    : new Term(1, List.of(), List.of(factor));
        }

        Term times(double factor) {
            return new Term(coefficient * factor, numbers, matrices);
        }

        Term times(Term other) {
            return new Term(coefficient * other.coefficient, joined(numbers, other.numbers),
                    joined(matrices, other.matrices));
        }

        private List<Tex> factors() {
            return joined(numbers, matrices);
        }

        private String key() {
            return String.join(" ", factors().stream().map(Tex::text).toList());
        }

        private long transposes() {
            return key().split("\\\\top", -1).length;
        }

        private Tex tex() {
            var product = factors().stream().reduce(Tex::times);
            double size = Math.abs(coefficient);
            var written = product.map(p -> size == 1 ? p : Tex.number(size).times(p)).orElse(Tex.number(size));
            return coefficient < 0 ? written.neg() : written;
        }
    }

    /** What a formula says, multiplied out, its transposes moved in to the symbols. */
    static Collecting of(Tex f) {
        var like = new LinkedHashMap<String, Term>();
        for (var term : expanded(Transposition.inwards(f))) {
            like.merge(term.key(), term, (a, b) -> new Term(a.coefficient + b.coefficient, a.numbers, a.matrices));
        }
        return new Collecting(like.values().stream().filter(term -> term.coefficient != 0).toList());
    }

    /** The same with what is added before what is subtracted, and terms of fewer transposes first. */
    Collecting ordered() {
        var order = Comparator.comparing((Term term) -> term.coefficient < 0).thenComparing(Term::transposes);
        return new Collecting(terms.stream().sorted(order).toList());
    }

    private static List<Tex> joined(List<Tex> first, List<Tex> then) {
        return Stream.concat(first.stream(), then.stream()).toList();
    }

    private static List<Term> expanded(Tex f) {
        return switch (f.form()) {
            case Form.Sum(var terms) -> terms.stream().flatMap(term -> expanded(term).stream()).toList();
            case Form.Negative(var of) -> expanded(of).stream().map(term -> term.times(-1)).toList();
            case Form.Product(var factors) -> factors.stream().map(Collecting::expanded).reduce(List.of(Term.ONE),
                    (left, right) -> left.stream().flatMap(a -> right.stream().map(a::times)).toList());
            default -> List.of(f.text().matches("[0-9.]+") ? Term.ONE.times(Double.parseDouble(f.text()))
                    : f.text().matches("I(_\\{\\d+})?") ? Term.ONE : Term.of(f));
        };
    }

    /** The sum, multiplied out. */
    Tex tex() {
        return terms.stream().map(Term::tex).reduce(Tex::plus).orElse(Tex.number(0));
    }

    /** The sum with what its terms share drawn out, as far as matrices allow: from the left and from the right. */
    Tex factored() {
        if (terms.size() < 2) {
            return tex();
        }
        double size = Math.abs(terms.getFirst().coefficient);
        boolean common = terms.stream().allMatch(term -> Math.abs(term.coefficient) == size);
        // one stays in each term
        int most = terms.stream().mapToInt(term -> term.matrices.size()).min().orElseThrow() - 1;
        int left = 0;
        while (left < most && shares(left, false)) {
            left++;
        }
        int right = 0;
        while (left + right < most && shares(right, true)) {
            right++;
        }
        if (left + right == 0 && (!common || size == 1)) {
            return tex();
        }
        int from = left;
        int to = right;
        var inner = new Collecting(terms.stream().map(term ->
                new Term(common ? Math.signum(term.coefficient) : term.coefficient, term.numbers,
                        term.matrices.subList(from, term.matrices.size() - to))).toList()).tex();
        var first = terms.getFirst().matrices;
        var all = new ArrayList<>(first.subList(0, left));
        all.add(inner);
        all.addAll(first.subList(first.size() - right, first.size()));
        var product = all.stream().reduce(Tex::times).orElseThrow();
        return common ? Tex.number(size).times(product) : product;
    }

    private boolean shares(int at, boolean fromRight) {
        return terms.stream().map(term -> term.matrices.get(fromRight ? term.matrices.size() - 1 - at : at).text())
                .distinct().count() == 1;
    }
}
