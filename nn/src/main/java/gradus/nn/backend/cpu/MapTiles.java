package gradus.nn.backend.cpu;

import gradus.nn.backend.Kernel;
import gradus.nn.backend.Kernel.Operand;
import gradus.nn.backend.Program;
import java.util.Arrays;

/**
 * Executes the program of a {@link Kernel.Map} in float32, tile by tile: each step runs over a few hundred numbers that stay
 * in the first-level cache, so a chain of steps reads and writes memory once. Interpreting steps by the tile is fast from the
 * first call on; programs that run much get code of their own, see {@link MapCompiler}. Both do what the loop of a single
 * operation does: fused and unfused chains are equal to the bit.
 */
final class MapTiles {

    /** Numbers per tile: 2 KiB, so that twenty slots fit into a first-level cache. */
    static final int TILE = 512;

    private static final ThreadLocal<MapTiles> OF_THREAD = ThreadLocal.withInitial(MapTiles::new);

    private float[][] slots = new float[0][];      // results of steps, and inputs that repeat
    private float[][] arrays = new float[0][];     // for each register the array with its numbers, null if all are equal
    private int[] starts = new int[0];             // where in it they begin
    private float[] numbers = new float[0];        // the number, if all are equal
    private float[][] out = new float[0][];

    private MapTiles() {
    }

    /** Runs the rows or, of a single row, the tiles numbered {@code from} up to {@code to} of {@link #pieces}. */
    static void run(Kernel.Map map, int from, int to) {
        OF_THREAD.get().execute(map, from, to);
    }

    /** Into how many independent pieces a map falls: tiles of rows, or tiles of whole short rows. */
    static int pieces(Kernel.Map map) {
        if (map.inner() >= TILE) {
            return map.rows() * ((map.inner() + TILE - 1) / TILE);
        }
        int rows = Math.max(1, TILE / Math.max(1, map.inner()));
        return (map.rows() + rows - 1) / rows;
    }

    private void grow(Program program) {
        int registers = program.registers();
        if (arrays.length < registers) {
            arrays = new float[registers][];
            starts = new int[registers];
            numbers = new float[registers];
        }
        int wanted = program.inputs() + program.slots() + 2;   // and two for the numbers that a selection chooses from
        if (slots.length < wanted) {
            int had = slots.length;
            slots = Arrays.copyOf(slots, wanted);
            for (int i = had; i < wanted; i++) {
                slots[i] = new float[TILE];
            }
        }
    }

    private void execute(Kernel.Map map, int from, int to) {
        var program = map.program();
        grow(program);
        for (int i = 0; i < program.constants(); i++) {
            arrays[program.inputs() + i] = null;
            numbers[program.inputs() + i] = (float) program.constant(i);
        }
        int inner = map.inner();
        if (inner >= TILE) {
            int perRow = (inner + TILE - 1) / TILE;
            for (int piece = from; piece < to;) {
                int row = piece / perRow;
                int at = piece % perRow * TILE;
                for (int r = 0; r < program.inputs(); r++) {
                    alongRow(r, map.in()[r], map.in()[r].start(row, map.outer()), at);
                }
                int pieces = Math.min(to - piece, perRow - piece % perRow);   // as far as this row goes
                compute(map, row * inner + at, Math.min(pieces * TILE, inner - at));
                piece += pieces;
            }
        } else {
            int rows = Math.max(1, TILE / inner);
            int allRows = map.rows();
            for (int r = 0; r < program.inputs(); r++) {
                repeatRow(r, map.in()[r], Math.min(rows, allRows), inner);
            }
            for (int piece = from; piece < to; piece++) {
                int row = piece * rows;
                int count = Math.min(rows, allRows - row);
                for (int r = 0; r < program.inputs(); r++) {
                    wholeRows(r, map.in()[r], map.outer(), row, count, inner);
                }
                compute(map, row * inner, count * inner);
            }
        }
        Arrays.fill(arrays, null);   // the numbers of tensors must not live on in a thread
        Arrays.fill(out, null);
    }

    private void alongRow(int register, Operand x, int start, int at) {
        if (x.innerStride() == 0) {
            arrays[register] = null;
            numbers[register] = x.buffer().floats()[start];
        } else {
            arrays[register] = x.buffer().floats();
            starts[register] = start + at;
        }
    }

    /** An input of which every row is the same is laid out once for all tiles. */
    private void repeatRow(int register, Operand x, int rows, int inner) {
        if (x.repeats() && x.innerStride() == 1) {
            for (int row = 0; row < rows; row++) {
                System.arraycopy(x.buffer().floats(), x.offset(), slots[register], row * inner, inner);
            }
        }
    }

    private void wholeRows(int register, Operand x, int[] outer, int row, int count, int inner) {
        var from = x.buffer().floats();
        boolean repeats = x.repeats();
        if (repeats && x.innerStride() == 0) {
            arrays[register] = null;
            numbers[register] = from[x.offset()];
            return;
        }
        arrays[register] = slots[register];
        starts[register] = 0;
        if (!repeats && x.isDense(outer, inner)) {
            arrays[register] = from;
            starts[register] = x.offset() + row * inner;
        } else if (!repeats) {
            for (int i = 0; i < count; i++) {
                int start = x.start(row + i, outer);
                if (x.innerStride() == 0) {
                    Arrays.fill(slots[register], i * inner, (i + 1) * inner, from[start]);
                } else {
                    System.arraycopy(from, start, slots[register], i * inner, inner);
                }
            }
        }
    }

    /** Numbers that lie one behind the other, by compiled code if there is some, else by tiles; the last few step by step. */
    private void compute(Kernel.Map map, int at, int n) {
        var program = map.program();
        int done = 0;
        if (n >= MapCode.SPECIES.length() && program.steps() > 1) {
            var codes = program.prepared() instanceof MapCompiler.Codes known ? known : prepare(program);
            var code = codes.ready(program, arrays, n);
            if (code != null) {
                done = MapCode.SPECIES.loopBound(n);
                code.run(arrays, starts, numbers, outputs(map), at, done);
            }
        }
        for (int i = done; i < n; i += TILE) {
            shift(program.inputs(), i == done ? done : TILE);
            steps(map, at + i, Math.min(TILE, n - i));
        }
    }

    private void shift(int inputs, int by) {
        for (int r = 0; r < inputs; r++) {
            starts[r] += by;
        }
    }

    private static MapCompiler.Codes prepare(Program program) {
        var codes = new MapCompiler.Codes();
        program.prepare(codes);
        return codes;
    }

    private float[][] outputs(Kernel.Map map) {
        if (out.length < map.out().length) {
            out = new float[map.out().length][];
        }
        for (int k = 0; k < map.out().length; k++) {
            out[k] = map.out()[k].floats();
        }
        return out;
    }

    private void steps(Kernel.Map map, int at, int n) {
        var program = map.program();
        int first = program.inputs() + program.constants();
        for (int s = 0; s < program.steps(); s++) {
            var step = program.step(s);
            int result = first + s;
            int output = directOutput(map, result);
            var to = output >= 0 ? map.out()[output].floats() : slots[program.inputs() + program.slot(s)];
            int toAt = output >= 0 ? at : 0;
            arrays[result] = to;
            starts[result] = toAt;
            switch (step.f().arity()) {
                case 1 -> unary(step, result, to, toAt, n);
                case 2 -> binary(step, result, to, toAt, n);
                default -> select(step, program, to, toAt, n);
            }
        }
        for (int k = 0; k < map.out().length; k++) {
            store(program.output(k), map.out()[k].floats(), at, n);
        }
    }

    /** Which output a step may write at once: one that no input shares memory with. */
    private static int directOutput(Kernel.Map map, int register) {
        for (int k = 0; k < map.out().length; k++) {
            if (map.program().output(k) == register && !isInput(map, k)) {
                return k;
            }
        }
        return -1;
    }

    private static boolean isInput(Kernel.Map map, int output) {
        if (map.program().steps() == 1) {
            return false;   // a single loop reads each element before it writes it
        }
        for (var x : map.in()) {
            if (x.buffer() == map.out()[output]) {
                return true;
            }
        }
        return false;
    }

    private void store(int register, float[] out, int at, int n) {
        var from = arrays[register];
        if (from == null) {
            Arrays.fill(out, at, at + n, numbers[register]);
        } else if (from != out || starts[register] != at) {
            System.arraycopy(from, starts[register], out, at, n);
        }
    }

    private void unary(Program.Step step, int result, float[] to, int toAt, int n) {
        if (arrays[step.a()] == null) {
            arrays[result] = null;
            numbers[result] = Scalars.apply(step.f(), numbers[step.a()], 0, 0);
        } else {
            VectorLoops.unary(step.f(), arrays[step.a()], starts[step.a()], to, toAt, n);
        }
    }

    private void binary(Program.Step step, int result, float[] to, int toAt, int n) {
        var x = arrays[step.a()];
        var y = arrays[step.b()];
        if (x == null && y == null) {
            arrays[result] = null;
            numbers[result] = Scalars.apply(step.f(), numbers[step.a()], numbers[step.b()], 0);
        } else if (y == null && ScalarLoops.withNumber(step.f(), x, starts[step.a()], numbers[step.b()], to, toAt, n)
                || x == null && ScalarLoops.numberWith(step.f(), numbers[step.a()], y, starts[step.b()], to, toAt, n)) {
            return;   // it had a loop for that
        } else {
            int spare = slots.length - 2;
            VectorLoops.binary(step.f(), laidOut(step.a(), spare, n), x == null ? 0 : starts[step.a()],
                    laidOut(step.b(), spare, n), y == null ? 0 : starts[step.b()], to, toAt, n);
        }
    }

    private void select(Program.Step step, Program program, float[] to, int toAt, int n) {
        int spare = program.inputs() + program.slots();
        var condition = arrays[step.a()];
        if (condition == null) {
            int chosen = numbers[step.a()] != 0 ? step.b() : step.c();
            var from = laidOut(chosen, spare, n);
            System.arraycopy(from, from == slots[spare] ? 0 : starts[chosen], to, toAt, n);
            return;
        }
        var y = laidOut(step.b(), spare, n);
        var w = laidOut(step.c(), spare + 1, n);
        VectorLoops.select(condition, starts[step.a()], y, arrays[step.b()] == null ? 0 : starts[step.b()], w,
                arrays[step.c()] == null ? 0 : starts[step.c()], to, toAt, n);
    }

    private float[] laidOut(int register, int spare, int n) {
        if (arrays[register] != null) {
            return arrays[register];
        }
        Arrays.fill(slots[spare], 0, n, numbers[register]);
        return slots[spare];
    }
}
