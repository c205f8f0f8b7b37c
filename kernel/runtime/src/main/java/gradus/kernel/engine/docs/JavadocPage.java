package gradus.kernel.engine.docs;

import gradus.kernel.engine.docs.Html.Element;
import gradus.kernel.engine.docs.Html.Node;
import gradus.kernel.engine.docs.Javadoc.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads what pages written by {@code javadoc}, of every version from JDK 6 on, say of a class or member. */
final class JavadocPage {

    /** {@code add(int,E)} of later versions, {@code add-int-E-} of JDK 8. */
    private static final Pattern ANCHOR = Pattern.compile("([\\w$]+|<init>|&lt;init&gt;)(?:\\((.*)\\)|-(.*)-)?");
    private static final Map<String, String> SECTIONS = Map.ofEntries(Map.entry("parameters", "param"),
            Map.entry("type parameters", "param"), Map.entry("record components", "param"),
            Map.entry("returns", "return"), Map.entry("throws", "throws"), Map.entry("since", "since"),
            Map.entry("see also", "see"), Map.entry("api note", "apiNote"),
            Map.entry("implementation requirements", "implSpec"), Map.entry("implementation note", "implNote"));
    /** What javadoc adds of itself. */
    private static final Set<String> GENERATED = Set.of("Constant Field Values", "Serialized Form");

    private JavadocPage() {
    }

    static Optional<Javadoc> read(String page, Member member) {
        var nodes = Html.parse(page);
        if (member.isType()) {
            return Html.first(nodes, element -> element.attribute("id").equals("class-description")
                    || element.hasClass("description")).map(Element::children)
                    .or(() -> Html.first(nodes, element -> id(element).matches("package[._-]description"))
                            .flatMap(anchor -> section(nodes, anchor)))
                    .flatMap(JavadocPage::javadoc);
        }
        return anchor(nodes, member).flatMap(anchor -> section(nodes, anchor)).flatMap(JavadocPage::javadoc);
    }

    private static Optional<Element> anchor(List<Node> nodes, Member member) {
        var named = Html.elements(nodes).filter(element -> isNamed(id(element), member)).toList();
        return named.stream().filter(element -> member.hasParameters(parameters(id(element)))).findFirst()
                .or(() -> named.stream().filter(element -> parameters(id(element)).size()
                        == member.erasedParameterTypes().size()).findFirst());
    }

    private static String id(Element element) {
        var id = element.attribute("id");
        return id.isEmpty() && element.is("a") ? element.attribute("name") : id;
    }

    private static boolean isNamed(String anchor, Member member) {
        var matcher = ANCHOR.matcher(anchor);
        return matcher.matches() && (matcher.group(1).equals(member.name())
                || member.name().equals(Member.CONSTRUCTOR) && matcher.group(1).equals(member.simpleNames().getLast()));
    }

    private static List<String> parameters(String anchor) {
        var matcher = ANCHOR.matcher(anchor);
        if (!matcher.matches() || matcher.group(2) == null && matcher.group(3) == null) {
            return List.of();
        }
        var types = matcher.group(2) != null ? matcher.group(2).split(",") : matcher.group(3).split("-");
        return List.of(types).stream().filter(type -> !type.isBlank())
                .map(type -> type.replace(":A", "[]")).toList();
    }

    /** The content of the anchor itself; of older pages what follows an empty one up to the next. */
    private static Optional<List<Node>> section(List<Node> nodes, Element anchor) {
        if (Html.first(anchor.children(), element -> element.hasClass("block")
                || element.hasClass("member-signature")).isPresent()) {
            return Optional.of(anchor.children());
        }
        return siblings(nodes, anchor).map(siblings -> {
            int from = siblings.indexOf(anchor) + 1;
            var content = new ArrayList<Node>();
            for (var node : siblings.subList(from, siblings.size())) {
                boolean nextAnchor = node instanceof Element element && element.is("a") && !id(element).isEmpty();
                if (nextAnchor && !content.isEmpty()) {
                    break;
                }
                if (node instanceof Element && !nextAnchor) {
                    content.add(node);
                }
            }
            return content;
        });
    }

    private static Optional<List<Node>> siblings(List<Node> nodes, Element wanted) {
        if (nodes.stream().anyMatch(node -> node == wanted)) {
            return Optional.of(nodes);
        }
        return nodes.stream().filter(Element.class::isInstance)
                .flatMap(node -> siblings(((Element) node).children(), wanted).stream()).findFirst();
    }

    private static Optional<Javadoc> javadoc(List<Node> section) {
        var body = Html.first(section, element -> element.hasClass("block") && !isDeprecation(element))
                .or(() -> Html.first(section, element -> element.is("dl")).flatMap(JavadocPage::leadingText));
        var tags = new ArrayList<Tag>();
        Html.first(section, element -> element.hasClass("deprecation-block") || element.hasClass("deprecationBlock"))
                .flatMap(block -> Html.first(block.children(), JavadocPage::isDeprecation))
                .ifPresent(comment -> tags.add(new Tag("deprecated", "", Html.safe(comment.children()))));
        Html.elements(section).filter(element -> element.is("dl")).forEach(list -> tags(list, tags));
        return body.isEmpty() && tags.isEmpty() ? Optional.empty()
                : Optional.of(new Javadoc(body.map(block -> Html.safe(block.children())).orElse(""), tags));
    }

    /** Before JDK 7 the text was a description without a term. */
    private static Optional<Element> leadingText(Element list) {
        return list.children().stream().filter(Element.class::isInstance).map(Element.class::cast).findFirst()
                .filter(element -> element.is("dd"));
    }

    private static boolean isDeprecation(Element element) {
        return element.hasClass("deprecation-comment") || element.hasClass("deprecationComment");
    }

    private static void tags(Element list, List<Tag> tags) {
        var title = "";
        for (var child : list.children()) {
            if (child instanceof Element term && term.is("dt")) {
                title = Html.text(term.children()).strip().replaceFirst(":$", "").toLowerCase(Locale.ROOT);
            } else if (child instanceof Element description && description.is("dd") && SECTIONS.containsKey(title)
                    && !GENERATED.contains(Html.text(description.children()).strip())) {
                tags.add(tag(title, description.children()));
            }
        }
    }

    /** A parameter or exception stands first, as code, and a dash behind it. */
    private static Tag tag(String title, List<Node> description) {
        var kind = SECTIONS.get(title);
        var html = Html.safe(description).strip().replaceFirst("(?s)^<span>(.*)</span>$", "$1");
        int end = html.indexOf("</code>");
        if (!(kind.equals("param") || kind.equals("throws")) || !html.startsWith("<code>") || end < 0) {
            return new Tag(kind, "", html);
        }
        var name = Html.text(Html.parse(html.substring(0, end))).strip();
        return new Tag(kind, title.equals("type parameters") && !name.startsWith("<") ? "<" + name + ">" : name,
                html.substring(end + "</code>".length()).replaceFirst("^\\s*[-–]\\s*", ""));
    }
}
