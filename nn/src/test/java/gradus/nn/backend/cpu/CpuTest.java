package gradus.nn.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.Seed;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Expr;
import gradus.nn.backend.Fn;
import gradus.nn.backend.Kernel;
import gradus.nn.backend.Kernel.Matrix;
import gradus.nn.backend.Kernel.Operand;
import gradus.nn.backend.Program;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The vectorised kernels equal plain Java to the bit. */
class CpuTest {

    private static final int[] NO_AXES = {};

    private final Backend plain = new PlainCpu();
    private final Backend vector = Backend.cpu();

    private static Buffer normal(String purpose, int n) {
        var random = new Seed(1).stream(purpose);
        var values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (random.normal() * StrictMath.exp(3 * random.normal()));
        }
        return Buffer.of(values);
    }

    private void agree(int length, Function<Buffer, Kernel> kernel) {
        var expected = Buffer.of(new float[length]);
        var actual = Buffer.of(new float[length]);
        plain.run(kernel.apply(expected));
        vector.run(kernel.apply(actual));
        assertArrayEquals(expected.floats(), actual.floats());   // of floats: equal bits, NaN equal to NaN
    }

    @Test
    void testsRunOnVectors() {
        assertInstanceOf(VectorCpu.class, vector);
    }

    private static final float[] SPECIALS = {0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE, -Float.MIN_NORMAL, Float.MAX_VALUE, 88.8f, -103.9f, 1e-40f, 1f};

    private static Operand withSpecials(String purpose, int n, int shift) {
        var x = normal(purpose, n);
        for (int i = 0; i < SPECIALS.length && i + shift < n; i++) {
            x.floats()[i + shift] = SPECIALS[i];
            x.floats()[n - 1 - i] = SPECIALS[i];
        }
        return new Operand(x, 0, NO_AXES, 1);
    }

    @ParameterizedTest
    @EnumSource(Fn.class)
    void everyFunctionAgreesColdAndHot(Fn f) {
        int n = 2003;
        var arguments = List.of(Expr.input(0), Expr.input(1), Expr.input(2));
        var program = Program.of(3, new Expr.Call(f, arguments.get(0), f.arity() > 1 ? arguments.get(1) : Expr.ZERO,
                f.arity() > 2 ? arguments.get(2) : Expr.ZERO));
        var in = new Operand[] {withSpecials("a", n, 0), withSpecials("b", n, 3), withSpecials("c", n, 7)};
        for (int warm = 0; warm < 20; warm++) {
            agree(n, out -> new Kernel.Map(program, in, new Buffer[] {out}, NO_AXES, n));
        }
    }

    @ParameterizedTest
    @EnumSource(Fn.class)
    void functionsOfManyNumbersAndOneAgree(Fn f) {
        if (f.arity() == 2) {
            int n = 700;
            var many = withSpecials("many", n, 5);
            for (float one : SPECIALS) {
                var number = new Operand(Buffer.of(new float[] {one}), 0, NO_AXES, 0);
                var program = Program.of(2, new Expr.Call(f, Expr.input(0), Expr.input(1), Expr.ZERO));
                agree(n, out -> new Kernel.Map(program, new Operand[] {many, number}, new Buffer[] {out}, NO_AXES, n));
                agree(n, out -> new Kernel.Map(program, new Operand[] {number, many}, new Buffer[] {out}, NO_AXES, n));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Fn.class)
    void codeMadeOfAProgramAgrees(Fn f) {
        int n = 512;
        var call = new Expr.Call(f, Expr.input(0), f.arity() > 1 ? Expr.input(1) : Expr.ZERO,
                f.arity() > 2 ? Expr.input(2) : Expr.ZERO);
        var program = Program.of(f.arity(), call);
        if (!MapCode.isPossible(program)) {
            assertTrue(f == Fn.POW || f == Fn.REMAINDER || f == Fn.ERF || f == Fn.ATAN2, f.name());
            return;
        }
        var all = new Operand[] {withSpecials("a", n, 0), new Operand(normal("b", 1), 0, NO_AXES, 0), withSpecials("c", n, 7)};
        var in = Arrays.copyOf(all, f.arity());
        var arrays = new float[][] {in[0].buffer().floats(), null, all[2].buffer().floats()};
        var expected = Buffer.of(new float[n]);
        plain.run(new Kernel.Map(program, in, new Buffer[] {expected}, NO_AXES, n));
        var actual = new float[1][n];
        MapCode.of(program, Arrays.copyOf(new boolean[] {false, true, false}, f.arity())).run(Arrays.copyOf(arrays, f.arity()),
                new int[f.arity()], Arrays.copyOf(new float[] {0, all[1].buffer().floats()[0], 0}, f.arity()), actual, 0, n);
        assertArrayEquals(expected.floats(), actual[0]);
    }

    @Test
    void aChainThatRunsMuchAgreesBeforeAndAfterItIsCompiled() {
        int n = 5000;
        var x = new Operand(normal("x", n), 0, NO_AXES, 1);
        var program = Program.of(1, Expr.input(0).square().plus(1).sqrt().div(Expr.input(0).minus(0.25)));
        var expected = Buffer.of(new float[n]);
        plain.run(new Kernel.Map(program, new Operand[] {x}, new Buffer[] {expected}, NO_AXES, n));
        for (int i = 0; i < 3000; i++) {
            var actual = Buffer.of(new float[n]);
            vector.run(new Kernel.Map(program, new Operand[] {x}, new Buffer[] {actual}, NO_AXES, n));
            assertArrayEquals(expected.floats(), actual.floats());
        }
    }

    /** A chain with constants, numbers that repeat, and a value used twice. */
    private static final Program CHAIN = Program.of(3, Expr.input(0).times(Expr.input(1)).plus(2).tanh()
            .times(Expr.input(0).gt(Expr.input(2)).select(Expr.input(1), Expr.constant(0.5))).minus(Expr.input(2)));

    @ParameterizedTest
    @CsvSource({"7,37", "1,2003", "3,700", "300,2", "1,1", "5,512", "2,511"})
    void chainsAgreeInEveryLayout(int rows, int inner) {
        int n = rows * inner;
        var layouts = List.of(new Operand(normal("full", n), 0, new int[] {inner}, 1),
                new Operand(normal("row", inner + 1), 1, new int[] {0}, 1),
                new Operand(normal("column", rows), 0, new int[] {1}, 0),
                new Operand(normal("number", 3), 2, new int[] {0}, 0),
                new Operand(normal("wide", 2 * n), 0, new int[] {2 * inner}, 1));
        for (var a : layouts) {
            for (var b : layouts) {
                for (var c : layouts) {
                    agree(n, out -> new Kernel.Map(CHAIN, new Operand[] {a, b, c}, new Buffer[] {out}, new int[] {rows}, inner));
                }
            }
        }
    }

    @Test
    void anOutputMayBeAnInput() {
        int n = 1500;
        var program = Program.of(2, Expr.input(0).plus(Expr.input(1)), Expr.input(0).times(Expr.input(1)));
        for (var backend : List.of(plain, vector)) {
            var a = normal("a", n);
            var b = normal("b", n);
            backend.run(new Kernel.Map(program, new Operand[] {new Operand(a, 0, NO_AXES, 1), new Operand(b, 0, NO_AXES, 1)},
                    new Buffer[] {a, b}, NO_AXES, n));
            for (int i = 0; i < n; i++) {
                float x = normal("a", n).floats()[i];
                float y = normal("b", n).floats()[i];
                assertEquals(x + y, a.floats()[i]);
                assertEquals(x * y, b.floats()[i]);
                i += 97;
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "3,5,1", "2,10007,1", "3,40,1", "4,9,33", "1,0,3", "0,5,1"})
    void reductionsAgree(int outer, int n, int inner) {
        for (var reduction : Kernel.Reduction.values()) {
            var in = normal("reduce", outer * n * inner);
            agree(outer * inner, out -> new Kernel.Reduce(reduction, in, out, outer, n, inner));
        }
    }

    @ParameterizedTest
    @EnumSource(Kernel.RowFunction.class)
    void rowWiseKernelsAgree(Kernel.RowFunction f) {
        for (int n : new int[] {1, 10, 16, 100, 3000}) {
            var in = normal("rows", 5 * n);
            agree(5 * n, out -> new Kernel.RowWise(f, in, out, 5, n));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "12,32,5", "13,33,400", "97,65,800", "5,100,0", "64,10,64", "0,3,2"})
    void productsAgreeForEveryTransposition(int m, int n, int k) {
        var a = normal("left", 2 * m * k);
        var b = normal("right", k * n);
        for (boolean transposeA : new boolean[] {false, true}) {
            for (boolean transposeB : new boolean[] {false, true}) {
                var left = new Matrix(a, 0, new int[] {m * k}, transposeA ? 1 : k, transposeA ? m : 1);
                var right = new Matrix(b, 0, new int[] {0}, transposeB ? 1 : n, transposeB ? k : 1);
                agree(2 * m * n, out -> new Kernel.MatMul(new int[] {2}, m, n, k, left, right, out));
            }
        }
    }

    @Test
    void whoeverIsFirstToTouchABufferGetsTheMemoryThatAllGet() {
        for (int round = 0; round < 300; round++) {
            var buffer = Buffer.allocate(DType.FLOAT32, 1 << 16);
            var arrays = new float[4][];
            Threads.run(arrays.length, i -> arrays[i] = buffer.floats());
            for (var array : arrays) {
                assertSame(arrays[0], array);
            }
        }
    }

    /** Vectors that the JIT boxes, because a function grew past what it inlines, cost ten times the computation. */
    @Test
    void hotLoopsAllocateNothing() {
        int n = 1 << 12;   // 20 kB and more if the vectors of one loop were boxed
        var x = normal("x", n).floats();
        x[n / 2] = 1e6f;   // beyond what sines of vectors take themselves
        var y = new float[n];
        var boxed = new ArrayList<>(List.of(Fn.values()));
        boxed.removeAll(List.of(Fn.SELECT, Fn.REMAINDER));
        for (int round = 0; round < 20_000 && !boxed.isEmpty(); round++) {
            boxed.removeIf(f -> allocated(f, x, y) < 1000);
        }
        assertEquals(List.of(), boxed);
    }

    private static long allocated(Fn f, float[] x, float[] y) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        if (f.arity() == 1) {
            VectorLoops.unary(f, x, 0, y, 0, x.length);
        } else {
            VectorLoops.binary(f, x, 0, x, 0, y, 0, x.length);
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
