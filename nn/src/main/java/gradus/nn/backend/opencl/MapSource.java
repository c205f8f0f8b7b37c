package gradus.nn.backend.opencl;

import gradus.nn.DType;
import gradus.nn.backend.Kernel;
import gradus.nn.backend.Program;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A {@link Kernel.Map} in OpenCL C: its program as one straight line per element. What differs from call to call (sizes,
 * offsets, strides, the program's constants) are arguments, so that one translation serves all of them.
 *
 * @param layouts for each input how it lies in memory: {@link #DENSE}, {@link #NUMBER} or {@link #STRIDED}
 * @param rank how many outer axes the strided inputs have
 */
record MapSource(Program program, DType real, String layouts, int rank) implements Source {

    /** In the order of the outputs. */
    private static final char DENSE = 'd';
    /** The same number for every element. */
    private static final char NUMBER = 'n';
    private static final char STRIDED = 's';

    static MapSource of(Kernel.Map map) {
        var layouts = new char[map.in().length];
        for (int i = 0; i < layouts.length; i++) {
            var x = map.in()[i];
            layouts[i] = x.repeats() && (x.innerStride() == 0 || map.inner() == 1) ? NUMBER
                    : x.isDense(map.outer(), map.inner()) ? DENSE : STRIDED;
        }
        var text = new String(layouts);
        return new MapSource(map.program(), map.out()[0].dtype(), text, text.indexOf(STRIDED) < 0 ? 0 : map.outer().length);
    }

    private boolean isStrided() {
        return layouts.indexOf(STRIDED) >= 0;
    }

    /** The argument that tells the layout: the number of elements, the sizes, and each input's offset and strides. */
    int[] layout(Kernel.Map map) {
        var values = new int[layoutSize()];
        int at = 0;
        values[at++] = map.rows() * map.inner();
        if (isStrided()) {
            values[at++] = map.inner();
            for (int size : map.outer()) {
                values[at++] = size;
            }
        }
        for (int i = 0; i < map.in().length; i++) {
            var x = map.in()[i];
            values[at++] = x.offset();
            if (layouts.charAt(i) == STRIDED) {
                for (int stride : x.outerStrides()) {
                    values[at++] = stride;
                }
                values[at++] = x.innerStride();
            }
        }
        return values;
    }

    private int layoutSize() {
        int strided = (int) layouts.chars().filter(layout -> layout == STRIDED).count();
        return 1 + (isStrided() ? 1 + rank : 0) + layouts.length() + strided * (rank + 1);
    }

    /** The bytes of all arguments. */
    int argumentBytes() {
        return Long.BYTES * (program.inputs() + program.outputs()) + Integer.BYTES * layoutSize()
                + real.bytes() * program.constants();
    }

    @Override
    public String entry() {
        return "map";
    }

    @Override
    public String text() {
        var text = new StringBuilder(Source.preamble(real)).append(Source.resource("functions.cl"))
                .append("\ntypedef struct { int v[").append(layoutSize()).append("]; } Layout;\n");
        if (program.constants() > 0) {
            text.append("typedef struct { real v[").append(program.constants()).append("]; } Constants;\n");
        }
        text.append("\n__kernel void map(")
                .append(IntStream.range(0, program.inputs()).mapToObj(i -> "__global const real *x" + i + ", ")
                        .collect(Collectors.joining()))
                .append(IntStream.range(0, program.outputs()).mapToObj(i -> "__global real *y" + i + ", ")
                        .collect(Collectors.joining()))
                .append("const Layout at").append(program.constants() > 0 ? ", const Constants constants" : "").append(") {\n")
                .append("    for (uint e = get_global_id(0); e < (uint) at.v[0]; e += get_global_size(0)) {\n");
        int at = index(text);
        for (int i = 0; i < program.inputs(); i++) {
            at = load(text, i, at);
        }
        int register = program.inputs();
        for (int i = 0; i < program.constants(); i++) {
            line(text, register++, "constants.v[" + i + "]");
        }
        for (int i = 0; i < program.steps(); i++) {
            var step = program.step(i);
            line(text, register++, Source.function(step.f()) + "("
                    + Arrays.stream(new int[] {step.a(), step.b(), step.c()}).limit(step.f().arity())
                            .mapToObj(r -> "r" + r).collect(Collectors.joining(", ")) + ")");
        }
        for (int k = 0; k < program.outputs(); k++) {
            text.append("        y").append(k).append("[e] = r").append(program.output(k)).append(";\n");
        }
        return text.append("    }\n}\n").toString();
    }

    /** The index of an element along the inner and the outer axes; returns where the inputs' layouts begin. */
    private int index(StringBuilder text) {
        if (!isStrided()) {
            return 1;
        }
        text.append("        const int i = e % at.v[1];\n        uint rest = e / at.v[1];\n");
        for (int axis = rank - 1; axis >= 0; axis--) {
            text.append("        const int o").append(axis).append(" = rest % at.v[").append(2 + axis).append("];\n")
                    .append("        rest /= at.v[").append(2 + axis).append("];\n");
        }
        return 2 + rank;
    }

    /** One input's number; returns where the next input's layout begins. */
    private int load(StringBuilder text, int input, int at) {
        var place = new StringBuilder("at.v[" + at++ + "]");
        switch (layouts.charAt(input)) {
            case DENSE -> place.append(" + e");
            case STRIDED -> {
                for (int axis = 0; axis < rank; axis++) {
                    place.append(" + o").append(axis).append(" * at.v[").append(at++).append(']');
                }
                place.append(" + i * at.v[").append(at++).append(']');
            }
            default -> { }   // a number lies at the offset
        }
        line(text, input, "x" + input + "[" + place + "]");
        return at;
    }

    private static void line(StringBuilder text, int register, String value) {
        text.append("        const real r").append(register).append(" = ").append(value).append(";\n");
    }
}
