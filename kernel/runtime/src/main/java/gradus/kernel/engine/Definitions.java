package gradus.kernel.engine;

import gradus.kernel.engine.Engine.Cell;
import gradus.kernel.engine.Piece.Declaration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the cells so far have defined, by name: which class holds it now. Not safe for several threads: the engine locks.
 */
final class Definitions {

    /**
     * A variable is a static field of the class around the cell that declared it first with this type.
     *
     * @param declaredAs the type as it stood in the cell or was inferred for {@code var}
     * @param type       the same with packages
     */
    record Variable(String name, String declaredAs, String type, String owner) {

        boolean isPrimitive() {
            return PRIMITIVES.contains(type);
        }
    }

    /** A method or class, and the simple name of the class around it. */
    record Defined(Declaration piece, Cell cell, String owner) {

        String name() {
            return piece.name();
        }

        String source() {
            return cell.source().substring(piece.start(), piece.end());
        }

        boolean isType() {
            return piece instanceof Piece.Type;
        }

        /** What it takes the place of: a method of the same parameters, a class of the same name. */
        String key() {
            return switch (piece) {
                case Piece.Method method -> method.header().key(method.name());
                case Piece.Type type -> type.name();
            };
        }

        Defined in(String newOwner) {
            return new Defined(piece, cell, newOwner);
        }
    }

    static final Set<String> PRIMITIVES = Set.of("boolean", "byte", "short", "char", "int", "long", "float", "double");

    final Map<String, String> imports = new LinkedHashMap<>();
    final Map<String, Variable> variables = new LinkedHashMap<>();
    final Map<String, Defined> declared = new LinkedHashMap<>();
    /** Declarations that name something that is not known yet. */
    final Map<String, Defined> waiting = new LinkedHashMap<>();

    void put(Defined defined) {
        waiting.remove(defined.key());
        declared.put(defined.key(), defined);
    }

    Stream<Defined> methods(String name) {
        return declared.values().stream().filter(d -> !d.isType() && d.name().equals(name));
    }

    /** All names that these names depend on, by way of methods and classes. */
    Set<String> reach(Collection<String> names, List<Defined> more) {
        var all = Stream.concat(declared.values().stream(), more.stream()).toList();
        var reached = new HashSet<>(names);
        boolean grows = true;
        while (grows) {
            grows = false;
            for (var defined : all) {
                if (reached.contains(defined.name())) {
                    grows |= reached.addAll(defined.piece().uses());
                }
            }
        }
        return reached;
    }

    /** What another meaning of some names touches. */
    record Touched(Set<String> names, Set<Defined> declarations, Set<Variable> variables) {
    }

    /**
     * What must be compiled again because some names get another meaning: who uses them, who uses those if their own
     * type changes by it, and the variables of such types.
     *
     * @param redeclared keys and variables that the new cell declares itself
     */
    Touched touchedBy(Set<String> changed, Set<String> redeclared) {
        var names = new LinkedHashSet<>(changed);
        var declarations = new LinkedHashSet<Defined>();
        var reset = new LinkedHashSet<Variable>();
        boolean grows = !changed.isEmpty();
        while (grows) {
            grows = false;
            for (var defined : declared.values()) {
                if (!redeclared.contains(defined.key()) && !declarations.contains(defined)
                        && mentions(defined.piece().uses(), names)) {
                    grows |= declarations.add(defined);
                    if (switch (defined.piece()) {
                        case Piece.Type type -> true;
                        case Piece.Method method -> mentions(method.header().headerUses(), names);
                    }) {
                        names.add(defined.name());
                    }
                }
            }
            for (var variable : variables.values()) {
                if (!redeclared.contains(variable.name()) && !reset.contains(variable)
                        && names.stream().anyMatch(name -> holds(variable, name))) {
                    grows |= reset.add(variable);
                    names.add(variable.name());
                }
            }
        }
        return new Touched(names, declarations, reset);
    }

    private boolean holds(Variable variable, String typeName) {
        var type = declared.get(typeName);
        return type != null && type.isType() && containsName(variable.type(), qualified(type.owner(), typeName));
    }

    static String qualified(String owner, String name) {
        return Javac.PACKAGE + "." + owner + "." + name;
    }

    private static boolean containsName(String type, String name) {
        int at = type.indexOf(name);
        return at >= 0 && (at + name.length() == type.length()
                || !Character.isJavaIdentifierPart(type.charAt(at + name.length())));
    }

    static boolean mentions(Collection<String> uses, Collection<String> names) {
        return uses.stream().anyMatch(names::contains);
    }

    void clear() {
        imports.clear();
        variables.clear();
        declared.clear();
        waiting.clear();
    }

    /** Every name that a cell could mean, for suggestions. */
    Set<String> names() {
        return Stream.of(variables.keySet().stream(), declared.values().stream().map(Defined::name))
                .flatMap(names -> names).collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
