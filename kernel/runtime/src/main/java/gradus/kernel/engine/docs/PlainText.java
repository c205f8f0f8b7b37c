package gradus.kernel.engine.docs;

import gradus.kernel.engine.docs.Html.Element;
import gradus.kernel.engine.docs.Html.Node;
import gradus.kernel.engine.docs.Html.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Sets HTML as text of a console: wrapped paragraphs, hanging lists, aligned tables, code as it was written. */
final class PlainText {

    private static final int NARROWEST = 20;
    private static final String INDENT = "    ";

    private PlainText() {
    }

    static String of(List<Node> nodes, int width) {
        return String.join("\n", lines(nodes, Math.max(width, NARROWEST), false));
    }

    /** @param tight puts no empty line between a text and the block behind it, as within an item of a list */
    private static List<String> lines(List<Node> nodes, int width, boolean tight) {
        var lines = new ArrayList<String>();
        var inline = new StringBuilder();
        flow(nodes, width, tight, lines, inline);
        append(lines, wrap(inline, width), tight);
        return lines;
    }

    private static void flow(List<Node> nodes, int width, boolean tight, List<String> lines, StringBuilder inline) {
        for (var node : nodes) {
            switch (node) {
                case Text(var text) -> inline.append(text.replaceAll("[ \t\r\n\f]+", " "));
                case Element element when Html.isSilent(element) -> { }
                case Element element when Html.BLOCKS.contains(element.name()) -> {
                    append(lines, wrap(inline, width), tight);
                    append(lines, block(element, width), tight);
                }
                case Element element when element.is("br") -> inline.append('\n');
                case Element element when element.is("img") -> inline.append(element.attribute("alt"));
                case Element element when element.is("sup", "sub") -> {
                    var text = Html.text(element.children()).strip();
                    inline.append(element.is("sup") ? "^" : "_").append(text.length() < 2 || text.matches("-?\\w+")
                            ? text : "(" + text + ")");
                }
                case Element element -> flow(element.children(), width, tight, lines, inline);
            }
        }
    }

    private static void append(List<String> lines, List<String> more, boolean tight) {
        if (!more.isEmpty()) {
            if (!lines.isEmpty() && !tight) {
                lines.add("");
            }
            lines.addAll(more);
        }
    }

    private static List<String> block(Element element, int width) {
        return switch (element.name()) {
            case "pre" -> indent(code(Html.text(element.children())), INDENT, INDENT);
            case "ul", "ol" -> items(element, width);
            case "dl" -> descriptions(element, width);
            case "table" -> table(element, width);
            case "blockquote" -> indent(lines(element.children(), width - INDENT.length(), false), INDENT, INDENT);
            case "hr" -> List.of("─".repeat(Math.min(width, 40)));
            default -> lines(element.children(), width, false);
        };
    }

    /** Code as it stands, without empty lines around it and without the indentation that all of its lines share. */
    private static List<String> code(String text) {
        return text.replace("\t", INDENT).stripTrailing().stripIndent().lines()
                .dropWhile(String::isBlank).map(String::stripTrailing).toList();
    }

    private static List<String> items(Element list, int width) {
        var lines = new ArrayList<String>();
        int number = 0;
        for (var child : list.children()) {
            boolean isItem = child instanceof Element element && element.is("li");
            number += isItem ? 1 : 0;
            var mark = !isItem ? "  " : list.is("ol") ? number + ". " : "• ";
            var content = isItem ? ((Element) child).children() : List.of(child);
            lines.addAll(indent(lines(content, width - 2 - mark.length(), true), "  " + mark,
                    " ".repeat(2 + mark.length())));
        }
        return lines;
    }

    private static List<String> descriptions(Element list, int width) {
        var lines = new ArrayList<String>();
        for (var child : list.children()) {
            if (child instanceof Element element && element.is("dd")) {
                lines.addAll(indent(lines(element.children(), width - INDENT.length(), false), INDENT, INDENT));
            } else {
                lines.addAll(lines(List.of(child), width, false));
            }
        }
        return lines;
    }

    private static List<String> table(Element table, int width) {
        var rows = new ArrayList<List<Element>>();
        var lines = new ArrayList<String>();
        Html.elements(table.children()).forEach(element -> {
            if (element.is("caption")) {
                lines.addAll(lines(element.children(), width, true));
            } else if (element.is("tr")) {
                rows.add(element.children().stream().filter(Element.class::isInstance).map(Element.class::cast)
                        .filter(cell -> cell.is("td", "th")).toList());
            }
        });
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        var widths = new int[columns];
        for (var row : rows) {
            for (int c = 0; c < row.size(); c++) {
                widths[c] = Math.max(widths[c], lines(row.get(c).children(), Integer.MAX_VALUE, true).stream()
                        .mapToInt(String::length).max().orElse(0));
            }
        }
        narrow(widths, width - 2 * (columns - 1));
        for (var row : rows) {
            var cells = IntStream.range(0, row.size())
                    .mapToObj(c -> lines(row.get(c).children(), Math.max(widths[c], 1), true)).toList();
            lines.addAll(besides(cells, widths));
            if (!row.isEmpty() && row.stream().allMatch(cell -> cell.is("th"))) {
                lines.add(String.join("  ", IntStream.of(widths).mapToObj("─"::repeat).toList()));
            }
        }
        return lines;
    }

    /** Takes from the widest column until all fit. */
    private static void narrow(int[] widths, int available) {
        while (IntStream.of(widths).sum() > available) {
            int widest = IntStream.range(0, widths.length).boxed()
                    .max((a, b) -> Integer.compare(widths[a], widths[b])).orElseThrow();
            if (widths[widest] <= 8) {
                return;
            }
            widths[widest]--;
        }
    }

    private static List<String> besides(List<List<String>> cells, int[] widths) {
        int height = cells.stream().mapToInt(List::size).max().orElse(0);
        return IntStream.range(0, height).mapToObj(y -> {
            var line = new StringBuilder();
            for (int c = 0; c < cells.size(); c++) {
                var text = y < cells.get(c).size() ? cells.get(c).get(y) : "";
                line.append(text).append(" ".repeat(Math.max(0, widths[c] - text.length()) + 2));
            }
            return line.toString().stripTrailing();
        }).toList();
    }

    private static List<String> indent(List<String> lines, String first, String others) {
        return IntStream.range(0, lines.size())
                .mapToObj(i -> ((i == 0 ? first : others) + lines.get(i)).stripTrailing()).toList();
    }

    /** Breaks at spaces, never within a word; empties the text. */
    private static List<String> wrap(StringBuilder inline, int width) {
        var text = inline.toString();
        inline.setLength(0);
        if (text.isBlank()) {
            return Collections.emptyList();
        }
        var lines = new ArrayList<String>();
        for (var part : text.strip().split("\n")) {
            var line = new StringBuilder();
            for (var word : part.strip().split(" +")) {
                if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                    lines.add(line.toString());
                    line.setLength(0);
                }
                line.append(line.isEmpty() ? "" : " ").append(word);
            }
            lines.add(line.toString());
        }
        return lines.stream().map(line -> line.replace('\u00a0', ' ').replace("\u00ad", "")).toList();
    }
}
