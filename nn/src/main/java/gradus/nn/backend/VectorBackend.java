package gradus.nn.backend;

import gradus.nn.backend.Buffer.Floats;
import gradus.nn.backend.Kernels.Binary;
import gradus.nn.backend.Kernels.Layout;
import gradus.nn.backend.Kernels.Reduction;
import gradus.nn.backend.Kernels.RowWise;
import gradus.nn.backend.Kernels.Unary;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The float32 kernels by the Vector API; results equal {@link ScalarBackend}'s to the bit. Each kernel has a loop of
 * its own because an operator passed as a variable is not compiled to an instruction.
 */
final class VectorBackend extends ScalarBackend {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LENGTH = SPECIES.length();

    private final MatMul matmul = new MatMul();

    @Override
    public String name() {
        return "cpu (vectors of " + SPECIES.vectorBitSize() + " bits)";
    }

    private static FloatVector load(float[] x, int i) {
        return FloatVector.fromArray(SPECIES, x, i);
    }

    @Override
    public void unary(Unary f, double constant, Buffer in, Buffer out, int n) {
        if (!(in instanceof Floats(var x)) || f == Unary.POW || f == Unary.SIGN) {
            super.unary(f, constant, in, out, n);
            return;
        }
        var y = ((Floats) out).array();
        float c = (float) constant;
        int whole = SPECIES.loopBound(n);
        switch (f) {
            case NEG -> { for (int i = 0; i < whole; i += LENGTH) { load(x, i).neg().intoArray(y, i); } }
            case EXP -> { for (int i = 0; i < whole; i += LENGTH) { VectorMath.exp(load(x, i)).intoArray(y, i); } }
            case LOG -> { for (int i = 0; i < whole; i += LENGTH) { VectorMath.log(load(x, i)).intoArray(y, i); } }
            case SQRT -> { for (int i = 0; i < whole; i += LENGTH) { load(x, i).sqrt().intoArray(y, i); } }
            case ABS -> { for (int i = 0; i < whole; i += LENGTH) { load(x, i).abs().intoArray(y, i); } }
            case SQUARE -> {
                for (int i = 0; i < whole; i += LENGTH) {
                    var v = load(x, i);
                    v.mul(v).intoArray(y, i);
                }
            }
            case TANH -> { for (int i = 0; i < whole; i += LENGTH) { VectorMath.tanh(load(x, i)).intoArray(y, i); } }
            case SIGMOID -> {
                for (int i = 0; i < whole; i += LENGTH) { VectorMath.sigmoid(load(x, i)).intoArray(y, i); }
            }
            case RELU -> { for (int i = 0; i < whole; i += LENGTH) { load(x, i).max(0f).intoArray(y, i); } }
            case SOFTPLUS -> {
                for (int i = 0; i < whole; i += LENGTH) { VectorMath.softplus(load(x, i)).intoArray(y, i); }
            }
            case STEP -> {
                for (int i = 0; i < whole; i += LENGTH) {
                    FloatVector.zero(SPECIES).blend(1f, load(x, i).compare(VectorOperators.GT, 0f)).intoArray(y, i);
                }
            }
            case ADD -> { for (int i = 0; i < whole; i += LENGTH) { load(x, i).add(c).intoArray(y, i); } }
            case SCALE -> { for (int i = 0; i < whole; i += LENGTH) { load(x, i).mul(c).intoArray(y, i); } }
            case POW, SIGN -> throw new AssertionError(f);
        }
        if (whole < n) {
            rest(f, constant, x, y, whole, n);
        }
    }

    private void rest(Unary f, double constant, float[] x, float[] y, int from, int to) {
        var results = new Floats(new float[to - from]);
        super.unary(f, constant, new Floats(Arrays.copyOfRange(x, from, to)), results, to - from);
        System.arraycopy(results.array(), 0, y, from, to - from);
    }

    @Override
    public void binary(Binary f, Buffer a, Layout aLayout, Buffer b, Layout bLayout, Buffer out, int outer, int inner) {
        if (!(out instanceof Floats(var y))) {
            super.binary(f, a, aLayout, b, bLayout, out, outer, inner);
            return;
        }
        var x = ((Floats) a).array();
        var z = ((Floats) b).array();
        for (int o = 0; o < outer; o++) {
            boolean oneLeft = aLayout == Layout.COLUMN;
            boolean oneRight = bLayout == Layout.COLUMN;
            int left = oneLeft ? o : aLayout == Layout.ROW ? 0 : o * inner;
            int right = oneRight ? o : bLayout == Layout.ROW ? 0 : o * inner;
            if (oneRight) {
                withNumber(f, x, left, oneLeft, z[right], y, o * inner, inner);
            } else if (oneLeft) {
                numberWith(f, x[left], z, right, y, o * inner, inner);
            } else {
                both(f, x, left, z, right, y, o * inner, inner);
            }
        }
    }

    private static void both(Binary f, float[] a, int aAt, float[] b, int bAt, float[] y, int at, int n) {
        int whole = SPECIES.loopBound(n);
        switch (f) {
            case ADD -> {
                for (int i = 0; i < whole; i += LENGTH) { load(a, aAt + i).add(load(b, bAt + i)).intoArray(y, at + i); }
                for (int i = whole; i < n; i++) { y[at + i] = a[aAt + i] + b[bAt + i]; }
            }
            case SUB -> {
                for (int i = 0; i < whole; i += LENGTH) { load(a, aAt + i).sub(load(b, bAt + i)).intoArray(y, at + i); }
                for (int i = whole; i < n; i++) { y[at + i] = a[aAt + i] - b[bAt + i]; }
            }
            case MUL -> {
                for (int i = 0; i < whole; i += LENGTH) { load(a, aAt + i).mul(load(b, bAt + i)).intoArray(y, at + i); }
                for (int i = whole; i < n; i++) { y[at + i] = a[aAt + i] * b[bAt + i]; }
            }
            case DIV -> {
                for (int i = 0; i < whole; i += LENGTH) { load(a, aAt + i).div(load(b, bAt + i)).intoArray(y, at + i); }
                for (int i = whole; i < n; i++) { y[at + i] = a[aAt + i] / b[bAt + i]; }
            }
            case MAX -> {
                for (int i = 0; i < whole; i += LENGTH) { load(a, aAt + i).max(load(b, bAt + i)).intoArray(y, at + i); }
                for (int i = whole; i < n; i++) { y[at + i] = Math.max(a[aAt + i], b[bAt + i]); }
            }
        }
    }

    private static void withNumber(Binary f, float[] a, int aAt, boolean one, float b, float[] y, int at, int n) {
        int step = one ? 0 : 1;
        for (int i = 0; i < n; i++) {   // simple enough for the JIT to vectorise, and exact in any width
            float x = a[aAt + i * step];
            y[at + i] = switch (f) {
                case ADD -> x + b;
                case SUB -> x - b;
                case MUL -> x * b;
                case DIV -> x / b;
                case MAX -> Math.max(x, b);
            };
        }
    }

    private static void numberWith(Binary f, float a, float[] b, int bAt, float[] y, int at, int n) {
        for (int i = 0; i < n; i++) {
            float x = b[bAt + i];
            y[at + i] = switch (f) {
                case ADD -> a + x;
                case SUB -> a - x;
                case MUL -> a * x;
                case DIV -> a / x;
                case MAX -> Math.max(a, x);
            };
        }
    }

    @Override
    public void reduce(Reduction reduction, Buffer in, Buffer out, int outer, int n, int inner) {
        if (reduction == Reduction.SUM && inner > 1 && in instanceof Floats(var x)) {
            var y = ((Floats) out).array();
            for (int o = 0; o < outer; o++) {
                Arrays.fill(y, o * inner, (o + 1) * inner, 0f);
                for (int j = 0; j < n; j++) {
                    both(Binary.ADD, y, o * inner, x, (o * n + j) * inner, y, o * inner, inner);
                }
            }
        } else {
            super.reduce(reduction, in, out, outer, n, inner);
        }
    }

    /** As in {@link ScalarBackend}: as many vectors as make up the {@value ScalarBackend#LANES} lanes. */
    @Override
    float sum(float[] x, int from, int n) {
        if (n < LANES || LENGTH > LANES) {
            return super.sum(x, from, n);
        }
        double total = 0;
        var lanes = new float[LANES];
        for (int begin = 0; begin < n; begin += SUM_BLOCK) {
            int end = Math.min(n, begin + SUM_BLOCK);
            int whole = begin + (end - begin) / LANES * LANES;
            for (int lane = 0; lane < LANES; lane += LENGTH) {
                var partial = FloatVector.zero(SPECIES);
                for (int j = begin; j < whole; j += LANES) {
                    partial = partial.add(load(x, from + j + lane));
                }
                partial.intoArray(lanes, lane);
            }
            for (int j = whole; j < end; j++) {
                lanes[j % LANES] += x[from + j];
            }
            total += acrossLanes(lanes);
        }
        return (float) total;
    }

    @Override
    public void rowWise(RowWise f, Buffer in, Buffer out, int rows, int n) {
        if (!(in instanceof Floats(var x))) {
            super.rowWise(f, in, out, rows, n);
            return;
        }
        var y = ((Floats) out).array();
        for (int row = 0; row < rows; row++) {
            int from = row * n;
            float max = Float.NEGATIVE_INFINITY;
            for (int i = from; i < from + n; i++) {
                max = Math.max(max, x[i]);
            }
            int whole = from + SPECIES.loopBound(n);
            for (int i = from; i < whole; i += LENGTH) {
                VectorMath.exp(load(x, i).sub(max)).intoArray(y, i);
            }
            for (int i = whole; i < from + n; i++) {
                y[i] = FloatMath.exp(x[i] - max);
            }
            float sum = sum(y, from, n);
            if (f == RowWise.SOFTMAX) {
                withNumber(Binary.DIV, y, from, false, sum, y, from, n);
            } else {
                float logSum = FloatMath.log(sum);
                for (int i = from; i < from + n; i++) {
                    y[i] = x[i] - max - logSum;
                }
            }
        }
    }

    @Override
    public void matmul(boolean transposeA, boolean transposeB, int m, int n, int k, Buffer a, int aOffset, Buffer b,
                       int bOffset, Buffer c, int cOffset) {
        if (c instanceof Floats(var y) && k > 0) {
            matmul.multiply(transposeA, transposeB, m, n, k, ((Floats) a).array(), aOffset, ((Floats) b).array(),
                    bOffset, y, cOffset);
        } else {
            super.matmul(transposeA, transposeB, m, n, k, a, aOffset, b, bOffset, c, cOffset);
        }
    }
}
