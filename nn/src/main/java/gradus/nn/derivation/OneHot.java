package gradus.nn.derivation;

import gradus.nn.DType;
import gradus.nn.Tensor;
import gradus.nn.grad.Gradients;
import gradus.nn.op.Losses;
import gradus.nn.tex.Tex;
import gradus.nn.tex.Tex.Form;
import java.util.List;

/**
 * The classes of a cross-entropy as a matrix Y with a 1 in each row, as books write them: {@code p − Y} where the operation,
 * which has their numbers, picks {@code softmax(Z)[i, y[i]]}.
 *
 * @param loss   the cross-entropy
 * @param labels the numbers of the classes
 * @param matrix Y, a row for each label
 */
record OneHot(Tensor loss, Tensor labels, Tensor matrix) {

    private static final String IS = "\\mathbf{1}_{#1 = #2}";

    /** Numbers from which on the labels stay what they are: 8 MB. */
    private static final int LARGEST = 1_000_000;

    static boolean has(Tensor x) {
        return x.op() instanceof Losses.CrossEntropy && x.inputs()[0].size() <= LARGEST;
    }

    static OneHot of(Tensor loss) {
        var labels = loss.inputs()[1];
        var matrix = Gradients.noGrad(() -> labels.oneHot(loss.inputs()[0].shape().dim(1)).as(DType.FLOAT64));
        return new OneHot(loss, labels, matrix.detach().named(labels.name().matches("[a-z]") ? labels.name().toUpperCase() : "Y"));
    }

    /** What Y is. */
    Tex definition(Symbols symbols) {
        return Tex.call(IS, Tex.atom("j").and(symbols.of(labels).entry("i"))).of(matrix.shape());
    }

    /** A formula with entries of Y for comparisons with the labels; of whole matrices, where all entries are alike. */
    Tex written(Tex f, Symbols symbols) {
        var label = symbols.of(labels).entry("i").text();
        if (!f.text().contains(label)) {
            return f;
        }
        var plain = replaced(f, label, symbols.of(matrix));
        boolean whole = isOf(plain, List.of("i, j"));
        var written = whole || isOf(plain, List.of("i, j", "i")) ? without(plain, whole) : f;
        return f.known().map(written::of).orElse(written);
    }

    private static Tex replaced(Tex f, String label, Tex matrix) {
        return f.form() instanceof Form.Call(var function, var of) && function.equals(IS) && of.getLast().text().equals(label)
                        && of.getFirst().text().equals("j") ? matrix.entry("i, j")
                : f.form() instanceof Form.Call(var function, var of) && function.equals("\\ln")
                        && of.getFirst().form() instanceof Form.Entry(var p, var at, _) && at.equals("i, " + label)
                        ? matrix.entry("i, j").times(Tex.call(function, p.entry("i, j"))).total("\\sum_{j}")
                : f.form() instanceof Form.Leaf ? f : f.map(part -> replaced(part, label, matrix));
    }

    /** Whether the entries have only such indices, and for one of them no sum is taken. */
    private static boolean isOf(Tex f, List<String> indices) {
        return !(f.form() instanceof Form.Entry(_, var at, var fromZero) && fromZero && !indices.contains(at))
                && !(f.form() instanceof Form.Total && indices.size() == 1)
                && f.parts().stream().allMatch(part -> isOf(part, indices));
    }

    private static Tex without(Tex f, boolean whole) {
        return f.form() instanceof Form.Entry(var of, var at, var fromZero) && fromZero ? whole ? of : of.sub(at.replace(", ", ""))
                : f.form() instanceof Form.Leaf ? f : f.map(part -> without(part, whole));
    }
}
