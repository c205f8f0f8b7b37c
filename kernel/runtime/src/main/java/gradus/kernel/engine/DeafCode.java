package gradus.kernel.engine;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import gradus.kernel.Log;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Instruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.nio.file.Files;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/**
 * Stops code of the JDK or of a library that no check of ours reaches and that ignores {@link Thread#interrupt}: the
 * methods on its stack are given a check of the interrupt flag, and the next one that is called throws. At rest this
 * costs nothing; the JVM's instrumentation is loaded when it is first needed. A library loop that calls no method at all
 * runs on.
 *
 * <p>Public because the JVM calls {@link #agentmain}; nobody else should.
 */
public final class DeafCode {

    private static final Log LOG = new Log(DeafCode.class);
    private static final ClassDesc THREAD = Thread.class.describeConstable().orElseThrow();
    private static final ClassDesc CANCELLED = CancellationException.class.describeConstable().orElseThrow();

    private static volatile Instrumentation instrumentation;
    private static Set<String> checked = Set.of();   // class names

    private DeafCode() {
    }

    /** Called by the JVM with the key to its classes. */
    public static void agentmain(String arguments, Instrumentation given) {
        instrumentation = given;
        given.addTransformer(new Checks(), true);
    }

    /** Has the thread's present stack checked, on a thread of its own: the first time takes a while. */
    static void stop(Thread runner) {
        Thread.ofPlatform().daemon().name("gradus stop").start(() -> {
            try {
                check(libraryClasses(runner.getStackTrace()));
            } catch (IOException | AttachNotSupportedException | AgentLoadException | AgentInitializationException e) {
                LOG.log(System.Logger.Level.WARNING, "code that ignores interrupts runs on: " + e.getMessage()
                        + "; only a restart of the kernel stops it");
            }
        });
    }

    /** The cell has ended: the library is itself again. */
    static void release() {
        if (!checked.isEmpty()) {
            Thread.ofPlatform().daemon().name("gradus stop").start(() -> retransform(Set.of()));
        }
    }

    /** What runs above the cell's own code, which has its checks. */
    private static Set<String> libraryClasses(StackTraceElement[] stack) {
        return Arrays.stream(stack).map(StackTraceElement::getClassName)
                .takeWhile(name -> !CellNames.isOfCell(name))
                .filter(name -> !name.startsWith("gradus.kernel.") && !name.startsWith("java.lang.")
                        && !name.startsWith("jdk.internal.") && !name.startsWith("sun."))
                .collect(Collectors.toSet());
    }

    private static void check(Set<String> names) throws IOException, AttachNotSupportedException, AgentLoadException,
            AgentInitializationException {
        if (names.isEmpty()) {
            return;
        }
        if (instrumentation == null) {
            load();
        }
        retransform(names);
    }

    private static synchronized void retransform(Set<String> names) {
        var before = checked;
        checked = names;
        for (var type : instrumentation.getAllLoadedClasses()) {
            if (before.contains(type.getName()) != names.contains(type.getName()) && instrumentation.isModifiableClass(type)) {
                try {
                    instrumentation.retransformClasses(type);
                } catch (UnmodifiableClassException | LinkageError e) {
                    LOG.log(System.Logger.Level.DEBUG, type + " stays as it is", e);
                }
            }
        }
    }

    /** The agent's jar holds nothing but the name of this class, which the JVM finds where it is. */
    private static void load() throws IOException, AttachNotSupportedException, AgentLoadException,
            AgentInitializationException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Agent-Class", DeafCode.class.getName());
        manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
        var jar = Files.createTempFile("gradus-stop", ".jar");
        try {
            new JarOutputStream(Files.newOutputStream(jar), manifest).close();
            var self = VirtualMachine.attach(String.valueOf(ProcessHandle.current().pid()));
            self.loadAgent(jar.toString());
            self.detach();
        } finally {
            Files.deleteIfExists(jar);
        }
    }

    private static final class Checks implements ClassFileTransformer {

        @Override
        public byte[] transform(Module module, ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain,
                                byte[] bytecode) {
            if (redefined == null || !checked.contains(redefined.getName())) {
                return null;
            }
            var classFile = ClassFile.of();
            return classFile.transformClass(classFile.parse(bytecode), ClassTransform.transformingMethodBodies(
                    method -> !method.methodName().equalsString("<init>"), CodeTransform.ofStateful(Entry::new)));
        }
    }

    private static final class Entry implements CodeTransform {

        private boolean entered;

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            if (!entered && element instanceof Instruction) {
                entered = true;
                code.invokestatic(THREAD, "currentThread", MethodTypeDesc.of(THREAD))
                        .invokevirtual(THREAD, "isInterrupted", MethodTypeDesc.of(ConstantDescs.CD_boolean))
                        .ifThen(then -> then.new_(CANCELLED).dup().loadConstant("the cell was interrupted")
                                .invokespecial(CANCELLED, ConstantDescs.INIT_NAME,
                                        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String))
                                .athrow());
            }
            code.with(element);
        }
    }
}
