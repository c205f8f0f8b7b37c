package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Buffer;
import gradus.nn.tex.Tex;
import java.util.List;

/**
 * Losses that are one operation because the whole is more accurate, and its gradient simpler, than the chain it stands
 * for; each equals that chain, which its description gives.
 */
public final class Losses {

    private Losses() {
    }

    /**
     * Cross-entropy of class scores with the true class of each row: −ln softmax(z)_c, [n, classes] → [n]. Stands for
     * {@code logSoftmax} and a choice; its gradient is softmax(z) − 1_c.
     *
     * @param classes the true class of each row
     */
    public record CrossEntropy(int... classes) implements Op {
        @Override
        public String name() {
            return "crossEntropy";
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[0].rank() != 2 || in[0].dim(0) != classes.length) {
                throw ShapeException.of("crossEntropy", "and " + classes.length + " labels do not fit",
                        "scores are [samples, classes], with one label per sample", in[0]);
            }
            for (int c : classes) {
                if (c < 0 || c >= in[0].dim(1)) {
                    throw ShapeException.of("crossEntropy", "has no class " + c, "labels go from 0 to "
                            + (in[0].dim(1) - 1) + "; the last layer needs one output per class", in[0]);
                }
            }
            return new Shape(classes.length);
        }

        @Override
        public Tensor forward(Tensor... in) {
            var logP = in[0].logSoftmax(-1);
            var out = Buffer.allocate(in[0].dtype(), classes.length);
            int n = in[0].shape().dim(1);
            for (int i = 0; i < classes.length; i++) {
                out.set(i, -logP.buffer().get(i * n + classes[i]));
            }
            return Tensor.dense(new Shape(classes.length), out);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            var p = in[0].softmax(-1);
            return new Tensor[] {p.minus(oneHot(in[0])).times(d.reshape(-1, 1))};
        }

        private Tensor oneHot(Tensor scores) {
            var hot = Buffer.allocate(scores.dtype(), scores.size());
            for (int i = 0; i < classes.length; i++) {
                hot.set(i * scores.shape().dim(1) + classes[i], 1);
            }
            return Tensor.dense(scores.shape(), hot);
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\ln", Tex.call("\\operatorname{softmax}", in[0]).sub("c")).neg();
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.call("\\operatorname{softmax}", in[0]).minus(Tex.atom("\\mathbf{1}_{c}"))};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(classes.length, 4)),
                    Samples.of(Samples.normal(5, classes.length).t()));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(classes.length + 1, 4)}, {new Shape(classes.length, 1)},
                {new Shape(classes.length)}});
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
            return Tex.atom("\\sum_{j} " + in[1].sub("j") + " "
                    + Tex.call("\\ln", Tex.call("\\operatorname{softmax}", in[0]).sub("j"))).neg();
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.call("\\operatorname{softmax}", in[0]).minus(in[1]),
                Tex.call("\\ln", Tex.call("\\operatorname{softmax}", in[0])).neg()};
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
