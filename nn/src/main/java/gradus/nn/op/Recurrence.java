package gradus.nn.op;

import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import gradus.nn.grad.Gradients;
import gradus.nn.tex.Tex;
import java.util.List;

/** Whole sequences as one operation, where steps by themselves would be too small to be fast. */
public final class Recurrence {

    private Recurrence() {
    }

    /**
     * The hidden states of an LSTM: from t = 0 on, with gates in the order i, f, g, o, i, f, o = σ(z_t + W h), g = tanh(z_t + W
     * h), c ← f c + i g, h ← o tanh c. Stands for {@link #unfused}.
     *
     * <p>Inputs: z [batch, time, 4 hidden], what the gates get from the step's input; W [4 hidden, hidden]; the state before
     * [batch, 2 hidden], h and then c. Result: all h, [batch, time, hidden].
     *
     * @param withCell whether the last c follows behind the last h, [batch, time + 1, hidden]
     */
    public record Lstm(boolean withCell) implements Op {

        /** The state after one step, by single operations: z [batch, 4 hidden], the state [batch, 2 hidden]. */
        public static Tensor next(Tensor z, Tensor weight, Tensor state) {
            int n = weight.shape().dim(1);
            var gates = z.plus(state.slice(1, 0, n).matmul(weight.t()));
            var c = gates.slice(1, n, 2 * n).sigmoid().times(state.slice(1, n, 2 * n))
                    .plus(gates.slice(1, 0, n).sigmoid().times(gates.slice(1, 2 * n, 3 * n).tanh()));
            return Tensor.concat(1, gates.slice(1, 3 * n, 4 * n).sigmoid().times(c.tanh()), c);
        }

        /** The same result step by step. */
        public Tensor unfused(Tensor z, Tensor weight, Tensor state) {
            int n = weight.shape().dim(1);
            int time = z.shape().dim(1);
            var out = new Tensor[withCell ? time + 1 : time];
            for (int t = 0; t < time; t++) {
                state = next(z.slice(1, t, t + 1).reshape(z.shape().dim(0), 4 * n), weight, state);
                out[t] = state.slice(1, 0, n);
            }
            if (withCell) {
                out[time] = state.slice(1, n, 2 * n);
            }
            return Tensor.stack(1, out);
        }

        @Override
        public String name() {
            return "lstm";
        }

        @Override
        public Shape shape(Shape... in) {
            int n = in[1].rank() == 2 ? in[1].dim(1) : -1;
            if (in[0].rank() != 3 || n < 0 || in[1].dim(0) != 4 * n || in[0].dim(2) != 4 * n
                    || !in[2].equals(new Shape(in[0].dim(0), 2 * n)) || in[0].dim(1) == 0) {
                throw ShapeException.of(name(), "do not fit", "gates [batch, time, 4 hidden], a weight [4 hidden, hidden], a state"
                        + " [batch, 2 hidden], at least one step", in[0], in[1], in[2]);
            }
            return new Shape(in[0].dim(0), in[0].dim(1) + (withCell ? 1 : 0), n);
        }

        @Override
        public Tensor forward(Tensor... in) {
            int batch = in[0].shape().dim(0);
            int time = in[0].shape().dim(1);
            int n = in[1].shape().dim(1);
            var before = like(in[0], batch, time, n);
            var h = like(in[0], batch, time, n);
            var c = like(in[0], batch, time, n);
            var tanhC = like(in[0], batch, time, n);
            var gates = like(in[0], batch, time, 4 * n);
            Backend.current().run(new Kernel.Lstm(in[0].dense().buffer(), in[1].dense().buffer(), in[2].dense().buffer(),
                    before.buffer(), h.buffer(), c.buffer(), tanhC.buffer(), gates.buffer(), batch, time, n));
            var out = withCell ? Tensor.concat(1, h, c.slice(1, time - 1, time)) : h;
            return out.keeping(c, tanhC, gates, before);
        }

        private static Tensor like(Tensor x, int... dims) {
            return Tensor.dense(new Shape(dims), Buffer.allocate(x.dtype(), new Shape(dims).size()));
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            if (Gradients.recording()) {
                return Gradients.vjp(x -> unfused(x[0], x[1], x[2]), in, d);
            }
            int batch = in[0].shape().dim(0);
            int time = in[0].shape().dim(1);
            int n = in[1].shape().dim(1);
            var dh = withCell ? d.slice(1, 0, time) : d;
            var dc = withCell ? d.slice(1, time, time + 1) : Tensor.full(0, new Shape(batch, n), d.dtype());
            var dz = like(d, batch, time, 4 * n);
            var dState = like(d, batch, 2 * n);
            var kept = out.kept();
            Backend.current().run(new Kernel.LstmBack(in[1].dense().buffer(), in[2].dense().buffer(), kept[0].buffer(), kept[1].buffer(),
                    kept[2].buffer(), dh.dense().buffer(), dc.dense().buffer(), dz.buffer(), dState.buffer(), batch, time, n));
            return new Tensor[] {dz, in[1].requiresGrad() ? dz.reshape(-1, 4 * n).t().matmul(kept[3].reshape(-1, n)) : null, dState};
        }

        @Override
        public Formulas formulas() {
            return Formulas.NAMES;
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.atom("\\operatorname{lstm}\\left(" + in[0] + ", " + in[1] + ", " + in[2] + "\\right)");
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.atom("\\frac{\\partial h}{\\partial z}"), Tex.atom("\\frac{\\partial h}{\\partial W}"),
                Tex.atom("\\frac{\\partial h}{\\partial s}")};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(2, 3, 8), Samples.normal(8, 2), Samples.normal(2, 4)),
                    Samples.of(Samples.normal(1, 1, 4), Samples.normal(1, 4).t(), Samples.normal(1, 2)),
                    Samples.of(Samples.normal(0, 2, 4), Samples.normal(4, 1), Samples.normal(0, 2)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(2, 3, 8), new Shape(8, 3), new Shape(2, 4)},
                {new Shape(2, 8), new Shape(8, 2), new Shape(2, 4)}, {new Shape(2, 0, 8), new Shape(8, 2), new Shape(2, 4)}});
        }
    }
}
