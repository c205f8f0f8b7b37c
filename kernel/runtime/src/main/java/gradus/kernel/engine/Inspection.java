package gradus.kernel.engine;

import gradus.kernel.api.MimeBundle;
import gradus.kernel.engine.docs.Documentation;
import gradus.kernel.engine.docs.Javadoc;
import gradus.kernel.engine.docs.Member;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/** What a reader is told about declarations: signatures, what their authors wrote about them, and the source on request. */
final class Inspection {

    private static final int WIDTH = 88;
    private static final int MAX_OVERLOADS = 8;

    private final Documentation documentation;

    Inspection(Documentation documentation) {
        this.documentation = documentation;
    }

    /** All of them, each with its documentation; overloads that say the same say it once. */
    Optional<MimeBundle> describe(List<? extends Element> declarations, boolean withSource, Elements elements, Types types) {
        var plain = new StringBuilder();
        var html = new StringBuilder();
        var said = new LinkedHashSet<String>();
        for (var declaration : declarations.stream().limit(MAX_OVERLOADS).toList()) {
            var signature = Signatures.of(declaration);
            if (!said.add(signature)) {
                continue;
            }
            plain.append(plain.isEmpty() ? "" : "\n\n").append(signature);
            html.append("<p><code><b>").append(escape(signature)).append("</b></code></p>\n");
            var members = members(declaration, elements, types);
            javadoc(members).ifPresent(javadoc -> {
                var text = javadoc.plain(WIDTH);
                if (said.add(text)) {
                    plain.append('\n').append(text.indent(2).stripTrailing());
                    html.append("<div style=\"margin-left:1.5em\">").append(javadoc.html()).append("</div>\n");
                }
            });
            if (withSource) {
                members.stream().findFirst().flatMap(documentation::source).ifPresent(source -> {
                    plain.append("\n\n").append(source);
                    html.append("<pre>").append(escape(source)).append("</pre>\n");
                });
            }
        }
        if (declarations.size() > MAX_OVERLOADS) {
            plain.append("\n\n… and ").append(declarations.size() - MAX_OVERLOADS).append(" more");
        }
        return plain.isEmpty() ? Optional.empty()
                : Optional.of(MimeBundle.text(plain.toString()).with(MimeBundle.HTML, html.toString()));
    }

    private Optional<Javadoc> javadoc(List<Member> members) {
        return documentation.find(members);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** The declaration, then what it overrides, the nearest first. */
    private static List<Member> members(Element declaration, Elements elements, Types types) {
        return switch (declaration) {
            case TypeElement type -> List.of(Member.type(elements.getBinaryName(type).toString()));
            case PackageElement inside -> List.of(Member.ofPackage(inside.getQualifiedName().toString()));
            case ExecutableElement method when method.getEnclosingElement() instanceof TypeElement owner -> {
                var members = new ArrayList<Member>(List.of(member(method, owner, elements, types)));
                if (method.getKind() == ElementKind.METHOD) {
                    for (var above : supertypes(owner, types)) {
                        above.getEnclosedElements().stream()
                                .filter(other -> other instanceof ExecutableElement over && elements.overrides(method, over, owner))
                                .forEach(over -> members.add(member((ExecutableElement) over, above, elements, types)));
                    }
                }
                yield members;
            }
            default -> declaration.getEnclosingElement() instanceof TypeElement owner && declaration.getKind().isField()
                    ? List.of(new Member(elements.getBinaryName(owner).toString(), declaration.getSimpleName().toString(), List.of()))
                    : List.of();
        };
    }

    private static Member member(ExecutableElement method, TypeElement owner, Elements elements, Types types) {
        return new Member(elements.getBinaryName(owner).toString(), method.getSimpleName().toString(),
                method.getParameters().stream().map(parameter -> types.erasure(parameter.asType()).toString()).toList());
    }

    private static Set<TypeElement> supertypes(TypeElement type, Types types) {
        var found = new LinkedHashSet<TypeElement>();
        for (var above : types.directSupertypes(type.asType())) {
            if (types.asElement(above) instanceof TypeElement element && found.add(element)) {
                found.addAll(supertypes(element, types));
            }
        }
        return found;
    }
}
