package gradus.kernel.engine;

import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeKind;

/** Declarations in one line each, as a reader wants to see them. */
final class Signatures {

    private Signatures() {
    }

    /** {@code (int a, int b): int}. */
    static String ofCall(ExecutableElement method) {
        return "(" + parameters(method) + "): " + TypeText.brief(method.getReturnType().toString());
    }

    /** {@code int Math.max(int a, int b)}, {@code class java.util.ArrayList<E>}, {@code double Math.PI}. */
    static String of(Element element) {
        return switch (element) {
            case ExecutableElement constructor when constructor.getKind() == ElementKind.CONSTRUCTOR ->
                    constructor.getEnclosingElement().getSimpleName() + "(" + parameters(constructor) + ")" + thrown(constructor);
            case ExecutableElement method -> TypeText.brief(method.getReturnType().toString()) + " " + owner(method)
                    + method.getSimpleName() + "(" + parameters(method) + ")" + thrown(method);
            case TypeElement type -> type.getKind().toString().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + " "
                    + CellNames.userText(type.asType().toString()) + above(type);
            case VariableElement variable -> TypeText.brief(variable.asType().toString()) + " " + owner(variable)
                    + variable.getSimpleName();
            default -> element.getKind().toString().toLowerCase(java.util.Locale.ROOT) + " " + element;
        };
    }

    private static String above(TypeElement type) {
        var superclass = type.getSuperclass();
        var text = superclass.getKind() == TypeKind.NONE || List.of("java.lang.Object", "java.lang.Record").contains(superclass.toString())
                || superclass.toString().startsWith("java.lang.Enum") ? "" : " extends " + TypeText.brief(superclass.toString());
        return type.getInterfaces().isEmpty() ? text : text + (type.getKind() == ElementKind.INTERFACE ? " extends " : " implements ")
                + type.getInterfaces().stream().map(i -> TypeText.brief(i.toString())).collect(Collectors.joining(", "));
    }

    private static String owner(Element member) {
        var owner = member.getEnclosingElement();
        return owner instanceof TypeElement type && !CellNames.isCellClass(type.getQualifiedName().toString())
                && !type.getSimpleName().contentEquals("Asked") ? type.getSimpleName() + "." : "";
    }

    private static String parameters(ExecutableElement method) {
        var parameters = method.getParameters();
        return parameters.stream().map(parameter -> {
            var type = TypeText.brief(parameter.asType().toString());
            boolean isLast = parameter == parameters.getLast();
            return (isLast && method.isVarArgs() ? type.replaceFirst("\\[\\]$", "...") : type) + " " + parameter.getSimpleName();
        }).collect(Collectors.joining(", "));
    }

    private static String thrown(ExecutableElement method) {
        return method.getThrownTypes().isEmpty() ? "" : " throws "
                + method.getThrownTypes().stream().map(t -> TypeText.brief(t.toString())).collect(Collectors.joining(", "));
    }
}
