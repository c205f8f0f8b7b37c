package gradus.kernel.engine;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.stream.Stream;
import jdk.jshell.execution.DirectExecutionControl;

/**
 * Loads and runs the classes that JShell compiles from cells, in this process: weaves them, keeps the objects that
 * JShell would turn into strings, and keeps exceptions whole.
 */
final class CellControl extends DirectExecutionControl {

    /** How the engine runs user code: with the compiler unlocked, and stoppable. */
    interface Runner {
        Object run(UserCode code) throws Exception;
    }

    /** Something that user code does. */
    interface UserCode {
        Object call() throws Exception;
    }

    private final Runner runner;
    private final ClassLoader cells;
    private final Weaver weaver;
    private Object value;
    private Throwable thrown;

    CellControl(Runner runner) {
        this.runner = runner;
        // the super constructor has made the loader of the cells' classes this thread's context loader
        this.cells = Thread.currentThread().getContextClassLoader();
        this.weaver = new Weaver(cells);
    }

    /** The loader of the cells' classes; belongs on every thread that runs user code. */
    ClassLoader cells() {
        return cells;
    }

    /** What the snippet that ran last evaluated to. */
    Object value() {
        return value;
    }

    /** What the snippet that ran last has thrown, or {@code null}. */
    Throwable thrown() {
        return thrown;
    }

    /** Forgets value and exception, so that they do not outlive their cell here. */
    void forget() {
        value = null;
        thrown = null;
    }

    @Override
    public void load(ClassBytecodes[] classes)
            throws ClassInstallException, NotImplementedException, EngineTerminationException {
        super.load(Stream.of(classes).map(c -> new ClassBytecodes(c.name(), weaver.weave(c.bytecodes())))
                .toArray(ClassBytecodes[]::new));
    }

    @Override
    protected String invoke(Method doIt) throws Exception {
        try {
            value = runner.run(() -> doIt.invoke(null));
            return "";
        } catch (InvocationTargetException e) {
            thrown = e.getCause();
            throw e;
        } catch (CellInterrupted e) {
            thrown = e;
            throw new InvocationTargetException(e);
        }
    }
}
