package gradus.kernel.engine.docs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The documentation of a class or member, ready to be shown.
 *
 * @param body what it does, HTML as its author wrote it
 * @param tags in the order of the comment
 */
public record Javadoc(String body, List<Tag> tags) {

    /**
     * @param kind {@code param}, {@code return}, {@code throws}, {@code deprecated}, {@code since}, {@code see},
     *             {@code apiNote}, {@code implSpec}, {@code implNote}
     * @param name of the parameter or exception, else empty
     * @param text HTML as its author wrote it
     */
    public record Tag(String kind, String name, String text) {
    }

    /** Stands where {@code {@inheritDoc}} stood; an element without content shows nothing. */
    static final String INHERITED = "<inherit-doc></inherit-doc>";

    private static final Map<String, String> SECTIONS = new LinkedHashMap<>();

    static {
        SECTIONS.put("apiNote", "API note");
        SECTIONS.put("implSpec", "Implementation requirements");
        SECTIONS.put("implNote", "Implementation note");
        SECTIONS.put("param", "Parameters");
        SECTIONS.put("return", "Returns");
        SECTIONS.put("throws", "Throws");
        SECTIONS.put("since", "Since");
        SECTIONS.put("see", "See also");
    }

    public Javadoc {
        tags = List.copyOf(tags);
    }

    /** As text for a console, in lines of at most {@code width} where words allow it. */
    public String plain(int width) {
        return PlainText.of(Html.parse(document()), width);
    }

    /** As HTML for a notebook: nothing in it loads, runs or is styled by the comment's author. */
    public String html() {
        return Html.safe(Html.parse(document()));
    }

    private String document() {
        var html = new StringBuilder();
        of("deprecated").forEach(tag -> html.append("<p><b>Deprecated.</b> ").append(tag.text()).append("</p>"));
        html.append(body);
        var sections = new StringBuilder();
        SECTIONS.forEach((kind, title) -> {
            var found = of(kind).toList();
            if (!found.isEmpty()) {
                sections.append("<dt><b>").append(title).append("</b></dt><dd>").append(section(found)).append("</dd>");
            }
        });
        // what the author left open must not swallow the sections
        return Html.safe(Html.parse(html.toString())) + (sections.isEmpty() ? "" : "<dl>" + sections + "</dl>");
    }

    private static String section(List<Tag> tags) {
        if (tags.stream().allMatch(tag -> tag.name().isEmpty())) {
            return tags.stream().map(Tag::text)
                    .collect(Collectors.joining(tags.getFirst().kind().equals("see") ? ", " : "<br>"));
        }
        var table = new StringBuilder("<table>");
        for (var tag : tags) {
            table.append("<tr><td><code>").append(Html.escape(tag.name())).append("</code></td><td>")
                    .append(Html.safe(Html.parse(tag.text()))).append("</td></tr>");
        }
        return table.append("</table>").toString();
    }

    private Stream<Tag> of(String kind) {
        return tags.stream().filter(tag -> tag.kind().equals(kind));
    }

    /**
     * This documentation, with what it leaves to that of the member it overrides: the text when it has none, parameters
     * and result when it does not speak of them, and what stands for {@code {@inheritDoc}}.
     */
    Javadoc inheriting(Javadoc overridden) {
        var merged = new ArrayList<Tag>();
        for (var tag : tags) {
            var same = overridden.of(tag.kind()).filter(other -> other.name().equals(tag.name())).findFirst();
            merged.add(new Tag(tag.kind(), tag.name(), filled(tag.text(), same.map(Tag::text))));
        }
        for (var kind : List.of("param", "return")) {
            if (of(kind).findAny().isEmpty()) {
                overridden.of(kind).forEach(merged::add);
            }
        }
        return new Javadoc(body.isBlank() ? overridden.body : filled(body, Optional.of(overridden.body)), merged);
    }

    private static String filled(String text, Optional<String> inherited) {
        return inherited.map(found -> text.replace(INHERITED, found)).orElse(text);
    }
}
