package gradus.kernel.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import org.junit.jupiter.api.Test;

class UserTraceTest {

    private static StackTraceElement frame(String module, String type, String method, int line) {
        return new StackTraceElement("app", module, null, type, method, "In.java", line);
    }

    @Test
    void onlyTheUsersFramesAreShown() {
        var thrown = new IllegalStateException("why");
        thrown.setStackTrace(new StackTraceElement[] {frame("java.base", "java.util.ArrayList", "get", 9),
                frame(null, "org.other.Library", "call", 7), frame(null, "notebook.In4_2$Mine", "work", 3),
                frame(null, "notebook.In4_2", "lambda$do$1$0", 8), frame(null, "notebook.In5", "do$1", 2),
                frame(null, "gradus.kernel.session.Shell", "run", 1), frame("java.base", "java.lang.Thread", "run", 2)});
        assertEquals("""
                java.lang.IllegalStateException: why
                    at Library.call(In.java:7)
                    at Mine.work, Cell In[4], line 3
                    at lambda, Cell In[4], line 8
                    at Cell In[5], line 2""", UserTrace.of(thrown));
    }

    @Test
    void causesFollowAndMayGoInACircle() {
        var inner = new Error("inner");
        var outer = new RuntimeException("outer", inner);
        inner.initCause(outer);
        inner.setStackTrace(new StackTraceElement[0]);
        outer.setStackTrace(new StackTraceElement[0]);
        assertEquals("java.lang.RuntimeException: outer\nCaused by: java.lang.Error: inner", UserTrace.of(outer));
    }

    @Test
    void aDeepRecursionIsCut() {
        var thrown = new StackOverflowError();
        thrown.setStackTrace(Collections.nCopies(1_000, frame(null, "Cell", "deeper", 5))
                .toArray(StackTraceElement[]::new));
        var lines = UserTrace.of(thrown).lines().toList();
        assertEquals(14, lines.size());
        assertEquals("    … 988 more", lines.getLast());
    }

    @Test
    void aMessageThatCannotBeHadHidesNothing() {
        var thrown = new RuntimeException() {
            @Override
            public String getMessage() {
                throw new IllegalStateException();
            }
        };
        var text = UserTrace.uncaught(new Thread("mine"), thrown);
        assertTrue(text.startsWith("Exception in thread \"mine\" " + thrown.getClass().getName()), text);
        assertTrue(text.contains("its getMessage threw java.lang.IllegalStateException"), text);
    }
}
