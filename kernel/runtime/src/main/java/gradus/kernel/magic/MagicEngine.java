package gradus.kernel.magic;

import gradus.kernel.api.Magics;
import gradus.kernel.api.MimeBundle;
import gradus.kernel.api.Session;
import gradus.kernel.engine.Engine;
import gradus.kernel.engine.Engine.Outcome.Failed;
import gradus.kernel.session.History;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * An engine that understands magics: it turns them into Java, lets another engine run that, and puts the author's own
 * lines back into tracebacks, completions and inspections.
 */
public final class MagicEngine implements Engine {

    private final Engine engine;
    private final NotebookSession session;
    private final Translator translator;
    private final StartUp startUp;
    private final Map<Integer, Translation> translations = new ConcurrentHashMap<>();   // of cells with magics, by number

    /**
     * @param engine  runs the Java
     * @param history what this session and earlier ones ran; whoever made it closes it
     * @param scripts run before the first cell: see {@link #startUp}
     */
    public MagicEngine(Engine engine, History history, List<Path> scripts) {
        this.engine = engine;
        var magics = new Catalog();
        this.session = new NotebookSession(this, engine, magics, history);
        this.translator = new Translator(magics, name -> engine.variables().stream()
                .anyMatch(variable -> variable.name().equals(name)));
        this.startUp = new StartUp(scripts, this::runCode);
    }

    /**
     * Runs the start-up scripts, unless that has been done. The first cell does so too, and tells what went wrong; calling
     * this earlier saves it the time.
     */
    public void startUp() {
        Session.bind(session);
        startUp.run();
    }

    @Override
    public Outcome execute(Cell cell, Consumer<Object> result) {
        startUp();
        startUp.complain();
        session.begins(cell);
        return runCode(cell, result);
    }

    /** Runs code in the middle of a cell, under that cell's number. */
    Outcome runWithin(Cell cell, Consumer<Object> result) {
        var outer = Optional.ofNullable(translations.get(cell.number()));
        try {
            return runCode(cell, result);
        } finally {
            outer.ifPresentOrElse(translation -> translations.put(cell.number(), translation),
                    () -> translations.remove(cell.number()));
        }
    }

    private Outcome runCode(Cell cell, Consumer<Object> result) {
        Session.bind(session);
        Translation translation;
        try {
            translation = translator.translate(cell.source());
        } catch (Translator.Refused e) {
            return refused(cell, e);
        }
        if (translation.isNone()) {
            translations.remove(cell.number());
            return restored(engine.execute(cell, result));
        }
        translations.put(cell.number(), translation);
        try {
            var outcome = steps(cell, translation, value -> {
                Magics.stopAll();
                result.accept(value);
            });
            return restored(outcome);
        } finally {
            Magics.stopAll();
        }
    }

    private Outcome steps(Cell cell, Translation translation, Consumer<Object> result) {
        var steps = translation.steps();
        if (steps.size() > 1 && !(engine.isComplete(translation.code()) instanceof Completeness.Complete)) {
            return engine.execute(new Cell(cell.number(), translation.code()), result);   // says what is wrong, runs nothing
        }
        for (var step : steps.subList(0, steps.size() - 1)) {
            var outcome = engine.execute(new Cell(cell.number(), step), value -> { });
            if (outcome instanceof Failed) {
                return outcome;
            }
        }
        var outcome = engine.execute(new Cell(cell.number(), steps.getLast()), result);
        boolean refused = outcome instanceof Failed failed && failed.name().equals("CompilationError");
        return refused && translation.alternative().isPresent()
                ? engine.execute(new Cell(cell.number(), translation.alternative().get()), result) : outcome;
    }

    private Outcome restored(Outcome outcome) {
        if (!(outcome instanceof Failed failed) || translations.isEmpty()) {
            return outcome;
        }
        return new Failed(failed.name(), failed.message(), Translation.restore(failed.traceback(), translations));
    }

    private static Failed refused(Cell cell, Translator.Refused e) {
        var traceback = new ArrayList<String>();
        traceback.add("\u001b[1m\u001b[31mMagicError\u001b[0m: " + e.getMessage());
        traceback.add("  at \u001b[36mCell In[" + cell.number() + "], line " + e.line() + "\u001b[0m");
        traceback.add("\u001b[32m----> %3d \u001b[0m".formatted(e.line()) + cell.source().split("\n", -1)[e.line() - 1]);
        return new Failed("MagicError", e.getMessage(), traceback);
    }

    @Override
    public void interrupt(Thread runner) {
        engine.interrupt(runner);
    }

    @Override
    public Completeness isComplete(String code) {
        if (code.stripLeading().startsWith("%%")) {   // in a console, an empty line ends the cell
            return code.endsWith("\n") ? new Completeness.Complete() : new Completeness.Incomplete("");
        }
        return engine.isComplete(translated(code).code());
    }

    /** The translation, or the text as it is where a magic is wrong: what is being typed often is. */
    private Translation translated(String code) {
        try {
            return translator.translate(code);
        } catch (Translator.Refused e) {
            return Translation.none(code);
        }
    }

    @Override
    public Completions complete(String code, int cursor) {
        var line = code.substring(code.lastIndexOf('\n', cursor - 1) + 1, cursor);
        if (MagicCompletion.isName(line)) {
            return MagicCompletion.names(line, cursor, session);
        }
        var translation = translated(code);
        var inCode = translation.toCode(cursor);
        if (inCode.isEmpty()) {
            return MagicCompletion.arguments(line, cursor, session);
        }
        var found = engine.complete(translation.code(), inCode.get());
        return new Completions(found.matches(), translation.toOriginal(found.start()), translation.toOriginal(found.end()));
    }

    @Override
    public Optional<MimeBundle> inspect(String code, int cursor, int detail) {
        var magic = MagicCompletion.magicAt(code, cursor, session);
        if (magic.isPresent()) {
            return magic.map(found -> MimeBundle.text(found.help()));
        }
        var translation = translated(code);
        return translation.toCode(cursor).flatMap(inCode -> engine.inspect(translation.code(), inCode, detail));
    }

    @Override
    public List<Variable> variables() {
        return engine.variables();
    }

    @Override
    public List<String> imports() {
        return engine.imports();
    }

    @Override
    public void addClassPath(List<Path> entries) {
        session.addClassPath(entries);
    }

    @Override
    public void reset() {
        engine.reset();
    }

    @Override
    public Optional<byte[]> bytecode(String name) {
        return engine.bytecode(name);
    }

    @Override
    public void close() {
        engine.close();
    }
}
