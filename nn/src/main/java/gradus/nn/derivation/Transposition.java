package gradus.nn.derivation;

import gradus.nn.tex.Dimensions;
import gradus.nn.tex.Tex;
import gradus.nn.tex.Tex.Form;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Transposes, moved in to the symbols: (A B)ᵀ = Bᵀ Aᵀ, (A ⊙ B)ᵀ = Aᵀ ⊙ Bᵀ, (Aᵀ)ᵀ = A. */
final class Transposition {

    private static final Pattern FILLED = Pattern.compile("\\\\mathbf\\{([01])}_\\{(\\d+) \\\\times (\\d+)}");

    private static final Pattern LETTER = Pattern.compile("[a-z]");
    private static final Pattern INDEX = Pattern.compile("(?<![A-Za-z\\\\_])[a-z](?![A-Za-z_^\\[])");

    private Transposition() {
    }

    /** The same formula with every transpose moved in as far as it goes. */
    static Tex inwards(Tex f) {
        return switch (f.form()) {
            case Form.Transpose(var of) -> transposed(of);
            case Form.Entry(Tex of, var at, var fromZero) -> entry(inwards(of), at, fromZero);
            default -> keeping(f, f.map(Transposition::inwards));
        };
    }

    /** The transpose of a formula. */
    static Tex transposed(Tex f) {
        if (Dimensions.isScalar(f)) {
            return inwards(f);
        }
        return switch (f.form()) {
            case Form.Leaf() -> leaf(f);
            case Form.Transpose(var of) -> inwards(of);
            case Form.Sum _, Form.Negative _, Form.Hadamard _, Form.Fraction _ -> f.map(Transposition::transposed);
            case Form.Power(var base, var exponent) -> exponent.text().equals("-\\top")
                    ? inwards(base).pow(Tex.atom("-1")) : transposed(base)
                    .pow(Dimensions.isScalar(exponent) || Dimensions.isInverse(f) ? exponent : transposed(exponent));
            case Form.Product(var factors) -> product(factors);
            case Form.Call _ -> Dimensions.isOfElements(f) ? f.map(Transposition::transposed) : inwards(f).transposed();
            case Form.Entry(_, var at, _) -> at.contains(":") ? inwards(f).transposed() : swapped(inwards(f));
            case Form.Total(var operator, var of) -> total(f, operator, of);
        };
    }

    private static Tex leaf(Tex f) {
        var filled = FILLED.matcher(f.text());
        if (filled.matches()) {
            return Tex.atom(filled.replaceFirst("\\\\mathbf{$1}_{$3 \\\\times $2}"));
        }
        return Dimensions.isConstant(f.text()) ? Tex.atom(f.text()) : f.text().matches("I(_\\{\\d+})?") ? f
                : f.known().map(shape -> f.transposed().of(Dimensions.transposed(shape))).orElseGet(f::transposed);
    }

    private static Tex product(List<Tex> factors) {
        var numbers = factors.stream().filter(Dimensions::isScalar).map(Transposition::inwards);
        var matrices = factors.stream().filter(factor -> !Dimensions.isScalar(factor)).toList().reversed().stream()
                .map(Transposition::transposed);
        return java.util.stream.Stream.concat(numbers, matrices).reduce(Tex::times).orElseThrow();
    }

    /** A row that adds the rows of M becomes the column Mᵀ1; elsewhere indices change places. */
    private static Tex total(Tex f, String operator, Tex of) {
        if (of.form() instanceof Form.Entry(var matrix, var at, var fromZero) && !fromZero && at.length() == 1
                && operator.equals("\\sum_{" + at + "}")) {
            return transposed(matrix).times(Tex.atom("\\mathbf{1}"));
        }
        return swapped(inwards(f));
    }

    private static Tex entry(Tex of, String at, boolean fromZero) {
        if (!fromZero && at.length() == 2 && of.form() instanceof Form.Transpose(var inner)) {
            return inner.sub("" + at.charAt(1) + at.charAt(0));
        }
        return fromZero ? of.entry(at) : of.sub(at);
    }

    /** The first two free indices, i and j, in each other's place. */
    private static Tex swapped(Tex f) {
        return renamed(f, Map.of("i", "j", "j", "i"));
    }

    /** Other letters for indices, everywhere; 1, the only index of an axis, is 0 where entries are counted from 0. */
    static Tex renamed(Tex f, Map<String, String> letters) {
        UnaryOperator<Tex> part = inner -> renamed(inner, letters);
        return switch (f.form()) {
            case Form.Leaf() -> isIndex(f) ? Tex.atom(letters.getOrDefault(f.text(), f.text())) : f;
            case Form.Entry(var of, var at, var fromZero) -> {
                yield fromZero ? part.apply(of).entry(renamed(at, letters).replaceAll("(?<=^|, )1(?=$|, )", "0"))
                        : part.apply(of).sub(renamed(at, letters));
            }
            case Form.Total(var operator, var of) -> part.apply(of).total(INDEX.matcher(operator)
                    .replaceAll(found -> letters.getOrDefault(found.group(), found.group())));
            default -> f.map(part);
        };
    }

    /** Other letters for those of an index. */
    static String renamed(String index, Map<String, String> letters) {
        return index(index).matcher(index).replaceAll(found ->
                Matcher.quoteReplacement(letters.getOrDefault(found.group(), found.group())));
    }

    /** The pattern of an index among others: {@code ij}, or {@code i, c[j], k + p}. */
    static Pattern index(String at) {
        return at.matches("[a-z0-9]+") ? LETTER : INDEX;
    }

    /** Whether it is an index that stands alone, the j of {@code 1_{j = c[i]}}. */
    static boolean isIndex(Tex leaf) {
        return leaf.known().isEmpty() && leaf.text().matches("[a-df-z]");
    }

    private static Tex keeping(Tex old, Tex changed) {
        return old.known().map(changed::of).orElse(changed);
    }
}
