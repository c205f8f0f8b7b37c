package gradus.nn.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.ShapeException;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Expr;
import gradus.nn.backend.Fn;
import gradus.nn.backend.Kernel;
import gradus.nn.backend.Kernel.Matrix;
import gradus.nn.backend.Kernel.Operand;
import gradus.nn.backend.Kernel.Reduction;
import gradus.nn.backend.Kernel.RowFunction;
import gradus.nn.backend.Program;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of kernel on an OpenCL device gives what the CPU gives, within bounds that rounding alone explains. */
class KernelsTest {

    private static final int[] NO_AXES = {};
    private static final DType[] FLOATS = {DType.FLOAT32, DType.FLOAT64};

    @BeforeEach
    void thereIsADevice() {
        OnDevice.backend();
    }

    // ---- elementwise ----

    /**
     * How many ulp of float32 a function may be off: OpenCL's limit for the function that computes it (OpenCL C 3.0, table
     * 66: full profile, float32), and the 3 that the CPU's own may be off at most.
     */
    private static int ulps(Fn f) {
        return switch (f) {
            case NEG, ABS, SIGN, SQUARE, ADD, SUB, MUL, MAX, MIN, GT, GE, EQ, SELECT, RINT, FLOOR, CEIL, TRUNC, REMAINDER -> 0;
            case SQRT, DIV, RECIPROCAL -> 3;
            case RSQRT -> 6 + 3;
            case EXP, EXPM1, LOG, LOG2, LOG10 -> 3 + 3;
            case LOG1P -> 2 + 3;
            case SIN, COS, SINH, COSH, ASIN, ACOS -> 4 + 3;
            case TAN, ATAN, TANH -> 5 + 3;
            case ATAN2 -> 6 + 3;
            case SIGMOID, SOFTPLUS -> 3 + 2 + 3 + 3;   // the power, the quotient or logarithm, and two roundings
            case ERF -> 16 + 3;
            case POW -> 1;   // computed in float64
        };
    }

    private static final double[] SPECIAL = {0, -0.0, 1, -1, 0.5, -0.5, 2, 3, -3, 1e-30, 1e30, -1e30, 1e-41, 88.7, -87.5,
        Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN};

    /** All special numbers with all, and many random ones. */
    private static Buffer arguments(DType dtype, int which) {
        int n = SPECIAL.length;
        int special = OnDevice.WATCHED ? n : n * n * n;
        var x = OnDevice.random(dtype, special + (OnDevice.WATCHED ? 10 : 5000), which);
        for (int i = 0; i < special; i++) {
            x.set(i, SPECIAL[i / (int) Math.pow(n, which) % n]);
        }
        for (int i = special; i < x.length(); i++) {
            x.set(i, x.get(i) * (i % 3 == 0 ? 30 : 1));
        }
        return x;
    }

    private static Operand whole(Buffer buffer) {
        return new Operand(buffer, 0, NO_AXES, 1);
    }

    private static Expr call(Fn f) {
        return new Expr.Call(f, Expr.input(0), f.arity() > 1 ? Expr.input(1) : Expr.ZERO, f.arity() > 2 ? Expr.input(2)
                : Expr.ZERO);
    }

    @Test
    void everyFunctionHasAForm() {
        assertEquals(List.of(), Arrays.stream(Fn.values()).filter(f -> !OpenClBackend.FUNCTIONS.contains(f)).toList(),
                "missing in functions.cl");
    }

    /** Those of one arity in one program: translating one takes PoCL the better part of a second. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void everyFunctionIsWithinItsBound(int arity) {
        var functions = Arrays.stream(Fn.values()).filter(f -> f.arity() == arity).toList();
        for (var dtype : FLOATS) {
            var in = IntStream.range(0, arity).mapToObj(i -> arguments(dtype, i)).toArray(Buffer[]::new);
            var y = OnDevice.both(new Kernel.Map(Program.of(arity, functions.stream().map(KernelsTest::call).toArray(Expr[]::new)),
                    Arrays.stream(in).map(KernelsTest::whole).toArray(Operand[]::new),
                    functions.stream().map(_ -> Buffer.allocate(dtype, in[0].length())).toArray(Buffer[]::new), NO_AXES,
                    in[0].length()));
            for (int f = 0; f < functions.size(); f++) {
                for (int i = 0; i < in[0].length(); i++) {
                    within(functions.get(f), dtype, y[0][f][i], y[1][f][i], in, i);
                }
            }
        }
    }

    private static void within(Fn f, DType dtype, double cpu, double device, Buffer[] in, int at) {
        double bound = dtype == DType.FLOAT32 ? ulps(f) * Math.max(Math.ulp((float) cpu), Float.MIN_NORMAL)
                : 1e-13 * Math.max(1e-300, Math.abs(cpu));
        assertTrue(Double.compare(cpu, device) == 0 || cpu == device && bound > 0 || Math.abs(cpu - device) <= bound,
                () -> f + " " + dtype + " of " + Arrays.stream(in).map(x -> x.get(at)).toList() + ": " + cpu + " on the CPU, "
                        + device + " on the device");
    }

    @Test
    void chainsReadNumbersRowsColumnsAndViewsAndWriteSeveralResults() {
        for (var dtype : FLOATS) {
            var x = Expr.input(0);
            var program = Program.of(4, x.plus(Expr.input(1)).times(Expr.input(2)).plus(0.3), x.minus(Expr.input(3)).square());
            Operand[] in = {new Operand(OnDevice.random(dtype, 7 * 5 * 3 + 11, 1), 4, new int[] {15, 3}, 1),   // dense
                new Operand(OnDevice.random(dtype, 9, 2), 2, new int[] {0, 0}, 1),   // a row
                new Operand(OnDevice.random(dtype, 200, 3), 1, new int[] {4, 28}, 0),   // a number per row, transposed
                new Operand(OnDevice.random(dtype, 3, 4), 2, new int[] {0, 0}, 0)};   // a number
            Buffer[] out = {Buffer.allocate(dtype, 105), Buffer.allocate(dtype, 105)};
            var y = OnDevice.both(new Kernel.Map(program, in, out, new int[] {7, 5}, 3));
            assertArrayEquals(y[0][0], y[1][0]);
            assertArrayEquals(y[0][1], y[1][1]);
        }
    }

    @Test
    void aMapMayChangeItsInputsInPlace() {
        var theta = OnDevice.random(DType.FLOAT32, 1001, 1);
        var m = OnDevice.random(DType.FLOAT32, 1001, 2);
        var moved = Expr.input(1).times(0.9).plus(Expr.input(0));
        var y = OnDevice.both(new Kernel.Map(Program.of(2, moved, Expr.input(0).minus(moved.times(0.1))),
                new Operand[] {whole(theta), whole(m)}, new Buffer[] {m, theta}, NO_AXES, 1001));
        assertArrayEquals(y[0][0], y[1][0]);
        assertArrayEquals(y[0][1], y[1][1]);
    }

    // ---- sums and rows ----

    /** The greatest relative error of a sum of n terms in any order: γₙ = n u / (1 − n u), twice, as both are rounded. */
    private static double gamma(DType dtype, int n) {
        double u = dtype == DType.FLOAT32 ? 0x1p-24 : 0x1p-53;
        return 2 * n * u / (1 - n * u);
    }

    @ParameterizedTest
    @EnumSource
    void reductionsGoAlongRowsAndColumns(Reduction reduction) {
        int[][] sizes = {{3, 1, 1}, {5, 64, 1}, {7, 129, 1}, {2, OnDevice.WATCHED ? 9 : 3 * OpenClBackend.CHUNK + 17, 1},
            {OnDevice.WATCHED ? 3 : 300, 3, 1}, {4, 5, 33}, {1, 7, OnDevice.WATCHED ? 70 : 1000}, {3, 0, 1}, {3, 0, 4}, {0, 5, 1}, {2, 5, 0}};
        for (var dtype : FLOATS) {
            for (var size : sizes) {
                var in = OnDevice.random(dtype, size[0] * size[1] * size[2], 3);
                if (reduction == Reduction.PROD) {
                    for (int i = 0; i < in.length(); i++) {
                        in.set(i, 1 + in.get(i) / size[1]);
                    }
                }
                var out = Buffer.allocate(dtype, size[0] * size[2]);
                var y = OnDevice.both(new Kernel.Reduce(reduction, in, out, size[0], size[1], size[2]));
                for (int i = 0; i < out.length(); i++) {
                    int first = size[2] == 0 ? 0 : i / size[2] * size[1] * size[2] + i % size[2];
                    double terms = IntStream.range(0, size[1]).mapToDouble(j -> Math.abs(in.get(first + j * size[2]))).sum();
                    double bound = switch (reduction) {
                        case SUM -> gamma(dtype, size[1]) * terms;
                        case PROD -> gamma(dtype, size[1]) * Math.abs(y[0][0][i]);
                        case MAX, MIN -> 0;
                    };
                    assertEquals(y[0][0][i], y[1][0][i], bound, reduction + " of " + Arrays.toString(size));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void softmaxOfRows(RowFunction f) {
        for (var dtype : FLOATS) {
            for (int n : new int[] {1, 10, 64, 65, OnDevice.WATCHED ? 2 : 1000}) {
                var in = OnDevice.random(dtype, 7 * n, 5);
                in.set(3, 80);
                var y = OnDevice.both(new Kernel.RowWise(f, in, Buffer.allocate(dtype, 7 * n), 7, n));
                var same = OnDevice.both(new Kernel.RowWise(f, in, in, 7, n));
                assertArrayEquals(y[1][0], same[1][0], "the output may be the input");
                // e^x, x within 1 ulp of its shift, and the sum each within a few ulp; ln s carries the sum's relative error
                double u = dtype == DType.FLOAT32 ? 0x1p-23 : 0x1p-52;
                for (int i = 0; i < 7 * n; i++) {
                    double x = Math.abs(y[0][0][i]);
                    double bound = f == RowFunction.SOFTMAX ? (100 * u + gamma(dtype, n)) * x : 100 * u * (1 + x) + gamma(dtype, n);
                    assertEquals(y[0][0][i], y[1][0][i], bound, f + " of " + n);
                }
            }
        }
    }

    @Test
    void productsOfMatricesOfAnyLayoutAndSize() {
        int[][] sizes = OnDevice.WATCHED ? new int[][] {{2, 33, 17}, {4, 4, 0}} : new int[][] {{1, 1, 1}, {4, 4, 0}, {0, 4, 3},
            {33, 5, 17}, {64, 10, 128}, {5, 3, 400}, {70, 31, 16}};
        for (var dtype : FLOATS) {
            for (var size : sizes) {
                for (int transposed = 0; transposed < 4; transposed += OnDevice.WATCHED ? 3 : 1) {
                    int m = size[0];
                    int n = size[1];
                    int k = size[2];
                    var a = OnDevice.random(dtype, 2 * m * k + 3, 7);
                    var b = OnDevice.random(dtype, 3 * k * n + 5, 8);
                    var left = new Matrix(a, 3, new int[] {m * k, 0}, (transposed & 1) == 0 ? k : 1, (transposed & 1) == 0 ? 1 : m);
                    var right = new Matrix(b, 5, new int[] {0, k * n}, transposed < 2 ? n : 1, transposed < 2 ? 1 : k);
                    var batch = new int[] {2, 3};
                    var y = OnDevice.both(new Kernel.MatMul(batch, m, n, k, left, right, Buffer.allocate(dtype, 6 * m * n)));
                    var bounds = Buffer.allocate(dtype, 6 * m * n);
                    Backend.cpu().run(new Kernel.MatMul(batch, m, n, k, absolute(left), absolute(right), bounds));
                    for (int i = 0; i < 6 * m * n; i++) {   // |Δ| ≤ 2 γₖ |A||B|
                        assertEquals(y[0][0][i], y[1][0][i], gamma(dtype, k) * bounds.get(i) + 1e-300);
                    }
                }
            }
        }
    }

    private static Matrix absolute(Matrix x) {
        var sizes = Buffer.allocate(x.buffer().dtype(), x.buffer().length());
        for (int i = 0; i < sizes.length(); i++) {
            sizes.set(i, Math.abs(x.buffer().get(i)));
        }
        return new Matrix(sizes, x.offset(), x.batchStrides(), x.row(), x.column());
    }

    // ---- moving ----

    @Test
    void copiesMoveBlocksAndConvertNumbers() {
        for (var from : DType.values()) {
            for (var to : DType.values()) {
                var in = OnDevice.random(from, 120, 9);
                for (int i = 0; i < 120; i++) {
                    in.set(i, in.get(i) * 1000);
                }
                if (from != DType.INT32) {
                    in.set(0, Double.NaN);
                    in.set(1, 1e20);
                    in.set(2, -1e20);
                }
                var out = OnDevice.random(to, 200, 10);
                int[] none = {};
                for (var copy : new Kernel.Copy[] {
                    new Kernel.Copy(new int[] {4, 5, 6}, in, 0, new int[] {30, 6, 1}, out, 7, new int[] {30, 6, 1}),   // dense
                    new Kernel.Copy(new int[] {6, 4, 5}, in, 0, new int[] {1, 30, 6}, out, 0, new int[] {20, 5, 1}),   // permuted
                    new Kernel.Copy(new int[] {3, 2}, in, 119, new int[] {-7, -1}, out, 3, new int[] {40, 2}),   // backwards
                    new Kernel.Copy(new int[] {200}, in, 5, new int[] {0}, out, 0, new int[] {1}),   // repeated
                    new Kernel.Copy(none, in, 5, none, out, 9, none),   // a scalar
                    new Kernel.Copy(new int[] {3, 0}, in, 5, new int[] {1, 1}, out, 9, new int[] {1, 1})}) {
                    var y = OnDevice.both(copy);
                    assertArrayEquals(y[0][0], y[1][0], from + " to " + to + " " + Arrays.toString(copy.dims()));
                }
            }
        }
    }

    @Test
    void gatheringAndItsTransposeAgreeToTheBit() {
        for (var dtype : FLOATS) {
            for (var perElement : new boolean[] {false, true}) {
                for (var size : new int[][] {{3, 5, 7, 4}, {1, 100, 20, 1}, {2, 1, 0, 3}, {0, 3, 2, 1}, {64, 10, 1, 1}}) {
                    int outer = size[0];
                    int count = size[2];
                    int inner = size[3];
                    var index = OnDevice.indices(perElement ? outer * count * inner : count, size[1], 3);
                    var table = OnDevice.random(dtype, outer * size[1] * inner, 11);
                    var rows = OnDevice.random(dtype, outer * count * inner, 12);
                    var y = OnDevice.both(new Kernel.Gather(table, index, Buffer.allocate(dtype, rows.length()), outer, size[1],
                            count, inner, perElement));
                    assertArrayEquals(y[0][0], y[1][0]);
                    y = OnDevice.both(new Kernel.ScatterAdd(rows, index, Buffer.allocate(dtype, table.length()), outer, size[1],
                            count, inner, perElement));
                    assertArrayEquals(y[0][0], y[1][0]);
                }
            }
        }
    }

    @Test
    void randomNumbersAreTheSameToTheBit() {
        for (var dtype : FLOATS) {
            for (int n : new int[] {0, 1, 4, 1001}) {
                var y = OnDevice.both(new Kernel.Uniform(Buffer.of(new int[] {7, -3, -1, 5}), Buffer.allocate(dtype, n)));
                assertArrayEquals(y[0][0], y[1][0]);
            }
        }
    }

    @Test
    void aWrongIndexIsToldWhenTheResultIsRead() {
        var out = Buffer.allocate(DType.FLOAT32, 2);
        OnDevice.backend().run(new Kernel.Gather(OnDevice.random(DType.FLOAT32, 5, 1), Buffer.of(new int[] {4, 7}), out, 1, 5,
                2, 1, false));
        var refused = assertThrows(ShapeException.class, out::floats);
        assertEquals("index 7 is outside of 5 entries\nhelp: indices and class labels go from 0 to 4", refused.getMessage());
        OnDevice.backend().run(new Kernel.Gather(Buffer.of(new float[] {1, 2}), Buffer.of(new int[] {1, 0}), out, 1, 2, 2, 1,
                false));
        assertArrayEquals(new float[] {2, 1}, out.floats());
    }
}
