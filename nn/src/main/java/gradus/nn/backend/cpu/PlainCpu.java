package gradus.nn.backend.cpu;

import gradus.nn.DType;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Fn;
import gradus.nn.backend.Kernel;
import gradus.nn.backend.Kernel.Reduction;
import gradus.nn.backend.Kernel.RowFunction;
import java.util.Arrays;

/**
 * All kernels in plain Java: the reference that faster code must equal to the bit in float32, the whole of what computes in
 * float64, and the fallback without the Vector API.
 */
class PlainCpu implements Backend {

    /** Partial sums of float32 run in this many lanes, whatever the hardware's width, and then pairwise. */
    static final int LANES = 16;
    /** After this many elements the lanes go into a float64 total. */
    static final int SUM_BLOCK = 2048;
    /** Products are summed from 0 over this many terms at a time, and the blocks in order. */
    static final int K_BLOCK = 768;

    @Override
    public String name() {
        return "cpu (plain Java)";
    }

    @Override
    public final void run(Kernel kernel) {
        switch (kernel) {
            case Kernel.Map map -> map(map);
            case Kernel.Reduce reduce -> reduce(reduce);
            case Kernel.RowWise rowWise -> rowWise(rowWise);
            case Kernel.MatMul product -> matmul(product);
            case Kernel.Copy copy -> Copying.run(copy);
            case Kernel.Gather gather -> Gathering.run(gather);
            case Kernel.ScatterAdd scatter -> Gathering.run(scatter);
            case Kernel.Convolution convolution -> convolve(convolution);
            case Kernel.MaxPositions max -> maxPositions(max);
            case Kernel.WindowSum sum -> windowSum(sum);
            case Kernel.Standardize standardize -> new Standardization(this, standardize).run();
            case Kernel.Uniform uniform -> Philox.uniform(uniform);
            case Kernel.Lstm lstm -> lstm(lstm);
            case Kernel.LstmBack lstm -> lstmBack(lstm);
            case Kernel.Host(_, var in, var out, var function) -> function.compute(in, out);
        }
        for (var written : kernel.writes()) {
            written.arrayChanged();
        }
    }

    void map(Kernel.Map map) {
        var program = map.program();
        boolean single = map.out()[0].dtype() == DType.FLOAT32;
        var registers = new double[program.registers()];
        int rows = map.rows();
        int firstStep = program.inputs() + program.constants();
        for (int i = 0; i < program.constants(); i++) {
            registers[program.inputs() + i] = single ? (float) program.constant(i) : program.constant(i);
        }
        for (int o = 0; o < rows; o++) {
            for (int i = 0; i < map.inner(); i++) {
                for (int r = 0; r < program.inputs(); r++) {
                    var x = map.in()[r];
                    registers[r] = x.buffer().get(x.start(o, map.outer()) + i * x.innerStride());
                }
                for (int s = 0; s < program.steps(); s++) {
                    var step = program.step(s);
                    double a = registers[step.a()];
                    double b = registers[step.b()];
                    double c = registers[step.c()];
                    registers[firstStep + s] = single ? Scalars.apply(step.f(), (float) a, (float) b, (float) c)
                            : Scalars.apply(step.f(), a, b, c);
                }
                for (int k = 0; k < map.out().length; k++) {
                    map.out()[k].set(o * map.inner() + i, registers[program.output(k)]);
                }
            }
        }
    }

    void reduce(Kernel.Reduce r) {
        for (int o = 0; o < r.outer(); o++) {
            for (int i = 0; i < r.inner(); i++) {
                int from = o * r.n() * r.inner() + i;
                r.out().set(o * r.inner() + i, r.reduction() != Reduction.SUM ? fold(r, from)
                        : r.in().dtype() == DType.FLOAT64 ? sumInOrder(r.in().doubles(), from, r.n(), r.inner())
                        : r.inner() == 1 ? sum(r.in().floats(), from, r.n())
                        : sumInOrder(r.in().floats(), from, r.n(), r.inner()));
            }
        }
    }

    private static float sumInOrder(float[] x, int from, int n, int step) {
        float sum = 0;
        for (int j = 0; j < n; j++) {
            sum += x[from + j * step];
        }
        return sum;
    }

    private static double sumInOrder(double[] x, int from, int n, int step) {
        double sum = 0;
        for (int j = 0; j < n; j++) {
            sum += x[from + j * step];
        }
        return sum;
    }

    private static double fold(Kernel.Reduce r, int from) {
        double result = switch (r.reduction()) {
            case SUM -> 0;
            case PROD -> 1;
            case MAX -> Double.NEGATIVE_INFINITY;
            case MIN -> Double.POSITIVE_INFINITY;
        };
        boolean single = r.in().dtype() == DType.FLOAT32;
        for (int j = 0; j < r.n(); j++) {
            double x = r.in().get(from + j * r.inner());
            result = switch (r.reduction()) {
                case SUM -> result + x;
                case PROD -> single ? (float) (result * x) : result * x;
                case MAX -> Math.max(result, x);
                case MIN -> Math.min(result, x);
            };
        }
        return result;
    }

    /** A sum of neighbours: in lanes, pairwise across lanes, block by block in float64. */
    float sum(float[] x, int from, int n) {
        double total = 0;
        var lanes = new float[LANES];
        for (int begin = 0; begin < n; begin += SUM_BLOCK) {
            Arrays.fill(lanes, 0);
            for (int j = begin; j < Math.min(n, begin + SUM_BLOCK); j++) {
                lanes[j % LANES] += x[from + j];
            }
            total += acrossLanes(lanes);
        }
        return (float) total;
    }

    static float acrossLanes(float[] lanes) {
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }

    void rowWise(Kernel.RowWise r) {
        for (int row = 0; row < r.rows(); row++) {
            if (r.in().dtype() == DType.FLOAT32) {
                row(r.f(), r.in().floats(), r.out().floats(), row * r.n(), r.n());
            } else {
                row(r.f(), r.in().doubles(), r.out().doubles(), row * r.n(), r.n());
            }
        }
    }

    /** One row, shifted by its maximum so that nothing overflows. */
    private void row(RowFunction f, float[] x, float[] y, int from, int n) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + n; i++) {
            max = Math.max(max, x[i]);
        }
        for (int i = from; i < from + n; i++) {
            y[i] = FloatMath.exp(x[i] - max);
        }
        float sum = sum(y, from, n);
        float logSum = FloatMath.log(sum);
        for (int i = from; i < from + n; i++) {
            y[i] = f == RowFunction.SOFTMAX ? y[i] / sum : x[i] - max - logSum;
        }
    }

    private static void row(RowFunction f, double[] x, double[] y, int from, int n) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + n; i++) {
            max = Math.max(max, x[i]);
        }
        double sum = 0;
        for (int i = from; i < from + n; i++) {
            y[i] = StrictMath.exp(x[i] - max);
            sum += y[i];
        }
        double logSum = StrictMath.log(sum);
        for (int i = from; i < from + n; i++) {
            y[i] = f == RowFunction.SOFTMAX ? y[i] / sum : x[i] - max - logSum;
        }
    }

    /** Calls back for every product of a batch with the offsets of its three matrices. */
    static void eachProduct(Kernel.MatMul p, Products products) {
        int count = 1;
        for (int size : p.batch()) {
            count *= size;
        }
        var index = new int[p.batch().length];
        int a = p.a().offset();
        int b = p.b().offset();
        for (int number = 0; number < count; number++) {
            products.at(a, b, number * p.m() * p.n());
            for (int axis = index.length - 1; axis >= 0; axis--) {   // the next index, as an odometer counts
                a += p.a().batchStrides()[axis];
                b += p.b().batchStrides()[axis];
                if (++index[axis] < p.batch()[axis]) {
                    break;
                }
                a -= p.batch()[axis] * p.a().batchStrides()[axis];
                b -= p.batch()[axis] * p.b().batchStrides()[axis];
                index[axis] = 0;
            }
        }
    }

    /** Where the matrices of one product begin. */
    @FunctionalInterface
    interface Products {

        void at(int a, int b, int c);
    }

    void matmul(Kernel.MatMul p) {
        eachProduct(p, (aAt, bAt, cAt) -> {
            for (int i = 0; i < p.m(); i++) {
                for (int j = 0; j < p.n(); j++) {
                    int left = aAt + i * p.a().row();
                    int right = bAt + j * p.b().column();
                    if (p.c().dtype() == DType.FLOAT32) {
                        p.c().floats()[cAt + i * p.n() + j] = dot(p.a().buffer().floats(), left, p.a().column(),
                                p.b().buffer().floats(), right, p.b().row(), p.k());
                    } else {
                        p.c().doubles()[cAt + i * p.n() + j] = dot(p.a().buffer().doubles(), left, p.a().column(),
                                p.b().buffer().doubles(), right, p.b().row(), p.k());
                    }
                }
            }
        });
    }

    private static float dot(float[] a, int left, int aStep, float[] b, int right, int bStep, int k) {
        float total = 0;
        for (int begin = 0; begin < k; begin += K_BLOCK) {
            float block = 0;
            for (int p = begin; p < Math.min(k, begin + K_BLOCK); p++) {
                block = Math.fma(a[left + p * aStep], b[right + p * bStep], block);
            }
            total = begin == 0 ? block : total + block;
        }
        return total;
    }

    private static double dot(double[] a, int left, int aStep, double[] b, int right, int bStep, int k) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
            sum = Math.fma(a[left + p * aStep], b[right + p * bStep], sum);
        }
        return sum;
    }

    void convolve(Kernel.Convolution convolution) {
        PlainConv.run(convolution);
    }

    void maxPositions(Kernel.MaxPositions max) {
        PlainPooling.run(max);
    }

    void windowSum(Kernel.WindowSum sum) {
        PlainPooling.run(sum);
    }

    void lstm(Kernel.Lstm lstm) {
        new Lstm(this, lstm.batch(), lstm.time(), lstm.hidden()).forward(lstm);
    }

    void lstmBack(Kernel.LstmBack lstm) {
        new Lstm(this, lstm.batch(), lstm.time(), lstm.hidden()).back(lstm);
    }

    /** {@code y[yAt + i] = f(x[xAt + i])}. */
    void unary(Fn f, float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = Scalars.apply(f, x[xAt + i], 0, 0);
        }
    }
}
