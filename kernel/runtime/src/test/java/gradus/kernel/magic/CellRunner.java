package gradus.kernel.magic;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import gradus.kernel.api.Comm;
import gradus.kernel.api.CommMessage;
import gradus.kernel.api.Display;
import gradus.kernel.api.Frontend;
import gradus.kernel.api.MimeBundle;
import gradus.kernel.engine.Engine.Cell;
import gradus.kernel.engine.Engine.Outcome.Done;
import gradus.kernel.engine.Engine.Outcome.Failed;
import gradus.kernel.engine.JavaEngine;
import gradus.kernel.session.History;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Runs cells with magics, and keeps what they print, show, page and put into the next cell. */
final class CellRunner implements AutoCloseable, Frontend {

    private final History history = History.inMemory();
    private final MagicEngine engine;
    private final List<Object> results = new ArrayList<>();
    private final List<Object> shown = new ArrayList<>();
    private final List<Object> paged = new ArrayList<>();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private String nextInput = "";
    private String answer = "";
    private int limit;
    private int number;

    CellRunner(List<Path> scripts) {
        engine = new MagicEngine(new JavaEngine(System.getProperty("java.class.path")), history, scripts);
    }

    MagicEngine engine() {
        return engine;
    }

    /** Runs a cell to its end, however that is. */
    Object outcome(String source) {
        results.clear();
        shown.clear();
        paged.clear();
        printed.reset();
        Frontend.bind(this);
        var out = System.out;
        var err = System.err;
        var mine = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(mine);
        System.setErr(mine);
        try {
            history.add(++number, source);
            return engine.execute(new Cell(number, source), results::add);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    void run(String source) {
        var outcome = outcome(source);
        assertInstanceOf(Done.class, outcome, () -> outcome instanceof Failed failed ? text(failed) : "");
    }

    List<Object> results() {
        return results;
    }

    Object value(String source) {
        run(source);
        return results.getLast();
    }

    Failed fail(String source) {
        return assertInstanceOf(Failed.class, outcome(source));
    }

    /** What the last cell printed, errors included. */
    String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** What the last cell displayed; what was updated is there once, as it is now. */
    List<Object> shown() {
        return shown;
    }

    String plain() {
        return ((MimeBundle) shown.getLast()).plain();
    }

    List<Object> paged() {
        return paged;
    }

    String nextInput() {
        return nextInput;
    }

    int limit() {
        return limit;
    }

    void answers(String text) {
        answer = text;
    }

    /** The traceback without its colours. */
    static String text(Failed failed) {
        return String.join("\n", failed.traceback()).replaceAll("\u001b\\[[0-9;]*m", "");
    }

    @Override
    public void close() {
        engine.close();
        history.close();
    }

    @Override
    public Display display(Object value) {
        int place = shown.size();
        shown.add(value);
        return new Display() {
            @Override
            public String id() {
                return String.valueOf(place);
            }

            @Override
            public void update(Object newValue) {
                shown.set(place, newValue);
            }
        };
    }

    @Override
    public void clearOutput(boolean wait) {
        shown.clear();
    }

    @Override
    public String input(String prompt, boolean hidden) {
        return answer;
    }

    @Override
    public void page(Object value) {
        paged.add(value);
    }

    @Override
    public void setNextInput(String code) {
        nextInput = code;
    }

    @Override
    public void outputLimit(int characters) {
        limit = characters;
    }

    @Override
    public Comm openComm(String target, CommMessage opening) {
        throw new UnsupportedOperationException("no magic opens a comm");
    }

    @Override
    public void registerComm(String target, Consumer<Comm> opened) {
        throw new UnsupportedOperationException("no magic registers a comm");
    }
}
