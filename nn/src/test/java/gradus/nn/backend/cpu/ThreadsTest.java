package gradus.nn.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadsTest {

    private final int threads = Threads.count();

    @AfterEach
    void restoreThreads() {
        Threads.use(threads);
    }

    @Test
    void everyPartRunsOnceWithAnyNumberOfThreads() {
        for (int used = 1; used <= threads; used++) {
            Threads.use(used);
            for (int parts = 0; parts < 200; parts++) {
                var times = new AtomicIntegerArray(parts);
                Threads.run(parts, times::incrementAndGet);
                for (int part = 0; part < parts; part++) {
                    assertEquals(1, times.get(part));
                }
            }
        }
    }

    @Test
    void partsRunOnAllThreads() {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        var together = new CountDownLatch(threads);
        Threads.run(threads, part -> {   // each part waits until every thread has one
            seen.add(Thread.currentThread());
            together.countDown();
            try {
                together.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertEquals(threads, seen.size());
    }

    @Test
    void aRunInsideAPartStaysOnItsThread() {
        var times = new AtomicIntegerArray(1);
        Threads.run(8, outer -> {
            var thread = Thread.currentThread();
            Threads.run(8, inner -> {
                assertSame(thread, Thread.currentThread());
                times.incrementAndGet(0);
            });
        });
        assertEquals(64, times.get(0));
    }

    @Test
    void whatAPartThrowsReachesTheCallerAndThePoolGoesOn() {
        for (int failing = 0; failing < 16; failing++) {
            int bad = failing;
            var thrown = assertThrows(IllegalStateException.class, () -> Threads.run(16, part -> {
                if (part == bad) {
                    throw new IllegalStateException("part " + part);
                }
            }));
            assertEquals("part " + bad, thrown.getMessage());
        }
        everyPartRunsOnceWithAnyNumberOfThreads();
    }

    @Test
    void callersOnSeveralThreadsDoNotDisturbEachOther() throws InterruptedException {
        var callers = new ArrayList<Thread>();
        var failures = ConcurrentHashMap.<Throwable>newKeySet();
        for (int i = 0; i < 4; i++) {
            var caller = new Thread(() -> {
                for (int round = 0; round < 500; round++) {
                    var times = new AtomicIntegerArray(10);
                    Threads.run(10, times::incrementAndGet);
                    for (int part = 0; part < 10; part++) {
                        assertEquals(1, times.get(part));
                    }
                }
            });
            caller.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
            caller.start();
            callers.add(caller);
        }
        for (var caller : callers) {
            caller.join();
        }
        assertEquals(Set.of(), failures);
    }

    @Test
    void moreThreadsThanThereAreAreRefused() {
        var thrown = assertThrows(IllegalArgumentException.class, () -> Threads.use(threads + 1000));
        assertTrue(thrown.getMessage().contains("help: start the JVM with -Dgradus.threads="), thrown.getMessage());
    }
}
