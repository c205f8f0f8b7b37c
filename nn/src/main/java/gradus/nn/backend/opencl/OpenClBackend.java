package gradus.nn.backend.opencl;

import gradus.nn.DType;
import gradus.nn.backend.Backend;
import gradus.nn.backend.Buffer;
import gradus.nn.backend.Fn;
import gradus.nn.backend.Kernel;
import gradus.nn.backend.Kernel.Reduction;
import gradus.nn.backend.Kernel.RowFunction;
import gradus.nn.backend.Program;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Kernels on an OpenCL device. What it has no program for, the CPU computes: buffers come to the host by themselves when
 * they are read there, and go to the device when a kernel of the device needs them.
 *
 * <p>Results agree with the CPU's within rounding: sums run in another order (a tree of {@value #GROUP} strands, and
 * products of matrices in order of k), functions are those of OpenCL, within its limits of a few ulp.
 */
final class OpenClBackend implements Backend {

    /** Work items per group. */
    static final int GROUP = 64;
    private static final int MOST_GROUPS = 4096;
    /** Rows longer than this are reduced piece by piece when there are few of them. */
    static final int CHUNK = 1 << 16;
    private static final int FEW_ROWS = 256;
    private static final int TILE = 32;
    private static final int SIDE = 8;

    private static final String GROUP_SIZE = "#define GROUP " + GROUP + "\n";
    private static final Map<Reduction, String> COMBINE = new EnumMap<>(Map.of(
            Reduction.SUM, combine("0", "((a) + (b))"),
            Reduction.PROD, combine("1", "((a) * (b))"),
            Reduction.MAX, combine("-INFINITY", "fn_max(a, b)"),
            Reduction.MIN, combine("INFINITY", "fn_min(a, b)")));

    /** The scalar functions that have a form in {@code functions.cl}. */
    static final Set<Fn> FUNCTIONS = functions();

    private final DeviceQueue device;
    private final Backend cpu = Backend.cpu();
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    OpenClBackend(Platforms.Device device) {
        this(device, Optional.of(Programs.defaultFolder()), MemoryPool.limitOf(device));
    }

    OpenClBackend(Platforms.Device device, Optional<Path> programFolder, long memoryLimit) {
        this.device = new DeviceQueue(device, programFolder, memoryLimit);
    }

    private static Set<Fn> functions() {
        var text = Source.resource("functions.cl");
        return Arrays.stream(Fn.values()).filter(f -> text.contains(" " + Source.function(f) + "("))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Fn.class)));
    }

    private static String combine(String neutral, String combined) {
        return GROUP_SIZE + "#define NEUTRAL " + neutral + "\n#define COMBINE(a, b) " + combined + "\n"
                + Source.resource("functions.cl");
    }

    @Override
    public String name() {
        return "opencl (" + device.device().name() + ")";
    }

    DeviceQueue device() {
        return device;
    }

    /** What of a device's memory is taken, idle blocks included. */
    long deviceBytes() {
        synchronized (device) {
            return device.pool().usedBytes() + device.pool().idleBytes();
        }
    }

    @Override
    public void run(Kernel kernel) {
        boolean fits = fits(kernel);
        boolean done;
        synchronized (device) {
            done = fits && switch (kernel) {
                case Kernel.Map map -> map(map);
                case Kernel.Reduce reduce -> reduce(reduce);
                case Kernel.RowWise rowWise -> rowWise(rowWise);
                case Kernel.MatMul product -> matmul(product);
                case Kernel.Copy copy -> copy(copy);
                case Kernel.Gather gather -> gather(gather);
                case Kernel.ScatterAdd scatter -> scatterAdd(scatter);
                case Kernel.Uniform uniform -> uniform(uniform);
                default -> false;
            };
        }
        if (!done) {
            tell(kernel, fits ? "has no program for" : "is too large, or too precise, for");
            bringToHost(kernel.reads());
            bringToHost(kernel.writes());
            cpu.run(kernel);
        }
        Reference.reachabilityFence(kernel);   // else a block of its buffers might find its next owner in here
    }

    /** Whether the device can hold all buffers and compute in their type. */
    private boolean fits(Kernel kernel) {
        return fit(kernel.reads()) && fit(kernel.writes());
    }

    private boolean fit(Buffer[] buffers) {
        for (var buffer : buffers) {
            if (buffer.dtype() == DType.FLOAT64 && !device.hasFloat64()
                    || !device.canHold((long) buffer.length() * buffer.dtype().bytes())) {
                return false;
            }
        }
        return true;
    }

    /** Beforehand, since the CPU's threads might each bring their own. */
    private static void bringToHost(Buffer[] buffers) {
        for (var buffer : buffers) {
            buffer.array();
        }
    }

    private void tell(Kernel kernel, String why) {
        var what = kernel instanceof Kernel.Host host ? host.name() : kernel.getClass().getSimpleName();
        if (told.add(what)) {
            System.getLogger(Backend.class.getName()).log(System.Logger.Level.INFO,
                    what + " " + why + " " + device.device().name() + ": the CPU computes it");
        }
    }

    // ---- kernels; each returns whether it could ----

    private boolean map(Kernel.Map map) {
        if (!isFloat(map.out()[0]) || !hasFunctions(map.program())) {
            return false;
        }
        if (map.rows() * map.inner() == 0) {
            return true;
        }
        var source = MapSource.of(map);
        if (source.argumentBytes() > device.parameterBytes()) {
            return false;
        }
        var kernel = device.kernel(source);
        for (var x : map.in()) {
            kernel.memory(device.holding(x.buffer()));
        }
        for (var out : map.out()) {
            kernel.memory(replacing(out));
        }
        kernel.ints(source.layout(map));
        constants(kernel, map.program(), source.real());
        each(kernel, map.rows() * map.inner());
        return true;
    }

    private static boolean hasFunctions(Program program) {
        for (int i = 0; i < program.steps(); i++) {
            if (!FUNCTIONS.contains(program.step(i).f())) {
                return false;
            }
        }
        return true;
    }

    private static void constants(DeviceKernel kernel, Program program, DType real) {
        int count = program.constants();
        if (count > 0 && real == DType.FLOAT32) {
            var values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = (float) program.constant(i);
            }
            kernel.floats(values);
        } else if (count > 0) {
            var values = new double[count];
            for (int i = 0; i < count; i++) {
                values[i] = program.constant(i);
            }
            kernel.doubles(values);
        }
    }

    private boolean reduce(Kernel.Reduce r) {
        if (!isFloat(r.in())) {
            return false;
        }
        int count = r.outer() * r.inner();
        if (count == 0) {
            return true;
        }
        var in = device.holding(r.in());
        if (r.inner() > 1) {
            each(reduction("columns", r).memory(in).memory(replacing(r.out())).ints(count).ints(r.n()).ints(r.inner()), count);
            return true;
        }
        int chunks = r.outer() <= FEW_ROWS ? Math.max(1, (r.n() + CHUNK - 1) / CHUNK) : 1;
        if (chunks == 1) {
            rows(r, in, replacing(r.out()), r.outer(), r.n(), 1);
        } else {
            var partial = device.pool().allocate(r.in().dtype(), r.outer() * chunks);
            rows(r, in, partial.block(), r.outer(), r.n(), chunks);
            rows(r, partial.block(), replacing(r.out()), r.outer(), chunks, 1);
            Reference.reachabilityFence(partial);
        }
        return true;
    }

    private void rows(Kernel.Reduce r, MemoryPool.Block in, MemoryPool.Block out, int rows, int n, int chunks) {
        var kernel = reduction("rows", r).memory(in).memory(out).ints(n).ints(chunks).ints(chunks == 1 ? n : CHUNK);
        device.run(kernel, (long) rows * chunks * GROUP, GROUP);
    }

    private DeviceKernel reduction(String entry, Kernel.Reduce r) {
        return device.kernel(new Source.File("reduce.cl", entry, r.in().dtype(), COMBINE.get(r.reduction())));
    }

    private boolean rowWise(Kernel.RowWise r) {
        if (!isFloat(r.in())) {
            return false;
        }
        if (r.rows() > 0 && r.n() > 0) {
            var kernel = device.kernel(new Source.File("softmax.cl", "softmax", r.in().dtype(), GROUP_SIZE));
            kernel.memory(device.holding(r.in())).memory(replacing(r.out())).ints(r.n())
                    .ints(r.f() == RowFunction.LOG_SOFTMAX ? 1 : 0);
            device.run(kernel, (long) r.rows() * GROUP, GROUP);
        }
        return true;
    }

    private boolean matmul(Kernel.MatMul p) {
        if (!isFloat(p.c())) {
            return false;
        }
        if (p.c().length() == 0) {
            return true;
        }
        int rank = Math.max(1, p.batch().length);
        var layout = new int[9 + 3 * rank];
        int at = 0;
        for (int value : new int[] {p.m(), p.n(), p.k(), p.a().offset(), p.a().row(), p.a().column(), p.b().offset(),
            p.b().row(), p.b().column()}) {
            layout[at++] = value;
        }
        int count = 1;
        layout[at] = 1;   // the one axis of a single product
        for (int axis = 0; axis < p.batch().length; axis++) {
            layout[at + axis] = p.batch()[axis];
            layout[at + rank + axis] = p.a().batchStrides()[axis];
            layout[at + 2 * rank + axis] = p.b().batchStrides()[axis];
            count *= p.batch()[axis];
        }
        var kernel = device.kernel(new Source.File("matmul.cl", "matmul", p.c().dtype(), rank(rank)));
        kernel.memory(device.holding(p.a().buffer())).memory(device.holding(p.b().buffer())).memory(replacing(p.c()))
                .ints(layout);
        device.run(kernel, 3, (p.n() + TILE - 1L) / TILE * SIDE, (p.m() + TILE - 1L) / TILE * SIDE, count, SIDE, SIDE);
        return true;
    }

    private static String rank(int rank) {
        return "#define RANK " + rank + "\n";
    }

    private boolean copy(Kernel.Copy copy) {
        int count = 1;
        for (int size : copy.dims()) {
            count *= size;
        }
        if (count == 0) {
            return true;
        }
        if (copy.in() == copy.out()) {
            return false;   // what it means depends on the order
        }
        var from = device.holding(copy.in());
        var to = count == copy.out().length() ? replacing(copy.out()) : changing(copy.out());
        if (copy.in().dtype() == copy.out().dtype() && isDense(copy.dims(), copy.inStrides())
                && isDense(copy.dims(), copy.outStrides())) {
            long bytes = copy.in().dtype().bytes();
            device.copy(from, copy.inOffset() * bytes, to, copy.outOffset() * bytes, count * bytes);
            return true;
        }
        int rank = Math.max(1, copy.dims().length);
        var layout = new int[3 + 3 * rank];
        layout[0] = count;
        layout[1] = copy.inOffset();
        layout[2] = copy.outOffset();
        layout[3] = 1;   // the one axis of a scalar
        for (int axis = 0; axis < copy.dims().length; axis++) {
            layout[3 + axis] = copy.dims()[axis];
            layout[3 + rank + axis] = copy.inStrides()[axis];
            layout[3 + 2 * rank + axis] = copy.outStrides()[axis];
        }
        each(device.kernel(converting(copy.in().dtype(), copy.out().dtype(), rank)).memory(from).memory(to).ints(layout), count);
        return true;
    }

    private static Source converting(DType in, DType out, int rank) {
        var convert = in == out ? "(x)" : out == DType.INT32 ? "(isnan(x) ? 0 : convert_int_sat_rtz(x))"
                : "convert_" + Source.word(out) + "(x)";
        return new Source.File("copy.cl", "copy", in == DType.FLOAT64 ? in : out, rank(rank) + "typedef " + Source.word(in)
                + " in_t;\ntypedef " + Source.word(out) + " out_t;\n#define CONVERT(x) " + convert + "\n");
    }

    private static boolean isDense(int[] dims, int[] strides) {
        int step = 1;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            if (dims[axis] > 1 && strides[axis] != step) {
                return false;
            }
            step *= dims[axis];
        }
        return true;
    }

    private boolean gather(Kernel.Gather g) {
        int count = g.outer() * g.count() * g.inner();
        if (count > 0) {
            each(device.kernel(new Source.File("gather.cl", "gather", g.in().dtype(), "")).memory(device.holding(g.in()))
                    .memory(device.holding(g.index())).memory(replacing(g.out())).memory(device.wrong())
                    .ints(g.outer(), g.size(), g.count(), g.inner(), g.perElement() ? 1 : 0), count);
        }
        return true;
    }

    private boolean scatterAdd(Kernel.ScatterAdd s) {
        if (!isFloat(s.out())) {
            return false;
        }
        if (s.out().length() > 0) {
            each(device.kernel(new Source.File("gather.cl", "scatter_add", s.out().dtype(), ""))
                    .memory(device.holding(s.in())).memory(device.holding(s.index())).memory(replacing(s.out()))
                    .memory(device.wrong()).ints(s.outer(), s.size(), s.count(), s.inner(), s.perElement() ? 1 : 0),
                    s.outer() * s.inner());
        }
        return true;
    }

    private boolean uniform(Kernel.Uniform u) {
        int n = u.out().length();
        if (n > 0) {
            each(device.kernel(new Source.File("random.cl", "uniform_numbers", u.out().dtype(), ""))
                    .memory(device.holding(u.state())).memory(replacing(u.out())).ints(n), (n + 3) / 4);
        }
        return true;
    }

    // ---- parts ----

    private static boolean isFloat(Buffer buffer) {
        return buffer.dtype() != DType.INT32;
    }

    /** The memory of a buffer that the next command fills; what it held was needed by commands before only. */
    private MemoryPool.Block replacing(Buffer buffer) {
        var memory = device.own(buffer);
        buffer.onlyOn(memory);
        return memory.block();
    }

    /** The memory of a buffer of which the next command changes a part. */
    private MemoryPool.Block changing(Buffer buffer) {
        var block = device.holding(buffer);
        buffer.onlyOn(buffer.device());
        return block;
    }

    /** One work item per element, or each does every so-many-th. */
    private void each(DeviceKernel kernel, int elements) {
        long groups = Math.min(MOST_GROUPS, (elements + GROUP - 1L) / GROUP);
        device.run(kernel, groups * GROUP, GROUP);
    }
}
