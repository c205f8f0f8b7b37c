package gradus.nn.tex;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.tex.Tex.Form;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The shape of a formula, from those of its symbols: a vector is a column, a number scales. */
public final class Dimensions {

    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern SIZED = Pattern.compile(
            "(?:\\\\mathbf\\{([01])}|(I))_\\{(\\d+)(?: \\\\times (\\d+))?}");
    private static final Set<String> OF_ELEMENTS = Set.of("sign", "erf", "mod", "atan2", "artanh", "arsinh", "arcosh");

    private Dimensions() {
    }

    /** The shape, where symbols tell it; formulas with free indices have none here. */
    public static Optional<Shape> of(Tex f) {
        if (f.known().isPresent()) {
            return f.known();
        }
        return switch (f.form()) {
            case Form.Leaf() -> leaf(f.text());
            case Form.Sum(var terms) -> broadcast(terms);
            case Form.Hadamard(var factors) -> broadcast(factors);
            case Form.Fraction(var above, var below) -> broadcast(List.of(above, below));
            case Form.Power(var base, var exponent) ->
                    isInverse(f) ? of(base) : broadcast(List.of(base, exponent));
            case Form.Negative(var x) -> of(x);
            case Form.Transpose(var x) -> of(x).map(Dimensions::transposed);
            case Form.Product(var factors) -> factors.stream().map(Dimensions::of).reduce(Optional.of(Shape.SCALAR),
                    (a, b) -> a.flatMap(left -> b.flatMap(right -> product(left, right))));
            case Form.Entry _, Form.Total _ -> Optional.empty();
            case Form.Call(var function, var arguments) -> isOfElements(f) ? broadcast(arguments)
                    : call(function, arguments.getFirst());
        };
    }

    private static Optional<Shape> call(String function, Tex of) {
        var name = function.replaceFirst("\\\\operatorname\\{(\\w+)}.*", "$1");
        return switch (name) {
            case "tr", "\\det" -> Optional.of(Shape.SCALAR);
            case "softmax" -> of(of);
            case "reshape" -> Optional.of(new Shape(axes(function)));
            case "mean", "var" -> of(of).map(shape -> IntStream.of(axes(function)).boxed()
                    .reduce(shape, (reduced, axis) -> reduced.with(axis, 1), (a, b) -> b));
            default -> Optional.empty();
        };
    }

    /** The numbers below a function. */
    public static int[] axes(String function) {
        return NUMBER.matcher(function).results().mapToInt(found -> Integer.parseInt(found.group())).toArray();
    }

    private static Optional<Shape> leaf(String text) {
        var sized = SIZED.matcher(text);
        if (sized.matches()) {
            int rows = Integer.parseInt(sized.group(3));
            return Optional.of(sized.group(2) != null ? new Shape(rows, rows)
                    : sized.group(4) == null ? new Shape(rows) : new Shape(rows, Integer.parseInt(sized.group(4))));
        }
        return isConstant(text) ? Optional.of(Shape.SCALAR) : Optional.empty();
    }

    public static boolean isConstant(String text) {
        return text.matches("-?[0-9.]+( \\\\cdot 10\\^\\{-?\\d+})?|e|\\\\pi|-?\\\\infty");
    }

    public static Shape transposed(Shape shape) {
        int n = shape.rank();
        return n == 0 ? shape : n == 1 ? new Shape(1, shape.dim(0))
                : shape.with(-2, shape.dim(-1)).with(-1, shape.dim(-2));
    }

    private static Optional<Shape> broadcast(List<Tex> parts) {
        return parts.stream().map(Dimensions::of).reduce(Optional.of(Shape.SCALAR),
                (a, b) -> a.flatMap(left -> b.flatMap(right -> broadcast(left, right))));
    }

    private static Optional<Shape> broadcast(Shape a, Shape b) {
        try {
            return Optional.of(Shape.broadcast("formula", a, b));
        } catch (ShapeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Shape> product(Shape a, Shape b) {
        if (a.rank() == 0 || b.rank() == 0) {
            return Optional.of(a.rank() == 0 ? b : a);
        }
        var left = a.rank() == 1 ? new Shape(a.dim(0), 1) : a;
        var right = b.rank() == 1 ? new Shape(b.dim(0), 1) : b;
        if (left.dim(-1) != right.dim(-2)) {
            return Optional.empty();
        }
        return broadcast(batch(left), batch(right)).map(batch -> {
            var dims = Arrays.copyOf(batch.dims(), batch.rank() + (b.rank() == 1 ? 1 : 2));
            dims[batch.rank()] = left.dim(-2);
            if (b.rank() > 1) {
                dims[batch.rank() + 1] = right.dim(-1);
            }
            return new Shape(dims);
        });
    }

    private static Shape batch(Shape shape) {
        return new Shape(Arrays.copyOf(shape.dims(), shape.rank() - 2));
    }

    public static boolean isScalar(Tex f) {
        return of(f).filter(shape -> shape.rank() == 0).isPresent();
    }

    /** Whether a power is an inverse or a pseudoinverse of a matrix. */
    public static boolean isInverse(Tex f) {
        return f.form() instanceof Form.Power(var base, var exponent)
                && (exponent.text().equals("+") || exponent.text().equals("-\\top")
                || exponent.text().equals("-1") && of(base).filter(shape -> shape.rank() < 2).isEmpty());
    }

    /** Whether a function treats each element by itself. */
    public static boolean isOfElements(Tex call) {
        if (!(call.form() instanceof Form.Call(var function, var arguments)) || function.equals("\\det")) {
            return false;
        }
        if (function.equals("\\max") || function.equals("\\min")) {
            return arguments.size() > 1;
        }
        return function.startsWith("\\operatorname{")
                ? OF_ELEMENTS.contains(function.substring("\\operatorname{".length(), function.length() - 1))
                : !function.contains("\\operatorname") && !function.contains("\\|");
    }
}
