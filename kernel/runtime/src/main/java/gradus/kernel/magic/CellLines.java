package gradus.kernel.magic;

import static gradus.kernel.magic.Translator.ENTRY;
import static gradus.kernel.magic.Translator.lineOf;
import static gradus.kernel.magic.Translator.newlines;
import static gradus.kernel.magic.Translator.quoted;

import gradus.kernel.magic.Translation.Change;
import gradus.kernel.magic.Translator.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Translates the lines of a cell, one after another: see {@link Translator}. */
final class CellLines {

    private static final Pattern MAGIC = Pattern.compile("(\\s*)(%)([A-Za-z][\\w-]*)(.*)");
    private static final Pattern COMMAND = Pattern.compile("(\\s*)(!)()(.*)");
    private static final String TARGET = "(\\s*(?:[\\w$.]+(?:<[\\w$.<>,?\\s\\[\\]]*>)?(?:\\[\\])*\\s+)*[\\w$.]+\\s*=\\s*)";
    private static final Pattern ASSIGNED_MAGIC = Pattern.compile(TARGET + "(%)([A-Za-z][\\w-]*)(.*)");
    private static final Pattern ASSIGNED_COMMAND = Pattern.compile(TARGET + "(!)()([^=].*)");
    private static final Pattern QUESTION = Pattern.compile("(\\s*)(\\??)(%{0,2}[A-Za-z_$][\\w$.-]*)(\\?{0,2})\\s*");
    private static final Pattern DEPENDENCIES = Pattern.compile("//DEPS\\s+(.*)");
    private static final Pattern TIMEIT_OPTIONS = Pattern.compile("((?:-[nr]\\s*\\d*\\s+)*)(.*)", Pattern.DOTALL);
    private static final Pattern CALL = Pattern.compile("[(!].*|[\\w$]+(?:\\.[\\w$]+)*\\(.*");
    private static final Pattern NAME = Pattern.compile("([\\w$]+)(?:\\.[\\w$]+)*\\s*(?:[;&|=?.].*)?");

    /** Java for a magic: where in it the author's own Java stands, as in {@link Change}. */
    private record Java(String text, int kept, int keptInText, int keptLength) {

        static Java call(String text) {
            return new Java(text, -1, -1, 0);
        }

        /** @param at where in the cell the author's Java begins */
        static Java around(String before, String kept, int at, String after) {
            return new Java(before + kept + after, at, before.length(), kept.length());
        }
    }

    private final String cell;
    private final Catalog magics;
    private final Predicate<String> isVariable;
    private final StringBuilder code = new StringBuilder();
    private final List<Change> changes = new ArrayList<>();
    private final List<String> dependencies = new ArrayList<>();
    private final List<int[]> defining = new ArrayList<>();   // first and last line, counted from 0
    private final StatementScanner scanner = new StatementScanner();
    private int at;

    CellLines(String cell, Catalog magics, Predicate<String> isVariable) {
        this.cell = cell;
        this.magics = magics;
        this.isVariable = isVariable;
    }

    Translation translate() throws Refused {
        while (at < cell.length()) {
            int end = lineEnd(at);
            if (!(scanner.atStatement() && magic(cell.substring(at, end)))) {
                plain(end);
            }
        }
        if (changes.isEmpty() && dependencies.isEmpty()) {
            return Translation.none(cell);
        }
        return new Translation(cell, code.toString(), changes, steps(), Optional.empty());
    }

    private int lineEnd(int from) {
        int end = cell.indexOf('\n', from);
        return end < 0 ? cell.length() : end;
    }

    private void plain(int end) {
        var line = cell.substring(at, end);
        int comment = scanner.read(line);
        var found = DEPENDENCIES.matcher(line.substring(comment).strip());
        if (line.substring(0, comment).isBlank() && found.matches()) {
            dependencies.add(found.group(1));
        }
        code.append(cell, at, Math.min(end + 1, cell.length()));
        at = end + 1;
    }

    /** Translates the magic that begins with this line, if one does. */
    private boolean magic(String line) throws Refused {
        var magic = MAGIC.matcher(line);
        var command = COMMAND.matcher(line);
        var question = QUESTION.matcher(line);
        var assignedMagic = ASSIGNED_MAGIC.matcher(line);
        var assignedCommand = ASSIGNED_COMMAND.matcher(line);
        if (question.matches() && question.group(2).isEmpty() != question.group(4).isEmpty() && !isTernary(line)) {
            var name = question.group(3);
            replace(lineEnd(at), at + question.end(1), Java.call(ENTRY + "show("
                    + (question.group(4).equals("??") ? "\"pinfo2\", " : "\"pinfo\", ") + quoted(name) + ");"));
            return true;
        }
        if (line.stripLeading().startsWith("%%")) {
            throw new Refused("%% begins the first line of a cell, and the whole cell below is its own"
                    + "\nmove this and what belongs to it into a new cell", lineOf(cell, at));
        }
        if (magic.matches()) {
            line(magic, "");
            return true;
        }
        if (assignedMagic.matches()) {
            line(assignedMagic, assignedMagic.group(1));
            return true;
        }
        if (command.matches() && !isCondition(command.group(4))) {
            var text = joined();
            replace(at + text.length(), at + command.start(2), Java.call(ENTRY + "show(\"system\", "
                    + quoted(unfolded(text).strip().substring(1).strip()) + ");"));
            return true;
        }
        if (assignedCommand.matches() && !isAssignedCondition(assignedCommand)) {
            var text = joined();
            replace(at + text.length(), at + assignedCommand.start(2), Java.call(ENTRY + "shell("
                    + quoted(unfolded(text).substring(assignedCommand.start(4)).strip()) + ");"));
            return true;
        }
        return false;
    }

    /** A line that begins with a percent sign, or whose assigned value does. */
    private void line(Matcher found, String target) throws Refused {
        var name = found.group(3);
        int line = lineOf(cell, at);
        var magic = Translator.known(name, magics, line);
        int start = at + found.start(2);
        var text = joined();
        var arguments = unfolded(text).substring(found.start(4)).strip();
        if (arguments.equals("--help") || arguments.equals("-h")) {
            replace(at + text.length(), start, Java.call(ENTRY + "show(\"pinfo\", " + quoted("%" + name) + ");"));
        } else if (name.equals("time") || name.equals("timeit")) {
            int codeStart = at + found.start(4);
            int end = codeEnd(codeStart);
            replace(lineEnd(end), start, name.equals("time") ? timed(codeStart, end, target)
                    : measured(codeStart, end, target));
        } else {
            if (magic.defines() && scanner.atTopLevel()) {
                defining.add(new int[] {line - 1, lineOf(cell, at + text.length()) - 1});
            }
            replace(at + text.length(), start, Java.call(ENTRY + (target.isEmpty() ? "show(" : "line(") + quoted(name)
                    + ", " + quoted(arguments) + ");"));
        }
    }

    private Java timed(int start, int end, String target) {
        var java = cell.substring(start, end);
        int blank = java.length() - java.stripLeading().length();
        var kept = unended(java);
        if (kept.isEmpty()) {
            return Java.call(ENTRY + "show(\"pinfo\", \"%time\");");
        }
        if (!target.isEmpty() || isOneExpression(kept)) {
            boolean silent = java.stripTrailing().endsWith(";") || !isLast(lineEnd(end));
            return Java.around(ENTRY + "time(() -> ", kept, start + blank, !target.isEmpty() || silent ? ");" : ")");
        }
        return Java.around(ENTRY + "start(); ", kept, start + blank, "; " + ENTRY + "stop();");
    }

    private Java measured(int start, int end, String target) {
        var java = TIMEIT_OPTIONS.matcher(cell.substring(start, end).stripLeading());
        java.matches();
        var kept = unended(java.group(2));
        if (kept.isEmpty()) {
            return Java.call(ENTRY + "show(\"pinfo\", \"%timeit\");");
        }
        int at = cell.indexOf(kept, start + java.group(1).length());
        boolean block = !isOneExpression(kept);
        var call = ENTRY + "timeit(" + quoted(java.group(1).strip()) + ", () -> " + (block ? "{ " : "");
        var close = block ? "; })" : ")";
        return target.isEmpty()
                ? Java.around(ENTRY + "show(" + call, kept, at, close + ");")
                : Java.around(call, kept, at, close + ";");
    }

    /** Java without the blanks and the semicolon around it. */
    private static String unended(String java) {
        var text = java.strip();
        return text.endsWith(";") ? text.substring(0, text.length() - 1).stripTrailing() : text;
    }

    private static boolean isOneExpression(String java) {
        var scanner = new StatementScanner();
        java.lines().forEach(scanner::read);
        return scanner.isOneExpression();
    }

    /** Where Java that begins here ends: with its line, or with the line in which its last bracket closes. */
    private int codeEnd(int start) {
        var own = new StatementScanner();
        int from = start;
        while (true) {
            int end = lineEnd(from);
            int comment = own.read(cell.substring(from, end));
            if (own.atTopLevel() || end == cell.length()) {
                return from + comment;
            }
            from = end + 1;
        }
    }

    private boolean isLast(int end) {
        var rest = new StatementScanner();
        cell.substring(end).lines().forEach(rest::read);
        return rest.isBlank();
    }

    /** The line at hand with those that a backslash at a line's end joins to it. */
    private String joined() {
        int end = lineEnd(at);
        while (end < cell.length() && cell.charAt(end - 1) == '\\') {
            end = lineEnd(end + 1);
        }
        return cell.substring(at, end);
    }

    private static String unfolded(String text) {
        return text.replace("\\\n", " ");
    }

    /** Puts Java in the place of the text from {@code start} to {@code end}; all lines stay where they are. */
    private void replace(int end, int start, Java java) {
        code.append(cell, at, start);
        int inCode = code.length();
        code.append(java.text);
        int missing = newlines(cell.substring(start, end)) - newlines(java.text);
        changes.add(new Change(start, end, inCode, code.length(), java.kept,
                java.kept < 0 ? -1 : inCode + java.keptInText, java.keptLength));
        code.append("\n".repeat(missing));
        if (end < cell.length()) {
            code.append('\n');
        }
        at = end + 1;
    }

    private boolean isCondition(String behind) {
        var name = NAME.matcher(behind.stripTrailing());
        return CALL.matcher(behind).matches() || goesOn()
                || name.matches() && isVariable.or(this::isDefinedAbove).test(name.group(1));
    }

    private boolean isAssignedCondition(Matcher found) {
        var declared = found.group(1).strip();
        return declared.startsWith("boolean ") || declared.startsWith("Boolean ")
                || declared.startsWith("final boolean ") || found.group(4).stripTrailing().endsWith(";")
                || isCondition(found.group(4));
    }

    private boolean isDefinedAbove(String name) {
        return Pattern.compile("[\\w$>\\]]\\s+" + Pattern.quote(name) + "\\s*[=;,):]").matcher(cell.substring(0, at)).find();
    }

    /** Whether the next line begins with what can only continue an expression. */
    private boolean goesOn() {
        return cell.substring(lineEnd(at)).stripLeading().matches("(?s)(&&|\\|\\||==|!=|\\?|\\.|\\)|&|\\||\\^).*");
    }

    /** Whether {@code name?} is the condition of a choice whose alternatives follow. */
    private boolean isTernary(String line) {
        if (!line.stripTrailing().endsWith("?")) {
            return false;
        }
        var rest = cell.substring(lineEnd(at));
        int end = rest.indexOf(';');
        return (end < 0 ? rest : rest.substring(0, end)).replaceAll("::|//.*|\"[^\"\n]*\"|'.'", "")
                .replaceAll("\\([^()]*\\)", "").matches("(?s)[^:{}?]*:.*");
    }

    /** The code cut at each magic that changes what names mean, after the dependencies that comments name. */
    private List<String> steps() {
        var steps = new ArrayList<String>();
        if (!dependencies.isEmpty()) {
            steps.add(ENTRY + "show(\"maven\", " + quoted(String.join(" ", dependencies)) + ");");
        }
        var lines = code.toString().split("\n", -1);
        int from = 0;
        for (var lineRange : defining) {
            add(steps, lines, from, lineRange[0]);
            add(steps, lines, lineRange[0], lineRange[1] + 1);
            from = lineRange[1] + 1;
        }
        add(steps, lines, from, lines.length);
        return steps.isEmpty() ? List.of(code.toString()) : steps;
    }

    private static void add(List<String> steps, String[] lines, int from, int to) {
        var text = IntStream.range(from, to).mapToObj(i -> lines[i]).collect(Collectors.joining("\n"));
        if (!text.isBlank()) {
            steps.add("\n".repeat(from) + text);
        }
    }
}
