package gradus.nn.derivation.unrolled;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.derivation.Step;
import gradus.nn.derivation.Step.Kind;
import gradus.nn.derivation.unrolled.CheckedLines.Wanted;
import gradus.nn.layer.Attention;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One attention head: S = Q Kᵀ/√d, A = softmax(S + M), O = A V, and the gradients back to queries, keys and values; in
 * matrices, and for each query as sums over the keys. Axes before the last two are a batch.
 *
 * @param mask added to the scores, a scalar for none
 */
record Head(Tensor q, Tensor k, Tensor v, Tensor mask, UnaryOperator<Tensor> loss) implements Structure {

    Head {
        if (q.rank() < 2) {
            throw ShapeException.of("attention", "is no matrix", "queries are [.., m, d]", q.shape());
        }
    }

    @Override
    public List<Step> lines() {
        int size = q.shape().dim(-1);
        boolean masked = mask.rank() > 0;
        var trace = new Trace(marks -> {
            var queries = marks.mark("Q", Structure.precise(q));
            var keys = marks.mark("K", Structure.precise(k));
            var scores = marks.mark("S", queries.matmul(keys.t()).div(Math.sqrt(size)));
            var weights = marks.mark("A", (masked ? scores.plus(Structure.precise(mask)) : scores).softmax(-1));
            return loss.apply(marks.mark("O", weights.matmul(marks.mark("V", Structure.precise(v)))));
        });
        var lines = new CheckedLines();
        lines.know("d_k", size);
        lines.know("n", k.shape().dim(-2));
        trace.values().forEach((name, value) -> {
            lines.know(name, value);
            lines.know(derivative(name), trace.gradient(name));
        });
        if (masked) {
            lines.know("M", Structure.precise(mask).broadcastTo(trace.value("S").shape()));
        }
        var own = Attention.attend(trace.value("Q").detach(), trace.value("K").detach(), trace.value("V").detach(),
                Structure.precise(mask));
        var softened = masked ? "S + M" : "S";
        lines.add(Kind.FORWARD, "S", "\\frac{Q K^{\\top}}{\\sqrt{d_k}}", Wanted.value(trace.value("S")));
        causal().ifPresent(formula -> lines.add(Kind.FORWARD, "M_{ij}", formula, entries(mask)));
        lines.add(Kind.FORWARD, "A", "\\operatorname{softmax}\\left(" + softened + "\\right)",
                Wanted.value(own.weights()));
        lines.add(Kind.FORWARD, "O", "A V", Wanted.value(own.output()));
        lines.add(Kind.FORWARD, "\\operatorname{Attention}\\left(Q, K, V\\right)", "\\operatorname{softmax}\\left("
                + (masked ? "\\frac{Q K^{\\top}}{\\sqrt{d_k}} + M" : "\\frac{Q K^{\\top}}{\\sqrt{d_k}}") + "\\right) V",
                        Wanted.value(own.output()));
        if (q.rank() == 2) {
            byQuery(lines, trace, masked);
        }
        int keys = k.shape().dim(-2);
        delta(lines, trace, "A", derivative("O") + " V^{\\top}");
        delta(lines, trace, "S", "A \\odot \\left(" + derivative("A") + " - \\left(" + derivative("A")
                + " \\odot A\\right) \\mathbf{1}_{"
                + keys + " \\times " + keys + "}\\right)");
        if (q.rank() == 2) {
            delta(lines, trace, "S", "S_{ij}",
                    "A_{ij} \\left(\\frac{\\partial L}{\\partial A_{ij}} - \\sum_{k=1}^{n} A_{ik} \\frac{\\partial L}{\\partial A_{ik}}\\right)");
        }
        gradient(lines, trace, "V", "A^{\\top} " + derivative("O"));
        gradient(lines, trace, "Q", "\\frac{1}{\\sqrt{d_k}} " + derivative("S") + " K");
        gradient(lines, trace, "K", "\\frac{1}{\\sqrt{d_k}} \\left(" + derivative("S") + "\\right)^{\\top} Q");
        return lines.steps();
    }

    /** e_ij, α_ij and o_i, as one query sees them. */
    private void byQuery(CheckedLines lines, Trace trace, boolean masked) {
        var seen = masked ? trace.value("S").detach().plus(Structure.precise(mask)) : trace.value("S");
        lines.know("e", seen);
        lines.know("\\alpha", trace.value("A"));
        for (var both : List.of(List.of("q", "Q"), List.of("k", "K"), List.of("v", "V"))) {
            lines.know(both.getFirst(), trace.value(both.getLast()));
        }
        lines.add(Kind.FORWARD, "e_{ij}", "\\frac{q_i \\cdot k_j}{\\sqrt{d_k}}" + (masked ? " + M_{ij}" : ""),
                Wanted.value(seen));
        lines.add(Kind.FORWARD, "\\alpha_{ij}",
                "\\frac{\\exp\\left(e_{ij}\\right)}{\\sum_{k=1}^{n} \\exp\\left(e_{ik}\\right)}",
                Wanted.value(trace.value("A")));
        lines.add(Kind.FORWARD, "o_i", "\\sum_{j=1}^{n} \\alpha_{ij} v_j", Wanted.value(trace.value("O")));
    }

    /** The rule of the mask of a sequence written from left to right, if it is that one. */
    private Optional<String> causal() {
        int n = k.shape().dim(-2);
        return mask.rank() == 2 && mask.shape().equals(new Shape(n, n))
                && Arrays.equals(mask.toDoubleArray(), Attention.causal(n).toDoubleArray())
                ? Optional.of("\\begin{cases} 0 & \\text{if } j \\le i \\\\ -\\infty & \\text{if } j > i \\end{cases}")
                        : Optional.empty();
    }

    /** The entries of a matrix, counted from 1. */
    private static Map<Map<String, Integer>, Wanted> entries(Tensor matrix) {
        var entries = new LinkedHashMap<Map<String, Integer>, Wanted>();
        for (int i = 0; i < matrix.shape().dim(0); i++) {
            for (int j = 0; j < matrix.shape().dim(1); j++) {
                entries.put(Map.of("i", i + 1, "j", j + 1), Wanted.value(Tensor.scalar(matrix.at(i, j),
                        DType.FLOAT64)));
            }
        }
        return entries;
    }

    private static void delta(CheckedLines lines, Trace trace, String name, String right) {
        delta(lines, trace, name, name, right);
    }

    private static void delta(CheckedLines lines, Trace trace, String name, String shown, String right) {
        lines.add(Kind.DELTA, derivative(shown), right, new Wanted(trace.gradient(name),
                Optional.of(claimed -> trace.central(name, claimed))));
    }

    private static void gradient(CheckedLines lines, Trace trace, String name, String right) {
        lines.add(Kind.GRADIENT, derivative(name), right, new Wanted(trace.gradient(name),
                Optional.of(claimed -> trace.central(name, claimed))));
    }

    private static String derivative(String name) {
        return "\\frac{\\partial L}{\\partial " + name + "}";
    }
}
