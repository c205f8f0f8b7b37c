package gradus.kernel.engine.docs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * HTML as authors of comments write it, unclosed and misnested, read into a tree, and written again with nothing in it
 * that could act: elements of text only, no attributes but the address of a link and the span of a cell.
 */
final class Html {

    sealed interface Node {
    }

    /** @param text with its entities resolved */
    record Text(String text) implements Node {
    }

    record Element(String name, Map<String, String> attributes, List<Node> children) implements Node {

        String attribute(String attribute) {
            return attributes.getOrDefault(attribute, "");
        }

        boolean is(String... names) {
            return List.of(names).contains(name);
        }

        boolean hasClass(String cssClass) {
            return List.of(attribute("class").split("\\s+")).contains(cssClass);
        }
    }

    private static final int DEEPEST = 80;
    private static final Set<String> EMPTY = Set.of("br", "hr", "img", "wbr", "input", "meta", "link", "col", "area");
    private static final Set<String> SILENT = Set.of("script", "style", "head", "iframe", "object", "embed", "template",
            "noscript", "svg", "math", "button", "select", "textarea", "form", "audio", "video", "canvas");
    private static final Set<String> UNPARSED = Set.of("script", "style", "textarea", "iframe", "noscript");
    private static final Set<String> ALLOWED = Set.of("a", "p", "br", "hr", "pre", "code", "tt", "kbd", "samp", "var",
            "b", "strong", "i", "em", "u", "s", "del", "ins", "q", "cite", "dfn", "abbr", "small", "big", "sub", "sup",
            "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
            "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "div", "span");
    static final Set<String> BLOCKS = Set.of("p", "pre", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption",
            "thead", "tbody", "tfoot", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "div", "hr",
            "section", "article", "center", "details", "summary", "figure", "figcaption", "main", "nav", "header",
            "footer");
    /** What an opening tag closes when it is still open, and the elements outside of which that does not reach. */
    private static final Map<String, Set<String>> CLOSES = Map.of("li", Set.of("li"), "dt", Set.of("dt", "dd"),
            "dd", Set.of("dt", "dd"), "tr", Set.of("tr", "td", "th"), "td", Set.of("td", "th"),
            "th", Set.of("td", "th"), "thead", Set.of("tr"), "tbody", Set.of("thead", "tr"),
            "tfoot", Set.of("tbody", "tr"));
    private static final Set<String> SCOPES = Set.of("ul", "ol", "dl", "table");

    private static final Pattern ATTRIBUTE = Pattern.compile(
            "([\\w:.-]+)(?:\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'|([^\\s\"'>]+)))?");
    private static final Pattern ENTITY = Pattern.compile("&(?:#(\\d{1,7})|#[xX](\\p{XDigit}{1,6})|(\\w+));");
    private static final Map<String, String> ENTITIES = entities("""
            lt < gt > amp & quot " apos ' copy © reg ® trade ™ sect § para ¶ middot · bull • hellip … deg ° prime ′
            Prime ″ ndash – mdash — lsquo ‘ rsquo ’ ldquo “ rdquo ” laquo « raquo » lsaquo ‹ rsaquo › times × divide ÷
            minus − plusmn ± le ≤ ge ≥ ne ≠ equiv ≡ asymp ≈ infin ∞ sum ∑ prod ∏ radic √ int ∫ part ∂ nabla ∇ isin ∈
            notin ∉ sub ⊂ sup ⊃ sube ⊆ supe ⊇ cup ∪ cap ∩ and ∧ or ∨ not ¬ forall ∀ exist ∃ empty ∅ larr ← rarr →
            uarr ↑ darr ↓ harr ↔ lArr ⇐ rArr ⇒ hArr ⇔ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ sdot ⋅ lang ⟨ rang ⟩
            alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ pi π
            rho ρ sigma σ tau τ upsilon υ phi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ
            Phi Φ Psi Ψ Omega Ω micro µ frac12 ½ frac14 ¼ frac34 ¾ sup1 ¹ sup2 ² sup3 ³ auml ä ouml ö uuml ü Auml Ä
            Ouml Ö Uuml Ü szlig ß eacute é egrave è agrave à ccedil ç ntilde ñ lbrace { rbrace } lbrack [ rbrack ]
            commat @ ast * num # dollar $ percnt % lpar ( rpar ) comma , period . sol / bsol \\ colon : semi ; equals =
            lowbar _ grave ` vert | verbar | hyphen - larrhk ↩ check ✓ cross ✗ oline ‾ thinsp \u2009 ensp \u2002
            emsp \u2003 zwj \u200d zwnj \u200c shy \u00ad""");

    private final String html;
    private final List<Element> open = new ArrayList<>();
    private int at;

    private Html(String html) {
        this.html = html;
        open.add(new Element("", Map.of(), new ArrayList<>()));
    }

    static List<Node> parse(String html) {
        var reader = new Html(html);
        reader.read();
        return reader.open.getFirst().children();
    }

    private static Map<String, String> entities(String table) {
        var entities = new LinkedHashMap<String, String>();
        var words = table.split("[ \n]+");
        for (int i = 0; i + 1 < words.length; i += 2) {
            entities.put(words[i], words[i + 1]);
        }
        entities.put("nbsp", "\u00a0");
        return Map.copyOf(entities);
    }

    private void read() {
        while (at < html.length()) {
            int tag = html.indexOf('<', at);
            text(tag < 0 ? html.length() : tag);
            if (tag < 0) {
                return;
            }
            if (html.startsWith("<!--", at)) {
                skipBehind("-->");
            } else if (html.startsWith("<!", at) || html.startsWith("<?", at)) {
                skipBehind(">");
            } else if (isTag()) {
                tag();
            } else {
                open.getLast().children().add(new Text("<"));
                at++;
            }
        }
    }

    private boolean isTag() {
        int name = html.startsWith("</", at) ? at + 2 : at + 1;
        return name < html.length() && Character.isLetter(html.charAt(name)) && html.indexOf('>', name) > 0;
    }

    private void text(int end) {
        if (end > at) {
            open.getLast().children().add(new Text(unescape(html.substring(at, end))));
        }
        at = end;
    }

    private void skipBehind(String mark) {
        int end = html.indexOf(mark, at);
        at = end < 0 ? html.length() : end + mark.length();
    }

    private void tag() {
        boolean closing = html.charAt(at + 1) == '/';
        int start = at + (closing ? 2 : 1);
        int nameEnd = start;
        while (Character.isLetterOrDigit(html.charAt(nameEnd)) || html.charAt(nameEnd) == '-') {
            nameEnd++;
        }
        var name = html.substring(start, nameEnd).toLowerCase(Locale.ROOT);
        int end = tagEnd(nameEnd);
        var inside = html.substring(nameEnd, end);
        at = Math.min(end + 1, html.length());
        if (closing) {
            close(Set.of(name), Set.of());
        } else {
            opening(name, inside);
        }
    }

    /** The {@code >} that ends a tag: one within quotes does not. */
    private int tagEnd(int from) {
        char quote = 0;
        for (int i = from; i < html.length(); i++) {
            char c = html.charAt(i);
            if (quote == 0 && c == '>') {
                return i;
            }
            if (quote == 0 && (c == '"' || c == '\'') && html.charAt(i - 1) == '=') {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
        }
        return html.indexOf('>', from);
    }

    private void opening(String name, String inside) {
        if (BLOCKS.contains(name)) {
            close(Set.of("p"), BLOCKS);
        }
        close(CLOSES.getOrDefault(name, Set.of()), SCOPES);
        var element = new Element(name, attributes(inside), new ArrayList<>());
        open.getLast().children().add(element);
        if (UNPARSED.contains(name)) {
            int end = html.toLowerCase(Locale.ROOT).indexOf("</" + name, at);
            at = end < 0 ? html.length() : end;
        }
        if (!EMPTY.contains(name) && !inside.endsWith("/") && open.size() < DEEPEST) {
            open.add(element);
        }
    }

    /** Closes the open elements of these names, as far as no border is between. */
    private void close(Set<String> names, Set<String> borders) {
        int outermost = open.size();
        for (int i = open.size() - 1; i > 0; i--) {
            var name = open.get(i).name();
            if (names.contains(name)) {
                outermost = i;
                if (borders.isEmpty()) {
                    break;
                }
            } else if (borders.contains(name)) {
                break;
            }
        }
        open.subList(outermost, open.size()).clear();
    }

    private static Map<String, String> attributes(String inside) {
        var attributes = new LinkedHashMap<String, String>();
        var matcher = ATTRIBUTE.matcher(inside);
        while (matcher.find()) {
            var value = Stream.of(2, 3, 4).map(matcher::group).filter(group -> group != null).findFirst().orElse("");
            attributes.putIfAbsent(matcher.group(1).toLowerCase(Locale.ROOT), unescape(value));
        }
        return attributes;
    }

    private static String unescape(String text) {
        return text.indexOf('&') < 0 ? text : ENTITY.matcher(text).replaceAll(found -> {
            var character = found.group(1) != null ? codePoint(found.group(1), 10)
                    : found.group(2) != null ? codePoint(found.group(2), 16)
                    : ENTITIES.getOrDefault(found.group(3), found.group());
            return Matcher.quoteReplacement(character);
        });
    }

    private static String codePoint(String digits, int radix) {
        int codePoint = Integer.parseInt(digits, radix);
        boolean isText = Character.isValidCodePoint(codePoint) && Character.getType(codePoint) != Character.SURROGATE
                && (codePoint >= ' ' || Character.isWhitespace(codePoint));
        return isText ? Character.toString(codePoint) : "\ufffd";
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    /** Elements that are shown, in any depth, in the order of the document. */
    static Stream<Element> elements(List<Node> nodes) {
        return nodes.stream().flatMap(node -> node instanceof Element element
                ? Stream.concat(Stream.of(element), elements(element.children())) : Stream.empty());
    }

    static Optional<Element> first(List<Node> nodes, Predicate<Element> wanted) {
        return elements(nodes).filter(wanted).findFirst();
    }

    /** Whether an element's content is never shown. */
    static boolean isSilent(Element element) {
        return SILENT.contains(element.name());
    }

    static String text(List<Node> nodes) {
        var text = new StringBuilder();
        for (var node : nodes) {
            switch (node) {
                case Text(var characters) -> text.append(characters);
                case Element element when isSilent(element) -> { }
                case Element element when element.is("br") -> text.append('\n');
                case Element element -> text.append(text(element.children()));
            }
        }
        return text.toString();
    }

    static String safe(List<Node> nodes) {
        var html = new StringBuilder();
        write(nodes, html);
        return html.toString();
    }

    private static void write(List<Node> nodes, StringBuilder html) {
        for (var node : nodes) {
            switch (node) {
                case Text(var characters) -> html.append(escape(characters));
                case Element element when isSilent(element) -> { }
                case Element element when element.is("img") -> html.append(escape(element.attribute("alt")));
                case Element element when !ALLOWED.contains(element.name())
                        || element.is("a") && address(element).isEmpty() -> write(element.children(), html);
                case Element element -> {
                    html.append('<').append(element.name());
                    attributes(element, html);
                    html.append('>');
                    if (!EMPTY.contains(element.name())) {
                        write(element.children(), html);
                        html.append("</").append(element.name()).append('>');
                    }
                }
            }
        }
    }

    /** Where a link leads, when that is somewhere from a notebook. */
    private static Optional<String> address(Element element) {
        return Optional.of(element.attribute("href").strip())
                .filter(address -> element.is("a") && address.matches("(?i)https?://.*"));
    }

    private static void attributes(Element element, StringBuilder html) {
        address(element).ifPresent(address -> html.append(" href=\"").append(escape(address)).append('"'));
        if (element.is("td", "th")) {
            for (var span : List.of("colspan", "rowspan")) {
                if (element.attribute(span).matches("\\d{1,3}")) {
                    html.append(' ').append(span).append("=\"").append(element.attribute(span)).append('"');
                }
            }
            // JupyterLab sets cells flush right, as numbers are
            html.append(" style=\"text-align: left; vertical-align: top\"");
        }
    }
}
