package gradus.kernel.magic;

import gradus.kernel.api.Magic;
import java.util.List;

/** How long code takes. The translator compiles the code in place; here is what remains when there is none to compile. */
final class TimeMagics {

    static final List<Magic> ALL = List.of(
            BuiltIn.line("time", """
                    %time CODE    or  %%time above a cell
                    Runs code once and prints how long it took: wall clock, processor time of this thread, memory allocated.

                    What the code defines stays defined, and its value is shown as usual:
                      %time var model = train();
                      var sorted = %time sort(xs)
                    Compiling the code is not part of the figure; the JIT's warming up is. For small pieces use %timeit.""",
                    (code, session) -> session.evaluate("%time " + code))
                    .and((arguments, body, session) -> session.evaluate("%%time " + arguments + "\n" + body)),
            BuiltIn.line("timeit", """
                    %timeit [-n LOOPS] [-r RUNS] CODE    or  %%timeit above a cell
                    Measures code by running it often and shows the median time and the spread.

                    The code runs until it is warm, then so often that one run takes at least 0.2 s, seven runs in all; -n and
                    -r set both. The value of an expression is kept, so that the JIT cannot drop the code: in a %%timeit
                    cell leave the semicolon behind the last expression out.
                      %timeit Math.sin(x)
                      var t = %timeit -r 3 sort(xs.clone())     // t.median() is in seconds""",
                    (code, session) -> session.evaluate("%timeit " + code))
                    .and((arguments, body, session) -> session.evaluate("%%timeit " + arguments + "\n" + body)));

    private TimeMagics() {
    }
}
