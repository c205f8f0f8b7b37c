package gradus.nn.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every path of the float32 product gives the bits of the canonical triple loop, and its vectors stay in registers. */
class GemmTest {

    private final int threads = Threads.count();

    @AfterEach
    void restoreThreads() {
        Threads.use(threads);
    }

    static float[] normal(int n, long seed) {
        var random = new Random(seed);
        var values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (random.nextGaussian() * StrictMath.exp(random.nextGaussian()));
        }
        return values;
    }

    /** A matrix inside a larger array: element (i, j) at {@code at + i * row + j * column}. */
    private record View(float[] values, int at, int row, int column) {

        static View of(int rows, int columns, boolean transposed, int gap, long seed) {
            int line = (transposed ? rows : columns) + gap;
            var values = normal(3 + line * (transposed ? columns : rows), seed);
            return transposed ? new View(values, 3, 1, line) : new View(values, 3, line, 1);
        }

        float get(int i, int j) {
            return values[at + i * row + j * column];
        }
    }

    private static float[] canonical(int m, int n, int k, View a, View b, View c, boolean add) {
        var result = c.values.clone();
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                float total = add ? c.get(i, j) : 0;
                for (int p = 0; p < k; p += Gemm.BLOCK) {
                    float sum = 0;
                    for (int q = p; q < Math.min(k, p + Gemm.BLOCK); q++) {
                        sum = Math.fma(a.get(i, q), b.get(q, j), sum);
                    }
                    total = add || p > 0 ? total + sum : sum;
                }
                result[c.at + i * c.row + j] = total;
            }
        }
        return result;
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "1,1,900", "12,32,5", "13,33,400", "97,65,1600", "5,100,0", "64,10,64", "32,16,2", "32,1,16", "1,200,700",
        "700,1,300", "49,31,769", "0,3,2", "2,0,3", "60,96,768", "130,17,769", "300,70,129"})
    void everyPathSumsInTheSameOrder(int m, int n, int k) {
        for (int gap : new int[] {0, 5}) {
            for (int variant = 0; variant < 8; variant++) {
                boolean add = (variant & 4) != 0;
                var a = View.of(m, k, (variant & 1) != 0, gap, 1);
                var b = View.of(k, n, (variant & 2) != 0, gap, 2);
                var c = View.of(m, n, false, gap, 3);
                var expected = canonical(m, n, k, a, b, c, add);
                for (int used : new int[] {1, threads}) {
                    Threads.use(used);
                    var times = new AtomicIntegerArray(m);
                    var actual = c.values.clone();
                    Gemm.multiply(m, n, k, a.values, a.at, a.row, a.column, b.values, b.at, b.row, b.column, actual, c.at, c.row,
                            add, (from, to) -> {
                                for (int i = from; i < to; i++) {
                                    times.incrementAndGet(i);
                                }
                            });
                    assertArrayEquals(expected, actual, "variant " + variant);
                    for (int i = 0; i < m && n > 0; i++) {
                        assertEquals(1, times.get(i), "how often row " + i + " was said to be done");
                    }
                }
            }
        }
    }

    @Test
    void aRowIsCompleteWhenItIsSaidToBeDone() {
        int m = 200;
        int n = 150;
        var a = View.of(m, 900, false, 0, 1);
        var b = View.of(900, n, false, 0, 2);
        var expected = canonical(m, n, 900, a, b, new View(new float[m * n], 0, n, 1), false);
        var actual = new float[m * n];
        Gemm.multiply(m, n, 900, a.values, a.at, a.row, 1, b.values, b.at, b.row, 1, actual, 0, n, false, (from, to) -> {
            for (int i = from * n; i < to * n; i++) {
                actual[i] = -actual[i];
            }
        });
        for (int i = 0; i < m * n; i++) {
            assertEquals(-expected[i], actual[i]);
        }
    }

    /**
     * A vector that leaves the registers is boxed, and boxes are allocated: a call's few objects need far fewer bytes. The
     * child processes wait for their compiler, so that a busy machine cannot be mistaken for a slow kernel.
     */
    @Test
    void everyVectorWidthGivesTheSameBitsAndBoxesNothing() throws Exception {
        var widest = probe();
        var narrower = probe("-XX:UseAVX=2");
        assertEquals(widest.product, narrower.product);
        assertTrue(widest.bytes < 1000, widest.bytes + " bytes allocated by a product");
        assertTrue(narrower.bytes < 1000, narrower.bytes + " bytes allocated by a product with 256 bits");
    }

    private record Probe(String product, long bytes) { }

    private static Probe probe(String... options) throws Exception {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules", "jdk.incubator.vector", "-Xbatch", "-Dgradus.threads=1",
                "-XX:+IgnoreUnrecognizedVMOptions", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(options));
        command.add(GemmTest.class.getName());
        var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        var words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\\s+");
        assertEquals(0, process.waitFor());
        return new Probe(words[0], Long.parseLong(words[1]));
    }

    /** Prints a hash of products of many shapes, and the most bytes that one of them allocated when it was warm. */
    public static void main(String[] args) {
        int hash = 0;
        long most = 0;
        var bean = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int[] size : new int[][] {{30, 70, 390}, {28, 40, 40}, {31, 32, 32}, {33, 17, 24}, {32, 10, 30}, {12, 50, 7}}) {
            int m = size[0];
            int n = size[1];
            int k = size[2];
            var a = normal(m * k, 1);
            var b = normal(k * n, 2);
            var c = new float[m * n];
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 40 && least > 1000; round++) {
                long before = bean.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 50; i++) {
                    Gemm.multiply(m, n, k, a, 0, k, 1, b, 0, n, 1, c, 0, n, false, Gemm.RowsDone.NONE);
                }
                least = Math.min(least, (bean.getCurrentThreadAllocatedBytes() - before) / 50);
            }
            most = Math.max(most, least);
            hash = 31 * hash + Arrays.hashCode(c);
        }
        System.out.println(hash + " " + most);
    }
}
