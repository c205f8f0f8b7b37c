package gradus.nn.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/**
 * One fixed pool of threads for all kernels: the caller and one daemon thread for each further core.
 *
 * <p>A kernel cuts its work into parts by its shape alone, never by the number of threads, so its results do not depend on
 * that number. {@code -Dgradus.threads=1} computes on the calling thread only.
 */
public final class Threads {

    /** How long a thread without work spins before it parks: waking a parked one costs more than a small kernel. */
    private static final long SPIN_NANOS = 20_000;

    private static final int WORKERS = Math.max(0, asked() - 1);
    /** Held by the thread whose job the workers are doing; who cannot get it computes alone. */
    private static final ReentrantLock POOL = new ReentrantLock();
    private static final Worker[] STARTED = new Worker[WORKERS];

    private static volatile int count = WORKERS + 1;
    private static volatile Job current = new Job(0, part -> { }, null);

    private Threads() {
    }

    private static int asked() {
        return Integer.getInteger("gradus.threads", Runtime.getRuntime().availableProcessors());
    }

    /** The number of threads that a kernel may use, the caller's included. */
    public static int count() {
        return count;
    }

    /** Uses {@code n} threads from now on, from 1 to as many as the process started with. */
    public static void use(int n) {
        if (n < 1 || n > WORKERS + 1) {
            throw new IllegalArgumentException(n + " threads asked for, this process has 1 to " + (WORKERS + 1)
                    + "\nhelp: start the JVM with -Dgradus.threads=" + Math.max(1, n));
        }
        count = n;
    }

    /**
     * Runs {@code body} for the parts 0 … {@code parts} − 1 on all threads and returns when the last one is done.
     *
     * <p>Inside a part, and while another thread occupies the pool, the parts run one after the other on the caller.
     *
     * @throws RuntimeException the first one that a part threw; parts not yet begun are then left out
     */
    public static void run(int parts, IntConsumer body) {
        if (parts <= 1 || count == 1 || Thread.currentThread() instanceof Worker || POOL.isHeldByCurrentThread()
                || !POOL.tryLock()) {
            for (int part = 0; part < parts; part++) {
                body.accept(part);
            }
            return;
        }
        try {
            var job = new Job(parts, body, Thread.currentThread());
            current = job;
            for (int i = 0; i < Math.min(count, parts) - 1; i++) {
                wake(i);
            }
            job.work();
            job.join();
        } finally {
            POOL.unlock();
        }
    }

    private static void wake(int i) {
        if (STARTED[i] == null) {
            STARTED[i] = new Worker(i);
            STARTED[i].start();
        } else if (STARTED[i].parked) {
            LockSupport.unpark(STARTED[i]);
        }
    }

    private static final class Job {

        private final int parts;
        /** Gone once all parts are done, so that the arrays it holds can be collected. */
        private IntConsumer body;
        private final Thread caller;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private volatile boolean callerParks;
        private volatile Throwable failure;

        private Job(int parts, IntConsumer body, Thread caller) {
            this.parts = parts;
            this.body = body;
            this.caller = caller;
        }

        private void work() {
            int part;
            while (next.get() < parts && (part = next.getAndIncrement()) < parts) {
                if (failure == null) {
                    try {
                        body.accept(part);
                    } catch (Throwable t) {
                        failure = t;
                    }
                }
                if (done.incrementAndGet() == parts && callerParks) {
                    LockSupport.unpark(caller);
                }
            }
        }

        private void join() {
            long start = System.nanoTime();
            while (done.get() < parts) {
                if (System.nanoTime() - start < SPIN_NANOS) {
                    Thread.onSpinWait();
                } else {
                    callerParks = true;
                    if (done.get() < parts) {
                        LockSupport.park(this);
                    }
                }
            }
            body = null;
            switch (failure) {
                case null -> { }
                case Error e -> throw e;
                case RuntimeException e -> throw e;
                default -> throw new IllegalStateException(failure);
            }
        }
    }

    private static final class Worker extends Thread {

        private final int index;
        private volatile boolean parked;

        private Worker(int index) {
            super(null, null, "gradus-" + (index + 1), 0, false);
            this.index = index;
            setDaemon(true);
        }

        @Override
        public void run() {
            Job seen = null;
            while (true) {
                seen = awaitJobAfter(seen);
                if (index < count - 1) {
                    seen.work();
                }
            }
        }

        private Job awaitJobAfter(Job seen) {
            long start = System.nanoTime();
            while (true) {
                var job = current;
                if (job != seen) {
                    return job;
                }
                if (System.nanoTime() - start < SPIN_NANOS) {
                    Thread.onSpinWait();
                } else {
                    parked = true;
                    if (current == seen) {
                        LockSupport.park(this);
                    }
                    parked = false;
                }
            }
        }
    }
}
