package gradus.nn.tex;

import gradus.nn.Shape;
import gradus.nn.tex.Tex.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Entries of formulas: those of what an elementwise formula is made of, where all shapes are known. */
final class Entries {

    private Entries() {
    }

    static Tex of(Tex formula, String indices, List<String> each, boolean fromZero) {
        var shape = each.isEmpty() ? Optional.<Shape>empty() : Dimensions.of(formula);
        return shape.filter(found -> found.rank() >= each.size() && isMadeOfKnown(formula))
                .map(found -> pushed(formula, found, each, fromZero))
                .orElseGet(() -> formula.subscript(indices, fromZero));
    }

    private static boolean isMadeOfKnown(Tex formula) {
        return switch (formula.form()) {
            case Form.Leaf _ -> Dimensions.of(formula).isPresent();
            case Form.Sum(var terms) -> terms.stream().allMatch(Entries::isMadeOfKnown);
            case Form.Hadamard(var factors) -> factors.stream().allMatch(Entries::isMadeOfKnown);
            case Form.Product(var factors) -> factors.size() == 2 && Dimensions.isScalar(factors.getFirst())
                    && isMadeOfKnown(factors.getLast());
            case Form.Negative(var of) -> isMadeOfKnown(of);
            case Form.Fraction(var above, var below) -> isMadeOfKnown(above) && isMadeOfKnown(below);
            case Form.Power(var base, var exponent) -> isMadeOfKnown(base) && isMadeOfKnown(exponent);
            case Form.Call(_, var of) -> Dimensions.isOfElements(formula) && of.stream().allMatch(Entries::isMadeOfKnown);
            default -> false;
        };
    }

    private static Tex pushed(Tex formula, Shape whole, List<String> each, boolean fromZero) {
        return switch (formula.form()) {
            case Form.Leaf _ -> leaf(formula, whole, each, fromZero);
            case Form.Sum(var terms) -> terms.stream().map(term -> pushed(term, whole, each, fromZero)).reduce(Tex::plus)
                    .orElse(formula);
            case Form.Hadamard(var factors) -> factors.stream().map(factor -> pushed(factor, whole, each, fromZero))
                    .reduce(each.size() < whole.rank() || each.toString().contains(":") ? Tex::odot : Tex::times).orElse(formula);
            case Form.Product(var factors) -> factors.getFirst().times(pushed(factors.getLast(), whole, each, fromZero));
            case Form.Negative(var of) -> pushed(of, whole, each, fromZero).neg();
            case Form.Fraction(var above, var below) ->
                    pushed(above, whole, each, fromZero).over(pushed(below, whole, each, fromZero));
            case Form.Power(var base, var exponent) ->
                    pushed(base, whole, each, fromZero).pow(pushed(exponent, whole, each, fromZero));
            case Form.Call(var f, var of) -> Tex.call(f, of.stream().map(x -> pushed(x, whole, each, fromZero))
                    .reduce(Tex::and).orElse(formula));
            default -> formula;
        };
    }

    private static Tex leaf(Tex leaf, Shape whole, List<String> each, boolean fromZero) {
        var shape = Dimensions.of(leaf).orElseThrow();
        if (leaf.isOnes() || Dimensions.isConstant(leaf.text())) {
            return leaf.isOnes() ? Tex.number(1) : leaf;
        }
        var below = new ArrayList<String>();
        int added = whole.rank() - shape.rank();
        for (int axis = added; axis < each.size(); axis++) {
            boolean single = shape.dim(axis - added) == 1 && whole.dim(axis) != 1;
            below.add(!single ? each.get(axis) : each.get(axis).contains(":") ? ":" : fromZero ? "0" : "1");
        }
        return below.isEmpty() ? leaf
                : leaf.subscript(String.join(fromZero || below.contains("1") ? ", " : "", below), fromZero);
    }
}
