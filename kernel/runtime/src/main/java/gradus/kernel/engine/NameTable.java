package gradus.kernel.engine;

import gradus.kernel.engine.Definitions.Defined;
import gradus.kernel.engine.Definitions.Variable;
import gradus.kernel.engine.Piece.Declaration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which class holds a name while a cell is being compiled: the class around the cell, one that is compiled with it, or
 * one from before.
 *
 * @param className  of the class around the cell
 * @param pieces     of the cell
 * @param reused     its classes that stay as they are
 * @param kept       its variables whose fields stay where they are
 * @param reset      older variables that get new fields in the class around the cell
 * @param recompiled older declarations, in the classes they go to
 * @param broken     keys of older declarations that nobody can use any more
 * @param results    names of earlier results that get fields in the class around the cell
 */
record NameTable(Definitions definitions, StandingImports standing, String className, List<Piece> pieces,
                 Set<String> reused, Map<String, Variable> kept, Set<Variable> reset, Map<String, Defined> recompiled,
                 Set<String> broken, Set<String> results) {


    /**
     * The import declarations of a unit.
     *
     * @param members its pieces
     * @param own     the declarations among them
     */
    List<String> imports(String unit, Collection<? extends Piece> members, List<Declaration> own) {
        var uses = members.stream().flatMap(piece -> piece.uses().stream()).collect(Collectors.toCollection(TreeSet::new));
        uses.addAll(reused);
        if (unit.equals(className)) {
            uses.addAll(kept.keySet());   // assigned here, declared elsewhere
        }
        for (var name : List.copyOf(uses)) {   // their signatures are repeated in the unit
            var methods = methodOwners(name);
            if (areSpread(methods)) {
                methods.keySet().forEach(key -> uses.addAll(headerOf(key).headerUses()));
            }
        }
        var unknown = new HashSet<>(uses);
        unknown.removeAll(definitions.names());
        pieces.forEach(piece -> {
            if (piece instanceof Piece.Variables variables) {
                variables.declarators().forEach(declarator -> unknown.remove(declarator.name()));
            } else if (piece instanceof Declaration declaration) {
                unknown.remove(declaration.name());
            }
        });
        unknown.removeAll(results);
        var imported = new LinkedHashSet<>(standing.neededBy(unknown));
        var typesHere = own.stream().filter(Piece.Type.class::isInstance).map(Declaration::name).collect(Collectors.toSet());
        definitions.imports.forEach((key, declaration) -> {
            if (!typesHere.contains(key)) {
                imported.add(declaration);
            }
        });
        for (var name : uses) {
            ownersOf(name, unit).forEach(owner -> imported.add("static " + Definitions.qualified(owner, name)));
        }
        return List.copyOf(imported);
    }

    /** The other classes from which a unit must import a name. */
    private Set<String> ownersOf(String name, String unit) {
        var owners = new LinkedHashSet<String>();
        variableOwner(name).ifPresent(owners::add);
        typeOwner(name).ifPresent(owners::add);
        var methods = methodOwners(name);
        if (!areSpread(methods)) {
            owners.addAll(methods.values());
        }
        owners.remove(unit);
        return owners;
    }

    private Optional<String> variableOwner(String name) {
        for (var piece : pieces) {
            if (piece instanceof Piece.Variables variables && !kept.containsKey(name)
                    && variables.declarators().stream().anyMatch(declarator -> declarator.name().equals(name))) {
                return Optional.of(className);
            }
        }
        if (reset.stream().anyMatch(variable -> variable.name().equals(name))) {
            return Optional.of(className);
        }
        return Optional.ofNullable(definitions.variables.get(name)).map(Variable::owner);
    }

    private Optional<String> typeOwner(String name) {
        if (pieces.stream().anyMatch(piece -> piece instanceof Piece.Type type && type.name().equals(name))) {
            return Optional.of(className);
        }
        return Optional.ofNullable(recompiled.get(name)).or(() -> Optional.ofNullable(definitions.declared.get(name)))
                .filter(Defined::isType).map(Defined::owner);
    }

    /** Where the methods of a name are, by their keys. */
    private Map<String, String> methodOwners(String name) {
        var owners = new LinkedHashMap<String, String>();
        definitions.methods(name).forEach(defined -> owners.put(defined.key(), defined.owner()));
        broken.forEach(owners::remove);
        recompiled.values().stream().filter(defined -> !defined.isType() && defined.name().equals(name))
                .forEach(defined -> owners.put(defined.key(), defined.owner()));
        for (var piece : pieces) {
            if (piece instanceof Piece.Method method && method.name().equals(name)) {
                owners.put(method.header().key(name), className);
            }
        }
        return owners;
    }

    /**
     * A method that a class declares hides all imported ones of its name, and two classes may both still hold a
     * method that only one of them defines now: overloads that are spread over cells are then called by way of
     * private methods of the unit's own.
     */
    private static boolean areSpread(Map<String, String> methods) {
        return new HashSet<>(methods.values()).size() > 1;
    }

    /** Private methods of a unit that call the overloads which other classes hold. */
    List<String> forwarders(String unit, List<Declaration> own) {
        var uses = Stream.concat(unit.equals(className) ? pieces.stream() : Stream.<Piece>empty(), own.stream())
                .flatMap(piece -> piece.uses().stream()).collect(Collectors.toCollection(TreeSet::new));
        var forwarders = new ArrayList<String>();
        for (var name : uses) {
            var methods = methodOwners(name);
            if (areSpread(methods)) {
                methods.forEach((key, owner) -> {
                    if (!owner.equals(unit)) {
                        forwarders.add(forwarder(name, headerOf(key), owner));
                    }
                });
            }
        }
        return forwarders;
    }

    private Piece.Header headerOf(String key) {
        return pieces.stream().filter(piece -> piece instanceof Piece.Method method
                        && method.header().key(method.name()).equals(key)).findFirst()
                .or(() -> Optional.ofNullable(definitions.declared.get(key)).map(Defined::piece))
                .or(() -> Optional.ofNullable(recompiled.get(key)).map(Defined::piece))
                .map(piece -> ((Piece.Method) piece).header()).orElseThrow();
    }

    private static String forwarder(String name, Piece.Header header, String owner) {
        var parameters = new ArrayList<String>();
        var arguments = new ArrayList<String>();
        for (var type : header.parameterTypes()) {
            arguments.add("a" + arguments.size());
            parameters.add(type + " " + arguments.getLast());
        }
        return " private static " + header.typeParameters() + " " + header.result() + " " + name + "("
                + String.join(", ", parameters) + ")" + header.thrown() + " { "
                + (header.result().equals("void") ? "" : "return ") + Definitions.qualified(owner, name) + "("
                + String.join(", ", arguments) + "); }";
    }
}
