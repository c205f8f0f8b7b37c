package gradus.nn.layer;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Expr;
import gradus.nn.explanation.Formulas;
import gradus.nn.explanation.Formulas.Law;
import gradus.nn.op.Heads;
import gradus.nn.op.Mapped;
import java.util.Arrays;
import java.util.List;

/**
 * Attention: each query gets a mean of values, weighted by how well its vector agrees with the keys' (Vaswani et al. 2017).
 *
 * <p>Masks are numbers added to the scores, 0 where a query may look and −∞ where it may not; several masks are added. A
 * query that may look nowhere has no weights: they are NaN.
 */
public final class Attention {

    private static final Expr MAY = Expr.input(0).select(Expr.ZERO, Expr.constant(Double.NEGATIVE_INFINITY));
    private static final Mapped ADDED = new Mapped(MAY, 1);

    private Attention() {
    }

    /**
     * What attention found.
     *
     * @param output  [.., queries, value size]
     * @param weights α, [.., queries, keys]: each row sums to 1
     */
    public record Attended(Tensor output, Tensor weights) {
    }

    /**
     * Scaled dot-product attention: α = softmax(q kᵀ/√d + mask), output α v.
     *
     * @param q    queries [.., queries, d]
     * @param k    keys [.., keys, d]
     * @param v    values [.., keys, value size]
     * @param mask added to the scores: a shape that broadcasts to [.., queries, keys], a scalar 0 for none
     */
    public static Attended attend(Tensor q, Tensor k, Tensor v, Tensor mask) {
        return attend(q, k, v, mask, new Dropout.Elements(0, Tensor.zeros()));
    }

    /** The same with some weights dropped while learning; {@link Attended#weights} are those before. */
    static Attended attend(Tensor q, Tensor k, Tensor v, Tensor mask, Dropout.Elements dropout) {
        if (q.rank() < 2 || k.rank() < 2 || v.rank() < 2 || q.shape().dim(-1) != k.shape().dim(-1)
                || k.shape().dim(-2) != v.shape().dim(-2)) {
            throw ShapeException.of("attention", "do not fit",
                    "queries [.., m, d], keys [.., n, d], values [.., n, e]", q.shape(), k.shape(), v.shape());
        }
        var scores = q.times(1 / Math.sqrt(Math.max(1, q.shape().dim(-1)))).matmul(k.t());
        var weights = (mask.rank() == 0 ? scores : scores.plus(mask)).softmax(-1);
        return new Attended(dropout.apply(weights).matmul(v), weights);
    }

    /** The mask of a sequence that is written from left to right: position i sees positions j ≤ i. [n, n]. */
    public static Tensor causal(int n) {
        var mask = new float[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                mask[i * n + j] = Float.NEGATIVE_INFINITY;
            }
        }
        return Tensor.of(new Shape(n, n), mask);
    }

    /** The mask that lets only the first keys of each sequence be seen: [batch, 1, 1, keys], for scores [batch, heads, queries, keys]. */
    public static Tensor padding(int keys, int... lengths) {
        var mask = new float[lengths.length * keys];
        for (int i = 0; i < lengths.length; i++) {
            if (lengths[i] < 0 || lengths[i] > keys) {
                throw new ShapeException("padding: a length of " + lengths[i] + " in sequences of " + keys
                        + "\nhelp: lengths go from 0 to " + keys);
            }
            Arrays.fill(mask, i * keys + lengths[i], (i + 1) * keys, Float.NEGATIVE_INFINITY);
        }
        return Tensor.of(new Shape(lengths.length, 1, 1, keys), mask);
    }

    /** The mask of a table that is 1 where a query may look and 0 where it may not. */
    public static Tensor allowing(Tensor may) {
        return Tensor.apply(ADDED, may);
    }

    /**
     * Multi-head attention: queries, keys and values are projected, attended to in parts of d/heads features side by side, and
     * the joined parts projected again. [batch, queries, d] → [batch, queries, d]; without the batch axis too.
     *
     * @param query   W_Q and its bias, d → d
     * @param key     W_K and its bias, d → d
     * @param value   W_V and its bias, d → d
     * @param output  W_O and its bias, d → d
     * @param heads   into how many parts; they divide d
     * @param dropout of the weights while learning
     */
    public record MultiHead(Linear query, Linear key, Linear value, Linear output, int heads, Dropout.Elements dropout)
            implements Layer {

        public MultiHead {
            if (heads < 1 || query.weight().shape().dim(0) % heads != 0) {
                throw new ShapeException("attention: " + query.weight().shape().dim(0) + " features in " + heads
                        + " heads\nhelp: heads divide the features");
            }
        }

        /** A new layer with d features; the projections begin as linear layers do. */
        public static MultiHead of(int d, int heads) {
            return new MultiHead(Linear.of(d, d), Linear.of(d, d), Linear.of(d, d), Linear.of(d, d), heads,
                    Dropout.Elements.dropping(0));
        }

        /** The same, dropping weights with this probability while learning. */
        public MultiHead dropout(double p) {
            return new MultiHead(query, key, value, output, heads, Dropout.Elements.dropping(p));
        }

        /** Self-attention without a mask. */
        @Override
        public Tensor apply(Tensor x) {
            return attend(x, x, Tensor.zeros()).output;
        }

        /**
         * Attention of x to another sequence, or to itself.
         *
         * @param x      what asks, [batch, queries, d]
         * @param memory what is looked at, [batch, keys, d]
         * @param mask   added to the scores [batch, heads, queries, keys], a scalar for none
         * @return output [batch, queries, d] and weights [batch, heads, queries, keys]
         */
        public Attended attend(Tensor x, Tensor memory, Tensor mask) {
            if (x.rank() == 2 && memory.rank() == 2) {
                var rows = x.unsqueeze(0);
                var one = attend(rows, memory == x ? rows : memory.unsqueeze(0), mask);
                return new Attended(one.output.reshape(x.shape().dims()),
                        one.weights.reshape(heads, x.shape().dim(0), memory.shape().dim(0)));
            }
            int d = query.weight().shape().dim(1);
            if (x.rank() != 3 || memory.rank() != 3 || x.shape().dim(2) != d || memory.shape().dim(2) != d
                    || x.shape().dim(0) != memory.shape().dim(0)) {
                throw ShapeException.of("attention", "do not fit", "sequences are [batch, time, " + d + "]", x.shape(), memory.shape());
            }
            var split = new Heads.Split(heads);
            var found = Attention.attend(Tensor.apply(split, query.apply(x)), Tensor.apply(split, key.apply(memory)),
                    Tensor.apply(split, value.apply(memory)), mask, dropout);
            return new Attended(output.apply(Tensor.apply(new Heads.Join(), found.output)), found.weights);
        }

        /** So many positions of the first sequence are enough to show attention on. */
        private static final int SHOWN = 8;

        @Override
        public Formulas formulas(Tensor x) {
            int time = Math.min(x.shape().dim(-2), SHOWN);
            var rows = x.rank() == 2 && x.shape().dim(0) == time ? x
                    : Tensor.parameter(x.detach().reshape(-1, x.shape().dim(-1)).slice(0, 0, time));
            int d = query.weight().shape().dim(0);
            var all = Formulas.of(toString()).given("x", rows);
            for (var part : List.of("Q", "K", "V", "O")) {
                var linear = part.equals("Q") ? query : part.equals("K") ? key : part.equals("V") ? value : output;
                all = all.given("W_" + part, linear.weight()).given("b_" + part, linear.bias());
            }
            all = all.setting("H", heads).setting("c", (double) d / heads)
                    .where("Q", "x W_Q^{\\top} + b_Q", "queries").where("K", "x W_K^{\\top} + b_K", "keys")
                    .where("V", "x W_V^{\\top} + b_V", "values")
                    .where("S", "S[h, i, j]",
                            "\\frac{1}{\\sqrt{c}} \\sum_{m=0}^{c-1} Q[i, c h + m] \\, K[j, c h + m]",
                            "scores of each head",
                            heads, time, time)
                    .where("A", "\\operatorname{softmax}\\left(S\\right)", "weights: each row sums to 1")
                    .where("C", "C[i, j]", "\\sum_{k} A[\\lfloor j/c \\rfloor, i, k] \\, V[k, j]",
                            "means of values, heads side by side", time, d)
                    .result("y", "C W_O^{\\top} + b_O", () -> apply(rows));
            all = all.gradient("W_O", "\\delta^{\\top} C").gradient("b_O", "\\sum_{i} \\delta_{i}")
                    .where("\\delta_C", "\\delta W_O", "")
                    .where("\\delta_A", "\\delta_A[h, i, j]",
                            "\\sum_{m=0}^{c-1} \\delta_C[i, c h + m] \\, V[j, c h + m]", "", heads, time, time)
                    .where("\\delta_S", "\\delta_S[h, i, j]",
                            "A[h, i, j] \\left(\\delta_A[h, i, j] - \\sum_{k} \\delta_A[h, i, k] \\,"
                            + " A[h, i, k]\\right)", "through softmax", heads, time, time)
                    .where("\\delta_Q", "\\delta_Q[i, j]",
                            "\\frac{1}{\\sqrt{c}} \\sum_{k} \\delta_S[\\lfloor j/c \\rfloor, i, k] \\, K[k, j]", "",
                            time, d)
                    .where("\\delta_K", "\\delta_K[i, j]",
                            "\\frac{1}{\\sqrt{c}} \\sum_{k} \\delta_S[\\lfloor j/c \\rfloor, k, i] \\, Q[k, j]", "",
                            time, d)
                    .where("\\delta_V", "\\delta_V[i, j]",
                            "\\sum_{k} A[\\lfloor j/c \\rfloor, k, i] \\, \\delta_C[k, j]", "", time, d);
            for (var part : List.of("Q", "K", "V")) {
                all = all.gradient("W_" + part, "\\delta_" + part + "^{\\top} x")
                        .gradient("b_" + part, part.equals("K") ? "0"
                        : "\\sum_{i} \\delta_" + part + "[i]");
            }
            return all.gradient("x", "\\delta_Q W_Q + \\delta_K W_K + \\delta_V W_V")
                    .initially("W_Q", Law.UNIFORM, "\\frac{1}{\\sqrt{c H}}")
                    .convention("Projections begin as linear layers do; in PyTorch W_Q, W_K and W_V begin by Xavier's"
                            + " law, all biases with 0.")
                    .convention("The keys' bias gets no gradient: it adds the same to all scores of a query, which"
                            + " softmax does not see.")
                    .convention("A mask is added to S before softmax, -∞ where a query may not look: causal masks let i"
                            + " see j ≤ i. Dropout of A, if there is any, acts while learning only.");
        }

        @Override
        public Tensor sample(Seed.Stream random) {
            return Tensor.normal(random, 0, 1, 3, query.weight().shape().dim(1));
        }

        @Override
        public String toString() {
            return "multiHeadAttention(" + query.weight().shape().dim(1) + ", " + heads + ")";
        }
    }
}
