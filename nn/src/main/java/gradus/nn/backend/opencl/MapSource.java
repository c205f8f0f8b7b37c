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
 * @param axes how many axes an element's index must be taken apart into; 0 if every input is dense or one number, so that
 *        the element's number, times 1 or 0, is its place
 */
record MapSource(Program program, DType real, int axes) implements Source {

    static MapSource of(Kernel.Map map) {
        for (var x : map.in()) {
            if (!isNumber(x, map) && !x.isDense(map.outer(), map.inner())) {
                return new MapSource(map.program(), map.out()[0].dtype(), map.outer().length + 1);
            }
        }
        return new MapSource(map.program(), map.out()[0].dtype(), 0);
    }

    private static boolean isNumber(Kernel.Operand x, Kernel.Map map) {
        return x.repeats() && (x.innerStride() == 0 || map.inner() == 1);
    }

    /** The argument that tells the layout: the number of elements, the sizes, and each input's offset and strides. */
    int[] layout(Kernel.Map map) {
        var values = new int[layoutSize()];
        int at = 0;
        values[at++] = map.rows() * map.inner();
        for (int axis = 0; axis < axes; axis++) {
            values[at++] = axis < map.outer().length ? map.outer()[axis] : map.inner();
        }
        for (var x : map.in()) {
            values[at++] = x.offset();
            if (axes == 0) {
                values[at++] = isNumber(x, map) ? 0 : 1;
            }
            for (int axis = 0; axis < axes; axis++) {
                values[at++] = axis < map.outer().length ? x.outerStrides()[axis] : x.innerStride();
            }
        }
        return values;
    }

    private int layoutSize() {
        return 1 + axes + program.inputs() * (1 + Math.max(1, axes));
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
        index(text);
        int at = 1 + axes;   // where the inputs' layouts begin
        for (int i = 0; i < program.inputs(); i++) {
            var place = new StringBuilder("at.v[" + at++ + "]");
            for (int axis = 0; axis < Math.max(1, axes); axis++) {
                place.append(axes == 0 ? " + (int) e" : " + i" + axis).append(" * at.v[").append(at++).append(']');
            }
            line(text, i, "x" + i + "[" + place + "]");
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

    /** The index of an element along each axis. */
    private void index(StringBuilder text) {
        if (axes > 0) {
            text.append("        uint rest = e;\n");
        }
        for (int axis = axes - 1; axis >= 0; axis--) {
            text.append("        const int i").append(axis).append(" = rest % at.v[").append(1 + axis).append("];\n")
                    .append("        rest /= at.v[").append(1 + axis).append("];\n");
        }
    }

    private static void line(StringBuilder text, int register, String value) {
        text.append("        const real r").append(register).append(" = ").append(value).append(";\n");
    }
}
