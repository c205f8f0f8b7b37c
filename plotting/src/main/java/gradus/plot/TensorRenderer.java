package gradus.plot;

import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Renderer;
import gradus.nn.Tensor;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The corner of a vector or matrix as a table and as a formula; every tensor as text. */
public final class TensorRenderer implements Renderer<Tensor> {

    private static final int CORNER = 8;

    @Override
    public Class<Tensor> type() {
        return Tensor.class;
    }

    @Override
    public MimeBundle render(Tensor x) {
        var text = MimeBundle.text(x.toString());
        if (x.size() == 0 || x.rank() < 1 || x.rank() > 2) {
            return text;
        }
        return text.with(MimeBundle.HTML, html(x)).with(MimeBundle.LATEX, latex(x, matrix(x)));
    }

    private static Tensor matrix(Tensor x) {
        return x.detach().reshape(x.rank() == 1 ? 1 : x.shape().dim(0), -1);
    }

    /** The corner of a vector or matrix that is not empty. */
    static String html(Tensor x) {
        var rows = rows(matrix(x), (value, dots) -> "<td style=\"text-align: right\">" + (dots.isEmpty() ? value : dots) + "</td>",
                "⋯", "⋮", "⋱", "", "</tr><tr>");
        var numbers = x.toDoubleArray();
        var range = IntStream.range(0, numbers.length).mapToDouble(i -> numbers[i]).summaryStatistics();
        return "<table class=\"dataframe\"><tbody><tr>" + rows + "</tr></tbody></table><small>"
                + (x.name().isEmpty() ? "" : escaped(x.name()) + ": ") + x.dtype() + " " + x.shape() + ", from "
                + Numbers.tick(range.getMin()) + " to " + Numbers.tick(range.getMax()) + "</small>";
    }

    private static String latex(Tensor x, Tensor matrix) {
        return "$\\displaystyle " + (x.name().isEmpty() ? "" : x.name() + " = ") + "\\begin{bmatrix}"
                + rows(matrix, (value, dots) -> dots.isEmpty() ? formula(value) : dots, "\\cdots", "\\vdots", "\\ddots", " & ", " \\\\ ")
                + "\\end{bmatrix}$";
    }

    /** The first rows and columns, and dots for those left out, each made a cell. */
    private static String rows(Tensor matrix, BiFunction<String, String, String> cell, String right, String down, String both,
                               String between, String newRow) {
        int height = Math.min(matrix.shape().dim(0), CORNER);
        int width = Math.min(matrix.shape().dim(1), CORNER);
        boolean wider = width < matrix.shape().dim(1);
        boolean higher = height < matrix.shape().dim(0);
        return IntStream.range(0, height + (higher ? 1 : 0)).mapToObj(i -> IntStream.range(0, width + (wider ? 1 : 0))
                .mapToObj(j -> i < height && j < width ? cell.apply(Numbers.tick(matrix.at(i, j)), "")
                        : cell.apply("", i < height ? right : j < width ? down : both))
                .collect(Collectors.joining(between))).collect(Collectors.joining(newRow));
    }

    /** {@code 3e-5} as a power of ten, with commas that take no room. */
    private static String formula(String number) {
        return number.replace(",", "{,}").replace("NaN", "\\text{NaN}").replace("Infinity", "\\infty")
                .replaceFirst("e(-?\\d+)$", " \\\\cdot 10^{$1}");
    }

    private static String escaped(String name) {
        return name.replace("&", "&amp;").replace("<", "&lt;");
    }
}
