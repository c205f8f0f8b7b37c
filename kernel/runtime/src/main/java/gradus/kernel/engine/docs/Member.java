package gradus.kernel.engine.docs;

import java.util.List;

/**
 * What documentation is asked for.
 *
 * @param className            the binary name of the class: {@code java.util.Map$Entry}
 * @param name                 of the method or field; empty for the type itself, {@code <init>} for a constructor
 * @param erasedParameterTypes of a method or constructor, by simple or qualified names: {@code int},
 *                             {@code java.lang.String[]}; a type variable by its bound
 */
public record Member(String className, String name, List<String> erasedParameterTypes) {

    static final String CONSTRUCTOR = "<init>";

    public Member {
        erasedParameterTypes = List.copyOf(erasedParameterTypes);
    }

    /** The type itself. */
    public static Member type(String className) {
        return new Member(className, "", List.of());
    }

    /** A package: what its {@code package-info} says. */
    public static Member ofPackage(String name) {
        return type(name + ".package-info");
    }

    String packageName() {
        return className.substring(0, Math.max(0, className.lastIndexOf('.')));
    }

    boolean isType() {
        return name.isEmpty();
    }

    /** The class whose file holds the source. */
    String topLevelClass() {
        int nested = className.indexOf('$');
        return nested < 0 ? className : className.substring(0, nested);
    }

    /** The names of the classes from the outermost inwards, without the package. */
    List<String> simpleNames() {
        return List.of(className.substring(className.lastIndexOf('.') + 1).split("\\$"));
    }

    boolean hasParameters(List<String> types) {
        return simple(erasedParameterTypes).equals(simple(types));
    }

    private static List<String> simple(List<String> types) {
        return types.stream().map(type -> type.replaceAll("<.*>", "").replace("...", "[]")
                .replaceFirst("^.*[.$]", "").strip()).toList();
    }
}
