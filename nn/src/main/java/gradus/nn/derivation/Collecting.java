package gradus.nn.derivation;

import gradus.nn.tex.Tex;
import gradus.nn.tex.Tex.Form;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A sum of products of matrices, multiplied out, like terms added, and with what all terms begin or end with drawn out:
 * {@code A x + Aᵀ x = (A + Aᵀ) x}.
 */
record Collecting(List<Term> terms) {

    /** A number times matrices one after the other. */
    record Term(double coefficient, List<Tex> factors) {

        private String key() {
            return String.join(" ", factors.stream().map(Tex::text).toList());
        }

        private long transposes() {
            return key().split("\\\\top", -1).length;
        }

        private Tex tex() {
            var product = factors.stream().reduce(Tex::times);
            double size = Math.abs(coefficient);
            var written = product.map(p -> size == 1 ? p : Tex.number(size).times(p)).orElse(Tex.number(size));
            return coefficient < 0 ? written.neg() : written;
        }
    }

    /** What a formula says, multiplied out, its transposes moved in to the symbols. */
    static Collecting of(Tex f) {
        var like = new LinkedHashMap<String, Term>();
        for (var term : expanded(Transposition.inwards(f))) {
            like.merge(term.key(), term, (a, b) -> new Term(a.coefficient + b.coefficient, a.factors));
        }
        return new Collecting(like.values().stream().filter(term -> term.coefficient != 0).toList());
    }

    /** The same with what is added before what is subtracted, and terms of fewer transposes first. */
    Collecting ordered() {
        return new Collecting(terms.stream()
                .sorted(Comparator.comparing((Term term) -> term.coefficient < 0).thenComparing(Term::transposes)).toList());
    }

    private static List<Term> expanded(Tex f) {
        return switch (f.form()) {
            case Form.Sum(var terms) -> terms.stream().flatMap(term -> expanded(term).stream()).toList();
            case Form.Negative(var of) -> expanded(of).stream().map(t -> new Term(-t.coefficient, t.factors)).toList();
            case Form.Product(var factors) -> {
                var product = List.of(new Term(1, List.of()));
                for (var factor : factors) {
                    var right = expanded(factor);
                    product = product.stream().flatMap(a -> right.stream().map(b -> {
                        var all = new ArrayList<>(a.factors);
                        all.addAll(b.factors);
                        return new Term(a.coefficient * b.coefficient, all);
                    })).toList();
                }
                yield product;
            }
            default -> f.text().matches("[0-9.]+") ? List.of(new Term(Double.parseDouble(f.text()), List.of()))
                    : List.of(new Term(1, f.text().matches("I(_\\{\\d+})?") ? List.of() : List.of(f)));
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
        int shortest = terms.stream().mapToInt(term -> term.factors.size()).min().orElseThrow();
        int left = 0;
        while (left < shortest - 1 && shares(left, false)) {
            left++;
        }
        int right = 0;
        while (left + right < shortest - 1 && shares(right, true)) {
            right++;
        }
        if (left + right == 0 && (!common || size == 1)) {
            return tex();
        }
        int from = left;
        int to = right;
        var inner = new Collecting(terms.stream().map(term -> new Term(common ? Math.signum(term.coefficient)
                : term.coefficient, term.factors.subList(from, term.factors.size() - to))).toList()).tex();
        var first = terms.getFirst().factors;
        var all = new ArrayList<Tex>();
        if (common && size != 1) {
            all.add(Tex.number(size));
        }
        all.addAll(first.subList(0, left));
        all.add(inner);
        all.addAll(first.subList(first.size() - right, first.size()));
        return all.stream().reduce(Tex::times).orElseThrow();
    }

    private boolean shares(int at, boolean fromRight) {
        return terms.stream().map(term -> term.factors.get(fromRight ? term.factors.size() - 1 - at : at).text())
                .distinct().count() == 1;
    }
}
