package gradus.kernel.engine;

import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Rewrites the classes of cells before they are loaded: a check at the start of every method and before every
 * backward branch makes all code stoppable (see {@link Interruption}), calls that would end the process are refused
 * (see {@link ExitGuard}), and calls of other cells' methods find their newest definition (see {@link Linker}).
 */
final class Weaver {

    private static final ClassDesc GUARD = ExitGuard.class.describeConstable().orElseThrow();
    private static final ClassDesc RUNTIME = ClassDesc.of("java.lang.Runtime");
    private static final DynamicCallSiteDesc CHECK = DynamicCallSiteDesc.of(
            MethodHandleDesc.ofMethod(DirectMethodHandleDesc.Kind.STATIC,
                    Interruption.class.describeConstable().orElseThrow(), "bootstrap",
                    MethodTypeDesc.of(ConstantDescs.CD_CallSite, ConstantDescs.CD_MethodHandles_Lookup,
                            ConstantDescs.CD_String, ConstantDescs.CD_MethodType)),
            "check", ConstantDescs.MTD_void);

    private final ClassFile classFile;

    private static final DirectMethodHandleDesc LINK = MethodHandleDesc.ofMethod(DirectMethodHandleDesc.Kind.STATIC,
            Linker.class.describeConstable().orElseThrow(), "bootstrap",
            MethodTypeDesc.of(ConstantDescs.CD_CallSite, ConstantDescs.CD_MethodHandles_Lookup, ConstantDescs.CD_String,
                    ConstantDescs.CD_MethodType, ConstantDescs.CD_Class));

    /** @param classFiles the class file of a resource's name, asked when two types of a cell meet in one variable */
    Weaver(Function<String, InputStream> classFiles) {
        this.classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.defaultResolver().orElse(ClassHierarchyResolver.ofResourceParsing(
                        type -> classFiles.apply(resource(type))).orElse(ASSUME_CLASS).cached())));
    }

    private static String resource(ClassDesc type) {
        var descriptor = type.descriptorString();
        return descriptor.substring(1, descriptor.length() - 1) + ".class";
    }

    /** What cannot be found at all is nobody's supertype here. */
    private static final ClassHierarchyResolver ASSUME_CLASS =
            type -> ClassHierarchyResolver.ClassHierarchyInfo.ofClass(ConstantDescs.CD_Object);

    byte[] weave(byte[] bytecode) {
        return classFile.transformClass(classFile.parse(bytecode),
                ClassTransform.transformingMethodBodies(CodeTransform.ofStateful(Method::new)));
    }

    private static final class Method implements CodeTransform {

        private final Set<Label> passed = new HashSet<>();
        private boolean entered;

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            if (!entered && element instanceof Instruction) {   // behind the first line number, so a stop has a line
                entered = true;
                code.invokedynamic(CHECK);
            }
            switch (element) {
                case LabelTarget target -> passed.add(target.label());
                case InvokeInstruction call when isCellMethod(call) -> {
                    var owner = call.owner().asSymbol();
                    code.invokedynamic(DynamicCallSiteDesc.of(LINK, call.name().stringValue(), call.typeSymbol(), owner));
                    return;
                }
                case InvokeInstruction call when guardFor(call) instanceof MethodTypeDesc type -> {
                    code.invokestatic(GUARD, call.name().stringValue(), type);
                    return;
                }
                case Instruction jump when targets(jump).stream().anyMatch(passed::contains) ->
                        code.invokedynamic(CHECK);
                default -> { }
            }
            code.with(element);
        }

        private static List<Label> targets(Instruction instruction) {
            return switch (instruction) {
                case BranchInstruction branch -> List.of(branch.target());
                case TableSwitchInstruction table -> table.cases().stream().map(SwitchCase::target).toList();
                case LookupSwitchInstruction lookup -> lookup.cases().stream().map(SwitchCase::target).toList();
                default -> List.of();
            };
        }

        /** Whether a method is called that a cell defines, and a later cell may define anew. */
        private static boolean isCellMethod(InvokeInstruction call) {
            return call.opcode() == Opcode.INVOKESTATIC && CellNames.isCellClass(call.owner().asInternalName())
                    && !CellNames.isOurs(call.name().stringValue());
        }

        /** The signature of the guard that takes the call's place, or {@code null} for a call that may pass. */
        private static MethodTypeDesc guardFor(InvokeInstruction call) {
            return switch (call.owner().asInternalName() + "." + call.name().stringValue()) {
                case "java/lang/System.exit" -> MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
                case "java/lang/Runtime.exit", "java/lang/Runtime.halt" ->
                        MethodTypeDesc.of(ConstantDescs.CD_void, RUNTIME, ConstantDescs.CD_int);
                default -> null;
            };
        }
    }
}
