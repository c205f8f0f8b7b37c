package gradus.nn.op;

import gradus.nn.DType;
import gradus.nn.Linalg;
import gradus.nn.Shape;
import gradus.nn.ShapeException;
import gradus.nn.Tensor;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import gradus.nn.linalg.LinalgException;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/** What the operations of linear algebra share: matrices are the last two axes, those before count them, a batch. */
final class Matrices {

    private Matrices() {
    }

    /** A function of matrices; each given and returned row by row. */
    @FunctionalInterface
    interface Function {

        double[] of(double[]... matrices);
    }

    /**
     * The function of the matrices at each index of the batch, whose axes broadcast. It computes in float64; the result is
     * rounded when the inputs are float32.
     *
     * @param shape the shape of the whole result, with {@code axes} axes after those of the batch
     */
    static Tensor each(String name, Shape shape, int axes, Function function, Tensor... in) {
        var batch = Arrays.copyOf(shape.dims(), shape.rank() - axes);
        int count = new Shape(batch).size();
        var buffers = Arrays.stream(in).map(x -> x.broadcastTo(shape(batch, x.shape().dim(-2), x.shape().dim(-1))).dense()
                .buffer()).toArray(Buffer[]::new);
        var result = Buffer.allocate(in[0].dtype(), shape.size());
        Backend.current().run(new Kernel.Host(name, buffers, new Buffer[] {result}, (from, to) -> {
            for (int i = 0; i < count; i++) {
                int index = i;
                var matrices = Arrays.stream(from).map(x -> part(x, index, count)).toArray(double[][]::new);
                try {
                    put(function.of(matrices), to[0], index * (to[0].length() / count));
                } catch (LinalgException e) {
                    throw e.during(count == 1 ? name : name + " of matrix " + index + " of " + count);
                }
            }
        }));
        return Tensor.dense(shape, result);
    }

    private static double[] part(Buffer x, int index, int count) {
        int n = x.length() / count;
        if (x.dtype() == DType.FLOAT64) {
            return Arrays.copyOfRange(x.doubles(), index * n, index * n + n);
        }
        var floats = x.floats();
        var part = new double[n];
        for (int i = 0; i < n; i++) {
            part[i] = floats[index * n + i];
        }
        return part;
    }

    private static void put(double[] values, Buffer x, int at) {
        if (x.dtype() == DType.FLOAT64) {
            System.arraycopy(values, 0, x.doubles(), at, values.length);
        } else {
            var floats = x.floats();
            for (int i = 0; i < values.length; i++) {
                floats[at + i] = (float) values[i];
            }
        }
    }

    /** These axes and then those. */
    static Shape shape(int[] batch, int... dims) {
        var all = Arrays.copyOf(batch, batch.length + dims.length);
        System.arraycopy(dims, 0, all, batch.length, dims.length);
        return new Shape(all);
    }

    /** The axes before the last two; throws {@link ShapeException} when there are not two. */
    static int[] batch(String operation, Shape shape) {
        if (shape.rank() < 2) {
            throw ShapeException.of(operation, "is no matrix",
                    "a vector becomes a column by reshape(-1, 1) and a row by reshape(1, -1)", shape);
        }
        return Arrays.copyOf(shape.dims(), shape.rank() - 2);
    }

    /** The axes before the last two; throws {@link ShapeException} unless these are equal. */
    static int[] batchOfSquare(String operation, Shape shape) {
        var batch = batch(operation, shape);
        if (shape.dim(-1) != shape.dim(-2)) {
            throw ShapeException.of(operation, "is not square", "a.t().matmul(a) is square; for systems that are not"
                    + " there are Linalg.lstsq and Linalg.pinv", shape);
        }
        return batch;
    }

    /**
     * (A + Aᵀ)/2 of an n × n matrix; throws unless it is A up to 1e-4 of the largest element, which leaves room for sums in
     * float32.
     */
    static double[] symmetric(double[] a, int n) {
        double largest = Arrays.stream(a).map(Math::abs).max().orElse(0);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                if (Math.abs(a[i * n + j] - a[j * n + i]) > 1e-4 * largest) {
                    throw new LinalgException("the matrix [" + n + ", " + n + "] is not symmetric: [" + i + ", " + j + "] is "
                            + a[i * n + j] + ", [" + j + ", " + i + "] is " + a[j * n + i],
                            "a.plus(a.t()).times(0.5) is symmetric; eigenvalues of any matrix are Linalg.eigvals(a)");
                }
                a[i * n + j] = 0.5 * (a[i * n + j] + a[j * n + i]);
                a[j * n + i] = a[i * n + j];
            }
        }
        return a;
    }

    /** A constant matrix whose element [i, j] is f(i, j). */
    static Tensor constant(int rows, int columns, DType dtype, DoubleBinaryOperator f) {
        var buffer = Buffer.allocate(dtype, rows * columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                buffer.set(i * columns + j, f.applyAsDouble(i, j));
            }
        }
        return Tensor.dense(new Shape(rows, columns), buffer);
    }

    /** The lower triangle with the diagonal times {@code diagonal}, zeros above. */
    static Tensor lower(Tensor x, double diagonal) {
        return x.times(constant(x.shape().dim(-2), x.shape().dim(-1), x.dtype(), (i, j) -> i > j ? 1 : i == j ? diagonal : 0));
    }

    /** The upper triangle with the diagonal, zeros below. */
    static Tensor upper(Tensor x) {
        return x.times(constant(x.shape().dim(-2), x.shape().dim(-1), x.dtype(), (i, j) -> i <= j ? 1 : 0));
    }

    /** A number for each matrix, [..], as matrices of one element, [.., 1, 1]. */
    static Tensor scalars(Tensor x) {
        return x.reshape(shape(x.shape().dims(), 1, 1).dims());
    }

    /** The sum over each matrix, [.., 1, 1]. */
    static Tensor sum(Tensor x) {
        return x.sum(true, -2, -1);
    }

    /** Matrices with a safe inverse. */
    static Tensor regular(int... dims) {
        var x = Samples.normal(dims);
        return x.times(0.3).plus(Linalg.eye(x.shape().dim(-1), DType.FLOAT64));
    }

    /** Symmetric matrices with eigenvalues well apart and above 0. */
    static List<Tensor[]> symmetricSamples() {
        return List.of(Samples.of(symmetric(4, 4)), Samples.of(symmetric(2, 3, 3)), Samples.of(symmetric(1, 1)),
                Samples.of(symmetric(0, 0)));
    }

    private static Tensor symmetric(int... dims) {
        var x = Samples.normal(dims).times(0.1);
        return x.plus(x.t()).plus(constant(x.shape().dim(-1), x.shape().dim(-1), DType.FLOAT64, (i, j) -> i == j ? i + 1 : 0));
    }

    /** Singular values well apart: diagonal 1, 2, 3, … and something small elsewhere. */
    static Tensor rectangular(int... dims) {
        var x = Samples.normal(dims);
        return x.times(0.2).plus(constant(x.shape().dim(-2), x.shape().dim(-1), DType.FLOAT64, (i, j) -> i == j ? i + 1 : 0));
    }

    static List<Shape[]> notSquare() {
        return List.of(new Shape[][] {{new Shape(2, 3)}, {new Shape(3)}, {new Shape(3, 3, 2)}});
    }
}
