package gradus.kernel.engine;

import com.sun.tools.javac.code.Symbol;
import com.sun.tools.javac.code.Type;
import com.sun.tools.javac.code.TypeTag;
import java.util.stream.Collectors;

/** Types as source text that can be written anywhere: with packages, and without what Java has no words for. */
final class TypeText {

    private TypeText() {
    }

    static String of(Type type) {
        return switch (type) {
            case Type.ArrayType array -> of(array.elemtype) + "[]";
            case Type.IntersectionClassType several -> of(nameable(several));
            case Type.ClassType declared when declared.tsym.name.isEmpty() -> of(nameable(declared));   // anonymous
            case Type.ClassType declared -> declared(declared);
            case Type.CapturedType captured -> of(captured.getUpperBound());
            case Type.TypeVar variable -> of(variable.getUpperBound());
            default -> type.hasTag(TypeTag.BOT) || type.isErroneous() ? "java.lang.Object" : type.tsym.name.toString();
        };
    }

    private static String declared(Type.ClassType type) {
        var enclosing = type.getEnclosingType();
        var name = enclosing.hasTag(TypeTag.CLASS) && enclosing.isParameterized()
                ? of(enclosing) + "." + type.tsym.name : type.tsym.getQualifiedName().toString();
        var own = type.getTypeArguments();
        return own.isEmpty() ? name
                : name + own.stream().map(TypeText::argument).collect(Collectors.joining(",", "<", ">"));
    }

    private static String argument(Type argument) {
        return switch (argument) {
            case Type.WildcardType wildcard -> wildcard.isUnbound() ? "?"
                    : wildcard.kind + of(wildcard.type);
            case Type.IntersectionClassType several -> "? extends " + of(nameable(several));
            case Type.CapturedType captured -> argument(captured.wildcard);
            case Type.ClassType declared when declared.tsym.name.isEmpty() -> "? extends " + of(nameable(declared));
            default -> of(argument);
        };
    }

    /** Of a type with several or without a name, the closest supertype that has one. */
    private static Type nameable(Type.ClassType type) {
        var symbol = (Symbol.ClassSymbol) type.tsym;
        var superclass = type instanceof Type.IntersectionClassType several ? several.supertype_field : symbol.getSuperclass();
        var interfaces = type instanceof Type.IntersectionClassType several ? several.interfaces_field : symbol.getInterfaces();
        boolean onlyObject = superclass == null || superclass.tsym == null || superclass.tsym.getQualifiedName().contentEquals("java.lang.Object");
        return onlyObject && interfaces != null && interfaces.nonEmpty() ? interfaces.head : superclass;
    }

    /** A type as the author of a cell would write it: without packages. */
    static String brief(String type) {
        return type.replaceAll("\\b(?:[a-z]\\w*\\.)+(?=[A-Z$_])", "").replaceAll("\\bIn\\d\\w*\\.", "");
    }
}
