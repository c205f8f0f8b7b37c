package gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import gradus.nn.backend.Buffer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MemoryTest {

    @Test
    void whenMemoryEndsTheLargestTensorsAreListed() {
        var weights = Tensor.parameter(Tensor.zeros(1024, 512)).named("W");
        var hidden = weights.tanh();
        var row = weights.slice(0, 0, 1);
        var small = Tensor.zeros(8).named("b");
        var message = assertThrows(MemoryException.class,   // no JVM has arrays of so many elements
                () -> Buffer.allocate(DType.FLOAT64, Integer.MAX_VALUE).array()).getMessage();
        assertTrue(message.startsWith("out of memory: 2147483647 elements of float64 need 16.0 GiB, and of "), message);
        assertTrue(message.contains("\n   2.0 MiB  float32 [1024, 512]  W\n"), message);
        assertTrue(message.contains("\n   2.0 MiB  float32 [1024, 512]  from tanh\n"), message);
        assertTrue(!message.contains("[8]") && !message.contains("slice"), message);
        assertTrue(message.contains("\nhelp: "), message);
        assertEquals(3, Tensor.of(1, 2).sum().item());
        Reference.reachabilityFence(List.of(hidden, row, small));
    }

    @Test
    void moreElementsThanAnArrayHoldsAreRefused() {
        assertTrue(assertThrows(ShapeException.class, () -> Tensor.zeros(65536, 65536)).getMessage().contains("2147483647"));
        assertThrows(ShapeException.class, () -> Tensor.zeros(46341, 46341));
        assertThrows(ShapeException.class, () -> Tensor.ones(2, 2).broadcastTo(new Shape(1 << 15, 1 << 15, 2, 2)));
        assertThrows(ShapeException.class, () -> Tensor.zeros(1 << 15, 1).plus(Tensor.zeros(1 << 16)));
        assertEquals(0, Tensor.zeros(0, 1 << 30).size());
    }

    /** What a child JVM does with {@code n} elements. */
    static final class Large {
        public static void main(String... args) {
            int n = Integer.parseInt(args[0]);
            var x = Tensor.zeros(n).plus(1);
            System.out.print(x.sum().item() + " " + x.at(-1) + " " + x.slice(0, n - 2, n).plus(1).sum().item() + " "
                    + x.reshape(-1, 8).t().slice(1, n / 8 - 1, n / 8).sum().item());
        }
    }

    /** 3 GiB, and as much again for what is computed from it; on a machine that has not so much, the same with less. */
    @Test
    void aTensorOf3GibibytesIsComputedWith() throws IOException, InterruptedException {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        boolean room = system.getFreeMemorySize() > 12L << 30;
        int n = room ? 805_306_368 : 1 << 22;
        var child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                room ? "-Xmx8g" : "-Xmx256m", "--add-modules", "jdk.incubator.vector", "-cp", System.getProperty("java.class.path"),
                Large.class.getName(), String.valueOf(n)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        var said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(child.waitFor(5, TimeUnit.MINUTES));
        assertEquals((double) n + " 1.0 4.0 8.0", said);
    }
}
