package gradus.kernel.engine;

import com.sun.tools.javac.tree.JCTree.JCBlock;
import com.sun.tools.javac.tree.JCTree.JCClassDecl;
import com.sun.tools.javac.tree.JCTree.JCMethodDecl;
import com.sun.tools.javac.tree.JCTree.JCReturn;
import com.sun.tools.javac.tree.JCTree.JCVariableDecl;
import gradus.kernel.engine.CellReader.Reading;
import gradus.kernel.engine.Definitions.Defined;
import gradus.kernel.engine.Definitions.Variable;
import gradus.kernel.engine.Engine.Cell;
import gradus.kernel.engine.Piece.Declaration;
import gradus.kernel.engine.Piece.Declarator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns a cell into one class, and with it whatever older declarations get another meaning by it; all in one run of
 * javac. Not safe for several threads: the engine locks.
 */
final class CellCompiler {

    /**
     * What is to be loaded and run.
     *
     * @param className of the class around the cell
     * @param origins   the cells behind the classes that were compiled
     * @param hasValue  whether {@link CellNames#RUN} returns the value of the last expression
     * @param valueType the static type of that value
     * @param methods   that were defined, by the classes around them
     * @param dropped   fields whose values nobody can reach any more
     * @param created   for each piece, the variables that it declares
     * @param results   the earlier results that the cell names, and the fields they go into
     * @param notes     what the author should know
     */
    record Program(String className, List<Javac.ClassFile> classes, Map<String, Cell> origins, boolean hasValue,
                   String valueType, List<Defined> methods, List<Variable> dropped, List<List<String>> created,
                   Map<Variable, Object> results, List<String> notes) {
    }

    /** Nothing of the cell has been run. */
    static final class NotCompiled extends Exception {

        private final transient List<Fault> faults;

        NotCompiled(List<Fault> faults) {
            super(faults.getFirst().message(), null, false, false);
            this.faults = faults;
        }

        List<Fault> faults() {
            return faults;
        }
    }

    private final Javac javac;
    private final CellReader reader;
    private final Definitions definitions;
    private final StandingImports prelude;
    private final Set<String> classNames;

    /** @param prelude the import declarations that every cell begins with */
    CellCompiler(Javac javac, CellReader reader, Definitions definitions, StandingImports prelude) {
        this(javac, reader, definitions, prelude, new HashSet<>());
    }

    private CellCompiler(Javac javac, CellReader reader, Definitions definitions, StandingImports prelude,
                         Set<String> classNames) {
        this.javac = javac;
        this.reader = reader;
        this.definitions = definitions;
        this.prelude = prelude;
        this.classNames = classNames;
    }

    /** Compiles what no cell shall ever see. */
    CellCompiler apart() {
        return new CellCompiler(javac, reader, new Definitions(), prelude, classNames);
    }

    /** Compiles, and enters what the cell defines. */
    Program compile(Cell cell, Results earlier) throws NotCompiled {
        var reading = reader.read(cell.source());
        if (!reading.faults().isEmpty()) {
            throw new NotCompiled(reading.faults());
        }
        return new Attempt(new Cell(cell.number(), reading.text()), reading, earlier).compile();
    }

    /** A class's text as it goes to javac, and the cell that its pieces come from. */
    private record Unit(Source source, UnitText text, Cell cell, List<Declaration> declarations) {
    }

    private String freshClassName(int number) {
        var name = "In" + number;
        for (int i = 2; !classNames.add(name); i++) {
            name = "In" + number + "_" + i;
        }
        return name;
    }

    /** One cell's way through the compiler: what fails is set aside where that is right, and the rest tried again. */
    private final class Attempt {

        private final Cell cell;
        private final Reading reading;
        private final String className;
        private final Map<Variable, Object> results;
        /** Declarations of this cell that must wait, with what they wait for. */
        private final Map<Declaration, Set<String>> setAside = new LinkedHashMap<>();
        /** Older declarations that do not compile in this company, with the reason. */
        private final Map<String, String> broken = new LinkedHashMap<>();
        private final Map<Declaration, List<Fault>> faultsSetAside = new HashMap<>();
        private boolean isShown;
        private Map<String, String> types = new HashMap<>();

        // of the current round
        private List<Piece> pieces;
        private Set<String> reused;
        private Map<String, Variable> kept;
        private Definitions.Touched touched;
        private Map<String, Defined> recompiled;
        private NameTable names;

        Attempt(Cell cell, Reading reading, Results earlier) {
            this.cell = cell;
            this.reading = reading;
            this.className = freshClassName(cell.number());
            this.results = new LinkedHashMap<>();
            reading.pieces().stream().flatMap(piece -> piece.uses().stream()).distinct()
                    .filter(name -> !definitions.variables.containsKey(name))
                    .forEach(name -> earlier.get(name).ifPresent(result ->
                            results.put(new Variable(name, result.type(), result.type(), className), result.value())));
            this.isShown = !reading.pieces().isEmpty()
                    && reading.pieces().getLast() instanceof Piece.Expression last && last.isShown();
        }

        Program compile() throws NotCompiled {
            obviousTypes();
            boolean inferred = false;
            while (true) {
                plan();
                if (!inferred && needsInference()) {
                    inferred = true;
                    types.putAll(inferTypes());
                    plan();
                }
                var units = units();
                var canonical = new HashMap<String, String>();
                var valueType = new String[] {"Object"};
                var compiled = javac.compile(units.stream().map(Unit::source).toList(), (source, tree) -> {
                    if (source == units.getFirst().source) {
                        look(tree, canonical, valueType);
                    }
                });
                if (compiled.problems().isEmpty()) {
                    return commit(compiled.classes(), units, canonical, valueType[0]);
                }
                learn(units, compiled.problems());
            }
        }

        // ---- what is to be compiled

        private void plan() {
            pieces = reading.pieces().stream()
                    .filter(piece -> !(piece instanceof Declaration declaration && setAside.containsKey(declaration))).toList();
            reused = new HashSet<>();
            for (var piece : pieces) {
                if (piece instanceof Piece.Type type && isUnchanged(type)) {
                    reused.add(type.name());
                }
            }
            Set<String> changed;
            do {   // a class may stay as it is only if what it uses stays
                changed = changedNames();
            } while (reused.removeIf(mentionsAny(changed)));
            touched = definitions.touchedBy(changed, redeclared());
            pieces = pieces.stream().filter(piece -> !(piece instanceof Piece.Type type && reused.contains(type.name()))).toList();
            recompiled = recompiled();
            names = new NameTable(definitions, prelude, className, pieces, reused, kept, touched.variables(), recompiled,
                    broken.keySet(), results.keySet().stream().map(Variable::name).collect(Collectors.toSet()));
        }

        private java.util.function.Predicate<String> mentionsAny(Set<String> changed) {
            return name -> Definitions.mentions(definitions.declared.get(name).piece().uses(),
                    changed.stream().filter(other -> !other.equals(name)).toList());
        }

        private boolean isUnchanged(Piece.Type type) {
            var existing = definitions.declared.get(type.name());
            return existing != null && existing.isType()
                    && existing.source().equals(reading.text().substring(type.start(), type.end()));
        }

        /** Keys and variables that this cell declares. */
        private Set<String> redeclared() {
            return pieces.stream().flatMap(piece -> switch (piece) {
                case Piece.Variables variables -> variables.declarators().stream().map(Declarator::name);
                case Declaration declaration -> Stream.of(new Defined(declaration, cell, "").key());
                default -> Stream.<String>empty();
            }).collect(Collectors.toSet());
        }

        /** The names that mean something else from this cell on; fills {@link #kept} on the way. */
        private Set<String> changedNames() {
            var changed = new LinkedHashSet<String>();
            for (var piece : pieces) {
                if (piece instanceof Piece.Type type && !reused.contains(type.name())
                        && definitions.declared.containsKey(type.name())) {
                    changed.add(type.name());
                }
            }
            for (var piece : pieces) {
                if (piece instanceof Piece.Method method
                        && definitions.declared.get(method.header().key(method.name())) instanceof Defined old
                        && !isCompatible(((Piece.Method) old.piece()).header(), method.header(), changed)) {
                    changed.add(method.name());
                }
            }
            kept = new HashMap<>();
            for (var piece : pieces) {
                if (piece instanceof Piece.Variables variables) {
                    for (var declarator : variables.declarators()) {
                        var old = definitions.variables.get(declarator.name());
                        if (old != null) {
                            var type = typeOf(declarator);
                            if (type != null && (type.equals(old.declaredAs()) || type.equals(old.type()))
                                    && !mentionsWord(type, changed)) {
                                kept.put(declarator.name(), old);
                            } else {
                                changed.add(declarator.name());
                            }
                        }
                    }
                }
            }
            return changed;
        }

        private static boolean isCompatible(Piece.Header old, Piece.Header now, Set<String> changed) {
            return old.result().equals(now.result()) && old.typeParameters().equals(now.typeParameters())
                    && !Definitions.mentions(now.headerUses(), changed);
        }

        private static boolean mentionsWord(String type, Set<String> names) {
            return names.stream().anyMatch(name -> type.matches(".*\\b" + java.util.regex.Pattern.quote(name) + "\\b.*"));
        }

        private String typeOf(Declarator declarator) {
            return declarator.type().orElse(types.get(declarator.name()));
        }

        /** Older declarations that are compiled with this cell, under the classes that they go to. */
        private Map<String, Defined> recompiled() {
            var all = new LinkedHashMap<String, Defined>();
            touched.declarations().stream().filter(d -> !broken.containsKey(d.key())).forEach(d -> all.put(d.key(), d));
            var declaredHere = pieces.stream().flatMap(piece -> switch (piece) {
                case Piece.Variables variables -> variables.declarators().stream().map(Declarator::name);
                case Declaration declaration -> Stream.of(declaration.name());
                default -> Stream.<String>empty();
            }).collect(Collectors.toSet());
            var used = pieces.stream().flatMap(piece -> piece.uses().stream()).collect(Collectors.toSet());
            var redeclared = redeclared();
            boolean grows = true;
            while (grows) {
                grows = false;
                for (var defined : definitions.waiting.values()) {
                    if (!all.containsKey(defined.key()) && !broken.containsKey(defined.key())
                            && !redeclared.contains(defined.key())
                            && (Definitions.mentions(defined.piece().uses(), declaredHere) || used.contains(defined.name()))) {
                        all.put(defined.key(), defined);
                        declaredHere.add(defined.name());
                        used.addAll(defined.piece().uses());
                        grows = true;
                    }
                }
            }
            var owners = new HashMap<Cell, String>();
            all.replaceAll((key, defined) -> defined.in(owners.computeIfAbsent(defined.cell(),
                    origin -> freshClassName(origin.number()))));
            return all;
        }

        private List<Unit> units() {
            var units = new ArrayList<Unit>();
            var own = pieces.stream().filter(Declaration.class::isInstance).map(Declaration.class::cast).toList();
            var plan = new UnitWriter.Plan(className, names.imports(className, pieces, own), pieces, types, kept,
                    definitions.variables, this::canBeEmptiedFirst, isShown);
            var tail = tail(own);
            touched.variables().forEach(variable ->
                    tail.add(" static " + moved(variable.type()) + " " + variable.name() + ";"));
            add(units, UnitWriter.write(cell.source(), plan, tail), className, cell, own);
            recompiled.values().stream().collect(Collectors.groupingBy(Defined::owner, LinkedHashMap::new, Collectors.toList()))
                    .forEach((owner, group) -> {
                        var origin = group.getFirst().cell();
                        var members = group.stream().map(Defined::piece)
                                .sorted(java.util.Comparator.comparingInt(Piece::start)).toList();
                        var olderPlan = new UnitWriter.Plan(owner, names.imports(owner, members, members),
                                List.copyOf(members), Map.of(), Map.of(), Map.of(), declarator -> false, false);
                        add(units, UnitWriter.write(origin.source(), olderPlan, names.forwarders(owner, members)), owner, origin,
                                members);
                    });
            return units;
        }

        /** The members of the class around the cell that none of its lines declares. */
        private List<String> tail(List<Declaration> own) {
            var tail = new ArrayList<>(names.forwarders(className, own));
            results.keySet().forEach(result -> tail.add(" static " + result.type() + " " + result.name() + ";"));
            return tail;
        }

        private static void add(List<Unit> units, UnitText text, String name, Cell cell, List<Declaration> declarations) {
            units.add(new Unit(new Source(name, text.toString()), text, cell, declarations));
        }

        /** A type of a variable with those of its classes that move in their new places. */
        private String moved(String type) {
            var result = type;
            for (var name : touched.names()) {
                var old = definitions.declared.get(name);
                if (old != null && old.isType()) {
                    var now = Optional.ofNullable(recompiled.get(name)).map(Defined::owner).orElse(className);
                    result = result.replaceAll("\\b" + java.util.regex.Pattern.quote(
                            Definitions.qualified(old.owner(), name)) + "\\b", Definitions.qualified(now, name));
                }
            }
            return result;
        }

        /** An old value may go before the new one is there if computing the new one cannot need it. */
        private boolean canBeEmptiedFirst(Declarator declarator) {
            return declarator.value().isPresent() && !definitions.reach(declarator.value().get().uses(), List.of())
                    .contains(declarator.name());
        }

        // ---- types

        private Stream<Declarator> declarators() {
            return reading.pieces().stream().filter(Piece.Variables.class::isInstance)
                    .flatMap(piece -> ((Piece.Variables) piece).declarators().stream());
        }

        private void obviousTypes() {
            declarators().filter(declarator -> declarator.type().isEmpty()).forEach(declarator ->
                    declarator.value().flatMap(Piece.Initialiser::obviousType)
                            .ifPresent(type -> types.put(declarator.name(), type)));
        }

        private boolean needsInference() {
            return declarators().anyMatch(declarator -> typeOf(declarator) == null);
        }

        private Map<String, String> inferTypes() {
            var own = pieces.stream().filter(Declaration.class::isInstance).map(Declaration.class::cast).toList();
            var imports = new ArrayList<>(names.imports(className, pieces, own));
            declarators().filter(declarator -> declarator.value().map(value -> value.uses().contains(declarator.name()))
                            .orElse(false) && definitions.variables.containsKey(declarator.name()))
                    .map(declarator -> definitions.variables.get(declarator.name()))
                    .forEach(old -> imports.add("static " + Definitions.qualified(old.owner(), old.name())));
            var plan = new UnitWriter.Plan(className, imports, pieces, types, Map.of(),
                    Map.of(), declarator -> false, false);
            var text = UnitWriter.writeForTypes(cell.source(), plan, tail(own));
            return javac.analyze(new Source(className, text.toString()), unit -> {
                var found = new HashMap<String, String>();
                for (var tree : unit.defs) {
                    if (tree instanceof JCClassDecl type) {
                        for (var member : type.defs) {
                            if (member instanceof JCMethodDecl method && method.name.toString().startsWith(CellNames.STEP)) {
                                locals(method.body, found);
                            }
                        }
                    }
                }
                return found;
            });
        }

        private static void locals(JCBlock body, Map<String, String> found) {
            for (var statement : body.stats) {
                if (statement instanceof JCVariableDecl local && local.sym != null) {
                    found.put(local.name.toString().replace(UnitWriter.NEW, ""), TypeText.of(local.sym.type));
                }
            }
        }

        /** Reads the types of the cell's variables and of its value off the attributed class. */
        private static void look(JCClassDecl type, Map<String, String> canonical, String[] valueType) {
            for (var member : type.defs) {
                if (member instanceof JCVariableDecl field) {
                    canonical.put(field.name.toString(), TypeText.of(field.sym.type));
                } else if (member instanceof JCMethodDecl method && method.name.toString().startsWith(CellNames.STEP)
                        && method.body.stats.last() instanceof JCReturn returned) {
                    valueType[0] = TypeText.of(returned.expr.type);
                }
            }
        }

        // ---- errors

        /** Sets aside what may be, or throws. */
        private void learn(List<Unit> units, List<Javac.Problem> problems) throws NotCompiled {
            boolean older = false;
            for (var unit : units.subList(1, units.size())) {
                for (var fault : faults(unit, problems)) {
                    older |= setAsideOlder(unit, fault);
                }
            }
            if (older) {
                return;
            }
            var faults = faults(units.getFirst(), problems);
            if (isShown && reading.pieces().getLast() instanceof Piece.Expression last && last.isInvocation()
                    && faults.stream().anyMatch(fault -> fault.start() >= last.start() && fault.start() <= last.end())) {
                isShown = false;   // perhaps a method without a value; if it is something else, that fails again
                return;
            }
            var byDeclaration = new LinkedHashMap<Declaration, List<Fault>>();
            for (var fault : faults) {
                var declaration = units.getFirst().declarations.stream()
                        .filter(d -> fault.start() >= d.start() && fault.start() < Math.max(d.end(), d.start() + 1)).findFirst();
                // a missing name may come with a later cell, a missing member of something known will not
                if (declaration.isEmpty() || fault.missing().filter(declaration.get().uses()::contains).isEmpty()) {
                    throw new NotCompiled(all(faults));
                }
                byDeclaration.computeIfAbsent(declaration.get(), d -> new ArrayList<>()).add(fault);
            }
            if (byDeclaration.isEmpty()) {
                throw new NotCompiled(faults.isEmpty() ? faultsOf(problems) : all(faults));
            }
            var names = byDeclaration.keySet().stream().map(Declaration::name).collect(Collectors.toSet());
            boolean needed = reading.pieces().stream().anyMatch(piece -> !(piece instanceof Declaration)
                    && Definitions.mentions(piece.uses(), names));
            if (needed) {
                throw new NotCompiled(all(faults));
            }
            byDeclaration.forEach((declaration, why) -> {
                faultsSetAside.put(declaration, why);
                setAside.put(declaration, why.stream().flatMap(fault -> fault.missing().stream())
                        .collect(Collectors.toCollection(LinkedHashSet::new)));
            });
        }

        /** With those of declarations that were set aside before it showed that the cell needs them. */
        private List<Fault> all(List<Fault> faults) {
            return Stream.concat(faults.stream(), faultsSetAside.values().stream().flatMap(List::stream))
                    .sorted(java.util.Comparator.comparingInt(Fault::start)).toList();
        }

        private boolean setAsideOlder(Unit unit, Fault fault) {
            for (var defined : recompiled.values()) {
                if (unit.declarations.contains(defined.piece()) && fault.start() >= defined.piece().start()
                        && fault.start() <= defined.piece().end()) {
                    broken.putIfAbsent(defined.key(), fault.missing().filter(defined.piece().uses()::contains)
                            .map(name -> "it waits for " + name).orElse(String.join(" ", fault.message().lines().map(String::strip).toList())));
                    return true;
                }
            }
            unit.declarations.forEach(declaration -> broken.putIfAbsent(
                    new Defined(declaration, unit.cell, "").key(), fault.message()));
            return true;
        }

        private static List<Fault> faults(Unit unit, List<Javac.Problem> problems) {
            return problems.stream().filter(problem -> problem.source() == unit.source).map(problem -> {
                var place = unit.text.inCell(problem.start(), problem.end());
                return new Fault(problem.code(), problem.message(), place.start(), place.end(),
                        problem.missing());
            }).toList();
        }

        private static List<Fault> faultsOf(List<Javac.Problem> problems) {
            return problems.stream().map(p -> new Fault(p.code(), p.message(), 0, 0, p.missing())).toList();
        }

        // ---- success

        private Program commit(List<Javac.ClassFile> classes, List<Unit> units, Map<String, String> canonical, String valueType) {
            var notes = new ArrayList<String>();
            var dropped = new ArrayList<Variable>();
            var methods = new ArrayList<Defined>();
            broken.forEach((key, why) -> {
                var old = definitions.declared.remove(key);
                if (old != null) {
                    definitions.waiting.put(key, old);
                    notes.add(old.name() + " cannot be used any more: " + why);
                }
            });
            recompiled.values().forEach(defined -> define(defined, methods));
            var reset = touched.variables().stream().map(Variable::name).toList();
            if (!reset.isEmpty()) {
                var types = pieces.stream().filter(Piece.Type.class::isInstance).map(piece -> ((Piece.Type) piece).name())
                        .filter(touched.names()::contains).collect(Collectors.joining(", "));
                notes.add(types + " was redefined, so these variables hold nothing (null) until they are assigned again: "
                        + String.join(", ", reset));
            }
            touched.variables().forEach(variable -> {
                dropped.add(variable);
                definitions.variables.put(variable.name(), new Variable(variable.name(), variable.declaredAs(),
                        canonical.get(variable.name()), className));
            });
            var created = new ArrayList<List<String>>();
            for (var piece : pieces) {
                var names = new ArrayList<String>();
                switch (piece) {
                    case Piece.Import imported -> {
                        definitions.imports.put(imported.key(), imported.declaration());
                        definitions.declared.remove(imported.key());
                    }
                    case Piece.Variables variables -> variables.declarators().forEach(declarator -> {
                        names.add(declarator.name());
                        if (!kept.containsKey(declarator.name())) {
                            var old = definitions.variables.remove(declarator.name());
                            if (old != null) {
                                dropped.add(old);
                            }
                            definitions.variables.put(declarator.name(), new Variable(declarator.name(), typeOf(declarator),
                                    canonical.get(declarator.name()), className));
                        }
                    });
                    case Declaration declaration -> define(new Defined(declaration, cell, className), methods);
                    default -> { }
                }
                created.add(names);
            }
            setAside.forEach((declaration, missing) -> {
                var waiting = new Defined(declaration, cell, "");
                definitions.declared.remove(waiting.key());
                definitions.waiting.put(waiting.key(), waiting);
                notes.add(declaration.name() + " cannot be used yet: it waits for " + String.join(", ", missing));
            });
            var origins = new HashMap<String, Cell>();
            units.forEach(unit -> origins.put(unit.source.className(), unit.cell));
            return new Program(className, classes, origins, isShown, valueType, methods, dropped, created, results, notes);
        }

        private void define(Defined defined, List<Defined> methods) {
            definitions.put(defined);
            if (defined.isType()) {
                definitions.imports.remove(defined.name());
            } else {
                methods.add(defined);
            }
        }
    }
}
