package gradus.nn.compile;

import gradus.nn.backend.Buffer;
import gradus.nn.backend.Kernel;
import gradus.nn.backend.Kernel.Operand;
import gradus.nn.backend.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Elementwise kernels made one where one reads what another has just written, or both read the same: what lies between is
 * never stored, if nobody else wants it.
 */
final class Fusion {

    /** Longer programs gain little and fill the first-level cache. */
    private static final int STEPS = 48;
    private static final int INPUTS = 16;
    /** How many kernels a kernel may be moved forward past. */
    private static final int REACH = 16;

    private final List<Kernel> fused = new ArrayList<>();
    private final Set<Buffer> outside;

    private Fusion(Set<Buffer> outside) {
        this.outside = outside;
    }

    static List<Kernel> fuse(List<Kernel> kernels, Set<Buffer> wanted, Set<Buffer> outside) {
        var fusion = new Fusion(outside);
        kernels.forEach(fusion::add);
        return fusion.withoutUnreadOutputs(wanted);
    }

    private void add(Kernel kernel) {
        if (kernel instanceof Kernel.Map map && isFresh(map)) {
            for (int i = fused.size() - 1; i >= Math.max(0, fused.size() - REACH); i--) {
                var earlier = fused.get(i);
                if (earlier instanceof Kernel.Map before && isFresh(before)) {
                    var both = merged(before, map);
                    if (both != null) {
                        fused.set(i, both);
                        return;
                    }
                }
                if (writesWhatIsRead(earlier, map)) {
                    break;
                }
            }
        }
        fused.add(kernel);
    }

    /** Whether all its outputs are new memory: what is changed in place keeps its time. */
    private boolean isFresh(Kernel.Map map) {
        return Arrays.stream(map.out()).noneMatch(outside::contains);
    }

    private static boolean writesWhatIsRead(Kernel earlier, Kernel.Map map) {
        for (var written : earlier.writes()) {
            for (var x : map.in()) {
                if (x.buffer() == written) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Both as one, or {@code null} where that cannot be or gains nothing. */
    private static Kernel.Map merged(Kernel.Map first, Kernel.Map second) {
        if (first.rows() * first.inner() != second.rows() * second.inner() || first.out()[0].dtype() != second.out()[0].dtype()) {
            return null;
        }
        var space = isFlat(first) ? second : isFlat(second) || sameSpace(first, second) ? first : null;
        if (space == null) {
            return null;
        }
        var operands = new ArrayList<Operand>();
        for (var x : first.in()) {
            operands.add(laidOut(x, first, space));
        }
        var arguments = new int[second.in().length];   // input of the whole, or −1 − output of the first
        boolean gains = false;
        for (int i = 0; i < arguments.length; i++) {
            var x = second.in()[i];
            int output = Arrays.asList(first.out()).indexOf(x.buffer());
            if (output >= 0) {
                if (x.offset() != 0 || !x.isDense(second.outer(), second.inner())) {
                    return null;   // it reads other elements than its own
                }
                arguments[i] = -1 - output;
                gains = true;
                continue;
            }
            var moved = laidOut(x, second, space);
            int known = IntStream.range(0, operands.size()).filter(k -> same(operands.get(k), moved)).findFirst().orElse(-1);
            gains |= known >= 0 && moved.innerStride() == 1;
            arguments[i] = known >= 0 ? known : operands.size();
            if (known < 0) {
                operands.add(moved);
            }
        }
        if (!gains || operands.size() > INPUTS || first.program().steps() + second.program().steps() > STEPS) {
            return null;
        }
        return new Kernel.Map(program(first.program(), second.program(), operands.size(), arguments),
                operands.toArray(Operand[]::new), concat(first.out(), second.out()), space.outer(), space.inner());
    }

    private static Program program(Program first, Program second, int inputs, int[] arguments) {
        var builder = new Program.Builder(inputs);
        var results = builder.append(first, IntStream.range(0, first.inputs()).toArray());
        var further = builder.append(second, Arrays.stream(arguments).map(i -> i >= 0 ? i : results[-1 - i]).toArray());
        return builder.program(IntStream.concat(Arrays.stream(results), Arrays.stream(further)).toArray());
    }

    private static Buffer[] concat(Buffer[] a, Buffer[] b) {
        var both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static boolean sameSpace(Kernel.Map a, Kernel.Map b) {
        return a.inner() == b.inner() && Arrays.equals(a.outer(), b.outer());
    }

    /** Whether every input is dense or one number, so that it does not matter where rows end. */
    private static boolean isFlat(Kernel.Map map) {
        return Arrays.stream(map.in()).allMatch(x -> isNumber(x) || x.isDense(map.outer(), map.inner()));
    }

    private static boolean isNumber(Operand x) {
        return x.innerStride() == 0 && x.repeats();
    }

    /** An input of {@code from}, flat unless both have the same rows, as an input of {@code to}. */
    private static Operand laidOut(Operand x, Kernel.Map from, Kernel.Map to) {
        if (sameSpace(from, to)) {
            return x;
        }
        var strides = new int[to.outer().length];
        int step = to.inner();
        for (int axis = strides.length - 1; axis >= 0 && !isNumber(x); axis--) {
            strides[axis] = step;
            step *= to.outer()[axis];
        }
        return new Operand(x.buffer(), x.offset(), strides, isNumber(x) ? 0 : 1);
    }

    private static boolean same(Operand a, Operand b) {
        return a.buffer() == b.buffer() && a.offset() == b.offset() && a.innerStride() == b.innerStride()
                && Arrays.equals(a.outerStrides(), b.outerStrides());
    }

    private List<Kernel> withoutUnreadOutputs(Set<Buffer> wanted) {
        var read = Plan.identitySet();
        read.addAll(wanted);
        read.addAll(outside);
        fused.forEach(kernel -> read.addAll(List.of(kernel.reads())));
        return fused.stream().map(kernel -> kernel instanceof Kernel.Map map ? without(map, read) : kernel).toList();
    }

    private static Kernel without(Kernel.Map map, Set<Buffer> read) {
        var kept = IntStream.range(0, map.out().length).filter(i -> read.contains(map.out()[i])).toArray();
        if (kept.length == map.out().length) {
            return map;
        }
        var builder = new Program.Builder(map.in().length);
        var results = builder.append(map.program(), IntStream.range(0, map.in().length).toArray());
        return new Kernel.Map(builder.program(Arrays.stream(kept).map(i -> results[i]).toArray()), map.in(),
                Arrays.stream(kept).mapToObj(i -> map.out()[i]).toArray(Buffer[]::new), map.outer(), map.inner());
    }
}
