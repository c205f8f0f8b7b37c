package gradus.kernel.api;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.function.Consumer;

/**
 * The way from a thread to the notebook that shows its output: implemented by the kernel, one per running cell,
 * inherited by the threads which that cell starts. Code in cells uses {@link Notebook} and {@link Comm} instead.
 */
public interface Frontend {

    /** See {@link Notebook#display}. */
    Display display(Object value);

    /** See {@link Notebook#clearOutput(boolean)}. */
    void clearOutput(boolean wait);

    /** See {@link Notebook#input} and {@link Notebook#password}. */
    String input(String prompt, boolean hidden);

    /** See {@link Notebook#page}. */
    void page(Object value);

    /** See {@link Notebook#setNextInput}. */
    void setNextInput(String code);

    /** See {@link Notebook#outputLimit}. */
    void outputLimit(int characters);

    /** See {@link Comm#open}. */
    Comm openComm(String target, CommMessage opening);

    /** See {@link Comms#register}. */
    void registerComm(String target, Consumer<Comm> opened);

    /** No notebook: shows nothing. */
    Frontend NONE = new NoFrontend();

    /**
     * The front end of the calling thread. A thread of nobody, such as a worker of the common pool, has that of the
     * cell that began last; where there is no notebook it is {@link #NONE}.
     */
    static Frontend current() {
        boolean shared = Thread.currentThread() instanceof ForkJoinWorkerThread worker
                && worker.getPool() == ForkJoinPool.commonPool();
        var own = shared ? NONE : FrontendBinding.CURRENT.get();
        return own == NONE ? FrontendBinding.latest : own;
    }

    /** Gives the calling thread, and all threads that it starts from now on, this front end. */
    static void bind(Frontend frontend) {
        FrontendBinding.CURRENT.set(frontend);
    }

    /** Gives this front end to all threads that have none of their own. */
    static void bindOthers(Frontend frontend) {
        FrontendBinding.latest = frontend;
    }
}
