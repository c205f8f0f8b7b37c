package gradus.nn.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gradus.nn.DType;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Expr;
import gradus.nn.backend.Kernel;
import gradus.nn.backend.Kernel.Operand;
import gradus.nn.backend.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where numbers lie, what becomes of memory, and what is said when something is missing. */
class BackendTest {

    private static final int[] NO_AXES = {};

    private OpenClBackend backend;

    @BeforeEach
    void thereIsADevice() {
        backend = OnDevice.backend();
    }

    private static OpenClBackend another(Optional<Path> programs, long memory) {
        return new OpenClBackend(OnDevice.backend().device().device(), programs, memory);
    }

    /** out = 2 in. */
    private static Kernel.Map twice(Buffer in, Buffer out) {
        return new Kernel.Map(Program.of(1, Expr.input(0).times(2)), new Operand[] {new Operand(in, 0, NO_AXES, 1)},
                new Buffer[] {out}, NO_AXES, in.length());
    }

    private static Kernel.Host negated(Buffer in, Buffer out) {
        return new Kernel.Host("negated", new Buffer[] {in}, new Buffer[] {out}, (from, to) -> {
            for (int i = 0; i < from[0].length(); i++) {
                to[0].set(i, -from[0].get(i));
            }
        });
    }

    @Test
    void numbersComeToTheHostWhenTheyAreReadThereAndNotBefore() {
        var x = Buffer.of(new float[] {1, 2, 3});
        var y = Buffer.allocate(DType.FLOAT32, 3);
        backend.run(twice(x, y));
        assertTrue(x.onHost() && x.onDevice());
        assertTrue(!y.onHost() && y.onDevice());
        assertArrayEquals(new float[] {2, 4, 6}, y.floats());
        assertTrue(y.onHost() && y.onDevice());
        y.set(0, 7);
        assertFalse(y.onDevice());
        backend.run(twice(y, y));
        assertArrayEquals(new float[] {14, 8, 12}, y.floats());
    }

    @Test
    void theCpuChangesWhatADeviceHas() {
        var x = Buffer.of(new float[] {1, 2, 3});
        backend.run(twice(x, x));
        Backend.cpu().run(twice(x, x));
        backend.run(twice(x, x));
        assertArrayEquals(new float[] {8, 16, 24}, x.floats());
    }

    @Test
    void whatWasNeverWrittenIsZeros() {
        var y = Buffer.allocate(DType.FLOAT64, 5);
        backend.run(twice(OnDevice.random(DType.FLOAT64, 5, 1), y));   // memory that may be used again below
        backend.run(twice(Buffer.allocate(DType.FLOAT64, 5), y));
        assertArrayEquals(new double[5], y.doubles());
    }

    @Test
    void theCpuComputesWhatHasNoProgramAndOneLineSaysSo() {
        var told = new ArrayList<String>();
        var logger = Logger.getLogger(Backend.class.getName());
        var handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                told.add(line.getMessage());
            }

            @Override
            public void flush() {
            }

            @Override
            public void close() {
            }
        };
        logger.addHandler(handler);
        try {
            var fresh = another(Optional.empty(), 1 << 24);
            var x = Buffer.of(new float[] {1, 2});
            for (int i = 0; i < 3; i++) {
                var y = Buffer.allocate(DType.FLOAT32, 2);
                var z = Buffer.allocate(DType.FLOAT32, 2);
                fresh.run(twice(x, y));
                fresh.run(negated(y, z));
                fresh.run(twice(z, z));
                assertArrayEquals(new float[] {-4, -8}, z.floats());
            }
        } finally {
            logger.removeHandler(handler);
        }
        assertEquals(List.of("negated has no program for " + backend.device().device().name() + ": the CPU computes it"), told);
    }

    @Test
    void tenThousandStepsUseTheSameMemory() {
        var fresh = another(Optional.empty(), 1L << 30);
        var x = OnDevice.random(DType.FLOAT32, 1 << 15, 1);
        long most = 0;
        for (int i = 0; i < 10_000; i++) {
            fresh.run(twice(x, Buffer.allocate(DType.FLOAT32, 1 << 15)));   // 1.2 GiB in all
            most = Math.max(most, fresh.deviceBytes());
        }
        assertTrue(most <= 260L << 20, most + " bytes");
    }

    @Test
    void whereMemoryEndsTheLargestAreListedAndWhatIsDroppedIsFree() {
        var small = another(Optional.empty(), 1 << 20);
        var kept = new ArrayList<Buffer>();
        var refused = assertThrows(OpenClException.class, () -> {
            while (true) {
                kept.add(Buffer.allocate(DType.FLOAT32, 75_000));
                small.run(twice(kept.getLast(), kept.getLast()));
            }
        });
        assertTrue(refused.getMessage().matches("(?s)no memory on the device for 75,000 numbers of float32: .*"
                + "the largest: 75,000 of float32, 0.3 MiB\n.*\nhelp: .*"), refused.getMessage());
        kept.clear();
        var again = Buffer.allocate(DType.FLOAT32, 75_000);
        small.run(twice(again, again));
        assertEquals(0, again.floats()[74_999]);
        assertFalse(small.device().canHold(1L << 50));
    }

    @Test
    void programsAreKeptInFilesAndADamagedOneIsMadeAnew(@TempDir Path folder) throws IOException {
        var x = Buffer.of(new float[] {1, 2});
        long made = 0;
        for (int round = 0; round < 3; round++) {
            var y = Buffer.allocate(DType.FLOAT32, 2);
            another(Optional.of(folder), 1 << 24).run(twice(x, y));
            assertArrayEquals(new float[] {2, 4}, y.floats());
            try (var files = Files.list(folder)) {
                var file = files.toList().getFirst();
                if (round == 0) {
                    made = Files.getLastModifiedTime(file).toMillis();
                } else if (round == 1) {
                    assertEquals(made, Files.getLastModifiedTime(file).toMillis());
                    var bytes = Files.readAllBytes(file);
                    bytes[bytes.length / 2]++;
                    Files.write(file, bytes);
                }
            }
        }
    }

    @Test
    void aRefusedProgramTellsTheCompilersMessage() {
        var source = new Source.File("reduce.cl", "rows", DType.FLOAT32, "#error nobody defined the combination\n");
        var refused = assertThrows(OpenClException.class, () -> backend.device().kernel(source));
        assertTrue(refused.getMessage().contains("nobody defined the combination"), refused.getMessage());
    }

    @Test
    void anInterruptEndsALongWait() {
        var fresh = another(Optional.empty(), 1 << 28);
        int n = 1 << 22;
        var in = Buffer.allocate(DType.FLOAT32, n);
        var index = Buffer.allocate(DType.INT32, n);
        var out = Buffer.allocate(DType.FLOAT32, 1);
        for (int i = 0; i < 200; i++) {   // one work item adds n numbers in order, some 10 ms
            fresh.run(new Kernel.ScatterAdd(in, index, out, 1, 1, n, 1, false));
        }
        Thread.currentThread().interrupt();
        assertThrows(CancellationException.class, out::floats);
        assertTrue(Thread.interrupted());
        assertArrayEquals(new float[] {0}, out.floats());
    }

    @Test
    void devicesAreChosenByNumberOrName() {
        var devices = Platforms.devices();
        assertSame(OpenCl.device("0"), OpenCl.device(devices.getFirst().platform().toUpperCase()));
        assertSame(backend, OpenCl.device(""));
        var refused = assertThrows(OpenClException.class, () -> OpenCl.device("abacus"));
        assertEquals("there is no OpenCL device 'abacus'\nhelp: there is " + String.join(", ", IntStream.range(0, devices.size())
                .mapToObj(i -> i + " (" + devices.get(i) + ")").toList()), refused.getMessage());
    }
}
