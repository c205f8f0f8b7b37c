package gradus.nn.init;

import gradus.nn.Layer;
import gradus.nn.Seed;
import gradus.nn.Tensor;
import java.util.function.DoubleSupplier;

/**
 * A law that initial weights are drawn from, so that signals and gradients keep their size from layer to layer.
 *
 * <p>Of a weight [out, in, window…], n_in is in · window, the number of terms in each output, and n_out is out · window.
 */
public sealed interface Initializer {

    /** The variance of a weight with these sizes. */
    double variance(int in, int out);

    /** Uniform on ±√(6/(n_in + n_out)), which has variance 2/(n_in + n_out): for tanh and sigmoid (Glorot and Bengio 2010). */
    record XavierUniform() implements Uniform {
        @Override
        public double variance(int in, int out) {
            return 2.0 / (in + out);
        }

        @Override
        public String toString() {
            return "uniform on ±√(6/(n_in + n_out))";
        }
    }

    /** Normal with variance 2/(n_in + n_out) (Glorot and Bengio 2010). */
    record XavierNormal() implements Initializer {
        @Override
        public double variance(int in, int out) {
            return 2.0 / (in + out);
        }

        @Override
        public String toString() {
            return "normal with variance 2/(n_in + n_out)";
        }
    }

    /** Uniform on ±√(6/n_in), which has variance 2/n_in: for ReLU (He et al. 2015). */
    record HeUniform() implements Uniform {
        @Override
        public double variance(int in, int out) {
            return 2.0 / in;
        }

        @Override
        public String toString() {
            return "uniform on ±√(6/n_in)";
        }
    }

    /** Normal with variance 2/n_in: for ReLU (He et al. 2015). */
    record HeNormal() implements Initializer {
        @Override
        public double variance(int in, int out) {
            return 2.0 / in;
        }

        @Override
        public String toString() {
            return "normal with variance 2/n_in";
        }
    }

    /** Normal with variance 1/n_in (LeCun et al. 1998), which some texts call Xavier's. */
    record LeCunNormal() implements Initializer {
        @Override
        public double variance(int in, int out) {
            return 1.0 / in;
        }

        @Override
        public String toString() {
            return "normal with variance 1/n_in";
        }
    }

    /** Uniform on ±1/√n_in: what PyTorch's layers begin with. */
    record FanIn() implements Uniform {
        @Override
        public double variance(int in, int out) {
            return 1.0 / (3 * in);
        }

        @Override
        public String toString() {
            return "uniform on ±1/√n_in";
        }
    }

    /** Normal with this standard deviation, whatever the sizes. */
    record Normal(double standardDeviation) implements Initializer {
        @Override
        public double variance(int in, int out) {
            return standardDeviation * standardDeviation;
        }

        @Override
        public String toString() {
            return "normal with standard deviation " + standardDeviation;
        }
    }

    /** All zeros: a unit then equals its neighbours and learns what they learn; for last layers and biases. */
    record Zeros() implements Initializer {
        @Override
        public double variance(int in, int out) {
            return 0;
        }

        @Override
        public String toString() {
            return "zeros";
        }
    }

    /**
     * A random matrix [out, in · window] with orthonormal rows, or columns where there are fewer of those, times a gain: it
     * keeps lengths (Saxe, McClelland and Ganguli 2014).
     */
    record Orthogonal(double gain) implements Initializer {
        @Override
        public double variance(int in, int out) {
            return gain * gain / Math.max(in, out);
        }

        @Override
        public void fill(Tensor weight, Seed.Stream random) {
            int rows = weight.shape().dim(0);
            int columns = weight.size() / Math.max(1, rows);
            int count = Math.min(rows, columns);
            int length = Math.max(rows, columns);
            var basis = new double[count][length];
            for (int i = 0; i < count; i++) {
                draw(basis, i, random);
            }
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < length; j++) {
                    weight.buffer().set(rows <= columns ? i * columns + j : j * columns + i, gain * basis[i][j]);
                }
            }
        }

        /** A random direction, made orthogonal to those before it; twice, since once leaves rounding behind (Gram and Schmidt). */
        private static void draw(double[][] basis, int i, Seed.Stream random) {
            var row = basis[i];
            for (int j = 0; j < row.length; j++) {
                row[j] = random.normal();
            }
            for (int pass = 0; pass < 2; pass++) {
                for (int k = 0; k < i; k++) {
                    double along = dot(basis[k], row);
                    for (int j = 0; j < row.length; j++) {
                        row[j] -= along * basis[k][j];
                    }
                }
            }
            double length = Math.sqrt(dot(row, row));
            for (int j = 0; j < row.length; j++) {
                row[j] /= length;
            }
        }

        private static double dot(double[] a, double[] b) {
            double sum = 0;
            for (int j = 0; j < a.length; j++) {
                sum += a[j] * b[j];
            }
            return sum;
        }

        @Override
        public String toString() {
            return "orthogonal" + (gain == 1 ? "" : " times " + gain);
        }
    }

    /** The laws that are uniform on ±√(3 variance). */
    sealed interface Uniform extends Initializer {
    }

    /** Draws every number of a parameter anew. */
    default void fill(Tensor weight, Seed.Stream random) {
        var shape = weight.shape();
        int window = 1;
        for (int axis = 2; axis < shape.rank(); axis++) {
            window *= shape.dim(axis);
        }
        int in = Math.max(1, shape.rank() < 2 ? weight.size() : shape.dim(1) * window);
        int out = shape.rank() < 2 ? in : shape.dim(0) * window;
        double deviation = Math.sqrt(variance(in, out));
        fill(weight, this instanceof Uniform ? () -> deviation * Math.sqrt(3) * (2 * random.uniform() - 1)
                : () -> deviation * random.normal());
    }

    /** Sets every number of a parameter to the next that is drawn. */
    static void fill(Tensor parameter, DoubleSupplier numbers) {
        for (int i = 0; i < parameter.size(); i++) {
            parameter.buffer().set(i, numbers.getAsDouble());
        }
    }

    /**
     * Draws all weights of a net anew, those with at least two axes, each from the seed's stream of its name; biases and
     * scales stay. Returns the net.
     */
    default <L extends Layer> L applyTo(L net, Seed seed) {
        net.namedParameters().forEach((name, parameter) -> {
            if (parameter.rank() >= 2) {
                fill(parameter, seed.stream(name));
            }
        });
        return net;
    }
}
