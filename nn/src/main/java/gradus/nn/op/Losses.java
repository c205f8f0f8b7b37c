package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.tex.Tex;
import java.util.List;

/**
 * Losses that are one operation because the whole is more accurate, and its gradient simpler, than the chain it stands
 * for; each equals that chain, which its description gives.
 */
public final class Losses {

    private Losses() {
    }

    private static Tex softmax(Tex z) {
        return Tex.call("\\operatorname{softmax}", z);
    }

    /** A cross-entropy of class scores with the true class of each row: [n, classes] and labels [n] → [n]. */
    private interface OfLabels extends Op {

        @Override
        default Shape shape(Shape... in) {
            if (in[0].rank() != 2 || in[1].rank() != 1 || in[0].dim(0) != in[1].dim(0)) {
                throw ShapeException.of("crossEntropy", "do not fit",
                        "scores are [samples, classes], with one label per sample", in[0], in[1]);
            }
            return in[1];
        }

        @Override
        default boolean takesIndices(int i) {
            return i == 1;
        }

        @Override
        default Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {d.entry("i").times(localTex(in, out)[0]), Tex.number(0)};
        }

        @Override
        default List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 4), Tensor.indices(new Shape(3), 1, 0, 3)),
                    Samples.of(Samples.normal(5, 2).t(), Tensor.indices(new Shape(2), 4, 0)));
        }

        @Override
        default List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(4, 4), new Shape(3)}, {new Shape(3), new Shape(3)}});
        }
    }

    /**
     * Cross-entropy of class scores with the true class of each row: −ln softmax(z)_c, [n, classes] and labels [n] → [n].
     * Stands for {@code logSoftmax} and a choice; its gradient is softmax(z) − 1_c.
     */
    public record CrossEntropy() implements OfLabels {
        @Override
        public String name() {
            return "crossEntropy";
        }

        @Override
        public Tensor forward(Tensor... in) {
            return in[0].logSoftmax(-1).gather(1, in[1].unsqueeze(1)).reshape(-1).neg();
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var oneHot = in[1].oneHot(in[0].shape().dim(1)).as(d.dtype());
            return new Tensor[] {in[0].softmax(-1).minus(oneHot).times(d.reshape(-1, 1)), null};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\ln", softmax(in[0]).entry("i, " + in[1].entry("i"))).neg();
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {softmax(in[0]).entry("i, j").minus(Tex.call("\\mathbf{1}_{#1 = #2}", Tex.atom("j").and(in[1].entry("i")))),
                Tex.number(0)};
        }
    }

    /**
     * Cross-entropy with the true class's share softened: −(1 − ε) ln softmax(z)_c − (ε/K) Σⱼ ln softmax(z)ⱼ for K classes, [n, K]
     * and labels [n] → [n]. Stands for the cross-entropy with the distribution (1 − ε) 1_c + ε/K; its gradient is
     * softmax(z) − (1 − ε) 1_c − ε/K (Szegedy et al. 2016).
     */
    public record SmoothedCrossEntropy(double epsilon) implements OfLabels {
        @Override
        public String name() {
            return "crossEntropy with label smoothing";
        }

        @Override
        public Tensor forward(Tensor... in) {
            var logs = in[0].logSoftmax(-1);
            return logs.gather(1, in[1].unsqueeze(1)).reshape(-1).times(epsilon - 1)
                    .minus(logs.sum(-1).times(epsilon / in[0].shape().dim(1)));
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            int classes = in[0].shape().dim(1);
            var oneHot = in[1].oneHot(classes).as(d.dtype());
            return new Tensor[] {in[0].softmax(-1).minus(oneHot.times(1 - epsilon)).minus(epsilon / classes).times(d.reshape(-1, 1)), null};
        }

        private Tex share(Tex z) {
            return Tex.number(epsilon / z.shape().dim(1));
        }

        @Override
        public Tex tex(Tex... in) {
            var p = softmax(in[0]);
            return Tex.number(1 - epsilon).times(Tex.call("\\ln", p.entry("i, " + in[1].entry("i")))).neg()
                    .minus(share(in[0]).times(Tex.call("\\ln", p.entry("i, j")).total("\\sum_{j}")));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {softmax(in[0]).entry("i, j")
                    .minus(Tex.number(1 - epsilon).times(Tex.call("\\mathbf{1}_{#1 = #2}", Tex.atom("j").and(in[1].entry("i")))))
                    .minus(share(in[0])), Tex.number(0)};
        }
    }

    /**
     * Cross-entropy of class scores with a distribution q per row: −Σⱼ qⱼ ln softmax(z)ⱼ, [n, classes] × [n, classes] →
     * [n]; its gradient in z is softmax(z) Σⱼ qⱼ − q.
     */
    public record CrossEntropyWithDistribution() implements Op {
        @Override
        public String name() {
            return "crossEntropy with a distribution";
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[0].rank() != 2 || !in[0].equals(in[1])) {
                throw ShapeException.of(name(), "do not fit", "scores and distributions are both [samples, classes]",
                        in[0], in[1]);
            }
            return new Shape(in[0].dim(0));
        }

        @Override
        public Tensor forward(Tensor... in) {
            return in[1].times(in[0].logSoftmax(-1)).sum(-1).neg();
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var column = d.reshape(-1, 1);
            return new Tensor[] {in[0].softmax(-1).times(in[1].sum(true, -1)).minus(in[1]).times(column),
                in[0].logSoftmax(-1).times(column).neg()};
        }

        @Override
        public Tex tex(Tex... in) {
            return in[1].sub("ij").times(Tex.call("\\ln", softmax(in[0]).sub("ij"))).total("\\sum_{j}").neg();
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {softmax(in[0]).sub("ij").times(in[1].sub("ik").total("\\sum_{k}")).minus(in[1].sub("ij")),
                Tex.call("\\ln", softmax(in[0]).sub("ij")).neg()};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            var local = localTex(in, out);
            return new Tex[] {d.sub("i").times(local[0]), d.sub("i").times(local[1])};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.<Tensor[]>of(Samples.of(Samples.normal(3, 4), Samples.normal(4, 3).t().softmax(-1)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(3, 4), new Shape(3)}, {new Shape(3, 4), new Shape(4, 3)}});
        }
    }

    /**
     * Binary cross-entropy of a score z with a target t in [0, 1], elementwise: −t ln σ(z) − (1−t) ln(1−σ(z)), computed as
     * softplus(z) − z t; its gradient in z is σ(z) − t.
     */
    public record BceWithLogits() implements Op {
        @Override
        public String name() {
            return "bceWithLogits";
        }

        @Override
        public Shape shape(Shape... in) {
            if (!in[0].equals(in[1])) {
                throw ShapeException.of("bceWithLogits", "differ", "scores and targets need the same shape: "
                        + "targets.reshape(" + in[0].toString().replaceAll("[\\[\\]]", "") + ")", in[0], in[1]);
            }
            return in[0];
        }

        @Override
        public Tensor forward(Tensor... in) {
            return in[0].softplus().minus(in[0].times(in[1]));
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {d.times(in[0].sigmoid().minus(in[1])), d.times(in[0]).neg()};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\ln", Tex.number(1).plus(Tex.atom("e").pow(in[0]))).minus(in[0].odot(in[1]));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.call("\\sigma", in[0]).minus(in[1]), in[0].neg()};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 4), Samples.normal(3, 4).sigmoid()),
                    Samples.of(Samples.normal(), Samples.normal().sigmoid()));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(3, 1), new Shape(3)}});
        }
    }
}
