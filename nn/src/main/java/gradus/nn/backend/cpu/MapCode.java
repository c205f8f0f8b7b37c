package gradus.nn.backend.cpu;

import gradus.nn.backend.Fn;
import gradus.nn.backend.Program;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A program as one loop of machine code over vectors: what it computes between stays in registers. Ten times as fast as
 * the interpretation of its steps by {@link MapTiles} (Adam's thirteen: 2.1 against 26.8 ns per 16 numbers), with the
 * same bits, once it is compiled; until then every vector is an object and it is far slower, see {@link MapCompiler}.
 */
abstract class MapCode {

    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /**
     * What C2 inlines before it gives up and boxes, in operations: one elementary function with some arithmetic, or tanh and
     * its like alone (measured: sigmoid and five operations are compiled, tanh of a sum is not).
     */
    private static final int LIMIT = 50;

    private static final ClassDesc VECTOR = FloatVector.class.describeConstable().orElseThrow();
    private static final ClassDesc ANY_VECTOR = Vector.class.describeConstable().orElseThrow();
    private static final ClassDesc SPECIES_TYPE = VectorSpecies.class.describeConstable().orElseThrow();
    private static final ClassDesc MATH = VectorMath.class.describeConstable().orElseThrow();
    private static final ClassDesc SELF = MapCode.class.describeConstable().orElseThrow();
    private static final ClassDesc FLOATS = ConstantDescs.CD_float.arrayType();

    /**
     * Computes {@code n} numbers, a multiple of the vector's length.
     *
     * @param arrays  for each input the array with its numbers
     * @param starts  where in it they begin
     * @param numbers for each input that is one number, the number
     * @param out     where the results go
     * @param at      from where on
     */
    abstract void run(float[][] arrays, int[] starts, float[] numbers, float[][] out, int at, int n);

    /** Whether code can be made of a program that C2 will compile to vectors. */
    static boolean isPossible(Program program) {
        int nodes = program.inputs() + program.outputs();
        for (int i = 0; i < program.steps(); i++) {
            nodes += switch (program.step(i).f()) {
                case POW, REMAINDER, ERF -> LIMIT;   // which are no one function of vectors
                case NEG, ABS, SQUARE, SQRT, RECIPROCAL, ADD, SUB, MUL, DIV, MAX, MIN -> 1;
                case SIGN, RSQRT, RINT, FLOOR, CEIL, TRUNC, GT, GE, EQ, SELECT -> 4;
                case EXP, SIGMOID, SOFTPLUS, LOG -> 30;
                default -> 47;
            };
        }
        return nodes <= LIMIT;
    }

    /** The code of a program, given which of its inputs are one number. */
    static MapCode of(Program program, boolean[] isNumber) {
        var bytes = ClassFile.of().build(ClassDesc.of(MapCode.class.getName() + "Of"), builder -> builder
                .withSuperclass(SELF)
                .withMethodBody(ConstantDescs.INIT_NAME, ConstantDescs.MTD_void, 0, code -> code.aload(0)
                        .invokespecial(SELF, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void).return_())
                .withMethodBody("run", MethodTypeDesc.of(ConstantDescs.CD_void, FLOATS.arrayType(),
                        ConstantDescs.CD_int.arrayType(), FLOATS, FLOATS.arrayType(), ConstantDescs.CD_int,
                        ConstantDescs.CD_int), 0, code -> new Body(program, isNumber, code).write()));
        try {
            return (MapCode) MethodHandles.lookup().defineHiddenClass(bytes, true).lookupClass()
                    .getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot load the code of " + program, e);
        }
    }

    /** The method in the making. */
    private record Body(Program program, boolean[] isNumber, int[] local, int[] start, CodeBuilder code) {

        private static final int ARRAYS = 1;
        private static final int STARTS = 2;
        private static final int NUMBERS = 3;
        private static final int OUT = 4;
        private static final int AT = 5;
        private static final int N = 6;

        Body(Program program, boolean[] isNumber, CodeBuilder code) {
            this(program, isNumber, new int[program.registers()], new int[program.inputs()], code);
        }

        void write() {
            int inputs = program.inputs();
            var from = new int[inputs];
            for (int i = 0; i < inputs; i++) {
                if (isNumber[i]) {
                    species().aload(NUMBERS).loadConstant(i).faload();
                    broadcast(i);
                } else {
                    from[i] = code.allocateLocal(TypeKind.REFERENCE);
                    start[i] = code.allocateLocal(TypeKind.INT);
                    code.aload(ARRAYS).loadConstant(i).aaload().astore(from[i]);
                    code.aload(STARTS).loadConstant(i).iaload().istore(start[i]);
                }
            }
            for (int i = 0; i < program.constants(); i++) {
                species().loadConstant((float) program.constant(i));
                broadcast(inputs + i);
            }
            var out = new int[program.outputs()];
            for (int k = 0; k < out.length; k++) {
                out[k] = code.allocateLocal(TypeKind.REFERENCE);
                code.aload(OUT).loadConstant(k).aaload().astore(out[k]);
            }
            int at = code.allocateLocal(TypeKind.INT);
            code.iconst_0().istore(at);
            var next = code.newLabel();
            var end = code.newLabel();
            code.labelBinding(next).iload(at).iload(N).if_icmpge(end);
            for (int i = 0; i < inputs; i++) {
                if (!isNumber[i]) {
                    species().aload(from[i]).iload(start[i]).iload(at).iadd().invokestatic(VECTOR, "fromArray",
                            MethodTypeDesc.of(VECTOR, SPECIES_TYPE, FLOATS, ConstantDescs.CD_int));
                    store(i);
                }
            }
            for (int i = 0; i < program.steps(); i++) {
                step(program.step(i));
                store(inputs + program.constants() + i);
            }
            for (int k = 0; k < out.length; k++) {
                code.aload(local[program.output(k)]).aload(out[k]).iload(AT).iload(at).iadd().invokevirtual(VECTOR,
                        "intoArray", MethodTypeDesc.of(ConstantDescs.CD_void, FLOATS, ConstantDescs.CD_int));
            }
            code.iinc(at, SPECIES.length()).goto_(next).labelBinding(end).return_();
        }

        private CodeBuilder species() {
            return code.getstatic(SELF, "SPECIES", SPECIES_TYPE);
        }

        private void broadcast(int register) {
            code.invokestatic(VECTOR, "broadcast", MethodTypeDesc.of(VECTOR, SPECIES_TYPE, ConstantDescs.CD_float));
            store(register);
        }

        private void store(int register) {
            local[register] = code.allocateLocal(TypeKind.REFERENCE);
            code.astore(local[register]);
        }

        private void step(Program.Step step) {
            int a = local[step.a()];
            int b = local[step.b()];
            switch (step.f()) {
                case NEG, ABS, SQRT -> code.aload(a).invokevirtual(VECTOR, name(step.f()), MethodTypeDesc.of(VECTOR));
                case SQUARE -> code.aload(a).aload(a).invokevirtual(VECTOR, "mul", MethodTypeDesc.of(VECTOR, ANY_VECTOR));
                case ADD, SUB, MUL, DIV, MAX, MIN -> code.aload(a).aload(b).invokevirtual(VECTOR, name(step.f()),
                        MethodTypeDesc.of(VECTOR, ANY_VECTOR));
                default -> {
                    code.aload(a);
                    if (step.f().arity() > 1) {
                        code.aload(b);
                    }
                    if (step.f().arity() > 2) {
                        code.aload(local[step.c()]);
                    }
                    code.invokestatic(MATH, name(step.f()), switch (step.f().arity()) {
                        case 1 -> MethodTypeDesc.of(VECTOR, VECTOR);
                        case 2 -> MethodTypeDesc.of(VECTOR, VECTOR, VECTOR);
                        default -> MethodTypeDesc.of(VECTOR, VECTOR, VECTOR, VECTOR);
                    });
                }
            }
        }

        private static String name(Fn f) {
            return f.name().toLowerCase(Locale.ROOT);
        }
    }
}
