package gradus.kernel.engine;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;

/** One run of a cell: which threads belong to it, and whether it is to stop. */
final class Execution {

    /** Inherited by the threads that a cell starts, so they are stopped with it. */
    private static final InheritableThreadLocal<Execution> OF_THREAD = new InheritableThreadLocal<>();

    private final Thread thread = Thread.currentThread();
    private int depth;   // in user code; a magic may run a cell within a cell
    private volatile boolean stopped;
    private CellInterrupted interrupted;

    /** Begins a run on the calling thread. */
    static Execution begin() {
        var execution = new Execution();
        OF_THREAD.set(execution);
        return execution;
    }

    /** The run that the calling thread works for; {@code null} for threads of nobody, such as pool workers. */
    static Execution ofCurrentThread() {
        boolean shared = Thread.currentThread() instanceof ForkJoinWorkerThread worker
                && worker.getPool() == ForkJoinPool.commonPool();
        return shared ? null : OF_THREAD.get();
    }

    /** One for the whole run: a deep recursion that catches it at each level would fill in thousands of stack traces. */
    synchronized CellInterrupted interrupted() {
        if (interrupted == null) {
            interrupted = new CellInterrupted();
        }
        return interrupted;
    }

    boolean isStopped() {
        return stopped;
    }

    /**
     * Asks the run to stop. The thread itself is interrupted only in user code: inside the compiler an interrupt would
     * close the file channels that it reads class files through, for good.
     *
     * @return whether it had been asked before and runs on
     */
    synchronized boolean stop() {
        boolean deaf = stopped && depth > 0;
        stopped = true;
        Interruption.arm(this);
        if (depth > 0) {
            thread.interrupt();
        }
        return deaf;
    }

    /** User code begins on the run's thread; throws at once when the run was stopped before. */
    synchronized void enterUserCode() {
        if (stopped) {
            throw new CellInterrupted();
        }
        depth++;
    }

    /** User code has ended on the run's thread; an interrupt that came too late for it is forgotten. */
    synchronized void leaveUserCode() {
        depth--;
        if (depth == 0) {
            Thread.interrupted();
        }
    }
}
