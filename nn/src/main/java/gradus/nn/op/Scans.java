package gradus.nn.op;

import gradus.nn.DType;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import gradus.nn.tex.Tex;
import java.util.Arrays;
import java.util.List;

/** Results that carry on from element to element along an axis. */
public final class Scans {

    private Scans() {
    }

    /** y_i = Σ x_j over j ≤ i along an axis; with {@code backward} over j ≥ i, which is the gradient of the first. */
    public record CumulativeSum(int axis, boolean backward) implements Op {
        @Override
        public String name() {
            return "cumsum";
        }

        @Override
        public Shape shape(Shape... in) {
            return in[0].with(axis, in[0].dim(axis));   // refuses an axis that does not exist
        }

        @Override
        public Tensor forward(Tensor... in) {
            var along = Along.of(in[0].shape(), axis);
            boolean down = backward;
            return host(name(), in[0].shape(), in[0].dtype(), (from, to) -> {
                var x = numbers(from[0]);
                for (int o = 0; o < along.outer(); o++) {
                    for (int i = 0; i < along.inner(); i++) {
                        double sum = 0;   // of float32 as well: then every partial sum is rounded once
                        for (int step = 0; step < along.n(); step++) {
                            int at = (o * along.n() + (down ? along.n() - 1 - step : step)) * along.inner() + i;
                            sum += x[at];
                            x[at] = sum;
                        }
                    }
                }
                store(x, to[0]);
            }, in);
        }

        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            return new Tensor[] {Tensor.apply(new CumulativeSum(axis, !backward), d)};
        }

        @Override
        public Tex tex(Tex... in) {
            return sum(in[0], backward);
        }

        private Tex sum(Tex x, boolean down) {
            int at = x.shape().axis(axis);
            var index = Tex.indices(x.shape().rank());
            var running = index.substring(0, at) + "m" + index.substring(at + 1);
            return Tex.call("\\mathbf{1}_{#1 " + (down ? "\\ge" : "\\le") + " #2}", Tex.atom("m").and(Tex.atom(index.substring(at, at + 1))))
                    .times(x.entry(String.join(", ", running.split("")))).total("\\sum_{m}");
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {Tex.number(1)};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            return new Tex[] {sum(d, !backward)};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 4)), Samples.of(Samples.normal(4, 3).t()), Samples.of(Samples.normal(0, 2)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{Shape.SCALAR}});
        }
    }

    /**
     * The linear recurrence y_i = a_i y_{i−1} + b_i along the last axis, y before the first being 0. Of it are made running
     * products and moving averages; unlike the division y_i / x_i its gradient needs no a ≠ 0. Inputs a and b of one shape.
     */
    public record Recurrence() implements Op {
        @Override
        public String name() {
            return "recurrence";
        }

        @Override
        public Shape shape(Shape... in) {
            if (in[0].rank() == 0 || !in[0].equals(in[1])) {
                throw ShapeException.of("recurrence", "do not fit", "give a factor and a term for each step", in[0], in[1]);
            }
            return in[0];
        }

        @Override
        public Tensor forward(Tensor... in) {
            int n = in[0].shape().dim(-1);
            return host(name(), in[0].shape(), in[0].dtype(), (from, to) -> {
                for (int at = 0; at < to[0].length(); at++) {
                    double before = at % n == 0 ? 0 : to[0].get(at - 1);
                    to[0].set(at, from[0].get(at) * before + from[1].get(at));
                }
            }, in);
        }

        /** δb runs backwards by the same law, r_i = a_{i+1} r_{i+1} + δ_i; δa_i = r_i y_{i−1}. */
        @Override
        public Tensor[] vjp(Tensor[] in, Tensor out, Tensor d) {
            int n = out.shape().dim(-1);
            if (n == 0) {
                return new Tensor[] {d, d};
            }
            var next = Tensor.apply(new Slicing.Inset(-1, 0, 1, n), in[0].slice(-1, 1, n));
            var r = Tensor.apply(new Recurrence(), next.flip(-1), d.flip(-1)).flip(-1);
            var before = Tensor.apply(new Slicing.Inset(-1, 1, 1, n), out.slice(-1, 0, n - 1));
            return new Tensor[] {r.times(before), r};
        }

        @Override
        public Formulas formulas() {
            return Formulas.NAMES;
        }

        @Override
        public Tex tex(Tex... in) {
            return Tex.call("\\operatorname{recurrence}", in[0].and(in[1]));
        }

        @Override
        public Tex[] localTex(Tex[] in, Tex out) {
            return new Tex[] {out.sub("i-1"), Tex.number(1)};
        }

        @Override
        public Tex[] backTex(Tex[] in, Tex out, Tex d) {
            var r = Tex.call("\\operatorname{recurrence}", in[0].sub("i+1").and(d));
            return new Tex[] {r.odot(out.sub("i-1")), r};
        }

        @Override
        public List<Tensor[]> samples() {
            return List.of(Samples.of(Samples.normal(3, 4), Samples.normal(4, 3).t()), Samples.of(Samples.normal(5).times(0), Samples.normal(5)),
                    Samples.of(Samples.normal(2, 0), Samples.normal(2, 0)));
        }

        @Override
        public List<Shape[]> misfits() {
            return List.of(new Shape[][] {{new Shape(3), new Shape(4)}, {Shape.SCALAR, Shape.SCALAR}});
        }
    }

    /** The numbers of a buffer, copied once: asking it for each took 60 ns. */
    static double[] numbers(Buffer x) {
        return switch (x.array()) {
            case float[] floats -> {
                var numbers = new double[floats.length];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = floats[i];
                }
                yield numbers;
            }
            case int[] ints -> Arrays.stream(ints).asDoubleStream().toArray();
            case Object doubles -> ((double[]) doubles).clone();
        };
    }

    private static void store(double[] numbers, Buffer to) {
        switch (to.array()) {
            case float[] floats -> {
                for (int i = 0; i < numbers.length; i++) {
                    floats[i] = (float) numbers[i];
                }
            }
            case Object doubles -> System.arraycopy(numbers, 0, doubles, 0, numbers.length);
        }
    }

    /** A tensor that a function in Java computes from the dense memory of others. */
    static Tensor host(String name, Shape shape, DType dtype, Kernel.HostFunction function, Tensor... in) {
        var buffers = new Buffer[in.length];
        for (int i = 0; i < in.length; i++) {
            buffers[i] = in[i].dense().buffer();
        }
        var out = Buffer.allocate(dtype, shape.size());
        Backend.current().run(new Kernel.Host(name, buffers, new Buffer[] {out}, function));
        return Tensor.dense(shape, out);
    }
}
