package gradus.kernel.engine.docs;

import com.sun.source.doctree.AttributeTree;
import com.sun.source.doctree.DeprecatedTree;
import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.EndElementTree;
import com.sun.source.doctree.EntityTree;
import com.sun.source.doctree.IndexTree;
import com.sun.source.doctree.InheritDocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.RawTextTree;
import com.sun.source.doctree.ReferenceTree;
import com.sun.source.doctree.ReturnTree;
import com.sun.source.doctree.SeeTree;
import com.sun.source.doctree.SinceTree;
import com.sun.source.doctree.SnippetTree;
import com.sun.source.doctree.StartElementTree;
import com.sun.source.doctree.SummaryTree;
import com.sun.source.doctree.SystemPropertyTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.doctree.ThrowsTree;
import com.sun.source.doctree.UnknownBlockTagTree;
import com.sun.source.doctree.UnknownInlineTagTree;
import com.sun.source.doctree.ValueTree;
import gradus.kernel.engine.docs.Javadoc.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Turns a comment as javac parses it into documentation, its inline tags into HTML. */
final class CommentReader {

    private static final Pattern INLINE_TAG = Pattern.compile("\ufffc(\\d+)\ufffc");
    private static final Pattern SNIPPET_MARKUP = Pattern.compile(
            "[ \t]*//\\s*@(highlight|replace|link|start|end)\\b.*");

    private final Function<String, Optional<String>> constants;

    /** @param constants the value of a constant, named as in {@code {@value Type#NAME}}; empty for the member's own */
    CommentReader(Function<String, Optional<String>> constants) {
        this.constants = constants;
    }

    Javadoc read(DocCommentTree comment) {
        var tags = new ArrayList<Tag>();
        for (var tree : comment.getFullBody()) {
            if (tree instanceof ReturnTree inline) {   // {@return ...} is the text and the tag in one
                tags.add(new Tag("return", "", text(inline.getDescription())));
            }
        }
        for (var tree : comment.getBlockTags()) {
            tag(tree).ifPresent(tags::add);
        }
        return new Javadoc(html(comment.getFullBody()), tags);
    }

    private Optional<Tag> tag(DocTree tree) {
        return Optional.ofNullable(switch (tree) {
            case ParamTree param -> new Tag("param", param.isTypeParameter() ? "<" + param.getName() + ">"
                    : param.getName().toString(), text(param.getDescription()));
            case ReturnTree result -> new Tag("return", "", text(result.getDescription()));
            case ThrowsTree thrown -> new Tag("throws", References.shown(thrown.getExceptionName().getSignature()),
                    text(thrown.getDescription()));
            case DeprecatedTree deprecated -> new Tag("deprecated", "", text(deprecated.getBody()));
            case SinceTree since -> new Tag("since", "", text(since.getBody()));
            case SeeTree see -> new Tag("see", "", see(see.getReference()));
            case UnknownBlockTagTree other when List.of("apiNote", "implSpec", "implNote").contains(other.getTagName())
                    -> new Tag(other.getTagName(), "", text(other.getContent()));
            default -> null;   // for the maintainers: author, version, serial forms
        });
    }

    private String see(List<? extends DocTree> reference) {
        if (reference.getFirst() instanceof ReferenceTree named) {
            var label = text(reference.subList(1, reference.size()));
            return label.isBlank() ? code(References.shown(named.getSignature())) : label;
        }
        return text(reference);
    }

    /** A description, without the paragraph that Markdown makes of a single line. */
    private String text(List<? extends DocTree> trees) {
        var html = html(trees).strip();
        return html.startsWith("<p>") && html.endsWith("</p>") && html.indexOf("<p>", 3) < 0
                ? html.substring(3, html.length() - 4) : html;
    }

    private String html(List<? extends DocTree> trees) {
        if (trees.stream().noneMatch(RawTextTree.class::isInstance)) {
            return trees.stream().map(this::html).collect(Collectors.joining());
        }
        // Markdown is read with a placeholder for each tag: what tags hold is HTML already
        var tags = new ArrayList<String>();
        var markdown = new StringBuilder();
        for (var tree : trees) {
            if (tree instanceof RawTextTree raw) {
                markdown.append(raw.getContent());
            } else {
                markdown.append('\ufffc').append(tags.size()).append('\ufffc');
                tags.add(html(tree));
            }
        }
        return INLINE_TAG.matcher(Markdown.toHtml(markdown.toString()))
                .replaceAll(found -> Matcher.quoteReplacement(tags.get(Integer.parseInt(found.group(1)))));
    }

    private String html(DocTree tree) {
        return switch (tree) {
            case RawTextTree raw -> raw.getContent();
            case TextTree text -> Html.escape(text.getBody());
            case EntityTree entity -> "&" + entity.getName() + ";";
            case StartElementTree start -> start(start);
            case EndElementTree end -> "</" + end.getName() + ">";
            case LiteralTree literal -> literal.getKind() == DocTree.Kind.CODE ? code(literal.getBody().getBody())
                    : Html.escape(literal.getBody().getBody());
            case LinkTree link -> link(link);
            case ValueTree value -> code(constant(value));
            case InheritDocTree inherited -> Javadoc.INHERITED;
            case ReturnTree result -> "Returns " + html(result.getDescription()) + ".";
            case SummaryTree summary -> html(summary.getSummary());
            case IndexTree index -> html(index.getSearchTerm());
            case SystemPropertyTree property -> code(property.getPropertyName().toString());
            case SnippetTree snippet -> snippet(snippet);
            case UnknownInlineTagTree other -> unknown(other);
            default -> "";   // comments within comments; docRoot, a folder of pages that are not here
        };
    }

    private String start(StartElementTree element) {
        var html = new StringBuilder("<").append(element.getName());
        for (var tree : element.getAttributes()) {
            if (tree instanceof AttributeTree attribute) {
                var value = attribute.getValue() == null ? "" : html(attribute.getValue());
                html.append(' ').append(attribute.getName()).append("=\"").append(value.replace("\"", "&quot;"))
                        .append('"');
            }
        }
        return html.append(element.isSelfClosing() ? "/>" : ">").toString();
    }

    private String link(LinkTree link) {
        var label = text(link.getLabel());
        if (label.isBlank()) {
            label = Html.escape(References.shown(link.getReference().getSignature()));
        }
        return link.getKind() == DocTree.Kind.LINK_PLAIN ? label : "<code>" + label + "</code>";
    }

    private String constant(ValueTree value) {
        var name = value.getReference() == null ? "" : value.getReference().getSignature();
        return constants.apply(name).orElseGet(() -> References.shown(name));
    }

    private static String snippet(SnippetTree snippet) {
        if (snippet.getBody() == null) {   // in a file beside the source
            return "<pre>" + Html.escape(snippet.getAttributes().stream().map(DocTree::toString)
                    .collect(Collectors.joining(" "))) + "</pre>";
        }
        var lines = snippet.getBody().getBody().stripIndent().lines()
                .filter(line -> !SNIPPET_MARKUP.matcher(line).matches())
                .map(line -> SNIPPET_MARKUP.matcher(line).replaceFirst(""));
        return "<pre>" + Html.escape(lines.collect(Collectors.joining("\n"))) + "</pre>";
    }

    /** The JDK's own {@code {@jls 15.8}} and {@code {@extLink ...}}, and what authors invent: their text. */
    private String unknown(UnknownInlineTagTree tag) {
        var content = html(tag.getContent()).strip();
        return switch (tag.getTagName()) {
            case "jls" -> "JLS " + content;
            case "jvms" -> "JVMS " + content;
            case "extLink" -> content.replaceFirst("^\\S+\\s+", "");
            default -> content;
        };
    }

    private static String code(String code) {
        return "<code>" + Html.escape(code) + "</code>";
    }
}
