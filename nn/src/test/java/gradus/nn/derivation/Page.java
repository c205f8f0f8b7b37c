package gradus.nn.derivation;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.Nn;
import gradus.nn.Tensor;
import gradus.nn.tex.Evaluator;
import gradus.nn.tex.FormulaException;
import gradus.nn.tex.FormulaParser;
import gradus.nn.tex.NdArray;
import gradus.nn.tex.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A document's symbols with the values that a recorded computation gives them: what its printed lines are judged by. */
final class Page {

    /** Relative to the largest number of a line. */
    private static final double ROUNDING = 1e-12;

    private final Map<String, Value> names = new HashMap<>();

    Page name(String latex, Tensor value) {
        names.put(latex, array(value));
        return this;
    }

    /** Names the gradients that the machine finds: each pair is a tensor after the LaTeX that stands for ∂L/∂ it. */
    Page gradients(Tensor loss, Map<String, Tensor> parameters) {
        var symbols = List.copyOf(parameters.keySet());
        var found = Nn.grad(loss, symbols.stream().map(parameters::get).toArray(Tensor[]::new));
        for (int i = 0; i < found.length; i++) {
            name(symbols.get(i), found[i]);
        }
        return this;
    }

    private static NdArray array(Tensor value) {
        return new NdArray(value.shape().dims(), value.toDoubleArray());
    }

    NdArray value(String latex) {
        return Evaluator.evaluate(latex, names);
    }

    /** Every side of the printed line has one value; the left one tells where indices end. */
    void holds(String line) {
        var sides = sides(line);
        var left = value(sides.getFirst());
        for (var side : sides.subList(1, sides.size())) {
            double off = difference(left, Evaluator.evaluate(side, names, left.shape()));
            assertTrue(off <= ROUNDING, () -> side + " is off by " + off + " in " + line);
        }
    }

    /** What is printed on the right has the value that the machine found, which names no left side of its own. */
    void gives(String right, Tensor found) {
        double off = difference(array(found), Evaluator.evaluate(right, names, found.shape().dims()));
        assertTrue(off <= ROUNDING, () -> right + " is off by " + off);
    }

    /** How far the two sides of a line are apart, relative to the left one; for readings that are wrong. */
    double apart(String line) {
        var sides = sides(line);
        return difference(value(sides.getFirst()), value(sides.getLast()));
    }

    /** The shapes of the printed line do not fit. */
    void doesNotFit(String latex) {
        assertThrows(FormulaException.class, () -> value(latex));
    }

    /** Infinite when the shapes differ; a column may stand for a vector. */
    static double difference(NdArray wanted, NdArray found) {
        if (!Arrays.equals(axes(wanted), axes(found))) {
            return Double.POSITIVE_INFINITY;
        }
        double scale = 0;
        double off = 0;
        for (int i = 0; i < wanted.data().length; i++) {
            scale = Math.max(scale, Math.abs(wanted.data()[i]));
            off = Math.max(off, Math.abs(wanted.data()[i] - found.data()[i]));
        }
        return off == 0 ? 0 : off / scale;
    }

    /** The derivation has each printed line, left and right, and it holds; brackets, dots and typefaces aside. */
    static void appear(Derivation derivation, String... lines) {
        for (var line : lines) {
            var sides = sides(line).stream().map(Page::formula).toList();
            var found = derivation.steps().stream().filter(step -> formula(step.left().text()).equals(sides.getFirst())
                    && formula(step.right().text()).equals(sides.getLast())).findFirst();
            assertTrue(found.isPresent(), () -> line + " is not in\n" + derivation.steps().stream()
                    .map(step -> step.left() + " = " + step.right()).collect(Collectors.joining("\n")));
            assertInstanceOf(Check.Holds.class, found.get().check(), line);
        }
    }

    private static String formula(String latex) {
        return FormulaParser.parse(latex.replaceAll("\\\\mathbf\\{([^1}]+)}", "$1")).toString()
                .replace("operator=DOT", "operator=PRODUCT").replace("Symbol[name=T]", "Symbol[name=\\top]");
    }

    private static int[] axes(NdArray x) {
        return Arrays.stream(x.shape()).filter(n -> n != 1).toArray();
    }

    /** Split where = stands outside of braces. */
    static List<String> sides(String line) {
        var sides = new ArrayList<String>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < line.length(); i++) {
            switch (line.charAt(i)) {
                case '{' -> depth++;
                case '}' -> depth--;
                case '=' -> {
                    if (depth == 0) {
                        sides.add(line.substring(from, i).strip());
                        from = i + 1;
                    }
                }
                default -> { }
            }
        }
        sides.add(line.substring(from).strip());
        return sides;
    }
}
