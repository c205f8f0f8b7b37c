package gradus.kernel.engine;

import com.sun.source.tree.Scope;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.tools.javac.api.JavacTaskImpl;
import com.sun.tools.javac.api.JavacTrees;
import com.sun.tools.javac.tree.JCTree;
import com.sun.tools.javac.tree.JCTree.JCCompilationUnit;
import com.sun.tools.javac.tree.TreeInfo;
import gradus.kernel.api.MimeBundle;
import gradus.kernel.engine.Engine.Completeness;
import gradus.kernel.engine.Engine.Completions;
import gradus.kernel.engine.Engine.Match;
import gradus.kernel.engine.docs.Documentation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;

/**
 * Answers what an editor asks while a cell is being written: the text so far is closed, compiled as far as names and
 * types, and asked. Not safe for several threads: the engine locks.
 */
final class Assistant {

    private static final List<String> KEYWORDS = List.of("abstract", "assert", "boolean", "break", "byte", "case", "catch",
            "char", "class", "continue", "default", "do", "double", "else", "enum", "extends", "false", "final", "finally",
            "float", "for", "if", "implements", "import", "instanceof", "int", "interface", "long", "new", "null", "private",
            "protected", "public", "record", "return", "sealed", "short", "static", "super", "switch", "synchronized", "this",
            "throw", "throws", "true", "try", "var", "void", "while", "yield");
    /** Makes a name of what stands before the cursor, be it nothing or a keyword. */
    private static final String CURSOR = "$cursor$";

    /** What has been asked: the text up to the name's end, and whether its source is wanted too. */
    private record Question(String text, boolean withSource) {
    }

    private static final int KNOWN = 100;

    private final Javac javac;
    private final CellReader reader;
    private final Definitions definitions;
    private final List<String> prelude;
    private final Map<Question, Optional<MimeBundle>> known = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, Optional<MimeBundle>> eldest) {
            return size() > KNOWN;
        }
    };

    private final Inspection inspection;

    Assistant(Javac javac, CellReader reader, Definitions definitions, List<String> prelude, Documentation documentation) {
        this.inspection = new Inspection(documentation);
        this.javac = javac;
        this.reader = reader;
        this.definitions = definitions;
        this.prelude = prelude;
    }

    Completeness isComplete(String code) {
        var reading = reader.read(code);
        if (reading.unfinished()) {
            return new Completeness.Incomplete(indentAfter(code));
        }
        return reading.faults().isEmpty() ? new Completeness.Complete() : new Completeness.Invalid();
    }

    /** The last line's own indentation, and four spaces more when it opens a block. */
    private static String indentAfter(String code) {
        var lastLine = code.substring(code.stripTrailing().lastIndexOf('\n') + 1);
        var indent = lastLine.substring(0, lastLine.length() - lastLine.stripLeading().length());
        return lastLine.stripTrailing().matches(".*[{(\\[]") ? indent + "    " : indent;
    }

    // ---- completion

    Completions complete(String code, int cursor) {
        int start = cursor;
        while (start > 0 && Character.isJavaIdentifierPart(code.charAt(start - 1))) {
            start--;
        }
        var prefix = code.substring(start, cursor);
        var before = code.substring(0, start);
        var matches = OpenText.isInTextOrComment(before) ? Stream.<Match>empty()
                : importing(before).map(path -> inImport(path, prefix)).orElseGet(() -> inCode(before, prefix));
        return new Completions(matches.filter(match -> !match.text().isEmpty()).distinct().toList(), start, cursor);
    }

    /** What stands between {@code import} and the cursor, if an import is being written. */
    private static Optional<String> importing(String before) {
        var line = before.substring(before.lastIndexOf('\n') + 1).stripLeading();
        return line.startsWith("import ") && !line.contains(";") ? Optional.of(line.substring("import ".length()).strip())
                : Optional.empty();
    }

    private Stream<Match> inImport(String path, String prefix) {
        var index = javac.index();
        var name = path.replaceFirst("^(static|module)\\s+", "").replaceFirst("^(static|module)$", "").replaceFirst("\\.$", "");
        if (path.startsWith("module")) {
            return ModuleLayer.boot().modules().stream().map(Module::getName).filter(module -> module.startsWith(name))
                    .sorted().map(module -> new Match(module.substring(Math.max(0, name.lastIndexOf('.') + 1)), "module", ""));
        }
        var packages = index.packagesIn(name).stream().map(text -> new Match(text, "module", ""));
        var classes = index.classesIn(name).stream().map(text -> new Match(text, "class", name + "." + text));
        var statics = path.startsWith("static") ? javac.analyze(new Source("Import", ""), (task, unit) -> {
            var type = task.getElements().getTypeElement(name);
            return type == null ? List.<Match>of() : matches(type.getEnclosedElements().stream()
                    .filter(member -> member.getModifiers().contains(Modifier.STATIC)).toList(), prefix, true).toList();
        }).stream() : Stream.<Match>empty();
        return Stream.of(packages, classes, statics).flatMap(found -> found).filter(match -> match.text().startsWith(prefix));
    }

    private Stream<Match> inCode(String before, String prefix) {
        boolean afterDot = before.stripTrailing().endsWith(".") || before.stripTrailing().endsWith("::");
        var attributed = atEnd(before + prefix + CURSOR, (task, path) -> {
            var scope = JavacTrees.instance(task).getScope(path);
            return (switch (path.getLeaf()) {
                case JCTree.JCFieldAccess select -> membersOf(task, path, select.selected, scope, prefix);
                case JCTree.JCMemberReference reference -> membersOf(task, path, reference.expr, scope, prefix);
                default -> namesInScope(task, scope, prefix);
            }).toList();
        });
        var found = attributed.orElse(List.of()).stream();
        if (afterDot) {
            return found;
        }
        var keywords = prefix.isEmpty() ? Stream.<Match>empty()
                : KEYWORDS.stream().filter(word -> word.startsWith(prefix)).map(word -> new Match(word, "keyword", ""));
        return Stream.of(ownNames(prefix), found, keywords).flatMap(matches -> matches);
    }

    /** What cells have defined: first, since it is meant most often. */
    private Stream<Match> ownNames(String prefix) {
        var variables = definitions.variables.values().stream().map(v -> new Match(v.name(), "instance", TypeText.brief(v.type())));
        var declared = definitions.declared.values().stream().map(defined -> switch (defined.piece()) {
            case Piece.Method method -> new Match(method.name() + (method.header().parameterTypes().isEmpty() ? "()" : "("),
                    "function", "(" + String.join(", ", method.header().parameterTypes()) + "): " + method.header().result());
            case Piece.Type type -> new Match(type.name(), "class", type.name());
        });
        return Stream.concat(variables, declared).filter(match -> match.text().startsWith(prefix));
    }

    private Stream<Match> membersOf(JavacTaskImpl task, TreePath path, JCTree site, Scope scope, String prefix) {
        var trees = JavacTrees.instance(task);
        var sitePath = new TreePath(path, site);
        var element = trees.getElement(sitePath);
        if (element instanceof PackageElement inside) {
            var index = javac.index();
            var name = inside.getQualifiedName().toString();
            return Stream.concat(index.packagesIn(name).stream().map(text -> new Match(text, "module", "")),
                            index.classesIn(name).stream().map(text -> new Match(text, "class", name + "." + text)))
                    .filter(match -> match.text().startsWith(prefix));
        }
        boolean isType = element != null && (element.getKind().isClass() || element.getKind().isInterface());
        var type = isType ? element.asType() : trees.getTypeMirror(sitePath);
        var members = members(task, type);
        if (type instanceof ArrayType && !isType) {
            members = new ArrayList<>(members);
            return Stream.concat(Stream.of(new Match("length", "instance", "int")).filter(m -> m.text().startsWith(prefix)),
                    matches(members, prefix, false));
        }
        var visible = members.stream()
                .filter(member -> member.getKind() != ElementKind.CONSTRUCTOR)
                .filter(member -> !(type instanceof DeclaredType declared) || trees.isAccessible(scope, member, declared))
                .filter(member -> isType == (member.getModifiers().contains(Modifier.STATIC) || isTypeElement(member))
                        || !isType && member.getModifiers().contains(Modifier.STATIC) && member.getKind().isField())
                .toList();
        var found = matches(visible, prefix, false);
        return isType ? Stream.concat(found, Stream.of(new Match("class", "keyword", "Class")).filter(m -> m.text().startsWith(prefix)))
                : found;
    }

    private static boolean isTypeElement(Element element) {
        return element.getKind().isClass() || element.getKind().isInterface();
    }

    private static List<? extends Element> members(JavacTaskImpl task, TypeMirror type) {
        return switch (type) {
            case null -> List.of();
            case DeclaredType declared when declared.asElement() instanceof TypeElement element ->
                    task.getElements().getAllMembers(element);
            case TypeVariable variable -> members(task, variable.getUpperBound());
            case ArrayType array -> members(task, task.getElements().getTypeElement("java.lang.Object").asType());
            default -> type.getKind() == TypeKind.INTERSECTION
                    ? ((javax.lang.model.type.IntersectionType) type).getBounds().stream()
                            .flatMap(bound -> members(task, bound).stream()).toList()
                    : List.of();
        };
    }

    private Stream<Match> namesInScope(JavacTaskImpl task, Scope scope, String prefix) {
        var elements = new LinkedHashSet<Element>();
        for (var s = scope; s != null; s = s.getEnclosingScope()) {
            s.getLocalElements().forEach(element -> {
                if (element.getSimpleName().toString().startsWith(prefix)) {
                    elements.add(element);
                }
            });
        }
        var found = matches(elements, prefix, true);
        var packages = prefix.isEmpty() || !Character.isLowerCase(prefix.charAt(0)) ? Stream.<Match>empty()
                : javac.index().packagesIn("").stream().filter(name -> name.startsWith(prefix))
                        .map(name -> new Match(name, "module", ""));
        return Stream.concat(found, packages);
    }

    /** One match for all overloads of a name. */
    private static Stream<Match> matches(Collection<? extends Element> elements, String prefix, boolean onlyOwnNames) {
        var byName = new LinkedHashMap<String, List<Element>>();
        for (var element : elements) {
            var name = element.getSimpleName().toString();
            if (name.startsWith(prefix) && !name.contains("$") && !name.startsWith("<") && !CellNames.isCellClass(element.toString())) {
                byName.computeIfAbsent(name, n -> new ArrayList<>()).add(element);
            }
        }
        return byName.entrySet().stream().sorted(Map.Entry.comparingByKey(Assistant::byHabit)).map(entry -> match(entry.getKey(), entry.getValue()));
    }

    /** Alphabetically, but constants and classes behind what is called. */
    private static int byHabit(String a, String b) {
        int upper = Boolean.compare(Character.isUpperCase(a.charAt(0)), Character.isUpperCase(b.charAt(0)));
        return upper != 0 ? upper : a.compareTo(b);
    }

    private static Match match(String name, List<Element> overloads) {
        var first = overloads.getFirst();
        if (first instanceof ExecutableElement method) {
            boolean plain = overloads.stream().allMatch(m -> ((ExecutableElement) m).getParameters().isEmpty());
            return new Match(name + (plain ? "()" : "("), "function", Signatures.ofCall(method)
                    + (overloads.size() > 1 ? " +" + (overloads.size() - 1) : ""));
        }
        return switch (first) {
            case TypeElement type -> new Match(name, "class", type.getQualifiedName().toString());
            case VariableElement variable -> new Match(name, "instance", TypeText.brief(variable.asType().toString()));
            default -> new Match(name, "module", "");
        };
    }

    // ---- inspection

    Optional<MimeBundle> inspect(String code, int cursor, int detail) {
        // a front end asks the same again with each press of a key and each move of the cursor
        return nameAt(code, cursor).flatMap(end -> known.computeIfAbsent(new Question(code.substring(0, end), detail > 0),
                question -> describe(code, end, detail > 0)));
    }

    /** A cell has been compiled: names may mean something else now. */
    void forget() {
        known.clear();
    }

    private Optional<MimeBundle> describe(String code, int end, boolean withSource) {
        int start = end;
        while (start > 0 && Character.isJavaIdentifierPart(code.charAt(start - 1))) {
            start--;
        }
        var before = code.substring(0, start);
        var name = code.substring(start, end);
        boolean isMember = before.stripTrailing().endsWith(".");
        return (isMember ? Optional.<MimeBundle>empty() : own(name)).or(() -> atEnd(code.substring(0, end), (task, path) -> inspection.describe(
                meant(task, path, name), withSource, task.getElements(), task.getTypes())).flatMap(found -> found));
    }

    /** What cells define is described by its source: nobody has written more about it. */
    private Optional<MimeBundle> own(String name) {
        var texts = Stream.concat(
                Stream.ofNullable(definitions.variables.get(name)).map(v -> TypeText.brief(v.type()) + " " + name),
                definitions.declared.values().stream().filter(defined -> defined.name().equals(name))
                        .map(defined -> comment(defined) + defined.source())).toList();
        return texts.isEmpty() ? Optional.empty() : Optional.of(MimeBundle.text(String.join("\n\n", texts)));
    }

    /** The documentation comment right before a declaration, if there is one. */
    private static String comment(Definitions.Defined defined) {
        var before = defined.cell().source().substring(0, defined.piece().start()).stripTrailing();
        int start = before.endsWith("*/") ? before.lastIndexOf("/**") : -1;
        return start < 0 ? "" : before.substring(start) + "\n";
    }

    /** The end of the name at the cursor; inside parentheses without a name, of the method that is being called. */
    private static Optional<Integer> nameAt(String code, int cursor) {
        int end = cursor;
        while (end < code.length() && Character.isJavaIdentifierPart(code.charAt(end))) {
            end++;
        }
        if (end > 0 && Character.isJavaIdentifierPart(code.charAt(end - 1))) {
            return Optional.of(end);
        }
        int depth = 0;
        for (int i = cursor - 1; i > 0; i--) {
            char c = code.charAt(i);
            if (c == ')') {
                depth++;
            } else if (c == '(' && depth-- == 0) {
                int last = i;
                while (last > 0 && Character.isWhitespace(code.charAt(last - 1))) {
                    last--;
                }
                return last > 0 && Character.isJavaIdentifierPart(code.charAt(last - 1)) ? Optional.of(last) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** What a name can mean where it stands: a bare method name is no expression, so its members are looked through. */
    private static List<? extends Element> meant(JavacTaskImpl task, TreePath path, String name) {
        var trees = JavacTrees.instance(task);
        var element = trees.getElement(path);
        if (element != null && element.asType().getKind() != TypeKind.ERROR) {
            return List.of(element);
        }
        if (path.getLeaf() instanceof JCTree.JCFieldAccess select) {
            var site = new TreePath(path, select.selected);
            return members(task, trees.getTypeMirror(site)).stream()
                    .filter(member -> member.getSimpleName().contentEquals(name)).toList();
        }
        var found = new LinkedHashSet<Element>();
        for (var scope = trees.getScope(path); scope != null; scope = scope.getEnclosingScope()) {
            scope.getLocalElements().forEach(local -> {
                if (local.getSimpleName().contentEquals(name)) {
                    found.add(local);
                }
            });
        }
        return List.copyOf(found);
    }

    // ---- the text so far, compiled

    /** Asks about the name that ends the text; empty when the text around it cannot be made sense of. */
    private <T> Optional<T> atEnd(String text, BiFunction<JavacTaskImpl, TreePath, T> question) {
        var whole = reader.read(OpenText.close(text));
        if (whole.faults().isEmpty()) {
            return atEnd(whole, text.length(), question);
        }
        // what is being written is no statement yet: keep what stands complete before it, and ask about its last part
        int good = whole.pieces().isEmpty() ? 0 : whole.pieces().getLast().end();
        for (var part : List.of(text.substring(OpenText.insideParenthesis(text)), lastWords(text))) {
            var shorter = text.substring(0, Math.min(good, text.length() - part.length())) + "\n" + part;
            var reading = reader.read(OpenText.close(shorter));
            if (reading.faults().isEmpty()) {
                return atEnd(reading, shorter.length(), question);
            }
        }
        return Optional.empty();
    }

    /** The names with dots between them that end a text. */
    private static String lastWords(String text) {
        int start = text.length();
        while (start > 0 && (Character.isJavaIdentifierPart(text.charAt(start - 1)) || text.charAt(start - 1) == '.')) {
            start--;
        }
        return text.substring(start);
    }

    private <T> Optional<T> atEnd(CellReader.Reading reading, int cursor, BiFunction<JavacTaskImpl, TreePath, T> question) {
        var uses = reading.pieces().stream().flatMap(piece -> piece.uses().stream()).collect(Collectors.toSet());
        var plan = new UnitWriter.Plan("Asked", imports(uses), reading.pieces(), Map.of(), Map.of(), Map.of(), declarator -> false,
                false);
        var unit = UnitWriter.writeForQuestion(reading.text(), plan);
        int end = unit.ofCell(cursor);
        return javac.analyze(new Source("Asked", unit.toString()), (task, tree) -> pathEndingAt(task, tree, end)
                .map(path -> question.apply(task, path)));
    }

    private List<String> imports(Set<String> uses) {
        var imports = new LinkedHashSet<>(prelude);
        imports.addAll(definitions.imports.values());
        for (var name : uses) {
            Optional.ofNullable(definitions.variables.get(name)).ifPresent(v -> imports.add("static " + Definitions.qualified(v.owner(), name)));
            definitions.declared.values().stream().filter(defined -> defined.name().equals(name))
                    .forEach(defined -> imports.add("static " + Definitions.qualified(defined.owner(), name)));
        }
        return List.copyOf(imports);
    }

    private static Optional<TreePath> pathEndingAt(JavacTaskImpl task, JCCompilationUnit unit, int end) {
        var found = new TreePath[1];
        new TreePathScanner<Void, Void>() {
            @Override
            public Void scan(Tree tree, Void nothing) {
                if (tree instanceof JCTree node && (node instanceof JCTree.JCIdent || node instanceof JCTree.JCFieldAccess
                        || node instanceof JCTree.JCMemberReference) && TreeInfo.getEndPos(node, unit.endPositions) == end) {
                    found[0] = new TreePath(getCurrentPath(), tree);
                }
                return super.scan(tree, nothing);
            }
        }.scan(new TreePath(unit), null);
        return Optional.ofNullable(found[0]);
    }
}
