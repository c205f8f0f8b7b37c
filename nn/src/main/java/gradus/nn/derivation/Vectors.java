package gradus.nn.derivation;

import gradus.nn.Shape;
import gradus.nn.tex.Dimensions;
import gradus.nn.tex.Tex;
import gradus.nn.tex.Tex.Form;
import java.util.List;
import java.util.Optional;

/**
 * Formulas in which a vector is a column: {@code reshape₃(X reshape₃ₓ₁(w)) − y}, as memory has it, is {@code X w − y}, and
 * a vector laid down as a row is its transpose.
 */
final class Vectors {

    private Vectors() {
    }

    /** Whether a formula has something that could be written more plainly. */
    static boolean isLaidOut(Tex f) {
        return f.text().contains("reshape");
    }

    /** The same without the reshapes that only turn vectors into columns and rows, products in one row. */
    static Tex plain(Tex f) {
        return switch (f.form()) {
            case Form.Leaf() -> f.known().filter(shape -> shape.rank() == 2 && isColumn(shape))
                    .map(shape -> f.of(new Shape(shape.dim(0)))).orElse(f);
            case Form.Call(var function, var of) when function.startsWith("\\operatorname{reshape}") -> reshaped(f, function, of.getFirst());
            case Form.Call(var function, var of) when function.equals("\\operatorname{tr}") -> {
                var inner = plain(of.getFirst());   // of a row and a column it is their product
                yield Dimensions.of(inner).filter(shape -> shape.size() == 1).map(_ -> inner).orElseGet(() -> Tex.call(function, inner));
            }
            case Form.Transpose(var of) -> plain(of).form() instanceof Form.Transpose(var twice) ? twice : plain(of).transposed();
            case Form.Product(var factors) -> factors.stream().map(Vectors::plain).flatMap(factor -> factor.factors().stream())
                    .reduce(Tex::times).orElseThrow();
            case Form.Entry(var of, var at, var fromZero) -> fromZero ? plain(of).entry(at) : plain(of).sub(at);
            default -> f.map(Vectors::plain);
        };
    }

    private static Tex reshaped(Tex f, String function, Tex of) {
        var from = Dimensions.of(of);
        var to = Optional.of(new Shape(Dimensions.axes(function)));
        var both = List.of(from, to);
        var plain = plain(of);
        return both.stream().allMatch(shape -> shape.filter(Vectors::isColumn).isPresent()) ? plain
                : both.stream().anyMatch(shape -> shape.filter(Vectors::isColumn).isPresent())
                        && both.stream().anyMatch(shape -> shape.filter(Vectors::isRow).isPresent()) ? Transposition.transposed(plain)
                : Tex.call(function, plain).of(f.inferred().orElse(to.get()));
    }

    private static boolean isColumn(Shape shape) {
        return shape.rank() == 1 || shape.rank() == 2 && shape.dim(1) == 1;
    }

    private static boolean isRow(Shape shape) {
        return shape.rank() == 2 && shape.dim(0) == 1;
    }
}
