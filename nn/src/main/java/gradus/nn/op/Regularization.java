package gradus.nn.op;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Expr;
import gradus.nn.backend.Kernel;
import gradus.nn.tex.Tex;
import java.util.List;

/**
 * Random numbers inside of computations, and what dropout does with them. The generator is counter-based: its whole state is
 * an int32 tensor of a key and a counter, [4], so a recorded step draws new numbers at every replay.
 */
public final class Regularization {

    private Regularization() {
    }

    /** Uniform numbers in [0, 1); the state moves on. */
    public static Tensor uniform(Tensor state, Shape shape, DType dtype) {
        var numbers = Tensor.apply(new Uniform(shape, dtype), state);
        state.assign(Tensor.apply(new Advance((shape.size() + 3) / 4), state));
        return numbers;
    }

    private static void checkState(String name, Shape state) {
        if (!state.equals(new Shape(4))) {
            throw ShapeException.of(name, "is no state of the generator", "a state is made by Seed.state(purpose)", state);
        }
    }

    /** An operation on the generator's state. */
    private interface OfState extends WithoutGradient {

        @Override
        default boolean takesIndices(int i) {
            return true;
        }

        @Override
        default boolean twiceDifferentiable() {
            return false;
        }

        @Override
        default List<Tensor[]> samples() {
            return List.of(Samples.of(Tensor.indices(new Shape(4), 7, -8, 5, 0)),
                    Samples.of(Tensor.indices(new Shape(4), 0, 0, -1, 1)));
        }

        @Override
        default List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(3)}, {new Shape(2, 2)}});
        }
    }

    /** Uniform numbers in [0, 1), which this state of the generator gives. */
    public record Uniform(Shape shape, DType dtype) implements OfState {
        @Override
        public String name() {
            return "uniform";
        }

        @Override
        public Shape shape(Shape... in) {
            checkState(name(), in[0]);
            return shape;
        }

        @Override
        public Tensor forward(Tensor... in) {
            var out = Buffer.allocate(dtype, shape.size());
            Backend.current().run(new Kernel.Uniform(in[0].dense().buffer(), out));
            return Tensor.dense(shape, out);
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.atom("u");
        }
    }

    /** The state of the generator so many blocks of four numbers later. */
    public record Advance(int blocks) implements OfState {
        @Override
        public String name() {
            return "advance";
        }

        @Override
        public Shape shape(Shape... in) {
            checkState(name(), in[0]);
            return in[0];
        }

        @Override
        public Tensor forward(Tensor... in) {
            var out = Buffer.allocate(DType.INT32, 4);
            int count = blocks;
            Backend.current().run(new Kernel.Host(name(), new Buffer[] {in[0].dense().buffer()}, new Buffer[] {out}, (from, to) -> {
                var state = from[0].ints();
                long counter = (Integer.toUnsignedLong(state[2]) | (long) state[3] << 32) + count;
                to[0].ints()[0] = state[0];
                to[0].ints()[1] = state[1];
                to[0].ints()[2] = (int) counter;
                to[0].ints()[3] = (int) (counter >>> 32);
            }));
            return Tensor.dense(in[0].shape(), out);
        }

        @Override
        public Tex tex(Tex... in) {
            return in[0].plus(Tex.number(blocks));
        }
    }

    /**
     * Inverted dropout of x by uniform numbers u: x/(1 − p) where u ≥ p, else 0. The mean over u is x, so nothing needs to be
     * scaled in use.
     *
     * @param p the probability of a 0
     */
    public record Drop(double p) implements Pointwise.OfTwo {

        private Expr kept(Expr u, Expr value) {
            return u.ge(Expr.constant(p)).select(value, Expr.ZERO);
        }

        private double scale() {
            return p < 1 ? 1 / (1 - p) : 0;
        }

        @Override
        public String name() {
            return "dropout";
        }

        @Override
        public Expr value(Expr x, Expr u) {
            return kept(u, x.times(scale()));
        }

        @Override
        public Expr[] derivatives(Expr[] x, Expr y) {
            return new Expr[] {kept(x[1], Expr.constant(scale())), Expr.ZERO};
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.number(scale()).times(in[0]).odot(mask(in[1]));
        }

        private Tex mask(Tex u) {
            return Tex.atom("\\mathbf{1}_{" + u + " \\ge " + Tex.number(p) + "}");
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(scale()).times(mask(in[1])), Tex.number(0)};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 4), Samples.normal(3, 4).sigmoid()),
                    Samples.of(Samples.normal(2, 3, 4), Samples.normal(2, 3, 1).sigmoid()),
                    Samples.of(Samples.normal(4, 3).t(), Samples.normal(3, 4).sigmoid()), Samples.of(Samples.normal(0), Samples.normal(0)));
        }
    }
}
