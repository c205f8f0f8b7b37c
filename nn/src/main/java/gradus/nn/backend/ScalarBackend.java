package gradus.nn.backend;

import gradus.nn.Tensor;
import gradus.nn.backend.Buffer.Doubles;
import gradus.nn.backend.Buffer.Floats;
import gradus.nn.backend.Kernels.Binary;
import gradus.nn.backend.Kernels.Layout;
import gradus.nn.backend.Kernels.MomentumKind;
import gradus.nn.backend.Kernels.Reduction;
import gradus.nn.backend.Kernels.RowWise;
import gradus.nn.backend.Kernels.Unary;
import java.util.Arrays;

/**
 * All kernels in plain Java: the reference that faster backends must equal to the bit in float32, the whole of what
 * computes in float64, and the fallback without the Vector API.
 */
class ScalarBackend implements Backend {

    /** Partial sums of float32 run in this many lanes, whatever the hardware's width, and then pairwise. */
    static final int LANES = 16;
    /** After this many elements the lanes go into a float64 total. */
    static final int SUM_BLOCK = 2048;
    /** Products are summed from 0 over this many terms at a time, and the blocks in order. */
    static final int K_BLOCK = 384;

    private interface FloatFunction {
        float of(float x);
    }

    private interface DoubleFunction {
        double of(double x);
    }

    @Override
    public String name() {
        return "cpu (plain Java)";
    }

    @Override
    public void unary(Unary f, double constant, Buffer in, Buffer out, int n) {
        switch (in) {
            case Floats(var x) -> {
                var y = ((Floats) out).array();
                var function = floatFunction(f, constant);
                for (int i = 0; i < n; i++) {
                    y[i] = function.of(x[i]);
                }
            }
            case Doubles(var x) -> {
                var y = ((Doubles) out).array();
                var function = doubleFunction(f, constant);
                for (int i = 0; i < n; i++) {
                    y[i] = function.of(x[i]);
                }
            }
        }
    }

    private static FloatFunction floatFunction(Unary f, double constant) {
        float c = (float) constant;
        return switch (f) {
            case NEG -> x -> -x;
            case EXP -> FloatMath::exp;
            case LOG -> FloatMath::log;
            case SQRT -> x -> (float) Math.sqrt(x);
            case ABS -> Math::abs;
            case SQUARE -> x -> x * x;
            case TANH -> FloatMath::tanh;
            case SIGMOID -> FloatMath::sigmoid;
            case RELU -> x -> Math.max(x, 0f);
            case SOFTPLUS -> FloatMath::softplus;
            case SIGN -> Math::signum;
            case STEP -> x -> x > 0f ? 1f : 0f;
            case ADD -> x -> x + c;
            case SCALE -> x -> x * c;
            case POW -> x -> (float) StrictMath.pow(x, constant);
        };
    }

    private static DoubleFunction doubleFunction(Unary f, double c) {
        return switch (f) {
            case NEG -> x -> -x;
            case EXP -> StrictMath::exp;
            case LOG -> StrictMath::log;
            case SQRT -> Math::sqrt;
            case ABS -> Math::abs;
            case SQUARE -> x -> x * x;
            case TANH -> StrictMath::tanh;
            case SIGMOID -> x -> 1 / (1 + StrictMath.exp(-x));
            case RELU -> x -> Math.max(x, 0);
            case SOFTPLUS -> x -> Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
            case SIGN -> Math::signum;
            case STEP -> x -> x > 0 ? 1 : 0;
            case ADD -> x -> x + c;
            case SCALE -> x -> x * c;
            case POW -> x -> StrictMath.pow(x, c);
        };
    }

    @Override
    public void binary(Binary f, Buffer a, Layout aLayout, Buffer b, Layout bLayout, Buffer out, int outer, int inner) {
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < inner; i++) {
                int at = o * inner + i;
                int left = index(aLayout, o, i, at);
                int right = index(bLayout, o, i, at);
                switch (out) {
                    case Floats(var y) -> y[at] = apply(f, ((Floats) a).array()[left], ((Floats) b).array()[right]);
                    case Doubles(var y) -> y[at] = apply(f, ((Doubles) a).array()[left], ((Doubles) b).array()[right]);
                }
            }
        }
    }

    private static int index(Layout layout, int outer, int inner, int full) {
        return switch (layout) {
            case FULL -> full;
            case ROW -> inner;
            case COLUMN -> outer;
        };
    }

    private static float apply(Binary f, float a, float b) {
        return switch (f) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MAX -> Math.max(a, b);
        };
    }

    private static double apply(Binary f, double a, double b) {
        return switch (f) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MAX -> Math.max(a, b);
        };
    }

    @Override
    public void reduce(Reduction reduction, Buffer in, Buffer out, int outer, int n, int inner) {
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < inner; i++) {
                int from = o * n * inner + i;
                out.set(o * inner + i, switch (reduction) {
                    case SUM -> in instanceof Floats(var x)
                            ? inner == 1 ? sum(x, from, n) : sumInOrder(x, from, n, inner)
                            : sumInOrder(((Doubles) in).array(), from, n, inner);
                    case MAX -> max(in, from, n, inner);
                });
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

    private static double max(Buffer in, int from, int n, int step) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < n; j++) {
            max = Math.max(max, in.get(from + j * step));
        }
        return max;
    }

    @Override
    public void rowWise(RowWise f, Buffer in, Buffer out, int rows, int n) {
        for (int row = 0; row < rows; row++) {
            switch (in) {
                case Floats(var x) -> row(f, x, ((Floats) out).array(), row * n, n);
                case Doubles(var x) -> row(f, x, ((Doubles) out).array(), row * n, n);
            }
        }
    }

    /** One row, shifted by its maximum so that nothing overflows. */
    private void row(RowWise f, float[] x, float[] y, int from, int n) {
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
            y[i] = f == RowWise.SOFTMAX ? y[i] / sum : x[i] - max - logSum;
        }
    }

    private static void row(RowWise f, double[] x, double[] y, int from, int n) {
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
            y[i] = f == RowWise.SOFTMAX ? y[i] / sum : x[i] - max - logSum;
        }
    }

    @Override
    public void matmul(boolean transposeA, boolean transposeB, int m, int n, int k, Buffer a, int aOffset, Buffer b,
                       int bOffset, Buffer c, int cOffset) {
        int aRow = transposeA ? 1 : k;
        int aColumn = transposeA ? m : 1;
        int bRow = transposeB ? 1 : n;
        int bColumn = transposeB ? k : 1;
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                int left = aOffset + i * aRow;
                int right = bOffset + j * bColumn;
                switch (c) {
                    case Floats(var y) -> y[cOffset + i * n + j] =
                            dot(((Floats) a).array(), left, aColumn, ((Floats) b).array(), right, bRow, k);
                    case Doubles(var y) -> y[cOffset + i * n + j] =
                            dot(((Doubles) a).array(), left, aColumn, ((Doubles) b).array(), right, bRow, k);
                }
            }
        }
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

    @Override
    public void copy(Buffer in, int offset, int[] dims, int[] strides, Buffer out) {
        if (out.length() == 0) {
            return;
        }
        int last = dims.length - 1;
        int inner = last < 0 ? 1 : dims[last];
        int step = last < 0 ? 1 : strides[last];
        var index = new int[Math.max(0, last)];
        int from = offset;
        for (int to = 0; to < out.length(); to += inner) {
            switch (in) {
                case Floats(var x) -> {
                    var y = ((Floats) out).array();
                    for (int i = 0; i < inner; i++) {
                        y[to + i] = x[from + i * step];
                    }
                }
                case Doubles(var x) -> {
                    var y = ((Doubles) out).array();
                    for (int i = 0; i < inner; i++) {
                        y[to + i] = x[from + i * step];
                    }
                }
            }
            for (int axis = last - 1; axis >= 0; axis--) {   // the next row, as an odometer counts
                from += strides[axis];
                if (++index[axis] < dims[axis]) {
                    break;
                }
                from -= dims[axis] * strides[axis];
                index[axis] = 0;
            }
        }
    }

    @Override
    public void sgdStep(Tensor theta, Tensor gradient, Tensor velocity, double lr, MomentumKind kind, double beta) {
        var t = theta.buffer();
        var g = gradient.dense().buffer();
        if (velocity == null) {
            if (t instanceof Floats(var x)) {
                sgd(x, ((Floats) g).array(), (float) lr);
            } else {
                for (int i = 0; i < t.length(); i++) {
                    t.set(i, t.get(i) - lr * g.get(i));
                }
            }
            return;
        }
        var v = velocity.buffer();
        for (int i = 0; i < t.length(); i++) {
            double grad = g.get(i);
            v.set(i, beta * v.get(i) + (kind == MomentumKind.LR_INSIDE ? lr * grad : grad));
            t.set(i, t.get(i) - switch (kind) {
                case LR_OUTSIDE -> lr * v.get(i);
                case LR_INSIDE -> v.get(i);
                case NESTEROV -> lr * (grad + beta * v.get(i));
            });
        }
    }

    private static void sgd(float[] theta, float[] gradient, float lr) {
        for (int i = 0; i < theta.length; i++) {
            theta[i] -= lr * gradient[i];
        }
    }

    @Override
    public void adamStep(Tensor theta, Tensor gradient, Tensor m, Tensor v, double lr, double beta1, double beta2,
                         double epsilon, long step) {
        double correct1 = 1 - StrictMath.pow(beta1, step);
        double correct2 = 1 - StrictMath.pow(beta2, step);
        var g = gradient.dense().buffer();
        if (theta.buffer() instanceof Floats(var x)) {
            adam(x, ((Floats) g).array(), ((Floats) m.buffer()).array(), ((Floats) v.buffer()).array(),
                    lr / correct1, beta1, beta2, epsilon, 1 / Math.sqrt(correct2));
            return;
        }
        for (int i = 0; i < g.length(); i++) {
            double grad = g.get(i);
            m.buffer().set(i, beta1 * m.buffer().get(i) + (1 - beta1) * grad);
            v.buffer().set(i, beta2 * v.buffer().get(i) + (1 - beta2) * grad * grad);
            double update = lr * (m.buffer().get(i) / correct1)
                    / (Math.sqrt(v.buffer().get(i) / correct2) + epsilon);
            theta.buffer().set(i, theta.buffer().get(i) - update);
        }
    }

    private static void adam(float[] theta, float[] gradient, float[] m, float[] v, double lr, double beta1, double beta2,
                             double epsilon, double scale) {
        float eta = (float) lr;
        float b1 = (float) beta1;
        float b2 = (float) beta2;
        float c1 = (float) (1 - beta1);   // of the exact β: 1 − 0.999f is off by 5e-5
        float c2 = (float) (1 - beta2);
        float e = (float) epsilon;
        float s = (float) scale;
        for (int i = 0; i < theta.length; i++) {
            float g = gradient[i];
            float mi = b1 * m[i] + c1 * g;
            float vi = b2 * v[i] + c2 * (g * g);
            m[i] = mi;
            v[i] = vi;
            theta[i] -= eta * mi / ((float) Math.sqrt(vi) * s + e);
        }
    }
}
