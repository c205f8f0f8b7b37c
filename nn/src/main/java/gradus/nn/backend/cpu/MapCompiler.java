package gradus.nn.backend.cpu;

import com.sun.management.ThreadMXBean;
import gradus.nn.backend.Program;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Makes {@link MapCode} of programs that run much, beside the computation: a thread of low priority runs new code on
 * numbers of its own until C2 has compiled it, and only then is it used. That it is compiled shows by its allocating
 * nothing any more; code that goes on allocating has fallen off a limit of C2's and is never used.
 */
final class MapCompiler {

    /** The code of one program for each pattern of inputs that are one number. */
    static final class Codes {

        private volatile Code[] codes = {};
        private long elements;

        /** Code that is ready for these inputs, {@code null} if none is; counts what is to be computed. */
        MapCode ready(Program program, float[][] arrays, int n) {
            int inputs = program.inputs();
            for (var code : codes) {
                if (code.fits(arrays, inputs)) {
                    return code.ready;
                }
            }
            elements += (long) n * program.steps();
            return elements < WORTH ? null : order(program, arrays);
        }

        private synchronized MapCode order(Program program, float[][] arrays) {
            var isNumber = new boolean[program.inputs()];
            for (int i = 0; i < isNumber.length; i++) {
                isNumber[i] = arrays[i] == null;
            }
            if (Arrays.stream(codes).noneMatch(code -> Arrays.equals(code.isNumber, isNumber))) {
                var code = new Code(isNumber);
                var more = Arrays.copyOf(codes, codes.length + 1);
                more[codes.length] = code;
                codes = more;
                elements = 0;
                if (MapCode.isPossible(program)) {
                    Worker.ORDERS.add(() -> code.ready = compiled(program, isNumber));
                }
            }
            return null;
        }
    }

    private static final class Code {

        private final boolean[] isNumber;
        private volatile MapCode ready;

        private Code(boolean[] isNumber) {
            this.isNumber = isNumber;
        }

        private boolean fits(float[][] arrays, int inputs) {
            for (int i = 0; i < inputs; i++) {
                if (isNumber[i] != (arrays[i] == null)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Steps times numbers, some 10 ms of interpretation: programs that computed less are not compiled. */
    private static final long WORTH = 1L << 24;
    private static final int PRACTICE = 1024;
    private static final long PATIENCE_NANOSECONDS = 1_500_000_000L;

    private MapCompiler() {
    }

    /** The thread, which begins with the first order. */
    private static final class Worker {

        private static final LinkedBlockingQueue<Runnable> ORDERS = new LinkedBlockingQueue<>();

        static {
            var thread = Thread.ofPlatform().daemon().name("gradus map compiler").unstarted(() -> {
                while (true) {
                    try {
                        ORDERS.take().run();
                    } catch (InterruptedException e) {
                        return;
                    } catch (RuntimeException | LinkageError e) {
                        System.getLogger(MapCompiler.class.getName()).log(System.Logger.Level.DEBUG,
                                "a chain of operations stays interpreted", e);
                    }
                }
            });
            thread.setPriority(Thread.MIN_PRIORITY);
            thread.start();
        }
    }

    /** The program's code, run until it is compiled; {@code null} if it will not be. */
    private static MapCode compiled(Program program, boolean[] isNumber) {
        var code = MapCode.of(program, isNumber);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int inputs = program.inputs();
        var arrays = new float[inputs][];
        var starts = new int[inputs];
        var numbers = new float[inputs];
        Arrays.fill(numbers, 0.5f);
        for (int i = 0; i < inputs; i++) {
            if (!isNumber[i]) {
                arrays[i] = new float[PRACTICE];
                Arrays.fill(arrays[i], 0.5f);
            }
        }
        var out = new float[program.outputs()][PRACTICE];
        long deadline = System.nanoTime() + PATIENCE_NANOSECONDS;
        for (int calls = 0; System.nanoTime() < deadline; calls++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            // short calls first: the interpreter hands over after some hundred of any length
            code.run(arrays, starts, numbers, out, 0, calls < 300 ? MapCode.SPECIES.length() : PRACTICE);
            if (threads.getCurrentThreadAllocatedBytes() == before) {
                return code;
            }
        }
        return null;
    }
}
